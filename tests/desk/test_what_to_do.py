"""A person who is refused at two in the morning reads what to do, not only what is wrong."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator

from tests.live_portal import ROOT

DESK = ROOT / "functions" / "rekap" / "desk"
TEXTS = tomllib.loads((DESK / "text" / "id.toml").read_text("utf-8"))
DO = re.compile(
    r"\b(ambil|antrekan|bagi|baca|buat|cocokkan|coba|gabungkan|gambar ulang|hapus|jalankan|kirim"
    r"|minta|pakai|pasang|periksa|persempit|pilih|pindahkan|sebutkan|simpan|tanyakan|tulis|ulangi)\b",
    re.IGNORECASE,
)
ENOUGH = {
    "draft.nothing_new", "given.the_log_is_closed_it_takes", "revoke.is_a_key_of_a_root",
    "revoke.was_revoked_by_entry_there_is", "news.another_rekap_submit_is_sending_this",
}  # fmt: skip
"""There is nothing to be done, or the sentence names the command."""
PARTS = {
    "correct.reason_text", "draft.nothing_written", "explain.explain", "revoke.line",
    "revoke.nothing_was_written", "revoke.nothing_was_written_2", "sent.nothing_was_made",
    "take.no_kit_was_written", "talk.note",
}  # fmt: skip
"""They stand beside another sentence, which says it."""


def complaints() -> Iterator[str]:
    """The names of all sentences with which a command refuses."""
    for path in DESK.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _called(node.func) in ("Fault", "complain", "fault"):
                yield from (name for one in node.args if (name := _named(one)))


def _called(function: ast.expr) -> str:
    return getattr(function, "attr", None) or getattr(function, "id", "")


def _named(argument: ast.expr) -> str | None:
    match argument:
        case ast.Starred(ast.Call(ast.Name("both"), [ast.Constant(str(name)), *_])):
            return name
    return None


def test_a_refusal_says_what_to_do() -> None:
    said = set(complaints())
    assert len(said) > 100
    assert said >= ENOUGH | PARTS
    silent = {
        name: sentence
        for name in said - ENOUGH - PARTS
        if not DO.search(sentence := TEXTS[name.partition(".")[0]][name.partition(".")[2]])
    }
    assert silent == {}
