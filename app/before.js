// @ts-check
// Before the night: from the link to the key that the PPK granted, and the first screen of the evening.

import { continued, correct, standing } from "./correction.js";
import { box, button, h } from "./dom.js";
import { addressIn, fetchKit } from "./kit.js";
import { numberOf } from "./numbers.js";
import { rowsOf } from "./paper.js";
import { items } from "./queue.js";
import { BASE, draftOf, go, kept, logOf, officeOf, ownAt, shown, show, tell } from "./screen.js";
import { makeKey, obstacle } from "./sign.js";
import { below, put } from "./store.js";

/** @typedef {import("./screen.js").Screen} Screen */

/** @param {string} link @returns {Promise<Screen>} */
export async function setUp(link) {
  const [text, query = ""] = link.split("?");
  const address = addressIn(text);
  const number = /^nomor=([1-7])$/.exec(query)?.[1];
  if (!address || !number) {
    return { title: "Rekap TPS", isi: [h("h2", { class: "judul" }, "Buka tautan dari PPK"), h("p", {}, "Aplikasi ini dibuka dari tautan atau QR undangan. Di dalamnya ada TPS dan nomor Anda.")] };
  }
  const tps = address.split("/").at(-2);
  const act = () => tell(async () => {
    const kit = await fetchKit(BASE, address);
    await put({ me: { address, number }, kit });
    navigator.storage?.persist?.();
    go("#kunci");
  });
  return {
    title: "Pasang",
    isi: [h("h2", { class: "judul" }, `Anda ${number === "1" ? "Ketua" : `Anggota ${number}`} di TPS ${tps}. Benar?`), h("p", {}, address),
      h("p", { class: "meta" }, "Pasang di layar utama dari menu peramban. Sesudah itu aplikasi jalan tanpa sinyal. Satu orang, satu telepon. Kunci tidak dipinjamkan.")],
    bawah: [button("Benar, siapkan telepon ini", act, "main")],
  };
}

/** @returns {Promise<Screen>} */
export async function keyScreen() {
  const { kit, own, me } = kept;
  if (!kit || !me) return home();
  if (!own) {
    const stop = obstacle(kit.rpId);
    const act = () => tell(async () => {
      const made = await makeKey(logOf(kit), kit.election, `TPS ${kit.tps} · ${me.number}`);
      await put({ [ownAt(kit)]: made });
      show();
    });
    return {
      title: "Buat kunci", back: "#beranda",
      isi: [h("h2", { class: "judul" }, "Buat kunci tanda tangan"), h("p", {}, "Kunci ini pengganti tanda tangan Anda malam nanti. Telepon meminta sidik jari, wajah, atau pola kunci layar: dua kali, sekali membuat dan sekali mencoba."),
        stop ? box("beda", "Di sini belum bisa", stop) : box("ya", "Yang disimpan di telepon: kunci Anda", "Yang dikirim ke PPK: kode kunci dan nomor anggota. Nama, sidik jari, dan wajah tidak dikirim."),
        box("", "Telepon akan bertanya “simpan kunci sandi?”", "Pilih Simpan atau Lanjutkan.")],
      bawah: stop ? [] : [button("Buat kunci", act, "main")],
    };
  }
  const granted = kit.keys.find(({ keyid }) => keyid === own.keyid);
  const code = own.keyid.slice(0, 8).toUpperCase().replace(/(....)/, "$1 ");
  const share = () => tell(async () => {
    if (navigator.share) await navigator.share({ text: own.line });
    else await navigator.clipboard.writeText(own.line).then(() => (shown.said = "Baris kunci disalin."));
    show();
  });
  return {
    title: "Kunci saya", back: "#beranda",
    isi: [
      granted ? box("ya", "Sudah diberi PPK", `Anda (${granted.position}) dapat menandatangani C.Hasil TPS ${kit.tps}.`)
        : box("beda", "Belum diberi PPK", "Kirim baris kunci kepada ketua. Sesudah PPK memberi, ketuk Perbarui."),
      h("p", {}, "Kode kunci: ", h("b", { class: "kode" }, code)),
      own.copied ? box("", "Kunci ini ikut tersalin di akun Anda", "Jangan pinjamkan akun itu, juga sandinya.") : null,
      h("label", { for: "baris" }, "Baris kunci, untuk PPK"), h("textarea", { id: "baris", readonly: true, rows: "4" }, own.line)],
    bawah: [button("Kirim kepada ketua", share), button(granted ? "Ke beranda" : "Perbarui", granted ? () => go("#beranda") : refresh, "main")],
  };
}

export function refresh() {
  return tell(async () => {
    if (!kept.me) return;
    await put({ kit: await fetchKit(BASE, kept.me.address) });
    show();
  });
}

/** @returns {Promise<Screen>} */
export async function home() {
  const { kit, own, me } = kept;
  if (!kit || !me) return setUp("");
  const typed = await below(draftOf(kit));
  const rows = rowsOf(kit.pairs);
  const filled = rows.filter(({ field }) => numberOf(typed.get(field)) !== null).length;
  const queue = await items();
  const open = queue.filter(({ state }) => state !== "dropped");
  const office = officeOf(kit);
  const granted = own && kit.keys.some(({ keyid }) => keyid === own.keyid);
  const begun = filled > 0;
  const old = await continued(kit);
  const [stands] = await standing(kit);
  const fixing = old && !open.some(({ revision }) => revision > old.revision);
  const main = fixing ? button("Lanjut betulkan", () => go("#betulkan"), "main") : open.length ? button("Lihat antrean", () => go("#antrean"), "main")
    : begun ? button("Lanjut isi angka", () => go("#isi"), "main")
    : button("Ada yang sudah mengisi: baca sendiri", () => go("#titipan"), "main");
  return {
    title: "Malam ini",
    isi: [h("h2", { class: "judul" }, `${office}: ${fixing ? "pembetulan belum ditandatangani" : open.length ? "sudah ditandatangani di sini" : begun ? `${filled} dari ${rows.length} isian` : "belum mulai"}`),
      !own ? box("beda", "Kunci belum dibuat", h("p", {}, h("a", { href: "#kunci" }, "Buat kunci sekarang"))) : !granted ? box("beda", "Kunci belum diberi PPK", "Angka boleh diisi dulu.") : null,
      h("p", { class: "meta" }, "Tulis dan tanda tangani kertasnya dulu bersama saksi. Aplikasi menyalin kertas, bukan sebaliknya. Satu anggota mengisi dan menandatangani lebih dulu; yang lain membaca sendiri di teleponnya; ketua paling akhir."),
      stands && !open.length && !begun ? box("", "TPS ini sudah punya formulir yang dihitung", button("Ada yang salah: betulkan", correct, "kiri")) : null,
      open.length || begun ? button("Baca sendiri formulir yang dititipkan", () => go("#titipan"), "kiri") : button("Mulai isi angka dari kertas", () => go("#isi"), "kiri"),
      button("Kunci saya", () => go("#kunci"), "kiri"),
      h("p", { class: "meta" }, "Belum ada di aplikasi ini: foto dan saksi. Untuk itu pakai cara PPK.")],
    bawah: [main],
  };
}
