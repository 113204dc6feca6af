"""Scripts of pages: in the page itself, or a module that is loaded when it is needed.

Each comes with the directives of the page's policy that allow exactly it, each with "; " behind it.
`types` is the one policy of Trusted Types that a script makes, or `'none'`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from rekap.core.pages.look.style import sri


@lru_cache(maxsize=4)
def inline(path: Path, types: str) -> tuple[Markup, str]:
    """Return the text of a page's own small script, and its directives."""
    text = path.read_text("utf-8")
    return Markup(text), _policy((text,), types)  # noqa: S704 our own file


@lru_cache(maxsize=16)
def also(path: Path, policy: str) -> tuple[Markup, str]:
    """Return the text of one more small script, and the directives with it allowed too."""
    text = path.read_text("utf-8")
    allowed = _policy((text,), "'none'")
    if policy:
        first, _, rest = policy.partition("; ")
        allowed = f"{first} '{sri(text.encode())}'; {rest}"
    return Markup(text), allowed  # noqa: S704 our own file


def on_demand(at: str, source: bytes, load: str, types: str) -> tuple[Markup, str]:
    """Return the elements of a head that let `load` import the module at `at`, and the directives.

    `at` is a link from the page; the browser runs nothing there but the bytes of `source`. `load`
    is an element's text, with its tags.
    """
    importmap = json.dumps({"integrity": {at: sri(source)}}, separators=(",", ":"))
    html = f'<script type="importmap">{importmap}</script>\n{load}'
    inner = load.partition(">")[2].rpartition("</script>")[0]
    return Markup(html), _policy((importmap, inner), types, "'self' ")  # noqa: S704 our own files


def _policy(texts: tuple[str, ...], types: str, also: str = "") -> str:
    hashes = " ".join(f"'{sri(text.encode())}'" for text in texts)
    return (
        f"script-src {also}{hashes}; connect-src 'self'; require-trusted-types-for 'script'; "
        f"trusted-types {types}; "
    )
