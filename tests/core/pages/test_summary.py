"""The summary of a region: one screen, its own policy, nothing that its twin does not say."""

from __future__ import annotations

import base64
import gzip
import hashlib
import posixpath
import re

import pytest
from tests.core.pages import samples
from tests.core.pages.blocks import HOSTILE

from rekap.core.pages import pages
from rekap.core.pages.look import summary

TWINS = {
    name: getattr(samples, name)()
    for name in ("province", "regency", "kecamatan", "running", "empty_region", "two_choices")
}


def made(twin: dict) -> dict[str, str]:
    """Path -> HTML of the summaries of a region, in both languages."""
    return {
        path: data.decode() for path, data in pages.editions(twin) if f"/{summary.FOLDER}" in path
    }


@pytest.mark.parametrize("name", TWINS)
def test_each_region_has_one_in_both_languages(name):
    twin = TWINS[name]
    html = made(twin)
    assert list(html) == [
        f"{twin['address']}ringkas/index.html",
        f"en/{twin['address']}ringkas/index.html",
    ]
    for page in html.values():
        assert f'<meta name="as-of" content="{twin["as_of"]}">' in page
        assert len(gzip.compress(page.encode(), 9, mtime=0)) < 6_000
        said = re.search(r"Berubah terakhir pukul|Last changed at", page)
        assert bool(said) == (twin["hour"] is not None)


def test_places_below_the_kecamatan_have_none():
    assert not made(samples.kelurahan())
    assert not made(samples.contested_tps())


@pytest.mark.parametrize("name", TWINS)
def test_its_policy_allows_its_own_style_and_script_and_nothing_else(name):
    for page in made(TWINS[name]).values():
        [style], [script] = (
            re.findall(rf"<{tag}(?: [^>]*)?>(.*?)</{tag}>", page, re.DOTALL)
            for tag in ("style", "script")
        )
        one, other = (
            base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            for text in (style, script)
        )
        policy = re.search(r'Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
        images = "img-src data:; " if TWINS[name]["simulated"] else ""
        assert policy == (
            f"default-src 'none'; style-src 'sha256-{one}'; {images}script-src 'sha256-{other}'; "
            "connect-src 'self'; require-trusted-types-for 'script'; trusted-types rekap-layar; "
            "base-uri 'none'; form-action 'none'"
        )
        assert not re.search(r'\b(?:style|on[a-z]+)="', page)


def test_links_leave_the_frame_and_lead_to_the_page():
    for path, page in made(TWINS["kecamatan"]).items():
        links = re.findall(r'<a [^>]*href="([^"]+)"([^>]*)>', page)
        assert links, path
        whole = path.removesuffix("ringkas/index.html") + "index.html"
        for href, rest in links:
            assert posixpath.normpath(posixpath.join(posixpath.dirname(path), href)) == whole
            assert 'target="_top"' in rest


def test_hostile_names_make_no_element():
    twin = samples.province()
    twin["contest"]["pairs"][0]["names"] = [HOSTILE, HOSTILE]
    assert all(HOSTILE not in page for page in made(twin).values())
