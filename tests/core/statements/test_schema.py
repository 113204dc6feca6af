"""What a payload is refused for, with the exact codes and places."""

import copy

import pytest
from tests.core.signing.passkey import Passkey
from tests.core.statements import builders as b
from tests.core.statements.builders import ABSENT, REASON, corrected

from rekap.core import codec
from rekap.core.errors import Malformed
from rekap.core.signing import envelope
from rekap.core.signing.note import COSIGNATURE, NoteKey
from rekap.core.signing.signer import derive
from rekap.core.statements import model, schema, shapes
from rekap.core.statements.shapes import SENTENCES

HEX = b.hex_id("x")
PUBLIC = derive("forms", "log").public


def refusals(payload):
    """(code, field) of every finding; [] if the payload is a statement."""
    try:
        schema.check_statement(copy.deepcopy(payload))
    except schema.SchemaErrors as errors:
        return [(finding.code, finding.field) for finding in errors.findings]
    return []


@pytest.mark.parametrize("payload", b.every_payload(), ids=lambda one: one["kind"])
def test_a_statement_keeps_its_payload(payload):
    data = b.encode(payload)
    statement = schema.parse_statement(data)
    assert statement.fields == payload
    assert codec.encode(statement.fields) == data
    assert (statement.kind, statement.log, statement.at) == (payload["kind"], b.ORIGIN, b.AT)
    assert statement.election == payload.get("election", "")


@pytest.mark.parametrize("payload", b.every_payload(), ids=lambda one: one["kind"])
def test_every_kind_is_closed_and_its_required_fields_are_required(payload):
    assert ("unknown-field", "colour") in refusals({**payload, "colour": 1})
    optional = {
        "uploaders", "children", "rows", "sheets", "explains", "accept", "tps", "pair", "previous",
        "to", "items",
    }  # fmt: skip
    for name in payload.keys() - {"kind"}:
        rest = {field: value for field, value in payload.items() if field != name}
        found = refusals(rest)
        assert ("missing-field", name) in found or name in optional, (name, found)


@pytest.mark.parametrize("payload", b.every_payload(), ids=lambda one: one["kind"])
def test_a_value_of_another_type_is_refused_in_its_place(payload):
    for name in payload.keys() - {"kind"}:
        for wrong in (None, 7 if type(payload[name]) is not int else "7", [], {}, [[1]], True):
            if payload["kind"] == "election" and name == "policy":
                continue
            found = refusals({**payload, name: wrong})
            assert any(field.split(".")[0] == name for _, field in found), (name, wrong, found)


@pytest.mark.parametrize("payload", [None, 7, "form", [], ["form"]])
def test_a_payload_that_is_no_object_is_refused(payload):
    assert refusals(payload) == [("type", "kind")]


@pytest.mark.parametrize("kind", [None, 7, [], {}, "", "Form", "forms"])
def test_an_unknown_kind_is_said_to_be_unknown(kind):
    assert refusals({**b.form(), "kind": kind}) == [("kind", "kind")]


def test_all_findings_come_at_once_with_both_sentences():
    payload = b.form(tps="1", at="yesterday", valid=ABSENT, pair_1="120", revision=2, previous="no")
    with pytest.raises(schema.SchemaErrors) as caught:
        schema.check_statement(payload)
    findings = caught.value.findings
    assert sorted((one.code, one.field) for one in findings) == [
        ("hex", "previous"),
        ("spelling", "tps"),
        ("time", "at"),
        ("type", "figures.pair_1"),
    ]
    assert all((one.id, one.en) == SENTENCES[one.code] for one in findings)
    assert isinstance(caught.value, Malformed)
    assert (caught.value.code, caught.value.field) == (findings[0].code, findings[0].field)


@pytest.mark.parametrize(("data", "code"), [
    (b"", "not-json"),
    (b"{} ", "not-canonical"),
    (b'{"kind":"close","kind":"close"}', "duplicate-key"),
    (b'{"kind":1.5}', "number"),
    (b"[" * 9 + b"]" * 9, "depth"),
    (b" " * 65_536, "too-large"),
])  # fmt: skip
def test_bytes_that_are_not_canonical_give_one_finding_with_the_codec_s_code(data, code):
    with pytest.raises(schema.SchemaErrors) as caught:
        schema.parse_statement(data)
    assert [(one.code, one.id) for one in caught.value.findings] == [(code, shapes.OF_THE_BYTES[0])]


LONG = "a" * 201


def _follows(contest: str) -> dict[str, str]:
    return {"contest": contest, "why": "repeat-vote"}


