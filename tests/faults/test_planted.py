"""The harness finds bugs: each is planted in a copy of the writer, and something must break.

One of them no single fault shows, as the one that killed a log of this shape: pairs find it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import pytest
from hypothesis.stateful import run_state_machine_as_test
from tests.faults.election import form
from tests.faults.evenings import EVENING, PROMISED, after, begun, log_of, night_of
from tests.faults.explore import Graph
from tests.faults.planted import planted
from tests.faults.portal import Step
from tests.faults.test_interleaved import (
    PUBLISH,
    SEQUENCE,
    calls,
    frozen,
    grow,
    played,
    preemptions,
    the_rest,
)
from tests.faults.test_machine import Life
from tests.faults.watch import Broken

from rekap.core.errors import Corrupt

SEQUENCER = "rekap/portal/sequencing/sequencer.py"
ORDERING = "rekap/portal/sequencing/ordering.py"
PUBLICATION = "rekap/portal/sequencing/publication.py"
ACCEPT = "rekap/portal/intake/accept.py"
ADD = "    desk.records.add(record, keyids, item.version if item else 0)\n"
RUN = "rekap/portal/publishing/run.py"
CLAIMS = "rekap/portal/publishing/claims.py"
FILES = "rekap/portal/publishing/files.py"
ENTRIES = "rekap/portal/publishing/entries.py"

FINISH = """    if head.last is not None:  # 2
        records.mark(head.last, _batch(order, head.last))
"""
APPEND = """        order.append(first, fresh, last)  # 4
        records.mark(first, fresh)
