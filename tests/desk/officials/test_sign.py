"""`rekap sign`: what is not signed, then who has signed and what it amounts to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.desk.officials.clerk import C_FORM, KECAMATAN, PASSPHRASE, Clerk, Said
from tests.portal.intake.statements import examples
from tests.portal.intake.world import AT, KELURAHAN, World, figures, identify, sign, signer

from rekap.audit.commands.speech import Say
from rekap.core import codec
from rekap.core.signing import envelope as dsse
from rekap.desk.officials.forms.review import Names
from rekap.desk.officials.keys.enrolment import grouped
from rekap.desk.officials.paper import Paper
from rekap.desk.officials.signing import show
from rekap.desk.officials.spelling import words

ONE, TWO, THREE, FOUR = World().kpps(count=4)
AGREE = f"setuju\n{PASSPHRASE}\n"


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    desk = Clerk(tmp_path)
    draft(desk)
    return desk


def draft(clerk: Clerk, name: str = "a", fields: dict[str, Any] | None = None) -> None:
    payload = codec.encode(fields or clerk.world.form(), nulls=True)
    Paper(payload).write(clerk.path(f"{name}.pernyataan.json"))


def put(clerk: Clerk, data: bytes, name: str = "a") -> None:
    clerk.path(f"{name}.dsse.json").write_bytes(data)


def sign_as(clerk: Clerk, *roles: str, file: str = "a.pernyataan.json", typed: str | None = None,
            more: tuple[str, ...] = ()) -> Said:  # fmt: skip
    keys = [word for role in roles for word in ("--key", clerk.key(role))]
    answers = AGREE * len(roles) if typed is None else typed
    return clerk.run("sign", "--kit", "kit.json", *keys, *more, file, typed=answers)


# ------------------------------------------------------------ what is not signed


@pytest.mark.parametrize("typed", ["", "tidak\n", "\n", "ya\n", "0000\n", "setuj\n"])
def test_without_consent(clerk: Clerk, typed: str) -> None:
    said = sign_as(clerk, ONE, typed=typed)
    assert said.code in (1, 2)
    assert not clerk.path("a.dsse.json").exists()


def test_with_a_wrong_passphrase(clerk: Clerk) -> None:
    said = sign_as(clerk, ONE, typed="setuju\nsalah sama sekali\n")
    assert (said.code, "kata sandi salah" in said.words) == (2, True)
    assert not clerk.path("a.dsse.json").exists()


def test_with_a_key_of_another_station(clerk: Clerk) -> None:
    said = sign_as(clerk, f"kpps-{KELURAHAN}-002-1")
    assert (said.code, "tidak berwenang" in said.words) == (1, True)
    assert f"KPPS {KELURAHAN} TPS 002" in said.words
    assert not clerk.path("a.dsse.json").exists()


def test_with_a_key_of_the_level_above(clerk: Clerk) -> None:
    said = sign_as(clerk, "ppk-31.71.06-1")
    assert (said.code, "tidak berwenang" in said.words) == (1, True)


def test_with_a_revoked_key(clerk: Clerk) -> None:
    revoked = clerk.world.of_election("revoke", keyid=signer(ONE).keyid, reason="lost")
    clerk.world.log(sign(revoked, *clerk.world.ppk(2)))
    clerk.take_kit()
    said = sign_as(clerk, ONE)
    assert (said.code, "sudah dicabut" in said.words) == (1, True)
    assert not clerk.path("a.dsse.json").exists()


def test_with_a_key_that_the_kit_does_not_know(clerk: Clerk) -> None:
    said = sign_as(clerk, "somebody")
    assert (said.code, "--unregistered" in said.words) == (1, True)
    said = sign_as(clerk, "somebody", more=("--unregistered",))
    assert (said.code, "tidak dapat diperiksa" in said.words) == (0, True)
    assert "[unknown-key]" in sign_as(clerk, ONE, file="a.dsse.json").words


def test_beside_a_false_signature(clerk: Clerk) -> None:
    envelope = dsse.parse(sign(clerk.world.form(), ONE))
    other = dsse.parse(sign(clerk.world.form("002"), ONE)).signatures
    put(clerk, dsse.serialize(dsse.Envelope(envelope.payload, other)))
    before = clerk.path("a.dsse.json").read_bytes()
    for file in ("a.dsse.json", "a.pernyataan.json"):
        said = sign_as(clerk, TWO, file=file)
        assert (said.code, "[bad-signature]" in said.words) == (1, True)
        assert "Jangan menandatangani" in said.words
    assert clerk.path("a.dsse.json").read_bytes() == before


def test_into_a_file_of_another_statement(clerk: Clerk) -> None:
    put(clerk, sign(clerk.world.form("002"), ONE))
    said = sign_as(clerk, ONE)
    assert (said.code, "berisi pernyataan lain" in said.words) == (1, True)


def test_what_the_portal_would_surely_refuse(clerk: Clerk) -> None:
    draft(clerk, "b", clerk.world.form(figures={**figures(), "valid": 241}))
    said = sign_as(clerk, ONE, file="b.pernyataan.json")
    assert (said.code, "portal akan menolaknya" in said.words) == (1, True)
    assert "[R6] perlu penjelasan" in said.words
    assert not clerk.path("b.dsse.json").exists()
    draft(clerk, "c", clerk.world.form(region="31.71.06.1009"))
    said = sign_as(clerk, ONE, file="c.pernyataan.json")
    assert (said.code, "[not-in-roster]" in said.words) == (1, True)


def test_why_a_revision_is_refused_whose_form_is_unknown(clerk: Clerk) -> None:
    fields = clerk.world.form(revision=2, previous="ab" * 32, reason={"code": "typing"},
                              figures={**figures(), "valid": 241})  # fmt: skip
    draft(clerk, "b", fields)
    said = sign_as(clerk, ONE, file="b.pernyataan.json")
    assert said.code == 1
    for part in ("[unexplained] Suara sah sama dengan", "[orphan]", "[previous-not-ordered]"):
        assert part in said.words


def test_a_rival_is_told_before_it_is_signed(clerk: Clerk) -> None:
    clerk.log_form()
    draft(clerk, "b", clerk.world.form(figures=figures((99, 81, 60))))
    assert "[rival]" in sign_as(clerk, ONE, file="b.pernyataan.json").words


def test_another_statement_than_expected(clerk: Clerk) -> None:
    wrong = ("--expect", "00" * 32)
    said = sign_as(clerk, ONE, more=wrong)
    assert (said.code, identify(clerk.world.form()) in said.words) == (1, True)
    assert not clerk.path("a.dsse.json").exists()


@pytest.mark.parametrize("content", [b"{}", b"", b"\xff", b'{"payload":"x"}'])
def test_files_that_are_no_statements(clerk: Clerk, content: bytes) -> None:
    clerk.path("x.json").write_bytes(content)
    assert sign_as(clerk, ONE, file="x.json").code == 2
    assert sign_as(clerk, ONE, file="none.json").code == 2
    said = clerk.run("sign", "--kit", "kit.json", "--key", "x.json", "a.pernyataan.json")
    assert said.code == 2


def test_arguments_that_contradict(clerk: Clerk) -> None:
    draft(clerk, "b", clerk.world.form("002"))
    key = clerk.key(ONE)
    for words_, told in (
        (("--key", key, "--to", "x.dsse.json", "a.pernyataan.json", "b.pernyataan.json"), "--to"),
        (("--key", key, "--blind", "--expect", "x", "a.pernyataan.json"), "--blind"),
        (("--passphrase-file", "x", "a.pernyataan.json"), "--passphrase-file"),
    ):
        said = clerk.run("sign", "--kit", "kit.json", *words_)
        assert (said.code, told in said.words) == (2, True)


# ------------------------------------------------------------ who has signed


def test_one_after_another_on_one_machine(clerk: Clerk) -> None:
    said = sign_as(clerk, ONE, TWO)
    assert said.code == 0, said
    assert (
        f"KPPS {KELURAHAN} TPS 001: 2 dari 3 orang: ketua, anggota; masih kurang 1." in said.words
    )
    said = sign_as(clerk, THREE)
    assert "3 dari 3 orang: ketua, anggota, anggota; cukup." in said.words
    assert clerk.signed().data == sign(clerk.world.form(), ONE, TWO, THREE)
    assert clerk.office().send(clerk.signed().data).status == 201


def test_in_english(clerk: Clerk) -> None:
    said = sign_as(clerk, ONE, typed=f"agree\n{PASSPHRASE}\n", more=("--lang", "en"))
    assert said.code == 0
    assert "1 of 3 persons: chair; 2 still missing." in said.words


def test_by_passing_the_file(clerk: Clerk) -> None:
    sign_as(clerk, ONE)
    first = clerk.signed().data
    said = sign_as(clerk, TWO, file="a.dsse.json")
    assert f"Sudah: KPPS {KELURAHAN} TPS 001, ketua" in said.words
    assert clerk.signed().data == sign(clerk.world.form(), ONE, TWO)
    clerk.path("b.dsse.json").write_bytes(first)
    sign_as(clerk, THREE, file="b.dsse.json")
    said = clerk.run("sign", "--kit", "kit.json", "a.dsse.json", "b.dsse.json")
    assert (said.code, "3 dari 3 orang" in said.words) == (0, True)
    assert clerk.signed().data == sign(clerk.world.form(), ONE, TWO, THREE)


def test_the_first_characters_of_the_id_are_consent(clerk: Clerk) -> None:
    id = clerk.draft().id
    said = sign_as(clerk, ONE, typed=f"{id[:4].upper()}\n{PASSPHRASE}\n")
    assert said.code == 0
    assert grouped(id[:32]) in said.out
    assert grouped(id[32:]) in said.out


def test_a_machine_names_the_id(clerk: Clerk) -> None:
    clerk.path("sandi").write_text(PASSPHRASE + "\n")
    more = ("--passphrase-file", "sandi", "--expect", identify(clerk.world.form()))
    said = sign_as(clerk, ONE, more=more, typed="")
    assert said.code == 0, said
    assert clerk.signed().data == sign(clerk.world.form(), ONE)


def test_a_passphrase_is_asked_once_for_many_statements(clerk: Clerk) -> None:
    draft(clerk, "b", clerk.world.form(figures=figures((90, 80, 60))))
    said = clerk.run("sign", "--kit", "kit.json", "--key", clerk.key(ONE), "a.pernyataan.json",
                     "b.pernyataan.json", typed=f"setuju\n{PASSPHRASE}\nsetuju\n")  # fmt: skip
    assert said.code == 0, said
    assert clerk.signed("b").keyids == (signer(ONE).keyid,)


def test_signing_twice_changes_nothing(clerk: Clerk) -> None:
    sign_as(clerk, ONE)
    before = clerk.signed().data
    said = sign_as(clerk, ONE, typed="")
    assert (said.code, "sudah menandatangani" in said.words) == (0, True)
    assert clerk.signed().data == before


def test_one_refuses_and_the_others_sign(clerk: Clerk) -> None:
    said = sign_as(clerk, ONE, TWO, THREE, typed=f"{AGREE}tidak\n{AGREE}")
    assert said.code == 1
    assert clerk.signed().keyids == tuple(sorted(signer(role).keyid for role in (ONE, THREE)))


def test_a_power_cut_between_two_keeps_the_first(clerk: Clerk) -> None:
    said = sign_as(clerk, ONE, TWO, typed=AGREE)
    assert said.code == 2
    assert clerk.signed().keyids == (signer(ONE).keyid,)


def test_without_the_ketua(clerk: Clerk) -> None:
    said = sign_as(clerk, TWO, THREE, FOUR)
    assert "S1" in said.words
    assert "cukup" in said.words


def test_witnesses_are_shown_and_not_counted(clerk: Clerk) -> None:
    said = sign_as(clerk, ONE, f"saksi-{KELURAHAN}-1")
    assert "1 dari 3 orang: ketua; masih kurang 2" in said.words
    assert "tidak dihitung: 1" in said.words


def test_a_policy_of_the_election(tmp_path: Path) -> None:
    world = World()
    entries = world.beginning()
    entries[2] = sign(world.election(policy={"c_hasil": 5}), "operator-1", "root-1", "root-2")
    world.log(*entries)
    clerk = Clerk(tmp_path, world)
    draft(clerk)
    assert "1 dari 5 orang: ketua; masih kurang 4" in sign_as(clerk, ONE).words


def test_without_a_key_it_only_checks(clerk: Clerk) -> None:
    said = sign_as(clerk)
    assert (said.code, "0 dari 3 orang; masih kurang 3" in said.words) == (0, True)
    assert not clerk.path("a.dsse.json").exists()


def test_a_log_begins_without_a_kit(clerk: Clerk) -> None:
    draft(clerk, "log", clerk.world.log_statement())
    typed = f"setuju\n{PASSPHRASE}\n"
    said = clerk.run("sign", "--key", clerk.key("operator-1"), "log.pernyataan.json", typed=typed)
    assert (said.code, "Operator portal: 1 dari 1 orang" in said.words) == (0, True), said
    said = clerk.run("sign", "--key", clerk.key("operator-2"), "log.pernyataan.json", typed=typed)
    assert said.code == 1


@pytest.mark.parametrize("kind", ["publication", "close", "election"])
def test_a_log_without_an_election_is_known_by_its_first_entry(tmp_path: Path, kind: str) -> None:
    clerk = Clerk(tmp_path)
    clerk.path("log.dsse.json").write_bytes(clerk.world.entries[0])
    fields, signers = {
        "publication": (clerk.world.of_log("publication", release="cd" * 32), ("operator-1",)),
        "close": (clerk.world.of_log("close"), ("operator-1",)),
        "election": (clerk.world.election(), ("operator-1", "root-1", "root-2")),
    }[kind]
    draft(clerk, "x", fields)
    keys = [word for role in signers for word in ("--key", clerk.key(role))]
    run = ("sign", "--log", "log.dsse.json", *keys, "x.pernyataan.json")
    said = clerk.run(*run, typed=AGREE * len(signers))
    assert (said.code, "tidak cukup" in said.words) == (0, False), said
    assert "rekap submit x.dsse.json" in said.words
    assert clerk.signed("x").data == sign(fields, *signers)
    said = clerk.run("sign", "--log", "log.dsse.json", "--key", clerk.key("operator-2"),
                     "x.pernyataan.json", typed=AGREE)  # fmt: skip
    assert (said.code, "tidak ada dalam kit" in said.words) == (1, True)


def test_what_is_no_first_entry(clerk: Clerk) -> None:
    clerk.path("x.dsse.json").write_bytes(clerk.world.entries[1])
    clerk.path("y.dsse.json").write_bytes(b"{}")
    clerk.path("z.dsse.json").write_bytes(sign(clerk.world.log_statement(), "operator-2"))
    for name in ("x", "y", "z", "none"):
        said = clerk.run("sign", "--log", f"{name}.dsse.json", "a.pernyataan.json")
        assert (said.code, "catatan 0" in said.words) == (2, True)
    said = clerk.run("sign", "--kit", "kit.json", "--log", "x.dsse.json", "a.pernyataan.json")
    assert (said.code, "tidak keduanya" in said.words) == (2, True)


# ------------------------------------------------------------ many statements of one kind

STATIONS = ("001", "002", "003")
GRANTS = tuple(f"g{tps}.pernyataan.json" for tps in STATIONS)
PPK = "ppk-31.71.06-1"


@pytest.fixture
def grants(clerk: Clerk) -> Clerk:
    for tps in STATIONS:
        fields = clerk.world.grant("kpps", KELURAHAN, tps=tps, count=3)
        fresh = [
            {**one, "person": name, "key": codec.b64encode(signer(name).public)}
            for at, one in enumerate(fields["persons"])
            if (name := f"new-{tps}-{at}")
        ]
        draft(clerk, f"g{tps}", {**fields, "persons": fresh})
    return clerk


def sign_grants(clerk: Clerk, typed: str, *more: str, role: str = PPK) -> Said:
    return clerk.run("sign", "--kit", "kit.json", "--key", clerk.key(role), *GRANTS, *more,
                     typed=typed)  # fmt: skip


def taken(clerk: Clerk) -> set[str]:
    return {tps for tps in STATIONS if clerk.path(f"g{tps}.dsse.json").exists()}


def test_all_are_shown_and_then_agreed_to_at_once(grants: Clerk) -> None:
    said = sign_grants(grants, f"semua\n{PASSPHRASE}\n")
    assert said.code == 0, said
    assert taken(grants) == set(STATIONS)
    question = said.out.index("ke-3 pernyataan")
    for tps in STATIONS:
        shown = said.out[:question]
        assert grouped(grants.signed(f"g{tps}").id[:32]) in shown
        for at in range(3):
            assert grouped(signer(f"new-{tps}-{at}").keyid) in shown
    assert said.out.count("setuju") == 1
    said = sign_grants(grants, f"all\n{PASSPHRASE}\n", "--lang", "en", role="ppk-31.71.06-2")
    assert "Type `all` to sign all 3 statements" in said.words
    assert all(len(grants.signed(f"g{tps}").keyids) == 2 for tps in STATIONS)
    assert "rekap submit g001.dsse.json g002.dsse.json g003.dsse.json" in said.words


def test_all_is_no_answer_for_one(grants: Clerk) -> None:
    said = sign_grants(grants, f"setuju\n{PASSPHRASE}\nsemua\nsetuju\n")
    assert (said.code, taken(grants)) == (1, {"001", "003"})
    grants.path("g001.dsse.json").unlink()
    said = sign_as(grants, PPK, file=GRANTS[0], typed="semua\n")
    assert (said.code, "sekaligus" in said.words, taken(grants)) == (1, False, {"003"})


def test_another_kind_among_them_is_asked_about_alone(grants: Clerk) -> None:
    fields = grants.world.of_election("revoke", keyid=signer(TWO).keyid, reason="lost")
    draft(grants, "r", fields)
    said = sign_grants(grants, f"semua\nsetuju\n{PASSPHRASE}\nsemua\nsetuju\n",
                       "r.pernyataan.json")  # fmt: skip
    assert (said.code, "sekaligus" in said.words, taken(grants)) == (1, False, {"002"})
    assert grants.path("r.dsse.json").exists()


def test_forms_are_asked_about_one_by_one(clerk: Clerk) -> None:
    draft(clerk, "b", clerk.world.form(figures=figures((90, 80, 60))))
    said = clerk.run("sign", "--kit", "kit.json", "--key", clerk.key(ONE), "a.pernyataan.json",
                     "b.pernyataan.json", typed="semua\nsemua\n")  # fmt: skip
    assert (said.code, "sekaligus" in said.words) == (1, False)
    assert not clerk.path("a.dsse.json").exists()


def test_one_that_may_not_be_signed_stops_all(grants: Clerk) -> None:
    fields = grants.world.grant("ppk", "31.71.06", count=1)
    one = {**fields["persons"][0], "person": "x", "key": codec.b64encode(signer("x").public)}
    draft(grants, "p", {**fields, "persons": [one]})
    said = sign_grants(grants, f"semua\n{PASSPHRASE}\n", "p.pernyataan.json")
    assert (said.code, "tidak berwenang" in said.words, taken(grants)) == (1, True, set())


def test_a_key_file_is_asked_for_before_anything_is_shown(clerk: Clerk) -> None:
    said = clerk.run("sign", "--kit", "kit.json", "--key", "none.pem", "a.pernyataan.json")
    assert (said.code, said.out) == (2, "")


# ------------------------------------------------------------ what is shown


def spoken(value: Any) -> list[str]:
    """How the leaves of a payload must appear on the screen."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in spoken(one)]
    if isinstance(value, list):
        return [text for one in value for text in spoken(one)]
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int):
        return [f"{value:,}".replace(",", ".")]
    return [value]


