"""What supervisors recommend and what the organisers respond: `recommendation`, `response`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Any

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.statements import model
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.operators.drafts.continuing import continued
from rekap.desk.texts import both


def configure_recommendation(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of a recommendation."""
    take = taking(parser, say)
    parser.add_argument("--contest", required=True)
    _add_seat(parser, say, "--by", say(*both("advice.who_recommends")))
    take("--number", both("advice.number_in_its_register"), required=True)
    _add_seat(parser, say, "--address", say(*both("advice.who_is_asked_to_act")))
    parser.add_argument("--type", required=True, choices=model.RECOMMENDED)
    parser.add_argument("--ground", required=True, choices=model.GROUNDS)
    take(
        "--place",
        both("advice.a_place_may_be_repeated"),
        "KODE[/TPS]",
        action="append",
        required=True,
    )
    take("--due", both("advice.asked_for_by_a_date"))


def recommendation(
    options: Namespace, kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of a recommendation; of one that the kit knows the next revision."""
    fields: dict[str, Any] = {
        "kind": "recommendation",
        "contest": options.contest,
        **_seat(options.by),
        "number": options.number,
        "to": _seat(options.address),
        "type": options.type,
        "ground": options.ground,
        "places": sorted(map(_place, options.place), key=lambda one: tuple(one.values())),
        **({"due": options.due} if options.due else {}),
    }
    yield "recommendation", continued(kit, fields)


def configure_response(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of a response."""
    take = taking(parser, say)
    parser.add_argument("--contest", required=True)
    _add_seat(parser, say, "--by", say(*both("advice.who_responds")))
    take("--recommendation", both("advice.id_of_the_recommendation"), "ID", required=True)
    parser.add_argument("--outcome", required=True, choices=model.OUTCOMES)
    take("--date", both("advice.scheduled_for_a_date"))
    parser.add_argument("--reason", choices=model.REFUSALS)
    take("--paper", both("advice.the_form_that_came_of_it"), "ID")


def response(
    options: Namespace, kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of a response; of one that the kit knows the next revision."""
    more = {name: getattr(options, name) for name in ("date", "reason", "paper")}
    fields: dict[str, Any] = {
        "kind": "response",
        "contest": options.contest,
        **_seat(options.by),
        "to": options.recommendation,
        "outcome": options.outcome,
        **{name: value for name, value in more.items() if value},
    }
    yield "response", continued(kit, fields)


def _add_seat(parser: ArgumentParser, say: Say, name: str, told: str) -> None:
    parser.add_argument(
        name,
        required=True,
        metavar=say(*both("advice.body_code_tps")),
        help=f"{told}: panwascam:32.07.06",
    )


def _seat(text: str) -> dict[str, str]:
    body, colon, place = text.partition(":")
    if not colon or body not in model.BODIES:
        raise Fault(*both("advice.write_body_code_tps_for_example", text=text))
    return {"body": body, **_place(place)}


def _place(text: str) -> dict[str, str]:
    region, slash, tps = text.partition("/")
    return {"region": region, **({"tps": tps} if slash else {})}
