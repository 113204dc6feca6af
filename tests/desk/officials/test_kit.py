"""`rekap kit`: cut from a verified log, answers as the register does, refused when damaged."""

from __future__ import annotations

import functools
import http.server
import json
import random
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from tests import live_portal
from tests.desk.officials.bench import KECAMATAN, inside, kit_file, kit_of, run
from tests.portal.intake import world as worlds
from tests.portal.intake.office import Office
from tests.portal.intake.world import CONTEST, ELECTION, KELURAHAN, World, identify, sign

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.ledger import authority
from rekap.core.ledger.kinds import requirements
from rekap.core.statements import schema
from rekap.desk.officials.kits.cut import NoSuchPlace, Scope, cut
from rekap.desk.officials.kits.kit import Kit
from rekap.portal.intake import content


@pytest.fixture(scope="module")
def world() -> World:
    """A log with a form, its revision, one that waits, and a revoked key."""
    world = World.begun()
    first = world.form("001")
    world.log(sign(first, *world.kpps("001")))
    again = world.form("001", revision=2, previous=identify(first), reason={"code": "typing"})
    world.log(sign(again, *world.kpps("001")))
    world.log(sign(world.form("002"), *world.kpps("002", 1)))
    lost = worlds.signer(f"kpps-{KELURAHAN}-003-7").keyid
    revoke = world.of_election("revoke", keyid=lost, reason="lost")
    world.log(sign(revoke, *world.ppk(2)))
    return world


@pytest.fixture(scope="module")
def portal(tmp_path_factory, world) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    live_portal.begin(folder, World())
    return folder / "public"


def published(portal: Path) -> World:
    """The world that the entries of a portal make, in their order."""
    world = World()
    for index in range(len(world.beginning())):
        world.log((portal / f"bukti/{index}.json").read_bytes())
    return world


def cut_of(world: World, **named: Any) -> Kit:
    scope = Scope(**({"election": ELECTION, "region": KECAMATAN} | named))
    return cut(world.state, lambda index: world.entries[index], scope)


# ---------------------------------------------------------------- what a kit knows


def statements(world: World) -> dict[str, dict[str, Any]]:
    """What an office may want to check: right, wrong, and about things that exist already."""
    first = world.form("001")
    revision = {"revision": 2, "previous": identify(first), "reason": {"code": "typing"}}
    lost = worlds.signer(f"kpps-{KELURAHAN}-003-7").keyid
    return {
        "form": world.form("003"),
        "first": first,
        "revision": world.form("001", **revision),
        "orphan": world.form("001", **(revision | {"previous": "ab" * 32})),
        "no station": world.form("099"),
        "no region": world.form("001", region="31.71.06.1002"),
        "other contest": world.form("001", contest="walikota-31.71"),
        "broken": world.form("003", figures=worlds.figures(valid=(1, 2, 3), total=999)),
        "taken": world.grant("kpps", KELURAHAN, tps="001"),
        "new": world.grant("kpps", KELURAHAN, tps="001")
        | {"persons": [{"person": "kpps-9", "position": "anggota", **worlds.key("fresh")}]},
        "roster": world.roster(KELURAHAN, tps=[{"number": "001"}]),
        "revoked": world.of_election("revoke", keyid=lost, reason="stolen"),
        "revoke": world.of_election(
            "revoke", keyid=worlds.signer(world.kpps("002")[0]).keyid, reason="stolen"
        ),
        "other log": world.form("003") | {"log": "other.example/log"},
        "answer": world.of_election(
            "answer", contest=CONTEST, form="c_hasil", region=KELURAHAN, tps="001",
            accept=identify(first),
        ),
    }  # fmt: skip


