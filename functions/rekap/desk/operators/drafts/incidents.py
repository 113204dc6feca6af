"""Objections and events as lines of a paper: `objection`, `event`."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import files
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
    parser.add_argument(
        "--claim",
        action="append",
        default=[],
        metavar=say(*both("incidents.figure_number")),
        help=say(*both("incidents.what_a_figure_should_be")),
    )


def configure_event(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments of an event."""
    _add_line(parser, say, (*model.EVENTS, *model.MEETINGS))
    parser.add_argument("--time", help=say(*both("incidents.when_it_happened")))


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
    add_slot(parser, say)
    parser.add_argument(
        "--by",
        required=True,
        metavar=say(*both("incidents.body_side")),
        help=say(*both("incidents.who_says_it")),
    )
    parser.add_argument(
        "--number", required=True, type=int, help=say(*both("incidents.number_on_the_paper"))
    )
    parser.add_argument("--code", required=True, choices=codes)
    parser.add_argument(
        "--attachment",
        type=Path,
        metavar=say(*both("incidents.file")),
        help=say(*both("incidents.its_words_only_the_digest")),
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
