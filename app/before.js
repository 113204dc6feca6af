// @ts-check
// Before the night: from the link to the key that the PPK granted, and the first screen of the evening.

import { continued, correct, standing } from "./correction.js";
import { box, button, h } from "./dom.js";
import { addressIn } from "./kit.js";
import { numberOf } from "./numbers.js";
import { rowsOf, slotOf } from "./paper.js";
import { items } from "./queue.js";
import { called, hasDesk, maySend, personIn, placed, ROLES } from "./role.js";
import { ended } from "./ended.js";
import { codeOf, draftOf, go, kept, logOf, officeOf, ownAt, placedLine, renewKit, share, show, tell, turnTo } from "./screen.js";
import { makeKey, obstacle } from "./sign.js";
import { below, put } from "./store.js";

/** @typedef {import("./screen.js").Screen} Screen */

/** @param {string} link @returns {Promise<Screen>} */
export async function setUp(link) {
  const [text, query = ""] = link.split("?");
  const address = addressIn(text);
  const me = address && personIn(query, address);
  if (!me) {
    return { title: "Rekap TPS", isi: [h("h2", { class: "judul" }, "Buka tautan undangan"), h("p", {}, "Aplikasi ini dibuka dari tautan atau QR undangan. Di dalamnya ada TPS dan siapa Anda.")] };
  }
  const at = me.address.split("/").at(-2);
  const act = () => tell(async () => {
    await renewKit(me);
    navigator.storage?.persist?.();
    go("#kunci");
  });
  return {
    title: "Pasang",
    isi: [h("h2", { class: "judul" }, `Anda ${called(me)}${hasDesk(me) ? "" : ` di TPS ${at}`}. Benar?`), h("p", {}, me.address),
      h("p", { class: "meta" }, "Pasang di layar utama dari menu peramban. Sesudah itu aplikasi jalan tanpa sinyal. Satu orang, satu telepon. Kunci tidak dipinjamkan.")],
    bawah: [button("Benar, siapkan telepon ini", act, "main")],
  };
}

/** @returns {Promise<Screen>} */
export async function keyScreen() {
  const { kit, own, me } = kept;
  if (!kit || !me) return home();
  const role = ROLES[me.body];
  if (own && kit.ended.includes(own.keyid)) return ended(own.keyid, ownAt(kit));
  if (!own) {
    const stop = obstacle(kit.rpId);
    const act = () => tell(async () => {
      const made = await makeKey(logOf(kit), kit.election, `${placed(me, kit)} · ${me.number ?? called(me)}`);
      await put({ [ownAt(kit)]: made });
      if (me.body === "kpps") navigator.serviceWorker?.ready.then(({ active }) => ["foto/", "bersama/"].forEach((folder) => active?.postMessage(folder)));
      show();
    });
    return {
      title: "Buat kunci", back: "#beranda",
      isi: [h("h2", { class: "judul" }, "Buat kunci tanda tangan"), h("p", {}, "Kunci ini pengganti tanda tangan Anda malam nanti. Telepon meminta sidik jari, wajah, atau pola kunci layar: dua kali, sekali membuat dan sekali mencoba."),
        stop ? box("beda", "Di sini belum bisa", stop) : box("ya", "Yang disimpan di telepon: kunci Anda", `Yang dikirim ke ${role.granter}: kode kunci${me.number ? " dan nomor anggota" : ""}. Nama, sidik jari, dan wajah tidak dikirim.`),
        box("", "Telepon akan bertanya “simpan kunci sandi?”", "Pilih Simpan atau Lanjutkan.")],
      bawah: stop ? [] : [button("Buat kunci", act, "main")],
    };
  }
  const granted = kit.keys.find(({ keyid }) => keyid === own.keyid);
  return {
    title: "Kunci saya", back: "#beranda",
    isi: [
      granted ? box("ya", role.given, `Anda (${granted.position}) dapat menandatangani ${me.body === "pps" ? "perlengkapan TPS" : hasDesk(me) ? "D.Hasil" : maySend(me, "form") ? "C.Hasil" : "salinan dan keberatan"} ${placed(me, kit)}.`)
        : box("beda", role.lacks, `Kirim baris kunci kepada ${role.to}. Sesudah ${role.granter} memberi, ketuk Perbarui.`),
      h("p", {}, "Kode kunci: ", h("b", { class: "kode" }, codeOf(own.keyid))),
      own.copied ? box("", "Kunci ini ikut tersalin di akun Anda", "Jangan pinjamkan akun itu, juga sandinya.") : null,
      h("label", { for: "baris" }, `Baris kunci, untuk ${role.granter}`), h("textarea", { id: "baris", readonly: true, rows: "4" }, placedLine(own, kit)), button("Tunjukkan kodenya", () => go("#kode/kunci"), "kiri"),
      granted ? button("Perbarui", refresh, "kiri") : null],
    bawah: [button(`Kirim kepada ${role.to}`, () => share(placedLine(own, kit), "Baris kunci disalin.")), button(granted ? "Ke beranda" : "Perbarui", granted ? () => go("#beranda") : refresh, "main")],
  };
}

