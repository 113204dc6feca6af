"""Every schedule of faults over one evening, each run executed once for each state it starts from.

A process that dies leaves nothing but what it has written, so what follows a fault is a function
of the state that the fault left: schedules that leave equal states share everything after it. One
run without faults shows the state before and after each of its calls, which is what a process
that dies there leaves; runs that are told of a conflict are executed, because they go on.

    graph = Graph(evening, start)
    graph.explore(depth=2)       # every single fault, every pair
    graph.schedules(2)           # how many that were

A node is (what is durable, the step of the evening that is to be done next). After a fault the
same step is done again, as the bell, the minute and a client who got no receipt do it. From each
node the rest of the evening must come to its end without a further fault, and be right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tests.fakes import AFTER, BEFORE, CONFLICT, LATE_CONFLICT
from tests.faults import watch
from tests.faults.portal import (
    CONDITIONAL,
    SMALL,
    TIMEOUT,
    Call,
    Caps,
    Fault,
    Run,
    State,
    Step,
    land,
    perform,
)

from rekap.core.errors import Conflict, Corrupt, Rejected

Node = tuple[int, int]
"""The print of a state, and the number of the next step."""


@dataclass(slots=True)
class Done:
    """A run that came to its end: its calls, the nodes before and after each, and the next node."""

    calls: list[Call]
    states: list[Node]
    end: Node


@dataclass(frozen=True, slots=True)
class Way:
    """How a node was reached first: for the words of a failure."""

    before: Way | None
    words: str

    def __str__(self) -> str:
        return self.words if self.before is None else f"{self.before} → {self.words}"


@dataclass
class Graph:
    """All that can become of one evening. `promised` uploads must be entries in the end.

    `stride`: of the conflicts that a publisher is told of after a first fault, each to be executed,
    so many are counted for one that is followed. 1 follows all.
    """

    evening: Sequence[Step]
    start: State
    caps: Caps = SMALL
    promised: frozenset[bytes] = frozenset()
    stride: int = 1
    states: dict[Node, State] = field(default_factory=dict)
    ways: dict[Node, Way] = field(default_factory=dict)
    runs: Counter[str] = field(default_factory=Counter)
    sites: Counter[tuple[tuple[str, str, str], str]] = field(default_factory=Counter)
    _done: dict[tuple[Node, tuple[tuple[int, Any], ...]], Done] = field(default_factory=dict)
    _faults: dict[Node, list[Node]] = field(default_factory=dict)
    _second: dict[Node, list[Node]] = field(default_factory=dict)
    _good: set[Node] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.first = self._node(self.start.copy(), 0, None, "start")

    # ------------------------------------------------------------ exploring

    def explore(self, depth: int) -> None:
        """Follow every schedule of up to `depth` faults to its end."""
        reached = {self.first}
        for level in range(depth + 1):
            chain = {node for one in reached for node in self.chain(one)}
            for node in chain:
                self.conclude(node)
            if level == depth:
                return
            reached = {target for node in chain for target in self.faults(node)}
            if level + 2 <= depth:
                for node in chain:
                    for target in self.second_faults(node):
                        self.conclude(target)

    def schedules(self, depth: int) -> int:
        """Return how many schedules have exactly `depth` faults."""
        known: dict[tuple[Node, int], int] = {}

        def count(node: Node, left: int) -> int:
            if left == 0:
                return 1
            if (node, left) not in known:
                chain = self.chain(node)
                targets = [target for one in chain for target in self.faults(one)]
                known[node, left] = (
                    len(targets) if left == 1 else sum(count(t, left - 1) for t in targets)
                )
                if left == 2:
                    known[node, left] += sum(len(self.second_faults(one)) for one in chain)
            return known[node, left]

        return count(self.first, depth)

    def figures(self) -> str:
        """Say how many runs were executed for all that, and how many states there were."""
        return f"{sum(self.runs.values())} runs, {len(self.states)} states: {dict(self.runs)}"

    def chain(self, node: Node) -> list[Node]:
        """Return the node and those after it when nothing fails any more."""
        found = [node]
        while node[1] < len(self.evening):
            node = self.run(node).end
            found.append(node)
        return found

    def conclude(self, node: Node) -> None:
        """Let the evening end from here without a fault, and judge what there is."""
        for one in self.chain(node):
            if one in self._good:
                continue
            self._good.add(one)
            state = self.states[one]
            try:
                watch.never_refuted(state)
                if one[1] == len(self.evening):
                    self.settle(state.copy())
            except AssertionError as error:
                raise watch.Broken(f"{self.ways[one]}: {error}") from error

    def settle(self, state: State) -> None:
        """Let both functions run until nothing is left to do, and judge what there is."""
        for _ in range(50):
            self._perform(Step("sequence"), Run(state))
            if not state.records.marks:
                break
        for _ in range(2):
            self._perform(Step("publish"), Run(state))
        watch.at_rest(state, self.promised)

    def faults(self, node: Node) -> list[Node]:
        """Return where each single fault in the run from this node leads, one for each fault."""
        if node not in self._faults:
            self._faults[node] = [target for _, target in self.each_fault(node)]
        return self._faults[node]

    def each_fault(self, node: Node) -> Iterator[tuple[tuple[int, str], Node]]:
        if node[1] == len(self.evening):
            return
        clean = self.run(node)
        later = node not in self.chain(self.first)
        stride = self.stride if later and self.evening[node[1]].function == "publish" else 1
        told = len(clean.calls)  # another one first at each node, and the same in every process
        for at, call in enumerate(clean.calls):
            for kind in kinds(call):
                told += kind not in (BEFORE, AFTER)
                if kind not in (BEFORE, AFTER) and told % stride:
                    continue
                self.sites[(call.port, call.site, call.method), kind] += 1
                if kind == BEFORE:
                    target = clean.states[at]
                elif kind == AFTER:
                    target = clean.states[at + 1]
                else:
                    target = self.run(node, {at: kind}).end
                yield (at, kind), target

    def second_faults(self, node: Node) -> list[Node]:
        """Return where a run from this node ends that was told of a conflict, went on, and died.

        A run of the sequencer or of submit may be told of a second conflict too.
        """
        if node in self._second or node[1] == len(self.evening):
            return self._second.get(node, [])
        found = self._second[node] = []
        publishes = self.evening[node[1]].function == "publish"
        for at, call in enumerate(self.run(node).calls):
            for kind in set(kinds(call)) - {BEFORE, AFTER}:
                going_on = self.run(node, {at: kind})
                for then, later in [*enumerate(going_on.calls)][at + 1 :]:
                    for second in kinds(later):
                        if second in (BEFORE, AFTER):
                            found.append(going_on.states[then + (second == AFTER)])
                        elif not publishes:
                            found.append(self.run(node, {at: kind, then: second}).end)
                        else:
                            continue
                        self.sites[(later.port, later.site, later.method), second] += 1
        return found

    # ------------------------------------------------------------ executing

    def run(self, node: Node, faults: Mapping[int, Any] | None = None) -> Done:
        """Execute the node's step, with faults that do not kill it; each run only once."""
        key = (node, tuple((faults or {}).items()))
        if key in self._done:
            return self._done[key]
        state, at = self.states[node].copy(), node[1]
        step = self.evening[at]
        run = Run(state, faults, keep=True)
        told = "".join(f", {kind} at {n}" for n, kind in key[1])
        way = Way(self.ways[node], f"{step.function}{told}")
        after = at + 1
        try:
            self._perform(step, run)
        except Conflict:
            after = at  # others were faster: the same again
            if not faults:
                raise watch.Broken(f"{way}: a conflict with nobody") from None
        except Rejected as error:
            if error.retry_after is None:
                raise watch.Broken(f"{way}: {error!r}") from error
            after = at  # the register is behind: the minute comes, and the client tries again
            self._perform(Step("sequence"), Run(state))
            self._perform(Step("publish"), Run(state))
            run.states.append(state.copy())
        except (Corrupt, AssertionError) as error:
            raise watch.Broken(f"{way}: {error!r}") from error
        self.runs[step.function] += 1
        nodes: list[Node] = []
        for n, before in enumerate(run.states):
            same = n > 0 and before is run.states[n - 1]
            dies = f"died before call {n}"
            nodes.append(nodes[-1] if same else self._node(before, at, way, dies))
        end = self._node(run.states[-1], after, way, "done")
        watch.demand(faults is not None or end != node, f"{way}: no progress")
        self._done[key] = Done(run.calls, nodes, end)
        return self._done[key]

    def _perform(self, step: Step, run: Run) -> None:
        perform(step, run, self.caps)

    def _node(self, state: State, at: int, before: Way | None, words: str) -> Node:
        node = (state.print(), at)
        if node not in self.states:
            self.states[node] = state
            self.ways[node] = Way(before, words)
        return node

    # ------------------------------------------------------------ what lands late

    def late(self, stride: int = 1) -> int:
        """Every write of the evening times out and is done during the next run; count them.

        It lands before each call of that run, or after its last.
        """
        landed = 0
        for node, call, at in islice(self._late_schedules(), 0, None, stride):
            self._land(node, call, at)
            landed += 1
        return landed

    def _late_schedules(self) -> Iterator[tuple[Node, Call, int]]:
        for node in self.chain(self.first)[:-1]:
            clean = self.run(node)
            for before, call in zip(clean.states, clean.calls, strict=False):
                if call.done:
                    for at in range(len(self.run(before).calls) + 1):
                        yield before, call, at

    def _land(self, node: Node, call: Call, at: int) -> None:
        state = self.states[node].copy()
        way = Way(self.ways[node], f"{call.method} lands at call {at}")
        after = node[1] + 1
        try:
            run = Run(state, {at: lambda: land(state, call)})
            self._perform(self.evening[node[1]], run)
            if at >= len(run.calls):
                land(state, call)
        except Conflict:
            after = node[1]
        except (Corrupt, Rejected, AssertionError) as error:
            raise watch.Broken(f"{way}: {error!r}") from error
        self.runs["late"] += 1
        self.conclude(self._node(state, after, way, "done"))


def kinds(call: Call) -> Iterator[str]:
    """The faults that make a difference at a call: a lost answer to a question is no answer."""
    yield BEFORE
    if call.done:
        yield AFTER
    if call.method in CONDITIONAL or call.method == "ask":
        yield CONFLICT
        yield LATE_CONFLICT
    if call.method == "ask":
        yield TIMEOUT


def play(
    evening: Sequence[Step], state: State, schedule: Sequence[tuple[int, int, str]]
) -> tuple[int, int]:
    """Do an evening with faults, really raised: (step, call, kind) each; return the last node.

    The naive way to what `Graph` finds; a test compares them.
    """
    at = 0
    left = list(schedule)
    while at < len(evening):
        faults = {left[0][1]: left[0][2]} if left and left[0][0] == at else {}
        if faults:
            left.pop(0)
        try:
            perform(evening[at], Run(state, faults))
        except (Fault, Conflict):
            if not left:
                break
            continue
        at += 1
        if not left and faults:
            break
    return state.copy().print(), at
