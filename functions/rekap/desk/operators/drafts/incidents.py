"""Objections and events as lines of a paper: `objection`, `event`."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import files
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.errors import Malformed
from rekap.core.statements import attachments, kinds_incident, model
from rekap.core.statements.attachments import Attachment
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.operators.drafts.slots import add_slot, slot_of
from rekap.desk.texts import both

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
        "--words",
        both("incidents.its_words"),
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
    if options.words is not None:
        fields["text"] = _attachment(options.words).digest
    return fields


def _attachment(path: Path) -> Attachment:
    """Return the words of a text file with their salt, kept beside it to be handed in later.

    The same file again has the salt of the first time: a draft made twice names one digest.
    """
    text = " ".join(files.read(path, attachments.MAX_ATTACHMENT).decode("utf-8", "replace").split())
    kept = path.with_name(f"{path.name}.json")
    try:
        if kept.exists():
            found = attachments.parse(files.read(kept, attachments.MAX_ATTACHMENT))
            if found.text == text:
                return found
            raise Fault(*both("incidents.other_words", path=kept))
        made = Attachment(secrets.token_hex(32), text)
        attachments.parse(made.format())
    except Malformed as error:
        raise Fault(*both("incidents.not_words", path=path, reason=error.message)) from error
    files.write_new(kept, made.format())
    return made


def _claim(text: str) -> tuple[str, int]:
    field, equals, number = text.partition("=")
    if not equals or not number.isdecimal():
        raise Fault(*both("incidents.write_figure_number", text=text))
    return field, int(number)
