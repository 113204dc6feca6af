"""What an attacker would send, by what it tries; who may sign what: `test_spoofing`."""

from __future__ import annotations

import base64
import copy
import itertools
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.fakes import FakeRecords
from tests.portal.intake.office import Office
from tests.portal.intake.statements import KABKO, PPK, PROV, ROOTS, SAKSI, examples, sheet
from tests.portal.intake.world import (
    CONTEST,
    KELURAHAN,
    World,
    figures,
    identify,
    key,
    sign,
    signer,
    signers,
)

from rekap.core import codec
from rekap.core.signing import envelope, keys
from rekap.portal.store.local.database import Database
from rekap.portal.store.local.records import SqliteRecords

WORLD = World.begun()


def raw(payload: bytes, *roles: str) -> bytes:
    return envelope.sign(payload, signers(*roles))


def payload(**changed: Any) -> bytes:
    return codec.encode(WORLD.form(**changed))


class TestReplayOfAnOldUpload:
    """The same content gives the same receipt and one entry."""

    def test_each_fixture_sent_three_times_is_one_record_with_one_receipt(self) -> None:
        for name, (fields, roles) in examples(WORLD).items():
            if name in ("log", "grant", "roster", "roster of stations", "form of a kecamatan"):
                continue
            office = Office(WORLD)
            body = sign(fields, *roles)
            answers = [office.send(body) for _ in range(3)]
            if answers[0].status != 201:
                continue
            assert [one.status for one in answers] == [201, 200, 200]
            assert len({one.body["receipt"] for one in answers}) == 1
            assert office.records.pending_count() == 1

    def test_a_subset_of_known_signatures_gets_the_receipt_of_who_was_first(self) -> None:
        office = Office(WORLD)
        first = office.takes(sign(WORLD.form(), *WORLD.kpps(count=4)))
        again = office.send(sign(WORLD.form(), *WORLD.kpps(count=2)))
        assert (again.status, again.body["receipt"]) == (200, first.body["receipt"])
        assert again.body["leaf"] == first.body["leaf"]
        assert office.records.pending_count() == 1

    def test_a_new_signer_is_a_new_entry_and_his_receipt_is_his_own(self) -> None:
        office = Office(WORLD)
        first = office.takes(sign(WORLD.form(), *WORLD.kpps()))
        witness = office.takes(sign(WORLD.form(), *SAKSI))
        assert witness.body["id"] == first.body["id"]
        assert witness.body["receipt"] != first.body["receipt"]
        both = office.send(sign(WORLD.form(), *WORLD.kpps(), *SAKSI))
        # No single envelope holds both: the receipt is that of the one which completed them.
        assert (both.status, both.body["receipt"]) == (200, witness.body["receipt"])

    def test_a_stripped_signature_that_came_first_does_not_block_the_full_envelope(self) -> None:
        office = Office(WORLD)
        office.takes(sign(WORLD.form(), *WORLD.kpps(count=3)))
        office.takes(sign(WORLD.form(), *WORLD.kpps(count=7)))

    def test_a_logged_record_is_answered_with_its_index_and_after_a_restore_without_receipt(
        self,
    ) -> None:
        office = Office(WORLD)
        leaf = office.takes(sign(WORLD.form(), *WORLD.kpps())).body["leaf"]
        assert office.ask(leaf).body["status"] == "pending"
        office.records.mark(16, [leaf])
        answer = office.ask(leaf)
        assert (answer.status, answer.body["status"], answer.body["index"]) == (200, "logged", 16)
        from dataclasses import replace

        office.records.records[leaf] = replace(office.records.records[leaf], receipt=b"")
        assert "receipt" not in office.send(sign(WORLD.form(), *WORLD.kpps())).body


