// @ts-check
// A form that another telephone signed: read from the paper before it is shown, then compared.

import { faultOf } from "./verify/evidence.js";
import { refresh } from "./before.js";
import { collect } from "./between.js";
import { changed, known, reasonWords, standing, struck } from "./correction.js";
import { box, button, h, notYet, table, wordsOf } from "./dom.js";
import { sheetOf, statement } from "./figures.js";
import { codeWords } from "./incident.js";
import { openForm } from "./kit.js";
import { numberOf, words } from "./numbers.js";
import { sign } from "./outgoing.js";
import { figuresOf, rowsOf, slotOf, voteRows, witnessState, WITNESS_STATES } from "./paper.js";
import { isOnline } from "./portal.js";
import { items, revisionOf } from "./queue.js";
import { go, heldAt, kept, readingOf, renew, renewKit, seconds, show, since, tell } from "./screen.js";
import { below, get } from "./store.js";
import { rowAt, typing } from "./typing.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {import("./screen.js").Screen} Screen
 */

/** @type {Record<string, string>} */
export const COUNTS = { first: "pertama", continued: "lanjutan", court: "sesudah putusan MK", postponed: "susulan", recount: "ulang surat suara", repeat: "pemungutan suara ulang" };
/** When the portal was asked last what waits, in seconds; whether it answered. */
const asked = { at: 0, answered: false, busy: false };

