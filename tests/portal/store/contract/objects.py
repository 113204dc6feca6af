"""Objects by path."""

from __future__ import annotations

import pytest
from tests.portal.store.contract.clauses import clause
from tests.portal.store.contract.samples import race
from tests.portal.store.engines import Engine

from rekap.core.errors import Conflict

PATHS = ["log/checkpoint", "log/tile/0/x001/234.p/5", "index.html", "site.json", "state/head"]


@clause("objects.get", "objects.put_new")
def creates_an_object_once(engine: Engine) -> None:
    for path in PATHS:
        assert engine.objects.get(path) is None
        engine.objects.put_new(path, b"one")
        for data in (b"one", b"two"):
            with pytest.raises(Conflict):
                engine.objects.put_new(path, data)
        assert engine.objects.get(path).data == b"one"


@clause("objects.get", "objects.put_if")
def replaces_an_object_only_by_its_tag(engine: Engine) -> None:
    for path in PATHS:
        with pytest.raises(Conflict):
            engine.objects.put_if(path, b"one", "0" * 64)
        first = engine.objects.put_if(path, b"one", None)
        assert engine.objects.get(path).tag == first
        with pytest.raises(Conflict):
            engine.objects.put_if(path, b"two", None)
        second = engine.objects.put_if(path, b"two", first)
        with pytest.raises(Conflict):
            engine.objects.put_if(path, b"three", first)
        stored = engine.objects.get(path)
        assert (stored.data, stored.tag) == (b"two", second)


@clause("objects.get", "objects.put_new", "objects.put_if")
def a_created_object_is_replaced_by_the_tag_that_a_reader_got(engine: Engine) -> None:
    engine.objects.put_new("site.json", b"one")
    tag = engine.objects.get("site.json").tag
    assert engine.objects.put_if("site.json", b"two", tag) == engine.objects.get("site.json").tag
    assert engine.objects.get("site.json").data == b"two"


@clause("objects.get", "objects.put_new")
def keeps_empty_and_large_objects(engine: Engine) -> None:
    for name, data in (("empty", b""), ("large", bytes(range(256)) * 4096)):
        engine.objects.put_new(f"state/{name}", data)
        assert engine.objects.get(f"state/{name}").data == data


@clause("objects.part", "objects.put_new")
def gives_a_part_of_an_object(engine: Engine) -> None:
    assert engine.objects.part("state/pack", 0, 4) is None
    engine.objects.put_new("state/pack", bytes(range(256)))
    assert engine.objects.part("state/pack", 0, 3) == b"\0\1\2"
    assert engine.objects.part("state/pack", 250, 6) == bytes(range(250, 256))
    assert engine.objects.part("state/pack", 250, 99) == bytes(range(250, 256))


@clause("objects.get", "objects.put_new")
def a_folder_is_no_object(engine: Engine) -> None:
    engine.objects.put_new("a/b/c", b"x")
    assert engine.objects.get("a/b") is None
    assert engine.objects.get("a/b/c/d") is None


@clause("objects.get", "objects.put_if")
def of_many_swaps_from_one_tag_exactly_one_wins(engine: Engine) -> None:
    tag = engine.objects.put_if("site.json", b"start", None)
    won = race(16, lambda n: engine.objects.put_if("site.json", b"%d" % n, tag))
    assert len(won) == 1
    assert engine.objects.get("site.json").data == b"%d" % won[0]


@clause("objects.get", "objects.put_new")
def of_many_creators_exactly_one_wins(engine: Engine) -> None:
    won = race(16, lambda n: engine.objects.put_new("log/tile/0/000", b"%d" % n))
    assert len(won) == 1
    assert engine.objects.get("log/tile/0/000").data == b"%d" % won[0]


@clause("objects.get", "objects.put_if")
def another_process_sees_what_was_written(engine: Engine) -> None:
    tag = engine.objects.put_if("site.json", b"1", None)
    engine.again().objects.put_if("site.json", b"2", tag)
    assert engine.objects.get("site.json").data == b"2"