class TestAnotherElectionContestOrLog:
    """Every name stands in the signed payload, so nothing can be moved."""

    OTHERS = (
        ("log", "rekap.example/replay/log", 422, "other-log"),
        ("log", "other.example/rehearsal/log", 422, "other-log"),
        ("election", "pilkada-32", 403, "unknown-election"),
        ("contest", "walikota-31.71", 422, "unknown-contest"),
        ("region", "31.71.06.1002", 403, "not-in-roster"),
        ("region", "32.71.06.1001", 403, "outside-contest"),
        ("tps", "002", 403, "not-entitled"),
    )

    @pytest.mark.parametrize(("name", "value", "status", "code"), OTHERS)
    def test_a_form_signed_for_here_is_refused_there(
        self, name: str, value: str, status: int, code: str
    ) -> None:
        office = Office(WORLD)
        answer = office.send(sign(WORLD.form(**{name: value}), *WORLD.kpps()))
        assert (answer.status, code in answer.codes) == (status, True), answer.body
        assert office.records.pending_count() == 0

    def test_moving_signatures_to_the_changed_payload_does_not_verify(self) -> None:
        here = json.loads(sign(WORLD.form(), *WORLD.kpps()))
        for name, value, _, _ in self.OTHERS:
            there = dict(here, payload=base64.b64encode(payload(**{name: value})).decode())
            body = json.dumps(there, separators=(",", ":"), sort_keys=True)
            answer = Office(WORLD).send(body)
            assert (answer.status, "bad-signature" in answer.codes) == (401, True)


def test_a_ruling_about_places_that_no_roster_has_is_refused() -> None:
    fields, signers = examples(WORLD)["ruling"]
    fields |= {
        "annuls": [{"decision": "17/2024", "places": [f"{KELURAHAN}/099"]}],
        "orders": [{"what": "retabulate", "by": "kpu_prov", "except": ["31.88"]}],
    }
    answer = Office(WORLD).send(sign(fields, *signers))
    assert answer.codes == {"not-in-roster"}, answer.body
    for named in ("annuls.0.places", "orders.0.except"):
        assert named in json.dumps(answer.body)


class TestWrappedEnvelopes:
    """One payload, one spelling, no envelope in an envelope."""

    def cases(self) -> dict[str, bytes]:
        good = sign(WORLD.form(), *WORLD.kpps())
        value = json.loads(good)

        def spelled(**changed: Any) -> bytes:
            return json.dumps(value | changed, separators=(",", ":"), sort_keys=True).encode()

        signatures = value["signatures"]
        wrapped = base64.b64encode(good).decode()
        return {
            "empty": b"",
            "empty object": b"{}",
            "empty list": b"[]",
            "null": b"null",
            "doubled": good + good,
            "trailing newline": good + b"\n",
            "trailing object": good + b"{}",
            "byte order mark": b"\xef\xbb\xbf" + good,
            "comment": b"/**/" + good,
            "white space": json.dumps(value, sort_keys=True).encode(),
            "other order of keys": json.dumps(
                dict(reversed(value.items())), separators=(",", ":")
            ).encode(),
            "escaped": good.replace(b'"payload"', b'"p\\u0061yload"'),
            "no signature": spelled(signatures=[]),
            "one signature twice": spelled(signatures=[signatures[0], *signatures]),
            "not sorted": spelled(signatures=list(reversed(signatures))),
            "other type": spelled(payloadType="application/vnd.in-toto+json"),
            "extra field": spelled(zzz=1),
            "extra field in a signature": spelled(
                signatures=[signatures[0] | {"alg": "none"}, *signatures[1:]]
            ),
            "empty payload": spelled(payload=""),
            "no payload": spelled(payload=None),
            "payload as object": spelled(payload=json.loads(payload())),
            "payload as list": spelled(payload=[value["payload"]]),
            "short key id": spelled(signatures=[signatures[0] | {"keyid": "00"}]),
            "url base64": spelled(payload=value["payload"].replace("=", "-")),
            "no padding": spelled(payload=value["payload"].rstrip("=") + "A="),
            "loose bits": spelled(signatures=[signatures[0] | {"sig": "AB=="}]),
            "utf-16": good.decode().encode("utf-16"),
            "latin-1": good.replace(b"payload", b"payl\xf6ad"),
        } | {"wrapped": spelled(payload=wrapped)}

    def test_each_is_refused_as_an_envelope(self) -> None:
        for name, body in self.cases().items():
            office = Office(WORLD)
            answer = office.send(body)
            assert answer.status in (400, 401), (name, answer.body)
            if name != "wrapped":
                assert answer.status == 400, (name, answer.body)
            assert office.records.pending_count() == 0
            if body.isascii():
                assert office.send(body.decode()).status == answer.status

    def test_an_envelope_signed_as_a_payload_is_no_statement(self) -> None:
        inner = sign(WORLD.form(), *WORLD.kpps())
        Office(WORLD).refuses(raw(inner, *WORLD.kpps()), 422, ("kind", "kind"))


