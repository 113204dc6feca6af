"""The court's clock, and what pages say of a contest that was taken to court."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import pytest
from tests.core.ledger.realm import Fork, Realm, names, roots
from tests.core.ledger.world import keyid
from tests.core.pages import samples
from tests.core.statements import builders

from rekap.audit.exports import cdf
from rekap.core.ledger import decisions
from rekap.core.pages import pages
from rekap.core.pages.site import Site
from rekap.core.pages.twins.court import petition
from rekap.core.pages.words import courts, spoken

E, G = builders.ELECTION, builders.CONTEST
TOP, ELECTION, PORTAL = f"{E}/{G}/", f"{E}/", ""
PROV = names("kpu-prov-90")
ONE = "90.01.01.1001"


@pytest.mark.parametrize(
    ("announced", "until"),
    [
        ("2024-12-08T16:01:30+07:00", "2024-12-11"),  # Sunday: Monday is the first day
        ("2024-12-04T10:00:00+07:00", "2024-12-06"),  # Wednesday counts itself
        ("2024-12-06T23:59:59+07:00", "2024-12-10"),  # Friday, Monday, Tuesday
        ("2024-12-07T00:00:00+07:00", "2024-12-11"),  # Saturday
        ("2024-12-09T01:30:00+09:00", "2024-12-11"),  # still Sunday in the court's zone
        ("2024-12-30T12:00:00+08:00", "2025-01-01"),  # the election names no holidays
        ("2024-12-04", "2024-12-06"),  # a source that knows no hour
        ("9999-12-30T12:00:00+07:00", "9999-12-31"),  # no calendar goes on from there
        ("9999-12-31", "9999-12-31"),
        ("0001-01-01T00:00:00+09:00", "0001-01-03"),  # a Sunday in the court's zone
    ],
)
def test_the_last_day(announced: str, until: str) -> None:
    assert petition(announced) == {
        "days": 3, "until": f"{until}T23:59:00+07:00", "holidays": None, "source": "PMK 3/2024",
    }  # fmt: skip


def test_a_day_on_which_the_court_does_not_work_is_no_working_day() -> None:
    new_year = petition("2024-12-30T12:00:00+08:00", ["2024-12-25", "2025-01-01"])
    assert new_year["until"][:10] == "2025-01-02"
    assert new_year["holidays"] == ["2025-01-01"]
    weekend = petition("2025-03-28", ["2025-03-29"])
    assert weekend["until"][:10] == "2025-04-01"
    assert weekend["holidays"] == []


# ---------------------------------------------------------------- what pages say


@lru_cache(maxsize=1)
def _realm() -> Realm:
    """A contest with a form and a determination."""
    realm = Realm(other=False)
    fork = realm.fork()
    fork.add(builders.form(region=ONE, tps="001"), *names(f"kpps-{ONE}-001"))
    fork.add(builders.determination(number="821 Tahun 2024"), *PROV)
    assert fork.last["status"] == "effective"
    realm.keep(fork)
    return realm


@pytest.mark.parametrize("end", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59+07:00"])
def test_three_officers_who_write_an_end_of_the_calendar_stop_no_publisher(end: str) -> None:
    """The log keeps what they signed for ever, and the front of all its elections shows it."""
    fork = _realm().fork()
    number, (before, _) = (
        "1/9999",
        decisions.determination_in_force(fork.state, {"election": E, "contest": G}),
    )
    said = builders.determination(
        number=number, announced_at=end, at=end, revision=2, previous=before
    )
    assert fork.try_(said, *PROV) == "effective"
    site = fork.site()
    for address in (PORTAL, ELECTION, TOP):
        assert number.encode() in site.files(address)[f"{address}index.html"]


def _pages(fork: Fork) -> dict[str, tuple[dict[str, Any], str]]:
    """Twin and pages of the contest, the election and the front, in both languages."""
    site = fork.site()
    told = {}
    for address in (TOP, ELECTION, PORTAL):
        twin = json.loads(site.twins(address)[0])
        said = "".join(pages.render(twin, language).decode() for language in ("id", "en"))
        told[address] = (twin, said)
    return told


def _annulment(**fields: Any) -> dict[str, Any]:
    annuls = [{"decision": "821 Tahun 2024", **fields}]
    return builders.ruling(state="granted", date="2025-02-24", annuls=annuls)


def _ruled(fork: Fork, payload: dict[str, Any], *roles: str) -> None:
    assert fork.try_(payload, *(roles or PROV)) == "effective"


@pytest.mark.parametrize(
    ("state", "fields", "indonesian", "english"),
    [
        (
            "disputed",
            {},
            "ada permohonan ke MK: perkara 28/PHPU",
            "before the Constitutional Court: case 28/PHPU",
        ),
        (
            "refused",
            {"state": "dismissed"},
            "permohonan ke MK: perkara 28/PHPU.GUB-XXIII/2025 ditolak",
            "case 28/PHPU.GUB-XXIII/2025 dismissed",
        ),
        (
            "refused",
            {"state": "inadmissible"},
            "perkara 28/PHPU.GUB-XXIII/2025 tidak dapat diterima",
            "inadmissible",
        ),
    ],
)
def test_contest_election_and_front_say_that_a_result_is_at_court(
    state: str, fields: dict[str, Any], indonesian: str, english: str
) -> None:
    fork = _realm().fork()
    _ruled(fork, builders.ruling(**fields))
    for address, (twin, said) in _pages(fork).items():
        assert "Ditetapkan KPU, nomor 821 Tahun 2024" in said, address
        assert indonesian in said, address
        assert english in said, address
        if address == TOP:
            assert twin["standing"]["state"] == state
            assert [one["number"] for one in twin["rulings"]] == ["28/PHPU.GUB-XXIII/2025"]


def test_a_date_typo_hides_no_open_case_and_certifies_nothing() -> None:
    """A case registered in 2014, as its date said, was about nothing: "Official result"."""
    fork = _realm().fork()
    _certified(fork)
    assert _cdf_status(fork) == "certified"
    _ruled(fork, builders.ruling(date="2014-11-30"))
    assert _cdf_status(fork) == "unofficial-complete"
    for address, (_, said) in _pages(fork).items():
        assert "ada permohonan ke MK: perkara 28/PHPU" in said, address
        assert "Hasil resmi" not in said, address


def test_a_grant_against_a_decision_that_was_amended_is_told_and_certifies_nothing() -> None:
    fork = _realm().fork()
    _certified(fork, number="16 Tahun 2025", basis="correction")
    _ruled(fork, _annulment())
    assert _cdf_status(fork) == "unofficial-complete"
    for address, (_, said) in _pages(fork).items():
        assert "nomor 16 Tahun 2025; permohonan ke MK: perkara 28/PHPU" in said, address
        assert "Hasil resmi" not in said, address


def test_a_grant_without_a_recorded_determination_is_in_the_headline() -> None:
    """Nothing was said of it anywhere but in the list of rulings."""
    fork = Realm(other=False).fork()
    _ruled(fork, _annulment())
    for address, (_, said) in _pages(fork).items():
        assert "Permohonan ke MK: perkara 28/PHPU.GUB-XXIII/2025 dikabulkan 24 " in said
        assert "penetapan belum tercatat di sini" in said, address
        assert "no determination is recorded here" in said, address


def _cdf_status(fork: Fork) -> str:
    """How far the result of the contest is, in the words of the standard."""
    site = fork.site()
    ((_, report),) = cdf.files(site.context, 0)
    return str(json.loads(report)["Status"])


def test_an_annulled_result_is_called_annulled_everywhere_and_shows_no_deadline() -> None:
    """The votes after a court's repeat vote stood under a decision that the court had annulled."""
    fork = _realm().fork()
    before = _pages(fork)[TOP][1]
    assert "Permohonan ke MK" in before
    _ruled(fork, _annulment())
    for address, (_, said) in _pages(fork).items():
        assert "Penetapan nomor 821 Tahun 2024 dibatalkan MK" in said, address
        assert "annulled by the Constitutional Court" in said, address
        assert "Ditetapkan KPU" not in said, address
        if address != TOP:  # that page has no certificate, and names nobody
            assert "Tidak ada hasil yang berlaku.</b> Terakhir dihitung:" in said, address
            assert "No result is in force" in said, address
    assert "Permohonan ke MK" not in _pages(fork)[TOP][1]


