"""The receipt of one statement as an official holds it out to be photographed, in 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rekap.cli.officials import caption, code
from rekap.cli.officials.queue import Item
from rekap.cli.speech import Say
from rekap.intake.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Screen:
    """Where the card is shown. `colours`: a terminal; `blocks`: it can write block characters."""

    colours: bool
    blocks: bool


def of_receipt(
    item: Item, data: bytes, told: Receipt, zone: str, screen: Screen, say: Say
) -> Iterator[str]:
    """Yield the lines of the card of a verified receipt; `zone` is an offset ("+07:00")."""
    yield say("TANDA TERIMA PORTAL", "RECEIPT OF THE PORTAL")
    yield from _rows(
        [
            (say("pernyataan", "statement"), caption.of(item.fields, say)),
            (say("diterima", "received"), caption.moment(told.received_at, zone, say)),
            (
                say("masuk log paling lambat", "in the log by"),
                caption.moment(told.logged_by, zone, say),
            ),
            ("log", told.origin),
        ]
    )
    yield from _digests(told.id, told.leaf, say)
    yield from _code(code_of(data, told.origin, told.leaf), screen, say)


def of_queue(item: Item, now: int, zone: str, screen: Screen, say: Say) -> Iterator[str]:
    """Yield the lines of a card that the portal has not signed: the statement waits in a queue."""
    yield say(
        "BUKTI ANTREAN: belum terkirim, bukan tanda terima portal",
        "PROOF OF QUEUEING: not sent yet, no receipt of the portal",
    )
    yield from _rows(
        [
            (say("pernyataan", "statement"), caption.of(item.fields, say)),
            (say("jam komputer", "this clock"), caption.moment(now, zone, say)),
            ("log", item.origin),
        ]
    )
    yield from _digests(item.id, item.leaf, say)
    yield from _code(code.short(item.origin, item.leaf), screen, say)


def code_of(data: bytes, origin: str, leaf: str) -> bytes:
    """Return the text for the code; without the library for codes the short one."""
    try:
        return code.choose(data, origin, leaf)
    except ModuleNotFoundError:
        return code.short(origin, leaf)


def _rows(rows: list[tuple[str, str]]) -> Iterator[str]:
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        room = code.WIDTH - width - 2
        parts = [value[at : at + room] for at in range(0, len(value), room)] or [""]
        yield f"{name:<{width}}  {parts[0]}"
        yield from (f"{'':<{width}}  {part}" for part in parts[1:])


def _digests(id: str, leaf: str, say: Say) -> Iterator[str]:
    for name, value in (
        (say("sidik pernyataan (id)", "statement id"), id),
        (say("sidik catatan (leaf)", "leaf hash"), leaf),
    ):
        yield f"{name}:"
        yield "  " + " ".join(value[at : at + 8] for at in range(0, len(value), 8))


def _code(data: bytes, screen: Screen, say: Say) -> Iterator[str]:
    if not screen.blocks:
        yield say("(Layar ini tidak dapat menampilkan kode.)", "(This screen shows no codes.)")
        return
    try:
        rows = code.matrix(data)
    except ModuleNotFoundError:
        yield say(
            "(Kode tidak ditampilkan: pasang pustaka segno, yaitu rekap[portal].)",
            "(No code: install the library segno, that is rekap[portal].)",
        )
        return
    yield from code.lines(rows, terminal=screen.colours)