GOOD = payload()


class TestLenientJson:
    """What lenient parsers take, and strict ones must not."""

    CASES: tuple[tuple[bytes, int], ...] = (
        (GOOD[:-1] + b',"tps":"001"}', 400),
        (GOOD.replace(b'"revision":1', b'"revision":1,"revision":1'), 400),
        (GOOD.replace(b'"revision":1', b'"revision":1,'), 400),
        (GOOD + b" ", 422),
        (b" " + GOOD, 422),
        (GOOD + b"\x00", 400),
        (GOOD + b"//", 400),
        (b"\xef\xbb\xbf" + GOOD, 400),
        (GOOD.replace(b'"', b"'"), 400),
        (GOOD.replace(b'"first"', b"first"), 400),
        (GOOD.replace(b'"first"', b'"fi\nrst"'), 400),
        (GOOD.replace(b'"first"', b'"fi\\x41rst"'), 400),
        (GOOD.replace(b'"first"', b'"\xff"'), 400),
        (GOOD.replace(b'"first"', b'"\xed\xa0\x80"'), 400),
        (GOOD.replace(b'"first"', b'"\xc0\x80"'), 400),
        (GOOD.replace(b'"first"', b"True"), 400),
        (GOOD.replace(b'"first"', b"undefined"), 400),
        (GOOD.replace(b'"first"', b"[" * 9 + b'"x"' + b"]" * 9), 400),
        (b"[" * 30_000 + b"]" * 30_000, 413),
        (b"[" * 20_000 + b"]" * 20_000, 400),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400),
        (b"", 400),
        (b"null", 422),
        (b"1", 422),
        (b'"text"', 422),
        (b"[]", 422),
        (b"{}", 422),
    )

    @pytest.mark.parametrize("case", range(len(CASES)))
    def test_is_refused_without_an_error_of_ours(self, case: int) -> None:
        sent, status = self.CASES[case]
        value = {
            "payload": base64.b64encode(sent).decode(),
            "payloadType": envelope.PAYLOAD_TYPE,
            "signatures": [
                {"keyid": one.keyid, "sig": base64.b64encode(one.sign(envelope.pae(sent))).decode()}
                for one in sorted(signers(*WORLD.kpps()), key=lambda one: one.keyid)
            ],
        }
        office = Office(WORLD)
        answer = office.send(json.dumps(value, separators=(",", ":"), sort_keys=True))
        assert answer.status == (status if sent else 400), answer.body
        assert office.records.pending_count() == 0

    def test_hostile_event_bodies_are_no_error_of_ours(self) -> None:
        office = Office(WORLD)
        for body in ("\ud800", "\x00", "{" * 60_000, "\u202e{}", "[1e999]", "[NaN]", "-0"):
            assert office.send(body).status == 400
        assert office.send("***", isBase64Encoded=True).status == 400


class TestOtherSpellings:
    """Only canonical bytes; every other spelling of the same value is refused."""

    CASES = (
        GOOD.replace(b":", b": ", 1),
        GOOD.replace(b'"ballots_returned":0', b'"ballots_returned":-0'),
        GOOD.replace(b",", b", ", 1),
        GOOD.replace(b"first", b"f\\u0069rst"),
        GOOD.replace(b"rekap.example/", b"rekap.example\\/"),
        json.dumps(dict(reversed(json.loads(GOOD).items())), separators=(",", ":")).encode(),
        json.dumps(json.loads(GOOD), indent=1, sort_keys=True).encode(),
    )

    @pytest.mark.parametrize("case", range(len(CASES)))
    def test_is_not_canonical(self, case: int) -> None:
        Office(WORLD).refuses(raw(self.CASES[case], *WORLD.kpps()), 422, ("not-canonical", ""))