/** Ask the portal what waits, and keep it: the screen does not wait for that. @param {Kit} kit */
async function ask(kit) {
  if (asked.busy) return;
  asked.busy = true;
  try {
    const found = await collect(slotOf(kit), kit, openForm);
    asked.answered = found !== null;
    const [newest] = await standing(kit);
    const ahead = (found ?? []).some(({ envelope }) => revisionOf(envelope) > (newest?.revision ?? 0) + 1);
    if (ahead) await renewKit(); // which form it corrects
  } catch {
    // What waits is listed all the same; the screen of the form says what is not known.
  } finally {
    Object.assign(asked, { at: seconds(), busy: false });
  }
  if (/^#(titipan|baca)\b/.test(location.hash)) await renew();
}

/** @returns {Promise<Screen>} */
export async function deposits() {
  const kit = /** @type {Kit} */ (kept.kit);
  if (navigator.onLine && since(asked.at) > 10) ask(kit);
  const stored = await below(heldAt(kit, ""));
  const mine = new Set((await items()).map(({ id }) => id));
  const [newest] = await standing(kit);
  const ids = [...stored].flatMap(([id, envelope]) => (mine.has(id) || revisionOf(envelope) <= (newest?.revision ?? 0) ? [] : [id]));
  const state = asked.busy ? "Menanyakan kepada portal…" : asked.answered && isOnline() ? "Minta anggota yang mengisi untuk menandatangani dan mengirim, lalu perbarui." : "Tanpa sinyal daftar ini tidak dapat diperbarui.";
  return {
    title: "Baca sendiri", back: "#beranda",
    isi: [h("h2", { class: "judul" }, ids.length ? "Ada formulir yang menunggu Anda" : "Belum ada yang dititipkan"),
      h("p", {}, ids.length ? "Siapkan kertas C.Hasil di depan Anda. Angka yang sudah diisi tetap tertutup sampai Anda selesai membaca." : state),
      ...ids.map((id, at) => button(`Formulir ${at + 1}: baca dari kertas`, () => go(`#baca/${id}`), "kiri", `${revisionOf(stored.get(id)) > 1 ? "pembetulan · " : ""}kode ${id.slice(0, 4)} ${id.slice(4, 8)}`))],
    bawah: [button("Pindai dari telepon lain", () => go("#pindai")), button("Perbarui", () => { asked.at = 0; show(); }, ids.length ? "" : "main")],
  };
}

/**
 * A form of another telephone whose signatures verify, or the screen that says why there is none.
 * `old` is what it corrects, as far as this telephone knows that; `rows` are read from the paper:
 * the votes, and what the correction changes.
 * @param {string} id
 */
async function opened(id) {
  const kit = /** @type {Kit} */ (kept.kit);
  const text = await get(heldAt(kit, id));
  if (!text) return { fault: await deposits() };
  try {
    const form = await openForm(text, kit);
    if (form.id !== id) throw new Error("another form");
    const old = form.fields.previous ? await known(kit, form.fields.previous) : null;
    const different = old ? changed(kit, old.figures, form.fields.figures) : [];
    const wanted = new Set([...voteRows(kit.pairs), ...different].map(({ field }) => field));
    return { form, old, different, rows: rowsOf(kit.pairs).filter(({ field }) => wanted.has(field)) };
  } catch (error) {
    const { code } = faultOf(error, "");
    if (code === "revoked-key") return { fault: { title: "Kunci dicabut", back: "#titipan", isi: [box("beda", "Yang menandatangani formulir ini: kunci yang sudah dicabut", "Tanda tangannya tidak lagi dihitung. Isi angka dari kertas di telepon ini.")], bawah: [button("Mulai isi angka dari kertas", () => go("#isi"), "main")] } };
    return { fault: { title: "Tidak dapat dipercaya", back: "#titipan", isi: [box("beda", "Formulir ini tidak dapat dipercaya", `Tanda tangannya tidak cocok dengan kunci TPS ini (${code}). Jangan menandatanganinya. Perbarui kunci, atau panggil ketua.`)], bawah: [button("Perbarui kunci", refresh, "main")] } };
  }
}

/** @param {string} id @param {string} at @returns {Promise<Screen>} */
export async function blind(id, at) {
  const kit = /** @type {Kit} */ (kept.kit);
  const { fault, rows } = await opened(id);
  if (!rows) return fault;
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
  const { fault, form, old, different, rows } = await opened(id);
  if (!form) return fault;
  const own = figuresOf(await below(readingOf(kit, id)));
  if (rows.some(({ field }) => own[field] === undefined)) return blind(id, "");
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
  const act = () => tell(async () => sign(form.payload, form.signatures));
  const reasons = (form.fields.explanations ?? []).map((/** @type {any} */ one) => box("beda", `Dikirim dengan alasan (${one.rule})`, one.text));
  return {
    title: "Tanda tangani", back: "#titipan",
    isi: [h("p", { class: "hitung ok" }, `${rows.length} baris Anda sama. ${form.signers.length} orang sudah menandatangani.`), ...correcting(form.fields, old, different), ...reasons, ...besides(form.fields, kit), ...sheetOf(form.fields.figures), statement(kit),
      kept.me?.number === "1" && form.signers.length < kit.threshold - 1 ? box("", "Ketua paling akhir", "Tunggu anggota lain dulu: perbedaan yang mereka temukan lalu tidak memakan tanda tangan Anda.") : null],
    bawah: [button("Tanda tangani", act, "main", "sidik jari atau kunci layar"), button("Tidak, ada yang beda", () => go(`#baca/${id}/0`))],
  };
}

/** What a form says besides figures: of its witnesses, and what this app writes in none. All of it is signed. @param {any} fields @param {Kit} kit */
export function besides({ at, count, figures, scans = [], witnesses = [] }, kit) {
  const rows = rowsOf(kit.pairs);
  const said = [
    ...(count === "first" ? [] : [`Penghitungan: ${COUNTS[count] ?? count}`]),
    ...scans.map((/** @type {any} */ { page, sha256 }) => `Foto halaman ${page}: ${sha256.slice(0, 16)}`),
    ...Object.keys(figures).filter((name) => !rows.some(({ field }) => field === name)).map((name) => `Isian di luar kertas ini, ${name}: ${figures[name]}`),
    ...rows.filter(({ field }) => figures[field] === undefined).map(({ code, label }) => `Tidak diisi: ${code} ${label}`),
  ];
  return [witnesses.length ? box("", "Saksi, seperti di kertas", ...witnesses.map(witnessWords)) : null, said.length ? box("beda", "Tertulis juga di formulir ini", ...said) : null, h("p", { class: "meta" }, `Waktu di formulir: ${at.slice(0, 16).replace("T", " ")}`)];
}

/** @param {import("./bersama/witnesses.js").Said} one */
export function witnessWords(one) {
  return `Nomor ${one.pair}: ${wordsOf(WITNESS_STATES, witnessState(one))}${one.reason ? `, ${codeWords("witness", one.reason)}` : ""}`;
}

/** What a correction says of itself; nothing for the first form. @param {any} fields @param {import("./kit.js").Standing | null} old @param {import("./paper.js").Row[]} different */
function correcting(fields, old, different) {
  if (fields.revision === 1) return [];
  const why = box("", `Pembetulan: ${reasonWords(fields.reason.code)}`, ...(fields.reason.text ? [fields.reason.text] : []));
  if (old) return [why, struck(different, old.figures, fields.figures)];
  return [why, box("beda", "Telepon ini belum tahu angka yang lama", "Cocokkan semua baris dengan kertas, atau perbarui dulu di tempat yang ada sinyal.", button("Perbarui", refresh, "kiri"))];
}
