// @ts-check
// The figures of the paper, what the rules say of them, and the sheet that is signed.

import { box, button, h, notYet, table } from "./dom.js";
import { numberOf, words } from "./numbers.js";
import { sign } from "./outgoing.js";
import { changed, continued, correction, reasonField, struck, why } from "./correction.js";
import { figuresOf, formOf, ownRows, payloadOf, rowsOf, unsaid, voteRows } from "./paper.js";
import { check } from "./rules.js";
import { maySend } from "./role.js";
import { draftOf, go, kept, officeOf, reasonOf, tell, witnessesAt } from "./screen.js";
import { below, forget, get, put } from "./store.js";
import { rowAt, typing } from "./typing.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {import("./screen.js").Screen} Screen
 */

/** @param {string} at @returns {Promise<Screen>} */
export async function figures(at) {
  const kit = /** @type {Kit} */ (kept.kit);
  const rows = ownRows(kit);
  const typed = await below(draftOf(kit));
  const first = rows.findIndex(({ field }) => numberOf(typed.get(field)) === null);
  const now = at === "" ? (first < 0 ? rows.length - 1 : first) : rowAt(at, rows);
  const old = await continued(kit);
  const [title, back, done] = old ? ["Betulkan", "#betulkan", "#betulkan"] : [`${maySend(kept.me, "form") ? "Isi angka" : "Salin angka"} · ${officeOf(kit)}`, "#beranda", "#lembar"];
  return typing({ prefix: draftOf(kit), rows, at: now, typed, title, back, hash: "#isi", done, note: "", fresh: true, spoken });
}

/** What the rules say of the row and of the one before it, as soon as their figures are there. @param {Map<string, string>} typed @param {string[]} fields @returns {Node[]} */
function spoken(typed, fields) {
  const kit = /** @type {Kit} */ (kept.kit);
  const results = check(figuresOf(typed), kit.pairs.length).filter((one) => one.state !== "untestable" && one.fields.some((field) => fields.includes(field)));
  const wrong = results.filter(({ state, hard }) => state === "fail" && hard);
  if (wrong.length) return wrong.slice(0, 1).map((one) => difference(one, typed));
  const right = results.filter(({ state, op }) => state === "pass" && op === "=");
  return right.slice(0, 1).map((one) => h("p", { class: "hitung ok" }, `Cocok: ${one.found} = ${one.expected}`));
}

/** @param {import("./rules.js").Result} one @param {Map<string, string>} typed @param {boolean} final whether a copy goes out with it as it stands */
export function difference(one, typed, final = false) {
  const rows = ownRows(/** @type {Kit} */ (kept.kit));
  const sign = one.op === "<=" ? "paling banyak" : "seharusnya";
  return box("beda", one.sentence, h("p", { class: "eq" }, `${one.found} ${sign} ${one.expected}`), h("p", { class: "meta" }, "Lihat kertasnya. Mana yang terjadi?"),
    ...one.fields.map((field) => {
      const at = rows.findIndex((row) => row.field === field);
      return button(`Ketik lagi: ${rows[at].code} ${rows[at].label}`, () => go(`#isi/${at}`), "kiri", `sekarang ${numberOf(typed.get(field))}`);
    }),
    maySend(kept.me, "form") ? button(`Di kertas memang tertulis begitu`, () => go(`#jelas/${one.rule}`), "kiri", "Betulkan kertas, atau beri alasan")
      : final ? h("p", { class: "meta" }, "Di kertas Anda memang begitu: tanda tangani, salinan dikirim apa adanya.") : button("Di kertas saya memang tertulis begitu", () => go("#daftar"), "kiri", "Salinan dikirim apa adanya"));
}

/** @returns {Promise<Screen>} */
export async function list() {
  const kit = /** @type {Kit} */ (kept.kit);
  if (await continued(kit)) return correction();
  const typed = await below(draftOf(kit));
  const rows = ownRows(kit);
  const first = rows.findIndex(({ field }) => numberOf(typed.get(field)) === null);
  const readable = !maySend(kept.me, "form") && first >= 0 && Object.keys(figuresOf(typed)).length > 0;
  return {
    title: "Semua isian", back: "#beranda",
    isi: [h("ul", { class: "baris" }, ...rows.map((row, at) => {
      const number = numberOf(typed.get(row.field));
      return h("li", {}, h("a", { href: `#isi/${at}` }, `${row.code} ${row.label}`), h("span", { class: number === null ? "v kosong" : "v" }, number === null ? "belum" : String(number)));
    })), readable ? button("Yang belum tidak terbaca di kertas saya", () => go("#lembar/sebagian"), "kiri", "Kirim yang terbaca saja") : null],
    bawah: [button(first < 0 ? "Cocokkan dengan kertas" : `Lanjut: ${rows[first].code} ${rows[first].label}`, () => go(first < 0 ? "#lembar" : `#isi/${first}`), "main")],
  };
}

