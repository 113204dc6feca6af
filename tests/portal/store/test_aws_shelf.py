"""What `watch` remembers on AWS outlives its process, and is never taken for nothing."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from tests.handlers import outside
from tests.handlers.outside import Published, Watchman, Web
from tests.portal.intake.world import RELEASE, sign, signer
from tests.portal.store.cloud import Cloud, cloud
from tests.portal.store.faults import Faults, refused

from handlers import outlook
from handlers.glance import Seen
from handlers.memory import Memory
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.signing.note import ED25519, NoteKey
from rekap.portal.store.aws.objects import S3Objects
from rekap.portal.store.aws.patience import Unavailable
from rekap.portal.store.aws.shelf import ObjectShelf
from rekap.portal.store.headers import CacheRules

PATH = "state/watch/watch-0.json"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with cloud() as made:
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        yield made


def shelf(account: Cloud, client: object = None) -> ObjectShelf:
    rules = CacheRules.parse("* max-age=1")
    objects = S3Objects(client or boto3.client("s3"), public="", state=account.state, cache=rules)
    return ObjectShelf(objects, PATH)


def test_what_was_put_is_there_for_the_next_and_the_slower_of_two_does_without(
    account: Cloud,
) -> None:
    one, other = shelf(account), shelf(account)
    assert (one.read(), other.read()) == (None, None)
    one.write(b"first")
    other.write(b"second")
    assert shelf(account).read() == b"first"
    assert other.read() == b"first"
    other.write(b"third")
    assert one.read() == b"third"


def test_a_process_that_was_overtaken_writes_nothing_before_it_has_read(account: Cloud) -> None:
    slow, fast = shelf(account), shelf(account)
    assert (slow.read(), fast.read()) == (None, None)
    fast.write(b"first")
    slow.write(b"second")
    slow.write(b"third")
    assert slow.read() == b"first"
    slow.write(b"fourth")
    assert fast.read() == b"fourth"


def test_what_cannot_be_read_is_not_taken_for_nothing(account: Cloud) -> None:
    client = boto3.client("s3")
    key = NoteKey.of("rekap.example/log", ED25519, signer("log").public)
    note = sign_checkpoint(Checkpoint(key.name, 1, bytes(32)), signer("log"))
    seen = Seen(key.vkey, note, 0, lagged=False)
    shelf(account).write(b"seen")
    Faults(client, [("GetObject", refused("InternalError", 500))] * 40)
    with pytest.raises(Unavailable):
        Memory(shelf(account, client)).recall()
    Faults(client, [("GetObject", refused("InternalError", 500))] * 40)
    warm = Memory(shelf(account, client))
    warm.keep(seen)
    assert warm.recall() == (seen,)


def test_a_fork_is_seen_by_a_process_that_starts_after_it(
    account: Cloud, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlook.release, "current", lambda: RELEASE)
    made = outside.template(tmp_path_factory.mktemp("shelf") / "portal")
    one, other = (Published(tmp_path_factory.mktemp(name) / "portal", made) for name in "ab")
    for site, tps in ((one, "001"), (other, "002")):
        site.take(sign(site.world.form(tps), *site.world.kpps(tps)))
        site.show()
    web = Web(one.public)

    def look() -> dict[str, object]:
        watchman = Watchman(web.url, tmp_path_factory.mktemp("none") / "memory")
        watchman.remember_on(shelf(account))
        return watchman.look()

    assert look()["outcome"] == "sound"
    web.public = other.public
    assert look()["findings"] == [["W02", "log/checkpoint"]]
    web.close()
