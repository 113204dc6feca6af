"""`rekap draft`: from an empty folder to an election with rosters, by the commands alone."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest
from tests.core.statements import builders
from tests.desk.test_prepare import to_come
from tests.live_portal import upload

from handlers import access, publish, sequence, submit, wiring
from rekap.audit.commands.speech import Say
from rekap.core.log.checkpoint import Checkpoint, sign_checkpoint
from rekap.core.signing.envelope import pae
from rekap.core.signing.note import ED25519, NoteKey
from rekap.core.signing.signature import Signature
from rekap.core.signing.signer import Ed25519Signer
from rekap.core.statements import schema
from rekap.desk.elections.problems import FolderRefused
from rekap.desk.main import main
from rekap.desk.officials.keys.enrolment import enrol
from rekap.desk.officials.kits.kit import Kit
from rekap.desk.officials.paper import Paper
from rekap.desk.officials.talk import Talk
from rekap.desk.operators.drafts import copies, readiness
from rekap.portal.store.local.bell import SilentBell

HOST = "rekap.example"
ORIGIN = f"{HOST}/rehearsal/log"
ELECTION = "contoh-1"
AT = "2031-02-01T08:00:00+08:00"


def key(number: int) -> Ed25519Signer:
    return Ed25519Signer(bytes([number]) * 32)


OTHER_KEY = NoteKey.of("lain.example/log", ED25519, key(9).public).vkey
OPERATORS = [key(1), key(2)]
ROOTS = [key(3), key(4), key(5)]


class Office:
    """A folder with a portal, files, and the signers who sit at the table."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.portal = folder / "portal"
        self.now = 1_927_000_000

    def run(self, *arguments: object, code: int = 0) -> None:
        assert main([str(one) for one in arguments]) == code

    def draft(
        self, kind: str, *arguments: object, to: str, code: int = 0, lang: str = "id"
    ) -> Path:
        target = self.folder / to
        words = ("--lang", lang, "draft", kind, *arguments, "--at", AT, "--to", target)
        self.run(*words, code=code)
        return target

    def enrolments(self, name: str, signers: list[Ed25519Signer], election: str) -> Path:
        path = self.folder / name
        lines = [f"# {name}", *(enrol(ORIGIN, election, one).line for one in signers)]
        path.write_text("\n".join(lines) + "\n")
        return path

    def send(self, path: Path, *signers: Ed25519Signer) -> list[dict]:
        """Sign the draft, or every draft of a folder; submit, order and publish."""
        portal = self.opened()
        answers = []
        for file in sorted(path.glob("*")) if path.is_dir() else [path]:
            paper = Paper.read(file)
            message = pae(paper.payload)
            signed = paper.signed(Signature(s.keyid, s.sign(message)) for s in signers)
            answer = submit.respond(upload(signed.data), portal)
            answers.append(json.loads(answer["body"]))
            assert answer["statusCode"] == 201, answer
        sequence.respond({}, portal)
        publish.respond({}, portal)
        return answers

    def opened(self) -> access.Portal:
        self.now += 1
        return wiring.embedded(
            self.portal,
            access.Settings(ORIGIN),
            bell=SilentBell(),
            clock=lambda: self.now,
            journal=lambda _: None,
        )

    def kit(self, region: str) -> Path:
        path = self.folder / f"{region}.kit.json"
        self.run(
            "kit", self.portal / "public", "--election", ELECTION, "--region", region, "--to", path
        )
        return path


@pytest.fixture
def office(tmp_path, capsys):
    desk = Office(tmp_path)
    desk.run("portal-keys", desk.portal, "--origin", ORIGIN)
    desk.names = capsys.readouterr().out.split()
    return desk


def first(office: Office, *options: str, code: int = 0, lang: str = "id") -> Path:
    """Draft entry 0."""
    operators = office.enrolments("operators.txt", OPERATORS, "log")
    log_key, receipt_key = office.names
    return office.draft(
        "log", "--origin", ORIGIN, "--mode", "rehearsal", "--log-key", log_key, "--receipt-key",
        receipt_key, "--operators", operators, "--operators-k", 2, *options,
        to="log.pernyataan.json", code=code, lang=lang,
    )  # fmt: skip


