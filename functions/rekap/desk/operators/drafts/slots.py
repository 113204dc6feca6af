"""Arguments that name a slot: contest, form, region, TPS."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.core.statements import model
from rekap.desk.officials import labels
from rekap.desk.texts import both


def add_slot(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments that name a slot."""
    take = taking(parser, say)
    parser.add_argument("--contest", required=True)
    told = labels.listed(say, "form", model.FORMS)
    parser.add_argument(
        "--form", required=True, choices=model.FORMS, metavar=say(*both("slot.form")), help=told
    )
    take("--region", both("slot.region_code_with_dots"), required=True)
    take("--tps", both("slot.three_digits_for_c_hasil_only"))


def slot_of(options: Namespace) -> dict[str, Any]:
    """Return the fields that name the slot."""
    slot = {"contest": options.contest, "form": options.form, "region": options.region}
    return slot | ({"tps": options.tps} if options.tps else {})