def on_screen(text: str, lang: str) -> str:
    """A leaf as one language writes it; times in the clock of the signers."""
    if text == AT:
        text = "27 Nov 2024 14.05.00 WIB"
        return text.replace(".", ":") if lang == "en" else text
    thousands = re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+", text)
    return text.replace(".", ",") if lang == "en" and thousands else text


NAMED = {
    "kind", "position", "count", "body", "reason", "code", "level", "office", "win", "timezone",
    "form",
}  # fmt: skip


def leaves(fields: Any) -> Any:
    """A payload without words of closed lists: those are shown by their names."""
    if isinstance(fields, dict):
        return {name: leaves(one) for name, one in fields.items()
                if name not in NAMED or isinstance(one, dict)}  # fmt: skip
    return [leaves(one) for one in fields] if isinstance(fields, list) else fields


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_kind_is_shown_completely(clerk: Clerk, lang: str) -> None:
    say = Say(lang)
    world = clerk.world
    for name, (fields, _) in examples(world).items():
        lines = show.lines(fields, Names(clerk.kit, fields.get("election", ""), say), clerk.kit)
        assert [line for line in lines if len(line) > 80 and " " in line.strip()] == []
        told = "".join("".join(lines).split())
        for text in spoken(leaves(fields)):
            assert "".join(on_screen(text, lang).split()) in told, (name, text)