def test_an_annulment_in_part_names_its_places_and_orders() -> None:
    fork = _realm().fork()
    place = f"{ONE}/001"
    payload = _annulment(places=[place])
    payload["orders"] = [{"what": "repeat-vote", "by": "kpu_kabko", "places": [place], "days": 30}]
    _ruled(fork, payload)
    twin, said = _pages(fork)[TOP]
    assert twin["standing"]["state"] == "annulled-part"
    for words in ("dibatalkan sebagian oleh MK", "hanya di TPS 001 Kelurahan ", "dalam 30 hari",
                  "pemungutan suara ulang oleh", "repeat vote by", "within 30 days"):  # fmt: skip
        assert words in said


@pytest.mark.parametrize(
    ("annulled", "indonesian", "english"),
    [
        (
            {"decision": "821 Tahun 2024", "places": [f"{ONE}/001"]},
            "Angka dapat memuat suara yang dibatalkan; belum ada penetapan sesudahnya.",
            "The figures may hold votes that were annulled; no determination followed.",
        ),
        (
            {"decision": "822 Tahun 2024"},
            "Belum ada penetapan sesudah putusan MK.",
            "No determination followed the ruling of the court.",
        ),
    ],
)
def test_nobody_has_most_votes_without_reservation_after_a_court_granted(
    annulled: dict[str, Any], indonesian: str, english: str
) -> None:
    """Annulled in part, and yet "number 1 received the most votes" under it."""
    fork = _realm().fork()
    _certified(fork)
    granted = builders.ruling(state="granted", date="2025-02-24", annuls=[annulled])
    _ruled(fork, granted)
    for address, (_, said) in _pages(fork).items():
        for one in (indonesian, english):
            assert f"<b>{one}</b> " in said, address
            assert said.index(one) < said.index("Last counted:")