@pytest.mark.parametrize("name", statements(World()))
def test_checks_say_the_same_as_at_the_portal(world, name) -> None:
    fields = statements(world)[name]
    payload = codec.encode(fields)
    statement, own = schema.parse_statement(payload), identify(fields)
    kit = kit_of(world)
    here = list(content.check(statement, own, kit))
    assert here == list(content.check(statement, own, Office(world).portal().desk()))
    signers = [
        (worlds.signer(role).keyid, record)
        for role in (*world.kpps("001"), *world.ppk())
        if (record := authority.known_key(kit, fields, worlds.signer(role).keyid))
    ]
    if fields["log"] == world.origin and "contest" not in name:
        here, there = requirements(kit, fields), requirements(world, fields)
        assert authority.judge(here, fields, signers) == authority.judge(there, fields, signers)


def test_holds_the_exact_envelope_of_each_head(world) -> None:
    kit = kit_of(world)
    slot = f"{ELECTION}/{CONTEST}/c_hasil/{KELURAHAN}/001"
    assert kit.slots() == (slot,)
    assert kit.head(slot) == world.entries[world.state.slots.get(slot)["effect"]]
    assert b'"revision":2' in codec.b64decode(json.loads(kit.head(slot) or b"")["payload"])
    assert kit.head(f"{ELECTION}/{CONTEST}/c_hasil/{KELURAHAN}/002") is None


def test_knows_those_above_and_below_and_nobody_else(world) -> None:
    bodies = {(key["body"], key["region"]) for key in kit_of(world).register.maps["keys"].values()}
    assert bodies == {
        ("operator", "id"), ("log", "id"), ("receipt", "id"), ("roots.kpu", "id"),
        ("roots.bawaslu", "id"), ("roots.pairs.1", "id"),
        ("kpu_prov", "31"), ("kpu_kabko", "31.71"), ("ppk", "31.71.06"), ("kpps", KELURAHAN),
        ("saksi", KELURAHAN), ("bawaslu_kabko", "31.71"),
    }  # fmt: skip
    upper = cut_of(world, region="31.71", levels=1)
    assert {key["region"] for key in upper.register.maps["keys"].values()} == {
        "id", "31", "31.71", "31.71.06",
    }  # fmt: skip
    assert set(upper.register.maps["regions"]) == {
        f"{ELECTION}/{code}" for code in ("id", "31", "31.71", "31.71.06")
    }
    assert not upper.slots()


def test_a_station_has_its_own_matters_only(world) -> None:
    kit = cut_of(world, region=KELURAHAN, tps="002")
    stations = {key.get("tps") for key in kit.register.maps["keys"].values()}
    assert stations == {None, "002"}
    assert kit.slots() == ()
    assert identify(world.form("002")) in kit.register.maps["ids"]
    assert identify(world.form("001")) not in kit.register.maps["ids"]


def test_tells_size_root_and_what_the_log_is(world) -> None:
    kit = kit_of(world)
    assert (kit.size, kit.root) == (world.state.size, codec.b64encode(world.state.root()))
    assert (kit.origin, kit.mode) == (world.origin, "rehearsal")
    assert kit.receipt_key == world.log_statement()["receipt_key"]


@pytest.mark.parametrize(
    ("named", "what"),
    [
        ({"election": "other"}, "election"),
        ({"region": "99"}, "region"),
        ({"region": KELURAHAN, "tps": "099"}, "tps"),
    ],
)
def test_a_place_that_no_roster_names(world, named, what) -> None:
    with pytest.raises(NoSuchPlace) as refused:
        cut_of(world, **named)
    assert refused.value.what == what


# ---------------------------------------------------------------- what is no kit


def test_is_read_back_as_it_was_written(world) -> None:
    kit = kit_of(world)
    assert Kit.parse(kit.serialize()) == kit


def spoil(data: bytes, *path: str, to: Any) -> bytes:
    value = json.loads(data)
    place = value
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return codec.encode_public(value)


