"""Witnesses are asked as often as they let a log ask; `log/status.json` says how far each is."""

from __future__ import annotations

import pytest
from tests.fakes import FakeObjects
from tests.portal.sequencing.builders import LOG_SIGNER, ORIGIN, Portal
from tests.portal.sequencing.test_witness import NAMES, POLICY, SOURCES, Bench, published, silence

from rekap.core.log import status
from rekap.core.log.policy import Source
from rekap.core.log.ports import Stored
from rekap.core.log.status import STATUS, Reached
from rekap.core.log.witness import Asked
from rekap.portal.sequencing.pace import Pace
from rekap.portal.sequencing.sequencer import Outcome, Ports, Settings, run

A_DAY = 8_640
NOW = 1_732_690_000


def go(portal: Portal, bench: Bench, now: int, questions: int = A_DAY) -> Outcome:
    """One run at a time of the clock, by a process that remembers nothing."""
    pace = Pace(portal.objects, ORIGIN, questions, now)
    ports = Ports(portal.records, portal.order, portal.objects, portal.bell, bench, pace)
    return run(ports, LOG_SIGNER, Settings(ORIGIN, policy=POLICY))


def told(portal: Portal) -> dict[str, tuple[int, int]]:
    """How far each witness is: (size, seconds from NOW until it may be asked)."""
    rows = status.witnesses(portal.objects, ORIGIN)
    return {one.name: (one.size, one.again - NOW) for one in rows}


def test_a_rush_of_checkpoints_asks_each_witness_once_in_ten_seconds_about_the_newest() -> None:
    portal, bench = Portal(), Bench()
    for second in range(31):
        portal.accept_numbers(second, second + 1)
        go(portal, bench, NOW + second)
        assert published(portal)[0] == second + 1, "the log goes on without them"
    assert bench.witnesses["pers"].asked == [0, 1, 11, 21]
    assert bench.rounds == 4
    assert published(portal) == (31, set(NAMES))
    assert told(portal) == dict.fromkeys(NAMES, (31, 40))
    portal.check()


def test_a_checkpoint_that_came_too_early_is_cosigned_by_a_later_run() -> None:
    portal, bench = Portal(), Bench()
    portal.accept_numbers(0, 1)
    go(portal, bench, NOW)
    portal.accept_numbers(1, 5)
    go(portal, bench, NOW + 9)
    assert published(portal) == (5, set())
    assert told(portal) == dict.fromkeys(NAMES, (1, 10))
    assert go(portal, bench, NOW + 10).published
    assert published(portal) == (5, set(NAMES))
    rounds = bench.rounds
    go(portal, bench, NOW + 60)
    assert bench.rounds == rounds, "with nothing new nobody is asked"


def test_who_is_silent_is_no_further_and_holds_nobody_up() -> None:
    portal, bench = Portal(), Bench()
    portal.accept_numbers(0, 3)
    go(portal, bench, NOW)
    bench.broken = {"pers": silence}
    portal.accept_numbers(3, 8)
    go(portal, bench, NOW + 10)
    assert {name: size for name, (size, _) in told(portal).items()} == {
        "kampus": 8, "partai": 8, "pers": 3,
    }  # fmt: skip


def test_each_question_counts_when_a_witness_first_says_its_size() -> None:
    portal, bench = Portal(), Bench()
    portal.accept_numbers(0, 3)
    go(portal, bench, NOW)
    del portal.objects.objects[STATUS]
    portal.accept_numbers(3, 8)
    go(portal, bench, NOW + 1, questions=4_320)
    assert bench.witnesses["pers"].asked == [0, 3], "the published checkpoint says its size"
    portal.objects.objects[STATUS] = b"torn"
    portal.accept_numbers(8, 9)
    bench.broken = {"pers": silence}
    go(portal, bench, NOW + 2)
    bench.broken = {}
    portal.objects.objects[STATUS] = b"torn"
    portal.accept_numbers(9, 12)
    go(portal, bench, NOW + 3)
    assert bench.witnesses["pers"].asked == [0, 3, 0, 8]
    assert told(portal)["pers"] == (12, 3 + 20)