def test_a_dead_decision_is_not_called_in_force() -> None:
    """Pages of annulled and replaced decisions, and lines of their history, said "Berlaku"."""
    fork = _realm().fork()
    first = fork.state.size - 1
    _ruled(fork, builders.ruling(number="82/PHPU"))
    typed = fork.state.size - 1
    _ruled(fork, builders.ruling(number="82/PHPU", state="mistaken", revision=2,
                                 previous=str(fork.last["id"])))  # fmt: skip
    _ruled(fork, builders.ruling())
    registered = fork.state.size - 1
    _ruled(fork, {**_annulment(places=[f"{ONE}/001"]), "revision": 2,
                  "previous": str(fork.last["id"])})  # fmt: skip
    assert _became(fork, first) == ("annulled-part", "Dibatalkan sebagian oleh MK.")
    partly = str(fork.last["id"])
    _certified(fork, number="16 Tahun 2025", basis="repeat-vote")
    assert _became(fork, first) == ("superseded", "Ada penetapan sesudahnya.")
    _ruled(fork, {**_annulment(), "revision": 3, "previous": partly})
    for index, status, said in (
        (first, "annulled", "Dibatalkan MK."),
        (typed, "mistaken", "Dicabut, salah catat."),
        (registered, "superseded", "Ada kabar sesudahnya."),
        (fork.state.size - 2, "effective", "Berlaku."),
        (fork.state.size - 1, "effective", "Dikabulkan."),
    ):
        assert _became(fork, index) == (status, said)
    history = {one["index"]: one["status"] for one in _pages(fork)[TOP][0]["history"]}
    assert (history[first], history[typed]) == ("annulled", "mistaken")
    assert "dibatalkan MK." in _pages(fork)[TOP][1]


def test_who_was_elected_by_a_determination_of_before_is_not_called_in_force() -> None:
    """The page of who was elected said "Berlaku" behind another determination, or its annulment."""
    fork = _realm().fork()
    not_by_it = ("unbacked", "Bukan menurut penetapan yang berlaku.")
    later = "2025-03-24T10:00:00+07:00"
    _ruled(fork, builders.elected())
    chosen, elected = fork.state.size - 1, str(fork.last["id"])
    assert _became(fork, chosen) == ("effective", "Berlaku.")
    _ruled(fork, _annulment(places=[f"{ONE}/001"]))
    ruling = fork.state.size - 1
    assert _became(fork, chosen) == not_by_it
    assert _after(fork, chosen) == ruling
    _certified(fork, number="16 Tahun 2025", basis="repeat-vote", announced_at=later)
    assert _became(fork, chosen) == not_by_it
    assert _after(fork, chosen) == fork.state.size - 1
    assert "bukan menurut penetapan yang berlaku." in _pages(fork)[TOP][1]
    _ruled(fork, builders.elected(revision=2, previous=elected, announced_at=later))
    assert _became(fork, fork.state.size - 1) == ("effective", "Berlaku.")
    assert _became(fork, chosen) == ("superseded", "Ada keputusan sesudahnya.")


