"""Witnesses: asked after each commit, heard only when their line verifies, never able to forge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from tests.portal.sequencing.builders import LOG_KEY, LOG_SIGNER, ORIGIN, Portal
from tests.witness import Witness

from rekap.core.errors import Corrupt
from rekap.core.log.checkpoint import Checkpoint, parse
from rekap.core.log.policy import Block, Group, Policy, Source, meets
from rekap.core.log.policy import open_checkpoint as open_by
from rekap.core.log.witness import Asked, Reply
from rekap.core.signing import note
from rekap.core.signing.note import Note, NoteKey, SignatureLine
from rekap.core.signing.signer import Ed25519Signer
from rekap.portal.sequencing.sequencer import Outcome, Ports, Settings, run

NAMES = ("partai", "pers", "kampus")


def signer(name: str) -> Ed25519Signer:
    return Ed25519Signer(name.encode().ljust(32, b"."))


def witness(name: str) -> Witness:
    return Witness(f"saksi.example/{name}", signer(name), LOG_KEY)


def key(name: str) -> NoteKey:
    return NoteKey.of(f"saksi.example/{name}", note.COSIGNATURE, signer(name).public)


SOURCES = tuple(Source(name, key(name), f"https://saksi.example/{name}") for name in NAMES)
POLICY = Policy(
    (Block(LOG_KEY),), SOURCES, (Group("saksi", 2, NAMES),), "saksi"
)  # fmt: skip


class Bench:
    """The witnesses of the policy; `broken` answer instead of one, None is silence."""

    def __init__(self) -> None:
        self.witnesses = {name: witness(name) for name in NAMES}
        self.broken: dict[str, Callable[[bytes], Reply | None]] = {}
        self.rounds = 0

    def ask(self, questions: Mapping[str, bytes]) -> dict[str, Reply]:
        self.rounds += 1
        answers = {}
        for name, body in questions.items():
            reply = self.broken.get(name, self.witnesses[name].add_checkpoint)(body)
            if reply is not None:
                answers[name] = reply
        return answers


def go(portal: Portal, bench: Bench, policy: Policy = POLICY) -> Outcome:
    ports = Ports(portal.records, portal.order, portal.objects, portal.bell, bench)
    return run(ports, LOG_SIGNER, Settings(ORIGIN, policy=policy))


def published(portal: Portal) -> tuple[int, set[str]]:
    stored = portal.objects.get("log/checkpoint")
    assert stored
    checkpoint, verified = open_by(stored.data, POLICY)
    names = {one.name.split("/")[1] for one in verified if one != LOG_KEY}
    lines = Note.parse(stored.data).lines
    assert len({(line.name, line.key_id) for line in lines}) == len(lines), "one line for each key"
    return checkpoint.size, names & set(NAMES)


def silence(_: bytes) -> None:
    return None


def test_every_growth_is_cosigned_with_one_question_each() -> None:
    portal, bench = Portal(), Bench()
    sizes = [1, 2, 3, 257, 557]
    for old, size in pairwise([0, *sizes]):
        portal.accept_numbers(old, size)
        outcome = go(portal, bench)
        assert len(outcome.asked.lines) == 3
        assert published(portal) == (size, set(NAMES))
    assert bench.witnesses["pers"].asked == [0, *sizes[:-1]]
    assert bench.rounds == len(sizes)
    portal.check()


def test_with_nothing_new_nobody_is_asked_again() -> None:
    portal, bench = Portal(), Bench()
    portal.accept_numbers(0, 3)
    go(portal, bench)
    before = dict(portal.objects.objects)
    assert go(portal, bench) == Outcome(3, 0, published=False)
    assert bench.rounds == 1
    assert portal.objects.objects == before


def test_who_was_silent_is_asked_by_the_next_run_and_lines_only_grow() -> None:
    portal, bench = Portal(), Bench()
    bench.broken = {"pers": silence, "kampus": silence}
    portal.accept_numbers(0, 3)
    outcome = go(portal, bench)
    assert outcome.asked.silent == (("kampus", "no answer"), ("pers", "no answer"))
    assert published(portal) == (3, {"partai"})
    assert not meets(POLICY, [LOG_KEY, key("partai")])
    del bench.broken["pers"]
    bench.broken["partai"] = silence
    assert go(portal, bench).published
    assert published(portal) == (3, {"partai", "pers"}), "a line is never dropped"
    portal.accept_numbers(3, 5)
    del bench.broken["kampus"], bench.broken["partai"]
    go(portal, bench)
    assert published(portal) == (5, set(NAMES))
    assert bench.witnesses["kampus"].asked == [0]


def test_a_witness_that_signed_earlier_says_its_size_and_gets_the_proof() -> None:
    portal, bench = Portal(), Bench()
    portal.accept_numbers(0, 300)
    go(portal, bench)
    bench.broken = {"pers": silence}
    portal.accept_numbers(300, 301)
    go(portal, bench)
    del bench.broken["pers"]
    portal.accept_numbers(301, 900)
    go(portal, bench)
    assert bench.witnesses["pers"].asked == [0, 0, 300]
    assert published(portal) == (900, set(NAMES))


def test_a_cosignature_that_was_lost_on_the_way_is_asked_for_again() -> None:
    portal, bench = Portal(), Bench()
    witness = bench.witnesses["pers"]
    bench.broken = {"pers": lambda body: witness.add_checkpoint(body) and None}
    portal.accept_numbers(0, 3)
    go(portal, bench)
    assert witness.size == 3
    del bench.broken["pers"]
    go(portal, bench)
    assert published(portal) == (3, set(NAMES))
    assert witness.asked == [0, 0, 3]


def forged(name: str, by: str, **change: bytes) -> Callable[[bytes], Reply]:
    def answer(body: bytes) -> Reply:
        text = Note.parse(body.split(b"\n\n", 1)[1]).text
        line = note.cosign(text, f"saksi.example/{name}", signer(by), 1)
        row = line.format()
        for old, new in change.items():
            row = row.replace(old.encode(), new)
        return Reply(200, "text/plain", row)

    return answer


def without_time(body: bytes) -> Reply:
    text = Note.parse(body.split(b"\n\n", 1)[1]).text
    return Reply(
        200, "text/plain", note.cosign(text, "saksi.example/pers", signer("pers"), 0).format()
    )


def of_another_size(body: bytes) -> Reply:
    text = Checkpoint(ORIGIN, 2, bytes(32)).body()
    return Reply(
        200, "text/plain", note.cosign(text, "saksi.example/pers", signer("pers"), 5).format()
    )


def of_another_origin(body: bytes) -> Reply:
    ours = parse(Note.parse(body.split(b"\n\n", 1)[1]).text)
    text = Checkpoint("lain.example/log", ours.size, ours.root).body()
    return Reply(
        200, "text/plain", note.cosign(text, "saksi.example/pers", signer("pers"), 5).format()
    )


def of_another_time(body: bytes) -> Reply:
    """A true line whose time was changed afterwards."""
    text = Note.parse(body.split(b"\n\n", 1)[1]).text
    line = note.cosign(text, "saksi.example/pers", signer("pers"), 5)
    later = (6).to_bytes(8, "big") + line.signature[8:]
    return Reply(200, "text/plain", SignatureLine(line.name, line.key_id, later).format())


def line_of(body: bytes, signature: bytes = b"", *, more: bytes = b"") -> SignatureLine:
    """The line of `pers` over the note that was asked, or over a text with `more` behind it."""
    text = Note.parse(body.split(b"\n\n", 1)[1]).text + more
    line = note.cosign(text, "saksi.example/pers", signer("pers"), 5)
    return SignatureLine(line.name, line.key_id, signature or line.signature)


def told(change: Callable[[bytes], bytes], **of: bytes) -> Callable[[bytes], Reply]:
    """The true line of `pers` in another spelling or company, or one of another signature."""
    return lambda body: Reply(200, "text/plain", change(line_of(body, **of).format()))


SPELLINGS: dict[str, Callable[[bytes], Reply]] = {
    "CR LF": told(lambda row: row.replace(b"\n", b"\r\n")),
    "a byte order mark": told(lambda row: b"\xef\xbb\xbf" + row),
    "no final newline": told(lambda row: row.rstrip(b"\n")),
    "a hyphen for the dash": told(lambda row: b"-" + row[3:]),
    "two spaces": told(lambda row: row.replace(b" ", b"  ", 1)),
    "an empty line behind": told(lambda row: row + b"\n"),
    "a NUL behind": told(lambda row: row + b"\0\n"),
    "base64 without padding": told(lambda row: row.replace(b"=", b"")),
    "a name in capitals": told(lambda row: row.replace(b"saksi", b"SAKSI")),
    "65 lines, the right one last": told(lambda row: b"\xe2\x80\x94 x AAAABBBB\n" * 64 + row),
    "a false line of the key before the right one": told(
        lambda row: row.replace(b"A", b"B").replace(b"a", b"b") + row
    ),
    "a time of 2^63": told(lambda row: row, signature=b"\x80" + bytes(71)),
    "eight bytes": told(lambda row: row, signature=bytes(7) + b"\x05"),
    "a signature of 2,420 bytes": told(lambda row: row, signature=b"\x01" * 2_428),
    "over extension lines": told(lambda row: row, more=b"perluasan\n"),
    "206 with the right line": lambda body: Reply(206, "text/plain", line_of(body).format()),
    "204 with the right line": lambda body: Reply(204, "text/plain", line_of(body).format()),
    "JSON": lambda body: Reply(200, "application/json", b'{"cosignature":"%b"}\n' % body[:9]),
    "429": lambda _: Reply(429, "text/plain", b"later\n"),
    "409 and then 422": lambda body: (
        Reply(409, "text/x.tlog.size", b"2\n") if body.startswith(b"old 0\n")
        else Reply(422, "text/plain", b"")
    ),
    "409 below what was asked, again": lambda body: (
        Reply(409, "text/x.tlog.size", b"2\n") if body.startswith(b"old 0\n")
        else Reply(409, "text/x.tlog.size", b"0\n")
    ),
}  # fmt: skip

ZOO: dict[str, Callable[[bytes], Reply | None]] = {
    "silence": silence,
    "404": lambda _: Reply(404, "text/plain", b""),
    "403": lambda _: Reply(403, "text/plain", b""),
    "500": lambda _: Reply(500, "text/html", b"<html>"),
    "redirect": lambda _: Reply(302, "text/plain", b""),
    "a true line with a status of failure": lambda body: Reply(
        500, "text/plain", forged("pers", "pers")(body).body
    ),
    "422 at the first": lambda _: Reply(422, "text/plain", b""),
    "409 without a size": lambda _: Reply(409, "text/plain", b"3\n"),
    "409 with words": lambda _: Reply(409, "text/x.tlog.size", b"three\n"),
    "409 with a sign": lambda _: Reply(409, "text/x.tlog.size", b"-1\n"),
    "409 without end": lambda _: Reply(409, "text/x.tlog.size", b"1"),
    "409 with the size that was asked": lambda _: Reply(409, "text/x.tlog.size", b"0\n"),
    "an empty 200": lambda _: Reply(200, "text/plain", b""),
    "HTML": lambda _: Reply(200, "text/html", b"<html>captive portal</html>\n"),
    "64 KiB": lambda _: Reply(200, "text/plain", b"x" * 70_000),
    "a thousand lines": lambda _: Reply(200, "text/plain", b"\n" * 1000),
    "a name of 64 KB": lambda _: Reply(
        200, "text/plain", "— {}+ AAAA\n".format("x" * 64_000).encode()
    ),
    "not UTF-8": lambda _: Reply(200, "text/plain", b"\xff\xfe\n"),
    "a line of somebody else": forged("orang-lain", "pers"),
    "another key by the same name": forged("pers", "kampus"),
    "a changed signature": forged("pers", "pers", A=b"B"),
    "a cosignature without a time": without_time,
    "a cosignature of another tree": of_another_size,
    "a cosignature of another log": of_another_origin,
    "a cosignature of another time": of_another_time,
    "409 without a size, larger than any": lambda _: Reply(
        409, "text/x.tlog.size", b"1" * 40 + b"\n"
    ),
    "the note itself": lambda body: Reply(200, "text/plain", body),
    "a signature line of the log": lambda body: Reply(200, "text/plain", body.split(b"\n\n")[-1]),
    **SPELLINGS,
}


@pytest.mark.parametrize("case", ZOO)
def test_a_broken_witness_stops_nothing_and_leaves_no_line(case: str) -> None:
    portal, bench = Portal(), Bench()
    bench.broken = {"pers": ZOO[case]}
    portal.accept_numbers(0, 3)
    outcome = go(portal, bench)
    assert [name for name, _ in outcome.asked.silent] == ["pers"], outcome.asked
    assert all(len(words) <= 200 for _, words in outcome.asked.silent)
    assert outcome.asked.claims == ()
    assert published(portal) == (3, {"partai", "kampus"})
    stored = portal.objects.get("log/checkpoint")
    assert stored
    assert len(Note.parse(stored.data).lines) == 3
    assert bench.rounds <= 3


@pytest.mark.parametrize(
    "company",
    [
        lambda row: b"words\n\n" + row,
        lambda row: row + row,
        lambda row: row + row.replace(b"B", b"C"),
        lambda row: b"\xe2\x80\x94 lain.example AAAABBBB\n" * 63 + row,
    ],
)
def test_the_right_line_alone_is_published_in_whatever_company_it_comes(
    company: Callable[[bytes], bytes],
) -> None:
    portal, bench = Portal(), Bench()
    bench.broken = {"pers": told(company)}
    portal.accept_numbers(0, 3)
    assert go(portal, bench).asked.silent == ()
    assert published(portal) == (3, set(NAMES))
    assert len(Note.parse(portal.objects.objects["log/checkpoint"]).lines) == 4


def test_a_witness_whose_size_moves_without_end_is_left_after_three_rounds() -> None:
    portal, bench = Portal(), Bench()
    sizes = iter(range(1, 100))
    bench.broken = {"pers": lambda _: Reply(409, "text/x.tlog.size", b"%d\n" % next(sizes))}
    portal.accept_numbers(0, 50)
    outcome = go(portal, bench)
    assert outcome.asked.silent == (("pers", "names another size again and again"),)
    assert bench.rounds == 3


@pytest.mark.parametrize("body", [b"", b"1", b"01\n", b"+1\n", b" 1\n", b"1\n\n", b"1\r\n"])
def test_a_size_in_another_spelling_is_none(body: bytes) -> None:
    portal, bench = Portal(), Bench()
    bench.broken = {"pers": lambda _: Reply(409, "text/x.tlog.size", body)}
    portal.accept_numbers(0, 3)
    assert go(portal, bench).asked.silent == (("pers", "status 409 without a size"),)
    assert bench.rounds == 1


def test_a_witness_that_refuses_the_size_that_it_names_is_not_asked_again() -> None:
    portal, bench = Portal(), Bench()
    bench.broken = {"pers": ZOO["409 with the size that was asked"]}
    portal.accept_numbers(0, 3)
    assert go(portal, bench).asked.silent == (("pers", "refuses the size 0 that it names"),)
    assert bench.rounds == 1


def test_a_line_under_the_same_key_id_by_another_name_is_not_the_witnesss() -> None:
    portal, bench = Portal(), Bench()

    def with_double(body: bytes) -> Reply:
        right = bench.witnesses["pers"].add_checkpoint(body).body
        text = Note.parse(body.split(b"\n\n", 1)[1]).text
        (line,) = Note.parse(text + b"\n" + right).lines
        double = SignatureLine("saksi.example/lain", line.key_id, line.signature)
        return Reply(200, "text/plain", double.format() + right)

    bench.broken = {"pers": with_double}
    portal.accept_numbers(0, 3)
    go(portal, bench)
    assert published(portal) == (3, set(NAMES))
    assert b"saksi.example/lain" not in portal.objects.objects["log/checkpoint"]


def test_a_line_in_the_published_checkpoint_counts_only_if_it_verifies() -> None:
    portal, bench = Portal(), Bench()
    bench.broken = {"pers": silence}
    portal.accept_numbers(0, 3)
    go(portal, bench)
    note = Note.parse(portal.objects.objects["log/checkpoint"])
    (line,) = (line for line in note.lines if line.name == "saksi.example/partai")
    other = SignatureLine("saksi.example/pers", b"none", line.signature)
    portal.objects.objects["log/checkpoint"] = note.merge([other]).format()
    del bench.broken["pers"]
    assert go(portal, bench).published
    assert published(portal) == (3, set(NAMES))
    assert bench.witnesses["pers"].asked == [0]


@pytest.mark.parametrize("silent", [False, True])
def test_a_witnesss_line_that_was_damaged_in_the_published_checkpoint_is_replaced(
    silent: bool,
) -> None:
    """Readers who know the witness refuse such a note, and a log that is closed grows no more."""
    portal, bench = Portal(), Bench()
    portal.accept_numbers(0, 3)
    go(portal, bench)
    whole = Note.parse(portal.objects.objects["log/checkpoint"])
    damaged = [
        SignatureLine(line.name, line.key_id, line.signature[:-1] + b"?")
        if line.name == "saksi.example/pers" else line
        for line in whole.lines
    ]  # fmt: skip
    damaged += [one for one in whole.lines if one.name == "saksi.example/partai"]
    portal.objects.objects["log/checkpoint"] = Note(whole.text, tuple(damaged)).format()
    bench.broken = {"pers": silence} if silent else {}
    assert go(portal, bench).published
    assert published(portal) == (3, set(NAMES) - ({"pers"} if silent else set()))
    assert not go(portal, bench).published


def test_proofs_for_witnesses_that_each_name_another_size_share_their_tiles() -> None:
    portal, bench = Portal(), Bench()
    portal.accept_numbers(0, 600)
    go(portal, bench)
    sizes = dict(zip(NAMES, (100, 300, 400), strict=True))
    bench.broken = {
        name: lambda body, size=size: Reply(409, "text/x.tlog.size", b"%d\n" % size)
        if body.startswith(b"old 600") else None
        for name, size in sizes.items()
    }  # fmt: skip
    portal.accept_numbers(600, 700)
    reads: list[str] = []
    get = portal.objects.get
    portal.objects.get = lambda path: reads.append(path) or get(path)
    go(portal, bench)
    asked = reads[reads.index("log/checkpoint", reads.index("log/checkpoint") + 1) :]
    tiles = [path for path in asked if path.startswith("log/tile/0/")]
    assert len(tiles) == len(set(tiles))


def test_lines_of_unknown_keys_beside_the_right_one_are_not_published() -> None:
    portal, bench = Portal(), Bench()

    def with_more(body: bytes) -> Reply:
        right = bench.witnesses["pers"].add_checkpoint(body).body
        return Reply(200, "text/plain", forged("orang-lain", "kampus")(body).body + right)

    bench.broken = {"pers": with_more}
    portal.accept_numbers(0, 3)
    go(portal, bench)
    assert published(portal) == (3, set(NAMES))
    stored = portal.objects.get("log/checkpoint")
    assert stored
    assert b"orang-lain" not in stored.data


class TestClaims:
    """A witness says that it signed more, or another tree."""

    def forked(self) -> tuple[Portal, Bench]:
        """The portal was restored from a backup of everything; its witnesses remember."""
        portal, bench = Portal(), Bench()
        portal.accept_numbers(0, 3)
        go(portal, bench)
        backup = portal.clone()
        portal.accept_numbers(3, 5)
        go(portal, bench)
        return backup, bench

    def test_a_restored_backup_publishes_nothing_that_witnesses_do_not_know(self) -> None:
        backup, bench = self.forked()
        before = dict(backup.objects.objects)
        backup.accept(b"other", at=3)
        with pytest.raises(Corrupt, match=r"signed size 5, larger than 4"):
            go(backup, bench)
        assert backup.objects.objects["log/checkpoint"] == before["log/checkpoint"]

    def test_another_tree_of_the_same_size_is_a_claim(self) -> None:
        backup, bench = self.forked()
        backup.accept(b"other", b"another", at=3)
        with pytest.raises(Corrupt, match="witnesses know another history"):
            go(backup, bench)
        assert published(backup)[0] == 3

    def test_a_witness_that_refuses_our_own_size_claims_another_tree(self) -> None:
        """tlog-witness v1.0.0 answered 409 where 422 is the answer now."""
        portal, bench = Portal(), Bench()
        bench.broken = {"pers": lambda _: Reply(409, "text/x.tlog.size", b"3\n")}
        portal.accept_numbers(0, 3)
        asked = go(portal, bench).asked
        assert (asked.claims, asked.silent) == (
            (("pers", "refuses the size 3 that it names"),), (),
        )  # fmt: skip

    def test_one_liar_cannot_stop_a_log_whose_quorum_the_others_meet(self) -> None:
        portal, bench = Portal(), Bench()
        bench.broken = {"pers": lambda _: Reply(409, "text/x.tlog.size", b"99999999\n")}
        portal.accept_numbers(0, 3)
        outcome = go(portal, bench)
        assert outcome.asked.claims == (("pers", "signed size 99999999, larger than 3"),)
        assert published(portal) == (3, {"partai", "kampus"})

    def test_as_many_as_the_quorum_needs_stop_it(self) -> None:
        claim = ("x", "signed more")
        assert not Asked(claims=(("pers", "x"),)).blocks(POLICY)
        assert Asked(claims=(("pers", "x"), ("partai", "x"))).blocks(POLICY)
        assert not Asked(claims=(claim,)).blocks(POLICY)
        free = Policy(POLICY.logs, POLICY.witnesses)
        assert not Asked(claims=tuple((name, "x") for name in NAMES)).blocks(free)


def test_a_policy_without_witnesses_asks_nobody() -> None:
    portal, bench = Portal(), Bench()
    portal.accept_numbers(0, 3)
    go(portal, bench, Policy.of_log(LOG_KEY))
    assert bench.rounds == 0


def test_what_is_asked_is_a_checkpoint_of_this_log() -> None:
    portal, bench = Portal(), Bench()
    bodies: list[bytes] = []
    bench.broken = {"pers": lambda body: bodies.append(body) or None}
    portal.accept_numbers(0, 3)
    go(portal, bench)
    head, _, signed = bodies[0].partition(b"\n\n")
    assert head == b"old 0"
    assert parse(Note.parse(signed).text).size == 3