/** @param {string} rule @returns {Promise<Screen>} */
export async function explain(rule) {
  const kit = /** @type {Kit} */ (kept.kit);
  const text = (await get(reasonOf(kit, rule))) ?? "";
  return {
    title: "Kertasnya yang salah", back: "#lembar",
    isi: [box("", "Cara terbaik: betulkan di kertas sekarang", "Hitung lagi bersama saksi. Yang salah dicoret, yang benar ditulis, diparaf ketua dan saksi."),
      h("h2", {}, "Tidak bisa dibetulkan lagi?"), h("p", {}, "Dikirim apa adanya, dengan alasan yang dibaca umum. Tanpa nama orang."),
      h("label", { for: "alasan" }, "Alasan"), ...reasonField("alasan", text, (said) => put({ [reasonOf(kit, rule)]: said }))],
    bawah: [button("Kirim dengan alasan ini", () => go("#lembar"), "df"), button("Kertas dibetulkan, ketik lagi", async () => { await forget(reasonOf(kit, rule)); go("#daftar"); }, "main")],
  };
}

/** @param {Record<string, number>} numbers */
export function sheetOf(numbers) {
  const kit = /** @type {Kit} */ (kept.kit);
  const votes = voteRows(kit.pairs);
  const others = rowsOf(kit.pairs).filter(({ field }) => !votes.some((one) => one.field === field));
  return [table(votes.map(({ field, code, label }) => [`${code} ${label}`, words(numbers[field]), String(numbers[field] ?? "belum")])),
    table(others.map(({ field, code, label }) => [`${code} ${label}`, "", String(numbers[field] ?? "belum")]), "kecil", "Isian lain")];
}

/** @returns {Promise<Screen>} */
export async function sheet() {
  const kit = /** @type {Kit} */ (kept.kit);
  const typed = await below(draftOf(kit));
  const numbers = figuresOf(typed);
  const rows = rowsOf(kit.pairs);
  const old = await continued(kit);
  const rowsChanged = old ? changed(kit, old.figures, numbers) : [];
  if (rows.some(({ field }) => numbers[field] === undefined) || (old && (!old.code || !rowsChanged.length))) return list();
  if (old && unsaid(old.text)) return why();
  const broken = check(numbers, kit.pairs.length).filter(({ state, hard }) => state === "fail" && hard);
  const reasons = await below(reasonOf(kit, ""));
  const codes = [...new Set(broken.map(({ rule }) => rule))];
  const open = broken.find(({ rule }) => !reasons.get(rule) || unsaid(reasons.get(rule)));
  const passed = check(numbers, kit.pairs.length).filter(({ state }) => state === "pass").length;
  const explanations = codes.map((rule) => ({ rule, text: reasons.get(rule) ?? "" }));
  // Who has no key yet may lack the file: figures wait for nothing.
  const witnesses = await import("./bersama/witness-box.js").then((one) => one.atStation(witnessesAt(kit, old), kit.pairs, old?.witnesses ?? []), () => null);
  const act = () => tell(async () => {
    await sign(payloadOf(kit, { ...formOf(numbers, explanations, old), ...witnesses?.fields }, new Date()), []);
  });
  return {
    title: "Cocokkan dengan kertas", back: "#daftar",
    isi: [open ? difference(open, typed) : h("p", { class: "hitung ok" }, `${passed} hitungan cocok.`),
      ...codes.filter((rule) => reasons.get(rule)).map((rule) => box("beda", `Dikirim dengan alasan (${rule})`, reasons.get(rule))),
      old ? struck(rowsChanged, old.figures, numbers) : null, ...sheetOf(numbers), witnesses?.asks ?? null, statement(kit)],
    bawah: open ? [notYet("Selesaikan yang berbeda dulu")] : witnesses?.lacks.length ? [notYet(witnesses.lacks[0])] : [button("Sama dengan kertas, tanda tangani", act, "main", "sidik jari atau kunci layar"), button("Ada yang beda, kembali", () => go("#daftar"))],
  };
}

/** @param {Kit} kit */
export function statement(kit) {
  return h("p", {}, `Dengan ini Anda menyatakan: angka di layar sama dengan C.Hasil ${officeOf(kit)} TPS ${kit.tps} yang ditandatangani di kertas.`);
}
