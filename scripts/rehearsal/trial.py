"""Every function of the artifact under Lambda's own runtime, and how long they take to start."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any, Final

from scripts.rehearsal import lines, runtime
from scripts.rehearsal.portal import TYPE, Portal
from scripts.rehearsal.runtime import Code, Function
from scripts.rehearsal.transcript import Transcript
from scripts.stack import events

FUNCTIONS: Final = ("Submit", "Sequence", "Publish", "Watch")
OVERLAP: Final = ("Sequence", "Publish")
_CUT_S: Final = 6
_PAUSE_S: Final = 0.2
_SAID_S: Final = 10.0
_NOBODY: Final = "0" * 64


class Trial:
    """Calls functions of a deployed portal that run from unpacked code on this machine.

    `entries`: how many statements got their place from a run of `sequence` that was called here;
    of those that were `cut` nobody knows how many.
    """

    def __init__(self, portal: Portal, code: Code, work: Path, say: Transcript) -> None:
        self.portal = portal
        self._code = code
        self._work = work
        self.say = say
        self.entries = 0
        self.cut = 0

    def call_each(self, statement: bytes) -> None:
        """Take a statement, give it its place, show it, watch: with the real events."""
        with self._started("Submit") as submit:
            self._expect(submit, "GET unknown leaf", _get(_NOBODY), {"statusCode": 404})
            self._expect(submit, "POST form", _post(statement), {"statusCode": 201})
            self._expect(submit, "POST it again", _post(statement), {"statusCode": 200})
        done: dict[str, Any] = {}
        for name in ("Sequence", "Publish"):
            with self._started(name) as function:
                self._expect(function, f"{name} by schedule", events.schedule("Minute"), done)
                self.entries += round(_said(function.log).sums["Entries"])
        with self._started("Watch") as watch:
            self._expect(watch, "Watch by schedule", events.schedule("Minute"), {})
            said = '"outcome":"sound"' in watch.log.read_text()
            self.say.check(said, "Watch found the site sound")

    @contextlib.contextmanager
    def overlapping(self) -> Iterator[None]:
        """Call functions meanwhile, beside those that the stack calls; each call is cut early."""
        ending = threading.Event()
        with contextlib.ExitStack() as running:
            some = [
                (name, running.enter_context(self._started(name, seconds=_CUT_S)))
                for name in OVERLAP
            ]
            calling = running.enter_context(ThreadPoolExecutor(len(some)))
            running.callback(ending.set)
            calls = [calling.submit(self._again, function, ending) for _, function in some]
            yield
            ending.set()
            for (name, function), call in zip(some, calls, strict=True):
                answers = call.result()
                self.cut += name == "Sequence" and answers["cut"]
                said = _counted(function.log)
                self.entries += round(said.sums["Entries"])
                found = ", ".join(f"{count} {what}" for what, count in sorted(answers.items()))
                self.say.check(said.total > 0 and not answers["failed"], f"{name} beside: {found}")

    @staticmethod
    def _again(function: Function, ending: threading.Event) -> Counter[str]:
        """Call a function until `ending`; count how its calls ended."""
        answers = Counter[str]()
        while not ending.wait(_PAUSE_S):
            answer, _ = function.call(events.schedule("Minute"))
            answers["done" if answer == {} else "cut" if answer == "cut" else "failed"] += 1
        return answers

    def start_each(self, times: int) -> None:
        """Say how long each function takes to start, with its bytecode and without."""
        plain = self._work / "without-bytecode"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(self._code.artifact, plain, ignore=ignored)
        other = Code(self._code.python, self._code.libraries, plain)
        for name in FUNCTIONS:
            found = [self._median(name, code, times) for code in (self._code, other)]
            self.say.say(
                f"{name:<9} starts in {found[0]:4.0f} ms, without bytecode in {found[1]:4.0f} ms"
            )

    def _median(self, name: str, code: Code, times: int) -> float:
        took: list[float] = []
        for _ in range(times):
            with self._started(name, code) as function:
                function.call(_get(_NOBODY) if name == "Submit" else events.schedule("Minute"))
                took += function.init_ms()
        return median(took)

    def _started(self, name: str, code: Code | None = None, seconds: int = 0) -> Any:
        portal, code = self.portal, code or self._code
        return runtime.started(portal.cloud, portal.stack, name, code, self._work, seconds)

    def _expect(
        self, function: Function, what: str, event: Mapping[str, Any], wanted: Mapping[str, Any]
    ) -> None:
        answer, took = function.call(event)
        found = {name: answer.get(name) for name in wanted} if wanted else answer
        self.say.check(found == wanted, f"{what}: {found} in {took * 1000:.0f} ms")


def _said(log: Path) -> lines.Runs:
    """Return what one run has said: its answer comes sooner than its last line does."""
    end = time.monotonic() + _SAID_S
    while not (found := _counted(log)).sums and time.monotonic() < end:
        time.sleep(0.1)
    return found


def _counted(log: Path) -> lines.Runs:
    found = lines.Runs()
    whole, _, _ = log.read_text().rpartition("\n")
    lines.count(whole, found)
    return found


def _get(leaf: str) -> dict[str, Any]:
    path = f"/v1/statements/{leaf}"
    request = events.Request("GET", path, "", {"host": "localhost"}, b"", "127.0.0.1")
    return events.http(request)


def _post(statement: bytes) -> dict[str, Any]:
    headers = {"host": "localhost", "content-type": TYPE}
    request = events.Request("POST", "/v1/statements", "", headers, statement, "127.0.0.1")
    return events.http(request)
