// @ts-check
// A sheet as its members sign it: all that it says, on the device of each of them, held against the
// forms below that this device proved itself.

import { faultOf } from "../verify/evidence.js";
import { Unchecked } from "../verify/faults.js";
import { box, button, h, table } from "../dom.js";
import { reasonWords } from "../correction.js";
import { openForm } from "../kit.js";
import { sign } from "../outgoing.js";
import { payloadOf, rowsOf, voteRows } from "../paper.js";
import { keep, settle, work as sendAll } from "../queue.js";
import { besides, witnessWords } from "../reading.js";
import { clock, go, heldAt, kept, seconds, show, tell } from "../screen.js";
import { get } from "../store.js";
import { said } from "./grid.js";
import { deskKit, draftOf, newest, placeOf, readBelow, sheetFor, takeBelow } from "./draft.js";
import { drafted, formWords } from "./open.js";
import { besideOf, causeWords, findingsOf, formOf, labelIn, movedIn, nameIn, namesOthers, obstaclesOf } from "./sheet.js";

/**
 * @typedef {import("../screen.js").Screen} Screen
 * @typedef {import("../queue.js").Item} Item
 * @typedef {import("./draft.js").Sheet} Sheet
 * @typedef {import("./kit.js").Column} Column
 */

/** Everything that a D form says, from the form itself. @param {any} fields @param {Sheet} sheet @param {Column[]} columns as this device proved them */
function contentsOf(fields, sheet, columns) {
  const kit = deskKit();
  const rows = rowsOf(kit.pairs);
  const votes = voteRows(kit.pairs);
  const [label, place] = [labelIn(rows), nameIn(columns)];
  const { because = [], corrections = [], explanations = [], witnesses = [], figures, children, rows: cells, reason } = fields;
  const below = formWords(sheet.column);
  const without = children.filter((/** @type {string} */ code) => !columns.find((one) => one.code === code)?.figures);
  const others = rows.filter(({ field }) => !votes.some((one) => one.field === field));
  return [
    reason ? box("beda", `Ini pembetulan: ${reasonWords(reason.code)}`, reason.text ?? "Angka lama tetap terlihat, dicoret.") : null,
    ...[...new Set(corrections.map((/** @type {any[]} */ [code, , , , at]) => `${code}/${at}`))].map((group) => {
      const of = corrections.filter((/** @type {any[]} */ [code, , , , at]) => `${code}/${at}` === group);
      const cause = because[of[0][4]] ?? {};
      return box("", `${place(of[0][0])}: ${of.length} angka dibetulkan`, h("ul", {}, ...of.map((/** @type {any[]} */ [, field, from, to]) => h("li", {}, `${label(field)}: ${below} `, h("s", {}, said(from)), " menjadi ", h("b", {}, said(to))))),
        h("p", { class: "meta" }, causeWords({ basis: cause.basis, ...cause.initials })));
    }),
    ...explanations.map((/** @type {any} */ one) => box("beda", `${one.child ? place(one.child) : "Jumlah"}: hitungan ${one.part ?? one.rule} tidak cocok, dijelaskan`, one.text)),
    ...(without.length ? [box("", `${without.length} kolom tanpa ${below} yang tercatat, diketik dari kertas`, ...without.map((/** @type {string} */ code) =>
      `${place(code)}: ${votes.map(({ field, code: row }) => `${row} = ${said(cells[field][children.indexOf(code)])}`).join(", ")}`))] : []),
    ...(witnesses.length ? [box("", "Saksi", ...witnesses.map(witnessWords))] : []),
    table(votes.map(({ field, code, label: words }) => [`${code} ${words}`, "", said(figures[field] ?? null)]), "besar", `Jumlah ${children.length} kolom`),
    table(others.map(({ field, code, label: words }) => [`${code} ${words}`, "", said(figures[field] ?? null)]), "kecil", "Isian lain"),
    h("details", {}, h("summary", {}, "Semua kolom"), h("div", { class: "gulung", tabindex: "0", role: "region", "aria-label": "Semua kolom" }, h("table", { class: "kisi" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Baris"), ...children.map((/** @type {string} */ code) => h("th", { scope: "col" }, place(code))))),
      h("tbody", {}, ...rows.map(({ field, code, label: words }) => h("tr", {}, h("th", { scope: "row" }, `${code} ${words}`), ...cells[field].map((/** @type {number} */ one) => h("td", { class: "n" }, said(one))))))))),
    h("p", {}, `Dengan ini Anda menyatakan: angka di layar sama dengan ${formWords(sheet.form)} ${sheet.name} yang ditandatangani di kertas.`),
  ];
}

/** The sheet of this desk, before its first signature. @param {string} region @returns {Promise<Screen>} */
export function review(region) {
  return drafted(region, "Tanda tangani", (sheet, draft) => (obstaclesOf(draft.work).length ? null : reviewed(sheet, draft)));
}

/** @param {Sheet} sheet @param {import("./draft.js").Draft} draft @returns {Screen} */
function reviewed(sheet, draft) {
  const { region } = sheet;
  const kit = deskKit();
  const fields = formOf(draft.work);
  const act = () => tell(async () => {
    const now = await newest(sheet);
    if (now && movedIn(draft.below.columns, now.columns).length) return go(`#lembar/${region}`);
    await sign(payloadOf(placeOf(sheet), fields, new Date()), [], titled(sheet));
  });
  const changed = /** @type {unknown[]} */ (fields.corrections ?? []).length;
  return {
    title: "Tanda tangani", back: `#lembar/${region}`, wide: true,
    isi: [h("h2", { class: "judul" }, `${formWords(sheet.form)} ${sheet.name}`),
      h("p", { class: changed ? "hitung" : "hitung ok" }, `${draft.work.columns.length} kolom, ${changed ? `${changed} angka dibetulkan dengan dasar dan paraf` : `semua sama dengan ${formWords(sheet.column)} yang tercatat`}. Diperiksa ${clock(draft.below.seen, kit)}.`),
      ...contentsOf(fields, sheet, draft.work.columns), h("p", { class: "meta" }, `Perlu ${kit.threshold} orang. Yang lain membuka tautannya sendiri dan menandatangani di teleponnya, atau di laptop lain.`)],
    bawah: [button("Sama dengan kertas, tanda tangani", act, "main", "sidik jari, kunci layar, atau kunci USB"), button("Ada yang beda, kembali", () => go(`#lembar/${region}`))],
  };
}

/** What is kept with a signed sheet: its name, and its page. @param {Sheet} sheet */
function titled(sheet) {
  return { title: `${formWords(sheet.form)} ${sheet.name}`, address: sheet.address, region: sheet.region };
}

/**
 * A sheet that another member signed: its signatures verify by the keys of the kit, and what it says of
 * the forms below is held against what this device proved.
 * @param {string} region @param {string} id @returns {Promise<Screen>}
 */
export async function judge(region, id) {
  const sheet = sheetFor(region);
  const text = sheet && (await get(heldAt(placeOf(sheet), id)));
  if (!sheet || !text) return { title: "Periksa", back: "#beranda", isi: [h("p", {}, "Lembar itu tidak lagi menunggu.")], bawah: [button("Ke meja", () => go("#beranda"), "main")] };
  const draft = await draftOf(sheet);
  const back = `#lembar/${region}`;
  let form;
  try {
    form = await openForm(text, placeOf(sheet));
    if (form.id !== id || !form.fields.rows) throw new Unchecked("another form", "slot");
  } catch (error) {
    return { title: "Tidak dapat dipercaya", back, isi: [box("beda", "Lembar ini tidak dapat dipercaya", `Tanda tangannya tidak cocok dengan kunci anggota (${faultOf(error, "").code}). Jangan menandatanganinya.`)], bawah: [button("Kembali", () => go(back), "main")] };
  }
  const columns = (await newest(sheet))?.columns ?? draft?.below.columns ?? [];
  const { fields } = form;
  const beside = besideOf(fields, columns);
  const silent = beside.filter((one) => !one.named);
  const rows = rowsOf(deskKit().pairs);
  const [label, place] = [labelIn(rows), nameIn(columns)];
  const sums = rows.filter(({ field }) => fields.rows[field]?.reduce((/** @type {number} */ sum, /** @type {number} */ one) => sum + one, 0) !== fields.figures[field]);
  const absent = columns.filter(({ code }) => !fields.children.includes(code));
  const strange = fields.children.filter((/** @type {string} */ code) => !columns.some((one) => one.code === code));
  const made = { form: sheet.form, rows, pairs: deskKit().pairs.length, own: null, typed: new Map(), causes: new Map(), texts: new Map(), witnesses: new Map(), reason: {},
    columns: fields.children.map((/** @type {string} */ code, /** @type {number} */ at) => ({ code, name: place(code), figures: Object.fromEntries(rows.map(({ field }) => [field, fields.rows[field]?.[at]])) })) };
  const told = (fields.explanations ?? []).map((/** @type {any} */ one) => `${one.child ? "X3" : one.rule}/${one.child ?? ""}/${one.child ? (one.part ?? one.rule) : ""}`);
  const broken = findingsOf(/** @type {any} */ (made)).filter((one) => !told.includes(`${one.rule}/${one.child}/${one.part}`));
  const warnings = [
    ...silent.map((one) => `${place(one.code)}, ${label(one.field)}: lembar ${said(one.says)}, yang tercatat di bawah ${said(one.below)}, tanpa dasar.`),
    ...sums.map(({ field, label: words }) => `${words}: jumlah kolom tidak sama dengan jumlah akhir ${said(fields.figures[field])}.`),
    ...absent.map(({ name }) => `${name} tidak ada di lembar ini.`), ...strange.map((/** @type {string} */ code) => `${code} tidak ada dalam daftar.`),
    ...broken.map((one) => `${one.child ? place(one.child) : "Jumlah"}: ${one.sentence}`),
    ...(namesOthers(fields, columns) ? [`Lembar ini menyebut ${formWords(sheet.column)} lain daripada yang diperiksa alat ini.`] : []),
  ];
  const mine = form.signers.some(({ keyid }) => keyid === kept.own?.keyid);
  const act = () => tell(async () => sign(form.payload, form.signatures, titled(sheet)));
  return {
    title: "Periksa dan tanda tangani", back, wide: true,
    isi: [h("h2", { class: "judul" }, `${formWords(sheet.form)} ${sheet.name}`), h("p", { class: "hitung ok" }, `${form.signers.length} orang sudah menandatangani: ${form.signers.map(({ position }) => position).join(", ")}.`),
      warnings.length ? box("beda", `${warnings.length} hal tidak cocok dengan yang diperiksa alat ini`, ...warnings.slice(0, 40), "Jangan tanda tangani sebelum jelas. Panggil yang mengisi, buka kertas bersama.") : h("p", { class: "hitung ok" }, `Setiap kolom sama dengan formulir di bawah yang diperiksa alat ini, kecuali ${beside.length} angka yang dibetulkan.`),
      columns.length ? null : box("beda", "Yang di bawah belum diperiksa alat ini", "Buka lembarnya dulu di tempat yang ada sinyal."), ...besides({ ...fields, witnesses: [] }, deskKit()), ...contentsOf(fields, sheet, columns)],
    bawah: [mine ? button("Sudah Anda tanda tangani", () => go(back)) : button("Sama dengan kertas, tanda tangani", act, warnings.length ? "df" : "main", "sidik jari atau kunci layar"), button("Ada yang beda, kembali", () => go(back))],
  };
}

/** The portal knows another form, or another figure below: what differs, and what to do. @param {string} id @returns {Promise<Screen>} */
export async function askedAgain(id) {
  const item = /** @type {(Item & {region: string, title: string}) | undefined} */ (await get(`queue/${id}`));
  const sheet = item && sheetFor(item.region);
  if (!item || !sheet || item.state !== "asked") return { title: "Antrean", back: "#antrean", isi: [h("p", {}, "Tidak ada yang menunggu jawaban.")], bawah: [button("Ke antrean", () => go("#antrean"), "main")] };
  const below = item.answer.code === "below-differs";
  const again = () => tell(async () => {
    const found = await readBelow(sheet);
    await takeBelow(sheet, found);
    await settle({ ...item, state: "dropped" });
    go(`#lembar/${sheet.region}`);
  });
  const insist = () => tell(async () => {
    await keep({ ...item, state: "waiting", insist: true, next: 0 });
    go("#antrean");
    await sendAll(deskKit(), seconds(), true);
    await show();
  });
  return {
    title: "Perlu jawaban Anda", back: "#antrean",
    isi: [h("h2", { class: "judul" }, "Kiriman ditahan dulu"), h("p", {}, item.title),
      box("beda", below ? "Formulir di bawah berganti" : "Lembar ini sudah punya formulir yang dihitung", below ? "Lembar ini membetulkan angka yang tidak lagi tercatat di bawah. Ambil yang baru, lihat bedanya, lalu tanda tangani lagi." : "Ambil yang tercatat, lihat bedanya, lalu betulkan bila perlu."),
      h("p", {}, "Yang diketik tetap ada. Tanda tangan yang lama tidak dikirim lagi."),
      h("details", {}, h("summary", {}, "Kami sengaja mengirim apa adanya"), h("p", {}, "Semua orang akan melihat perbedaannya."), button("Kirim juga, sengaja", insist, "df"))],
    bawah: [button("Ambil yang baru ke tabel", again, "main")],
  };
}
