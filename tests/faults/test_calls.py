"""Every call of every port, in submit → sequence → publish, with every kind of fault, then pairs.

Two faults: the second one while the first is being repaired, or at any later call. That is what
killed a log of this shape: every single fault was tested, recovery under a second one never.

The table that is printed has a line for each place in the code that calls a port. None is missing:
the code is read for such places, and each must be in the table or in `ELSEWHERE` with its reason.
`REKAP_SOAK=all`: pairs of the whole evening, every second conflict of a publisher, more sizes of
logs, more faults one after another, every late landing.
"""

from __future__ import annotations

import functools
import json
import random
from collections import Counter, defaultdict
from contextlib import suppress

import pytest
from tests.fakes import AFTER, BEFORE, CONFLICT, LATE_CONFLICT
from tests.faults import sites, watch
from tests.faults.election import form
from tests.faults.evenings import (
    EVENING,
    HELD,
    MORE_SHAPES,
    NOW,
    PROMISED,
    SHAPES,
    TIMES,
    after,
    begun,
    log_of,
    night_of,
)
from tests.faults.explore import Graph, play
from tests.faults.portal import TIMEOUT, Fault, Run, State, Step, perform
from tests.soak import SOAK

from rekap.core.errors import Conflict

KINDS = (BEFORE, AFTER, CONFLICT, LATE_CONFLICT, TIMEOUT)
ELSEWHERE = {
    "rekap/portal/sequencing/restore.py": "a restore that dies anywhere: tests/portal/sequencing",
    "rekap/core/log/status.py": "told after a run has ended: tests/core/log/test_status.py",
    "rekap/portal/intake/accept.py:status": "a question; nothing is written after it",
    "rekap/portal/intake/accept.py:held_of": "a question; nothing is written after it",
    "rekap/portal/intake/held.py:envelope": "a question; nothing is written after it",
    "rekap/portal/intake/held.py:of_slot": "a question; nothing is written after it",
    "rekap/portal/intake/held.py:keep by_id": "of a holding to replace: reads before it is put",
    "rekap/portal/intake/accept.py:_ask": "a form beside the one that counts: only reads",
    "rekap/portal/intake/accept.py:_find": "figures of the head for a question: only reads",
    "rekap/portal/intake/another.py:_ask_below": "only of D forms that correct cells: only reads",
    "rekap/portal/intake/signatures.py:check size": "asked for the words of a refusal",
    "rekap/portal/intake/words.py": "one write each: test_words.py and test_pictures.py there",
    "rekap/portal/intake/content.py:_check_keys": "only of grants: reads, as of a form's keys",
    "rekap/portal/intake/content.py:_check_target": "only of responses: reads, as of what is named",
    "rekap/portal/intake/content.py:_check_objections": "only of answers: reads, as of keys",
    "rekap/portal/intake/content.py:early": "only of a readiness: reads",
    "rekap/portal/intake/content.py:mode_of": "only of what one officer says alone: reads",
    "rekap/portal/intake/content.py:_check_current": "only of elections and rosters: reads",
    "rekap/portal/sequencing/publication.py:cosign tree": "test_interleaved.py: overtaken",
    "rekap/core/signing/envelope.py:sign": "officials sign on their own devices",
    "rekap/core/signing/note.py:cosign": "witnesses sign on their own machines",
    "rekap/portal/publishing/run.py:Publisher._write_bulk.known": "test_progress.py",
    "rekap/portal/publishing/rendering.py:Renderer.render": "dies at each call: test_rendered.py",
    "rekap/portal/publishing/window.py": "tasks that are sent and counted: test_rendered.py",
    "rekap/portal/publishing/register.py:update replace": "a publisher that lost its state, below",
    "rekap/portal/publishing/claims.py:Claims._claimed": "a publisher that lost its state, below",
}


def graph_of(shape: tuple[int, int]) -> Graph:
    return Graph(night_of(shape[1]), log_of(*shape))


