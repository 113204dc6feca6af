"""Twins and files with one change each, anywhere: no sheet takes over what was not signed.

Every line of a sheet that does not mark itself as unproved must stand in that of the true page, or
of the place above it; a sum must be that of the forms that it says it adds up.
"""

from __future__ import annotations

import base64
import json
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.audit import shelf
from tests.browser import demonstration
from tests.script.test_examination import Told, examined, laid, pages_of
from tests.soak import SEED, SOAK

from rekap.core import packaged
from rekap.core.codec import encode_public

CASES = 10_000 if SOAK else 100
Line = tuple[str, str, tuple[str, ...]]
Place = tuple[Any, Any]
"""What holds a value, and its key in there."""
MEMBERS = ("head", "certified", "summary", "figures", "index", "status", "signers", "region", "tps")
SAID = ("catat", "tidak")
"""Sections of what the site says, and of what is not proved."""
MARKED = ("#xx", "#qq")
TEXTS = tomllib.loads((packaged.templates_folder() / "text" / "id.toml").read_text("utf-8"))
PROVED = {text for name, text in TEXTS["script"].items() if name.startswith("lembar_proved_")}
COLUMNS = tuple(TEXTS["script"][f"lembar_column_{name}"] for name in ("row", "signed", "shown"))
NONE = TEXTS["script"]["lembar_none"]
ABOVE = TEXTS["script"]["lembar_proved_above"].partition("{")[0]
LISTED, UNLISTED, HOLDS = (
    TEXTS["script"][f"lembar_{name}"] for name in ("listed", "not_listed", "roster")
)
LISTS = tuple(text.partition("{")[0] for text in (LISTED, UNLISTED, HOLDS))
SIGNED = re.compile(r"(\D+)([0-9]+)( kunci [^(.]+)(?: \([^)]*\))?\. (.*)")
OF_THE_SITE = TEXTS["script"]["lembar_as_of"].partition("{")[0]
WORDS = {text for table in ("level", "level_title") for text in TEXTS[table].values()}


