"""The desk of a PPK in Chromium: a laptop, its members' telephones, one sheet of a kelurahan."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.app.portal import KELURAHAN, Served, served
from tests.app.telephone import ASKED, FULL, ORDER, REFUSED, SHARED, Laptop, Telephone
from tests.app.test_evening import closed
from tests.browser.test_verifier import browser
from tests.portal.intake.world import figures, identify, roles, sign, signer

from rekap.desk.officials.keys import enrolment

__all__ = ["browser"]
pytestmark = pytest.mark.chromium

KECAMATAN = "31.71.06"
SECOND = "31.71.06.1002"
STATIONS = tuple(f"{number:03d}" for number in range(1, 31))
ADDRESS = "pilkada-31/gubernur-31/71/06/"
SHEET = "D.Hasil Kecamatan (lembar kelurahan) Tempat"
CHANGED = {
    "005": {"pair_3": 55, "valid": 240, "invalid": 15},
    "017": {"pair_1": 116, "pair_2": 81},
}
"""What the meeting corrected: a vote that was read wrong, and two rows that were swapped by one."""
TAPS = 20
"""From the desk's first screen to the first signature, as the walk below counts them."""

STANDS = """(() => {
  const at = document.activeElement;
  if (at === document.body) return "";
  const near = [at.closest("table"), at.closest("fieldset")?.firstChild, at.closest("label"), at];
  const label = at.id && document.querySelector(`label[for="${at.id}"]`);
  return [...near, label].map((one) => `${one?.ariaLabel ?? ""} ${one?.innerText ?? ""}`).join();
})()"""
"""What a keyboard stands on, by all that names it."""

MANY = """async () => {
  const { gridOf } = await import("/app/desk/grid.js");
  const { rowsOf } = await import("/app/paper.js");
  const rows = rowsOf([1, 2, 3].map((number) => ({ number, names: ["A"] })));
  const figures = Object.fromEntries(rows.map(({ field }) => [field, 7]));
  const columns = Array.from({ length: 300 }, (_, at) => (
    { code: String(at + 1).padStart(3, "0"), name: `TPS ${at + 1}`, figures }));
  const work = { rows, pairs: 3, columns, own: null, typed: new Map() };
  document.head.append(Object.assign(document.createElement("link"),
    { rel: "stylesheet", href: "/app/desk/style.css" }));
  const grid = gridOf(work, "C.Hasil", () => {});
  document.querySelector("main").replaceChildren(grid.node);
  await new Promise((done) => setTimeout(done, 500));
  grid.choose("299", "pair_3");
  let changed = 0;
  const seen = new MutationObserver((all) => { changed += all.length; });
  seen.observe(grid.node,
    { subtree: true, childList: true, attributes: true, characterData: true });
  const field = document.getElementById("sel");
  field.value = "9";
  field.dispatchEvent(new Event("input"));
  await new Promise(requestAnimationFrame);
  const cell = grid.node.querySelector("td.ubah");
  return {
    cells: grid.node.querySelectorAll("td[data-row]").length, cell: cell.innerText, changed,
    sum: cell.parentElement.querySelector("td").innerText,
    fits: document.documentElement.scrollWidth <= innerWidth,
  };
}"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A kecamatan of two kelurahan: thirty TPS with their forms, and two, one without."""
    with served(tmp_path_factory.mktemp("portal"), STATIONS) as made:
        world, kabko, ppk = made.world, roles("kpu_kabko-31.71", 2), made.world.ppk(2)
        before = identify(
            world.roster(KECAMATAN, children=[
                {"code": KELURAHAN, "name": "Tempat", "level": "kelurahan"},
            ])
        )  # fmt: skip
        names = [
            {"code": code, "name": name, "level": "kelurahan"}
            for code, name in ((KELURAHAN, "Tempat"), (SECOND, "Sukamaju"))
        ]
        two = world.roster(
            SECOND, tps=[{"number": number, "registered": 400} for number in STATIONS[:2]]
        )
        made.log(sign(world.roster(KECAMATAN, children=names, revision=2, previous=before), *kabko))
        made.log(sign(two, *kabko))
        made.log(
            *(
                sign(world.grant("kpps", KELURAHAN, tps=tps, count=3), *ppk)
                for tps in STATIONS
                if tps != "008"
            ),
            sign(world.grant("kpps", SECOND, tps="001", count=3), *ppk),
        )
        made.log(
            *(sign(world.form(tps, figures=paper(tps)), *world.kpps(tps, 3)) for tps in STATIONS),
            sign(world.form("001", region=SECOND), *roles(f"kpps-{SECOND}-001", 3)),
        )
        yield made


