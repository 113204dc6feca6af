"""The desk's other signatures in Chromium: answers, responses, the determination of the result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.app.portal import KELURAHAN, Served, served
from tests.app.telephone import Laptop, Telephone
from tests.app.test_evening import closed
from tests.browser.test_verifier import browser
from tests.live_portal import upload
from tests.portal.intake.world import CONTEST, figures, identify, roles, sign, signer

from handlers import submit
from rekap.core import codec
from rekap.core.signing.keys import keyid

__all__ = ["browser"]
pytestmark = pytest.mark.chromium

KECAMATAN = "31.71.06"
PPK = "pilkada-31/gubernur-31/71/06/"
PROVINSI = "pilkada-31/gubernur-31/"
WORDS = "Dibacakan 85, di plano tertulis 80."
ELECTED = "Nomor 3 Tahun 2025"
NUMBER = "Nomor 12 Tahun 2024"
UNASKED = "() => { Object.defineProperty(navigator, 'onLine', { get: () => false }); }"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A kecamatan with an objection and two recommendations, and the D.Hasil of its provinsi."""
    with served(tmp_path_factory.mktemp("portal")) as made:
        world, ppk = made.world, made.world.ppk(2)
        made.log(
            sign(world.grant("kpps", KELURAHAN, tps="001", count=3), *ppk),
            sign(world.grant("saksi", KELURAHAN, pair=1, count=1), "pair-root-1"),
            sign(world.grant("bawaslu_kabko", "31.71", count=2), "bawaslu-1"),
        )
        made.log(sign(world.form("001"), *world.kpps("001", 3)))
        made.log(
            sign(objection(made, 2, WORDS), f"saksi-{KELURAHAN}-1"),
            sign(objection(made, 3), f"saksi-{KELURAHAN}-1"),
            sign(
                recommendation(made, "B.1/2024", "ppk", KECAMATAN), *roles("bawaslu_kabko-31.71", 2)
            ),
            sign(
                recommendation(made, "B.2/2024", "kpu_kabko", "31.71"),
                *roles("bawaslu_kabko-31.71", 2),
            ),
            sign(certificate(made), *roles("kpu_prov-31", 3)),
        )
        yield made


def slot(made: Served, kind: str, **more: Any) -> dict[str, Any]:
    where = {"contest": CONTEST, "region": KELURAHAN}
    return made.world.of_election(kind, **(where | more))


def attachment(words: str) -> bytes:
    return codec.encode({"salt": "5" * 64, "text": words})


def objection(made: Served, number: int, words: str = "") -> dict[str, Any]:
    more = {"text": hashlib.sha256(attachment(words)).hexdigest()} if words else {}
    said = {
        "body": "saksi",
        "pair": 1,
        "number": number,
        "code": "figures",
        "claims": {"pair_2": 85},
    }
    return slot(made, "objection", form="c_hasil", tps="001", **said, **more)


def recommendation(made: Served, number: str, body: str, region: str) -> dict[str, Any]:
    return slot(
        made, "recommendation", body="bawaslu_kabko", region="31.71", number=number, revision=1,
        to={"body": body, "region": region}, type="recount", ground="unclear-count",
        places=[{"region": KELURAHAN, "tps": "001"}], due="2024-12-01",
    )  # fmt: skip


def certificate(made: Served) -> dict[str, Any]:
    cells = figures()
    return slot(
        made, "form", region="31", form="d_hasil_prov", count="first", revision=1, figures=cells,
        children=["31.71"], rows={name: [value] for name, value in cells.items()},
    )  # fmt: skip


