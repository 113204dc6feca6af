"""Every kind of page in every state: safe, small, whole without a script, nothing invented."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from posixpath import dirname, join, normpath

import pytest
from tests.core.pages import blocks, samples
from tests.core.pages.test_words import all_keys

from rekap.core import packaged
from rekap.core.ledger.addresses import LANGUAGES
from rekap.core.pages import pages
from rekap.core.pages.look import style
from rekap.core.pages.tables import rows
from rekap.core.pages.words import spoken

BUDGET = 14_336
PAGES = dict(samples.all_pages())
SHEET, SHEET_DATA = style.sheet(packaged.templates_folder() / "style")


class Reader(HTMLParser):
    """What a browser makes of a page, as far as the tests ask."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.alternates: dict[str, str] = {}
        self.text = ""
        self.style = ""
        self.scripts: list[str] = []
        self.language = ""
        self._inside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.text += " "
        self.tags.append((tag, given))
        if tag == "html":
            self.language = given["lang"]
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag in ("a", "link") and "href" in given else []
        if tag == "link" and "hreflang" in given:
            self.alternates[given["hreflang"]] = given["href"]
        if tag in ("style", "script", "title"):
            self._inside.append(tag)

    def handle_endtag(self, tag):
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        if self._inside and self._inside[-1] == "style":
            self.style += data
        elif self._inside[-1:] == ["script"]:
            self.scripts.append(data)
        else:
            self.text += data


@pytest.fixture(scope="module")
def rendered():
    return {name: pages.render(twin).decode() for name, twin in PAGES.items()}


@pytest.fixture(params=[(name, language) for name in PAGES for language in LANGUAGES], ids="-".join)
def page(request):
    return _read(*request.param)


@cache
def _read(name, language):
    html = pages.render(PAGES[name], language).decode()
    return PAGES[name], html, Reader(html)


def _path(twin, reader):
    return f"{LANGUAGES[reader.language]}{twin['address']}index.html"


def test_fits_the_first_flight(page):
    _, html, _ = page
    assert len(gzip.compress(html.encode(), 9, mtime=0)) <= BUDGET


def test_allows_its_own_style_and_nothing_else(page):
    twin, html, reader = page
    own, *scripts = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (reader.style, *reader.scripts)
    )
    alone = twin["page"] in ("check", "notfound")
    assert bool(reader.style) == alone
    allowed_style = f"'sha256-{own}'" if alone else "'self'"
    policy = next(a["content"] for tag, a in reader.tags if a.get("http-equiv"))
    sources = ["data:"] * twin["simulated"] + ["'self'"] * bool(twin.get("pictures"))
    images = f"img-src {' '.join(sources)}; " if sources else ""
    allowed = "connect-src 'self'; "
    asks = ("portal", "search", "ledger", "data")
    searches = twin["page"] in asks or twin.get("nested") is False
    loads = searches or twin["page"] == "check" or rows.sorts(twin)
    small = twin["page"] in ("area", "today") or rows.has_no_figures(twin) or rows.compares(twin)
    quotes = " data-theirs=" in html
    if loads or small or quotes:
        assert len(scripts) == (2 if loads else small) + quotes
        hashes = " ".join(f"'sha256-{one}'" for one in scripts)
        own_files = "'self' " if loads else ""
        allowed = (
            f"script-src {own_files}{hashes}; connect-src 'self'; "
            "require-trusted-types-for 'script'; trusted-types 'none'; "
        )
    assert policy == (
        f"default-src 'none'; style-src {allowed_style}; {images}{allowed}"
        "base-uri 'none'; form-action 'none'"
    )
    names = {name for _, attributes in reader.tags for name in attributes}
    assert "style" not in names
    assert not {name for name in names if name.startswith("on")}
    assert not {tag for tag, _ in reader.tags} & {
        "iframe",
        "object",
        "form",
        "base",
    }
    sheets = [a["href"] for tag, a in reader.tags if a.get("rel") == "stylesheet"]
    assert [normpath(join(dirname(_path(twin, reader)), one)) for one in sheets] == (
        [] if alone else [SHEET]
    )
    assert {a["rel"] for tag, a in reader.tags if tag == "link"} <= {"alternate", "stylesheet"}
    assert "url(http" not in html


