"""Every fault of an evening whose pages are written by many: a renderer may do what it likes.

Cut at any call, called twice, late, never; a task of an older part that comes when a newer one is
out; a publisher that dies between what it keeps and what it sends. No claim is ahead of its pages
in between, and in the end the bytes are those of one publisher. `REKAP_SOAK=all`: every pair.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from tests.fakes import AFTER, BEFORE
from tests.faults import watch
from tests.faults.election import correction, form
from tests.faults.evenings import NOW, begun
from tests.faults.explore import Graph
from tests.faults.planted import planted
from tests.faults.portal import Run, State, Step, perform
from tests.soak import SOAK

from rekap.portal.publishing import tasks, window
from rekap.portal.publishing.claims import STATE_SITE, Published

RENDER, LAST, CUT = (Step("render", body) for body in (b"", b"last", b"cut"))
EVENING = (
    Step("submit", form("001"), NOW),
    Step("submit", form("002"), NOW),
    Step("sequence"),
    Step("send", now=NOW),
    LAST,
    CUT,
    Step("send", now=NOW),
    RENDER,
    Step("submit", correction("001"), NOW + 2),
    Step("sequence"),
    Step("send", now=NOW + 2),
    Step("lose"),
    RENDER,
    LAST,
    Step("send", now=NOW + 200),
    RENDER,
    RENDER,
    Step("send", now=NOW + 200),
)
"""Two forms; their tasks backwards, and the rest of one; a correction while others are out; a task
that is lost and sent again, and old ones between the new."""
PROMISED = frozenset(step.body for step in EVENING if step.function == "submit")


class Rendered(Graph):
    """A graph whose evenings end with publishers that send and renderers that write."""

    def settle(self, state: State) -> None:
        """Let all functions run until the claim is that of the log."""
        for again in range(20):
            self._perform(Step("sequence"), Run(state))
            self._perform(Step("send", now=NOW + 1_000 + 200 * again), Run(state))
            while state.tasks.waiting:
                self._perform(LAST, Run(state))
            published = Published.parse(state.objects.objects[STATE_SITE])
            if not published.waits() and published.size == watch.published(state):
                break
        else:
            raise watch.Broken("the claim does not move")
        super().settle(state)


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "RANGE", 3)
        for name, value in {"FEW": 2, "AHEAD": 3, "TOGETHER": 2}.items():
            patch.setattr(window, name, value)
        yield


def test_every_fault_of_an_evening_with_renderers_is_repaired() -> None:
    graph = Rendered(EVENING, begun(), promised=PROMISED, stride=1 if SOAK else 7)
    graph.explore(2 if SOAK else 1)
    print(f"{graph.schedules(1)} schedules, {graph.figures()}")
    died = {
        (site[1].rpartition(":")[2], kind) for site, kind in graph.sites if site[0] == "objects"
    }
    assert {("Renderer.render", BEFORE), ("Window._there.<locals>.look", BEFORE)} <= died
    assert {("put_once", AFTER), ("SiteFiles._put_own", AFTER)} <= died
    assert any(port == "tasks" and kind == AFTER for (port, _, _), kind in graph.sites)


def test_the_evening_holds_what_its_name_says() -> None:
    """Else the graph would look at nothing: tasks wait, are cut, lost, old, and sent twice."""
    state, waited, sent = begun().copy(), [], 0
    for step in EVENING:
        run = Run(state)
        perform(step, run)
        waited.append(len(state.tasks.waiting))
        sent += sum(call.method == "send" for call in run.calls)
    assert max(waited) >= 3
    assert sent >= 4
    assert json.loads(state.objects.objects["site.json"])["size"] < watch.published(state)


RENDERING = "rekap/portal/publishing/rendering.py"
PLANTED = {
    "a mark before its pages": (
        RENDERING,
        "        written = self._pages.write(  # 2\n",
        "        put_once(self._objects, task.mark(), b'')\n"
        "        written = self._pages.write(  # 2\n",
    ),
    "counted behind a range that is missing": (
        "rekap/portal/publishing/window.py",
        "sum(1 for _ in takewhile(lambda task: task.until in there, tasks))",
        "len(there)",
    ),
    "a mark that stands for every part": (
        "rekap/portal/publishing/tasks.py",
        "whole.encode()",
        "self.until.encode()",
    ),
    "a rest that forgets what was before it": (
        RENDERING,
        "            return replace(task, written=written.after, single=single)\n",
        "            return replace(task, written=task.until, single=single)\n",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_a_renderer_must_not_do_is_found(name: str) -> None:
    file, old, new = PLANTED[name]
    with pytest.raises(watch.Broken), planted(file, (old, new)):
        _explore_more_and_more()


def _explore_more_and_more() -> None:
    for steps in (8, len(EVENING)):
        Rendered(EVENING[:steps], begun(), stride=7).explore(1)