def _after(fork: Fork, index: int) -> int:
    """The entry to which the page of a statement leads as the one by which it ended."""
    site = Site(fork.state, lambda entry: fork.entries[entry])
    return int(json.loads(site.twins(f"bukti/{index}/")[0])["after"]["index"])


def _became(fork: Fork, index: int) -> tuple[str, str]:
    """Status of a statement by its twin, and the first words of its page."""
    site = Site(fork.state, lambda entry: fork.entries[entry])
    twin = json.loads(site.twins(f"bukti/{index}/")[0])
    said = pages.render(twin, "id").decode().partition('<p class="state"><b>')[2]
    if twin["status"] != "effective":
        assert f"catatan {twin['after']['index']}." in said
    return twin["status"], said.partition("</b>")[0]


def test_a_dictum_of_21_stations_names_each_and_its_clock() -> None:
    """ "1 more places" stood for the last one, and the 30 days began nowhere."""
    fork = _realm().fork()
    places = [f"{ONE}/{tps:03}" for tps in range(1, 22)]
    order = {"what": "repeat-vote", "by": "kpu_kabko", "places": places, "days": 30}
    _ruled(fork, {**_annulment(places=places), "orders": [order]})
    said = _pages(fork)[TOP][1]
    assert said.count(" 001–021 ") >= 4, "annulled and ordered, in two languages"
    assert "tempat lagi" not in said
    assert "dalam 30 hari sejak putusan dibaca" in said
    assert "within 30 days of the reading" in said


def test_a_kelurahan_names_its_own_stations_once_by_number_and_not_in_bold() -> None:
    """Thirty times "TPS … Kelurahan Mawar" in bold filled three screens of a telephone."""
    twin = dict(samples.ruled_places())["kelurahan-ruled"]
    place = {**twin["region"], "tps": None}
    many = [{**place, "tps": f"{tps:03}"} for tps in range(1, 31)]
    order = {**twin["ruled"][0]["orders"][0], "places": many}
    said = {**twin["ruled"][0], "orders": [order], "annuls": []}
    bold, calm = courts.ruled(spoken.words(), twin, said)
    assert ": pemungutan suara ulang oleh KPU Kabupaten/Kota, hanya di 30 TPS, dalam 30" in bold
    assert calm.startswith("Tempat pemungutan suara ulang: TPS 001–030. Formulir")
    assert "Mawar" not in bold + calm
    for named, told in ((many[:2], "001, 002"), (many[:3] + many[8:10], "001–003, 009, 010")):
        said = {**said, "orders": [{**order, "places": named}]}
        shown = "".join(courts.ruled(spoken.words(), twin, said))
        assert f"TPS {told}" in shown, shown


def test_where_another_vote_follows_a_court_s_repeat_vote_is_still_told_never_awaited() -> None:
    """The TPS whose vote was held again and then annulled said nothing of where its votes came
    from; earlier rulings stand behind the last one.
    """
    twin = dict(samples.ruled_places())["tps-ruled-again"]
    other = {"why": "repeat-vote", "date": "2025-08-06", "address": "x/"}
    twin = {**twin, "contest": {**twin["contest"], "followed": other}}
    told = [courts.ruled(spoken.words(), twin, one)[1] for one in twin["ruled"]]
    assert "Angka di sini hasil" in told[0]
    assert "belum masuk" not in told[1]
    html = pages.render(twin).decode()
    assert html.index(told[0]) < html.index("Putusan MK sebelumnya (2)") < html.index(told[2])


def test_the_clock_to_go_to_court_ends_with_a_final_ruling() -> None:
    fork = _realm().fork()
    assert "Permohonan ke MK" in _pages(fork)[TOP][1]
    _ruled(fork, builders.ruling(state="dismissed"))
    assert "Permohonan ke MK" not in _pages(fork)[TOP][1]


