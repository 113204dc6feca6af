"""The order of a replay: who has keys before signing, what shares a wave, who signs what."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.elections import decided, simulate, tiny

from rekap.core import codec
from rekap.core.signing import envelope
from rekap.core.signing.signer import derive
from rekap.core.statements import schema
from rekap.desk.elections.folder import read
from rekap.desk.replay.persons import Persons, name
from rekap.desk.replay.stages import WAVE, waves
from rekap.desk.replay.statements import Writer, midnight

ORIGIN = "contoh.example/replay/log"
RELEASE = "ab" * 32
DETERMINED = """
[[determinations]]
contest = "bupati"
region = "97.01"
number = "12/2031"
announced_at = "2031-02-20T16:01:00+08:00"

[policy]
c_hasil = 4
grant = 1
"""


def replayed(*folders):
    elections = [read(folder) for folder in folders]
    writer = Writer(ORIGIN, "benih", midnight(elections[0]))
    return list(waves(writer, elections, RELEASE, fixed=True))


def statements(wave):
    return [schema.parse_statement(envelope.parse(data).payload) for data in wave.envelopes]


def of_kind(all_waves, kind):
    each = [one for wave in all_waves for one in statements(wave)]
    return [one.fields for one in each if one.kind == kind]


@pytest.fixture
def folder(tmp_path):
    return tiny().append("election.toml", DETERMINED).write(tmp_path / "contoh")


def test_stages_follow_the_keys_and_never_share_a_wave(folder):
    assert [(wave.stage, len(wave.envelopes)) for wave in replayed(folder)] == [
        ("log", 1),
        ("publication", 1),
        ("contoh-1 election", 1),
        ("contoh-1 roster id", 1),
        ("contoh-1 roster provinsi", 1),
        ("contoh-1 roster kabko", 1),
        ("contoh-1 grant kpu_kabko", 1),
        ("contoh-1 roster kecamatan", 1),
        ("contoh-1 roster kelurahan", 2),
        ("contoh-1 grant ppk", 1),
        ("contoh-1 grant kpps", 4),
        ("contoh-1 c_hasil 1", 4),
        ("contoh-1 c_hasil 2", 1),
        ("contoh-1 d_hasil_kelurahan 1", 1),
        ("contoh-1 d_hasil_kecamatan 1", 1),
        ("contoh-1 summary 1", 1),
        ("contoh-1 determination", 1),
    ]


def test_determinations_and_rulings_follow_each_other_by_their_days(tmp_path):
    all_waves = replayed(decided().write(tmp_path / "contoh"))
    assert [wave.stage for wave in all_waves][-5:] == [
        "contoh-1 determination", "contoh-1 ruling", "contoh-1 ruling", "contoh-1 determination",
        "contoh-1 elected",
    ]  # fmt: skip
    first, anew = of_kind(all_waves, "determination")
    registered, granted = of_kind(all_waves, "ruling")
    assert (anew["revision"], "previous" in first, granted["revision"]) == (2, False, 2)
    assert [one["decision"] for one in granted["annuls"]] == ["12/2031", "8/2031"]
    assert granted["region"] == registered["region"] == "97.01"


def test_a_correction_with_an_earlier_date_stays_behind_what_it_corrects(tmp_path):
    """A case "recorded by mistake" of an earlier day came first, and was refused as a mistake."""
    case = '[[rulings]]\ncontest = "bupati"\ncourt = "mk"\n'
    said = [("1/2031", "registered", "03-03"), ("2/2031", "registered", "03-01"),
            ("1/2031", "mistaken", "02-01"), ("1/2031", "registered", "03-02")]  # fmt: skip
    folder = tiny().append("election.toml", DETERMINED)
    for number, state, day in said:
        told = f'number = "{number}"\nstate = "{state}"\ndate = "2031-{day}"\n'
        folder = folder.append("rulings.toml", case + told)
    told = of_kind(replayed(folder.write(tmp_path / "contoh")), "ruling")
    assert [(one["number"], one["state"], one["revision"]) for one in told] == [
        ("2/2031", "registered", 1), ("1/2031", "registered", 1), ("1/2031", "mistaken", 2),
        ("1/2031", "registered", 3),
    ]  # fmt: skip


def test_the_root_stands_in_where_no_contest_is_of_a_province(folder):
    all_waves = replayed(folder)
    root = derive("benih", "contoh-1/root/kpu/1").keyid
    signers = {
        wave.stage: {s.keyid for data in wave.envelopes for s in envelope.parse(data).signatures}
        for wave in all_waves
    }
    for stage in ("roster id", "roster provinsi", "roster kabko", "grant kpu_kabko", "summary 1"):
        assert signers[f"contoh-1 {stage}"] == {root}


def test_a_provincial_kpu_signs_where_a_contest_is_of_a_province(tmp_path):
    folder = simulate(tmp_path, office="governor", stations=20, seed=5)
    grants = {(g["body"], g["region"]): g for g in of_kind(replayed(folder), "grant")}
    assert len(grants["kpu_prov", "96"]["persons"]) == 3


def test_persons_are_as_many_as_the_body_must_ever_reach(folder):
    grants = of_kind(replayed(folder), "grant")
    assert {(g["body"], g["region"], g.get("tps")): len(g["persons"]) for g in grants} == {
        ("kpu_kabko", "97.01", None): 3,  # the determination
        ("ppk", "97.01.01", None): 3,  # the D forms
        ("kpps", "97.01.01.1001", "001"): 4,  # the policy
        ("kpps", "97.01.01.1001", "002"): 4,
        ("kpps", "97.01.01.2002", "001"): 4,
        ("kpps", "97.01.01.2002", "002"): 4,
    }
    first = grants[0]["persons"]
    assert [(p["person"], p["position"]) for p in first] == [
        ("kpu-kabko-97.01-1", "ketua"),
        ("kpu-kabko-97.01-2", "anggota"),
        ("kpu-kabko-97.01-3", "anggota"),
    ]
    key = derive("benih", "contoh-1/kpu-kabko-97.01-1")
    assert first[0]["key"] == codec.b64encode(key.public)


def test_forms_carry_as_many_signatures_as_the_policy_asks(folder):
    counts = Counter()
    for wave in replayed(folder):
        for data in wave.envelopes:
            parsed = envelope.parse(data)
            form = codec.decode(parsed.payload, nulls=True).get("form")
            counts[form, len(parsed.signatures)] += 1
    assert counts["c_hasil", 4] == 5
    assert counts["d_hasil_kelurahan", 3] == 1
    assert counts["summary", 1] == 1


def test_a_person_of_a_station_is_named_by_body_region_and_station():
    assert name(("kpps", "97.01.01.1001", "007"), 2) == "kpps-97.01.01.1001-007-2"


def test_a_revision_names_the_one_before_and_a_kecamatan_its_sheets(folder):
    forms = of_kind(replayed(folder), "form")
    payloads = {codec.encode(form, nulls=True): form for form in forms}
    ids = {
        (form["form"], form["region"], form.get("tps"), form["revision"]): envelope.statement_id(p)
        for p, form in payloads.items()
    }
    by_name = {
        (form["form"], form["region"], form.get("tps"), form["revision"]): form for form in forms
    }
    revised = by_name["c_hasil", "97.01.01.2002", "001", 2]
    assert revised["previous"] == ids["c_hasil", "97.01.01.2002", "001", 1]
    assert revised["reason"] == {"code": "reading"}
    kecamatan = by_name["d_hasil_kecamatan", "97.01.01", None, 1]
    assert kecamatan["sheets"] == [ids["d_hasil_kelurahan", "97.01.01.1001", None, 1]]
    assert "children" not in kecamatan
    sheet = by_name["d_hasil_kelurahan", "97.01.01.1001", None, 1]
    assert sheet["children"] == ["001", "002"]
    assert sheet["rows"]["total"] == [None, None]


def test_the_first_statements_say_what_a_replay_is(folder):
    (log,) = of_kind(replayed(folder), "log")
    assert log["mode"] == "replay"
    assert log["rp_id"] == "contoh.example"
    assert log["policy"] == [f"log {log['log_key']}", "quorum none"]
    assert log["at"] == "2031-02-12T00:00:00+08:00"
    (publication,) = of_kind(replayed(folder), "publication")
    assert (publication["release"], publication["fixed"]) == (RELEASE, True)


def test_every_statement_of_a_simulation_is_of_the_schema_in_waves_of_256(tmp_path):
    first = simulate(tmp_path / "a", office="mayor", stations=300, second=True, seed=3)
    second = simulate(tmp_path / "b", office="regent", stations=20, fields="few", seed=4)
    all_waves = replayed(first, second)
    assert [wave.number for wave in all_waves] == list(range(1, len(all_waves) + 1))
    assert max(len(wave.envelopes) for wave in all_waves) == WAVE
    assert sum(len(statements(wave)) for wave in all_waves) > 1000
    seen = set()
    for wave in all_waves:
        for one in statements(wave):
            if one.kind != "form":
                continue
            previous = one.fields.get("previous")
            assert previous is None or previous in seen
        seen |= {envelope.parse(data).id for data in wave.envelopes}


def test_topmost_regions_may_lie_below_the_province(tmp_path):
    folder = tiny().replace("regions.csv", "97,Provinsi Contoh,provinsi,\n", "")
    folder = folder.replace("regions.csv", "Contoh,kabko,97", "Contoh,kabko,")
    rosters = of_kind(replayed(folder.write(tmp_path)), "roster")
    assert rosters[0]["region"] == "id"
    assert [child["code"] for child in rosters[0]["children"]] == ["97.01"]
    assert rosters[1]["region"] == "97.01"


def test_bodies_that_sign_nothing_have_no_persons(tmp_path):
    folder = tiny().without("rows.csv")
    header = folder.files["forms.csv"].split("\n")[0]
    running = folder.files["forms.csv"].strip().split("\n")[-1]
    folder.files["forms.csv"] = f"{header}\n{running}\n"
    election = read(folder.write(tmp_path))
    assert set(Persons("benih", election).needed) == {("kpu_kabko", "97.01", None)}


def test_readiness_waits_for_its_contests_and_what_came_back_for_the_forms(tmp_path):
    again = """