def test_a_grant_shows_persons_and_fingerprints(clerk: Clerk) -> None:
    fields = clerk.world.grant("kpps", KELURAHAN, tps="003", count=3)
    fresh = [{**one, "key": codec.b64encode(signer(f"new-{at}").public)}
             for at, one in enumerate(fields["persons"])]  # fmt: skip
    draft(clerk, "g", {**fields, "persons": fresh})
    said = sign_as(clerk, "ppk-31.71.06-1", file="g.pernyataan.json")
    assert said.code == 0, said
    for at in range(3):
        assert grouped(signer(f"new-{at}").keyid) in said.out
    for part in (f"PPK {KECAMATAN}: 1 dari 2 orang: ketua; masih kurang 1", "3 orang:", "TPS 003"):
        assert part in said.words


def test_a_revocation_shows_whose_key_it_is(clerk: Clerk) -> None:
    fields = clerk.world.of_election(
        "revoke", keyid=signer(TWO).keyid, reason="stolen", suspect_from=12
    )
    draft(clerk, "r", fields)
    said = sign_as(clerk, "ppk-31.71.06-1", file="r.pernyataan.json")
    assert said.code == 0, said
    for part in (grouped(signer(TWO).keyid), f"kpps-{KELURAHAN}-001-2", "perangkat dicuri",
                 "sejak catatan 12"):  # fmt: skip
        assert part in said.words


