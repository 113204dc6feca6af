"""`rekap import FOLDER… --to DIR`: replay election folders and say what was done."""

from __future__ import annotations

import json
import resource
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rekap.audit.commands import derive
from rekap.audit.commands.arguments import taking
from rekap.audit.commands.speech import Say
from rekap.desk.elections.values import Election
from rekap.desk.replay.functions import Refused
from rekap.desk.replay.importer import ORIGIN, Counts, FoldersRefused, Plan, TargetTaken
from rekap.desk.replay.importer import run as replay
from rekap.desk.replay.stages import Wave
from rekap.desk.texts import both

_PROGRESS_S: Final = 5.0
"""Seconds between two lines of progress when standard error is not a terminal."""


def configure(parser: ArgumentParser, say: Say) -> None:
    """Declare the arguments."""
    take = taking(parser, say)
    take("folders", both("import.election_folder_mode_replay"), "FOLDER", nargs="+", type=Path)
    take("--to", both("import.new_folder_for_the_portal"), "DIR", required=True, type=Path)
    take("--seed", both("import.seed_of_the_demonstration_keys_public"), default="")
    take("--release", both("import.fixed_release_for_tests_only"), "ID", default="")
    take("--origin", both("import.name_of_the_log", origin=ORIGIN), default=ORIGIN)


def run(options: Namespace, say: Say) -> int:
    """Import, print what was done, and compare: 0 if all counts agree."""
    if derive.lacks("aws_lambda_powertools", "import", say):
        return 2
    plan = Plan(tuple(options.folders), options.to, options.seed, options.release, options.origin)
    began = time.perf_counter()
    try:
        counts, elections = replay(plan, _Progress(say))
    except FoldersRefused as refused:
        _tell_problems(refused, say)
        return 2
    except TargetTaken as taken:
        told = say(*both("import.exists_and_is_not_empty"))
        print(f"rekap import: {taken} {told}", file=sys.stderr)
        return 2
    except Refused as refused:
        _tell_refusal(refused, say)
        return 1
    _tell_done(counts, plan, time.perf_counter() - began, say)
    for election in elections:
        _tell_totals(election, plan.to / "public", say)
    return _tell_differences(counts, say)


class _Progress:
    """Writes progress to standard error: one changing line on a terminal, else now and then."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._last = self._began = time.perf_counter()
        self._terminal = sys.stderr.isatty()

    def __call__(self, wave: Wave, counts: Counts) -> None:
        now = time.perf_counter()
        if not self._terminal and now - self._last < _PROGRESS_S:
            return
        self._last = now
        told = self._say(
            *both(
                "import.wave_statements_s",
                number=wave.number,
                statements=self._say.number(counts.statements),
                now=format(now - self._began, ".0f"),
                stage=wave.stage,
            )
        )
        end = "\033[K\r" if self._terminal else "\n"
        print(told, file=sys.stderr, end=end, flush=True)


def _tell_problems(refused: FoldersRefused, say: Say) -> None:
    for folder, problem in refused.problems:
        print(f"{folder}/{problem.told(say.lang)}", file=sys.stderr)
    count = say.number(len(refused.problems))
    print(
        say(*both("import.rekap_import_problems_nothing_was_written", count=count)), file=sys.stderr
    )


def _tell_refusal(refused: Refused, say: Say) -> None:
    print(
        say(*both("import.rekap_import_the_portal_refused_a", status=refused.status)),
        file=sys.stderr,
    )
    for error in refused.errors:
        print(f"  {error['code']} {error['field']}: {error[say.lang]}", file=sys.stderr)
    if not refused.errors:
        print(f"  {refused}", file=sys.stderr)


def _tell_done(counts: Counts, plan: Plan, seconds: float, say: Say) -> None:
    number = say.number
    rate = say.decimal(counts.forms_in_log / seconds)
    peak = say.size(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    lines = [
        (say(*both("import.rows_of_forms_in")), number(counts.rows)),
        (say(*both("import.rows_without_figures")), number(counts.empty_rows)),
        (say(*both("import.forms_in_the_log")), number(counts.forms_in_log)),
        (say(*both("import.statements")), number(counts.statements)),
        (say(*both("import.log_entries")), number(counts.size)),
        (say(*both("import.waves")), number(counts.waves)),
        (say(*both("import.submit_calls")), number(counts.submits)),
        (say(*both("import.sequence_calls")), number(counts.sequences)),
        (say(*both("import.fold_calls")), number(counts.folds)),
        (say(*both("import.time")), f"{say.decimal(seconds)} s"),
        (say(*both("import.forms_per_second")), rate),
        (say(*both("import.peak_memory")), peak),
    ]
    for area in ("public", "public/log", "state"):
        files, octets = _weigh(plan.to / area)
        lines.append((area, say(*both("import.files", files=number(files)))))
        lines[-1] = (area, lines[-1][1] + say.size(octets))
    lines.append(("portal.db", say.size((plan.to / "portal.db").stat().st_size)))
    for name, value in lines:
        print(f"{name:<22} {value:>16}")


def _weigh(folder: Path) -> tuple[int, int]:
    """Files below a folder and their bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)


def _tell_totals(election: Election, public: Path, say: Say) -> None:
    """What the published page of each contest says: votes, valid votes, missing stations."""
    for contest in election.settings["contests"]:
        path = public / election.id / contest["id"] / "index.json"
        twin = json.loads(path.read_bytes())
        print(f"\n{election.settings['name'][say.lang]} · {contest['id']}")
        for line in _totals(contest, twin, say):
            print(f"  {line}")


def _totals(contest: dict[str, Any], twin: dict[str, Any], say: Say) -> Sequence[str]:
    result, stations = twin["result"], twin["stations"]
    lines = []
    for pair in result["pairs"]:
        name = contest["pairs"][pair["number"] - 1]
        told = " - ".join(name.get("names", [say(*both("import.empty_column"))]))
        votes = "-" if pair["votes"] is None else say.number(pair["votes"])
        lines.append(f"{pair['number']:>2}  {votes:>12}  {told}")
    valid = "-" if result["valid"] is None else say.number(result["valid"])
    basis = {
        "certified": say(*both("import.valid_certified")),
        "sum": say(*both("import.valid_summed")),
    }.get(result["basis"], say(*both("import.valid")))
    lines.append(f"    {valid:>12}  {basis}")
    lines.append(f"    {_missing(stations, say)}")
    return lines


def _missing(stations: dict[str, Any], say: Say) -> str:
    if stations["missing"] is None:
        return say(*both("import.the_number_of_stations_is_not"))
    missing, expected = say.number(stations["missing"]), say.number(stations["expected"])
    return say(*both("import.of_stations_missing", missing=missing, expected=expected))


def _tell_differences(counts: Counts, say: Say) -> int:
    differences = counts.differences()
    for left, left_value, right, right_value in differences:
        print(
            say(
                *both(
                    "import.rekap_import_different",
                    left=left,
                    left_value=left_value,
                    right=right,
                    right_value=right_value,
                )
            ),
            file=sys.stderr,
        )
    return 1 if differences else 0