def spoiled(kit: Kit) -> dict[str, bytes]:
    data = kit.serialize()
    keyid, other = sorted(kit.register.maps["keys"])[:2]
    own = f"{ELECTION}/{KECAMATAN}"
    slot = kit.slots()[0]
    region, log = kit.get("regions", own), kit.get("meta", "log")
    return {
        "empty": b"",
        "list": b"[]\n",
        "nested": b"[" * 5_000 + b"]" * 5_000,
        "number": data.replace(b'"size":', b'"size":1.5,"siz":', 1),
        "twice": data.replace(b'{"election"', b'{"election":"x","election"', 1),
        "space": data.replace(b'{"election"', b'{ "election"', 1),
        "no newline": data[:-1],
        "two": data + data,
        "latin": data.replace(b"Tempat", b"T\xe9mpat", 1),
        "format": spoil(data, "format", to="rekap-kit/2"),
        "more": spoil(data, "extra", to=1),
        "size": spoil(data, "size", to=True),
        "root": spoil(data, "root", to="AAAA"),
        "region": spoil(data, "region", to="x"),
        "other region": spoil(data, "region", to="99"),
        "tps": spoil(data, "tps", to="1"),
        "election": spoil(data, "election", to="other"),
        "maps": spoil(data, "keys", to=[]),
        "key": spoil(data, "keys", keyid, to={}),
        "key of another": spoil(data, "keys", keyid, to=kit.get("keys", other)),
        "alg": spoil(data, "keys", keyid, to={**kit.get("keys", keyid), "alg": "none"}),
        "place": spoil(data, "regions", own, to={**region, "tps": [["1", None]]}),
        "kids": spoil(data, "regions", own, to={**region, "children": "x"}),
        "id": spoil(data, "ids", "x", to={}),
        "no log": spoil(data, "meta", to={}),
        "log": spoil(data, "meta", "log", to={**log, "mode": "other"}),
        "head": spoil(data, "heads", slot, to="{}"),
        "head of another": spoil(data, "heads", slot[:-1] + "9", to=kit.heads[slot].decode()),
    }


@pytest.mark.parametrize("name", [
    "empty", "list", "nested", "number", "twice", "space", "no newline", "two", "latin", "format",
    "more", "size", "root", "region", "other region", "tps", "election", "maps", "key",
    "key of another", "alg", "place", "kids", "id", "no log", "log", "head", "head of another",
])  # fmt: skip
def test_what_is_damaged_is_refused(monkeypatch, tmp_path, world, name) -> None:
    data = spoiled(kit_of(world))[name]
    with pytest.raises(Malformed):
        Kit.parse(data)
    path = tmp_path / "kit.json"
    path.write_bytes(data)
    done = run(monkeypatch, "keygen", "--to", tmp_path / "a.pem", "--kit", path)
    assert done.code == 2
    assert "Ambil lagi dengan `rekap kit`" in done.told


def test_a_byte_that_changed_is_refused_or_changes_no_structure(world) -> None:
    data = kit_of(world).serialize()
    rng = random.Random(3)
    refused = 0
    for at in rng.sample(range(len(data)), 400):
        changed = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
        try:
            kit = Kit.parse(changed)
        except Malformed:
            refused += 1
        else:
            assert kit.serialize() == changed
    assert refused > 100


# ---------------------------------------------------------------- the command


def test_takes_a_kit_from_a_folder(monkeypatch, tmp_path, portal) -> None:
    words = ("kit", portal, "--region", KECAMATAN, "--to", tmp_path / "ppk.kit.json")
    done = run(monkeypatch, *words)
    assert done.code == 0, done.err
    kit = Kit.read(tmp_path / "ppk.kit.json")
    assert kit == kit_of(published(portal))
    assert f"({KECAMATAN})" in done.told
    assert f"akar {kit.root}" in done.told
    assert "gladi" in done.told
    assert run(monkeypatch, *words, "--lang", "en").code == 0


def test_takes_the_same_kit_from_an_address(monkeypatch, tmp_path, portal) -> None:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(portal))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        words = ("--region", KELURAHAN, "--tps", "2", "--to", tmp_path / "kit.json")
        assert run(monkeypatch, "kit", url, *words).code == 0
        server.shutdown()
    assert Kit.read(tmp_path / "kit.json") == kit_of(published(portal), KELURAHAN, "002")


