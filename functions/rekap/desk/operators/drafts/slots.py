"""Arguments that name a slot: contest, form, region, TPS."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from rekap.audit.commands.speech import Say
from rekap.core.statements import model
from rekap.desk.officials import labels


def add_slot(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments that name a slot."""
    parser.add_argument("--contest", required=True)
    parser.add_argument(
        "--form",
        required=True,
        choices=model.FORMS,
        metavar=say("FORMULIR", "FORM"),
        help=labels.listed(say, "form", model.FORMS),
    )
    parser.add_argument(
        "--region",
        required=True,
        help=say("kode wilayah, misalnya 32.07.06.2001", "region code, for example 32.07.06.2001"),
    )
    parser.add_argument(
        "--tps", help=say("tiga angka, hanya untuk c_hasil", "three digits, for c_hasil only")
    )


def slot_of(options: Namespace) -> dict[str, Any]:
    """Return the fields that name the slot."""
    slot = {"contest": options.contest, "form": options.form, "region": options.region}
    return slot | ({"tps": options.tps} if options.tps else {})
