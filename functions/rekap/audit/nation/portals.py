"""The list of portals that a front reads: `portals.toml`, written by whoever answers for the front.

    format = "rekap-portals/1"
    name = { id = "Pilkada 27 November 2024", en = "Regional elections of 27 November 2024" }

    [[portals]]
    id = "jakarta"
    name = "DKI Jakarta"
    regions = ["31"]
    site = "https://hasil.example/"
    policy = "jangkar/jakarta.txt"

`policy` are the portal's anchors as its operators gave them on paper, a file beside the list. The
list says whose word counts for which regions; what a portal says of others is not believed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rekap.core.errors import Malformed
from rekap.core.log.policy import Block, Policy
from rekap.core.statements import regions
from rekap.core.statements.model import MODES

FORMAT: Final = "rekap-portals/1"
MAX_LIST: Final = 1 << 18
MOST: Final = 64
"""Portals of one list."""
LIVE: Final = "live"

_ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_LINK: Final = re.compile(
    r"(?:https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?/|(?:\.\./)*)"
    r"(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*"
)
_SIGN: Final = "0-9A-Za-zÀ-ÖØ-öø-ž"
_NAME: Final = re.compile(rf"""[{_SIGN}][{_SIGN} .,:'"‘’“”()/&+–-]{{0,99}}""")
_TOP: Final = frozenset({"format", "name", "portals"})
_NEEDED: Final = frozenset({"id", "name", "regions", "site", "policy"})
_ALLOWED: Final = _NEEDED | {"link", "mode"}


@dataclass(frozen=True, slots=True)
class Portal:
    """One portal of a list. `site` is a folder or an address; `link` leads readers to its pages.

    `regions` are codes of provinsi or kabko; `mode` is what entry 0 of its log must say.
    """

    id: str
    name: str
    regions: tuple[str, ...]
    site: str
    link: str
    mode: str
    policy: Policy

    @property
    def block(self) -> Block:
        """The anchors of its log."""
        return self.policy.logs[0]

    def speaks_for(self, code: str) -> bool:
        """Tell whether a region is one of the portal's, or lies below one."""
        return any(regions.is_within(code, top) for top in self.regions)


@dataclass(frozen=True, slots=True)
class Portals:
    """A whole list. `name` is in Indonesian and English."""

    name: Mapping[str, str]
    portals: tuple[Portal, ...]


def is_name(value: object) -> bool:
    """Tell whether a text can be the name of a place, an election or a person.

    Markup and signs of programs are in no such name: whoever shows one is not believed, however
    well the front escapes it. Letters are Latin, as in all that is signed: others may turn the
    figures beside them around, or look like Latin ones.
    """
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def parse(data: bytes, read: Callable[[str], bytes]) -> Portals:
    """Return a list of portals; `read` gives the bytes of the policy file of a name.

    Raises:
        Malformed: `field` is the place; an unknown field is refused as well.
        OSError: as `read` does.
    """
    if len(data) > MAX_LIST:
        raise Malformed(f"{len(data)} bytes, at most {MAX_LIST}", code="too-large")
    try:
        value = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"not TOML: {error}", code="portals") from error
    if value.get("format") != FORMAT:
        raise Malformed(f"not {FORMAT}", "format", "portals")
    _only(value, _TOP, _TOP, "")
    name = value["name"]
    if (
        not isinstance(name, dict)
        or sorted(name) != ["en", "id"]
        or not all(map(is_name, name.values()))
    ):
        raise Malformed("not a name in both languages", "name", "portals")
    listed = value["portals"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST:
        raise Malformed(f"not 1…{MOST} portals", "portals", "portals")
    found = tuple(_portal(one, f"portals.{at}", read) for at, one in enumerate(listed))
    _apart(found)
    return Portals(name, found)


def _only(value: Any, needed: frozenset[str], allowed: frozenset[str], place: str) -> None:
    if not isinstance(value, dict):
        raise Malformed("not a table", place, "portals")
    for name in sorted(needed - set(value)):
        raise Malformed("is missing", f"{place}.{name}".strip("."), "portals")
    for name in sorted(set(value) - allowed):
        raise Malformed("is not a field", f"{place}.{name}".strip("."), "portals")


def _portal(value: Any, place: str, read: Callable[[str], bytes]) -> Portal:
    _only(value, _NEEDED, _ALLOWED, place)
    codes = value["regions"]
    if not isinstance(codes, list) or not codes or not all(map(_is_top, codes)):
        raise Malformed("not codes of provinsi or kabko", f"{place}.regions", "portals")
    texts = {name: value.get(name, "") for name in ("id", "name", "site", "policy", "link")}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise Malformed("not a text", f"{place}.{name}", "portals")
    if not _ID.fullmatch(texts["id"]):
        raise Malformed("not an id of letters, digits and hyphens", f"{place}.id", "portals")
    if not is_name(texts["name"]):
        raise Malformed("not a name", f"{place}.name", "portals")
    link = texts["link"] or texts["site"]
    if not _LINK.fullmatch(link) or not link:
        raise Malformed("not an address with a final slash", f"{place}.link", "portals")
    mode = value.get("mode", LIVE)
    if mode not in MODES:
        raise Malformed(f"not one of {', '.join(MODES)}", f"{place}.mode", "portals")
    try:
        policy = Policy.parse(read(texts["policy"]))
    except Malformed as error:
        raise Malformed(f"{texts['policy']}: {error}", f"{place}.policy", "portals") from error
    _anchored(policy, f"{place}.policy")
    return Portal(texts["id"], texts["name"], tuple(codes), texts["site"], link, mode, policy)


def _is_top(code: object) -> bool:
    return isinstance(code, str) and regions.is_code(code) and regions.depth(code) <= 2


def _anchored(policy: Policy, place: str) -> None:
    """Refuse anchors that do not hold a portal: one log with its entry 0 and its elections."""
    if len(policy.logs) != 1:
        raise Malformed("names not exactly one log", place, "portals")
    if policy.logs[0].log_id is None or not policy.logs[0].roots:
        raise Malformed("lacks `#rekap log` or `#rekap root`", place, "portals")


def _apart(found: tuple[Portal, ...]) -> None:
    """Refuse two portals of one id, one log or one region: nobody could say whose word counts."""
    for name, values in (
        ("id", [one.id for one in found]),
        ("policy", [one.block.key.vkey for one in found]),
    ):
        for value in values:
            if values.count(value) > 1:
                raise Malformed(f"{value} stands twice", name, "portals")
    tops = [(code, at) for at, one in enumerate(found) for code in one.regions]
    for number, (code, at) in enumerate(tops):
        for other, there in tops[number + 1 :]:
            if regions.is_within(code, other) or regions.is_within(other, code):
                raise Malformed(
                    f"{code} and {other} overlap", f"portals.{max(at, there)}", "portals"
                )