class TestNumbers:
    """The token is checked before anything converts it."""

    NO_INTEGER = (
        "1.0", "1.5", "1e0", "1E2", "1e-1", "10e400", "0.1", "1.0e1", "NaN", "Infinity",
        "-Infinity", "-1", "-0.0", "-1e1", "00", "01", "+1", ".5", "1.", "0x1", "0b1", "0o1",
        "1_000", "１", "١", "1000000000", "999999999999",
        "9007199254740993", "9" * 4_301, "9" * 30_000,
        "1e", "--1", "1 2", "١٢", "२", "1e+1", "1,000", "0e0", "-", "1.7976931348623157e309",
    )  # fmt: skip

    @pytest.mark.parametrize("token", NO_INTEGER, ids=lambda token: token[:12])
    def test_is_refused_as_a_number_or_as_json(self, token: str) -> None:
        sent = GOOD.replace(b'"revision":1', b'"revision":' + token.encode())
        office = Office(WORLD)
        answer = office.send(raw(sent, *WORLD.kpps()))
        assert (answer.status, answer.codes <= {"number", "not-json", "duplicate-key"}) == (
            400,
            True,
        )
        assert office.records.pending_count() == 0

    def test_the_bounds_of_a_figure(self) -> None:
        for value, status in ((0, 422), (999_999_999, 422), (1_000_000_000, 400)):
            sent = GOOD.replace(b'"voted":250', b'"voted":%d' % value)
            assert Office(WORLD).send(raw(sent, *WORLD.kpps())).status == status


