// @ts-check
// A form that another telephone signed: read from the paper before it is shown, then compared.

import { faultOf } from "./verify/evidence.js";
import { refresh } from "./before.js";
import { box, button, h, notYet, table } from "./dom.js";
import { sheetOf, statement } from "./figures.js";
import { openForm } from "./kit.js";
import { numberOf, words } from "./numbers.js";
import { sign } from "./outgoing.js";
import { figuresOf, slotOf, voteRows } from "./paper.js";
import { isOnline, waiting } from "./portal.js";
import { items } from "./queue.js";
import { go, heldAt, kept, readingOf, renew, seconds, show, tell } from "./screen.js";
import { below, get, put } from "./store.js";
import { rowAt, typing } from "./typing.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {import("./screen.js").Screen} Screen
 */

/** When the portal was asked last what waits, in seconds; whether it answered. */
const asked = { at: 0, answered: false, busy: false };

/** Ask the portal what waits, and keep it: the screen does not wait for that. @param {Kit} kit */
async function ask(kit) {
  if (asked.busy) return;
  asked.busy = true;
  try {
    const found = await waiting(slotOf(kit));
    asked.answered = found !== null;
    for (const { id, envelope } of found ?? []) await put({ [heldAt(kit, id)]: envelope });
  } finally {
    Object.assign(asked, { at: seconds(), busy: false });
  }
  if (location.hash === "#titipan") await renew();
}

/** @returns {Promise<Screen>} */
export async function deposits() {
  const kit = /** @type {Kit} */ (kept.kit);
  if (navigator.onLine && seconds() - asked.at > 10) ask(kit);
  const stored = await below(heldAt(kit, ""));
  const mine = new Set((await items()).map(({ id }) => id));
  const ids = [...stored.keys()].filter((id) => !mine.has(id));
  const state = asked.busy ? "Menanyakan kepada portal…" : asked.answered && isOnline() ? "Minta anggota yang mengisi untuk menandatangani dan mengirim, lalu perbarui." : "Tanpa sinyal daftar ini tidak dapat diperbarui.";
  return {
    title: "Baca sendiri", back: "#beranda",
    isi: [h("h2", { class: "judul" }, ids.length ? "Ada formulir yang menunggu Anda" : "Belum ada yang dititipkan"),
      h("p", {}, ids.length ? "Siapkan kertas C.Hasil di depan Anda. Angka yang sudah diisi tetap tertutup sampai Anda selesai membaca." : state),
      ...ids.map((id, at) => button(`Formulir ${at + 1}: baca dari kertas`, () => go(`#baca/${id}`), "kiri", `kode ${id.slice(0, 4)} ${id.slice(4, 8)}`))],
    bawah: [button("Perbarui", () => { asked.at = 0; show(); }, ids.length ? "" : "main")],
  };
}

/** @param {string} id @param {string} at @returns {Promise<Screen>} */
export async function blind(id, at) {
  const kit = /** @type {Kit} */ (kept.kit);
  if (!(await get(heldAt(kit, id)))) return deposits();
  const rows = voteRows(kit.pairs);
  const typed = await below(readingOf(kit, id));
  const first = rows.findIndex(({ field }) => numberOf(typed.get(field)) === null);
  if (at === "" && first < 0) return compare(id);
  return typing({
    prefix: readingOf(kit, id), rows, typed, at: at === "" ? first : rowAt(at, rows), title: "Baca sendiri dari kertas", back: "#titipan", hash: `#baca/${id}`, done: `#banding/${id}`,
    fresh: true, note: "Angka yang diisi anggota lain baru terbuka sesudah Anda selesai. Baca dari kertas, jangan dari ingatan.", spoken: () => [],
  });
}

/** @param {string} id @returns {Promise<Screen>} */
export async function compare(id) {
  const kit = /** @type {Kit} */ (kept.kit);
  const text = await get(heldAt(kit, id));
  const rows = voteRows(kit.pairs);
  const own = figuresOf(await below(readingOf(kit, id)));
  if (!text || rows.some(({ field }) => own[field] === undefined)) return blind(id, "");
  let form;
  try {
    form = await openForm(text, kit);
  } catch (error) {
    const { code } = faultOf(error, "");
    return { title: "Tidak dapat dipercaya", back: "#titipan", isi: [box("beda", "Formulir ini tidak dapat dipercaya", `Tanda tangannya tidak cocok dengan kunci TPS ini (${code}). Jangan menandatanganinya. Perbarui kunci, atau panggil ketua.`)], bawah: [button("Perbarui kunci", refresh, "main")] };
  }
  const differing = rows.filter(({ field }) => form.fields.figures[field] !== own[field]);
  if (differing.length) {
    return {
      title: `${differing.length} baris berbeda`, back: "#titipan",
      isi: [...differing.map(({ field, code, label }) => box("beda", `${code} ${label}: dua bacaan`,
        table([["Yang dititipkan", words(form.fields.figures[field]), String(form.fields.figures[field])], ["Anda", words(own[field]), String(own[field])]]),
        button("Bacaan saya keliru, baca lagi dari kertas", () => go(`#baca/${id}/${rows.findIndex((row) => row.field === field)}`), "kiri"))),
        h("p", {}, "Bila yang dititipkan keliru: jangan tanda tangani. Beri tahu yang mengisi; ia mengetik lagi dan menandatangani yang baru. Bacaan Anda disimpan."),
        h("p", { class: "meta" }, `${rows.length - differing.length} baris lain sama. Belum ada yang Anda tanda tangani.`)],
      bawah: [notYet("Lihat kertas bersama dulu")],
    };
  }
  const act = () => tell(async () => sign(form.payload, form.fields.figures, form.signatures));
  const reasons = (form.fields.explanations ?? []).map((/** @type {any} */ one) => box("beda", `Dikirim dengan alasan (${one.rule})`, one.text));
  return {
    title: "Tanda tangani", back: "#titipan",
    isi: [h("p", { class: "hitung ok" }, `${rows.length} baris Anda sama. ${form.signers.length} orang sudah menandatangani.`), ...reasons, ...sheetOf(form.fields.figures), statement(kit),
      kept.me?.number === "1" && form.signers.length < kit.threshold - 1 ? box("", "Ketua paling akhir", "Tunggu anggota lain dulu: perbedaan yang mereka temukan lalu tidak memakan tanda tangan Anda.") : null],
    bawah: [button("Tanda tangani", act, "main", "sidik jari atau kunci layar"), button("Tidak, ada yang beda", () => go(`#baca/${id}/0`))],
  };
}