def test_leaves_nothing_unfilled(page):
    _, html, reader = page
    for left in ("{{", "{%", "[[", "]]", "Undefined"):
        assert left not in html
    assert not re.search(r"\bNone\b|\bTrue\b|\bFalse\b", reader.text)


def test_is_a_whole_document(page):
    _, html, reader = page
    assert re.match(
        r'<!DOCTYPE html>\n<html lang="(id|en)" data-page="[a-z]+"( data-simulated)?>', html
    )
    assert len(reader.ids) == len(set(reader.ids))
    tags = [tag for tag, _ in reader.tags]
    for once in ("title", "main", "h1", "header", "footer"):
        assert tags.count(once) == 1, once
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    used = {a["href"][1:] for tag, a in reader.tags if tag == "use"}
    assert used == used & set(reader.ids)


def test_links_are_relative_and_name_a_file(page):
    twin, _, reader = page
    here = _path(twin, reader)
    for given in reader.links:
        link, _, place = given.partition("#")
        if not link:
            assert place in reader.ids
        elif link in reader.alternates.values():
            assert re.fullmatch(r"https://.*/index\.html", link), link
        elif twin["page"] == "notfound":
            assert link.startswith("/rehearsal/")
        else:
            assert not re.match(r"[a-z]+:|/", link), link
            target = normpath(join(dirname(here), link))
            assert not target.startswith(".."), link
            assert re.search(r"\.(html|css|json|csv|txt|atom|jpg|tlog-proof)$|checkpoint$", link), (
                link
            )
            if target.startswith("aset/"):  # one file for both languages
                continue
            english = target.startswith("en/")
            switch = link == switch_of(reader)
            assert english == (link.endswith(".html") and (reader.language == "en") != switch), link


def switch_of(reader):
    """The link to the same page in the other language: the only one that names a language."""
    (found,) = {a["href"] for tag, a in reader.tags if tag == "a" and "hreflang" in a}
    return found


def test_the_other_language_is_one_link_away_and_named_in_itself(page):
    twin, html, reader = page
    other = "en" if reader.language == "id" else "id"
    link = switch_of(reader)
    if twin["page"] == "notfound":
        assert link == f"/rehearsal/{LANGUAGES[other]}index.html"
    else:
        here = dirname(f"{LANGUAGES[reader.language]}{twin['address']}index.html")
        assert normpath(join(here, link)) == f"{LANGUAGES[other]}{twin['address']}index.html"
    named = {"id": "Indonesia", "en": "English"}[other]
    assert f'lang="{other}" hreflang="{other}">{named}</a>' in html


def test_search_engines_are_told_what_a_page_is(page):
    """A sentence, both languages by their whole address, and to stay away from rehearsals."""
    twin, _, reader = page
    said = {a["name"]: a["content"] for tag, a in reader.tags if tag == "meta" and "name" in a}
    assert 15 <= len(said["description"]) <= 400
    assert "<" not in said["description"] or "script" in said["description"]
    assert ("robots" in said) is (twin["mode"] == "rehearsal")
    base = f"https://{twin['origin'].removesuffix('log')}"
    addresses = {
        language: f"{base}{folder}{twin['address']}index.html"
        for language, folder in LANGUAGES.items()
    }
    assert reader.alternates == ({} if twin["page"] == "notfound" else addresses)


def test_a_page_offers_its_feeds_to_readers_that_look_for_them(page):
    twin, _, reader = page
    feeds = [a["href"] for _, a in reader.tags if a.get("type") == "application/atom+xml"]
    wanted = {one["address"] for one in twin.get("downloads", ()) if "atom" in one["address"]}
    if twin["page"] == "election":
        wanted = {f"{twin['address']}data/corrections.atom"}
    here = dirname(f"{LANGUAGES[reader.language]}{twin['address']}index.html")
    assert {normpath(join(here, feed)) for feed in feeds} == wanted
    assert set(feeds) <= {a["href"] for tag, a in reader.tags if tag == "a" and "href" in a}


