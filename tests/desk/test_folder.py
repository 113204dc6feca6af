"""Election folders are read strictly: every reason to stop, with its place, all at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.desk.cases import table
from tests.elections import Folder, decided, simulate, tiny

from rekap.desk.elections import problems as problems_of
from rekap.desk.elections.folder import read
from rekap.desk.elections.problems import FolderRefused
from rekap.desk.elections.values import Paper, Sheet

FORMS = "forms.csv"
ROW = "bupati,c_hasil,97.01.01.1001,001,1,first,100,50,150,3,153,,,,,"
REVISED = "bupati,c_hasil,97.01.01.2002,001,2,first,60,62,122,0,122,reading,,,,"


def problems(folder: Folder, tmp_path):
    with pytest.raises(FolderRefused) as refused:
        read(folder.write(tmp_path / "folder"))
    return [(one.file, one.line, one.column, one.code) for one in refused.value.problems]


def row(old: str, new: str) -> Folder:
    """The tiny folder with a part of the first form's row exchanged."""
    assert ROW.count(old) == 1
    return tiny().replace(FORMS, ROW, ROW.replace(old, new))


def test_reads_everything_that_the_folder_says(tmp_path):
    election = read(tiny().write(tmp_path))
    assert election.id == "contoh-1"
    assert election.settings["timezone"] == "Asia/Makassar"
    assert election.settings["contests"][0]["source_forms"] == [
        "c_hasil", "d_hasil_kelurahan", "d_hasil_kecamatan", "summary",
    ]  # fmt: skip
    assert election.places.stations["97.01.01.1001"] == {"001": 300, "002": None}
    assert election.empty_rows == 1
    assert len(election.papers) == 8
    explained, revised, running = election.papers[1], election.papers[3], election.papers[7]
    assert explained.explanations == ({"rule": "R7", "text": "salah jumlah"},)
    assert (revised.revision, revised.reason) == (2, {"code": "reading"})
    assert running == Paper(
        10, "bupati", "summary", "97.01", None, 1, None, {"pair_1": 200, "pair_2": 150},
        stations_in=3, stations_expected=5, as_of_text="13 Februari 2031, 08.00 WITA",
    )  # fmt: skip


def test_a_figure_that_no_column_has_is_unknown_in_every_column(tmp_path):
    sheet = read(tiny().write(tmp_path)).papers[5].sheet
    assert sheet == Sheet(
        ("001", "002"),
        {
            "pair_1": (100, 80),
            "pair_2": (50, 90),
            "valid": (150, 170),
            "invalid": (3, 4),
            "total": (None, None),
        },
    )


def test_who_signed_the_attendance_list_is_read_and_zero_is_said(tmp_path):
    papers = read(_attended(SIGNED, "0").write(tmp_path)).papers
    assert [paper.attended for paper in papers[:2]] == [{"listed": 0}, {}]


def test_without_a_roster_any_station_number_is_taken(tmp_path):
    folder = tiny().without("roster.csv").replace(FORMS, "1001,002,1", "1001,777,1")
    folder = folder.replace("rows.csv", "1,002,80", "1,777,80")
    election = read(folder.write(tmp_path))
    assert not election.places.has_roster
    assert election.papers[1].tps == "777"


def test_from_revision_2_on_an_empty_reason_means_the_source(tmp_path):
    election = read(tiny().replace(FORMS, "122,reading", "122,").write(tmp_path))
    assert election.papers[3].reason == {"code": "source"}


def test_a_reason_may_say_more(tmp_path):
    election = read(tiny().replace(FORMS, "122,reading", "122,court: putusan MK").write(tmp_path))
    assert election.papers[3].reason == {"code": "court", "text": "putusan MK"}


def test_explanations_name_rule_column_and_part(tmp_path):
    told = "R8/voters: a; b: c; X3/001/R6: d; X1/97.01.01.1001: e"
    election = read(tiny().replace(FORMS, "R7: salah jumlah", told).write(tmp_path))
    assert election.papers[1].explanations == (
        {"rule": "R8", "part": "voters", "text": "a; b: c"},
        {"rule": "X3", "child": "001", "part": "R6", "text": "d"},
        {"rule": "X1", "child": "97.01.01.1001", "text": "e"},
    )