# ------------------------------------------------------------ the second entry


VOTES = ["pair_1", "pair_2", "pair_3", "valid", "invalid", "total"]


def votes(**changed: int) -> str:
    return "".join(f"{({**figures(), **changed})[name]}\n" for name in VOTES)


def blindly(clerk: Clerk, typed: str) -> Said:
    return sign_as(clerk, ONE, more=("--blind",), typed=typed)


def test_the_draft_is_hidden_until_the_votes_are_typed(clerk: Clerk) -> None:
    said = blindly(clerk, votes())
    start = said.out.index("Ketik perolehan suara")
    until = said.out.index("Ketikan kedua sama dengan draf")
    hidden = said.out[:start]
    assert "seratus" not in hidden
    assert "100" not in hidden.replace("31.71.06.1001", "")
    assert "II.1" not in said.out[:until]
    assert said.out.index("II.1") > until


def test_equal_votes_are_signed(clerk: Clerk) -> None:
    said = blindly(clerk, votes() + AGREE)
    assert said.code == 0, said
    assert clerk.signed().keyids == (signer(ONE).keyid,)


def test_only_what_differs_is_asked_again(clerk: Clerk) -> None:
    said = blindly(clerk, votes(pair_2=88) + "80\n" + AGREE)
    assert said.code == 0, said
    assert "1 angka berbeda dari draf" in said.words
    assert said.out.count("IV.2") == 3
    assert said.out.count("IV.1") == 2