export function refresh() {
  return tell(async () => {
    if (!kept.me) return;
    await renewKit();
    show();
  });
}

/** What is still to do with the key of this device, or null. */
export function keyNotice() {
  const { kit, own, me } = kept;
  if (!kit || !me) return null;
  const granted = own && kit.keys.some(({ keyid }) => keyid === own.keyid);
  const { granter } = ROLES[me.body];
  return !own ? box("beda", "Kunci belum dibuat", h("p", {}, h("a", { href: "#kunci" }, "Buat kunci sekarang"))) : kit.ended.includes(own.keyid) ? box("beda", "Kunci ini sudah dicabut", h("p", {}, h("a", { href: "#kunci" }, "Buat kunci baru")))
    : !granted ? box("beda", `Kunci belum diberi ${granter}`, "Angka boleh diisi dulu.") : null;
}

/** @returns {Promise<Screen>} */
export async function home() {
  const { kit, me } = kept;
  if (!kit || !me) return setUp("");
  const key = keyNotice();
  const typed = await below(draftOf(kit));
  const rows = rowsOf(kit.pairs);
  const filled = rows.filter(({ field }) => numberOf(typed.get(field)) !== null).length;
  const queue = await items();
  const open = queue.filter(({ kind, slot, state }) => kind === "form" && slot === slotOf(kit) && state !== "dropped");
  const office = officeOf(kit);
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
      key, ...(kit.others ?? []).map((one) => button(`Beralih ke surat suara ${officeOf(one)}`, () => turnTo(one.address), "kiri", "kunci yang sama, angka sendiri")),
      h("p", { class: "meta" }, "Tulis dan tanda tangani kertasnya dulu bersama saksi. Aplikasi menyalin kertas, bukan sebaliknya. Satu anggota mengisi dan menandatangani lebih dulu; yang lain membaca sendiri di teleponnya; ketua paling akhir."),
      stands && !open.length && !begun ? box("", "TPS ini sudah punya formulir yang dihitung", button("Ada yang salah: betulkan", correct, "kiri")) : null,
      open.length || begun ? button("Baca sendiri formulir yang dititipkan", () => go("#titipan"), "kiri") : button("Mulai isi angka dari kertas", () => go("#isi"), "kiri"),
      button("Catat kejadian khusus", () => go("#kejadian"), "kiri"), button("Perlengkapan TPS", () => go("#siap"), "kiri"), button("Foto C.Hasil", () => go("#foto"), "kiri"), queue.length > open.length ? button("Lihat antrean", () => go("#antrean"), "kiri") : null, button("Kunci saya", () => go("#kunci"), "kiri"), button("Telepon hilang atau mati", () => go("#hilang"), "kiri")],
    bawah: [main],
  };
}