def test_line_ends_of_other_systems_and_blank_lines_say_nothing(tmp_path):
    plain = read(tiny().write(tmp_path / "a"))
    folder = tiny()
    folder.files[FORMS] = folder.files[FORMS].replace("\n", "\r\n\r\n")
    other = read(folder.write(tmp_path / "a"))
    assert [replace(paper, line=0) for paper in other.papers] == [
        replace(paper, line=0) for paper in plain.papers
    ]


RULING = """[[rulings]]
contest = "bupati"
court = "mk"
number = "28/PHPU.BUP/2031"
state = "registered"
date = "2031-03-03"
"""
ADVICE = """contest,body,body_region,number,type,ground,region,tps,state,reason
bupati,bawaslu_kabko,97.01,1/2031,repeat-vote,double-vote,97.01.01.1001,001,refused,other
"""
COPY = """contest,region,tps,body,pair,count,pair_1
bupati,97.01.01.1001,001,saksi,1,first,90
"""
EVE = """region,tps,step,ballots,lacks,boxes
97.01.01.1001,001,arrived,bupati=308,ink=none,
"""
SIGNED = ROW.removesuffix(",,,,,")
STRUCK = """contest,form,region,revision,child,field,from,to,basis,initials
bupati,d_hasil_kelurahan,97.01.01.1001,1,001,pair_1,98,100,plano,ketua
"""


def _attended(row: str, listed: str) -> Folder:
    """The tiny folder with a column of who signed the attendance list, of one row."""
    folder = tiny()
    head, *rows = folder.files[FORMS].splitlines()
    rows = [f"{one},{listed if one.startswith(row) else ''}" for one in rows]
    folder.files[FORMS] = "\n".join([f"{head},attended_listed", *rows, ""])
    return folder