def paper(tps: str) -> dict[str, int]:
    """The figures of a TPS, each its own."""
    return dict(figures((100 + int(tps), 80, 60)))


def members(browser: Any, portal: Served, count: int, *, worker: bool = False) -> list[Telephone]:
    """Members of the PPK: the first at a laptop, others with telephones; their keys granted."""
    kinds = ((Laptop, 1280), *[(Telephone, 360)] * (count - 1))
    made = [
        kind(browser, portal, "", number, width, f"ppk={number}", ADDRESS, worker=worker)
        for number, (kind, width) in enumerate(kinds, start=1)
    ]
    lines = {one.number: one.install() for one in made}
    grant = portal.world.grant("ppk", KECAMATAN, count=1)
    portal.give(grant, lines, *roles("kpu_kabko-31.71", 2))
    for one in made:
        one.granted()
    return made


def opens(one: Telephone, name: str) -> None:
    """Open a sheet from the desk's first screen."""
    one.open("#beranda")
    one.sees("Meja rekap")
    one.touch(one.page.get_by_role("link", name=name).first)


def spreadsheet(changed: Mapping[str, Mapping[str, int]], valid: str = "Suara sah") -> str:
    """What a PPK copies: a row for each figure, thirty columns, a total that nobody takes."""
    names = {"valid": valid}
    papers = {tps: paper(tps) | dict(changed.get(tps, {})) for tps in STATIONS}
    rows = [["Uraian", *(f"TPS {tps}" for tps in STATIONS), "Jumlah"]]
    for field in ORDER:
        cells = [papers[tps][field] for tps in STATIONS]
        rows.append([names.get(field, field), *map(str, cells), str(sum(cells))])
    return "\n".join("\t".join(row) for row in rows)