REFUSED = {
    # every statement
    "time that does not exist": (b.form(at="2024-02-30T00:00:00+07:00"), [("time", "at")]),
    "origin with a scheme": (b.close(log="https://rekap.example/log"), [("spelling", "log")]),
    "election id in capitals": (b.form(election="Pemilihan"), [("id", "election")]),
    # log
    "origin of another mode": (b.log(mode="live"), [("origin", "log")]),
    "live origin with a mode in it": (
        b.log(mode="live", log="rekap.example/replay/log"),
        [("origin", "log")],
    ),
    "unknown mode": (b.log(mode="test"), [("value", "mode")]),
    "key named otherwise": (b.log(log_key=b.vkey("other.example/log")), [("key", "log_key")]),
    "receipt key with the name of the log": (
        b.log(receipt_key=b.vkey(b.ORIGIN)),
        [("key", "receipt_key")],
    ),
    "key with a wrong id": (
        b.log(log_key=b.vkey(b.ORIGIN).replace("log+", "log+0", 1)),
        [("key", "log_key")],
    ),
    "key of a cosigner": (b.log(log_key=b.vkey(b.ORIGIN)[:-4]), [("key", "log_key")]),
    "cosigner's key as the log's": (
        b.log(log_key=NoteKey.of(b.ORIGIN, COSIGNATURE, PUBLIC).vkey), [("key", "log_key")]
    ),
    "longer key with its own id": (
        b.log(log_key=b.vkey(b.ORIGIN, bytes(33))), [("key", "log_key")]
    ),
    "key without its bytes": (
        b.log(log_key=f"{b.ORIGIN}+00000000"), [("key", "log_key")]
    ),
    "key that is not base64": (
        b.log(log_key=f"{b.ORIGIN}+00000000+!"), [("key", "log_key")]
    ),
    "more operators needed than named": (
        b.log(operators=b.keyset(b.key("o"), k=2)),
        [("threshold", "operators.k")],
    ),
    "nobody needed": (b.log(operators=b.keyset(b.key("o"), k=0)), [("range", "operators.k")]),
    "same operator twice": (
        b.log(operators=b.keyset(b.key("o"), b.key("o"), k=1)),
        [("repeated", "operators.keys.1.key")],
    ),
    "uploader over http": (
        b.log(uploaders=["http://unggah.rekap.example"]),
        [("spelling", "uploaders.0")],
    ),
    "uploader with a path": (
        b.log(uploaders=["https://rekap.example/unggah/"]),
        [("spelling", "uploaders.0")],
    ),
    "uploader beside rp_id": (
        b.log(uploaders=["https://rekap.example", "https://unggah.example"]),
        [("uploader", "uploaders.1")],
    ),
    "uploader whose name only ends like rp_id": (
        b.log(uploaders=["https://tukangrekap.example:444"]),
        [("uploader", "uploaders.0")],
    ),
    "uploader above rp_id": (
        b.log(rp_id="unggah.rekap.example", uploaders=["https://rekap.example"]),
        [("uploader", "uploaders.0")],
    ),
    "relying party without a dot": (
        b.log(rp_id="example", uploaders=["https://rekap.example"]),
        [("spelling", "rp_id")],
    ),
    "empty list instead of none": (b.log(uploaders=[]), [("empty", "uploaders")]),
    "more uploaders, none": (b.uploaders(origins=[]), [("empty", "origins")]),
    "more uploaders, out of order": (
        b.uploaders(origins=["https://b.rekap.example", "https://a.rekap.example"]),
        [("order", "origins")],
    ),
    "more uploaders, one over http": (
        b.uploaders(origins=["http://unggah.rekap.example"]),
        [("spelling", "origins.0")],
    ),
    "long line of policy": (b.log(policy=[LONG]), [("too-long", "policy.0")]),
    "root in hex": (
        b.log(predecessor={"origin": b.ORIGIN, "size": 1, "root": HEX}),
        [("base64", "predecessor.root")],
    ),
    "root that is no text": (
        b.log(predecessor={"origin": b.ORIGIN, "size": 1, "root": 1}),
        [("base64", "predecessor.root")],
    ),
    "root of another length": (
        b.log(predecessor={"origin": b.ORIGIN, "size": 1, "root": "AAAA"}),
        [("base64", "predecessor.root")],
    ),
    # publication
    "short digest": (b.publication(release=HEX[:-1]), [("hex", "release")]),
    "digest in capitals": (b.publication(release=HEX.upper()), [("hex", "release")]),
    "fixed false": (b.publication(fixed=False), [("type", "fixed")]),
    # election
    "reserved election": (b.election(election="replay"), [("reserved", "election")]),
    "election that hides a file": (b.election(election="site.json"), [("reserved", "election")]),
    "election that no folder can hold beside its first page": (
        b.election(election="index.json"), [("reserved", "election")]
    ),
    "contests that lie where files of data/ do": (
        b.election(
            contests=[
                b.contest(id="datapackage.json"), b.contest(id="corrections.atom"),
                b.contest(id="gubernur-90.csv"),
            ]
        ),
        [("reserved", f"contests.{n}.id") for n in range(3)],
    ),
    "reserved contest": (
        b.election(contests=[b.contest(id="data")]),
        [("reserved", "contests.0.id")],
    ),
    "contest twice": (
        b.election(contests=[b.contest(), b.contest()]),
        [("repeated", "contests.1.id")],
    ),
    "follows itself": (
        b.election(contests=[b.contest(date="2025-08-06", follows=_follows("gubernur-90"))]),
        [("value", "contests.0.follows.contest")],
    ),
    "follows a later one": (
        b.election(
            contests=[
                b.contest(date="2025-08-06", follows=_follows("ulang")), b.contest(id="ulang"),
            ]
        ),
        [("value", "contests.0.follows.contest")],
    ),
    "follows without a day": (
        b.election(
            contests=[b.contest(), b.contest(id="ulang", follows=_follows("gubernur-90"))]
        ),
        [("missing-field", "contests.1.date")],
    ),
    "two follow one": (
        b.election(
            contests=[b.contest()] + [
                b.contest(id=id, date="2025-08-06", follows=_follows("gubernur-90"))
                for id in ("ulang", "ulang-2")
            ]
        ),
        [("value", "contests.2.follows.contest")],
    ),
    "follows another region": (
        b.election(
            contests=[
                b.contest(),
                b.contest(id="ulang", region="91", date="2025-08-06",
                          follows=_follows("gubernur-90")),
            ]
        ),
        [("value", "contests.1.follows.contest")],
    ),
    "no such day of a vote": (
        b.election(contests=[b.contest(date="2025-02-30")]),
        [("date", "contests.0.date")],
    ),
    "governor of a kabko": (
        b.election(contests=[b.contest(region="90.01")]),
        [("region-level", "contests.0.region")],
    ),
    "mayor of a province": (
        b.election(contests=[b.contest(office="mayor")]),
        [("region-level", "contests.0.region")],
    ),
    "pairs from 2": (
        b.election(contests=[b.contest(pairs=[b.pair(2)])]),
        [("order", "contests.0.pairs.0.number")],
    ),
    "pair twice": (
        b.election(contests=[b.contest(pairs=[b.pair(1), b.pair(1)])]),
        [("order", "contests.0.pairs.1.number")],
    ),
    "two empty columns": (
        b.election(contests=[b.contest(pairs=[b.empty_column(1), b.empty_column(2)])]),
        [("repeated", "contests.0.pairs.1.empty_column")],
    ),
    "empty column with names": (
        b.election(contests=[b.contest(pairs=[b.pair(1, empty_column=True)])]),
        [("unexpected-field", "contests.0.pairs.0.names")],
    ),
    "empty column with a note": (
        b.election(contests=[b.contest(pairs=[{**b.empty_column(1), "notes": [b.note()]}])]),
        [("unexpected-field", "contests.0.pairs.0.notes")],
    ),
    "note of a second candidate whom a pair lacks": (
        b.election(contests=[b.contest(pairs=[
            b.pair(1, names=["Calon 1"], notes=[{**b.note(), "who": 1}, {**b.note(), "who": 2}]),
            b.pair(2, notes=[{**b.note(), "who": 2}]),
        ])]),
        [("range", "contests.0.pairs.0.notes.1.who")],
    ),
    "pair without names": (
        b.election(contests=[b.contest(pairs=[{"number": 1}])]),
        [("missing-field", "contests.0.pairs.0.names")],
    ),
    "three names": (
        b.election(contests=[b.contest(pairs=[b.pair(1, names=["A", "B", "C"])])]),
        [("too-many", "contests.0.pairs.0.names")],
    ),
    "forbidden character in a name": (
        b.election(contests=[b.contest(pairs=[b.pair(1, names=["A\u202eB"])])]),
        [("text", "contests.0.pairs.0.names.0")],
    ),
    "long name": (
        b.election(name={"id": "a" * 101, "en": "a"}),
        [("too-long", "name.id")],
    ),
    "margin over all votes": (
        b.election(contests=[b.contest(margin={"per_mille": 1001, "source": "UU"})]),
        [("range", "contests.0.margin.per_mille")],
    ),
    "forms of the source out of order": (
        b.election(contests=[b.contest(source_forms=["summary", "c_hasil"])]),
        [("order", "contests.0.source_forms")],
    ),
    "date that does not exist": (b.election(date="2023-02-29"), [("date", "date")]),
    "date spelled otherwise": (b.election(date="20241127"), [("date", "date")]),
    "zone outside the country": (b.election(timezone="Asia/Singapore"), [("value", "timezone")]),
    "unknown policy": (b.election(policy={"close": 2}), [("unknown-field", "policy.close")]),
    "policy of nobody": (b.election(policy={"c_hasil": 0}), [("range", "policy.c_hasil")]),
    "empty policy": (b.election(policy={}), [("empty", "policy")]),
    "key of another length": (
        b.election(roots={"kpu": b.keyset({"alg": "ed25519", "key": "AAAA"})}),
        [("key", "roots.kpu.keys.0.key"), ("key", "roots.kpu.keys.0.key")],
    ),
    "passkey named ed25519": (
        b.election(roots={"kpu": b.keyset({**b.key("x", "webauthn-es256"), "alg": "ed25519"})}),
        [("key", "roots.kpu.keys.0.key")],
    ),
    "passkey that is not compressed": (
        b.election(roots={"kpu": b.keyset(b.named_key("webauthn-es256", b"\x04" + bytes(32)))}),
        [("key", "roots.kpu.keys.0.key")],
    ),
    "key that is no text": (
        b.election(roots={"kpu": b.keyset({"alg": "ed25519", "key": 1})}),
        [("type", "roots.kpu.keys.0.key")],
    ),
    "key without its padding": (
        b.election(roots={"kpu": b.keyset({"alg": "ed25519", "key": "A" * 43})}),
        [("base64", "roots.kpu.keys.0.key"), ("key", "roots.kpu.keys.0.key")],
    ),
    "algorithm that is no text": (
        b.election(roots={"kpu": b.keyset({**b.key("x"), "alg": [1]})}),
        [("type", "roots.kpu.keys.0.alg")],
    ),
    "root key of two bodies": (
        b.election(roots={"kpu": b.keyset(b.key("x")), "bawaslu": b.keyset(b.key("x"))}),
        [("repeated", "roots")],
    ),
    "root key of KPU and of a pair": (
        b.election(roots={"kpu": b.keyset(b.key("x")), "pairs": [
            {"number": 1, **b.keyset(b.key("x"))}]}),
        [("repeated", "roots")],
    ),
    "more roots needed than named": (
        b.election(roots={"kpu": b.keyset(b.key("x"), k=2), "bawaslu": b.keyset(b.key("y"), k=2),
                          "pairs": [{"number": 1, **b.keyset(b.key("z"), k=2)}]}),
        [("threshold", f"roots.{name}.k") for name in ("kpu", "bawaslu", "pairs.0")],
    ),
    "root of an unknown pair": (
        b.election(roots={"kpu": b.keyset(b.key("x")), "pairs": [
            {"number": 3, **b.keyset(b.key("y"))}]}),
        [("pairs", "roots.pairs.0.number")],
    ),
    "roots of pairs out of order": (
        b.election(roots={"kpu": b.keyset(b.key("x")), "pairs": [
            {"number": 2, **b.keyset(b.key("y"))}, {"number": 1, **b.keyset(b.key("z"))}]}),
        [("order", "roots.pairs")],
    ),
    "first revision with a previous one": (
        b.election(previous=HEX), [("unexpected-field", "previous")]
    ),
    "later revision without the previous one": (
        b.election(revision=2, previous=ABSENT), [("missing-field", "previous")]
    ),
    "revision 0": (b.election(revision=0), [("range", "revision")]),
    # roster
    "regions below a kelurahan": (
        b.roster(tps=ABSENT, children=[b.child("90.01.01.1001")]),
        [("missing-field", "tps"), ("unexpected-field", "children")],
    ),
    "TPS below a kecamatan": (
        b.roster("90.01.01", tps=[b.station("001")]), [("unexpected-field", "tps")]
    ),
    "first roster with a previous one": (
        b.roster(previous=HEX), [("unexpected-field", "previous")]
    ),
    "later roster without the previous one": (
        b.roster(revision=2, previous=ABSENT), [("missing-field", "previous")]
    ),
    "kecamatan without its regions": (
        b.roster("90.01.01", children=ABSENT), [("missing-field", "children")]
    ),
    "region elsewhere": (
        b.roster("90.01.01", children=[b.child("90.01.02.1001")]),
        [("region", "children.0.code")],
    ),
    "region two levels below": (
        b.roster("90.01", children=[b.child("90.01.01.1001")]), [("region", "children.0.code")]
    ),
    "level that the code contradicts": (
        b.roster("90.01.01", children=[{**b.child("90.01.01.1001"), "level": "kecamatan"}]),
        [("region-level", "children.0.level")],
    ),
    "regions out of order": (
        b.roster("90", children=[b.child("90.02"), b.child("90.01")]), [("order", "children")]
    ),
    "kabko beside its own province": (
        b.roster("id", children=[b.child("90"), b.child("90.01")]), [("region", "children.1.code")]
    ),
    "kecamatan as a top region": (
        b.roster("id", children=[b.child("90.01.01")]), [("region", "children.0.code")]
    ),
    "TPS twice": (b.roster(tps=[b.station("001")] * 2), [("order", "tps")]),
    "TPS 000": (b.roster(tps=[b.station("000")]), [("spelling", "tps.0.number")]),
    "no TPS": (b.roster(tps=[]), [("empty", "tps")]),
    # grant, revoke
    "KPPS without its TPS": (b.grant(tps=ABSENT), [("missing-field", "tps")]),
    "PPK with a TPS": (b.grant("ppk", tps="001"), [("unexpected-field", "tps")]),
    "PPK of a kabko": (b.grant("ppk", region="90.01"), [("region-level", "region")]),
    "witness without a pair": (b.grant("saksi", pair=ABSENT), [("missing-field", "pair")]),
    "PPK with a pair": (b.grant("ppk", pair=1), [("unexpected-field", "pair")]),
    "PTPS without a TPS": (b.grant("ptps", tps=ABSENT), [("missing-field", "tps")]),
    "PKD with a TPS": (b.grant("pkd", tps="001"), [("unexpected-field", "tps")]),
    "pemantau without an organisation": (
        b.grant("pemantau", organisation=ABSENT), [("missing-field", "organisation")]
    ),
    "organisation of a Bawaslu": (
        b.grant("bawaslu_kabko", organisation="x"), [("unexpected-field", "organisation")]
    ),
    "organisation with eight digits": (
        b.grant("pemantau", organisation="lembaga-12345678"), [("digits", "organisation")]
    ),
    "supervisor at a TPS of a kecamatan": (
        b.grant("pemantau", region="90.01.01", tps="001"), [("region-level", "region")]
    ),
    "witness as ketua": (
        b.grant("saksi", persons=[b.person("saksi-1", "ketua")]),
        [("value", "persons.0.position")],
    ),
    "person twice": (
        b.grant(persons=[b.person("a"), b.person("a", key=b.key("b")["key"])]),
        [("repeated", "persons.1.person")],
    ),
    "key of two persons": (
        b.grant(persons=[b.person("a"), b.person("b", key=b.key("a")["key"])]),
        [("repeated", "persons.1.key")],
    ),
    "person in capitals": (
        b.grant(persons=[b.person("KPPS-1")]), [("id", "persons.0.person")]
    ),
    "identity number as a person": (
        b.grant(persons=[b.person("3101010101010001")]), [("digits", "persons.0.person")]
    ),
    "name of a person": (
        b.grant(persons=[b.person("a", name="A")]), [("unknown-field", "persons.0.name")]
    ),
    "long key id": (b.revoke(keyid=HEX), [("hex", "keyid")]),
    # form
    "C form without its TPS": (b.form(tps=ABSENT), [("missing-field", "tps")]),
    "D form with a TPS": (b.form("d_hasil_kabko", tps="001"), [("unexpected-field", "tps")]),
    "C form of a kecamatan": (b.form(region="90.01.01"), [("region-level", "region")]),
    "form without a count": (b.form(count=ABSENT), [("missing-field", "count")]),
    "revision without a reason": (
        b.form(revision=2, reason=ABSENT), [("missing-field", "reason")]
    ),
    "revision without the previous form": (
        b.form(revision=2, previous=ABSENT), [("missing-field", "previous")]
    ),
    "first form with a reason": (
        b.form(reason={"code": "typing"}), [("unexpected-field", "reason")]
    ),
    "unknown reason": (
        b.form(revision=2, reason={"code": "mistake"}), [("value", "reason.code")]
    ),
    "telephone number in a text": (
        b.form(revision=2, reason={"code": "typing", "text": "telepon 081234567890"}),
        [("digits", "reason.text")],
    ),
    "no figures": (b.form(figures={}), [("empty", "figures")]),
    "unknown figure": (
        b.form(figures={"valid_votes": 1}), [("unknown-field", "figures.valid_votes")]
    ),
    "pair 0": (b.form(figures={"pair_0": 1}), [("unknown-field", "figures.pair_0")]),
    "pair 01": (b.form(figures={"pair_01": 1}), [("unknown-field", "figures.pair_01")]),
    "unknown cell among the figures": (b.form(valid=None), [("type", "figures.valid")]),
    "true as a figure": (b.form(valid=True), [("type", "figures.valid")]),
    "columns of a C form": (
        b.form(children=["001"], rows={name: [1] for name in b.STATION}),
        [("unexpected-field", "children"), ("unexpected-field", "rows")],
    ),
    "columns without rows": (b.form("d_hasil_kabko", rows=ABSENT), [("missing-field", "rows")]),
    "rows without columns": (
        b.form("d_hasil_kabko", children=ABSENT), [("missing-field", "children")]
    ),
    "row that the totals lack": (b.form("d_hasil_kabko", valid=ABSENT), [("rows", "rows")]),
    "row too short": (
        b.form("d_hasil_kabko", figures={"valid": 1}, rows={"valid": [1]}),
        [("columns", "rows.valid")],
    ),
    "row too long": (
        b.form("d_hasil_kabko", figures={"valid": 1}, rows={"valid": [1, 1, 1]}),
        [("columns", "rows.valid")],
    ),
    "text in a cell": (
        b.form("d_hasil_kabko", figures={"valid": 1}, rows={"valid": [1, "0"]}),
        [("type", "rows.valid")],
    ),
    "column of a region elsewhere": (
        b.form("d_hasil_kecamatan", children=["90.01.01.1001", "90.01.02.1001"]),
        [("region", "children.1")],
    ),
    "column of a region in a sheet": (
        b.form("d_hasil_kelurahan", children=["001", "90.01.01.1001"]), [("region", "children.1")]
    ),
    "columns out of order": (
        b.form("d_hasil_kelurahan", children=["002", "001"]), [("order", "children")]
    ),
    "column twice": (
        b.form("d_hasil_kelurahan", children=["001", "001"]), [("order", "children")]
    ),
    "no columns": (
        b.form("d_hasil_kelurahan", children=[]), [("empty", "children")]
    ),
    "sheets of a kabko": (
        b.form("d_hasil_kabko", sheets=[HEX]), [("unexpected-field", "sheets")]
    ),
    "sheet twice": (b.form("d_hasil_kecamatan", sheets=[HEX, HEX]), [("repeated", "sheets")]),
    "explanation of an unknown rule": (
        b.form(explanations=[{"rule": "R99", "text": "x"}]), [("value", "explanations.0.rule")]
    ),
    "explanation of an unknown part": (
        b.form(explanations=[{"rule": "R8", "part": "votes", "text": "x"}]),
        [("value", "explanations.0.part")],
    ),
    "explanation of a column that is no region": (
        b.form(explanations=[{"rule": "X3", "child": "1", "text": "x"}]),
        [("spelling", "explanations.0.child")],
    ),
    "explanation without words": (
        b.form(explanations=[{"rule": "R8", "text": ""}]), [("empty", "explanations.0.text")]
    ),
    "explanation twice": (
        b.form(explanations=[{"rule": "R8", "text": "x"}, {"rule": "R8", "text": "y"}]),
        [("repeated", "explanations.1")],
    ),
    "corrections of a station's form": (
        b.form(because=[REASON], corrections=[["001", "valid", 1, 2, 0]]),
        [("unexpected-field", "because"), ("unexpected-field", "corrections")],
    ),
    "corrections without a reason": (
        corrected(["001", "pair_1", 118, 120, 0], because=ABSENT), [("missing-field", "because")]
    ),
    "a reason without corrections": (
        corrected(corrections=ABSENT), [("missing-field", "corrections")]
    ),
    "everything that is wrong with corrections, at once": (
        corrected(
            ["009", "pair_1", 118, 120, 0], ["001", "pair_3", 1, 0, 0],
            ["001", "pair_1", 118, 121, 0], ["002", "valid", 200, 215, 1],
            ["001", "pair_1", 120, 120, 0],
        ),
        [
            ("no-column", "corrections.0.0"), ("unknown-field", "corrections.1.1"),
            ("cell", "corrections.2.3"), ("range", "corrections.3.4"),
            ("no-change", "corrections.4.2"), ("repeated", "corrections.4"),
        ],
    ),
    "a correction that is no list of five": (
        corrected(["001", "pair_1", 118, 120]), [("type", "corrections.0")]
    ),
    "a correction in other types": (
        corrected(["1", "votes", "118", -1, 50]),
        [("spelling", "corrections.0.0"), ("unknown-field", "corrections.0.1"),
         ("type", "corrections.0.2"), ("range", "corrections.0.3"), ("range", "corrections.0.4")],
    ),
    "a cell that the source does not know": (
        corrected(["001", "valid", 4, 5, 0], figures={"valid": 5}, rows={"valid": [None, 5]}),
        [("cell", "corrections.0.3")],
    ),
    "a reason that no correction names": (
        corrected(because=[REASON, REASON]), [("unused", "because.1")]
    ),
    "a reason that nobody knows": (
        corrected(because=[{"basis": "mood"}]), [("value", "because.0.basis")]
    ),
    "initials of nobody": (
        corrected(because=[{"basis": "event", "initials": {}}]), [("empty", "because.0.initials")]
    ),
    "initials of pairs out of order": (
        corrected(because=[{"basis": "event", "initials": {"pairs": [2, 1]}}]),
        [("order", "because.0.initials.pairs")],
    ),
    "a ketua who did not initial": (
        corrected(because=[{"basis": "event", "initials": {"ketua": False}}]),
        [("type", "because.0.initials.ketua")],
    ),
    "absent witness who signed": (
        b.form(witnesses=[{"pair": 1, "present": False, "signed": True}]),
        [("value", "witnesses.0.signed")],
    ),
    "presence that is no truth value": (
        b.form(witnesses=[{"pair": 1, "present": 1, "signed": True}]),
        [("type", "witnesses.0.present")],
    ),
    "reason of a witness who signed": (
        b.form(witnesses=[{"pair": 1, "present": True, "signed": True, "reason": "left"}]),
        [("unexpected-field", "witnesses.0.reason")],
    ),
    "reason of an absent witness": (
        b.form(witnesses=[{"pair": 1, "present": False, "signed": False, "reason": "left"}]),
        [("unexpected-field", "witnesses.0.reason")],
    ),
    "witnesses out of order": (
        b.form(witnesses=[{"pair": n, "present": True, "signed": True} for n in (2, 1)]),
        [("order", "witnesses")],
    ),
    "page scanned twice": (
        b.form(scans=[{"page": 1, "sha256": HEX, "bytes": 9, "type": "image/jpeg"}] * 2),
        [("order", "scans")],
    ),
    "scan of another type": (
        b.form(scans=[{"page": 1, "sha256": HEX, "bytes": 9, "type": "image/gif"}]),
        [("value", "scans.0.type")],
    ),
    "summary with a count": (b.form("summary", count="first"), [("unexpected-field", "count")]),
    "summary without its stations": (
        b.form("summary", stations_in=ABSENT), [("missing-field", "stations_in")]
    ),
    "attendance of nobody": (b.form(attended={}), [("empty", "attended")]),
    "attendance of a list that is none": (
        b.form(attended={"disabled": 1}), [("unknown-field", "attended.disabled")],
    ),
    "attendance above the TPS": (
        b.form("d_hasil_kecamatan", attended={"listed": 1}), [("unexpected-field", "attended")],
    ),
    "summary with witnesses": (
        b.form("summary", witnesses=[{"pair": 1, "present": True, "signed": True}]),
        [("unexpected-field", "witnesses")],
    ),
    "summary with scans": (
        b.form("summary", scans=[{"page": 1, "sha256": HEX, "bytes": 9, "type": "image/png"}]),
        [("unexpected-field", "scans")],
    ),
    "C form with the stations of a summary": (
        b.form(stations_in=1), [("unexpected-field", "stations_in")]
    ),
    # determination, objection, answer
    "determination without the minute": (
        b.determination(announced_at="2024-12-08T16"), [("time", "announced_at")]
    ),
    "objection without a TPS": (b.objection(tps=ABSENT), [("missing-field", "tps")]),
    "objection about nothing known": (b.objection(code="anger"), [("value", "code")]),
    "objection of a witness of no pair": (b.objection(pair=ABSENT), [("missing-field", "pair")]),
    "objection of a PTPS for a pair": (
        b.objection(body="ptps", pair=1), [("unexpected-field", "pair")]
    ),
    "objection of an observer without organisation": (
        b.objection(body="pemantau", organisation=ABSENT), [("missing-field", "organisation")]
    ),
    "objection in figures that no form has": (
        b.objection(claims={"pair_100": 1}), [("unknown-field", "claims.pair_100")]
    ),
    "objection to procedure with figures": (
        b.objection(code="procedure", claims={"valid": 1}), [("unexpected-field", "claims")]
    ),
    "objection of a KPPS": (b.objection(body="kpps", pair=ABSENT), [("value", "body")]),
    "event told by a witness": (b.event(body="saksi"), [("value", "body")]),
    "event told by the body of another form": (b.event(body="ppk"), [("value", "body")]),
    "meeting told by a supervisor": (
        b.event(code="opened", body="ptps"), [("value", "body")]
    ),
    "meeting without its time": (
        b.event(code="suspended", time=ABSENT), [("missing-field", "time")]
    ),
    "event in no minute": (b.event(time="2024-11-27T25"), [("time", "time")]),
    "answer without an outcome": (
        b.answer(to=[HEX]), [("missing-field", "outcome")]
    ),
    "outcome of nothing": (b.answer(outcome="rejected"), [("unexpected-field", "outcome")]),
    "answer to one objection twice": (b.outcome([HEX, HEX]), [("order", "to")]),
    "withdrawal that accepts a form": (
        b.outcome([HEX], "withdrawn", accept=HEX), [("unexpected-field", "accept")]
    ),
    "answer that says nothing": (b.answer(explains=ABSENT), [("missing-field", "explains")]),
    "answer about an unknown part": (
        b.answer(explains=[{"rule": "R8", "part": "votes", "text": "x"}]),
        [("value", "explains.0.part")],
    ),
    "answer to a form of another level": (
        b.answer("d_hasil_kabko", region="90"), [("region-level", "region")]
    ),
}  # fmt: skip