STOPS = {
    "attendance that is no number": (
        _attended(SIGNED, "1.000"),
        (FORMS, 2, "attended_listed", "number"),
    ),
    "attendance above the TPS": (
        _attended("bupati,d_hasil_kecamatan", "3"),
        (FORMS, 9, "attended_listed", "not-empty"),
    ),
    "a correction that names an objection as paper does": (
        tiny().append(
            "corrections.csv",
            STRUCK.replace("initials", "initials,objection").replace(
                "ketua", "ketua,saksi 2 nomor 1"
            ),
        ),
        ("corrections.csv", 2, "objection", "not-empty"),
    ),
    "a correction of a form that is not there": (
        tiny().append("corrections.csv", STRUCK.replace("1001,1,", "2002,1,")),
        ("corrections.csv", 2, "form", "no-form"),
    ),
    "a correction of a cell that says something else": (
        tiny().append("corrections.csv", STRUCK.replace("98,100", "98,101")),
        ("corrections.csv", 2, "corrections.0.3", "cell"),
    ),
    "a correction of a column that is not there": (
        tiny().append("corrections.csv", STRUCK.replace("1,001", "1,003")),
        ("corrections.csv", 2, "corrections.0.0", "no-column"),
    ),
    "a correction from no number": (
        tiny().append("corrections.csv", STRUCK.replace(",98", ",9B")),
        ("corrections.csv", 2, "from", "number"),
    ),
    "a correction without its basis": (
        tiny().append("corrections.csv", STRUCK.replace("plano", "")),
        ("corrections.csv", 2, "because.0.basis", "value"),
    ),
    "initials of nobody": (
        tiny().append("corrections.csv", STRUCK.replace("ketua", "camat")),
        ("corrections.csv", 2, "initials", "initials"),
    ),
    "readiness of a TPS that is not there": (
        tiny().append("readiness.csv", EVE.replace(",001,", ",009,")),
        ("readiness.csv", 2, "tps", "station-unknown"),
    ),
    "readiness of a region that is not there": (
        tiny().append("readiness.csv", EVE.replace("1001", "1009")),
        ("readiness.csv", 2, "region", "region-unknown"),
    ),
    "ballots of no contest": (
        tiny().append("readiness.csv", EVE.replace("bupati", "gubernur")),
        ("readiness.csv", 2, "ballots", "contest"),
    ),
    "readiness said twice": (
        tiny().append("readiness.csv", EVE + EVE.splitlines()[1]),
        ("readiness.csv", 3, "step", "duplicate"),
    ),
    "what came back without its boxes": (
        tiny().append("readiness.csv", EVE.replace("arrived,bupati=308,ink=none", "returned,,")),
        ("readiness.csv", 2, "boxes", "missing-field"),
    ),
    "a list that is none": (
        tiny().append("readiness.csv", EVE.replace("ink=none", "ink")),
        ("readiness.csv", 2, "lacks", "list"),
    ),
    "a state that no recommendation has": (
        tiny().append("recommendations.csv", ADVICE.replace("refused,other", "lost,")),
        ("recommendations.csv", 2, "state", "value"),
    ),
    "a refusal without its reason": (
        tiny().append("recommendations.csv", ADVICE.replace("refused,other", "refused,")),
        ("recommendations.csv", 2, "reason", "missing-field"),
    ),
    "advice for a place that is not there": (
        tiny().append("recommendations.csv", ADVICE.replace(",001,", ",009,")),
        ("recommendations.csv", 2, "tps", "station-unknown"),
    ),
    "a copy of a witness of no pair": (
        tiny().append("copies.csv", COPY.replace("saksi,1", "saksi,")),
        ("copies.csv", 2, "pair", "missing-field"),
    ),
    "a copy with a figure that is none": (
        tiny().append("copies.csv", COPY.replace("first,90", "first,x")),
        ("copies.csv", 2, "pair_1", "number"),
    ),
    "no election": (tiny().without("election.toml"), ("election.toml", 0, "", "missing-file")),
    "no regions": (tiny().without("regions.csv"), ("regions.csv", 0, "", "missing-file")),
    "no forms": (tiny().without(FORMS), (FORMS, 0, "", "missing-file")),
    "not TOML": (
        tiny().replace("election.toml", 'id = "contoh-1"', "id = contoh"),
        ("election.toml", 0, "", "syntax"),
    ),
    "unknown setting": (
        tiny().replace("election.toml", "timezone", "zone"),
        ("election.toml", 0, "zone", "unknown-field"),
    ),
    "missing setting": (
        tiny().replace("election.toml", 'source = "SIMULASI: angka dikarang"\n', ""),
        ("election.toml", 0, "source", "missing-field"),
    ),
    "live": (
        tiny().replace("election.toml", '"replay"', '"live"'),
        ("election.toml", 0, "mode", "mode"),
    ),
    "bad id": (
        tiny().replace("election.toml", '"contoh-1"', '"Contoh 1"'),
        ("election.toml", 0, "id", "id"),
    ),
    "bad name": (
        tiny().replace("election.toml", "Calon Dua", "Calon \u200bDua"),
        ("election.toml", 0, "contests.0.pairs.1.names.0", "text"),
    ),
    "pairs not counted from 1": (
        tiny().replace("election.toml", "number = 2", "number = 3"),
        ("election.toml", 0, "contests.0.pairs.1.number", "order"),
    ),
    "derived forms written down": (
        tiny().replace("election.toml", 'win = "', 'source_forms = ["c_hasil"]\nwin = "'),
        ("election.toml", 0, "contests.0.source_forms", "unknown-field"),
    ),
    "contest of the wrong level": (
        tiny().replace("election.toml", "regent", "governor"),
        ("election.toml", 0, "contests.0.region", "region-level"),
    ),
    "contest without region": (
        tiny().replace("election.toml", '"97.01"', '"97.02"'),
        ("election.toml", 0, "contests.0.region", "region-unknown"),
    ),
    "determination of nothing": (
        tiny().append("election.toml", '[[determinations]]\ncontest = "gubernur"'),
        ("election.toml", 0, "determinations.0.contest", "contest"),
    ),
    "determination elsewhere": (
        tiny().append(
            "election.toml",
            '[[determinations]]\ncontest = "bupati"\nregion = "97"\nnumber = "1/2031"\n'
            'announced_at = "2031-02-20T16:01:00+08:00"',
        ),
        ("election.toml", 0, "determinations.0.region", "region-outside"),
    ),
    "determination without time": (
        tiny().append(
            "election.toml",
            '[[determinations]]\ncontest = "bupati"\nregion = "97.01"\nnumber = "1/2031"',
        ),
        ("election.toml", 0, "determinations.0.announced_at", "missing-field"),
    ),
    "determinations not a list": (
        tiny().replace("election.toml", "[[contests]]", "determinations = 1\n[[contests]]"),
        ("election.toml", 0, "determinations", "syntax"),
    ),
    "rulings not a list": (
        tiny().append("rulings.toml", "rulings = 1"),
        ("rulings.toml", 0, "rulings", "syntax"),
    ),
    "rulings that are no TOML": (
        tiny().append("rulings.toml", "[[rulings]"),
        ("rulings.toml", 0, "", "syntax"),
    ),
    "ruling of no contest": (
        tiny().append("rulings.toml", '[[rulings]]\ncontest = "gubernur"'),
        ("rulings.toml", 0, "rulings.0.contest", "contest"),
    ),
    "ruling with what is derived": (
        tiny().append("rulings.toml", '[[rulings]]\ncontest = "bupati"\nrevision = 2'),
        ("rulings.toml", 0, "rulings.0.revision", "unknown-field"),
    ),
    "ruling that annuls what is only registered": (
        tiny().append("rulings.toml", RULING + 'annuls = [{decision = "1/2031"}]'),
        ("rulings.toml", 0, "rulings.0.annuls", "unexpected-field"),
    ),
    "ruling without its court": (
        tiny().append("rulings.toml", RULING.replace('court = "mk"\n', "")),
        ("rulings.toml", 0, "rulings.0.court", "missing-field"),
    ),
    "a ruling before the decision that it annuls": (
        decided()
        .replace("rulings.toml", "2031-04-20", "2031-02-14")
        .replace("rulings.toml", "2031-03-03", "2031-02-01"),
        ("rulings.toml", 0, "rulings.1.date", "before-decision"),
    ),
    "a case that ended before the court took it": (
        decided().replace("rulings.toml", "2031-04-20", "2031-03-02"),
        ("rulings.toml", 0, "rulings.1.date", "before-registration"),
    ),
    "a petition against a decision that nobody recorded": (
        decided().replace("rulings.toml", '"2031-03-03"', '"2031-03-03"\nagainst = "13/2031"'),
        ("rulings.toml", 0, "rulings.0.against", "decision-unknown"),
    ),
    "a petition before the decision that it is against": (
        decided().replace("rulings.toml", '"2031-03-03"', '"2031-02-14"\nagainst = "12/2031"'),
        ("rulings.toml", 0, "rulings.0.date", "before-decision"),
    ),
    "an annulment of a decision that nobody recorded": (
        decided().replace("rulings.toml", '"12/2031"', '"21/2031"'),
        ("rulings.toml", 0, "rulings.1.annuls", "decision-unknown"),
    ),
    "an annulment for a TPS that no roster has": (
        decided().replace("rulings.toml", "1001/001", "1001/099"),
        ("rulings.toml", 0, "rulings.1.annuls.0.places", "station-unknown"),
    ),
    "an annulment for a region that is not in the folder": (
        decided().replace("rulings.toml", "97.01.01.1001/001", "97.01.88"),
        ("rulings.toml", 0, "rulings.1.annuls.0.places", "region-unknown"),
    ),
    "elected before the result is determined": (
        decided().replace("elected.toml", 'announced_at = "2031', 'announced_at = "2030'),
        ("elected.toml", 0, "elected.0.announced_at", "before-decision"),
    ),
    "region not a code": (
        tiny().append("regions.csv", "9701,Lain,kabko,97"),
        ("regions.csv", 7, "code", "region-code"),
    ),
    "region twice": (
        tiny().append("regions.csv", "97.01.01,Lain,kecamatan,97.01"),
        ("regions.csv", 7, "code", "duplicate"),
    ),
    "unknown level": (
        tiny().replace("regions.csv", "Karasari,kecamatan", "Karasari,distrik"),
        ("regions.csv", 4, "level", "value"),
    ),
    "level of another code": (
        tiny().replace("regions.csv", "Karasari,kecamatan", "Karasari,kabko"),
        ("regions.csv", 4, "level", "region-level"),
    ),
    "another parent": (
        tiny().replace("regions.csv", "kecamatan,97.01", "kecamatan,97.02"),
        ("regions.csv", 4, "parent", "region-parent"),
    ),
    "a parent that is missing": (
        tiny().append("regions.csv", "97.01.02.1001,Jauh,kelurahan,97.01.02"),
        ("regions.csv", 7, "parent", "region-unknown"),
    ),
    "a parent of a province": (
        tiny().replace("regions.csv", "provinsi,", "provinsi,96"),
        ("regions.csv", 2, "parent", "not-empty"),
    ),
    "a name in other letters": (
        tiny().replace("regions.csv", "Karasari", "Карасари"),
        ("regions.csv", 4, "name", "characters"),
    ),
    "a telephone number in a name": (
        tiny().replace("regions.csv", "Karasari", "Karasari 081234567890"),
        ("regions.csv", 4, "name", "digits"),
    ),
    "roster of an unknown region": (
        tiny().append("roster.csv", "97.01.01.1009,001,"),
        ("roster.csv", 7, "region", "region-unknown"),
    ),
    "roster of no code": (
        tiny().append("roster.csv", "970101,001,"),
        ("roster.csv", 7, "region", "region-code"),
    ),
    "roster of a kecamatan": (
        tiny().append("roster.csv", "97.01.01,001,"),
        ("roster.csv", 7, "region", "region-level"),
    ),
    "a TPS of one digit": (
        tiny().append("roster.csv", "97.01.01.2002,3,"),
        ("roster.csv", 7, "tps", "tps"),
    ),
    "a TPS twice": (
        tiny().append("roster.csv", "97.01.01.2002,901,"),
        ("roster.csv", 7, "tps", "duplicate"),
    ),
    "registered with a point": (
        tiny().append("roster.csv", "97.01.01.2002,003,1.200"),
        ("roster.csv", 7, "registered", "number"),
    ),
    "unknown column": (
        tiny().replace(FORMS, "invalid,total", "invalid,jumlah"),
        (FORMS, 1, "jumlah", "unknown-column"),
    ),
    "column of a pair that no contest has": (
        tiny().replace(FORMS, "pair_2,valid", "pair_3,valid"),
        (FORMS, 1, "pair_3", "unknown-column"),
    ),
    "missing column": (
        tiny().replace(FORMS, "tps,revision", "tps,invalid_m"),
        (FORMS, 1, "revision", "missing-column"),
    ),
    "column twice": (
        tiny().replace(FORMS, "pair_1,pair_2", "pair_1,pair_1"),
        (FORMS, 1, "pair_1", "repeated-column"),
    ),
    "a cell too many": (row("153", "153,"), (FORMS, 2, "", "width")),
    "an open quotation mark": (
        tiny().append(FORMS, 'bupati,"c_hasil'),
        (FORMS, 11, "", "syntax"),
    ),
    "unknown contest": (row("bupati", "walikota"), (FORMS, 2, "contest", "contest")),
    "unknown form": (row("c_hasil", "c_plano"), (FORMS, 2, "form", "value")),
    "form of an unknown region": (
        row("97.01.01.1001", "97.01.01.1009"),
        (FORMS, 2, "region", "region-unknown"),
    ),
    "form of no code": (row("97.01.01.1001", "3101011001"), (FORMS, 2, "region", "region-code")),
    "form of another level": (
        tiny().replace(FORMS, "d_hasil_kecamatan", "d_hasil_kabko"),
        (FORMS, 9, "region", "region-level"),
    ),
    "form outside its contest": (
        tiny().append(FORMS, "bupati,d_hasil_prov,97,,1,first,1,1,2,0,2,,,,,"),
        (FORMS, 11, "region", "region-outside"),
    ),
    "acting for a body outside every contest": (
        tiny().append(
            "acting.toml",
            table("acting", body="kpu_prov", region="97", acting="kpu", date="2025-02-28"),
        ),
        ("acting.toml", 0, "acting.0.region", "region-outside"),
    ),
    "a D form with a TPS": (
        tiny().replace(FORMS, "97.01.01,,1,first,250", "97.01.01,001,1,first,250"),
        (FORMS, 9, "tps", "not-empty"),
    ),
    "a C form without": (row("1001,001", "1001,"), (FORMS, 2, "tps", "tps")),
    "a station that is not in the roster": (
        row("1001,001", "1001,003"),
        (FORMS, 2, "tps", "station-unknown"),
    ),
    "a row twice": (tiny().append(FORMS, ROW), (FORMS, 11, "revision", "duplicate")),
    "revision 0": (row("001,1", "001,0"), (FORMS, 2, "revision", "revision")),
    "a gap in the revisions": (
        tiny().replace(FORMS, REVISED, REVISED.replace("001,2", "001,3")),
        (FORMS, 5, "revision", "gap"),
    ),
    "unknown count": (row("first", "second"), (FORMS, 2, "count", "value")),
    "no count": (row("first", ""), (FORMS, 2, "count", "value")),
    "a decimal": (row("150", "150.5"), (FORMS, 2, "valid", "number")),
    "a leading zero": (row("150", "0150"), (FORMS, 2, "valid", "number")),
    "a negative figure": (row("150", "-1"), (FORMS, 2, "valid", "number")),
    "a figure of ten digits": (row("150", "1000000000"), (FORMS, 2, "valid", "number")),
    "other digits": (row("150", "١٥٠"), (FORMS, 2, "valid", "number")),
    "reason of revision 1": (row("153,", "153,source"), (FORMS, 2, "reason", "not-empty")),
    "unknown reason": (
        tiny().replace(FORMS, "122,reading", "122,mistake"),
        (FORMS, 5, "reason", "value"),
    ),
    "reason with a number": (
        tiny().replace(FORMS, "122,reading", "122,court: 3171011001001"),
        (FORMS, 5, "reason", "digits"),
    ),
    "an explanation without a rule": (
        tiny().replace(FORMS, "R7: salah", "salah"),
        (FORMS, 3, "explanation", "explanation"),
    ),
    "an explanation of an unknown rule": (
        tiny().replace(FORMS, "R7: salah", "R99: salah"),
        (FORMS, 3, "explanation", "explanation"),
    ),
    "an explanation of an unknown part": (
        tiny().replace(FORMS, "R7: salah", "R7/voters: salah"),
        (FORMS, 3, "explanation", "explanation"),
    ),
    "an explanation of no child": (
        tiny().replace(FORMS, "R7: salah", "X1/1: salah"),
        (FORMS, 3, "explanation", "explanation"),
    ),
    "one finding explained twice": (
        tiny().replace(FORMS, "R7: salah", "R7: a; R7: salah"),
        (FORMS, 3, "explanation", "explanation"),
    ),
    "an explanation in other letters": (
        tiny().replace(FORMS, "R7: salah", "R7: ☹"),
        (FORMS, 3, "explanation", "characters"),
    ),
    "stations of a C form": (row("153,,,", "153,,,1"), (FORMS, 2, "stations_in", "not-empty")),
    "a running figure without stations": (
        tiny().replace(FORMS, ",3,5,", ",,5,"),
        (FORMS, 10, "stations_in", "empty"),
    ),
    "a running figure without time": (
        tiny().replace(FORMS, '"13 Februari 2031, 08.00 WITA"', ""),
        (FORMS, 10, "as_of_text", "characters"),
    ),
    "a running figure of a recount": (
        tiny().replace(FORMS, "97.01,,1,,200", "97.01,,1,recount,200"),
        (FORMS, 10, "count", "not-empty"),
    ),
    "columns of no form": (
        tiny().append("rows.csv", "bupati,d_hasil_kelurahan,97.01.01.2002,1,001,1,1,2,0"),
        ("rows.csv", 4, "form", "no-form"),
    ),
    "a column twice": (
        tiny().append("rows.csv", "bupati,d_hasil_kelurahan,97.01.01.1001,1,002,1,1,2,0"),
        ("rows.csv", 4, "child", "duplicate"),
    ),
    "a column that is no TPS": (
        tiny().append("rows.csv", "bupati,d_hasil_kelurahan,97.01.01.1001,1,3,1,1,2,0"),
        ("rows.csv", 4, "child", "tps"),
    ),
    "a column that is not in the roster": (
        tiny().append("rows.csv", "bupati,d_hasil_kelurahan,97.01.01.1001,1,003,1,1,2,0"),
        ("rows.csv", 4, "child", "station-unknown"),
    ),
    "a column of another region": (
        tiny().append("rows.csv", "bupati,d_hasil_kecamatan,97.01.01,1,97.01.02.1001,1,1,2,0"),
        ("rows.csv", 4, "child", "child"),
    ),
    "a column that is no region": (
        tiny().append("rows.csv", "bupati,d_hasil_kecamatan,97.01.01,1,1001,1,1,2,0"),
        ("rows.csv", 4, "child", "region-code"),
    ),
    "a column of an unknown region": (
        tiny().append("rows.csv", "bupati,d_hasil_kecamatan,97.01.01,1,97.01.01.1003,1,1,2,0"),
        ("rows.csv", 4, "child", "region-unknown"),
    ),
    "a cell that is no number": (
        tiny().replace("rows.csv", "002,80", "002,8O"),
        ("rows.csv", 3, "pair_1", "number"),
    ),
    "a column without a total": (
        tiny().replace(FORMS, "180,140,320,7,327", "180,140,,7,327"),
        ("rows.csv", 2, "valid", "no-figure"),
    ),
}


