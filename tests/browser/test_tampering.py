"""Pages that were changed in one place, held against their twins in Chromium: each is noticed.

True pages of every kind and state, in both languages, have no difference.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pytest
from tests.browser.test_browser import browser  # noqa: F401 the fixture of this folder
from tests.browser.test_verifier import Served, page, site  # noqa: F401 fixtures
from tests.publish import samples
from tests.publish.blocks import HOSTILE

from rekap.publish import pages

pytestmark = pytest.mark.chromium

Twin = Mapping[str, Any]
COMPARE: Final = """async (asked) => {
  const { comparePage } = await import("/script/page.js");
  const { Comparison } = await import("/script/comparison.js");
  const { withoutStyle } = await import("/script/shape.js");
  const { TEXTS } = await import("/script/texts.js");
  return asked.map(({ twin, html }) => {
    const parsed = new DOMParser().parseFromString(withoutStyle(html), "text/html");
    const comparison = new Comparison(TEXTS[parsed.documentElement.lang] ?? TEXTS.id);
    comparePage(parsed, twin, comparison);
    return comparison.faults;
  });
}"""


def differences(page: Any, site: Served, asked: list[tuple[Twin, str]]) -> list[Any]:  # noqa: F811
    """What some pages say otherwise than their twins: the faults of each."""
    page.goto(f"{site.base}script/blank.html")
    found: list[Any] = page.evaluate(COMPARE, [{"twin": t, "html": html} for t, html in asked])
    return found


def places_renamed(part: Any) -> Any:
    """The same with a hostile name for every place."""
    if isinstance(part, list):
        return [places_renamed(one) for one in part]
    if not isinstance(part, dict):
        return part
    place = "name" in part and "code" in part
    return {k: HOSTILE if place and k == "name" else places_renamed(v) for k, v in part.items()}


def with_claims(
    change: Callable[[Twin], Twin] = lambda twin: twin,
) -> Iterator[tuple[Twin, str, str]]:
    """Twin, path and HTML of every sample that has claims."""
    for twin in (change(twin) for _, twin in samples.all_pages()):
        if twin["page"] in ("tps", "region", "statement"):
            for path, html in pages.editions(twin):
                if b"data-claim" in html:
                    yield twin, path, html.decode()


def test_every_shape_of_a_page_agrees_with_its_twin(page: Any, site: Served) -> None:  # noqa: F811
    """Many pairs, names that are hostile, the empty column, nothing there yet; in two languages."""
    every = [*with_claims(), *with_claims(places_renamed)]
    found = differences(page, site, [(twin, html) for twin, _, html in every])
    assert {path: one for (_, path, _), one in zip(every, found, strict=True) if one} == {}
    assert len(every) > 80


STANDINGS: Final = """async (twins) => {
  const { compareStandings } = await import("/script/totals.js");
  const { Comparison } = await import("/script/comparison.js");
  const { TEXTS } = await import("/script/texts.js");
  return twins.map((twin) => {
    const comparison = new Comparison(TEXTS.id);
    compareStandings(twin, comparison);
    return comparison.faults.length;
  });
}"""


def falsified(twin: Twin) -> Iterator[Twin]:
    """A statement's twin with one of its totals told otherwise, as its page would show it too."""
    for way in (
        ("change", "pair_1"), ("places", 0, "after", "fields", "pair_1", 0),
        ("places", 0, "before", "counted"),
    ):  # fmt: skip
        copy = json.loads(json.dumps(twin))
        *above, last = way
        place: Any = copy["totals"]
        for name in above:
            place = place[name]
        place[last] += 1
        yield copy


def test_totals_that_a_form_did_not_move_so_are_noticed(page: Any, site: Served) -> None:  # noqa: F811
    page.goto(f"{site.base}script/blank.html")
    true = [samples.statement("form"), samples.corrected(), samples.accepting()]
    false = [one for twin in true[:2] for one in falsified(twin)]
    found = page.evaluate(STANDINGS, [*true, *false])
    assert found[: len(true)] == [0] * len(true)
    assert 0 not in found[len(true) :]