def test_a_case_of_another_contest_is_not_said_to_be_none() -> None:
    """The court has that case, of another regency: only its record here was a mistake."""
    fork = _realm().fork()
    _ruled(fork, builders.ruling())
    _ruled(fork, builders.ruling(state="mistaken", revision=2, previous=str(fork.last["id"])))
    said = _pages(fork)[TOP][1]
    assert "salah catat pada kontes ini" in said
    assert "recorded by mistake in this contest" in said
    assert "there is no such case" not in said


def test_another_decision_is_no_version_of_itself() -> None:
    fork = _realm().fork()
    _certified(fork, number="16 Tahun 2025", basis="repeat-vote")
    said = _pages(fork)[TOP][1]
    assert "mengubah atau menggantikan yang dicatat sebelumnya" in said
    assert "version 2" not in said.split("16 Tahun 2025")[-1]


def test_a_ruling_of_one_officer_is_on_no_page_of_its_contest() -> None:
    fork = _realm().fork()
    before = {address: twin for address, (twin, _) in _pages(fork).items()}
    assert fork.try_(_annulment(), PROV[0]) == "waiting"
    assert {address: twin for address, (twin, _) in _pages(fork).items()} == before


def test_a_ruling_stands_in_the_history_of_its_contest_with_those_before_it() -> None:
    fork = _realm().fork()
    _ruled(fork, builders.ruling())
    first = str(fork.last["id"])
    _ruled(fork, builders.ruling(state="dismissed", revision=2, previous=first))
    history = [(one["kind"], one["index"]) for one in _pages(fork)[TOP][0]["history"]]
    size = fork.state.size
    assert history[:2] == [("ruling", size - 1), ("ruling", size - 2)]


def test_a_contested_certificate_does_not_hide_that_the_result_is_annulled() -> None:
    """Two forms of a region that differ were all that was said of a contest."""
    fork = _realm().fork()
    _ruled(fork, _annulment())
    for votes in (120, 119):
        fork.add(
            builders.form(
                "d_hasil_prov", pair_1=votes, at=f"2025-01-05T00:00:{votes % 60:02}+07:00"
            ),
            *PROV,
        )
    assert fork.last["status"] == "rival"
    for address, (_, said) in _pages(fork).items():
        assert "Penetapan nomor 821 Tahun 2024 dibatalkan MK" in said, address
        assert "Dua formulir berbeda" in said, address


@pytest.mark.parametrize("kind", ["determination", "ruling"])
def test_front_and_election_say_that_a_decision_is_in_doubt(kind: str) -> None:
    """A stolen key's ruling stood on the front without a word."""
    fork = _realm().fork()
    index = fork.state.size - 1
    if kind == "ruling":
        _ruled(fork, _annulment())
        index = fork.state.size - 1
    revoke = builders.revoke(keyid=keyid(PROV[0]), reason="stolen", suspect_from=index)
    assert fork.try_(revoke, *names("kpu", 2)) == "effective"
    words = {"ruling": ("Putusan diragukan", "Ruling in doubt"),
             "determination": ("Penetapan diragukan", "Determination in doubt")}  # fmt: skip
    for address, (_, said) in _pages(fork).items():
        for one in words[kind]:
            assert one in said, address


def test_two_annulments_in_part_are_both_named_and_what_is_open() -> None:
    fork = _realm().fork()
    for number, place in (("1/PHPU", f"{ONE}/001"), ("2/PHPU", f"{ONE}/002")):
        _ruled(fork, {**_annulment(places=[place]), "number": number})
    _ruled(fork, builders.ruling(number="3/PHPU"))
    for address, (_, said) in _pages(fork).items():
        assert "perkara 2/PHPU, 24 Februari 2025; 1/PHPU, 24 Februari 2025" in said, address
        assert "belum diputus: perkara 3/PHPU" in said, address
        assert "without an outcome: case 3/PHPU" in said, address


def test_the_evidence_of_a_ruling_holds_the_one_that_it_replaced() -> None:
    """A browser that was given the second statement about a case could not judge it."""
    fork = _realm().fork()
    _ruled(fork, builders.ruling())
    first = fork.state.size - 1
    _ruled(fork, builders.ruling(state="dismissed", revision=2, previous=str(fork.last["id"])))
    site = fork.site()
    assert first in site.context.chain(fork.state.size - 1)