@pytest.mark.parametrize("name", STOPS)
def test_stops_on(name, tmp_path):
    folder, expected = STOPS[name]
    assert expected in problems(folder, tmp_path)


def test_stops_on_a_figure_of_a_pair_that_only_another_contest_has(tmp_path):
    second = (
        '[[contests]]\nid = "lain"\noffice = "regent"\nregion = "97.01"\nwin = "plurality"\n'
        '[[contests.pairs]]\nnumber = 1\nnames = ["Calon Tiga"]'
    )
    folder = tiny().append("election.toml", second)
    folder = folder.append(FORMS, ROW.replace("bupati", "lain"))
    assert problems(folder, tmp_path) == [(FORMS, 11, "pair_2", "pair")]


def test_a_word_of_no_list_is_refused_with_the_list(tmp_path):
    """Who named a ground as the law counts it read that it is in no list, and never in which."""
    folder = tiny().append("recommendations.csv", ADVICE.replace("double-vote", "art28"))
    with pytest.raises(FolderRefused) as refused:
        read(folder.write(tmp_path))
    (problem,) = refused.value.problems
    assert (problem.column, problem.code) == ("ground", "value")
    for said in (problem.id, problem.en):
        assert "double-vote, " in said


def test_stops_on_bytes_that_are_not_utf_8(tmp_path):
    tiny().write(tmp_path)
    (tmp_path / "regions.csv").write_bytes(b"code,name,level,parent\n97,Provinsi \xe9,provinsi,\n")
    with pytest.raises(FolderRefused) as refused:
        read(tmp_path)
    assert ("regions.csv", 2, "not-utf8") in [
        (one.file, one.line, one.code) for one in refused.value.problems
    ]