@functools.cache
def _evening() -> Graph:
    """The graph of the whole evening, of which each run is executed once for all tests."""
    return Graph(EVENING, begun(), promised=PROMISED)


def explored(graph: Graph, depth: int) -> Graph:
    graph.explore(depth)
    counts = [graph.schedules(faults) for faults in range(1, depth + 1)]
    print(f"{counts} schedules with 1…{depth} faults, {graph.figures()}")
    return graph


def test_every_fault_and_every_pair_of_an_evening_is_repaired() -> None:
    """Of the whole evening every fault, `REKAP_SOAK=all`: every pair; of its first form every pair.

    With the first form go its upload, a run of the sequencer, and one of the publisher. Of the
    conflicts that this publisher meets after a first fault every 97th is followed; in a soak
    all are.
    """
    whole = explored(_evening(), 2 if SOAK else 1)
    first = frozenset({EVENING[0].body})
    graph = explored(Graph(EVENING[:3], begun(), promised=first, stride=1 if SOAK else 97), 2)
    held = explored(Graph(HELD, begun(), promised=frozenset({form("002")})), 2)
    print(held.late(1 if SOAK else 29), "schedules in which a signature lands late")
    late = (whole if SOAK else graph).late(1 if SOAK else 389)
    print(late, "schedules in which a write lands late")
    table: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for (site, kind), count in (whole.sites + graph.sites + held.sites).items():
        table[site][kind] += count
    _show(table)
    missing = [site for site in sites.called() if site not in table and not _reason(*site[1:])]
    assert not missing
    for (port, site, method), kinds in table.items():
        want = {BEFORE} | ({AFTER, CONFLICT, LATE_CONFLICT} if CONFLICT in kinds else set())
        assert want <= set(kinds), (port, site, method)
    for port, methods in sites.PORTS.items():
        called = {method for one, site, method in sites.called() if one == port}
        assert methods - called <= {"append", "public", "alg", "keyid"}, f"{port}: nobody calls"
    assert graph.schedules(2) >= 40_000


@pytest.mark.parametrize("shape", (*SHAPES, *MORE_SHAPES) if SOAK else SHAPES)
def test_every_pair_of_faults_in_a_sequencer_is_repaired(shape: tuple[int, int]) -> None:
    graph = explored(graph_of(shape), 4 if SOAK else 2)
    assert graph.schedules(2) >= 1_000


def test_every_single_fault_in_a_sequencer_is_repaired() -> None:
    counts: Counter[str] = Counter()
    for shape in (*SHAPES, *MORE_SHAPES):
        graph = graph_of(shape)
        graph.explore(1)
        counts["one fault"] += graph.schedules(1)
        counts["a write lands late"] += graph.late(1 if SOAK else 41)
    print(dict(counts), "schedules")
    assert counts["one fault"] >= 1_500


def test_any_number_of_faults_in_a_sequencer_is_repaired() -> None:
    """Faults are followed until they lead to no state that is not known: then none can."""
    graph = graph_of((5, 3))
    depth, known = 0, -1
    while known < len(graph.states):
        depth, known = depth + 1, len(graph.states)
        graph.explore(depth)
    print(f"no new state after {depth - 1} faults, {graph.figures()}")


def test_every_pair_of_faults_around_a_time_that_is_said_is_repaired() -> None:
    """A form, the time in front of it; a minute later another form and another time."""
    graph = Graph(TIMES, begun(), promised=frozenset(step.body for step in TIMES if step.body))
    explored(graph, 2)
    print(graph.late(1), "schedules in which a write lands late")
    assert graph.schedules(2) >= 10_000
    assert "keep" in {site[2] for site, _ in graph.sites}


