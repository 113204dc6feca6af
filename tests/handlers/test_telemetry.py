"""Log lines and metrics: what they say, in which form, and what they must never say."""

from __future__ import annotations

import ast
import base64
import dataclasses
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.handlers import outside
from tests.handlers.outside import Published
from tests.live_portal import ROOT, upload
from tests.portal.intake.world import KELURAHAN, World, sign

from handlers import access, backlog, publish, sequence, submit, telemetry, wiring
from rekap.core.errors import Conflict, Corrupt
from rekap.core.statements.model import FIELDS
from rekap.portal.intake import answers

METRICS = {
    "submit": {"Accepted", "Known", "Refused", "Unavailable"},
    "sequence": {
        "Entries", "Size", "PendingAge", "CheckpointAge", "ClockDoubts", "Conflicts", "Failures",
    },
    "publish": {"Pages", "Size", "Lag", "Conflicts", "Failures"},
    "watch": {"Findings", "Undecided", "AuditsDone", "GateDown", "Lag", "Late", "Runs"},
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return outside.template(tmp_path_factory.mktemp("telemetry") / "portal")


@pytest.fixture
def site(tmp_path: Path, template: Path) -> Published:
    return Published(tmp_path / "portal", template)


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capfd.readouterr().out.splitlines()]

    return read


def loud(portal: access.Portal, service: str) -> access.Portal:
    """The same portal with the journal and the meter of a function on Lambda."""
    lines = telemetry.Lines(service)
    measures = telemetry.Measures(portal.settings.origin)
    return dataclasses.replace(portal, journal=lines, meter=measures)


class TestNight:
    SECRET = "Sapi Terbang"
    FIELD = "sapi_terbang"
    NIK = "3201234567890001"

    def bodies(self, world: World) -> list[bytes]:
        """Forms that are taken, known, co-signed, and refused in every phase of intake."""
        good = [sign(world.form(tps), *world.kpps(tps)) for tps in ("001", "002", "003")]
        explained = world.form("001", explanations=[{"rule": "R1", "text": self.SECRET}])
        odd = world.form("002", revision=2, reason={"code": "typing", "text": self.SECRET})
        envelope = json.loads(good[0])
        envelope["signatures"][0]["sig"] = base64.b64encode(bytes(64)).decode()
        return [
            *good,
            good[0],
            sign(world.form("001"), *world.kpps("001"), f"kpps-{KELURAHAN}-001-4"),
            sign(explained, *world.kpps("001")),
            sign(odd, *world.kpps("002")),
            sign(world.form("099"), *world.kpps("003")),
            sign(world.form("003", **{self.FIELD: 1}), *world.kpps("003")),
            sign(world.form("003", region=self.NIK), *world.kpps("003")),
            sign(world.form("003"), *world.kpps("003", 1)),
            sign(world.form("003"), "kpps-stranger-1"),
            json.dumps(envelope, separators=(",", ":")).encode(),
            self.SECRET.encode(),
            b'{"payload": "' + self.SECRET.encode() + b'"}',
            b"x" * 70_000,
        ]

    def test_no_line_holds_anything_of_a_form(
        self, site: Published, said: Callable[[], list[dict[str, Any]]], capfd: Any
    ) -> None:
        bodies = self.bodies(site.world)
        statuses: Counter[int] = Counter()
        for body in bodies:
            answer = submit.respond(upload(body), loud(site.portal, "submit"))
            statuses[answer["statusCode"]] += 1
            sequence.respond({"id": "s"}, loud(site.portal, "sequence"))
            publish.respond({"id": "p"}, loud(site.portal, "publish"))
        assert statuses[201] >= 4
        assert statuses[200] >= 1
        assert sum(statuses[s] for s in (400, 401, 403, 409, 413, 422)) >= 9
        text = capfd.readouterr()
        lines = text.out.splitlines()
        assert len(lines) > 6 * len(bodies)
        whole = text.out + text.err
        for body in bodies[:13]:
            payload = json.loads(body)["payload"]
            assert payload[:40] not in whole
            assert payload[-40:] not in whole
        for word in (self.SECRET, self.FIELD, self.NIK):
            assert word not in whole
            assert base64.b64encode(word.encode()).decode()[:-3] not in whole
        fields = {"figures", "payload", "signatures", "explanations", "witnesses", *FIELDS}
        for line in lines:
            assert not fields & set(_words(json.loads(line))), line

    def test_a_refusals_codes_are_of_the_closed_list(
        self, site: Published, said: Callable[[], list[dict[str, Any]]]
    ) -> None:
        for body in self.bodies(site.world):
            submit.respond(upload(body), loud(site.portal, "submit"))
        lines = said()
        codes = {code for line in lines for code in line.get("codes", ())}
        by_code = {line["code"] for line in lines if "code" in line}
        assert codes >= by_code
        assert len(by_code) >= 5
        for code in codes:
            answers.answer(code)  # KeyError for a word of the sender's