def begun(office: Office) -> Path:
    """Entry 0, a publication, the election; return the election's folder."""
    office.send(first(office, "--uploader", "https://unggah.rekap.example"), *OPERATORS)
    office.send(
        office.draft("publication", "--origin", ORIGIN, to="rilis.pernyataan.json"), *OPERATORS
    )
    folder = to_come().write(office.folder / "pemilihan")
    roots = office.enrolments("roots.txt", ROOTS, ELECTION)
    pair = office.enrolments("saksi.txt", [key(9)], ELECTION)
    election = office.draft(
        "election", folder, "--origin", ORIGIN, "--mode", "rehearsal", "--kpu", roots, "--kpu-k", 2,
        "--pair", f"1={pair}", to="election.pernyataan.json",
    )  # fmt: skip
    office.send(election, *ROOTS[:2], *OPERATORS)
    return folder


def test_a_log_that_will_take_no_passkey_says_so_when_it_is_drafted(office, capsys):
    """It was learnt on the night, when the first passkey was refused, and entry 0 is for ever."""
    drafted = json.loads(Paper.read(first(office)).payload)
    told = capsys.readouterr().err
    assert "uploaders" not in drafted
    assert all(word in told for word in ("perhatian", "--uploader", "passkey", f"unggah.{HOST}"))
    (office.folder / "log.pernyataan.json").unlink()
    first(office, lang="en")
    told = capsys.readouterr().err.replace("\n  ", " ")
    assert "note: without --uploader this log takes no passkey until operators add a page" in told
    (office.folder / "log.pernyataan.json").unlink()
    first(office, "--uploader", f"https://unggah.{HOST}")
    assert capsys.readouterr().err == ""


def test_from_nothing_to_an_election_with_its_top_roster(office):
    folder = begun(office)
    kit = office.kit("id")
    top = office.draft("roster", folder, "--region", "id", "--kit", kit, to="id.pernyataan.json")
    office.send(top, *ROOTS[1:])
    told = Kit.read(office.kit("id"))
    assert told.get("regions", f"{ELECTION}/id")["revision"] == 1
    assert told.record["roots"]["kpu"]["k"] == 2
    office.run("verify", office.portal / "public", code=3)


def test_a_roster_that_is_in_force_is_not_written_again(office, capsys):
    folder = begun(office)
    kit = office.kit("id")
    top = office.draft("roster", folder, "--region", "id", "--kit", kit, to="id.pernyataan.json")
    office.send(top, *ROOTS[:2])
    kit = office.kit("id")
    office.draft("roster", folder, "--region", "id", "--kit", kit, to="again", code=1)
    assert "Tidak ada yang perlu ditulis" in capsys.readouterr().err.replace("\n  ", " ")
    changed = folder / "regions.csv"
    name = next(line for line in changed.read_text().splitlines()[1:]).split(",")[1]
    changed.write_text(changed.read_text().replace(name, name + " Baru", 1))
    second = office.draft("roster", folder, "--region", "id", "--kit", kit, to="b.pernyataan.json")
    fields = Paper.read(second).statement.fields
    assert fields["revision"] == 2
    assert fields["previous"] == Paper.read(top).id


def test_rosters_go_level_by_level_each_into_a_new_folder(office, capsys):
    folder = begun(office)
    first = office.draft("roster", folder, "--kit", office.kit("id"), to="daftar-1")
    assert [path.name for path in first.iterdir()] == ["roster-id.pernyataan.json"]
    assert "daftar lain menunggu" in capsys.readouterr().out
    office.send(first, *ROOTS[:2])
    kit = office.kit("id")
    second = office.draft("roster", folder, "--kit", kit, to="daftar-2")
    assert [path.name for path in second.iterdir()] == ["roster-97.pernyataan.json"]
    office.draft("roster", folder, "--kit", kit, to="daftar-2", code=2)
    assert "Sebutkan folder baru" in capsys.readouterr().err


def test_more_uploaders_stand_in_order_each_once(office):
    more = ["https://unggah.rekap.example", "https://rekap.example", "https://rekap.example"]
    options = [word for one in more for word in ("--uploader", one)]
    path = office.draft("uploaders", "--origin", ORIGIN, *options, to="alamat.pernyataan.json")
    fields = json.loads(Paper.read(path).payload)
    assert fields["origins"] == ["https://rekap.example", "https://unggah.rekap.example"]