@pytest.mark.parametrize(("payload", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(payload, expected):
    assert refusals(payload) == expected


def columns(count):
    return {f"{number:03d}": {"valid": 1} for number in range(1, count + 1)}


def test_a_sheet_has_at_most_300_columns():
    assert refusals(b.form("d_hasil_kelurahan", columns=columns(300))) == []
    assert refusals(b.form("d_hasil_kelurahan", columns=columns(301))) == [
        ("too-many-columns", "children")
    ]


ACCEPTED = {
    "live log": b.log(mode="live", log="rekap.example/log"),
    "replay log on a port": b.log(mode="replay", log="localhost:8080/replay/log"),
    "log after another": b.log(
        predecessor={"origin": "rekap.example/old/log", "size": 9, "root": "A" * 43 + "="}
    ),
    "log without uploaders": b.log(uploaders=ABSENT),
    "uploader on this machine": b.log(
        rp_id="localhost", uploaders=["http://localhost:8080", "https://localhost"]
    ),
    "uploaders of rp_id and below": b.log(
        uploaders=["https://rekap.example:8443", "https://a.b.rekap.example"]
    ),
    "publication with a verifier": b.publication(verifier=HEX, fixed=True),
    "empty column in front": b.election(contests=[b.contest(pairs=[b.empty_column(1), b.pair(2)])]),
    "withdrawn pair": b.election(
        contests=[b.contest(pairs=[b.pair(1, notes=[b.note()]), b.pair(2)])]
    ),
    "root of a pair that one contest has": b.election(
        contests=[b.contest(), b.contest(id="kedua", pairs=[b.pair(n) for n in (1, 2, 3)])],
        roots={"kpu": b.keyset(b.key("a")), "pairs": [{"number": 3, **b.keyset(b.key("b"))}]},
    ),
    "margin of all votes": b.election(
        contests=[b.contest(margin={"per_mille": 1000, "source": "UU"})]
    ),
    "passkeys at the root": b.election(
        roots={"kpu": b.keyset(b.key("a", "webauthn-es256"), b.key("b"), k=2)}
    ),
    "election with everything": b.election(
        source="Angka rekaan",
        policy={"c_hasil": 1, "grant": 1},
        contests=[
            b.contest(
                population={"value": 10_000_000, "source": "BPS"},
                margin={"per_mille": 10, "source": "UU 10/2016 Pasal 158"},
                source_forms=["c_hasil", "summary"],
            )
        ],
        roots={
            "kpu": b.keyset(b.key("a")),
            "bawaslu": b.keyset(b.key("b")),
            "pairs": [{"number": 2, **b.keyset(b.key("c"))}],
        },
    ),
    "TPS without a known DPT": b.roster(tps=[b.station("001"), b.station("901", 0)]),
    "kabko as the top region": b.roster("id", children=[b.child("90.01")]),
    "supervisor at a TPS": b.grant("ptps", tps="001"),
    "witness of a province": b.grant("saksi", region="90"),
    "revocation with suspicion": b.revoke(suspect_from=0),
    "form of one figure": b.form(figures={"total": 0}),
    "unknown cells": b.form("d_hasil_kabko", figures={"valid": 5}, rows={"valid": [5, None]}),
    "witness who refused": b.form(
        witnesses=[{"pair": 1, "present": True, "signed": False, "reason": "figures"}]
    ),
    "explained form": b.form(
        explanations=[
            {"rule": "R8", "part": "voters", "text": "x"},
            {"rule": "X3", "child": "001", "part": "R6", "text": "y"},
            {"rule": "X1", "child": "90.01", "text": "z"},
        ]
    ),
    "rule explained in two columns and in two parts": b.form(
        explanations=[
            {"rule": "R8", "part": "voters", "text": "x"},
            {"rule": "R8", "part": "ballots", "text": "x"},
            {"rule": "X1", "child": "001", "text": "x"},
            {"rule": "X1", "child": "002", "text": "x"},
        ]
    ),
    "corrected form": corrected(
        because=[{"basis": "plano", "objection": HEX,
                  "initials": {"ketua": True, "pairs": [1, 2], "supervisor": True}}],
    ),
    "scanned form": b.form(
        scans=[{"page": 1, "sha256": HEX, "bytes": 9, "type": "image/jpeg"}]
    ),
    "acceptance alone": b.answer(explains=ABSENT, accept=HEX),
}  # fmt: skip


@pytest.mark.parametrize("payload", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepts(payload):
    assert schema.parse_statement(b.encode(payload)).fields == payload


def mode_codes(payload, mode):
    statement = schema.check_statement(payload)
    return [(one.code, one.field) for one in schema.mode_findings(statement, mode)]


REPLAY_ONLY = {
    "summary": (b.form("summary"), [("replay-only", "form")]),
    "later figure of the source": (
        b.form(revision=2, reason={"code": "source"}), [("replay-only", "reason.code")]
    ),
    "D form without columns": (
        b.form("d_hasil_kabko", children=ABSENT, rows=ABSENT),
        [("missing-field", "children"), ("missing-field", "rows")],
    ),
    "kecamatan without sheets": (
        b.form("d_hasil_kecamatan", sheets=ABSENT), [("missing-field", "sheets")]
    ),
    "unknown cell": (
        b.form("d_hasil_kabko", figures={"valid": 5}, rows={"valid": [5, None]}),
        [("null", "rows.valid")],
    ),
    "release that is fixed": (b.publication(fixed=True), [("replay-only", "fixed")]),
    "election with a source": (
        b.election(source="x", contests=[b.contest(source_forms=["c_hasil"])]),
        [("replay-only", "source"), ("replay-only", "contests.0.source_forms")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("payload", "expected"), REPLAY_ONLY.values(), ids=REPLAY_ONLY.keys())
def test_what_only_a_replay_may_lack_or_have(payload, expected):
    assert mode_codes(payload, "replay") == []
    assert mode_codes(payload, "live") == expected
    assert mode_codes(payload, "rehearsal") == expected


@pytest.mark.parametrize("payload", b.every_payload(), ids=lambda one: one["kind"])
def test_example_payloads_suit_a_live_log(payload):
    if payload.get("form") != "summary" or payload["kind"] != "form":
        assert mode_codes(payload, "live") == []


def test_a_live_form_has_every_figure_of_its_contest():
    payload = b.form(pair_2=ABSENT, voted_disabled_m=ABSENT, pair_3=0)
    live = schema.figure_findings(payload, 2, "live")
    assert [(one.code, one.field) for one in live] == [
        ("pairs", "figures.pair_3"),
        ("missing-field", "figures.voted_disabled_m"),
        ("missing-field", "figures.pair_2"),
    ]
    replay = schema.figure_findings(payload, 2, "replay")
    assert [(one.code, one.field) for one in replay] == [("pairs", "figures.pair_3")]
    assert schema.figure_findings(b.form(), 2, "live") == ()


def test_a_witness_belongs_to_a_pair_of_the_contest():
    witnesses = [{"pair": number, "present": True, "signed": True} for number in (2, 3)]
    found = schema.figure_findings(b.form(witnesses=witnesses), 2, "live")
    assert [one.field for one in found] == ["witnesses.1.pair"]


def test_initials_are_those_of_pairs_of_the_contest():
    payload = corrected(because=[{"basis": "event", "initials": {"pairs": [2, 3]}}])
    found = schema.figure_findings(payload, 2, "live")
    assert [one.field for one in found] == ["because.0.initials.pairs.1"]


def test_the_widest_sheet_with_corrections_and_seven_passkeys_is_an_entry():
    """300 columns of numbers below 1,000, two pairs, 200 corrections for eight objections."""
    columns = [f"{n:03}" for n in range(1, 301)]
    figures = dict.fromkeys(model.figure_fields(2), 180_000)
    rows = {name: [600] * model.COLUMNS_MAX for name in figures}
    initials = {"ketua": True, "pairs": [1, 2], "supervisor": True}
    reason = {"basis": "recount", "objection": HEX, "initials": initials}
    cells = [
        [columns[at], "voted_unlisted_m", 599, 600, at % 8] for at in range(model.CORRECTIONS_MAX)
    ]
    payload = b.encode(b.form(
        "d_hasil_kelurahan", children=columns, rows=rows, figures=figures, because=[reason] * 8,
        corrections=cells,
    ))  # fmt: skip
    schema.parse_statement(payload)
    tail = b',"androidPackageName":"com.android.chrome"'
    signed = [Passkey(n).sign(envelope.pae(payload), tail=tail) for n in range(1, 8)]
    made = envelope.Envelope(payload, tuple(sorted(signed, key=lambda one: one.keyid)))
    data = envelope.serialize(made)
    assert envelope.parse(data) == made
    assert 60_000 < len(data) <= envelope.MAX_ENVELOPE


def test_a_path_names_members_and_positions():
    assert shapes.join("", "figures") == "figures"
    assert shapes.join("scans", 0) == "scans.0"
