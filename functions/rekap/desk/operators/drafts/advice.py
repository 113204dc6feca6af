"""What supervisors recommend and what the organisers respond: `recommendation`, `response`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Any

from rekap.audit.commands.speech import Say
from rekap.core.ledger import recommendations
from rekap.core.statements import model
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import Fault, Talk


def configure_recommendation(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of a recommendation."""
    parser.add_argument("--contest", required=True)
    _add_seat(parser, say, "--by", say("yang merekomendasikan", "who recommends"))
    parser.add_argument(
        "--number", required=True, help=say("nomor register badan", "number in its register")
    )
    _add_seat(parser, say, "--address", say("yang diminta bertindak", "who is asked to act"))
    parser.add_argument("--type", required=True, choices=model.RECOMMENDED)
    parser.add_argument("--ground", required=True, choices=model.GROUNDS)
    parser.add_argument(
        "--place",
        action="append",
        required=True,
        metavar="KODE[/TPS]",
        help=say("tempatnya; boleh berulang", "a place; may be repeated"),
    )
    parser.add_argument(
        "--due", help=say("diminta paling lambat, misalnya 2024-12-07", "asked for by, a date")
    )


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
    yield "recommendation", _continued(fields, kit, recommendations.in_force)


def configure_response(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of a response."""
    parser.add_argument("--contest", required=True)
    _add_seat(parser, say, "--by", say("yang menanggapi", "who responds"))
    parser.add_argument(
        "--recommendation",
        required=True,
        metavar="ID",
        help=say("sidik rekomendasinya", "id of the recommendation"),
    )
    parser.add_argument("--outcome", required=True, choices=model.OUTCOMES)
    parser.add_argument(
        "--date", help=say("dijadwalkan pada, misalnya 2024-12-07", "scheduled for, a date")
    )
    parser.add_argument("--reason", choices=model.REFUSALS)
    parser.add_argument(
        "--paper",
        metavar="ID",
        help=say("formulir yang dihasilkan", "the form that came of it"),
    )


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
    yield "response", _continued(fields, kit, recommendations.response_in_force)


def _add_seat(parser: ArgumentParser, say: Say, name: str, told: str) -> None:
    parser.add_argument(
        name,
        required=True,
        metavar=say("BADAN:KODE[/TPS]", "BODY:CODE[/TPS]"),
        help=f"{told}: panwascam:32.07.06",
    )


def _seat(text: str) -> dict[str, str]:
    body, colon, place = text.partition(":")
    if not colon or body not in model.BODIES:
        raise Fault(
            f"{text}: tulis BADAN:KODE[/TPS], misalnya ptps:32.07.06.2001/001.",
            f"{text}: write BODY:CODE[/TPS], for example ptps:32.07.06.2001/001.",
        )
    return {"body": body, **_place(place)}


def _place(text: str) -> dict[str, str]:
    region, slash, tps = text.partition("/")
    return {"region": region, **({"tps": tps} if slash else {})}


def _continued(fields: dict[str, Any], kit: Kit | None, in_force: Any) -> dict[str, Any]:
    if kit is None:
        raise TypeError("these statements need a kit")
    current, revision = in_force(kit, {**fields, "election": kit.election})
    chain = {"previous": current} if current else {}
    return {**fields, "revision": revision + 1, **chain}