def test_stops_on_a_byte_order_mark(tmp_path):
    folder = tiny()
    folder.files[FORMS] = "\ufeff" + folder.files[FORMS]
    assert problems(folder, tmp_path)[0] == (FORMS, 1, "", "not-utf8")


def test_stops_on_a_file_without_header(tmp_path):
    folder = tiny()
    folder.files["rows.csv"] = "\n"
    assert problems(folder, tmp_path) == [("rows.csv", 1, "", "empty-file")]


def test_stops_when_no_row_has_a_figure(tmp_path):
    folder = tiny().without("rows.csv")
    folder.files[FORMS] = folder.files[FORMS].split("\n", 1)[0] + "\n"
    assert problems(folder, tmp_path) == [(FORMS, 0, "", "no-forms")]


def _wide(count: int, cell: str) -> Folder:
    """The tiny folder with one sheet of `count` columns whose cells are `cell`."""
    folder = tiny().without("roster.csv")
    fields = [f"{row}{end}" for row in ("registered", "voted", "voted_listed", "voted_moved")
              for end in ("_m", "_f", "")]  # fmt: skip
    names = ",".join(fields)
    head = f"contest,form,region,tps,revision,count,{names}\n"
    figures = ",".join("999999999" for _ in fields)
    folder.files[FORMS] = head + f"bupati,d_hasil_kelurahan,97.01.01.1001,,1,first,{figures}\n"
    rows = "".join(
        f"bupati,d_hasil_kelurahan,97.01.01.1001,1,{n:03},{','.join(cell for _ in fields)}\n"
        for n in range(1, count + 1)
    )
    folder.files["rows.csv"] = f"contest,form,region,revision,child,{names}\n{rows}"
    return folder