def _certified(fork: Fork, **fields: Any) -> str:
    """A certificate, and a determination that names it; gives its id."""
    named = fork.add(builders.form("d_hasil_prov"), *PROV)
    before = fork.state.meta.get(f"determination/{E}/{G}")["statement"]
    said = {
        "number": "821 Tahun 2024",
        "revision": 2,
        "previous": before,
        "certificate": named,
        **fields,
    }
    assert fork.try_(builders.determination(**said), *PROV) == "effective"
    return named


def test_a_result_is_official_while_its_determination_names_the_certificate_that_counts() -> None:
    fork = _realm().fork()
    for address, (_, said) in _pages(fork).items():
        assert "Hasil resmi" not in said, f"{address}: it names no certificate"
        assert "batas ke MK 11 Desember 2024" in said, address
    named = _certified(fork)
    for address, (_, said) in _pages(fork).items():
        assert "Hasil resmi. Ditetapkan KPU, nomor 821 Tahun 2024" in said, address
        assert "Official result. Determined by KPU" in said, address
    assert _pages(fork)[TOP][0]["result"]["elected"] is not None
    changed = builders.form("d_hasil_prov", revision=2, previous=named, pair_1=119)
    assert fork.try_(changed, *PROV) == "head"
    for address, (_, said) in _pages(fork).items():
        assert "Hasil resmi" not in said, address
        assert "penetapan menyebut sertifikat yang sudah diganti" in said, address
        assert "names a certificate that was replaced" in said, address
    assert _pages(fork)[TOP][0]["result"]["elected"] is None


def test_a_contested_certificate_makes_no_official_result() -> None:
    fork = _realm().fork()
    _certified(fork)
    fork.add(builders.form("d_hasil_prov", pair_1=119), *PROV)
    assert fork.last["status"] == "rival"
    for address, (_, said) in _pages(fork).items():
        assert "Hasil resmi" not in said, address


def test_the_evidence_of_a_determination_holds_its_certificate() -> None:
    fork = _realm().fork()
    _certified(fork)
    site = fork.site()
    assert fork.state.size - 2 in site.context.chain(fork.state.size - 1)


def test_the_evidence_of_an_election_holds_the_one_that_it_follows() -> None:
    fork = _realm().fork()
    after = {"election": builders.ELECTION, "contest": builders.CONTEST, "why": "rerun"}
    followed = fork.state.meta.get(f"election/{builders.ELECTION}")
    contests = [{**followed["contests"][0], "follows": after}]
    again = builders.election(election="ulang", contests=contests, roots=roots("ulang-"))
    assert fork.try_(again, *names("ulang-kpu", 2), *names("operator", 2)) == "waiting"
    waiting = fork.site()
    assert followed["index"] in waiting.context.chain(fork.state.size - 1), "it says who must sign"
    assert fork.try_(again, *names("kpu", 2)) == "effective"
    site = fork.site()
    assert followed["index"] in site.context.proof(fork.state.size - 1)


def test_pages_say_who_is_elected_only_when_it_is_determined() -> None:
    fork = _realm().fork()
    _certified(fork)
    for address, (_, said) in _pages(fork).items():
        assert "Terpilih" not in said, address
        assert "memenuhi syarat" not in said, address
    _ruled(fork, builders.elected())
    for address, (_, said) in _pages(fork).items():
        assert "Terpilih: nomor 1, Calon 1 dan Wakil 1, keputusan 5 Tahun 2025" in said, address
        assert "Elected: number 1" in said, address
        assert "Hasil resmi" in said, address
    told = _pages(fork)[TOP][1]
    assert all(one in told for one in ("Pasangan ini memperoleh", "This pair received"))
    _ruled(fork, _annulment())
    for address, (_, said) in _pages(fork).items():
        assert "Terpilih: nomor" not in said, address
        assert "dibatalkan MK" in said, address
    assert "Bukan menurut penetapan yang berlaku" in _pages(fork)[TOP][1]


# ---------------------------------------------------------------- numbers, and what is petitioned


@pytest.mark.parametrize(
    "number", ["821/2024", "Nomor 821 Tahun 2024", "Keputusan No. 0821 TAHUN 2024", "821-2024"]
)
def test_a_decision_number_spelled_otherwise_is_annulled_all_the_same(number: str) -> None:
    fork = _realm().fork()
    _ruled(fork, _annulment(decision=number))
    for address, (_, said) in _pages(fork).items():
        assert "dibatalkan MK" in said, address