[[contests]]
id = "bupati-ulang"
office = "regent"
region = "97.01"
win = "plurality"
date = "2031-05-12"
follows = { contest = "bupati", why = "repeat-vote" }
[[contests.pairs]]
number = 1
names = ["Calon Satu", "Wakil Satu"]
[[contests.pairs]]
number = 2
names = ["Calon Dua", "Wakil Dua"]
"""
    rows = """region,tps,step,ballots,boxes,seals_whole,seals_broken
97.01.01.1001,001,arrived,bupati=308,,,
97.01.01.1001,002,arrived,bupati=300; bupati-ulang=301,,,
97.01.01.1001,001,returned,,1,20,0
97.01.01.1001,002,returned,,1,19,1
"""
    folder = tiny().append("election.toml", again).append("readiness.csv", rows)
    told = [(wave.stage.partition(" ")[2], wave) for wave in replayed(folder.write(tmp_path))]
    at = [n for n, (stage, _) in enumerate(told) if stage.startswith("readiness")]
    assert [told[n][0] for n in at] == ["readiness arrived", "readiness returned"] * 2
    assert [told[n - 1][0] for n in at[::2]] == ["grant kpps", "election"]
    assert told[at[1] - 1][0].startswith("summary")
    signed = {
        told[n][0]: [len(envelope.parse(one).signatures) for one in told[n][1].envelopes]
        for n in at
    }
    assert signed == {"readiness arrived": [2], "readiness returned": [2]}
    granted = {one["body"] for one in of_kind([wave for _, wave in told], "grant")}
    assert granted == {"kpu_kabko", "ppk", "pps", "kpps"}
