"""Parts of the local stack: events have the shapes of the cloud's, caching follows the path."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
from scripts.stack import events, functions, template
from tests.live_portal import ROOT

from rekap.portal.store.headers import CacheRules, content_type


def request(**changed: object) -> events.Request:
    values: dict[str, object] = {
        "method": "POST",
        "path": "/v1/statements",
        "query": "",
        "headers": {"content-type": "application/json", "host": "rekap.example"},
        "body": b"{}",
        "address": "192.0.2.1",
    }
    return events.Request(**{**values, **changed})  # type: ignore[arg-type]


def test_an_http_event_has_the_shape_of_payload_format_two() -> None:
    event = events.http(request())
    assert json.loads(json.dumps(event)) == event
    assert {"version", "routeKey", "rawPath", "rawQueryString", "headers", "requestContext",
            "isBase64Encoded", "body"} == event.keys()  # fmt: skip
    assert (event["version"], event["routeKey"]) == ("2.0", "$default")
    assert (event["body"], event["isBase64Encoded"]) == ("{}", False)
    context = event["requestContext"]
    assert context["http"] == {
        "method": "POST",
        "path": "/v1/statements",
        "protocol": "HTTP/1.1",
        "sourceIp": "192.0.2.1",
        "userAgent": "",
    }
    assert context["stage"] == "$default"


def test_path_query_and_binary_bodies() -> None:
    asked = request(method="GET", path="/v1/statements/a%20b", query="q=1&q=2&e=", body=b"")
    event = events.http(asked)
    assert event["rawPath"] == "/v1/statements/a b"
    assert event["queryStringParameters"] == {"q": "1,2", "e": ""}
    assert "body" not in event
    for body, kind in ((b"\xff", "application/json"), (b"{}", "application/octet-stream")):
        event = events.http(request(body=body, headers={"content-type": kind}))
        assert event["isBase64Encoded"] is True
        assert base64.b64decode(event["body"]) == body


def test_queue_and_schedule_events() -> None:
    event = events.queue("SequenceQueue", {"m1": 0, "m2": 3})
    first, second = event["Records"]
    assert (first["messageId"], second["messageId"]) == ("m1", "m2")
    assert second["attributes"]["ApproximateReceiveCount"] == "4"
    assert first["eventSourceARN"].endswith(":SequenceQueue")
    assert first["eventSource"] == "aws:sqs"
    tick = events.schedule("Minute")
    assert (tick["source"], tick["detail-type"]) == ("aws.scheduler", "Scheduled Event")


@pytest.mark.parametrize(
    ("path", "kind", "caching"),
    [
        ("index.html", "text/html; charset=utf-8", "max-age=30, "),
        ("en/pilkada/index.html", "text/html; charset=utf-8", "max-age=30, "),
        ("pilkada/x/index.json", "application/json", "max-age=30, "),
        ("pilkada/data/forms.csv", "text/csv; charset=utf-8", "max-age=30, "),
        ("policy.txt", "text/plain; charset=utf-8", "max-age=30, "),
        ("site.json", "application/json", "max-age=5"),
        ("log/checkpoint", "text/plain; charset=utf-8", "max-age=5"),
        ("log/tile/0/x001/234", "application/octet-stream", "max-age=31536000, immutable"),
        ("log/tile/entries/000.p/7", "application/octet-stream", "max-age=31536000, immutable"),
        ("bukti/17.json", "application/json", "max-age=31536000, immutable"),
        ("bukti/17.tlog-proof", "text/plain; charset=utf-8", "max-age=31536000, immutable"),
        ("bukti/17/index.html", "text/html; charset=utf-8", "max-age=30, "),
        ("bukti/17/index.json", "application/json", "max-age=30, "),
        ("buku-besar/changes/3.json", "application/json", "max-age=31536000, immutable"),
        ("buku-besar/changes/tail.json", "application/json", "max-age=5"),
        ("x/y/feed.atom", "application/atom+xml; charset=utf-8", "max-age=30, "),
        ("aset/verify-0a1b.js", "text/javascript; charset=utf-8", "max-age=31536000, immutable"),
        ("unknown.bin", "application/octet-stream", "max-age=30, "),
    ],
)
def test_type_and_caching_by_path(path: str, kind: str, caching: str) -> None:
    stack = template.load(ROOT / "infra/template.yaml", {"Origin": "x.example/log"})
    rules = CacheRules.parse(stack.functions[0].variables["REKAP_CACHE_CONTROL"])
    assert content_type(path) == kind
    assert rules.of(path).startswith(caching)


def test_a_rule_needs_a_value_and_no_rule_means_no_store() -> None:
    with pytest.raises(ValueError, match=r"site\.json"):
        CacheRules.parse("site.json")
    assert CacheRules.parse("a/* max-age=1").of("b") == "no-store"


def function(name: str, **variables: str) -> template.Function:
    return template.Function(
        name, "tests.infra.test_stack.echo", ROOT, 3, 128, variables, False, (), ()
    )


def echo(event: object, context: functions.Context) -> object:
    assert context.get_remaining_time_in_millis() <= 3000
    return event


def test_events_and_answers_pass_through_json() -> None:
    call = functions.Loaded(function("Echo"))
    assert call({"a": [1, None, "x"]}) == {"a": [1, None, "x"]}
    with pytest.raises(TypeError):
        call({"a": b"bytes"})
    with pytest.raises(ValueError, match="at most"):
        call({"a": "x" * (6 * 1024 * 1024)})


def test_a_process_has_the_variables_of_its_functions_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REKAP_STALE", "1")
    monkeypatch.setenv("REKAP_A", "0")
    functions.enter((function("One", REKAP_A="1"), function("Two", REKAP_A="1", REKAP_B="2")))
    assert {k: v for k, v in os.environ.items() if k.startswith("REKAP_")} == {
        "REKAP_A": "1",
        "REKAP_B": "2",
    }
    with pytest.raises(ValueError, match="REKAP_A"):
        functions.enter((function("One", REKAP_A="1"), function("Two", REKAP_A="2")))
    for name in ("REKAP_A", "REKAP_B"):
        os.environ.pop(name, None)


def test_a_parameter_without_a_value_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Origin"):
        template.load(ROOT / "infra/template.yaml", {})
    broken = tmp_path / "template.yaml"
    text = (ROOT / "infra/template.yaml").read_text()
    broken.write_text(text.replace("!Ref Directory", "!Ref Nothing"))
    with pytest.raises(ValueError, match="Nothing"):
        template.load(broken, {"Origin": "x.example/log"})