@pytest.mark.parametrize("number", ["822/2024", "821/2025", "82 1/2024", "821"])
def test_another_number_annuls_nothing(number: str) -> None:
    fork = _realm().fork()
    _ruled(fork, _annulment(decision=number))
    for address, (_, said) in _pages(fork).items():
        assert "dibatalkan MK" not in said, address


def test_the_same_case_number_spelled_otherwise_is_the_same_case() -> None:
    fork = _realm().fork()
    _ruled(fork, builders.ruling(number="28/PHPU.GUB-XXIII/2025"))
    again = builders.ruling(number="Nomor 28/PHPU.GUB XXIII/2025", state="dismissed")
    assert fork.try_(again, *PROV) == "void previous"


def test_a_case_says_against_which_decision_it_is_and_when_it_was_taken() -> None:
    fork = _realm().fork()
    taken = builders.ruling(against="821/2024", date="2025-01-03")
    _ruled(fork, taken)
    for address, (_, said) in _pages(fork).items():
        assert "terhadap keputusan nomor 821/2024" in said, address
    previous = fork.state.ids.scan("")
    head = next(one for one, record in previous if record["kind"] == "ruling")
    ended = builders.ruling(
        against="821/2024", date="2025-02-04", state="dismissed", revision=2, previous=head
    )
    _ruled(fork, ended)
    (case,) = _pages(fork)[TOP][0]["rulings"]
    assert (case["registered"], case["date"]) == ("2025-01-03", "2025-02-04")
    assert "didaftarkan 3 Januari 2025" in _pages(fork)[TOP][1]


def test_a_case_against_an_earlier_decision_is_not_said_of_the_one_in_force() -> None:
    """Dismissed after 16 was said, but about 821: nobody says that 16 was upheld."""
    fork = _realm().fork()
    current = _determination(fork)
    anew = builders.determination(
        number="16 Tahun 2025", revision=2, previous=current, basis="correction"
    )
    _ruled(fork, anew)
    _ruled(fork, builders.ruling(against="821/2024", state="dismissed", date="2025-02-04"))
    for address, (_, said) in _pages(fork).items():
        assert "ditolak" not in said.partition("<dl")[0], address
    assert _pages(fork)[TOP][0]["standing"]["state"] == "determined"


def _determination(fork: Fork) -> str:
    """Id of the determination in force."""
    found = fork.state.meta.get(f"determination/{E}/{G}")
    return str(found["statement"])


def _findings(fork: Fork, address: str) -> set[str]:
    twin = json.loads(fork.site().twins(address)[0])
    return {one["rule"] for one in twin["findings"]}


def test_districts_that_a_court_left_out_accuse_nobody() -> None:
    """A recap that leaves a kecamatan out, as ordered, was accused of X5, D1 and X2."""
    fork = _realm().fork()
    for tps in ("001", "002"):
        for kelurahan in ("90.01.01.1001", "90.01.01.1002", "90.01.02.1001"):
            if (kelurahan, tps) != (ONE, "001"):
                fork.add(
                    builders.form(region=kelurahan, tps=tps), *names(f"kpps-{kelurahan}-{tps}")
                )
    four = {name: 4 * value for name, value in builders.STATION.items()}
    columns = {"90.01.01": four}
    fork.add(builders.form("d_hasil_kabko", region="90.01", columns=columns),
             *names("kpu-kabko-90.01"))  # fmt: skip
    kabko, province = f"{TOP}01/", TOP
    assert {"X5", "D1"} <= _findings(fork, kabko)
    order = {"what": "retabulate", "by": "kpu_prov", "except": ["90.01.02"]}
    granted = builders.ruling(state="granted", date="2025-02-24", orders=[order])
    _ruled(fork, granted)
    assert not {"X5", "D1", "X2"} & _findings(fork, kabko)
    site = fork.site()
    assert {site.as_of(one) for one in (kabko, province, f"{kabko}02/")} == {fork.state.size}
    taken = {**granted, "state": "mistaken", "revision": 2, "previous": str(fork.last["id"])}
    _ruled(fork, {name: value for name, value in taken.items() if name != "orders"})
    assert {"X5", "D1"} <= _findings(fork, kabko)