def test_neither_number_is_told_before_it_is_decided(clerk: Clerk) -> None:
    said = blindly(clerk, votes(pair_2=88))
    asked_again = said.out[said.out.index("berbeda dari draf") :]
    assert "80" not in asked_again
    assert "88" not in asked_again


@pytest.mark.parametrize("third", ["88", "79", "0"])
def test_a_difference_that_remains_is_not_signed(clerk: Clerk, third: str) -> None:
    said = blindly(clerk, votes(pair_2=88) + f"{third}\n" + AGREE)
    assert said.code == 1
    assert "Draf berbeda dari kertas" in said.words
    assert f"80 {third} {words(int(third))}" in said.words
    assert not clerk.path("a.dsse.json").exists()


def test_numbers_of_the_second_entry_are_spelled_too(clerk: Clerk) -> None:
    said = blindly(clerk, "1.00\n100.000\nx\n" + votes() + AGREE)
    assert (said.code, "tulis 100000" in said.words) == (0, True)


def test_only_forms_are_typed_again(clerk: Clerk) -> None:
    draft(clerk, "r", clerk.world.of_election("revoke", keyid=signer(TWO).keyid, reason="lost"))
    said = clerk.run("sign", "--kit", "kit.json", "--blind", "r.pernyataan.json")
    assert (said.code, "hanya untuk formulir" in said.words) == (2, True)


def test_a_form_made_and_signed_is_taken_by_the_portal(clerk: Clerk) -> None:
    clerk.form("--sheet", clerk.sheet({**figures(), "valid": 241}), "--explain", "R6: salah",
               "--explain", "R7: salah", to="b", slot=C_FORM)  # fmt: skip
    for role in (ONE, TWO, THREE):
        assert sign_as(clerk, role, file="b.pernyataan.json").code == 0
    assert clerk.office().send(clerk.signed("b").data).status == 201
