"""How the objects' adapter reacts to S3 on a bad day, and what it sends each time."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from tests.portal.store.cloud import Cloud, cloud
from tests.portal.store.engines import CACHE
from tests.portal.store.faults import LOST, SILENT, Faults, Pauses, Serve, refused

from rekap.core.errors import Conflict, Corrupt, Malformed
from rekap.portal.store.aws import clients
from rekap.portal.store.aws.objects import S3Objects
from rekap.portal.store.aws.patience import Unavailable

ATTEMPTS = 4
"""How often the client itself sends one request."""

PUTS = {
    "put_new": lambda objects: objects.put_new("log/tile/0/000", b"mine"),
    "put_if none": lambda objects: objects.put_if("log/tile/0/000", b"mine", None),
}


class Bucket:
    """The adapter on an empty account."""

    def __init__(self, account: Cloud) -> None:
        self.account = account
        self.pauses = Pauses()
        self.client = boto3.client("s3", config=clients.client("s3").meta.config)
        self.faults = Faults(self.client)
        self.objects = self.open(state=account.state)

    def open(self, *, public: str = "", state: str | None = None) -> S3Objects:
        return S3Objects(
            self.client,
            public=public or self.account.public,
            state=state,
            cache=CACHE,
            patience=self.pauses.patience(),
        )

    def plan(self, operation: str, *faults: Any) -> None:
        self.faults.plan.extend((operation, fault) for fault in faults)
        self.faults.seen.clear()

    def head(self, path: str, bucket: str = "") -> dict[str, Any]:
        name = bucket or self.account.public
        answer: dict[str, Any] = boto3.client("s3").head_object(Bucket=name, Key=path)
        return answer


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with cloud() as account:
        bucket = Bucket(account)
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        yield bucket
    assert bucket.faults.plan == [], "a planned fault was not met"


# ---------------------------------------------------------------- 412, 404, 409


@pytest.mark.parametrize("put", PUTS)
@pytest.mark.parametrize("code", ["ConditionalRequestConflict", "OperationAborted"])
def test_another_put_under_way_is_waited_for(s3: Bucket, put: str, code: str) -> None:
    s3.plan("PutObject", refused(code, 409), refused(code, 409))
    PUTS[put](s3.objects)
    assert s3.objects.get("log/tile/0/000").data == b"mine"  # type: ignore[union-attr]
    assert s3.pauses.seconds == [0.05, 0.1]


@pytest.mark.parametrize("put", PUTS)
def test_puts_under_way_again_and_again_are_a_conflict_without_an_object(
    s3: Bucket, put: str
) -> None:
    s3.plan("PutObject", *[refused("ConditionalRequestConflict", 409)] * 4)
    with pytest.raises(Conflict):
        PUTS[put](s3.objects)
    assert s3.objects.get("log/tile/0/000") is None


@pytest.mark.parametrize("put", PUTS)
def test_a_rival_that_finished_meanwhile_is_a_conflict(s3: Bucket, put: str) -> None:
    def rival(request: Any, _serve: Serve) -> Any:
        boto3.client("s3").put_object(
            Bucket=s3.account.public, Key="log/tile/0/000", Body=b"theirs",
            ChecksumAlgorithm="SHA256",
        )  # fmt: skip
        return refused("ConditionalRequestConflict", 409)(request, _serve)

    s3.plan("PutObject", rival)
    with pytest.raises(Conflict):
        PUTS[put](s3.objects)
    assert s3.objects.get("log/tile/0/000").data == b"theirs"  # type: ignore[union-attr]


def test_a_condition_that_does_not_hold_is_not_repeated(s3: Bucket) -> None:
    tag = s3.objects.put_if("site.json", b"1", None)
    s3.objects.put_if("site.json", b"2", tag)
    s3.plan("PutObject")
    for old in (tag, None):
        with pytest.raises(Conflict):
            s3.objects.put_if("site.json", b"3", old)
    assert s3.faults.count("PutObject") == 2
    assert s3.pauses.seconds == []


def test_replacing_what_is_not_there_is_a_conflict(s3: Bucket) -> None:
    s3.plan("PutObject", refused("NoSuchKey", 404))
    with pytest.raises(Conflict):
        s3.objects.put_if("site.json", b"1", '"0"')


def test_a_missing_bucket_or_right_is_named(s3: Bucket) -> None:
    wrong = s3.open(public="rekap-nowhere")
    for ask in (lambda: wrong.get("site.json"), lambda: wrong.put_new("site.json", b"1")):
        with pytest.raises(RuntimeError, match="NoSuchBucket"):
            ask()
    s3.plan("PutObject", refused("AccessDenied", 403))
    s3.plan("GetObject", refused("AccessDenied", 403))
    with pytest.raises(RuntimeError, match="AccessDenied"):
        s3.objects.put_new("site.json", b"1")
    with pytest.raises(RuntimeError, match="AccessDenied"):
        s3.objects.get("site.json")


# ---------------------------------------------------------------- busy, silent, cut short

BUSY = [("SlowDown", 503), ("InternalError", 500), ("BadGateway", 502)]


@pytest.mark.parametrize("operation", ["PutObject", "GetObject"])
@pytest.mark.parametrize(("code", "status"), BUSY)
def test_a_busy_service_is_asked_again_until_it_is_unavailable(
    s3: Bucket, operation: str, code: str, status: int
) -> None:
    def ask(path: str) -> None:
        if operation == "PutObject":
            s3.objects.put_new(path, b"1")
        else:
            s3.objects.get(path)

    s3.plan(operation, *[refused(code, status)] * (ATTEMPTS - 1))
    ask("a")
    s3.plan(operation, *[refused(code, status)] * ATTEMPTS)
    with pytest.raises(Unavailable):
        ask("b")
    assert s3.objects.get("b") is None


@pytest.mark.parametrize("put", PUTS)
def test_a_put_whose_answer_was_lost_meets_its_own_object(s3: Bucket, put: str) -> None:
    """The client sends it again and is refused: whoever gets the conflict looks, and is content."""
    s3.plan("PutObject", LOST)
    with pytest.raises(Conflict):
        PUTS[put](s3.objects)
    assert s3.faults.count("PutObject") == 2
    assert s3.objects.get("log/tile/0/000").data == b"mine"  # type: ignore[union-attr]


def test_a_put_that_got_no_answer_at_all_is_unavailable(s3: Bucket) -> None:
    s3.plan("PutObject", LOST, *[SILENT] * (ATTEMPTS - 1))
    with pytest.raises(Unavailable):
        s3.objects.put_new("a", b"1")
    assert s3.objects.get("a").data == b"1"  # type: ignore[union-attr]


class CutShort:
    """A connection that ends before the body does."""

    def __init__(self, data: bytes) -> None:
        self._left = [data]

    def read(self, *_: Any, **__: Any) -> bytes:
        return self._left.pop() if self._left else b""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def shortened(request: Any, serve: Serve) -> Any:
    answer = serve(request)
    answer.raw = CutShort(answer.content[:-1])
    return answer


def test_a_body_that_was_cut_short_is_read_again(s3: Bucket) -> None:
    s3.objects.put_new("a", b"long enough")
    s3.plan("GetObject", shortened, shortened)
    assert s3.objects.get("a").data == b"long enough"  # type: ignore[union-attr]
    s3.plan("GetObject", *[shortened] * 4)
    with pytest.raises(Unavailable):
        s3.objects.get("a")


# ---------------------------------------------------------------- checksums


def damaged(request: Any, serve: Serve) -> Any:
    answer = serve(request)
    answer.raw = CutShort(bytes([answer.content[0] ^ 1]) + answer.content[1:])
    return answer


def with_checksum(value: str | None) -> Any:
    def answer(request: Any, serve: Serve) -> Any:
        served = serve(request)
        served.headers.pop("x-amz-checksum-sha256", None)
        if value is not None:
            served.headers["x-amz-checksum-sha256"] = value
        return served

    return answer


def test_bytes_that_do_not_have_their_checksum_are_corrupt(s3: Bucket) -> None:
    s3.objects.put_new("a", b"data")
    other = b64encode(hashlib.sha256(b"other").digest()).decode()
    for fault in (damaged, with_checksum(other), with_checksum(None), with_checksum("")):
        s3.plan("GetObject", fault)
        with pytest.raises(Corrupt, match="a"):
            s3.objects.get("a")
    assert s3.objects.get("a").data == b"data"  # type: ignore[union-attr]


def test_an_object_that_came_another_way_without_a_checksum_is_corrupt(s3: Bucket) -> None:
    boto3.client("s3").put_object(
        Bucket=s3.account.public, Key="a", Body=b"1", ChecksumAlgorithm="CRC32"
    )
    with pytest.raises(Corrupt, match="stored with it is None"):
        s3.objects.get("a")


def test_what_is_sent_has_a_checksum_and_a_condition(s3: Bucket) -> None:
    tag = s3.objects.put_if("a", b"1", None)
    s3.objects.put_if("a", b"2", tag)
    s3.objects.put_new("state/head", b"3")
    s3.objects.get("a")
    puts = [request.headers for name, request in s3.faults.seen if name == "PutObject"]
    sums = [b64decode(headers["x-amz-checksum-sha256"]) for headers in puts]
    assert sums == [hashlib.sha256(data).digest() for data in (b"1", b"2", b"3")]
    conditions = [(h.get("If-None-Match"), h.get("If-Match")) for h in puts]
    found = [(one and as_text(one), two and as_text(two)) for one, two in conditions]
    assert found == [("*", None), (None, tag), ("*", None)]
    (got,) = (request for name, request in s3.faults.seen if name == "GetObject")
    assert as_text(got.headers["x-amz-checksum-mode"]) == "ENABLED"


def as_text(header: str | bytes) -> str:
    return header.decode() if isinstance(header, bytes) else header


# ---------------------------------------------------------------- places, headers, versions


def test_the_site_and_the_state_lie_in_their_own_buckets(s3: Bucket) -> None:
    s3.objects.put_new("index.html", b"<p>")
    s3.objects.put_new("state/head", b"{}")
    page = s3.head("index.html")
    assert page["ContentType"] == "text/html; charset=utf-8"
    assert page["CacheControl"] == "max-age=30"
    assert "CacheControl" not in s3.head("state/head", s3.account.state)
    for path, bucket in (("index.html", s3.account.state), ("state/head", s3.account.public)):
        with pytest.raises(s3.client.exceptions.ClientError, match="404"):
            s3.head(path, bucket)


@pytest.mark.parametrize(
    ("path", "kind", "cache"),
    [
        ("log/checkpoint", "text/plain; charset=utf-8", "max-age=30"),
        ("log/tile/0/000", "application/octet-stream", "max-age=31536000, immutable"),
        ("log/tile/entries/000.p/5", "application/octet-stream", "max-age=31536000, immutable"),
        ("site.json", "application/json", "max-age=30"),
        ("bukti/5.tlog-proof", "text/plain; charset=utf-8", "max-age=30"),
    ],
)
def test_an_object_is_stored_with_its_headers(s3: Bucket, path: str, kind: str, cache: str) -> None:
    s3.objects.put_if(path, b"1", s3.objects.put_if(path, b"0", None))
    stored = s3.head(path)
    assert (stored["ContentType"], stored["CacheControl"]) == (kind, cache)


def test_without_a_bucket_for_it_the_state_is_out_of_reach(s3: Bucket) -> None:
    objects = s3.open(state=None)
    asks = (
        lambda: objects.get("state/head"),
        lambda: objects.put_new("state/head", b"1"),
        lambda: objects.put_if("state/head", b"1", None),
    )
    for ask in asks:
        with pytest.raises(RuntimeError, match="REKAP_STATE_BUCKET"):
            ask()
    assert s3.faults.seen == []


@pytest.mark.parametrize("path", ["", "../x", "state/../log/checkpoint", "LOG/x", "a b", "a//b"])
def test_a_path_is_checked_before_anything_is_asked(s3: Bucket, path: str) -> None:
    with pytest.raises(Malformed):
        s3.objects.get(path)
    with pytest.raises(Malformed):
        s3.objects.put_new(path, b"1")
    assert s3.faults.seen == []


def test_a_tag_is_that_of_the_newest_version(s3: Bucket) -> None:
    first = s3.objects.put_if("site.json", b"1", None)
    second = s3.objects.put_if("site.json", b"2", first)
    third = s3.objects.put_if("site.json", b"1", second)
    assert s3.objects.get("site.json").tag == third  # type: ignore[union-attr]
    with pytest.raises(Conflict):
        s3.objects.put_if("site.json", b"4", second)


def test_a_deleted_object_is_none_and_may_be_made_again(s3: Bucket) -> None:
    """A version marker hides it: only an operator with another role can do that to state/."""
    s3.objects.put_new("state/a", b"1")
    boto3.client("s3").delete_object(Bucket=s3.account.state, Key="state/a")
    assert s3.objects.get("state/a") is None
    s3.objects.put_new("state/a", b"1")
    assert s3.objects.get("state/a").data == b"1"  # type: ignore[union-attr]