def test_hostile_names_make_no_element(page):
    _, html, reader = page
    assert html.count("<script") == len(reader.scripts) <= 2
    assert all("alert(1)" not in script for script in reader.scripts)
    assert "alert(1)" not in "".join(value or "" for _, a in reader.tags for value in a.values())


def test_same_twin_same_bytes(rendered):
    program = (
        "import hashlib, json, sys\n"
        "from rekap.core.pages import pages\n"
        "from tests.core.pages import blocks, samples\n"
        "made = {n: hashlib.sha256(pages.render(t)).hexdigest() for n, t in samples.all_pages()}\n"
        "json.dump(made, sys.stdout)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=True, text=True
    )
    here = {name: hashlib.sha256(html.encode()).hexdigest() for name, html in rendered.items()}
    assert json.loads(run.stdout) == here


def test_order_of_keys_does_not_matter():
    for name, twin in PAGES.items():
        turned = json.loads(json.dumps(twin, sort_keys=True))
        assert pages.render(turned) == pages.render(twin), name


def integers(value, found):
    """Every integer of a twin, also inside its texts, and the sizes of its lists."""
    if isinstance(value, bool):
        return found
    if isinstance(value, int):
        found.add(abs(value))
    elif isinstance(value, str):
        found.update(int(number) for number in re.findall(r"[0-9]+", value))
    elif isinstance(value, dict):
        for key, inner in value.items():
            integers(inner, integers(key, found))
    elif isinstance(value, list):
        found.add(len(value))
        for inner in value:
            integers(inner, found)
    return found


IN_TEXTS = {16, 50, 100, 158, 600}
"""Of the fixed sentences and rules: 16 groups, 50 and 100 %, Pasal 158, 600 voters."""


@pytest.mark.parametrize("name", [n for n in PAGES if n.startswith(("region", "tps", "missing"))])
def test_every_number_is_in_the_twin(name, rendered):
    twin = PAGES[name]
    text = re.sub(r"\b[0-9a-f]{4}( [0-9a-f]{4})+\b", " ", Reader(rendered[name]).text)
    text = re.sub(
        r"<iframe [^>]*>|[0-9.]+,[0-9]+%|[0-9.]+ WI(?:B|TA|T)|\bR[0-9]+|\b[XDKLS][0-9]\b|I\.B\.4"
        r"|B\.[123]",
        " ",
        text,
    )
    known = integers(twin, set(IN_TEXTS)) | {len(twin.get("checks", ()))}
    known |= {samples_passed(twin), sum(c["state"] != "untestable" for c in twin.get("checks", ()))}
    spelled = json.dumps(twin)
    for number in re.findall(r"[0-9]+(?:\.[0-9]+)*", text):
        value = int(number.replace(".", ""))
        assert value in known or value < 10 or number in spelled, number


def samples_passed(twin):
    return sum(check["state"] == "pass" for check in twin.get("checks", ()))


def test_templates_hold_no_sentence():
    allowed = {"TPS", "SHA", "id"}
    for path in sorted(packaged.templates_folder().rglob("*.html")):
        text = re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|\[\[.*?\]\]", " ", path.read_text(), flags=re.DOTALL
        )
        text = re.sub(r"<[^>]*>", " ", text)
        assert set(re.findall(r"[A-Za-z]{2,}", text)) <= allowed, path.name


CODES = frozenset(
    "numbers level level_title rung children office office_short win form form_short body position "
    "count reason strip signs objection_code event_code incident_state revoke_reason "
    "witness_reason status "
    "statement_status void_reason mark tps_status mode kind field code short row finding "
    "download court ruling_state order ordered_body recommended_type case_state outcome refusal "
    "copy_state copy_cell copy_source readiness_item readiness_lack readiness_step "
    "complain_body complain_supervisor picture_document withholding withhold_reason "
    "followed_by "
    "sign_supervisor sign_body ground basis seat pair_note follows correction_basis".split()
)
"""Tables whose keys are codes of the data."""
PUT_TOGETHER = {
    "notice": ("R14", "R16", "W1", "W2"),
    "state": (
        "tps_missing",
        "tps_not_in_source",
        "tps_waiting",
        "tps_contested",
        "tps_column_",
        "none",
    ),
    "alert": ("different", "incomplete", "K1", "L1", "L2", "L3"),
    "region": ("open_findings", "answered_findings"),
}


