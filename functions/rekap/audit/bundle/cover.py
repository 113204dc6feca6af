"""The page on top of a bundle: the case, a table that closes, the exhibits, how to check them.

One HTML file without a script and without anything from a network; it prints to A4 with page
numbers. All that comes from the log is escaped.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from markupsafe import Markup, escape

from rekap.audit.bundle.table import Row, Table
from rekap.audit.texts import sentences
from rekap.core.ledger.state import Record
from rekap.core.pages.look import squares
from rekap.core.pages.release import current
from rekap.core.pages.tables import rows
from rekap.core.pages.words import courts
from rekap.core.pages.words.sentences import rivals
from rekap.core.pages.words.words import Words, fill

_STYLE: Final = """\
:root { color-scheme: light; }
body {
  margin: 0 auto; max-width: 48rem; padding: 1rem; color: #14161a; background: #fff;
  font: 1rem/1.5 system-ui, Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.125rem; margin: 1.5rem 0 .5rem; break-after: avoid; }
p { margin: 0 0 .5rem; }
.warn { border: 2px solid #8a3b00; padding: .5rem; }
.mute, dt { color: #555b66; font-size: .875rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td {
  border-top: 1px solid #d5d8de; padding: .25rem .5rem .25rem 0;
  text-align: left; vertical-align: top; overflow-wrap: break-word;
}
td, th { font-size: .9375rem; }
@media (max-width: 30rem) { td, th { font-size: .8125rem; padding-right: .25rem; } }
td.n, th.n { text-align: right; white-space: nowrap; }
tr.sum td { font-weight: 700; border-top: 2px solid #14161a; }
tr.more td { border-top: 0; }
dl { margin: 0; }
dd { margin: 0 0 .5rem; }
code { font: .8125rem/1.4 ui-monospace, monospace; }
svg { width: 6rem; height: 6rem; flex: none; }
svg path { fill: none; stroke: #14161a; }
section { display: flex; gap: 1rem; border-top: 1px solid #d5d8de; padding: .5rem 0; }
section { break-inside: avoid; }
section div { flex: 1; min-width: 0; }
@page {
  size: A4; margin: 18mm 15mm;
  @bottom-right { content: counter(page) " / " counter(pages); }
}
@media print {
  body { font-size: 10pt; padding: 0; }
  a { color: inherit; text-decoration: none; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
"""


_MARKS: Final = frozenset({"K1", "L1", "L2", "L3"})
"""Marks of a form that its page says at the top."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One file below `bukti/`: the page that it proves and the entry that the page shows."""

    file: str
    address: str
    title: str
    as_of: int
    entry: int | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Case:
    """What the cover is about: twins of the page and of its contest, and the log."""

    election: Record
    contest: Record
    twin: Record
    whole: Record
    """The twin of the contest's own region: result, determination, cases, and where it stands."""
    mode: str
    origin: str
    log_id: str
    keys: Sequence[str]
    size: int
    root: str


class Cover:
    """Writes the page in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._numbers = words.numbers
        said = sentences("cover", words.language)
        self._said = {key: Markup(text) for key, text in said.items()}  # noqa: S704 our own text

    def write(
        self,
        case: Case,
        table: Table,
        exhibits: Sequence[Exhibit],
        left_out: int,
        others: Mapping[str, bytes],
    ) -> bytes:
        """Return the page; `left_out` places differ and have no exhibit, `others` lie beside it."""
        digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
        policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        )
        body = Markup("\n").join(
            [
                *self._head(case),
                *self._case(case),
                *self._table(case, table),
                *self._exhibits(case, exhibits, left_out),
                *self._how(case, others),
            ]
        )
        title = Markup("{} · {}").format(self._said["title"], place_of(self._words, case.twin))
        return (
            f'<!doctype html>\n<html lang="{self._words.language}" data-release="{current()}">\n'
            '<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n'
            f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n"
            "</main>\n</body>\n</html>\n"
        ).encode()

    def _say(self, key: str, **values: Any) -> Markup:
        return fill(self._said[key], values) if values else self._said[key]

    def _head(self, case: Case) -> Iterator[Markup]:
        yield Markup("<h1>{}: {}</h1>").format(
            self._said["title"], place_of(self._words, case.twin)
        )
        warning = {"rehearsal": "base.simulated", "replay": "base.replay"}.get(case.mode)
        if case.twin["simulated"]:
            warning = "base.simulated"
        if warning:
            yield Markup('<p class="warn">{}</p>').format(self._words(warning))
        size = self._numbers.thousands(case.size)
        yield Markup('<p class="mute">{}</p>').format(
            self._say("made", size=size, origin=case.origin)
        )

    def _case(self, case: Case) -> Iterator[Markup]:
        determined = case.whole["determination"]
        standing = courts.standing(self._words, case.whole)
        lines: list[tuple[str, Any]] = [
            ("election", case.election["name"][self._words.language]),
            ("office", self._words.name(case.contest["office"], "office")),
            ("place", Markup(" › ").join(self._way(case))),
            ("date", self._numbers.day(case.contest.get("date") or case.election["date"])),
        ]
        if determined is None:
            lines.append(("determination", self._said["none"]))
        else:
            announced = self._numbers.moment(determined["announced_at"])
            lines.append(("determination", f"{determined['number']} · {announced}"))
            petition = determined["petition"]
            until = self._numbers.moment(petition["until"])
            sure = "petition_text" if petition["holidays"] is None else "petition_known"
            said = self._say(sure, day=until, source=petition["source"])
            # No time runs from a decision that a court has judged.
            if case.whole["standing"]["state"] in ("determined", "disputed"):
                lines.append(("petition", said))
        if standing is not None:
            lines.append(("standing", standing))
        lines += [("ruling", self._ruling(one)) for one in case.whole["rulings"]]
        lines += [("attention", said) for said in dict.fromkeys(self._doubts(case))]
        lines += self._margin(case)
        yield Markup("<h2>{}</h2>\n<dl>").format(self._said["case"])
        for key, value in lines:
            yield Markup("<dt>{}</dt><dd>{}</dd>").format(self._said[key], value)
        yield Markup("</dl>")

    def _doubts(self, case: Case) -> Iterator[Markup]:
        """Yield what the pages of the place and of its contest say against what they rest on."""
        for twin in (case.twin, case.whole):
            if twin["contested"]:
                yield self._words("alert.contested")
            below = rivals(self._words, twin) if twin["page"] == "region" else None
            if below is not None:
                yield below[0]
            form = twin.get("certified") or twin.get("head")
            if form is not None:
                marks = [mark for mark in form["marks"] if mark in _MARKS]
                yield from (self._of_entry(f"alert.{mark}", form["index"]) for mark in marks)
            for one in twin["doubts"]:
                key = "late" if one["mark"] == "L4" else one["kind"]
                yield self._of_entry(f"doubt.{key}", one["index"])

    def _of_entry(self, key: str, index: int) -> Markup:
        entry = self._words("region.entry", n=self._numbers.thousands(index))
        return Markup("{} {}").format(self._words(key), entry)

    def _ruling(self, one: Record) -> Markup:
        """The case, and each decision that it annuls, with the places if they are some."""
        state = self._words.name(one["state"], "ruling_state")
        said = Markup("{}: {}, {}").format(one["number"], state, self._numbers.day(one["date"]))
        for that in one["annuls"]:
            said += Markup(". {}: {}").format(
                self._words("statement.annuls"),
                self._words("ruling.annuls", number=that["decision"]),
            )
            if that["places"]:
                named = courts.places(self._words, that["places"])
                said += self._words("ruling.only", places=named)
        return said

    def _way(self, case: Case) -> list[Markup]:
        """Return the names from the contest's own region down to the place."""
        above = [self._words.place(one) for one in reversed(rows.above(case.twin))]
        return [*above, place_of(self._words, case.twin)]

    def _margin(self, case: Case) -> Iterator[tuple[str, Any]]:
        result = case.whole["result"]
        leading = [one for one in result["pairs"] if one["leads"]]
        if leading:
            number = leading[0]["number"]
            share = self._numbers.share(leading[0]["votes"], result["valid"] or 0)
            votes = self._numbers.thousands(leading[0]["votes"])
            said = f"{self._pair(case, number)}: {votes}" + (f" ({share})" if share else "")
            yield "first", courts.in_force(self._words, case.whole, escape(said))
        margin = result["margin"]
        if margin:
            yield "gap", self._say(
                "gap_text", gap=self._numbers.thousands(margin["gap"]),
                limit=self._numbers.thousands(margin["limit"]),
                share=self._numbers.per_mille(margin["per_mille"]), source=margin["source"],
            )  # fmt: skip

    def _pair(self, case: Case, number: int) -> str:
        (pair,) = (one for one in case.contest["pairs"] if one["number"] == number)
        return f"{number} " + (
            " - ".join(pair.get("names", ())) or str(self._words("region.empty_column"))
        )

    def _table(self, case: Case, table: Table) -> Iterator[Markup]:
        yield Markup("<h2>{}</h2>").format(self._said["table"])
        if case.twin["page"] != "region" or table.total is None:
            yield Markup("<p>{}</p>").format(self._said["uncertified"])
            return
        yield Markup('<p class="mute">{}</p>').format(self._said["table_text"])
        if not table.places:
            key = "no_columns" if table.whole else "no_difference"
            yield Markup("<p>{}</p>").format(self._said[key])
        heads = Markup("").join(
            Markup('<th scope="col"{}>{}</th>').format(
                Markup(' class="n"') if key in ("above", "below", "difference") else "",
                self._said[key],
            )
            for key in ("region", "pair", "above", "below", "difference")
        )
        yield Markup('<div class="wide"><table>\n<thead><tr>{}</tr></thead>\n<tbody>').format(heads)
        for row in table.places:
            yield from self._rows(row.name, row, table.numbers)
        if table.equal:
            count, row = table.equal
            yield from self._rows(
                self._say("equal", n=self._numbers.thousands(count)), row, table.numbers
            )
        if table.others:
            yield from self._rows(self._said["others"], table.others, table.numbers)
        yield from self._rows(self._said["total"], table.total, table.numbers, " sum")
        yield Markup("</tbody></table></div>")

    def _rows(
        self, name: object, row: Row, numbers: Iterable[int], kind: str = ""
    ) -> Iterator[Markup]:
        for at, number in enumerate(numbers):
            cells = [self._votes(row.above, number), self._votes(row.below, number)]
            signed = row.difference.get(number)
            cells.append(Markup("—") if signed is None else escape(self._numbers.signed(signed)))
            kinds = " ".join(one for one in (kind.strip(), "more" if at else "") if one)
            yield Markup('<tr class="{}"><td>{}</td><td>{}</td>{}</tr>').format(
                kinds, name if at == 0 else self._missing(row) if at == 1 else "", number,
                Markup("").join(Markup('<td class="n">{}</td>').format(cell) for cell in cells),
            )  # fmt: skip

    def _missing(self, row: Row) -> Markup:
        """Of how many TPS the sum is, where some are missing: the difference may be theirs."""
        if row.stations is None or row.stations[0] >= row.stations[1]:
            return Markup("")
        counted, expected = map(self._numbers.thousands, row.stations)
        return Markup('<span class="mute">{}</span>').format(
            self._say("stations", k=counted, n=expected)
        )

    def _votes(self, votes: dict[int, int] | None, number: int) -> Markup:
        if votes is None:
            return self._said["silent"]
        return (
            Markup("—") if number not in votes else escape(self._numbers.thousands(votes[number]))
        )

    def _exhibits(self, case: Case, exhibits: Sequence[Exhibit], left_out: int) -> Iterator[Markup]:
        yield Markup("<h2>{}</h2>").format(self._said["exhibits"])
        base = f"https://{case.origin.removesuffix('log')}"
        for number, one in enumerate(exhibits, start=1):
            code = f"{base}periksa/#{one.address}@{one.as_of}"
            path = squares.path(code.encode())
            drawn = (
                Markup('<svg viewBox="0 -.5 45 45" aria-hidden="true"><path d="{}"/></svg>').format(
                    path
                )
                if path
                else ""
            )
            entry = (
                self._said["no_entry"] if one.entry is None else self._numbers.thousands(one.entry)
            )
            yield Markup(
                '<section><div><b>{}: {}</b><br>{}: {} · {}: <a href="{}">{}</a>'
                '<p class="mute">{}<br>SHA-256 <code>{}</code></p></div>{}</section>'
            ).format(
                self._say("exhibit", n=number), one.title, self._said["entry"], entry,
                self._said["file"], one.file, one.file, code, sha256(one.data).hexdigest(), drawn,
            )  # fmt: skip
        if left_out:
            yield Markup("<p>{}</p>").format(self._say("more", n=self._numbers.thousands(left_out)))

    def _how(self, case: Case, others: Mapping[str, bytes]) -> Iterator[Markup]:
        yield Markup("<h2>{}</h2>").format(self._said["how"])
        for key in ("how_1", "how_2", "how_3"):
            yield Markup("<p>{}</p>").format(_code(self._said[key]))
        lines = [
            (self._said["origin"], case.origin),
            (self._said["id"], case.log_id),
            *((self._said["anchors"], key) for key in case.keys),
            (self._say("root", size=self._numbers.thousands(case.size)), case.root),
            *((f"SHA-256 {path}", sha256(data).hexdigest()) for path, data in others.items()),
        ]
        yield Markup("<dl>")
        for name, value in lines:
            yield Markup("<dt>{}</dt><dd><code>{}</code></dd>").format(name, value)
        yield Markup("</dl>")


def place_of(words: Words, twin: Record) -> Markup:
    """ "TPS 001 Kelurahan Melayu": the place of a page."""
    named = words.place(twin["region"])
    return words("tps.heading", tps=twin["tps"], place=named) if twin.get("tps") else named


def _code(text: Markup) -> Markup:
    """What stands between backticks as code, for paper."""
    return Markup(re.sub("`([^`]*)`", r"<code>\1</code>", str(text)))  # noqa: S704 our own text