CHANGES: Final = {
    "notice taken away": (r"<aside.*?</aside>", ""),
    "notice replaced": (r"(<aside.*?<b>).*?</b>", r"\1Resmi.</b>"),
    "heading": (r"(<h1>).*?(</h1>)", r"\1Kecamatan Lain\2"),
    "title": (r"<title>.*?<", "<title>Lain<"),
    "code of the region": (r"kode [0-9.]+", "kode 32.07.99"),
    "crumb": (r'(<ol class="crumb"><li><a href="[^"]*">)[^<]*', r"\1Lain"),
    "state": (r'(<p class="state"><b>).*?(</b>)', r"\1Bertentangan.\2"),
    "state of the sums": (r"Hitungan pada formulir cocok", "Hitungan pada formulir tidak cocok"),
    "alert taken away": (r'<div class="alert">.*?</div>', ""),
    "alert added": (r'(<p class="meta">)', r'<div class="alert"><p>Bertentangan.</p></div>\1'),
    "as_of": (r"Data sampai catatan [0-9.]+", "Data sampai catatan 9.999"),
    "root": (r'(<p class="hash h4">)[0-9a-f]{4}', r"\g<1>0000"),
    "thousands": (r">([0-9]{1,3})\.([0-9]{3})<", r">\1,\2<"),
    "grouping": (r'(<td class="n">(?:<b>)?)([0-9]{1,2})([0-9])<', r"\1\2.\3<"),
    "digit": (r'(<td(?: class="n")?>(?:<b>)?)[1-8]', r"\g<1>9"),
    "number for words": (r'(<td class="n">(?:<b>)?)[0-9.]+(?=<)', r"\1tidak ada"),
    "number besides": (r'(<td class="n">(?:<b>)?[0-9.]+)(?=<)', r"\1<small>7</small>"),
    "cell taken away": (r'<td class="n">(?:<b>)?[0-9.]+(?:</b>)?</td>', ""),
    "row taken away": (r'<tr data-f="invalid">.*?</tr>', ""),
    "child taken away": (r'(<tbody>\s*)<tr><th scope="row"><a.*?(?=<tr><th)', r"\1"),
    "rows swapped": (r'(<tr data-f="pair_1">.*?</tr>)\s*(<tr data-f="pair_2">.*?</tr>)', r"\2\1"),
    "table twice": (r"(<table data-s=.*?</table>)", r"\1\1"),
    "table unmarked": (r'<table data-s="[a-z]+"', "<table"),
    "row named otherwise": (r">Sah<|>Suara sah<", ">Tidak sah<"),
    "column named otherwise": (r"<small>C\.Hasil</small>", "<small>D.Hasil</small>"),
    "names": (r"(<small>)[^<]* dan [^<]*(</small>)", r"\1Orang Lain\2"),
    "pair of the result": (r'(<span class="nm"><span>)[^<]*', r"\1Orang Lain"),
    "colour of a badge": (r'<span class="b b1">', '<span class="b b2">'),
    "number of a badge": (r"(nomor </span>)1", r"\g<1>2"),
    "share": (r">([0-9]+),([0-9])([0-8])%", r">\1,\g<2>9%"),
    "bar": (r"(M0 0h)[0-9]+(v14)", r"\g<1>999\2"),
    "completeness": (r'(<p class="big">)[0-9.]+', r"\g<1>3"),
    "share of completeness": (r"(</svg>\s*<small>)[0-9,]+%", r"\g<1>12,00%"),
    "total row": (r"(<tfoot>.*?<small>)[0-9.]+", r"\g<1>1.234"),
    "difference": (r"(<small>)[+\u2212][0-9.]+(</small>)", r"\1+1\2"),
    "difference of a child": (r'(<tr class="lead">.*?>)[+\u2212][0-9.]+<', r"\1+1<"),
    "total before": (r'(id="jm-cap".*?belum ada</td>.*?<td class="n">)[0-9.]+', r"\g<1>104"),
    "total after": (r'(id="jm-cap".*?<td class="n"><b>)[0-9.]+', r"\g<1>9.104"),
    "change of a total": (r'(id="jm-cap".*?<small>)\+[0-9.]+', r"\1+38"),
    "stations behind a total": (r"(TPS dalam jumlah</th><td[^>]*>)[0-9.]+", r"\g<1>3"),
    "place of a total": (r'(scope="rowgroup".*?<b>)[^<]*', r"\1Kelurahan Lain"),
    "totals taken away": (r'<section id="jumlah">.*?</section>', ""),
    "totals of what never counted": (r"tidak mengubah jumlah mana pun", "mengubah jumlah"),
    "entry of the totals": (r"(mulai dihitung sejak <a[^>]*>catatan )[0-9.]+", r"\g<1>9.102"),
    "form that an answer lets count": (r"(yang dihitung ialah .*?catatan )[0-9.]+", r"\g<1>9.102"),
    "running figure unsaid": (r"Di sini berlaku juga angka berjalan[^.]*\. ", ""),
    "verdict of the ladder": (r'(class="vs".*</svg>) sama', r"\1 berbeda"),
    "state of a child": (r'(<td class="n"><span class="ok"><svg.*?</svg>) sama', r"\1 berbeda"),
    "signer": (r"(<td>)dihitung", r"\1ikut menandatangani"),
    "key of a signer": (r'(<td class="hash">(?:<[^>]*>)?[0-9a-f]{4} )[0-9a-f]{4}', r"\g<1>0000"),
    "signers taken away": (r'<section class="pg" id="ttd">.*?</section>', ""),
    "witness": (r"hadir, menandatangani di kertas", "tidak hadir"),
    "history": (r"(<b>Versi [0-9]+), berlaku", r"\1, tidak berlaku"),
    "history taken away": (r'<section id="riwayat">.*?</section>', ""),
    "findings taken away": (r'<section id="temuan">.*?</section>', ""),
    "a check fails": (r'(<ul class="chk">.*?)#ok', r"\1#df"),
    "checks counted": (r"[0-9]+ dari [0-9]+ hitungan", "1 dari 2 hitungan"),
    "source": (r"C\.Hasil versi [0-9]+", "C.Hasil versi 9"),
    "elected": (r"nomor [0-9] memenuhi", "nomor 9 memenuhi"),
    "sentence added": (r"</h1>", "</h1><p>Pasangan nomor 1 menang telak.</p>"),
    "text to share": (r"(<pre>).*?(</pre>)", r"\1Menang nomor 1\2"),
    "style of an element": (r'<td class="n">', '<td class="n" style="display:none">'),
    "hidden": (r'<td class="n">', '<td class="n" hidden>'),
    "for screen readers alone": (r'(<td class="n">)([0-9.]+)<', r'\1<span class="vh">\2</span>1<'),
    "for print alone": (r'<td class="n">', '<td class="n pr">'),
    "style": (r"</head>", "<style>td{display:none}</style></head>"),
    "own style changed": (r"<style>", "<style>td{display:none}"),
    "script": (r"</body>", "<script>1</script></body>"),
    "base": (r'(<meta charset="utf-8">)', r'\1<base href="https://elsewhere.example/">'),
    "frame": (r"</main>", "<iframe></iframe></main>"),
    "link to another entry": (r'(href="[./]*bukti/)[0-9]+/', r"\g<1>9999/"),
    "link to another place": (r'(href="(?:\.\./)*[a-z0-9-]+/[a-z0-9-]+/)[0-9]', r"\g<1>99"),
    "link away": (r'href="\.\./', 'href="https://elsewhere.example/'),
    "policy taken away": (r"<meta http-equiv.*?>", ""),
    "verdict before the check": (r'(<li data-claim="cells")', r'\1 data-state="proved"'),
    "words of a verdict": (r"(<li data-claim=.*?<span>)", r"\1Terbukti: "),
    "language": (r'<html lang="id">', '<html lang="xx">'),
}  # fmt: skip


def changed_pages(most: int) -> Iterator[tuple[str, str, Twin, str]]:
    """Each change on the first `most` samples that it can be made on: (name, path, twin, HTML)."""
    made = dict.fromkeys(CHANGES, 0)
    for twin, path, html in with_claims():
        for name, (what, by) in CHANGES.items():
            changed = re.sub(what, by, html, count=1, flags=re.DOTALL)
            if changed != html and made[name] < most and not path.startswith("en/"):
                made[name] += 1
                yield name, path, twin, changed
    assert 0 not in made.values()


def test_every_change_of_a_page_is_noticed(page: Any, site: Served) -> None:  # noqa: F811
    every = list(changed_pages(60 if os.environ.get("REKAP_SOAK") == "all" else 2))
    found = differences(page, site, [(twin, html) for _, _, twin, html in every])
    assert [one[:2] for one, faults in zip(every, found, strict=True) if not faults] == []