"""
ABOVE = """            run.published.above, ended = self._write(run, part, first=False, later=0.0)
"""


def the_sequencer(depth: int) -> None:
    Graph(night_of(3), log_of(5, 3)).explore(depth)


def an_evening(depth: int) -> None:
    Graph(EVENING, begun(), promised=PROMISED).explore(depth)


def a_sleeping_sequencer() -> None:
    """It sleeps at one call while others take more."""
    base = log_of(5, 3)
    for at in range(calls(base, SEQUENCE)):
        frozen(base, SEQUENCE, at, lambda state: grow(state, 3))


def two_uploads() -> None:
    base = after(3)
    steps = (Step("submit", form("002"), 1_000), Step("submit", form("002", 4), 1_001))
    played(base, steps, preemptions(base, steps))


def a_sleeping_publisher() -> None:
    """It sleeps at one call while the evening goes on."""
    base = after(2)
    for at in range(calls(base, PUBLISH)):
        frozen(base, PUBLISH, at, the_rest)


def two_publishers() -> None:
    base, steps = after(2), (PUBLISH, PUBLISH)
    played(base, steps, preemptions(base, steps, 37))


ONE = [
    ("finish marking is missing", ORDERING, [(FINISH, "")]),
    (
        "marked before it is ordered",
        ORDERING,
        [(APPEND, "".join(reversed(APPEND.splitlines(keepends=True))))],
    ),
    ("ordered and not marked", ORDERING, [("        records.mark(first, fresh)\n", "")]),
    (
        "published before the commit",
        SEQUENCER,
        [
            (
                "    try:\n        ports.order.swap_tree(tree, new)",
                "    publication.publish(ports.objects, key, new)\n"
                "    try:\n        ports.order.swap_tree(tree, new)",
            )
        ],
    ),
    (
        "a conflict taken for success",
        SEQUENCER,
        [("        stored = objects.get(path)\n        if stored is None:\n            raise\n",
          "        return\n        stored = objects.get(path)\n")],
    ),
    (
        "another's commit taken for ours",
        SEQUENCER,
        [("        return _committed(ports.order, new), 0", "        return new, 0")],
    ),
    (
        "acknowledged without a record",
        ACCEPT,
        [(f"{ADD}    return Acc",
          f"    try:\n    {ADD}    except Conflict:\n        pass\n    return Acc")],
    ),
    (
        "site.json before the pages",
        RUN,
        [(ABOVE, "            run.published.show(part.to, None)\n"
          f"            self._claim(run)\n{ABOVE}")],
    ),
    (
        "nodes that a conflict kept away",
        ENTRIES,
        [("            if objects.get(path) is None:\n                continue\n", "")],
    ),
    (
        "bulk data said to be done when begun",
        RUN,
        [("            published.data_next = begun\n",
          "            published.data_next = published.data_size = begun\n")],
    ),
]  # fmt: skip
TWO = [
    (
        "a backlog is marked when it is committed",
        [
            (
                ORDERING,
                [
                    (FINISH, ""),
                    (
                        "    if size + len(leaves) < head.next:\n        return",
                        "    if size < head.next:\n        return",
                    ),
                ],
            ),
            (
                SEQUENCER,
                [
                    (
                        "        tree, added = _commit(ports, signer, key, tree, grown)  # 7\n",
                        "        tree, added = _commit(ports, signer, key, tree, grown)\n"
                        "        ports.records.mark(edge.size, ordered.leaves)\n",
                    )
                ],
            ),
        ],
    ),
]
TOGETHER: list[tuple[str, str, list[tuple[str, str]], Callable[[], None]]] = [
    (
        "TREE replaced whatever it is by now",
        SEQUENCER,
        [("        ports.order.swap_tree(tree, new)",
          "        ports.order.swap_tree(ports.order.tree(), new)")],
        a_sleeping_sequencer,
    ),
    (
        "the checkpoint replaced whatever it is by now",
        PUBLICATION,
        [("            objects.put_if(CHECKPOINT, data, None if stored is None else stored.tag)",
          "            stored = objects.get(CHECKPOINT)\n"
          "            objects.put_if(CHECKPOINT, data, None if stored is None else stored.tag)")],
        a_sleeping_sequencer,
    ),
    (
        "a larger checkpoint replaced",
        PUBLICATION,
        [("    if published.size > tree.size:\n        return None\n"
          "    if published.size < tree.size:",
          "    if published.size != tree.size:")],
        a_sleeping_sequencer,
    ),
    (
        "a claim about more than this run's TREE taken for another history",
        PUBLICATION,
        [("        if now is not None and now.size > tree.size:\n            return NOBODY\n", "")],
        a_sleeping_sequencer,
    ),
    (
        "judged by one version of the id, added by another",
        ACCEPT,
        [(ADD, f"    item = desk.records.by_id(envelope.id)\n{ADD}")],
        two_uploads,
    ),
    (
        "a newer page replaced",
        FILES,
        [("                if theirs > size:\n                    return False\n", "")],
        a_sleeping_publisher,
    ),
    (
        "a larger state/site replaced",
        CLAIMS,
        [("                published.join(current)\n", "")],
        a_sleeping_publisher,
    ),
    (
        "an older claim put over a newer one",
        CLAIMS,
        [("            stored = self._objects.get(SITE)\n", ""),
          ("            if not published.release or (",
           "            stored = self._objects.get(SITE)\n"
           "            if not published.release or (")],
        two_publishers,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "file", "changes"), ONE, ids=[one[0] for one in ONE])
def test_one_fault_finds(name: str, file: str, changes: list[tuple[str, str]]) -> None:
    writer = file in (SEQUENCER, ORDERING, PUBLICATION)
    explored = the_sequencer if writer else an_evening
    with planted(file, *changes), pytest.raises(Broken) as found:
        explored(1)
    print(f"{name}: {found.value}")


@pytest.mark.parametrize(("name", "files"), TWO, ids=[one[0] for one in TWO])
def test_two_faults_find_what_one_does_not(
    name: str, files: list[tuple[str, list[tuple[str, str]]]]
) -> None:
    with ExitStack() as bugs:
        for file, changes in files:
            bugs.enter_context(planted(file, *changes))
        the_sequencer(1)
        with pytest.raises(Broken) as found:
            the_sequencer(2)
    print(f"{name}: {found.value}")


@pytest.mark.parametrize(
    ("name", "file", "changes", "find"), TOGETHER, ids=[one[0] for one in TOGETHER]
)
def test_working_together_finds(
    name: str, file: str, changes: list[tuple[str, str]], find: Callable[[], None]
) -> None:
    with planted(file, *changes), pytest.raises((Broken, Corrupt)) as found:
        find()
    print(f"{name}: {found.value}")


def test_random_lives_find_it_too() -> None:
    with planted(ORDERING, (FINISH, "")), pytest.raises(AssertionError):
        run_state_machine_as_test(Life, settings=Life.TestCase.settings)


def test_a_copy_without_a_bug_is_the_writer() -> None:
    """What finds bugs is silent without one, and what was planted before is gone."""
    with planted(ORDERING, (FINISH, FINISH)):
        the_sequencer(2)
    the_sequencer(2)
    a_sleeping_sequencer()
    two_uploads()