def test_stops_on_a_sheet_of_more_than_300_columns(tmp_path):
    assert problems(_wide(301, "1"), tmp_path) == [("rows.csv", 2, "child", "too-many-columns")]


def test_stops_on_a_sheet_that_is_larger_than_an_entry(tmp_path):
    assert read(_wide(300, "99").write(tmp_path / "fits")).papers[0].sheet is not None
    wide = _wide(300, "999999999")
    wide.files[FORMS] = wide.files[FORMS].replace("\n", ",pair_1,pair_2,valid,invalid,total\n", 1)
    wide.files[FORMS] = wide.files[FORMS][:-1] + ",1,1,1,1,1\n"
    lines = wide.files["rows.csv"].splitlines()
    more = [lines[0] + ",pair_1,pair_2,valid,invalid,total"]
    more += [f"{line},999999999,999999999,999999999,999999999,999999999" for line in lines[1:]]
    wide.files["rows.csv"] = "\n".join(more) + "\n"
    assert problems(wide, tmp_path) == [("rows.csv", 2, "", "too-large")]


def test_tells_all_problems_of_all_files_in_their_order(tmp_path):
    folder = tiny().replace("regions.csv", "Karasari", "Карасари")
    folder = folder.append("roster.csv", "97.01.01.2002,3,x")
    folder = folder.replace(FORMS, ROW, ROW.replace("150", "x").replace("first", "no"))
    assert problems(folder, tmp_path) == [
        (FORMS, 2, "valid", "number"),
        (FORMS, 2, "count", "value"),
        ("regions.csv", 4, "name", "characters"),
        ("roster.csv", 7, "tps", "tps"),
        ("roster.csv", 7, "registered", "number"),
    ]