def test_another_release_renders_the_pages_and_the_kit_is_the_same(monkeypatch, tmp_path) -> None:
    for module in (live_portal, worlds):
        monkeypatch.setattr(module, "RELEASE", "ab" * 32)
    live_portal.begin(tmp_path / "other", World())
    words = ("--region", KECAMATAN, "--to", tmp_path / "kit.json")
    assert run(monkeypatch, "kit", tmp_path / "other/public", *words).code == 0
    assert Kit.read(tmp_path / "kit.json") == kit_of(published(tmp_path / "other/public"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--region", "31.71.07"), "31.71.07 tidak ada dalam daftar resmi"),
        (("--region", KELURAHAN, "--tps", "9"), "TPS 009 tidak ada"),
        (("--region", KECAMATAN, "--tps", "1"), "kode kelurahan"),
        (("--region", KECAMATAN, "--election", "x"), f"Log ini memuat: {ELECTION}"),
        (("--region", "31,71"), "argumen salah"),
        (("--region", KELURAHAN, "--tps", "0"), "argumen salah"),
    ],
)
def test_says_what_is_wrong_and_writes_nothing(monkeypatch, tmp_path, portal, words, told) -> None:
    done = run(monkeypatch, "kit", portal, *words, "--to", tmp_path / "kit.json")
    assert done.code == 2
    assert told in done.told
    assert inside(tmp_path) == set()


@pytest.mark.parametrize("source", ["", "none", "ftp://x/"])
def test_a_source_that_is_none(monkeypatch, tmp_path, source) -> None:
    place = source if "://" in source else tmp_path / source
    words = ("--region", KECAMATAN, "--to", tmp_path / "kit.json")
    done = run(monkeypatch, "kit", place, *words)
    assert done.code == 2
    assert not (tmp_path / "kit.json").exists()


def test_a_log_that_is_refuted_gives_no_kit(monkeypatch, tmp_path, portal) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(portal, copy)
    bundle = next((copy / "log/tile/entries").rglob("*.p/*"))
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bundle.write_bytes(data)
    old = kit_file(tmp_path, World.begun())
    before = old.read_bytes()
    done = run(monkeypatch, "kit", copy, "--region", KECAMATAN, "--to", old)
    assert done.code == 1
    assert "Kit tidak ditulis" in done.told
    assert old.read_bytes() == before


def test_anchors_of_ones_own_are_asked(monkeypatch, tmp_path, portal) -> None:
    anchors = tmp_path / "anchors.txt"
    text = (portal / "policy.txt").read_text()
    words = ("kit", portal, "--region", KECAMATAN, "--to", tmp_path / "k", "--policy", anchors)
    anchors.write_text(text)
    done = run(monkeypatch, *words)
    assert done.code == 0
    assert "situs ini" not in done.told
    line = next(line for line in text.splitlines() if line.startswith("#rekap log "))
    anchors.write_text(text.replace(line, f"#rekap log {'0' * 64}"))
    assert run(monkeypatch, *words).code == 1


def test_the_roots_work_before_any_roster(world) -> None:
    fresh = World()
    fresh.log(*fresh.beginning()[:3])
    kit = kit_of(fresh, "id")
    assert kit.register.maps["regions"] == {}
    children = [{"code": "31", "name": "Tempat", "level": "provinsi"}]
    first = schema.check_statement(fresh.roster("id", children=children))
    assert list(content.check(first, "ab" * 32, kit)) == []
    with pytest.raises(NoSuchPlace):
        kit_of(fresh, "31")


@pytest.mark.parametrize("command", ["grant", "revoke"])
def test_nothing_is_drafted_for_a_closed_log(monkeypatch, tmp_path, command) -> None:
    closed = World.begun()
    closed.log(sign(closed.of_log("close"), "operator-1"))
    kit = kit_file(tmp_path, closed)
    more = ("--list", kit) if command == "grant" else ("--person", "x", "--reason", "lost")
    done = run(monkeypatch, command, "--kit", kit, *more, "--to", tmp_path / "a.pernyataan.json")
    assert done.code == 1
    assert "sudah ditutup" in done.told
    assert inside(tmp_path) == {"kit.json"}
