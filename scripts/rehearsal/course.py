"""The course of a rehearsal: the log opens, forms come in, the site appears, strangers prove it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

from scripts.lab.loading.accounts import percentile
from scripts.lab.loading.country import Upload
from scripts.rehearsal import intruder, lines
from scripts.rehearsal.election import Rehearsed
from scripts.rehearsal.front import Front
from scripts.rehearsal.portal import NO_ANSWER, Answer, Portal
from scripts.rehearsal.transcript import Transcript

from rekap.core.errors import Malformed, NotVerified
from rekap.core.log.entry import leaf_hash
from rekap.core.signing.note import NoteKey
from rekap.portal.intake.receipt import LOGGED_WITHIN_S, open_receipt

BASE: Final = "/rehearsal/"
_OWN: Final = Path(__file__).resolve().parents[2] / "functions"
_SENDERS: Final = 4
_PATIENCE_S: Final = 60.0
_MINUTES_S: Final = 150.0
_AGAIN_S: Final = 0.3
_LATER: Final = (NO_ANSWER, 401, 409, 503)
"""What a client answers with the same bytes again: a grant may not have arrived yet."""


class Course:
    """One rehearsal; `sent` counts statements, `size` is the log's when all of them have a place.

    It is the larger one: the log says the time between its entries.
    """

    def __init__(self, portal: Portal, election: Rehearsed, say: Transcript) -> None:
        self._portal = portal
        self._election = election
        self._say = say
        self._receipts = NoteKey.parse(election.receipt_key())
        self._leaves: list[str] = []
        self._places: set[int] = set()
        self.again = 0

    @property
    def sent(self) -> int:
        """Return how many statements were accepted."""
        return len(self._leaves)

    @property
    def size(self) -> int:
        """Return how many entries hold every statement that is known to have a place."""
        return max(self._places, default=-1) + 1

    def sends(self, leaf: str) -> None:
        """Count a statement that was accepted."""
        self._leaves.append(leaf)

    def open_the_log(self) -> None:
        """Send everything until the polls close, each stage after the one before was published."""
        for name, statements in self._election.stages():
            began, count = time.monotonic(), 0
            for one in statements:
                answer = self._send(one)
                count += 1
                if answer.status != 201:
                    self._say.check(False, f"{name}: {answer.status} {answer.body}")
                    raise RuntimeError("the log does not open")
            sent = time.monotonic()
            # Without a publication nobody renders, so there is nothing to wait for.
            shown = self.sent == 1 or self.are_shown()
            if not shown:
                raise RuntimeError(f"{name}: not published, sizes {self._portal.sizes()}")
            published = time.monotonic() - sent
            self._say.say(f"{name:<16} {count:>3}  {sent - began:5.1f} s + {published:4.1f} s")

    def close_the_polls(self) -> tuple[list[Upload], list[Upload]]:
        """Send all forms but two, four at a time; hold every receipt against its key and promise.

        Return them, and those that come later.
        """
        *uploads, one, other = self._election.uploads()
        with ThreadPoolExecutor(_SENDERS) as senders:
            answers = list(senders.map(lambda one: self._send(one.item.data), uploads))
        taken = [one for one in answers if one.status == 201]
        self._say.check(len(taken) == len(uploads), f"{len(taken)} of {len(uploads)} forms: 201")
        kept = [
            self._promises(one.item.leaf, answer)
            for one, answer in zip(uploads, answers, strict=True)
        ]
        self._say.check(all(kept), f"{sum(kept)} receipts verify, each within {LOGGED_WITHIN_S} s")
        took = [one.took for one in answers]
        self._say.say(
            f"an upload took p50 {percentile(took, 50):.2f} s, most {max(took):.2f} s;"
            f" {self.again} were sent again because a grant, or an answer, had not arrived"
        )
        shown = self.are_shown(_MINUTES_S)  # a task that was cut comes again after 90 seconds
        self._say.check(shown, f"log and site hold {self.sent} statements: {self._portal.sizes()}")
        return uploads, [one, other]

    def send_form(self, form: bytes) -> None:
        """Send a form, which must be taken."""
        answer = self._send(form)
        self._say.check(answer.status == 201, f"a form that comes meanwhile: {answer.status}")

    def name_release(self, release: str) -> None:
        """Send the publication that names a release."""
        answer = self._send(self._election.publication(release, len(self._leaves)))
        self._say.check(answer.status == 201, f"a publication of {release[:8]}…: {answer.status}")

    def ask_twice(self, uploads: Sequence[Upload]) -> None:
        """Send again, send what is broken, ask for what is not there."""
        first = uploads[0].item
        again, status = self._portal.send(first.data), self._portal.ask(first.leaf)
        self._say.check(again.status == 200, f"the same form again: {again.status}")
        index = status.body.get("index")
        self._say.check(status.status == 200 and index is not None, f"its place: {index}")
        broken = first.data.replace(b'"sig":"', b'"sig":"AAAA', 1)
        refused = self._portal.send(broken)
        self._say.check(refused.status in (400, 401, 422), f"a changed signature: {_code(refused)}")
        unknown = self._portal.ask(leaf_hash(broken).hex())
        self._say.check(unknown.status == 404, f"a leaf that is not there: {_code(unknown)}")

    def let_administrator_try(self) -> None:
        """Let somebody try who may do everything in the account."""
        tried = list(intruder.attempts(self._portal.cloud, self._portal.stack))
        refused = [one for one in tried if one.outcome == "refused"]
        words = ", ".join(one.what for one in refused)
        self._say.check(len(refused) == len(tried), f"refused {len(refused)} of {len(tried)}")
        self._say.say(words)
        for one in tried:
            if one not in refused:
                self._say.check(False, f"{one.what}: {one.outcome}")

    def come_to_rest(self) -> None:
        """Wait until the schedule has called each function that it calls, and for bulk data.

        Those are made when the log is quiet: then only the clock rings for Publish.
        """
        end = time.monotonic() + _MINUTES_S
        for name in ("Sequence", "Watch"):
            while not (called := self._was_called(name)) and time.monotonic() < end:
                time.sleep(1)
            self._say.check(called, f"{name} was called by its schedule")
        rested = self.are_shown(_MINUTES_S, data=True)
        self._say.check(rested, f"checkpoint, site, bulk data: {self._portal.sizes()}")

    def _was_called(self, name: str) -> bool:
        """Tell whether more runs ended than queues asked for.

        The two are counted one after the other, so a run that ends in between counts once only.
        """
        cloud, stack = self._portal.cloud, self._portal.stack
        if lines.runs(cloud, stack, name).others() < 1:
            return False
        time.sleep(1)
        return lines.runs(cloud, stack, name).others() > 0

    def read_through_the_front(self, front: Front, uploads: Sequence[Upload]) -> None:
        """Ask the emulated CloudFront as a browser would."""
        page = uploads[0].page
        wanted = (
            (BASE, 200, "text/html; charset=utf-8"),
            (BASE + page, 200, "text/html; charset=utf-8"),
            (BASE + page.rstrip("/"), 301, ""),
            (f"{BASE}nothing/", 404, "text/html; charset=utf-8"),
            (f"{BASE}log/checkpoint", 200, "text/plain; charset=utf-8"),
        )
        self._holds(front, wanted)

    def ask_through_the_gate(self, gate: Front, uploads: Sequence[Upload]) -> None:
        """Ask what takes uploads: its answers arrive as they were said, refusals too.

        Around the gate nobody is heard, and through it no body that is not the one it tells of.
        """
        first = uploads[0].item.leaf
        wanted = (
            (f"/v1/statements/{first}", 200, "application/json"),
            (f"/v1/statements/{'0' * 64}", 404, "application/problem+json"),
            ("/log/checkpoint", 200, "text/plain; charset=utf-8"),
            ("/site.json", 200, "application/json"),
            ("/", 302, ""),
        )
        self._holds(gate, wanted)
        around = self._portal.around(first)
        self._say.check(around == 403, f"the function's own address, around the gate: {around}")
        other = self._portal.send(uploads[0].item.data, told=b"another body").status
        self._say.check(other == 403, f"through the gate, with another body's digest: {other}")

    def _holds(self, host: Front, wanted: Sequence[tuple[str, int, str]]) -> None:
        for path, status, kind in wanted:
            found = self._get(host.url(path))
            self._say.check(found == (status, kind), f"{path[:60]}: {found[0]} {found[1]}")

    def verify(self, site: str, name: str, *options: str) -> None:
        """Run `rekap verify` as a stranger does; it must find nothing wrong."""
        own = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(_OWN),
            "LANG": "C.UTF-8",
            "SSL_CERT_FILE": str(self._portal.cloud.authority),
        }
        command = [sys.executable, "-m", "rekap.desk.main", "verify", site, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=own)
        for line in (done.stdout + done.stderr).splitlines():
            if line.strip():
                self._say.say(f"| {line}")
        self._say.check(done.returncode in (0, 3), f"rekap verify {name}: exit {done.returncode}")

    def download(self, to: Path) -> None:
        """Take the site out of its bucket, as a mirror does."""
        paths = self._portal.download(to)
        size = sum((to / path).stat().st_size for path in paths)
        self._say.say(f"{len(paths)} objects, {size / 1024:.0f} KB")
        self._say.check(len(paths) > self.sent, "there are more objects than entries")

    def watch_whole(self) -> None:
        """Call watch as its longer schedule does; an hour is too long to wait."""
        cloud, stack = self._portal.cloud, self._portal.stack
        before = lines.runs(cloud, stack, "Watch")
        answer = cloud.client("lambda").invoke(
            FunctionName=stack["Watch"], Payload=b'{"whole": true}'
        )
        answer["Payload"].read()
        after = lines.runs(cloud, stack, "Watch")
        sound = after.outcomes["sound"] - before.outcomes["sound"]
        self._say.check(sound >= 1, "watch, called by API with its schedule's input: sound")

    def count_the_runs(self, placed: int, cut: int, foreseen: int) -> None:
        """Say what woke whom and how it ended; nothing may have failed.

        `placed`: entries that got their place by other calls than the stack's own, `cut` of which
        were killed before they said how many. `foreseen`: runs of Publish that refused a log which
        did not name their release yet.
        """
        cloud, stack = self._portal.cloud, self._portal.stack
        for function in ("Submit", "Sequence", "Publish", "Render", "Watch"):
            found = lines.runs(cloud, stack, function)
            by = {"Submit": "by HTTP", "Watch": "by schedule or API"}.get(function, "by schedule")
            ended = ", ".join(f"{n} {name}" for name, n in sorted(found.outcomes.items()))
            self._say.say(
                f"{function}: {found.total} runs, {found.bells} by queue, {found.others()} {by};"
                f" {ended}; slowest {found.slowest_ms:.0f} ms"
            )
            bad = len(found.failures) - (foreseen if function == "Publish" else 0)
            silent = f", {found.silent} met a silent service" if found.silent else ""
            self._say.check(bad == 0, f"{function}: {bad} failed{silent}")
            for line in found.failures if bad else ():
                self._say.say(f"| {json.dumps(line)}")
            metrics = {name: round(value) for name, value in sorted(found.sums.items()) if value}
            self._say.say(f"{function}: sums of metrics {metrics}")
            if function == "Sequence":
                entries, size = round(found.sums["Entries"]) + placed, self._portal.sizes()[0]
                known = entries == size or (entries < size and cut > 0)
                self._say.check(known, f"{entries} of {size} entries were told by who placed them")

    def _send(self, statement: bytes) -> Answer:
        """Send until it is taken, as an officer's device does: the same bytes after no answer.

        What was taken without a word is known by then, and its 200 stands for the 201 that is lost.
        """
        end, lost = time.monotonic() + _MINUTES_S, False
        while True:
            answer = self._portal.send(statement)
            if lost and answer.status == 200:
                answer = replace(answer, status=201)
            if answer.status not in _LATER or time.monotonic() > end:
                if answer.status == 201:
                    self.sends(leaf_hash(statement).hex())
                return answer
            lost = lost or answer.status == NO_ANSWER
            self.again += 1
            time.sleep(_AGAIN_S)

    def are_shown(self, patience_s: float = _PATIENCE_S, *, data: bool = False) -> bool:
        """Wait until each statement has a place of its own, and log and site hold them all."""
        end = time.monotonic() + patience_s
        while len(self._places) < self.sent:
            if time.monotonic() > end:
                return False
            index = self._portal.ask(self._leaves[len(self._places)]).body.get("index")
            if index is None:
                time.sleep(_AGAIN_S)
            elif index in self._places:
                return False
            else:
                self._places.add(index)
        return self._portal.wait(self.size, patience_s, data=data)

    def _promises(self, leaf: str, answer: Answer) -> bool:
        try:
            receipt = open_receipt(answer.body["receipt"].encode(), [self._receipts])
        except (KeyError, Malformed, NotVerified):
            return False
        return receipt.leaf == leaf

    def _get(self, url: str) -> tuple[int, str]:
        try:
            answer = self._portal.cloud.open(url, follow=False)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            answer.read()
            return answer.status, answer.headers.get("content-type", "")


def _code(answer: Answer) -> str:
    return f"{answer.status} {answer.body.get('code', '')}"