def test_a_form_that_is_refused_is_not_reported_again_for_each_of_its_columns(tmp_path):
    folder = tiny().replace(FORMS, "180,140,320", "180,140,x")
    assert problems(folder, tmp_path) == [(FORMS, 8, "valid", "number")]


def test_every_reason_to_stop_was_seen_and_says_what_to_do_in_both_languages():
    seen = {expected[3] for _, expected in STOPS.values()}
    seen |= {
        "pair",
        "not-utf8",
        "empty-file",
        "no-forms",
        "too-many-columns",
        "too-large",
        "results",
        "list",
        "digest",
        "digest-unknown",
        "withheld",
    }
    assert seen >= set(problems_of.SENTENCES)
    for indonesian, english in problems_of.SENTENCES.values():
        assert indonesian.endswith(".")
        assert indonesian.count(". ") >= 1
        assert english.count(". ") >= 1


def test_a_problem_is_one_line_with_its_place(tmp_path):
    with pytest.raises(FolderRefused) as refused:
        read(row("150", "x").write(tmp_path))
    (problem,) = refused.value.problems
    assert problem.told("id").startswith("forms.csv:2 kolom valid: [number] Bukan bilangan bulat")
    assert problem.told("en").startswith("forms.csv:2 column valid: [number] Not a whole number")


@pytest.mark.parametrize("office", ["mayor", "governor"])
def test_simulated_folders_are_read(office, tmp_path):
    folder = simulate(tmp_path, office=office, stations=60, second=True, seed=2)
    assert len(read(folder).papers) > 100