def test_words_are_withheld_with_a_reason_and_served_again_without_one(office, capsys):
    words = ("--origin", ORIGIN, "--digest", "ab" * 32, "--basis", "Surat 12")
    path = office.draft("withhold", *words, "--reason", "threat", to="tahan.pernyataan.json")
    first = json.loads(Paper.read(path).payload)
    assert (first["kind"], first["state"], first["reason"]) == ("withhold", "withheld", "threat")
    assert (first["digest"], first["basis"], first["revision"]) == ("ab" * 32, "Surat 12", 1)
    later = ("--revision", 2, "--previous", "cd" * 32)
    path = office.draft("withhold", *words, *later, to="tayang.pernyataan.json")
    again = json.loads(Paper.read(path).payload)
    assert (again["state"], again["revision"], again["previous"]) == ("served", 2, "cd" * 32)
    assert "reason" not in again
    office.draft("withhold", *words, "--revision", 2, to="x.pernyataan.json", code=1)
    assert "previous" in capsys.readouterr().err
    assert not (office.folder / "x.pernyataan.json").exists()


def test_a_ruling_is_drafted_from_its_file_one_revision_at_a_time(office):
    folder = begun(office)
    for level in ("daftar-1", "daftar-2"):
        lists = office.draft("roster", folder, "--kit", office.kit("id"), to=level)
        office.send(lists, *ROOTS[:2])
    (folder / "rulings.toml").write_text(
        "".join(
            f'[[rulings]]\ncontest = "bupati"\ncourt = "mk"\nnumber = "{number}"\n'
            f'state = "{state}"\ndate = "2031-03-03"\n'
            for number, state in (("1/PHPU", "registered"), ("1/PHPU", "dismissed"),
                                  ("2/PHPU", "registered"))
        )
    )  # fmt: skip
    drafts = office.draft(
        "ruling", folder / "rulings.toml", "--kit", office.kit("97.01"), to="putusan"
    )
    told = [Paper.read(path).statement.fields for path in sorted(drafts.iterdir())]
    assert [(one["number"], one["state"], one["revision"]) for one in told] == [
        ("1/PHPU", "registered", 1), ("2/PHPU", "registered", 1),
    ]  # fmt: skip
    assert {one["region"] for one in told} == {"97.01"}


def test_copies_are_drafted_from_a_table_as_the_site_has_it(tmp_path):
    """The portal would refuse them here: the places of this table are in no roster yet."""
    table = tmp_path / "copies.csv"
    table.write_text(
        "contest,region,tps,body,pair,organisation,source,count,state,pair_1,valid\n"
        "bupati,97.01.01.1001,001,saksi,2,,,first,same,100,150\n"
        "bupati,97.01.01.1001,001,pemantau,,lembaga,board,first,,99,\n"
    )
    names, told = zip(
        *copies.drafts(Namespace(file=table), None, Talk.here(Say("id"))), strict=True
    )
    assert names[1] == "copy-bupati-97.01.01.1001-001-pemantau-lembaga"
    assert [(one["body"], one.get("pair"), one["figures"]) for one in told] == [
        ("saksi", 2, {"pair_1": 100, "valid": 150}), ("pemantau", None, {"pair_1": 99}),
    ]  # fmt: skip


def test_readiness_is_drafted_from_a_table_as_the_site_has_it(tmp_path):
    table = tmp_path / "readiness.csv"
    table.write_text(
        "region,tps,step,ballots,items,lacks,boxes,seals_whole,seals_broken,state,differs,index\n"
        "97.01.01.1001,001,arrived,bupati=570; gubernur=572,seals=20; ink=0,"
        "ink=none; ballots=damaged=3=bupati; ballots=late=gubernur,,,,lacking,,9\n"
        "97.01.01.1001,001,returned,,,,1,20,0,returned,,12\n"
    )
    names, told = zip(
        *readiness.drafts(Namespace(file=table), None, Talk.here(Say("id"))), strict=True
    )
    assert names[0] == "readiness-97.01.01.1001-001-arrived"
    head = {"log": builders.ORIGIN, "at": builders.AT, "election": builders.ELECTION}
    for fields in told:
        schema.check_statement({**head, **fields})
    assert told[0]["lacks"] == [
        {"item": "ballots", "lack": "damaged", "number": 3, "contest": "bupati"},
        {"item": "ballots", "lack": "late", "contest": "gubernur"},
        {"item": "ink", "lack": "none"},
    ]  # fmt: skip
    assert told[0]["items"] == [{"item": "ink", "number": 0}, {"item": "seals", "number": 20}]
    assert (told[1]["boxes"], told[1]["seals_whole"], told[1]["seals_broken"]) == (1, 20, 0)