def test_of_two_runs_at_once_one_asks() -> None:
    class Meanwhile(FakeObjects):
        """Another run puts down that it asks before this one can."""

        taken = False

        def put_if(self, path: str, data: bytes, tag: str | None) -> str:
            if not self.taken:
                self.taken = True
                assert Pace(self, ORIGIN, A_DAY, NOW).due(SOURCES)[0] == [*SOURCES]
            return super().put_if(path, data, tag)

    objects = Meanwhile()
    assert Pace(objects, ORIGIN, A_DAY, NOW).due(SOURCES) == ([], {})
    assert Pace(objects, ORIGIN, A_DAY, NOW + 9).due(SOURCES) == ([], {})
    assert Pace(objects, ORIGIN, A_DAY, NOW + 10).due(SOURCES)[0] == [*SOURCES]


def test_a_run_that_another_overtakes_between_its_reads_leaves_the_question_to_it() -> None:
    class Meanwhile(FakeObjects):
        """Another run begins and puts down that it asks behind the first read of this one."""

        taken = False

        def get(self, path: str) -> Stored | None:
            found = super().get(path)
            if not self.taken:
                self.taken = True
                assert Pace(self, ORIGIN, A_DAY, NOW).due(SOURCES)[0] == [*SOURCES]
            return found

    assert Pace(Meanwhile(), ORIGIN, A_DAY, NOW).due(SOURCES) == ([], {})


def test_a_run_that_was_frozen_shortens_no_pause_of_a_later_one() -> None:
    objects = FakeObjects()
    frozen, later = (Pace(objects, ORIGIN, A_DAY, now) for now in (NOW, NOW + 360))
    for pace in (frozen, later):
        assert pace.due(SOURCES)[0] == [*SOURCES]
    frozen.told(SOURCES, Asked(), 4)
    assert Pace(objects, ORIGIN, A_DAY, NOW + 361).due(SOURCES) == ([], {})


def test_a_run_that_asked_nobody_says_nothing_of_witnesses() -> None:
    objects = FakeObjects()
    Pace(objects, ORIGIN, A_DAY, NOW).told([], Asked(), 4)
    assert objects.objects == {}


@pytest.mark.parametrize("again", [NOW - 86_400, NOW, NOW + 31, NOW + 10**8])
def test_a_clock_that_was_wrong_once_does_not_end_asking(again: int) -> None:
    objects = FakeObjects()
    assert status.tell_witnesses(objects, ORIGIN, [Reached("pers", 5, again)])
    source = next(one for one in SOURCES if one.name == "pers")
    assert Pace(objects, ORIGIN, A_DAY, NOW).due([source]) == ([source], {"pers": 5})


def test_a_witness_whose_name_is_no_printable_word_is_told_by_its_key() -> None:
    objects = FakeObjects()
    odd = Source("saksi é", SOURCES[0].key)
    pace = Pace(objects, ORIGIN, A_DAY, NOW)
    assert pace.due([odd]) == ([odd], {"saksi é": 0})
    pace.told([odd], Asked(), 4)
    assert [one.name for one in status.witnesses(objects, ORIGIN)] == [odd.key.key_id.hex()]
    assert pace.due([odd]) == ([], {})


def test_a_stop_says_how_far_the_witnesses_are_too() -> None:
    objects = FakeObjects()
    rows = (Reached("kampus", 7, NOW), Reached("pers", 0, NOW))
    assert status.tell_witnesses(objects, ORIGIN, reversed(rows))
    status.tell_stopped(objects, ORIGIN, "two roots at size 3")
    assert status.parse(objects.objects[STATUS]) == status.Status(
        ORIGIN, "stopped", "two roots at size 3", rows
    )
    status.tell_running(objects, ORIGIN)
    assert status.witnesses(objects, ORIGIN) == rows