def _words(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [word for k, v in value.items() for word in (k, *_words(v))]
    if isinstance(value, list):
        return [word for one in value for word in _words(one)]
    return re.findall(r"[a-z_0-9]+", value) if isinstance(value, str) else []


def test_metrics_have_the_names_units_and_dimensions_that_alarms_read(
    site: Published, said: Callable[[], list[dict[str, Any]]]
) -> None:
    good = sign(site.world.form(), *site.world.kpps())
    for body in (good, good, b"{}"):
        submit.respond(upload(body), loud(site.portal, "submit"))
    sequence.respond({}, loud(site.portal, "sequence"))
    publish.respond({}, loud(site.portal, "publish"))
    seen: dict[str, dict[str, float]] = {}
    for line in said():
        if "_aws" not in line:
            continue
        (declared,) = line["_aws"]["CloudWatchMetrics"]
        assert declared["Namespace"] == "RekapTerbuka"
        names = {one["Name"]: one["Unit"] for one in declared["Metrics"]}
        for name, unit in names.items():
            assert name in METRICS[line["service"]]
            assert unit == ("Seconds" if name.endswith(("Age", "Late")) else "Count")
        (dimensions,) = declared["Dimensions"]
        if "code" in dimensions:
            assert set(dimensions) == {"portal", "service", "code"}
            assert (line["code"], line["Refused"]) == ("envelope", [1.0])
        else:
            assert dimensions == ["portal", "service"]
            assert line["portal"] == site.world.origin
            values = seen.setdefault(line["service"], {})
            for name in names:
                values[name] = values.get(name, 0) + line[name][0]
    assert seen == {
        "submit": {"Accepted": 1, "Known": 1, "Refused": 1},
        "sequence": {
            "Entries": 1, "Size": 17, "PendingAge": 0, "CheckpointAge": 0, "ClockDoubts": 0,
            "Conflicts": 0, "Failures": 0,
        },
        "publish": {"Pages": seen["publish"]["Pages"], "Size": 17, "Lag": 0, "Conflicts": 0,
                    "Failures": 0},
    }  # fmt: skip
    assert seen["publish"]["Pages"] > 0


def test_unavailable_is_counted_apart(
    site: Published, said: Callable[[], list[dict[str, Any]]]
) -> None:
    settings = dataclasses.replace(site.portal.settings, backlog_cap=1)
    portal = dataclasses.replace(loud(site.portal, "submit"), settings=settings)
    first, second = (sign(site.world.form(n), *site.world.kpps(n)) for n in ("001", "002"))
    submit.respond(upload(first), site.portal)
    answer = submit.respond(upload(second), portal)
    assert answer["statusCode"] == 503
    measured = [line for line in said() if "_aws" in line]
    assert [line.get("Unavailable") for line in measured] == [[1.0]]


def test_a_line_has_level_time_ids_and_the_process(
    site: Published, said: Callable[[], list[dict[str, Any]]]
) -> None:
    context = SimpleNamespace(aws_request_id="lambda-1")
    event = upload(b"{}")
    submit.respond(event, loud(site.portal, "submit"), context)
    start, end = said()[:2]
    assert (start["message"], end["message"]) == ("start", "end")
    for line in (start, end):
        assert line["level"] == "INFO"
        assert re.fullmatch(r"20\d\d-.*T.*\+00:00", line["timestamp"])
        assert line["service"] == line["function"] == "submit"
        assert line["request"] == event["requestContext"]["requestId"]
        assert line["invocation"] == "lambda-1"
        assert line["pid"] > 0
    assert (end["outcome"], end["codes"], end["ms"] > 0) == (400, ["envelope"], True)


def test_a_schedule_without_an_id_is_named_by_lambdas(site: Published, said: Any) -> None:
    context = SimpleNamespace(aws_request_id="lambda-2")
    sequence.respond({"whole": True}, loud(site.portal, "sequence"), context)
    assert {line["request"] for line in said() if "event" in line} == {"lambda-2"}


def test_a_failure_is_an_error_line_and_still_measured(
    site: Published, said: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise Corrupt("two roots")

    monkeypatch.setattr(sequence.sequencer, "run", broken)
    with pytest.raises(Corrupt):
        sequence.respond({}, loud(site.portal, "sequence"))
    start, end, measured = said()
    assert (start["level"], end["level"], end["reason"]) == ("INFO", "ERROR", "two roots")
    assert measured["PendingAge"] == [0.0]


class TestBacklog:
    def at(self, site: Published, now: int) -> access.Portal:
        return dataclasses.replace(site.portal, clock=lambda: now)

    def test_the_oldest_record_without_a_place(self, site: Published) -> None:
        submit.respond(upload(self.form(site, "001")), self.at(site, 5_000))
        submit.respond(upload(self.form(site, "002")), self.at(site, 5_060))
        assert backlog.of_sequence(self.at(site, 5_100))["PendingAge"] == 100
        assert backlog.of_sequence(self.at(site, 4_000))["PendingAge"] == 0
        sequence.respond({}, site.portal)
        assert backlog.of_sequence(self.at(site, 5_100))["PendingAge"] == 0

    def test_the_oldest_place_that_the_checkpoint_does_not_cover(
        self, site: Published, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def cut(*_: Any) -> bool:
            raise Conflict("cut")

        for number, at in (("001", 5_000), ("002", 5_060)):
            submit.respond(upload(self.form(site, number)), self.at(site, at))
            with monkeypatch.context() as broken:
                broken.setattr(type(site.portal.objects), "put_if", cut)
                with pytest.raises(Conflict):
                    sequence.respond({}, site.portal)
        found = backlog.of_sequence(self.at(site, 5_100))
        assert found == {"PendingAge": 0, "CheckpointAge": 100}
        sequence.respond({}, site.portal)
        assert backlog.of_sequence(self.at(site, 5_100))["CheckpointAge"] == 0

    def test_entries_that_the_site_does_not_show(self, site: Published) -> None:
        site.take(self.form(site, "001"))
        site.take(self.form(site, "002"))
        assert backlog.of_publish(site.portal) == {"Lag": 2}
        publish.respond({}, site.portal)
        assert backlog.of_publish(site.portal) == {"Lag": 0}

    def test_an_empty_portal_is_not_behind(self, tmp_path: Path, site: Published) -> None:
        empty = wiring.embedded(
            tmp_path / "empty", site.portal.settings, bell=site.portal.bell, roles=(),
            clock=lambda: 9_999, journal=lambda _: None,
        )  # fmt: skip
        assert backlog.of_sequence(empty) == {"PendingAge": 0, "CheckpointAge": 0}
        assert backlog.of_publish(empty) == {"Lag": 0}

    @pytest.mark.parametrize("forms", [0, 1, 3])
    def test_reads_do_not_grow_with_what_waits(self, site: Published, forms: int) -> None:
        for number in range(forms):
            submit.respond(upload(self.form(site, f"00{number + 1}")), site.portal)
        calls: Counter[str] = Counter()
        counted = dataclasses.replace(
            site.portal,
            records=_Counting(site.portal.records, calls),
            order=_Counting(site.portal.order, calls),
            objects=_Counting(site.portal.objects, calls),
        )
        backlog.of_sequence(counted)
        assert calls == {"oldest_pending": 1, "get": 1, "head": 1}
        calls.clear()
        backlog.of_publish(counted)
        assert calls == {"get": 2}

    def test_what_cannot_be_measured_fails_no_call(
        self, site: Published, said: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(*_: Any) -> None:
            raise ConnectionError("away")

        monkeypatch.setattr(type(site.portal.records), "oldest_pending", away)
        answer = sequence.respond({}, loud(site.portal, "sequence"))
        assert answer == {}
        end = said()[1]
        assert (end["outcome"], end["unmeasured"]) == ("done", "ConnectionError")

    @staticmethod
    def form(site: Published, tps: str) -> bytes:
        return sign(site.world.form(tps), *site.world.kpps(tps))


class _Counting:
    def __init__(self, port: Any, calls: Counter[str]) -> None:
        self._port, self._calls = port, calls

    def __getattr__(self, name: str) -> Any:
        self._calls[name] += 1
        return getattr(self._port, name)


def test_nothing_is_traced() -> None:
    for path in (ROOT / "functions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom | ast.Import):
                assert "Tracer" not in {alias.name for alias in node.names}, path