@pytest.mark.parametrize(
    ("column", "cell"),
    [("boxes", "l"), ("items", "ink"), ("items", "ink=1O"), ("items", "ink=1=2"),
     ("ballots", "bupati"), ("lacks", "ink=short=1=bupati=2"), ("items", "ink=1,seals=2")],
)  # fmt: skip
def test_a_cell_that_is_no_list_or_number_is_named(tmp_path, column, cell):
    table = tmp_path / "readiness.csv"
    table.write_text(f'region,tps,step,{column}\n97.01.01.1001,001,arrived,"{cell}"\n')
    with pytest.raises(FolderRefused) as refused:
        list(readiness.drafts(Namespace(file=table), None, Talk.here(Say("id"))))
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (2, column)
    assert problem.code == ("number" if column == "boxes" else "list")


class TestRefusals:
    def test_a_copy_with_a_figure_that_is_none(self, office, capsys):
        folder = begun(office)
        table = folder / "copies.csv"
        table.write_text(
            "contest,region,tps,body,count,pair_1\nbupati,97.01.01.1001,001,ptps,first,1O\n"
        )
        target = office.draft("copy", table, "--kit", office.kit("id"), to="salinan", code=1)
        assert "copies.csv:2" in capsys.readouterr().err
        assert not target.exists()

    def test_an_uploader_beside_the_relying_party(self, office, capsys):
        target = office.draft(
            "uploaders", "--origin", ORIGIN, "--uploader", "https://rekap.example.evil",
            to="alamat.pernyataan.json", code=1,
        )  # fmt: skip
        assert "origins.0" in capsys.readouterr().err
        assert not target.exists()

    def test_findings_are_said_and_nothing_is_written(self, office, capsys):
        operators = office.enrolments("operators.txt", OPERATORS, "log")
        target = office.draft(
            "log", "--origin", ORIGIN, "--mode", "live", "--log-key", "x", "--receipt-key", "y",
            "--operators", operators, "--operators-k", 3, to="log.pernyataan.json", code=1,
        )  # fmt: skip
        told = capsys.readouterr().err
        for field in ("operators.k", "log:"):
            assert field in told
        assert not target.exists()

    def test_a_log_that_continues_another_one_names_its_last_checkpoint(self, office):
        old = office.folder / "checkpoint"
        last = Checkpoint("lama.example/log", 12, bytes(range(32)))
        old.write_bytes(sign_checkpoint(last, key(7)))
        payload = json.loads(Paper.read(first(office, "--predecessor", old)).payload)
        said = {"origin": last.origin, "size": 12, "root": last.body().decode().split("\n")[2]}
        assert payload["predecessor"] == said

    def test_a_predecessor_that_is_no_signed_checkpoint(self, office, capsys):
        old = office.folder / "checkpoint"
        for text in (b"", b"lama.example/log\n12\n", Checkpoint("a/log", 1, bytes(32)).body()):
            old.write_bytes(text)
            assert not first(office, "--predecessor", old, code=2).exists()
            assert "checkpoint" in capsys.readouterr().err

    def test_a_policy_that_names_another_log_beside_the_own_one(self, office, capsys):
        operators = office.enrolments("operators.txt", OPERATORS, "log")
        log_key, receipt_key = office.names
        (office.folder / "policy").write_text(f"log {log_key}\nlog {OTHER_KEY}\nquorum none\n")
        target = office.draft(
            "log", "--origin", ORIGIN, "--mode", "rehearsal", "--log-key", log_key, "--receipt-key",
            receipt_key, "--operators", operators, "--operators-k", 1, "--policy",
            office.folder / "policy", to="log.pernyataan.json", code=2,
        )  # fmt: skip
        assert "--policy" in capsys.readouterr().err
        assert not target.exists()

    @pytest.mark.parametrize(
        ("options", "field"),
        [
            (["--uploader", "https://unggah.example"], "uploaders.0"),
            (["--uploader", "https://rekap.example", "--uploader", "https://a.b"], "uploaders.1"),
            (["--rp-id", "unggah.rekap.example", "--uploader", f"https://{HOST}"], "uploaders.0"),
            (["--rp-id", "example"], "rp_id"),
        ],
    )
    def test_an_uploader_outside_rp_id_is_refused_by_draft(self, office, capsys, options, field):
        target = first(office, *options, code=1)
        assert f"{field}: " in capsys.readouterr().err
        assert not target.exists()

    @pytest.mark.parametrize("party", ["go.id", "sch.id", "co.id", "cloudfront.net", "192.0.2.1"])
    def test_a_relying_party_that_browsers_refuse_is_refused_by_draft(self, office, capsys, party):
        """Public suffixes and addresses: a passkey there would belong to everybody."""
        target = first(office, "--rp-id", party, "--uploader", f"https://unggah.{party}", code=1)
        assert party in capsys.readouterr().err
        assert not target.exists()

    @pytest.mark.parametrize("party", ["kpu.go.id", "hasil.kpu.go.id", "localhost", HOST])
    def test_another_relying_party_than_the_logs_host(self, office, party):
        uploader = "http://localhost:8080" if party == "localhost" else f"https://unggah.{party}"
        target = first(office, "--rp-id", party, "--uploader", uploader)
        assert json.loads(Paper.read(target).payload)["rp_id"] == party

    @pytest.mark.parametrize(
        ("lines", "words"),
        [
            (["not an enrolment"], "bukan pendaftaran yang sah"),
            ([enrol("other.example/log", "log", key(1)).line], "yang diperlukan"),
            ([enrol(ORIGIN, ELECTION, key(1)).line], "yang diperlukan"),
            (
                [enrol(ORIGIN, "log", key(1)).line.replace("A", "B", 1)],
                "bukan pendaftaran yang sah",
            ),
        ],
    )
    def test_an_enrolment_of_another_log_or_without_proof(self, office, capsys, lines, words):
        path = office.folder / "operators.txt"
        path.write_text("\n".join(lines) + "\n")
        log_key, receipt_key = office.names
        office.draft(
            "log", "--origin", ORIGIN, "--mode", "rehearsal", "--log-key", log_key, "--receipt-key",
            receipt_key, "--operators", path, "--operators-k", 1, to="x.pernyataan.json", code=2,
        )  # fmt: skip
        assert words in capsys.readouterr().err.replace("\n  ", " ")

    def test_a_folder_of_results_or_of_another_mode(self, office, capsys):
        roots = office.enrolments("roots.txt", ROOTS, ELECTION)
        folder = to_come("live").write(office.folder / "pemilihan")
        (folder / "forms.csv").write_text("contest\n")
        office.draft(
            "election", folder, "--origin", ORIGIN, "--mode", "rehearsal", "--kpu", roots,
            to="x.pernyataan.json", code=1,
        )  # fmt: skip
        told = capsys.readouterr().err.replace("\n  ", " ")
        assert "Mode folder ini" in told
        assert "tidak memuat hasil" in told

    def test_an_answer_must_say_something_that_exists(self, office, capsys):
        begun(office)
        kit = office.kit("id")
        slot = ["--contest", "bupati", "--form", "c_hasil", "--region", "97.01.01.1001", "--tps",
                "001", "--kit", kit]  # fmt: skip
        office.draft("answer", *slot, to="a.pernyataan.json", code=2)
        office.draft("answer", *slot, "--explains", "R99: x", to="a.pernyataan.json", code=2)
        capsys.readouterr()
        office.draft("answer", *slot, "--explains", "R7: salah jumlah", to="a.pernyataan.json",
                     code=1)  # fmt: skip
        assert "daftar" in capsys.readouterr().err, "the station is in no roster yet"


