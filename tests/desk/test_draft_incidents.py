"""`rekap draft objection | event | answer`: a line of the paper, and what becomes of it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, cast

import pytest
from tests.core.statements import builders

from rekap.audit.commands.speech import Say
from rekap.core.statements import attachments, schema
from rekap.desk.officials.talk import Fault, Talk
from rekap.desk.operators.drafts import command

SLOT = ["--contest", builders.CONTEST, "--form", "c_hasil", "--region", "90.01.01.1001",
        "--tps", "001"]  # fmt: skip


def draft(kind: str, *words: str) -> dict[str, Any]:
    """The payload that the arguments make, as a log would have it; its own fields are sound."""
    parser = ArgumentParser()
    made = {one.name: one for one in command.KINDS}[kind]
    say, talk = Say("id"), cast("Talk", None)
    made.configure(parser, say)
    ((_, fields),) = made.build(parser.parse_args([*SLOT, *words]), None, talk)
    head = {"log": builders.ORIGIN, "at": builders.AT, "election": builders.ELECTION}
    schema.check_statement({**head, **fields})
    return fields


def test_a_witness_objects_with_figures_and_words(tmp_path: Path) -> None:
    letter = tmp_path / "surat.txt"
    letter.write_text("Angka nomor 2 dibaca 128.")
    fields = draft("objection", "--by", "saksi:2", "--number", "4", "--code", "figures",
                   "--claim", "pair_2=123", "--claim", "valid=265",
                   "--words", str(letter))  # fmt: skip
    assert (fields["body"], fields["pair"], fields["number"]) == ("saksi", 2, 4)
    assert fields["claims"] == {"pair_2": 123, "valid": 265}
    kept = (tmp_path / "surat.txt.json").read_bytes()
    assert attachments.parse(kept).text == "Angka nomor 2 dibaca 128."
    assert fields["text"] == attachments.parse(kept).digest
    again = (
        "objection",
        "--by",
        "ptps",
        "--number",
        "4",
        "--code",
        "figures",
        "--words",
        str(letter),
    )
    assert draft(*again)["text"] == fields["text"], "a draft made twice names one digest"
    for other in ("Angka nomor 2 dibaca 129.", "NIK 3171060112800001", ""):
        letter.write_text(other)
        with pytest.raises(Fault):
            draft(*again)
    assert (tmp_path / "surat.txt.json").read_bytes() == kept


def test_words_that_nobody_may_sign_leave_no_file(tmp_path: Path) -> None:
    letter = tmp_path / "surat.txt"
    letter.write_text("NIK 3171060112800001")
    with pytest.raises(Fault):
        draft("event", "--by", "ptps", "--number", "4", "--code", "late", "--words", str(letter))
    assert list(tmp_path.iterdir()) == [letter]


def test_an_observer_has_an_organisation_and_a_supervisor_has_no_side() -> None:
    words = ["--number", "1", "--code", "no-copy"]
    assert draft("objection", "--by", "pemantau:jaga-suara", *words)["organisation"] == "jaga-suara"
    assert draft("objection", "--by", "ptps", *words)["body"] == "ptps"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("objection", ["--by", "saksi", "--number", "1", "--code", "figures"]),
        ("objection", ["--by", "ptps:1", "--number", "1", "--code", "figures"]),
        ("objection", ["--by", "hansip", "--number", "1", "--code", "figures"]),
        ("objection", ["--by", "ptps", "--number", "1", "--code", "figures", "--claim", "valid"]),
        ("answer", ["--objection", builders.hex_id("a")]),
        ("answer", ["--outcome", "accepted"]),
        ("answer", []),
    ],
)
def test_what_is_missing_or_misspelt_is_said(kind: str, words: list[str]) -> None:
    with pytest.raises(Fault):
        draft(kind, *words)


def test_a_meeting_has_its_time_and_an_answer_names_each_objection_once() -> None:
    event = draft("event", "--by", "kpps", "--number", "2", "--code", "opened", "--time",
                  builders.AT)  # fmt: skip
    assert (event["code"], event["time"]) == ("opened", builders.AT)
    ids = [builders.hex_id("b"), builders.hex_id("a")]
    words = [word for one in [*ids, ids[0]] for word in ("--objection", one)]
    answer = draft("answer", *words, "--outcome", "rejected")
    assert (answer["to"], answer["outcome"]) == (sorted(ids), "rejected")