class TestCharacters:
    """Ids are ASCII, texts have a closed set; nothing is ever normalised."""

    TEXTS = (
        "\u202eabc", "a\u200bb", "a\u00adb", "\u0000", "a\tb", "a\nb", "e\u0301", "\u0430\u0441",
        "\ufeffabc", "\U0001f600", "\u2028", "\u00a0", "\ufb01", "\u212b", "\ud7ff", "\uffff",
        "\U000e0001", "ａ",
    )  # fmt: skip

    @pytest.mark.parametrize("text", TEXTS, ids=ascii)
    def test_in_free_text_is_refused(self, text: str) -> None:
        form = WORLD.form(explanations=[{"rule": "R7", "text": text}])
        spelled = json.dumps(form, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        answer = Office(WORLD).send(raw(spelled.encode("utf-8", "surrogatepass"), *WORLD.kpps()))
        assert answer.status in (400, 422), answer.body
        assert answer.codes <= {"text", "not-canonical", "not-json"}

    @pytest.mark.parametrize(
        "value", ["Pilkada-31", "pilkada 31", "pilkadа-31", "-a", "a-", "", "."]
    )
    def test_in_an_id_is_refused(self, value: str) -> None:
        form = WORLD.form(election=value)
        spelled = json.dumps(form, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        answer = Office(WORLD).send(raw(spelled.encode(), *WORLD.kpps()))
        assert (answer.status, answer.codes <= {"id", "text"}) == (422, True), answer.body


class TestWeakKeys:
    """Small-order and non-canonical keys never enter the register."""

    P = 2**255 - 19
    SMALL = (
        0, 1, P - 1,
        int.from_bytes(bytes.fromhex(
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
        int.from_bytes(bytes.fromhex(
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
    )  # fmt: skip
    NOT_CANONICAL = tuple(range(P, P + 19))

    def test_no_encoding_is_granted(self) -> None:
        for number, sign_bit in itertools.product((*self.SMALL, *self.NOT_CANONICAL), (0, 1)):
            public = (number | sign_bit << 255).to_bytes(32, "little")
            grant = WORLD.grant("kpps", KELURAHAN, tps="001", count=1)
            grant["persons"][0]["key"] = codec.b64encode(public)
            Office(WORLD).refuses(sign(grant, *PPK), 422, ("unacceptable-key", "persons.0.key"))

    def test_no_point_off_the_curve_is_granted_as_a_passkey(self) -> None:
        for x in (b"\xff" * 32, b"\x00" * 31 + b"\x05"):
            grant = WORLD.grant("kpps", KELURAHAN, tps="001", count=1)
            grant["persons"][0] |= {
                "alg": keys.WEBAUTHN,
                "key": codec.b64encode(b"\x02" + x),
            }
            answer = Office(WORLD).send(sign(grant, *PPK))
            assert answer.codes <= {"unacceptable-key"}
            assert answer.status in (201, 422)
        # x = 5 lies on P-256; the field's overflow does not.

    def test_no_root_and_no_operator_has_one(self) -> None:
        weak = codec.b64encode(bytes([1]) + bytes(31))
        election = WORLD.election(election="pilkada-33")
        election["roots"]["kpu"]["keys"][2]["key"] = weak
        answer = Office(WORLD).send(sign(election, "operator-1", *ROOTS))
        assert ("unacceptable-key", "roots.kpu.keys.2.key") in answer.errors
        fresh = World()
        begin = fresh.log_statement(
            operators={"k": 1, "keys": [key("operator-1"), {"alg": "ed25519", "key": weak}]}
        )
        Office(fresh).refuses(
            sign(begin, "operator-1"), 422, ("unacceptable-key", "operators.keys.1.key")
        )


class TestCountsPersonsNotSignatures:
    """Malleable signatures and second keys make nobody two persons."""

    L = 2**252 + 27742317777372353535851937790883648493

    def test_s_plus_the_group_order_does_not_verify(self) -> None:
        value = json.loads(sign(WORLD.form(), *WORLD.kpps(count=4)))
        sig = base64.b64decode(value["signatures"][0]["sig"])
        s = int.from_bytes(sig[32:], "little") + self.L
        changed = sig[:32] + s.to_bytes(32, "little")
        value["signatures"][0]["sig"] = base64.b64encode(changed).decode()
        body = json.dumps(value, separators=(",", ":"), sort_keys=True)
        Office(WORLD).refuses(body, 401, ("bad-signature", "signatures.0"))

    def test_two_keys_of_one_person_count_once(self) -> None:
        world = World.begun()
        spare = world.grant("kpps", KELURAHAN, tps="001", count=1)
        spare["persons"][0] |= key("spare")
        world.log(sign(spare, *PPK))
        one, two, three = world.kpps()
        office = Office(world)
        office.holds(sign(world.form(), one, "spare", two))
        office.takes(sign(world.form(), one, "spare", two, three))

    def test_observers_never_count(self) -> None:
        one, two, _ = WORLD.kpps()
        Office(WORLD).holds(sign(WORLD.form(), one, two, *SAKSI, "bawaslu_kabko-31.71-1"))


class TestAlgorithmConfusion:
    """The registered key fixes the algorithm; the message has no word in it."""

    def test_a_raw_signature_dressed_as_a_passkeys(self) -> None:
        value = json.loads(sign(WORLD.form(), *WORLD.kpps(count=4)))
        value["signatures"][1] |= {"authenticatorData": "AAAA", "clientDataJSON": "e30="}
        body = json.dumps(value, separators=(",", ":"), sort_keys=True)
        Office(WORLD).refuses(body, 401, ("bad-signature", "signatures.1"))

    def test_every_label_with_every_length_of_key(self) -> None:
        for alg, size in itertools.product(
            ("ed25519", "webauthn-es256", "none", "ES256", "hs256", ""), (0, 16, 31, 32, 33, 64, 65)
        ):
            if (alg, size) in (("ed25519", 32), ("webauthn-es256", 33)):
                continue
            grant = WORLD.grant("kpps", KELURAHAN, tps="001", count=1)
            grant["persons"][0] |= {"alg": alg, "key": codec.b64encode(b"\x02" * size)}
            answer = Office(WORLD).send(sign(grant, *PPK))
            assert answer.status == 422, (alg, size, answer.body)
            assert answer.codes <= {"value", "key", "base64", "empty", "text"}, (alg, size)


class TestRaces:
    """Of many senders of one envelope each gets the one receipt; other forms are taken."""

    def test_one_envelope_from_many_threads_is_one_record(self, tmp_path: Path) -> None:
        records = SqliteRecords(Database(tmp_path / "portal.db"))
        office = Office(WORLD, records=records, cap=10_000)
        for round_number in range(25):
            number = f"{round_number:064x}"
            scans = [{"page": 1, "sha256": number, "bytes": 1, "type": "image/png"}]
            body = sign(WORLD.form(scans=scans), *WORLD.kpps())
            answers = self.race([body] * 8, office)
            assert sorted(status for status, _ in answers) == [200] * 7 + [201]
            assert len({receipt for _, receipt in answers}) == 1
            assert records.pending_count() == round_number + 1

    def test_many_signers_of_one_statement_all_enter(self, tmp_path: Path) -> None:
        records = SqliteRecords(Database(tmp_path / "portal.db"))
        office = Office(WORLD, records=records)
        bodies = [
            sign(WORLD.form(), *WORLD.kpps(), f"kpps-{KELURAHAN}-001-{n}") for n in (4, 5, 6, 7)
        ]
        answers = self.race(bodies, office)
        assert [status for status, _ in answers] == [201] * 4
        item = records.by_id(identify(WORLD.form()))
        assert item is not None
        assert (item.version, len(item.keyids)) == (4, 7)

    @staticmethod
    def race(bodies: list[bytes], office: Office) -> list[tuple[int, str]]:
        answers: list[tuple[int, str]] = []
        begin = threading.Barrier(len(bodies))

        def send(body: bytes) -> None:
            begin.wait()
            answer = office.send(body)
            answers.append((answer.status, answer.body.get("receipt", "")))

        threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers


class TestConflictingForms:
    """A validly signed form is asked about because another counts, never turned away."""

    def test_both_are_taken(self) -> None:
        office = Office(WORLD)
        office.takes(sign(WORLD.form(), *WORLD.kpps()))
        office.takes(sign(WORLD.form(figures=figures((1, 2, 3), 4)), *WORLD.kpps(count=4)))

    def test_after_one_is_logged_too(self) -> None:
        world = World.begun()
        world.log(sign(world.form(), *world.kpps()))
        other = sign(world.form(figures=figures((1, 2, 3), 4)), *world.kpps())
        Office(world).refuses(other, 409, ("another-counts", "revision"))
        assert Office(world).insists(other).status == 201


class TestClock:
    """The clock orders nothing; it may jump either way."""

    def test_a_jumping_clock_changes_only_the_receipt(self) -> None:
        office = Office(WORLD)
        for tps, now in (("001", 1_732_700_000), ("002", 1_732_696_400), ("003", 0)):
            office.clock.now = now
            answer = office.takes(sign(WORLD.form(tps), *WORLD.kpps(tps)))
            assert answer.body["receipt"].split("\n")[3:5] == [str(now), str(now + 60)]


class TestRevokedKeys:
    """A key that ended signs nothing more; what it signed before is still known."""

    def test_before_and_after(self) -> None:
        world = World.begun()
        office = Office(world)
        before = sign(world.form(), *world.kpps())
        receipt = office.takes(before).body["receipt"]
        lost = world.kpps()[0]
        revoke = world.of_election("revoke", keyid=signer(lost).keyid, reason="stolen")
        world.log(sign(revoke, *PPK))
        office.bell.rung.clear()
        office.refuses(
            sign(world.form("001", count="recount"), *world.kpps()),
            403,
            ("revoked-key", f"signatures.{_place(world, lost)}"),
            ("below-threshold", "signatures"),
        )
        assert office.send(before).body["receipt"] == receipt

    def test_the_refusal_names_the_person_and_what_really_helps(self) -> None:
        world = World.begun()
        lost = signer(world.kpps()[0]).keyid
        world.log(sign(world.of_election("revoke", keyid=lost, reason="lost"), *PPK))
        answer = Office(world).send(sign(world.form(), *world.kpps(count=4)))
        (told,) = answer.body["errors"]
        person = f"kpps-{KELURAHAN}-001-1, ketua KPPS {KELURAHAN} TPS 001"
        for words in (told["id"], told["en"]):
            assert person in words
        assert "dari draf" in told["id"]
        assert "retry-after" not in answer.headers

    def test_the_refusal_names_the_body_in_the_language_of_its_sentence(self) -> None:
        world = World.begun()
        lost = f"saksi-{KELURAHAN}-1"
        revoke = world.of_election("revoke", keyid=signer(lost).keyid, reason="stolen")
        world.log(sign(revoke, "pair-root-1"))
        slot = {"contest": CONTEST, "form": "c_hasil", "region": KELURAHAN, "tps": "001"}
        side = {"body": "saksi", "pair": 1, "number": 1, "code": "figures"}
        answer = Office(world).send(sign(world.of_election("objection", **slot, **side), lost))
        told = answer.body["errors"][0]
        assert told["code"] == "revoked-key"
        assert f"saksi saksi {KELURAHAN}" in told["id"]
        assert f"saksi witnesses {KELURAHAN}" in told["en"]

    def test_a_thief_cannot_cast_doubt_on_earlier_entries(self) -> None:
        stolen = WORLD.kpps()[0]
        fields = WORLD.of_election("revoke", keyid=signer(stolen).keyid, reason="stolen")
        Office(WORLD).takes(sign(fields, stolen))
        answer = Office(WORLD).send(sign(fields | {"suspect_from": 0}, stolen))
        assert (answer.status, answer.codes) == (403, {"not-entitled", "below-threshold"})

    def test_a_key_is_not_revoked_twice(self) -> None:
        world = World.begun()
        keyid = signer(world.kpps()[0]).keyid
        world.log(sign(world.of_election("revoke", keyid=keyid, reason="lost"), *PPK))
        again = world.of_election("revoke", keyid=keyid, reason="stolen")
        Office(world).refuses(sign(again, *PPK), 422, ("already", "keyid"))


def _place(world: World, role: str) -> int:
    return sorted(signer(one).keyid for one in world.kpps()).index(signer(role).keyid)


class TestEnrolment:
    """Nobody enrols himself, alone, or from the wrong level."""

    def test_granting_oneself_is_an_unknown_key(self) -> None:
        grant = WORLD.grant("ppk", "31.71.06", count=3)
        for person in grant["persons"]:
            person.update(key("self " + person["person"]))
        answer = Office(WORLD).send(sign(grant, *("self " + p["person"] for p in grant["persons"])))
        assert (answer.status, answer.codes) == (401, {"unknown-key", "below-threshold"})

    def test_one_signature_is_too_few(self) -> None:
        grant = self.new_kpps()
        Office(WORLD).holds(sign(grant, PPK[0]))
        Office(WORLD).takes(sign(grant, *PPK[:2]))

    @pytest.mark.parametrize("body", [KABKO, PROV, ROOTS, ("operator-1",)])
    def test_the_wrong_level_cannot(self, body: tuple[str, ...]) -> None:
        answer = Office(WORLD).send(sign(self.new_kpps(), *body))
        assert (answer.status, answer.codes) == (403, {"not-entitled", "below-threshold"})

    def test_a_root_that_was_replaced_cannot(self) -> None:
        world = World.begun()
        roots = copy.deepcopy(world.election()["roots"])
        roots["kpu"]["keys"] = [key("root-1"), key("root-2"), key("root-4")]
        later = world.election(revision=2, previous=identify(world.election()), roots=roots)
        world.log(sign(later, "operator-1", "root-1", "root-2"))
        office = Office(world)
        grant = world.grant("kpu_prov", "31", count=1)
        grant["persons"][0] |= key("new") | {"person": "kpu-prov-31-9"}
        answer = office.send(sign(grant, "root-1", "root-3"))
        assert (answer.status, answer.codes) == (403, {"revoked-key", "below-threshold"})
        office.takes(sign(grant, "root-1", "root-4"))

    @staticmethod
    def new_kpps() -> dict[str, Any]:
        grant = WORLD.grant("kpps", KELURAHAN, tps="001", count=1)
        grant["persons"][0] |= key("new kpps") | {"person": "kpps-baru"}
        return grant


class TestFlood:
    """Refusals store nothing and ring nothing, however many there are."""

    def test_a_thousand_refusals_leave_nothing(self) -> None:
        office = Office(WORLD)
        body = sign(WORLD.form(figures=figures(total=251)), *WORLD.kpps(count=2))
        for _ in range(200):
            assert office.send(body).status == 403
        assert isinstance(office.records, FakeRecords)
        assert (office.records.records, office.records.ids, office.bell.rung) == ({}, {}, [])
        assert all("figures" not in json.dumps(line) for line in office.lines)

    def test_what_one_person_may_say_alone_turns_no_form_away(self) -> None:
        world = World.begun()
        office = Office(world, cap=6)
        slot = {"contest": CONTEST, "form": "c_hasil", "region": KELURAHAN, "tps": "001"}
        said = [
            sign(world.of_election("objection", **slot, body="saksi", pair=1, number=n,
                                   code="figures"), f"saksi-{KELURAHAN}-1")
            for n in range(1, 6)
        ]  # fmt: skip
        for one in said[:3]:
            office.takes(one)
        for one in said[3:]:
            assert office.refuses(one, 503, ("backlog", "")).headers["retry-after"] == "30"
        for tps in ("001", "002", "003"):
            office.takes(sign(world.form(tps), *world.kpps(tps)))

    def test_answers_of_one_officer_turn_no_form_and_no_decision_away(self) -> None:
        """He passes on, explains or withdraws, again and again at another time."""
        world = World.begun()
        slot = {"contest": CONTEST, "form": "c_hasil", "region": KELURAHAN, "tps": "001"}
        side = {"body": "saksi", "pair": 1, "number": 1, "code": "figures"}
        objection = world.of_election("objection", **slot, **side)
        world.log(sign(objection, f"saksi-{KELURAHAN}-1"))
        to = [identify(objection)]
        office = Office(world, cap=4)

        def answers(minute: int, *roles: str, **said: Any) -> bytes:
            at = f"2024-11-27T21:{minute:02}:00+07:00"
            return sign({**world.of_election("answer", **slot, **said), "at": at}, *roles)

        one = world.kpps()[0]
        explains = [{"rule": "R8", "text": "Satu surat suara tertinggal di bilik."}]
        for minute in (1, 2):
            office.takes(answers(minute, one, to=to, outcome="carried"))
        office.refuses(answers(3, one, to=to, outcome="carried"), 503, ("backlog", ""))
        office.refuses(answers(4, one, explains=explains), 503, ("backlog", ""))
        withdrawn = answers(5, f"saksi-{KELURAHAN}-1", to=to, outcome="withdrawn")
        office.refuses(withdrawn, 503, ("backlog", ""))
        office.takes(answers(6, *world.kpps(), to=to, outcome="rejected"))
        office.takes(sign(world.form("001"), *world.kpps("001")))


def test_a_sheet_with_too_many_columns_is_refused_with_its_own_code() -> None:
    form = sheet(WORLD) | {"form": "d_hasil_kelurahan", "region": KELURAHAN}
    del form["sheets"]
    form["children"] = [f"{n:03d}" for n in range(1, 302)]
    form["rows"] = {name: [0] * 301 for name in form["figures"]}
    answer = Office(WORLD).send(sign(form, *PPK))
    assert (answer.status, ("too-many-columns", "children") in answer.errors) == (422, True)