def test_every_text_of_scripts_is_used():
    """A text is named whole, by its claim with a state put behind, or by the code of a fault."""
    scripts = (packaged.templates_folder() / "script").glob("*.js")
    words = set(re.findall(r"[a-z]+(?:[-_][a-z]+)*", "\n".join(p.read_text() for p in scripts)))
    for key in all_keys():
        table, _, name = key.partition(".")
        first, _, rest = name.partition("_")
        named = rest.replace("_", "-") if first == "fault" else first
        assert table != "script" or {name, named} & words or name == "desk_none", key


def test_every_text_is_used():
    sources = list(packaged.templates_folder().rglob("*.html"))
    sources += Path(pages.__file__).parent.rglob("*.py")
    everything = "\n".join(path.read_text() for path in sources)
    for key in all_keys():
        table, _, name = key.partition(".")
        built = table == "script" or name.startswith(PUT_TOGETHER.get(table, "-"))
        assert table in CODES or built or re.search(rf"{re.escape(key)}\b", everything), key
    used = set(
        re.findall(r"""(?:named|field|name)\([^()]*?["']([a-z_]+)["'](?:, count)?\)""", everything)
    )
    assert used >= CODES - {"level_title", "seat", "finding", "numbers"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_hole_is_filled(language):
    for path in sorted(packaged.templates_folder().rglob("*.html")):
        spoken.words(language).expand(path.read_text())
    with pytest.raises(ValueError, match="holes"):
        spoken.words().expand("[[base.as_of]]")
    with pytest.raises(KeyError):
        spoken.words().expand("[[base.no_such_text]]")


def test_an_unknown_field_is_an_error():
    twin = blocks.tps()
    del twin["listed"]
    with pytest.raises(KeyError):
        pages.render(twin)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_of_badges_and_bars(scheme):
    """Axe cannot judge one-digit badges; text needs 4.5, shapes 3 against the ground."""
    values: dict[str, str] = {}
    for name in ("base", "pairs", "pairs-more"):
        text = (packaged.templates_folder() / "style" / f"{name}.css").read_text()
        text = re.sub(r"@media print.*", "", text, flags=re.DOTALL)
        light, dark = re.split(r"@media screen and \(prefers-color-scheme: dark\)", text)
        for part in (light, dark) if scheme == "dark" else (light,):
            found = re.findall(r"--([a-z0-9]+): (#[0-9a-f]{3,6})", part)
            values |= {
                k: v if len(v) == 7 else "#" + "".join(2 * c for c in v[1:]) for k, v in found
            }
    for number in range(1, 7):
        text = values[f"n{min(number, 4)}"]
        assert contrast(text, values[f"c{number}"]) >= 4.5, number
        assert contrast(values["bg"], values[f"c{number}"]) >= 3, number
    for text in ("ink", "mute", "link", "same", "diff"):
        assert contrast(values[text], values["bg"]) >= 4.5, text
    assert contrast(values["diff"], values["diffbg"]) >= 4.5
    assert contrast(values["tile"], values["bg"]) >= 3


@pytest.mark.parametrize(
    ("mode", "first", "second", "partly"),
    [
        ("replay", ("SIMULASI Kota", ""), ("Kota", ""), True),
        ("replay", ("Kota Lama", "SIMULASI"), ("Kota", ""), True),
        ("replay", ("SIMULASI Kota", ""), ("Kota", "data simulasi"), False),
        ("rehearsal", ("SIMULASI Kota", ""), ("Kota", ""), False),
    ],
)
def test_an_election_beside_a_simulation_is_not_said_to_be_one(
    mode: str, first: tuple[str, str], second: tuple[str, str], *, partly: bool
) -> None:
    """One that says so in its source alone made a true one beside it "dikarang" too, and a
    rehearsal said of some of its elections alone that they are invented."""
    named = [{"name": {"id": n, "en": n}, "source": s or None} for n, s in (first, second)]
    assert rows.is_partly_simulated({"mode": mode, "elections": named}) is partly