def test_a_sheet_of_thirty_tps_goes_from_a_spreadsheet_to_the_receipt(
    browser: Any, portal: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third = members(browser, portal, 3, worker=True)
    begun, first.taps = time.monotonic(), 0
    opens(first, SHEET)
    first.sees("30 dari 30 C.Hasil tercatat")

    # The spreadsheet of the meeting: two TPS differ. What it says is shown before it is taken.
    first.tap("Tempel atau impor")
    first.page.locator("#tempel").fill(spreadsheet({"005": {"pair_3": 55, "valid": 240}}))
    first.sees("29 kolom sama dengan C.Hasil, 1 berbeda")
    first.tap("Tempel yang lain")
    first.page.locator("#tempel").fill(spreadsheet(CHANGED, "Baris 35"))
    first.sees("1 baris belum dipilih")
    first.reload()
    first.page.get_by_label("Masuk ke baris: Baris 35").select_option("valid")
    first.sees("28 kolom sama dengan C.Hasil, 2 berbeda")
    first.sees("TPS 005, Suara sah: berkas 240, C.Hasil 245")
    first.clean()
    first.tap("Ambil ke tabel")
    first.sees("2 kolom berbeda")
    first.reload()
    first.sees("TPS 005: 3 angka berbeda dengan C.Hasil")
    first.sees("TPS 005, TPS 017 belum ada dasar atau paraf")
    for tps, basis in (("005", "C.Hasil plano"), ("017", "penghitungan ulang")):
        here = first.page.locator(".kotak").filter(has_text=f"TPS {tps}: ")
        for words in (basis, "Ketua", "Saksi 1"):
            first.touch(here.get_by_label(words, exact=True))
    first.tap("Semua saksi hadir dan tanda tangan")
    first.touch(first.page.get_by_label("hadir, tidak tanda tangan").nth(1))
    first.sees("saksi nomor 2 belum dicatat")
    first.touch(first.page.get_by_label("mempersoalkan angka", exact=True))
    first.until(lambda: first.keeps('"reason":"figures"'))
    first.reload()
    first.clean()

    # While the table is open a KPPS corrects its form: it is said before anybody signs.
    old = portal.world.form("030", figures=paper("030"))
    late = dict(figures((131, 79, 60)))
    again = {"revision": 2, "previous": identify(old), "reason": {"code": "reading"}}
    portal.log(sign(portal.world.form("030", figures=late, **again), *portal.world.kpps("030")))
    first.tap("Lihat semuanya, lalu tanda tangani")
    first.sees("1 C.Hasil berganti sejak tabel ini diisi")
    first.sees("Ani dan Budi 130 menjadi 131; Cici dan Dedi 80 menjadi 79")
    first.sees("Ambil dulu formulir yang berganti")
    first.tap("Ambil yang baru")
    first.tap("Lihat semuanya, lalu tanda tangani")
    first.sees("5 angka dibetulkan dengan dasar dan paraf")
    first.reload()
    first.sees("Nomor 2: hadir, tidak tanda tangan, mempersoalkan angka")
    first.clean()
    first.tap("Sama dengan kertas, tanda tangani")
    first.sees("Disimpan portal sampai")
    taken = time.monotonic() - begun
    with capsys.disabled():
        print(f"\ndesk: {first.taps} taps and {taken:.0f} s to the first signature")
    assert first.taps <= TAPS

    # Without a network it goes by codes, or as a text that the next one pastes.
    first.page.evaluate(SHARED)
    first.tap("Tunjukkan kode kepada anggota lain")
    first.sees("Bagikan lewat WhatsApp")
    with capsys.disabled():
        print(f"desk: {first.page.locator('main .maju').all_inner_texts()} for 30 TPS")
    first.tap("Bagikan lewat WhatsApp")
    first.until(lambda: first.page.evaluate("window.shared || ''") != "")
    second.pastes(first.page.evaluate("window.shared"))
    second.sees("kunci diberi")  # the list came meanwhile: what was taken is told still
    second.sees("1 kiriman anggota lain diambil")
    first.open("#antrean")

    # The others hold it against the forms that their own telephones proved.
    for one in (second, third):
        opens(one, SHEET)
        one.sees("Ada lembar yang menunggu tanda tangan Anda")
        one.tap("Periksa dan tanda tangani")
        one.sees("kecuali 5 angka yang dibetulkan")
        if one is second:
            one.clean()
            one.flight(True)
            one.tap("Sama dengan kertas, tanda tangani")
            one.sees("Menunggu sinyal")
            third.pastes(one.shares())  # the portal holds one signature, the scan brings two
            third.sees("1 kiriman anggota lain diambil")
    third.sees("2 orang sudah menandatangani")
    third.tap("Sama dengan kertas, tanda tangani")
    third.sees("Diterima portal")
    second.flight(False)
    portal.settle()

    entry = portal.entries()[-1]
    form = json.loads(entry.payload)
    assert (form["form"], form["region"]) == ("d_hasil_kelurahan", KELURAHAN)
    assert len(entry.signatures) == 3
    assert form["figures"]["pair_1"] == sum(range(101, 131)) - 1 + 1
    assert form["figures"]["pair_3"] == 30 * 60 - 5
    assert form["corrections"] == [
        [tps, field, paper(tps)[field], number, at]
        for at, (tps, cells) in enumerate(CHANGED.items())
        for field, number in cells.items()
    ]
    initials = {"ketua": True, "pairs": [1]}
    assert form["because"] == [
        {"basis": "plano", "initials": initials}, {"basis": "recount", "initials": initials},
    ]  # fmt: skip
    assert form["witnesses"][1] == {
        "pair": 2, "present": True, "signed": False, "reason": "figures",
    }  # fmt: skip
    third.tap("Tanda terima")
    with third.context.expect_page() as opened:
        third.tap("Lihat halaman")
    assert opened.value.url == f"{portal.base}{ADDRESS}1001/"
    assert "1.795" in opened.value.inner_text("main")

    # The kelurahan below the kecamatan: this sheet is recorded, the other one is not.
    first.tap("Coba kirim")
    first.sees("Diterima portal")
    opens(first, "D.Hasil Kecamatan Tempat")
    first.sees("1 dari 2 D.Hasil Kecamatan (lembar kelurahan) tercatat")
    first.sees("Sukamaju belum lengkap")
    total = first.page.locator(f'td[data-row="{ORDER.index("pair_3")}"][data-column="0"]')
    assert total.inner_text() == "1.795"
    opens(first, "Sukamaju")
    first.sees("1 dari 2 C.Hasil tercatat")
    first.sees("TPS 002 belum lengkap")
    first.tap("Layar rapat")
    first.sees("Jumlah C.Hasil")
    first.clean()
    closed(first, second, third)


def test_a_sheet_is_filled_and_reaches_its_signature_by_keyboard_alone(
    browser: Any, portal: Served
) -> None:
    one = Laptop(browser, portal, "", 1, 1280, who="ppk=1", where=ADDRESS)
    one.install()
    one.open("#beranda")
    one.sees("Meja rekap")
    press = one.page.keyboard.press

    def stands() -> str:
        return str(one.page.evaluate(STANDS))

    def reach(words: str, key: str = "") -> None:
        for _ in range(60):
            if words in stands():
                break
            press("Tab")
        assert words in stands()
        if key:
            press(key)

    reach("(lembar kelurahan) Sukamaju", "Enter")
    one.sees("TPS 002 belum lengkap")
    reach("Tabel rekap")
    press("ArrowRight")  # TPS 002, its first row
    for at, field in enumerate(ORDER):
        one.page.keyboard.type(str(figures()[field]))
        assert "TPS 002" in stands(), at
        press("Enter")
    one.sees("saksi nomor 1 belum dicatat")
    press("Shift+Tab")
    press("ArrowLeft")
    one.page.keyboard.type("7")
    press("Escape")
    assert "Tabel rekap" in stands()
    one.sees("1 kolom berbeda")
    reach("Dasar", "Space")
    reach("Ketua", "Space")
    reach("Semua saksi hadir", "Enter")
    assert "Semua saksi hadir" in stands()
    reach("hadir, tanda tangan")
    press("ArrowDown")
    assert "hadir, tidak tanda tangan" in stands()
    reach("Alasan saksi nomor 1", "Space")
    assert "Alasan saksi nomor 1" in stands()
    one.until(lambda: one.keeps('"state":"refused","reason":'))
    closed(one)


DECODED = """async () => {
  const { decodeQR } = await import("/app/qr/decode.js");
  const canvas = document.querySelector("canvas");
  const { width, height } = canvas;
  return decodeQR(canvas.getContext("2d").getImageData(0, 0, width, height));
}"""


def test_the_keys_of_a_tps_go_from_their_codes_to_grants_of_two_and_one_ends(
    browser: Any, portal: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    place, lost = f"{SECOND}/002", "31.71.06.1001/001"
    laptop, second = made = members(browser, portal, 2)
    telephones = [
        Telephone(browser, portal, "", number, who=f"nomor={number}", where=f"{ADDRESS}1002/002/")
        for number in (1, 2)
    ]
    said = []
    for one in telephones:
        one.install()
        said.append(one.page.locator("#baris").input_value())
        one.tap("Tunjukkan kodenya")
        one.sees("Yang memberi kunci memindai layar ini")
        one.until(lambda: one.page.locator("canvas").count() == 1)  # noqa: B023
        assert one.page.evaluate(DECODED) == said[-1]
        one.open("#kunci")
    assert said[0].startswith(f"# {place} 1\nrekap-pendaftaran/1 ")
    stranger = said[1].replace(f"# {place} 2", f"# {lost} 1")

    # What was pasted, read wrong, of a member who has a key, and of another election.
    laptop.taps = 0
    laptop.open("#beranda")
    laptop.tap("Kunci anggota")
    laptop.sees("menandatangani tiap tempat")
    laptop.tap("Pindai, tempel, atau buka berkas")
    other = said[0].replace(" pilkada-31 ", " pilkada-32 ")
    laptop.page.locator("#teks").fill("\n".join((other, said[0], stranger)))
    laptop.tap("Ambil dari teks")
    laptop.sees("2 kunci baru, 2 semuanya. " + place + " nomor 1: dari pemilihan lain.")
    laptop.sees("TPS 001 Tempat nomor 1: anggota ini sudah punya kunci")
    laptop.reload()
    laptop.clean()
    laptop.page.get_by_label("Nomor anggota", exact=True).select_option("2")
    laptop.sees("TPS 001 Tempat nomor 2: anggota ini sudah punya kunci")
    laptop.page.get_by_label("Tempat", exact=True).select_option(place)
    laptop.sees("2 kunci baru")  # before, the same button signs the first key alone
    laptop.sees("Tanda tangani 1 tempat")
    laptop.tap("Tanda tangani 1 tempat")
    laptop.sees("sudah Anda tanda tangani, menunggu rekan")
    with capsys.disabled():
        print(f"\ndesk: {laptop.taps} taps to the grants of a kecamatan, and a finger for each TPS")
    laptop.reload()
    laptop.sees("Menunggu tanda tangan rekan")

    # A colleague scanned another key for one of them: he is shown that, and signs nothing.
    second.open("#beri")
    second.sees("hanya dipindai rekan")
    second.open("#pindai")
    wrong = said[1].replace(f"# {place} 2", f"# {place} 1")
    second.page.locator("#teks").fill(wrong)
    second.tap("Ambil dari teks")
    second.sees("rekan menandatangani kunci lain")
    second.clean()
    second.page.locator(f'.kotak a[href="#anggota/{place}"]').tap()
    second.sees("TIDAK dipindai di sini")
    assert not second.page.get_by_text("Tanda tangani yang ini").count()
    second.clean()
    second.tap("Buang kunci ini")
    second.sees("Tanda tangani yang ini")
    second.open("#pindai")
    second.page.locator("#teks").fill("\n".join(said))
    second.tap("Ambil dari teks")
    second.sees("menunggu Anda")
    assert "hanya dipindai rekan" not in second.text
    second.tap("Tanda tangani 1 tempat")
    second.sees("diterima portal; Perbarui bila sudah tercatat")
    portal.settle()
    entry = portal.entries()[-1]
    grant = json.loads(entry.payload)
    keys = {line.splitlines()[1].split(" ")[4] for line in said}
    assert ({one["key"] for one in grant["persons"]}, len(entry.signatures)) == (keys, 2)
    assert [one["position"] for one in grant["persons"]] == ["ketua", "anggota"]
    assert (grant["body"], grant["region"], grant["tps"]) == ("kpps", SECOND, "002")
    for one in telephones:
        one.granted()

    # One of them loses his telephone: the desk ends its key, with two signatures.
    second.tap("Perbarui")
    second.sees("2 diberi")
    for one, words in ((laptop, "Cabut kunci ini"), (second, "Cabut juga, tanda tangani")):
        one.open("#beri")
        one.tap("Perbarui")
        one.sees("2 diberi")
        one.page.locator(f'a[href="#anggota/{place}"]').first.click()
        if one is second:
            one.tap("Lihat apa yang ditandatangani rekan")
            one.sees("perangkat hilang")
        else:
            one.sees("Cabut kunci ini")
        box = one.page.locator(".kotak").filter(has_text="Nomor 2, anggota: diberi")
        one.touch(box.get_by_text(words))
        if one is laptop:
            one.sees("Pilih alasannya dulu")
            one.touch(one.page.get_by_label("perangkat hilang"))
            one.tap("Tanda tangani pencabutan")
            one.sees("Pencabutan Anda: Disimpan portal sampai")
    second.sees("Pencabutan Anda: Diterima portal")
    portal.settle()
    revoke = json.loads(portal.entries()[-1].payload)
    assert (revoke["kind"], revoke["reason"]) == ("revoke", "lost")
    telephones[1].open("#kunci")
    telephones[1].tap("Perbarui")
    telephones[1].sees("Kunci ini sudah dicabut")
    closed(*made, *telephones)


def test_a_wrong_grant_is_undone_at_once_by_a_colleague_who_signs_the_right_one(
    browser: Any, portal: Served
) -> None:
    """The portal holds the wrong one for an hour; nobody waits for that."""
    laptop, second = made = members(browser, portal, 2)
    place = f"{SECOND}/001"
    wrong, right = (
        enrolment.enrol(portal.world.origin, "pilkada-31", signer(role)).line
        for role in ("keliru", "benar")
    )
    for one, line in ((laptop, wrong), (second, right)):
        one.open("#pindai")
        one.page.locator("#teks").fill(f"# {place} 4\n{line}")
        one.tap("Ambil dari teks")
        one.sees("1 kunci baru, 1 semuanya")
        one.sees("kunci diberi")
    laptop.tap("Tanda tangani 1 tempat")
    laptop.sees("sudah Anda tanda tangani, menunggu rekan")

    second.tap("Perbarui")
    second.sees("rekan menandatangani kunci lain")
    second.page.locator(f'.kotak a[href="#anggota/{place}"]').tap()
    second.sees("TIDAK dipindai di sini")
    second.tap("Punya rekan keliru: tanda tangani yang dipindai di sini")
    second.sees("Disimpan portal sampai")
    second.reload()
    second.clean()

    laptop.open(f"#anggota/{place}")
    laptop.tap("Keliru? Batalkan")
    laptop.sees("tidak dapat ditarik")
    laptop.clean()
    laptop.tap("Batalkan tanda tangan saya")
    laptop.sees("kunci baru")
    laptop.tap("Buang kunci ini dari tabel")
    laptop.tap("Lihat apa yang ditandatangani rekan")
    laptop.sees("Ditandatangani rekan: 1 kunci")
    laptop.tap("Tanda tangani yang ini")
    laptop.sees("Diterima portal")
    portal.settle()
    entry = portal.entries()[-1]
    grant = json.loads(entry.payload)
    assert [one["key"] for one in grant["persons"]] == [right.split(" ")[4]]
    assert len(entry.signatures) == 2
    closed(*made)


def test_keys_that_are_pasted_while_the_camera_is_refused_and_the_memory_full_are_taken(
    browser: Any, portal: Served
) -> None:
    one = Laptop(browser, portal, "", 1, 1280, who="ppk=1", where=ADDRESS)
    one.install()
    one.page.evaluate(ASKED)
    one.open("#pindai")
    one.page.locator("#teks").fill(f"# {SECOND}/001 5\n")
    one.until(lambda: one.keeps(f"# {SECOND}/001 5"))
    one.until(lambda: bool(one.page.evaluate(REFUSED)))
    one.sees("Izinkan kamera")
    one.page.evaluate(FULL)
    line = enrolment.enrol(portal.world.origin, "pilkada-31", signer("lima")).line
    one.page.keyboard.insert_text(line)
    one.tap("Ambil dari teks")
    one.sees("1 kunci baru, 1 semuanya")
    closed(one)


@pytest.mark.parametrize(
    ("who", "where", "below"),
    [
        ("kpu_kabko=1", "pilkada-31/gubernur-31/71/", "0 dari 1 D.Hasil Kecamatan tercatat"),
        ("kpu_prov=2", "pilkada-31/gubernur-31/", "0 dari 1 D.Hasil Kabupaten/Kota tercatat"),
    ],
)
def test_a_kpu_has_the_desk_of_its_own_region(
    browser: Any, portal: Served, who: str, where: str, below: str
) -> None:
    one = Laptop(browser, portal, "", 1, 1280, who=who, where=where)
    one.install()
    one.open("#beranda")
    one.sees("1 lembar")
    one.touch(one.page.get_by_role("link", name="D.Hasil").first)
    one.sees(below)
    closed(one)


def test_three_hundred_columns_change_only_where_somebody_types(
    browser: Any, portal: Served
) -> None:
    one = Telephone(browser, portal, "", 1, 360, who="ppk=3", where=ADDRESS)
    one.open()
    said = one.page.evaluate(MANY)
    assert said == {"cells": 300 * len(ORDER), "sum": "2.102", "cell": "7 9", "fits": True} | {
        "changed": said["changed"]
    }
    assert said["changed"] < 20
    closed(one)