def desk(
    browser: Any,
    portal: Served,
    body: str,
    where: str,
    region: str,
    granter: tuple[str, ...],
    count: int,
    *,
    worker: bool = False,
) -> list[Telephone]:
    """Members of a desk whose keys were granted: a laptop, then telephones of 360 and 320 px."""
    made = [
        kind(browser, portal, "", number, width, f"{body}={number}", where, worker=worker)
        for number, (kind, width) in enumerate(
            [(Laptop, 1280), (Telephone, 360), (Telephone, 320)][:count], 1
        )
    ]
    portal.give(
        portal.world.grant(body, region, count=1),
        {one.number: one.install() for one in made},
        *granter,
    )
    for one in made:
        one.granted()
        one.tap("Jawaban dan penetapan")
        one.sees("Yang terbuka menurut halaman portal")
    return made


def said(portal: Served) -> dict[str, Any]:
    portal.settle()
    found: dict[str, Any] = json.loads(portal.entries()[-1].payload)
    return found


def test_a_ppk_answers_an_objection_and_responds_to_a_recommendation(
    browser: Any, portal: Served
) -> None:
    first, second, third = made = desk(
        browser, portal, "ppk", PPK, KECAMATAN, roles("kpu_kabko-31.71", 2), 3,
        worker=True,
    )  # fmt: skip
    number = identify(objection(portal, 2, WORDS))
    first.sees("2 keberatan menunggu jawaban")
    first.sees("1 rekomendasi pengawas")
    first.clean()
    first.touch(first.page.get_by_role("link", name="Keberatan saksi nomor 1, nomor 2"))
    first.sees("Belum dapat dibaca dari portal")
    first.tap("Lanjut: cocokkan")
    first.sees("Pilih jawabannya dulu")
    first.touch(first.page.get_by_label("ditolak"))
    first.until(lambda: first.keeps('"outcome":"rejected"'))
    first.reload()
    assert first.page.get_by_label("ditolak").is_checked()
    first.tap("Lanjut: cocokkan")
    first.sees("Ini yang Anda tanda tangani")
    first.reload()
    first.clean()
    first.tap("Sama dengan kertas, tanda tangani")
    first.sees("Disimpan portal sampai")
    first.reload()
    first.sees("menunggu tanda tangan lain")

    # The words of the objection come once somebody hands them in, and are held against its digest.
    handed = first.page.evaluate(
        "async (words) => (await import('/app/portal.js')).handIn(words)",
        attachment(WORDS).decode(),
    )
    assert handed == "served"
    assert all("404" in one for one in first.said), first.said  # its words before that
    first.said.clear()

    # A signature cannot be called back from the portal: it is said, and what to do now.
    first.tap("Keliru? Batalkan")
    first.sees("tidak dapat ditarik")
    first.clean()
    first.tap("Batalkan tanda tangan saya")
    first.sees("Apa jawaban rapat?")
    first.reload()
    first.sees(WORDS)
    first.touch(first.page.get_by_label("diterima"))
    first.tap("Lanjut: cocokkan")
    first.tap("Sama dengan kertas, tanda tangani")
    first.sees("Belum diterima")
    first.sees("Yang Anda tanda tangani")

    # A colleague signs the right one first; who was wrong joins it, and waits for nobody.
    second.tap("Perbarui")
    second.sees("menunggu Anda")
    second.page.locator(f'a[href="#jawab/{number}"]').tap()
    second.sees("Jawaban: ditolak")
    second.clean()
    assert second.page.locator(".btn.main").count() == 0
    second.tap("Punya rekan keliru: isi yang benar di sini")
    second.touch(second.page.get_by_label("diterima"))
    second.tap("Lanjut: cocokkan")
    second.sees("Ini yang Anda tanda tangani")
    second.reload()
    second.tap("Sama dengan kertas, tanda tangani")
    second.sees("Disimpan portal sampai")
    first.tap("Lihat apa yang ditandatangani rekan")
    first.sees("Ditandatangani rekan, menunggu Anda")
    first.tap("ikut tanda tangani")
    first.sees("Jawaban: diterima")
    first.sees("Belum diterima")
    second.open("#antrean")
    third.pastes(second.shares())
    third.sees("1 kiriman anggota lain diambil")
    third.open(f"#jawab/{number}")
    third.sees("Jawaban: diterima")
    third.clean()
    third.sees("2 rekan menandatangani yang berbeda")
    right = third.page.locator(".kotak").filter(has_text="Jawaban: diterima")
    third.touch(right.get_by_text("ikut tanda tangani"))
    third.sees("Disimpan portal sampai")
    first.open("#antrean")
    first.tap("Coba kirim")
    first.sees("Diterima portal")
    answer = said(portal)
    assert (answer["kind"], answer["to"], answer["outcome"]) == ("answer", [number], "accepted")
    assert len(portal.entries()[-1].signatures) == 3
    third.tap("Ke daftar")
    third.tap("Perbarui")
    third.sees("1 keberatan menunggu jawaban")

    # In flight mode what was chosen stays, and is sent when the network is back.
    second.flight(True)
    second.open("#urusan")
    second.page.get_by_role("link", name="Rekomendasi B.1/2024").tap()
    second.sees("Diminta paling lambat 1 Desember 2024")
    second.page.get_by_label("dijadwalkan").tap()
    second.tap("Lanjut: cocokkan")
    second.sees("Isi tanggalnya dulu")
    second.page.locator("#tanggal").fill("2024-12-04")
    second.until(lambda: second.keeps("2024-12-04"))
    second.reload()
    assert second.page.locator("#tanggal").input_value() == "2024-12-04"
    second.tap("Lanjut: cocokkan")
    second.sees("dijadwalkan untuk 4 Desember 2024")
    second.page.evaluate(UNASKED)
    second.tap("Sama dengan kertas, tanda tangani")
    second.sees("Menunggu sinyal")
    second.tap("Keliru? Batalkan")
    second.sees("Batal seluruhnya")  # nobody tried to send it
    second.flight(False)
    second.reload()
    second.sees("Disimpan portal sampai")
    third.tap("Perbarui")
    third.page.get_by_role("link", name="Rekomendasi B.1/2024").tap()
    third.sees("dijadwalkan untuk 4 Desember 2024")
    third.clean()
    third.tap("ikut tanda tangani")
    third.sees("Diterima portal")
    response = said(portal)
    asked_by = identify(recommendation(portal, "B.1/2024", "ppk", KECAMATAN))
    assert (response["to"], response["date"], response["revision"]) == (asked_by, "2024-12-04", 1)

    # Done later: the next revision names the one before.
    third.open("#urusan")
    third.tap("Perbarui")
    third.sees("dijadwalkan, menunggu")
    third.page.get_by_role("link", name="Rekomendasi B.1/2024").tap()
    third.sees("Sudah ditanggapi: dijadwalkan")
    third.page.get_by_label("dilaksanakan", exact=True).tap()
    third.tap("Lanjut: cocokkan")
    third.sees("Mengganti tanggapan sebelumnya")
    third.tap("Sama dengan kertas, tanda tangani")
    third.sees("Disimpan portal sampai")
    closed(*made)


