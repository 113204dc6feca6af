"""Style of a page: the parts that its kind uses, and the policy that allows exactly this text."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from rekap.core.ledger.kinds import KINDS

_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "portal": ("notes", "pairs", "result", "contests", "links", "ask"),
    "election": ("crumb", "notes", "pairs", "result", "contests", "links"),
    "about": ("prose", "kv", "kv-more"),
    "region": (
        "crumb", "notes", "table", "pairs", "front", "result", "ladder", "area", "findings",
        "history", "kv", "links",
    ),
    "tps": (
        "crumb", "notes", "table", "pairs", "front", "codes", "check", "findings", "history",
        "kv", "links",
    ),
    "findings": ("crumb", "notes", "findings"),
    "missing": ("crumb", "kv", "kv-more"),
    "data": ("crumb", "notes", "kv", "links"),
    "absent": ("crumb", "kv", "kv-more", "links"),
    "gaps": ("crumb", "notes", "findings", "links"),
    "search": ("links", "ask"),
    "area": ("crumb", "links", "ask"),
    "statement": ("notes", "table", "front", "kv", "kv-more", "links"),
    "officials": ("crumb", "notes", "table", "kv", "kv-more", "links"),
    "ledger": ("notes", "table", "kv", "kv-more", "links", "ask"),
    "check": ("prose", "notes", "front", "pairs", "pairs-more", "desk", "sheet"),
}  # fmt: skip
_TEXT_PARTS: Final = ("prose",)
_SILENT: Final = ("base", "crumb", "notes", "pairs", "front", "links", "todo")
"""What a TPS uses of which nothing was said."""

_POLICY: Final = (
    "default-src 'none'; style-src '{style}'; {images}{script}base-uri 'none'; form-action 'none'"
)
_WATERMARK: Final = "img-src data:; "
_ALONE: Final = "connect-src 'self'; "
"""Of a page where no script may run: a browser asks for robots.txt in its name, as audits do."""
_COLOURS_OF_PAIRS: Final = 3


def parts(twin: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the style files that a page uses."""
    kind, contest = twin["page"], twin["contest"]
    names = ("base", *_PARTS.get(kind, _TEXT_PARTS))
    if kind == "region":
        names += ("line",) if twin["result"]["line"] else ()
        names += ("differences",) if twin["differences"] else ()
        names += ("strips",) if twin["kecamatan"] else ()
        names += ("ways",) if twin["region"]["code"] == contest["region"] else ()
    if kind == "tps" and twin["head"] is None:
        silent = twin["column"] is None and not twin["statements"]
        names = _SILENT if silent else (*names, "todo")
    if kind == "statement":
        names += KINDS[twin["kind"]].style if twin["payload"] else ()
        names += ("prose",) if twin["kind"] is None else ()
    many = contest is not None and len(contest["pairs"]) > _COLOURS_OF_PAIRS
    if "pairs" in names and (many or contest is None):
        names += ("pairs-more",)
    return (*names, "simulated") if twin["simulated"] else names


@lru_cache(maxsize=512)
def style(folder: Path, names: tuple[str, ...], script: str = "") -> tuple[Markup, str]:
    """The text of a `<style>` made of `names` in `folder`, and the policy of its page.

    `script` are the directives of a page with a script, each with "; " behind it.
    """
    text = minify("".join((folder / f"{name}.css").read_text("utf-8") for name in names))
    images = _WATERMARK if "simulated" in names else ""
    policy = _POLICY.format(style=sri(text.encode()), images=images, script=script or _ALONE)
    return Markup(text), policy  # noqa: S704 our own file


def sri(data: bytes) -> str:
    """The SHA-256 of what a policy or an import map allows, as both spell it: "sha256-…"."""
    return "sha256-" + base64.b64encode(hashlib.sha256(data).digest()).decode()


def minify(text: str) -> str:
    """Return CSS without comments and superfluous white space; strings must not hold "{;}, "."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};>])\s*", r"\1", text)
    return text.replace(": ", ":").replace(", ", ",").replace(";}", "}").strip()
