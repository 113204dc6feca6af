"""Two views of one log: agreement, or evidence that convinces without either copy."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.core.ledger.world import signer
from tests.portal.sequencing.builders import LOG_KEY, LOG_SIGNER, ORIGIN, Portal

from rekap.audit import fork as forks
from rekap.audit.fork import Fork, View
from rekap.core import codec
from rekap.core.errors import Malformed, NotVerified
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.log.merkle import EMPTY_ROOT
from rekap.core.log.ports import LogFiles
from rekap.core.signing import note
from rekap.desk.main import main


def grown(*sizes: int, fork_at: int | None = None) -> Portal:
    """A log that grew in steps; from `fork_at` on its entries are others."""
    portal = Portal()
    for first, size in zip((0, *sizes), sizes, strict=False):
        for number in range(first, size):
            other = fork_at is not None and number >= fork_at
            portal.accept(b"%s %d" % (b"other" if other else b"entry", number), at=number)
        portal.run()
    return portal


def view(portal: Portal, name: str = "x") -> View:
    return forks.view(name, LogFiles(portal.objects), LOG_KEY)


@pytest.mark.parametrize(("left", "right"), [(1, 1), (1, 2), (3, 255), (256, 600), (255, 257)])
def test_a_view_and_its_continuation_agree(left: int, right: int) -> None:
    one, other = view(grown(left)), view(grown(left, right))
    assert forks.compare(one, other, LOG_KEY) is None
    assert forks.compare(other, one, LOG_KEY) is None
    assert forks.first_difference(one, other) is None


@pytest.mark.parametrize(
    ("left", "right", "at"),
    [(1, 1, 0), (5, 5, 4), (5, 300, 2), (257, 256, 255), (600, 600, 0), (300, 700, 299)],
)
def test_two_histories_give_evidence_that_stands_alone(left: int, right: int, at: int) -> None:
    one, other = view(grown(left)), view(grown(right, fork_at=at))
    found = forks.compare(one, other, LOG_KEY)
    assert found is not None
    again = Fork.parse(found.format())
    assert again == found
    smaller, larger = again.verify()
    assert (smaller.size, larger.size) == (min(left, right), max(left, right))
    assert forks.first_difference(one, other) == at


def test_a_fork_after_the_smaller_end_is_none_yet() -> None:
    assert forks.compare(view(grown(5)), view(grown(9, fork_at=5)), LOG_KEY) is None


def test_an_empty_log_is_the_beginning_of_every_other() -> None:
    empty, other = Portal(), view(grown(5))
    empty.objects.put_new(
        "log/checkpoint", sign_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT), LOG_SIGNER)
    )
    for pair in ((view(empty), other), (other, view(empty)), (view(empty), view(empty))):
        assert forks.compare(*pair, LOG_KEY) is None


def test_nothing_is_said_from_tiles_that_are_not_those_of_the_checkpoint() -> None:
    one, other = grown(5), grown(300, fork_at=2)
    tile = "log/tile/0/000"
    data = bytearray(other.objects.objects[tile])
    data[0] ^= 1
    other.objects.objects[tile] = bytes(data)
    with pytest.raises(NotVerified):
        forks.compare(view(one), view(other), LOG_KEY)
    del other.objects.objects[tile]
    with pytest.raises(Malformed):
        forks.compare(view(one), view(other), LOG_KEY)


class TestEvidence:
    def made(self) -> Fork:
        found = forks.compare(view(grown(5)), view(grown(300, fork_at=2)), LOG_KEY)
        assert found
        return found

    def test_one_history_convicts_nobody(self) -> None:
        one, other = view(grown(5)), view(grown(5, 300))
        honest = Fork(LOG_KEY, one.note, other.note, one.checkpoint.root, ())
        with pytest.raises(NotVerified):
            honest.verify()
        hashes = forks.HashReader(other.files, 300)
        proof = forks.proofs.consistency_proof(5, 300, hashes)
        honest = Fork(LOG_KEY, one.note, other.note, one.checkpoint.root, tuple(proof))
        with pytest.raises(NotVerified, match="one history"):
            honest.verify()

    def test_notes_of_another_key_convict_nobody(self) -> None:
        value = json.loads(self.made().format())
        from tests.portal.sequencing.builders import WITNESS_SIGNER

        from rekap.core.signing import note
        from rekap.core.signing.note import NoteKey

        value["key"] = NoteKey.of(ORIGIN, note.ED25519, WITNESS_SIGNER.public).vkey
        with pytest.raises(NotVerified):
            Fork.parse(codec.encode_public(value)).verify()

    def test_every_changed_byte_is_found(self) -> None:
        data = self.made().format()
        for at in range(len(data)):
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            with pytest.raises((Malformed, NotVerified)):
                Fork.parse(changed).verify()

    @pytest.mark.parametrize(
        "data",
        [b"", b"{}", b"[]", b"null", b'{"format":"rekap-fork/2"}', b"\xff", b"[" * 100_000,
         b" " * 300_000],
    )  # fmt: skip
    def test_other_files_are_refused(self, data: bytes) -> None:
        with pytest.raises(Malformed):
            Fork.parse(data)

    @pytest.mark.parametrize(
        "other",
        [
            {"proof": "x"},
            {"proof": [1]},
            {"proof": ["AAAA"] * 65},
            {"proof": ["AAAA"]},
            {"smaller": 1},
            {"prefix": None},
            {"prefix": "AAAA"},
            {"key": "log"},
            {"format": "rekap-fork/2"},
            {"more": "x"},
        ],
    )
    def test_another_value_of_a_member_is_refused(self, other: dict[str, object]) -> None:
        value = json.loads(self.made().format())
        with pytest.raises(Malformed):
            Fork.parse(codec.encode_public(value | other))

    def test_there_is_one_spelling_of_the_evidence(self) -> None:
        data = self.made().format()
        for other in (data + b"\n", json.dumps(json.loads(data), indent=1).encode()):
            with pytest.raises(Malformed):
                Fork.parse(other)

    def test_swapped_notes_convict_nobody(self) -> None:
        made = self.made()
        swapped = Fork(made.key, made.larger, made.smaller, made.prefix, made.proof)
        with pytest.raises(NotVerified):
            swapped.verify()


class TestCommand:
    def site(self, folder: Path, portal: Portal) -> Path:
        for path, data in portal.objects.objects.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        (folder / "policy.txt").write_text(f"log {LOG_KEY.vkey}\nquorum none\n")
        return folder

    def test_copies_and_a_kept_checkpoint(self, tmp_path: Path, capsys) -> None:
        old, new = self.site(tmp_path / "a", grown(5)), self.site(tmp_path / "b", grown(5, 300))
        assert main(["compare", str(old), str(new)]) == 0
        assert "SESUAI" in capsys.readouterr().out
        kept = old / "log" / "checkpoint"
        policy = str(new / "policy.txt")
        assert main(["compare", str(kept), str(new), "--policy", policy, "--lang", "en"]) == 0
        assert "AGREE" in capsys.readouterr().out
        newer = str(new / "log" / "checkpoint")
        assert main(["compare", str(old), newer, "--policy", policy, "--lang", "en"]) == 2
        told = capsys.readouterr().err
        assert f"signed 300 entries, {old} shows 5: keep {newer}, it is evidence" in told

    def test_a_fork_is_written_down_and_checked_by_a_third_party(
        self, tmp_path: Path, capsys
    ) -> None:
        one = self.site(tmp_path / "a", grown(5))
        two = self.site(tmp_path / "b", grown(300, fork_at=3))
        evidence = tmp_path / "bukti.json"
        policy = str(one / "policy.txt")
        to = ["--to", str(evidence), "--policy", policy]
        assert main(["compare", str(one), str(two), *to]) == 1
        out = capsys.readouterr().out
        assert "BERTENTANGAN" in out
        assert "Catatan pertama yang berbeda: 3" in out
        assert main(["compare", "--evidence", str(evidence), "--policy", policy]) == 1
        assert "BERTENTANGAN" in capsys.readouterr().out
        two_logs = tmp_path / "dua.txt"
        other = note.NoteKey.of("lain.example/log", note.ED25519, signer("lain").public).vkey
        two_logs.write_text(f"log {other}\n{Path(policy).read_text()}")
        assert main(["compare", "--evidence", str(evidence), "--policy", str(two_logs)]) == 1
        assert main(["compare", str(one), str(one), "--policy", str(two_logs)]) == 0
        evidence.write_bytes(evidence.read_bytes().replace(b'"proof":["', b'"proof":["A', 1))
        assert main(["compare", "--evidence", str(evidence)]) == 2

    def test_without_anchors_two_histories_frame_nobody(self, tmp_path: Path, capsys) -> None:
        """Anybody can sign two histories with a key of his own, under the portal's name."""
        one = self.site(tmp_path / "a", grown(5))
        two = self.site(tmp_path / "b", grown(300, fork_at=3))
        evidence = tmp_path / "bukti.json"
        assert main(["compare", str(one), str(two), "--to", str(evidence)]) == 2
        out = capsys.readouterr().out
        assert "BELUM TERBUKTI" in out
        assert LOG_KEY.vkey in out
        assert "BERTENTANGAN" not in out
        policy = str(one / "policy.txt")
        assert main(["compare", "--evidence", str(evidence), "--policy", policy]) == 1

    @pytest.mark.parametrize("anchors", ["another log", "another key of this name"])
    def test_anchors_that_do_not_name_the_key_accuse_nobody(
        self, tmp_path: Path, capsys, anchors: str
    ) -> None:
        """Of sites, kept checkpoints and evidence, in both orders: nobody is named as the liar."""
        one = self.site(tmp_path / "a", grown(5))
        two = self.site(tmp_path / "b", grown(300, fork_at=3))
        evidence, theirs = tmp_path / "bukti.json", tmp_path / "jangkar.txt"
        policy = ["--policy", str(one / "policy.txt")]
        assert main(["compare", str(one), str(two), "--to", str(evidence), *policy]) == 1
        name = "lain.example/log" if anchors == "another log" else ORIGIN
        key = note.NoteKey.of(name, note.ED25519, signer("penipu").public)
        theirs.write_text(f"log {key.vkey}\nquorum none\n")
        kept = one / "log" / "checkpoint"
        capsys.readouterr()
        for words in ([one, two], [two, one], [kept, two], ["--evidence", evidence]):
            asked = [*map(str, words), "--policy", str(theirs), "--to", str(tmp_path / "baru")]
            assert main(["compare", *asked]) == 2
            assert "BERTENTANGAN" not in capsys.readouterr().out
        assert not (tmp_path / "baru").exists()

    @pytest.mark.parametrize("change", ["exchanged", "one twice", "key", "prefix"])
    def test_evidence_that_was_put_together_convicts_nobody(
        self, tmp_path: Path, capsys, change: str
    ) -> None:
        policy = self.site(tmp_path / "a", grown(5)) / "policy.txt"
        key = note.NoteKey.of(ORIGIN, note.ED25519, signer("penipu").public)
        found = forks.compare(view(grown(5)), view(grown(300, fork_at=3)), LOG_KEY)
        assert found is not None
        parts = {
            "exchanged": {"smaller": found.larger, "larger": found.smaller},
            "one twice": {"larger": found.smaller},
            "key": {"key": key},
            "prefix": {"prefix": found.proof[0]},
        }[change]
        evidence = tmp_path / "bukti.json"
        evidence.write_bytes(replace(found, **parts).format())
        assert main(["compare", "--evidence", str(evidence), "--policy", str(policy)]) == 2
        assert "BERTENTANGAN" not in capsys.readouterr().out

    def test_a_fork_is_told_also_where_no_evidence_can_be_written(
        self, tmp_path: Path, capsys
    ) -> None:
        one = self.site(tmp_path / "a", grown(5))
        two = self.site(tmp_path / "b", grown(300, fork_at=3))
        there = tmp_path / "bukti.json"
        there.write_bytes(b"mine")
        for place in (there, tmp_path / "none" / "bukti.json"):
            anchors = ["--policy", str(one / "policy.txt")]
            assert main(["compare", str(one), str(two), "--to", str(place), *anchors]) == 1
            told = capsys.readouterr()
            assert "BERTENTANGAN" in told.out
            assert "Bukti:" not in told.out
            assert "--to" in told.err
        assert there.read_bytes() == b"mine"

    def test_nobody_is_framed_by_a_key_of_somebody_else_under_his_name(
        self, tmp_path: Path, capsys
    ) -> None:
        """Whoever makes a key under the portal's name can sign two histories with it."""
        site = self.site(tmp_path / "a", grown(5))
        mine = signer("penipu")
        key = note.NoteKey.of(ORIGIN, note.ED25519, mine.public)
        roots = bytes(32), bytes([1]) * 32
        notes = [sign_checkpoint(Checkpoint(ORIGIN, 1, root), mine) for root in roots]
        evidence = tmp_path / "bukti.json"
        evidence.write_bytes(Fork(key, notes[0], notes[1], roots[1], ()).format())
        for anchors in ([], ["--policy", str(site / "policy.txt")]):
            assert main(["compare", "--evidence", str(evidence), *anchors]) == 2
            out = capsys.readouterr().out
            assert "BERTENTANGAN" not in out
            assert key.vkey in out

    def test_the_name_of_a_key_cannot_speak_to_the_terminal(self, tmp_path: Path, capsys) -> None:
        log = signer("log")
        key = note.NoteKey.of("log\x9b2J\u202egol", note.ED25519, log.public)
        roots = bytes(32), bytes([1]) * 32
        notes = [sign_checkpoint(Checkpoint(key.name, 1, root), log) for root in roots]
        evidence = tmp_path / "bukti.json"
        evidence.write_bytes(Fork(key, notes[0], notes[1], bytes([1]) * 32, ()).format())
        assert main(["compare", "--evidence", str(evidence)]) == 2
        assert "log\\x9b2J\\x202egol" in capsys.readouterr().out
        for words in (["compare", "a\x1b[2J", "b"], ["who", "a\x1b[2J"]):
            assert main(words) == 2
            assert "a\\x1b[2J" in capsys.readouterr().err

    def test_a_fork_is_told_also_where_the_smaller_side_hides_its_tiles(
        self, tmp_path: Path, capsys
    ) -> None:
        one = self.site(tmp_path / "a", grown(5))
        two = self.site(tmp_path / "b", grown(300, fork_at=3))
        tile = one / "log/tile/0/000.p/5"
        tile.unlink()
        tile.symlink_to("x" * 300)  # no system opens such a name, whoever asks
        evidence = tmp_path / "bukti.json"
        words = ["--to", str(evidence), "--policy", str(two / "policy.txt")]
        assert main(["compare", str(one), str(two), *words]) == 1
        out = capsys.readouterr().out
        assert "BERTENTANGAN" in out
        assert "Catatan pertama yang berbeda" not in out
        Fork.parse(evidence.read_bytes()).verify()

    def test_what_cannot_be_compared(self, tmp_path: Path, capsys) -> None:
        site = self.site(tmp_path / "a", grown(5))
        assert main(["compare", str(site)]) == 2
        assert main(["compare", str(site), str(tmp_path / "none")]) == 2
        (tmp_path / "empty").mkdir()
        assert main(["compare", str(site), str(tmp_path / "empty")]) == 2
        assert "Traceback" not in capsys.readouterr().err