def test_a_kpu_determines_the_result_that_three_of_it_sign(browser: Any, portal: Served) -> None:
    made = desk(browser, portal, "kpu_prov", PROVINSI, "31", ("root-1", "root-2"), 3)
    first, second, third = made
    first.touch(first.page.get_by_role("link", name="Penetapan hasil"))
    first.sees("D.Hasil yang ditetapkan")
    first.tap("Lanjut: cocokkan")
    first.sees("Isi nomor keputusannya dulu")
    first.page.locator("#keputusan").fill(f"{NUMBER} 12345678")
    first.tap("Lanjut: cocokkan")
    first.sees("Delapan angka berurutan")
    first.page.locator("#keputusan").fill(NUMBER)
    first.touch(first.page.get_by_label("penghitungan", exact=True))
    first.page.locator("#diumumkan").fill("2024-12-09T10:15:30")
    first.until(lambda: first.keeps("2024-12-09T10:15:30"))
    first.reload()
    assert first.page.locator("#keputusan").input_value() == NUMBER
    assert first.page.get_by_label("penghitungan", exact=True).is_checked()
    first.clean()
    first.tap("Lanjut: cocokkan")
    first.sees("Diumumkan 9 Desember 2024 pukul 10.15.30")
    first.tap("Sama dengan kertas, tanda tangani")
    first.sees("Disimpan portal sampai")
    for one in (second, third):
        one.tap("Perbarui")
        one.sees("menunggu Anda")
        one.page.get_by_role("link", name="Penetapan hasil").tap()
        one.sees(f"Keputusan {NUMBER}, dasar: penghitungan")
        one.clean()
        one.tap("ikut tanda tangani")
        one.sees("Diterima portal" if one is third else "Disimpan portal sampai")
    determined = said(portal)
    own = {
        "kind": "determination", "number": NUMBER, "basis": "first", "revision": 1,
        "announced_at": "2024-12-09T10:15:30+07:00",
    }  # fmt: skip
    assert determined.items() >= own.items()
    assert determined["certificate"] == identify(certificate(portal))
    assert len(portal.entries()[-1].signatures) == 3

    # Then who is elected by it: two of the desk sign what the first one writes.
    for one in made:
        one.open("#urusan")
        one.tap("Perbarui")
        one.sees(f"ditetapkan: {NUMBER}")
    first.touch(first.page.get_by_role("link", name="Pasangan terpilih"))
    first.tap("Lanjut: cocokkan")
    first.sees("Pilih siapa yang terpilih dulu")
    first.touch(first.page.get_by_label("Nomor 2, Cici dan Dedi"))
    first.page.locator("#keputusan").fill(ELECTED)
    first.page.locator("#diumumkan").fill("2024-12-10T09:00")
    first.until(lambda: first.keeps("2024-12-10T09:00"))
    first.tap("Lanjut: cocokkan")
    first.sees("Nomor 2, Cici dan Dedi")
    first.clean()
    first.tap("Sama dengan kertas, tanda tangani")
    first.sees("Disimpan portal sampai")
    for one in (second, third):
        one.page.get_by_role("link", name="Pasangan terpilih").tap()
        one.tap("Lihat apa yang ditandatangani rekan")
        one.sees(f"Keputusan {ELECTED}, diumumkan 10 Desember 2024 pukul 09.00.00")
        one.sees("bukan yang suaranya terbanyak")
        one.tap("meski berbeda")
        one.sees("Diterima portal" if one is third else "Disimpan portal sampai")
    elected = said(portal)
    assert elected.items() >= {"kind": "elected", "pair": 2, "number": ELECTED}.items()
    assert "none" not in elected
    closed(*made)


def test_what_a_portal_lays_into_another_slot_is_not_offered(browser: Any, portal: Served) -> None:
    """A revocation that a colleague did sign, shown where an answer is asked for."""
    key = keyid("ed25519", signer(f"kpps-{KELURAHAN}-001-3").public)
    revoke = portal.world.of_election("revoke", keyid=key, reason="lost")
    held = submit.respond(upload(sign(revoke, "ppk-31.71.06-1")), portal.portal)
    assert held["statusCode"] == 202, held["body"]
    (one,) = desk(browser, portal, "ppk", PPK, KECAMATAN, roles("kpu_kabko-31.71", 2), 1)
    body = json.dumps({"held": [{"id": identify(revoke)}]})
    one.context.route(
        "**/v1/held?slot=*", lambda route: route.fulfill(body=body, content_type="application/json")
    )
    one.open(f"#jawab/{identify(objection(portal, 3))}")
    one.tap("Lihat apa yang ditandatangani rekan")
    one.sees("1 kiriman tidak dapat dipercaya")
    one.sees("(slot)")
    assert not one.page.get_by_text("ikut tanda tangani").count()
    closed(one)