def places(value: Any) -> Iterator[Place]:
    """Every member of every object and list in a twin."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def other(draw: random.Random, place: Place, bank: dict[str, list[Any]]) -> None:
    """What stands under the same name elsewhere."""
    held, key = place
    held[key] = deepcopy(draw.choice(bank.get(str(key), [7])))


def counted(draw: random.Random, place: Place, _: Any) -> None:
    held, key = place
    one = held[key]
    held[key] = one + draw.choice([-1, 1, 100]) if type(one) is int else not one


def exchanged(draw: random.Random, place: Place, _: Any) -> None:
    """With a neighbour in the same object or list."""
    held, key = place
    beside = draw.choice(list(held) if isinstance(held, dict) else range(len(held)))
    held[key], held[beside] = held[beside], held[key]


def dropped(draw: random.Random, place: Place, _: Any) -> None:
    held, key = place
    del held[key]


def emptied(draw: random.Random, place: Place, _: Any) -> None:
    held, key = place
    held[key] = draw.choice([None, [], 0, "", {}])


def doubled(draw: random.Random, place: Place, _: Any) -> None:
    """A second time in its list, or under another name."""
    held, key = place
    if isinstance(held, list):
        held.insert(draw.randrange(len(held) + 1), deepcopy(held[key]))
    else:
        held[draw.choice(MEMBERS)] = deepcopy(held[key])


def renamed(draw: random.Random, place: Place, _: Any) -> None:
    held, key = place
    if isinstance(held, dict):
        held[draw.choice(MEMBERS)] = held.pop(key)


CHANGES: tuple[Callable[..., None], ...] = (
    other, counted, exchanged, dropped, emptied, doubled, renamed,
)  # fmt: skip


def changed(draw: random.Random, twins: list[Any], root: Path) -> Iterator[tuple[str, Any]]:
    """(address, case): a twin with one change, the page of its entry, or files of two entries."""
    bank: dict[str, list[Any]] = {}
    for twin in twins:
        for held, key in places(twin):
            bank.setdefault(str(key), []).append(held[key])
    while True:
        twin = draw.choice(twins)
        address, named = twin["address"], twin["evidence"]
        way = draw.random()
        if way < 0.8:
            lie = deepcopy(twin)
            draw.choice(CHANGES)(draw, draw.choice(list(places(lie))), bank)
            files = {f"{address}index.json": spelled(lie)}
        elif way < 0.9:
            stranger = {**draw.choice(twins), "address": address}
            files = {f"{address}index.json": spelled(stranger)}
        else:
            one, two = draw.choice(named or [0]), draw.choice(named or [0])
            suffix = draw.choice(["json", "tlog-proof"])
            files = {f"bukti/{one}.{suffix}": (root / f"bukti/{two}.{suffix}").read_bytes()}
        alone = draw.random() < 0.3
        told = {path: base64.b64encode(data).decode() for path, data in files.items()}
        yield address, {"address": address, "changes": told, "alone": alone, "drawn": True}


def spelled(twin: Any) -> bytes:
    try:
        return encode_public(twin)
    except Exception:  # what is no public JSON is served all the same
        return json.dumps(twin).encode()


def lines(*sheets: Told) -> set[Line]:
    return {(part, mark, (*texts,)) for one in sheets for part, mark, texts in one["lines"]}


class Truth:
    """The sheets of all true pages: with the site behind them, and without."""

    def __init__(self, root: Path, addresses: list[str], told: list[Told]) -> None:
        self.root = root
        self.told: dict[str, list[Told]] = {}
        for address, one in zip([*addresses, *addresses], told, strict=True):
            self.told.setdefault(address, []).append(one)

    def false_lines(self, told: Told, address: str) -> list[Line]:
        """The lines of a sheet of an address that neither it nor the truth accounts for."""
        own = lines(*self.told[address])
        above = lines(*self.told[told["above"]]) if told["above"] else set()
        return [
            line
            for line in lines(told) - own
            if not (is_marked(line, told) or is_known(line, own | above))
            if not (self.is_sum(line, told, address) or self.is_listed(line, address))
        ]

    def is_sum(self, line: Line, told: Told, address: str) -> bool:
        """A sum of fewer TPS than there are is that of the true forms of those."""
        below = told["below"]
        if line[0] != "jumlah" or not below or told["head"] == "proved":
            return False
        forms = [self.told[f"{address}{tps}/"][0]["figures"] for tps in below["proved"]]
        fields = {field for one in forms for field in one}
        return bool(below["sum"] == {f: sum(one.get(f, 0) for one in forms) for f in fields})

    def is_listed(self, line: Line, address: str) -> bool:
        """What is said of a list of TPS before the last one, where the site shows no other."""
        text = line[2][0]
        entry = text.rpartition(" ")[2].strip(".")
        if not (text.startswith(LISTS) and entry.isdecimal()):
            return False
        data = json.loads((self.root / f"bukti/{entry}.json").read_bytes())
        numbers = {one["number"] for one in json.loads(base64.b64decode(data["payload"]))["tps"]}
        own = LISTED if address.split("/")[-2] in numbers else UNLISTED
        return text in (HOLDS.format(n=len(numbers), entry=entry), own.format(n=entry))


def is_marked(line: Line, told: Told) -> bool:
    part, mark, texts = line
    if part in SAID or mark in MARKED or set(texts) <= PROVED:
        return True
    if texts == COLUMNS:
        return bool(told["head"] == "differs")
    if texts[0].startswith(OF_THE_SITE):
        return True
    return bool(told["head"] != "proved") and part in ("vd", "daftar", "part") and mark in MARKS


MARKS = ("h2", "h3", "p", "li")


def is_known(line: Line, known: set[Line]) -> bool:
    """The same row beside what the site shows; the same words elsewhere, or a code for a name."""
    part, mark, texts = line
    if mark == "tr":
        rows = {one[:2] for _, kind, one in known if kind == "tr"}
        name, signed, *_ = (text.strip("[]") for text in texts)
        lacks = signed == NONE and name not in {row for row, *_ in rows}
        return (name, signed) in rows or (lacks and len(texts) == len(COLUMNS))
    words = {word for _, _, one in known for text in one for word in re.split(r"[ ,:]+", text)}
    spoken = words | {word for text in WORDS for word in re.split(r"[ {}]+", text)}
    if part == "top":
        return all(one in spoken or re.fullmatch(r"[0-9.]*|.*/", one) for one in words_of(texts))
    said = {one for _, _, (one, *_) in known}
    return texts[0].removeprefix(ABOVE) in said or any(are_fewer(texts[0], one) for one in said)


def are_fewer(text: str, true: str) -> bool:
    """Signers of a body without those of an entry that was left out."""
    some, all_ = SIGNED.fullmatch(text), SIGNED.fullmatch(true)
    if not some or not all_ or some[1] != all_[1] or some[3] != all_[3]:
        return False
    grants, known = (set(re.findall("[0-9]+", one[4])) for one in (some, all_))
    return int(some[2]) < int(all_[2]) and grants <= known


def words_of(texts: tuple[str, ...]) -> list[str]:
    return [word for text in texts for word in re.split(r"[ ,:]+", text)]


@pytest.mark.parametrize("name", ["evening", "replay"])
def test_no_change_of_a_twin_or_a_file_brings_a_false_line_into_a_sheet(
    tmp_path: Path, name: str
) -> None:
    files = shelf.published()[0] if name == "evening" else demonstration.published(6, 1)
    root = laid(tmp_path, files)
    twins = pages_of(root)
    draw = random.Random(f"{name} {SEED}")
    # Half of them of places: there are few beside the pages of entries.
    few = [twin for twin in twins.values() if twin["page"] != "statement"]
    lies = changed(draw, [*twins.values(), *few * (len(twins) // len(few))], root)
    cases = [next(lies) for _ in range(CASES)]
    asked = sorted({twin["address"] for twin in few} | {address for address, _ in cases})
    ways = [(address, alone) for alone in (False, True) for address in asked]
    true = [{"address": address, "alone": alone, "drawn": True} for address, alone in ways]
    told = examined(root, [*true, *(case for _, case in cases)])
    truth = Truth(root, asked, told[: len(ways)])
    heads = set()
    for (address, case), one in zip(cases, told[len(ways) :], strict=True):
        heads.add(one["head"])
        assert truth.false_lines(one, address) == [], (address, one["head"], decoded(case))
        if one["head"] == "proved":
            assert one["figures"] == truth.told[address][0]["figures"], (address, decoded(case))
    assert heads == {"proved", "differs", "unchecked"}


def decoded(case: dict[str, Any]) -> dict[str, str]:
    return {path: base64.b64decode(data).decode() for path, data in case["changes"].items()}