def test_a_roots_key_that_was_stolen_is_replaced(office):
    """Nothing but a revision of the election does it, and no command made one."""
    folder = begun(office)
    roots = office.enrolments("roots-2.txt", [*ROOTS[1:], key(6)], ELECTION)
    given = (
        folder, "--origin", ORIGIN, "--mode", "rehearsal", "--kpu", roots, "--kpu-k", 2,
        "--pair", f"1={office.folder / 'saksi.txt'}",
    )  # fmt: skip
    kit = office.kit("id")
    second = office.draft("election", *given, "--kit", kit, to="kedua.pernyataan.json")
    fields = json.loads(Paper.read(second).payload)
    before = Paper.read(office.folder / "election.pernyataan.json")
    assert (fields["revision"], fields["previous"]) == (2, before.id)
    office.send(second, *ROOTS[1:], *OPERATORS)
    told = Kit.read(office.kit("id"))
    assert told.record["revision"] == 2
    top = office.draft(
        "roster", folder, "--region", "id", "--kit", office.kit("id"), to="id.pernyataan.json"
    )
    paper = Paper.read(top)
    stolen = paper.signed([Signature(ROOTS[0].keyid, ROOTS[0].sign(pae(paper.payload)))])
    assert submit.respond(upload(stolen.data), office.opened())["statusCode"] == 403
    office.send(top, ROOTS[1], key(6))
    office.run("verify", office.portal / "public", code=3)
