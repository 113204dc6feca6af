"""Objections and events as lines of a paper: `objection`, `event`."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.statements import kinds_incident, model
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.operators.drafts.slots import add_slot, slot_of
from rekap.desk.texts import both

_MAX_ATTACHMENT: Final = 1_000_000_000
_SIDES: Final = {"saksi": "pair", "pemantau": "organisation"}
"""Body -> the field that says for whom one of it stands."""


def configure_objection(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of an objection."""
    _add_line(parser, say, model.OBJECTIONS)
    taking(parser, say)(
        "--claim",
        both("incidents.what_a_figure_should_be"),
        both("incidents.figure_number"),
        many=True,
    )


def configure_event(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of an event."""
    _add_line(parser, say, (*model.EVENTS, *model.MEETINGS))
    taking(parser, say)("--time", both("incidents.when_it_happened"))


def objection(
    options: Namespace, _kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of an objection to the form of a slot."""
    claims = dict(map(_claim, options.claim))
    fields = _line("objection", options) | ({"claims": claims} if claims else {})
    yield f"objection-{options.number}", fields


def event(
    options: Namespace, _kit: Kit | None, _talk: Talk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of what happened where the form of a slot is made."""
    fields = _line("event", options) | ({"time": options.time} if options.time else {})
    yield f"event-{options.number}", fields


def _add_line(parser: ArgumentParser, say: Say, codes: tuple[str, ...]) -> None:
    take = taking(parser, say)
    add_slot(parser, say)
    take("--by", both("incidents.who_says_it"), both("incidents.body_side"), required=True)
    take("--number", both("incidents.number_on_the_paper"), required=True, type=int)
    parser.add_argument("--code", required=True, choices=codes)
    take(
        "--attachment",
        both("incidents.its_words_only_the_digest"),
        both("arguments.file"),
        type=Path,
    )


def _line(kind: str, options: Namespace) -> dict[str, Any]:
    """The fields that objections and events share."""
    body, _, side = options.by.partition(":")
    if body not in {*model.OBSERVERS, *kinds_incident.TELLERS} or bool(side) != (body in _SIDES):
        raise Fault(*both("incidents.write_body_side", text=options.by))
    fields: dict[str, Any] = {
        "kind": kind, **slot_of(options), "body": body, "number": options.number,
        "code": options.code,
    }  # fmt: skip
    if side:
        fields[_SIDES[body]] = int(side) if body == "saksi" and side.isdecimal() else side
    if options.attachment is not None:
        data = files.read(options.attachment, _MAX_ATTACHMENT)
        fields["text"] = hashlib.sha256(data).hexdigest()
    return fields


def _claim(text: str) -> tuple[str, int]:
    field, equals, number = text.partition("=")
    if not equals or not number.isdecimal():
        raise Fault(*both("incidents.write_figure_number", text=text))
    return field, int(number)
