"""The sheet that all pages share: whole, small, and each of its rules meant for one part alone."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import defaultdict

from rekap.core import packaged
from rekap.core.pages import pages
from rekap.core.pages.look import style

FOLDER = packaged.templates_folder() / "style"
ALONE = {"desk", "sheet", "summary"}
"""Parts of pages that load no sheet."""
BUDGET = 6_144
RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
BARE = re.compile(r"(?:[a-z0-9]+)?[.#][\w-]+(?:::?[\w-]+(?:\([^)]*\))?)*|[a-z0-9]+")
"""One element without those around it: a rule for it holds wherever it stands."""


def test_every_part_is_in_the_sheet_once_or_stands_alone() -> None:
    parts = {path.stem for path in FOLDER.glob("*.css")}
    assert sorted(style.SHEET) == sorted(parts - ALONE)


def test_the_sheet_is_named_by_its_digest_and_small() -> None:
    path, data = style.sheet(FOLDER)
    assert path == f"aset/gaya-{hashlib.sha256(data).hexdigest()[:16]}.css"
    assert pages.assets()[path] == data
    assert len(gzip.compress(data, 9, mtime=0)) <= BUDGET
    assert b"url(http" not in data
    assert b"@import" not in data


def test_what_one_part_styles_no_other_part_styles_too() -> None:
    """All pages have all parts: two rules for a bare name meet where only one is meant."""
    owners = defaultdict(set)
    for part in style.SHEET:
        text = style.minify((FOLDER / f"{part}.css").read_text("utf-8"))
        for selectors in RULE.findall(re.sub(r"@[^{;]*\{", "", text)):
            for selector in selectors.split(","):
                if BARE.fullmatch(selector.strip()):
                    owners[selector.strip()].add(part)
    shared = {name: sorted(parts) for name, parts in owners.items() if len(parts) > 1}
    assert shared == {}