@pytest.mark.parametrize("bulk", ["written", "being written"])
def test_a_publisher_that_lost_its_state_may_die_anywhere(bulk: str) -> None:
    """It folds from entry 0 and fills the register anew; whatever it left refutes nobody."""
    state = after(2) if bulk == "written" else _among_bulk_data()
    claim = json.loads(state.objects.objects["site.json"])
    assert 0 < claim["data_size"] <= claim["data_next"] <= claim["size"]
    assert (claim["data_size"] < claim["data_next"]) == (bulk == "being written")
    for path in [path for path in state.objects.objects if path.startswith("state/")]:
        del state.objects.objects[path]
    graph = Graph(EVENING[2:3], state)
    run = graph.run(graph.first)
    assert "replace" in {call.method for call in run.calls}
    left = dict.fromkeys(run.states)
    for node in [*left][:: 1 if SOAK else 23]:
        watch.never_refuted(graph.states[node])
        graph.settle(graph.states[node].copy())
    print(f"{len(run.calls)} calls leave {len(left)} states")


def _among_bulk_data() -> State:
    """A publisher died among the bulk data of the evening, and the log went on."""
    graph = Graph(EVENING[8:9], after(8))
    for node in graph.run(graph.first).states:
        state = graph.states[node]
        claim = json.loads(state.objects.objects["site.json"])
        if claim["data_size"] < claim["data_next"]:
            found = state.copy()
    perform(Step("submit", form("002", 1, 3), NOW + 900), Run(found))
    perform(Step("sequence"), Run(found))
    return found


def test_runs_that_always_fail_late_still_make_progress() -> None:
    state = log_of(0, 3).copy()
    for at in range(200):
        with suppress(Fault, Conflict):
            perform(EVENING[1], Run(state, {at % 40: AFTER}))
    perform(EVENING[1], Run(state))
    watch.at_rest(state)


def _reason(site: str, method: str) -> str | None:
    names = (site, f"{site} {method}", site.partition(":")[0])
    return next((ELSEWHERE[name] for name in names if name in ELSEWHERE), None)


def _show(table: dict[tuple[str, str, str], Counter[str]]) -> None:
    print(f"\n{'faults at each call site':<76}" + "".join(f"{kind:>14}" for kind in KINDS))
    for (port, site, method), kinds in sorted(table.items()):
        counts = "".join(f"{kinds[kind] or '·':>14}" for kind in KINDS)
        print(f"{port + '.' + method + '  ' + site:<76}{counts}")


# ---------------------------------------------------------------- the harness itself


def test_what_really_fails_leaves_what_the_graph_says() -> None:
    """A fault that is raised and a process that is gone after its last write are the same.

    Every seventh fault of each run, and each that times out; in a soak every one.
    """
    graph = _evening()
    counts: Counter[str] = Counter()
    for node in graph.chain(graph.first):
        for n, ((at, kind), target) in enumerate(graph.each_fault(node)):
            if n % 7 and kind != TIMEOUT and not SOAK:
                continue
            state = graph.states[node].copy()
            after = node[1] + 1
            try:
                perform(EVENING[node[1]], Run(state, {at: kind}))
            except (Fault, Conflict):
                after = node[1]
            assert (state.print(), after) == target, (EVENING[node[1]].function, at, kind)
            counts[kind] += 1
    print(dict(counts), "faults raised")
    assert set(counts) >= {BEFORE, AFTER, CONFLICT, LATE_CONFLICT}


def test_two_faults_really_raised_end_where_the_graph_says() -> None:
    graph = _evening()
    chance = random.Random(20_241_127)
    chain = graph.chain(graph.first)
    played = 0
    while played < (40 if SOAK else 12):
        first = chance.choice(chain[:-1])
        (at, kind), target = chance.choice([*graph.each_fault(first)])
        again = chance.choice(graph.chain(target))
        if again[1] == len(EVENING):
            continue
        (then, second), want = chance.choice([*graph.each_fault(again)])
        schedule = [(first[1], at, kind), (again[1], then, second)]
        assert play(EVENING, begun().copy(), schedule) == want, schedule
        played += 1
