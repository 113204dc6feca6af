// @ts-check
// The table of one sheet on the desk: filled from what stands below, differences cell by cell, with
// basis and initials, rules, and witnesses; all of it before anybody signs.

import { witnessBox } from "../bersama/witness-box.js";
import { pairsIn } from "../bersama/witnesses.js";
import { reasonField, reasonWords } from "../correction.js";
import { box, button, choice, h, notYet, stand, wordsOf } from "../dom.js";
import { unsaid } from "../paper.js";
import { items } from "../queue.js";
import { go, heldAt, seconds, show, shown, since, tell } from "../screen.js";
import { below as keptBelow, get } from "../store.js";
import { gridOf, said } from "./grid.js";
import { beginFromOwn, deskKit, draftOf, keepPart, newest, placeOf, prefixOf, readBelow, sheetFor, takeBelow } from "./draft.js";
import { cellOf, changesOf, findingsOf, isOpen, keyOf, labelIn, lackingOf, movedIn, obstaclesOf } from "./sheet.js";
import { CORRECTION_BASIS, FORM } from "./table.js";

/**
 * @typedef {import("../screen.js").Screen} Screen
 * @typedef {import("./draft.js").Sheet} Sheet
 * @typedef {import("./sheet.js").Work} Work
 */

const REASONS = ["typing", "reading", "counting", "witness-objection", "supervisor-advice"];
/** Sheets whose forms are being read, and those for which that failed. @type {Map<string, "busy" | "failed">} */
const reading = new Map();
/** When each was looked at last, in seconds. @type {Map<string, number>} */
const looked = new Map();
const PAUSE = 30;

/** @param {string} form */
export function formWords(form) {
  return form === "c_hasil" ? "C.Hasil" : wordsOf(FORM, form);
}

/**
 * A screen about the table of a sheet. Where there is none yet, or `draw` gives nothing, it leads to the
 * table, or to the desk.
 * @param {string} region @param {string} title
 * @param {(sheet: Sheet, draft: import("./draft.js").Draft) => Screen | null | Promise<Screen>} draw @returns {Promise<Screen>}
 */
export async function drafted(region, title, draw) {
  const sheet = sheetFor(region);
  const draft = sheet && (await draftOf(sheet));
  const drawn = sheet && draft ? await draw(sheet, draft) : null;
  if (drawn) return drawn;
  queueMicrotask(() => go(sheet ? `#lembar/${region}` : "#beranda"));
  return { title, isi: [] };
}

/** Read what stands below, once at a time; the screen is drawn again after it. @param {Sheet} sheet */
async function read(sheet) {
  reading.set(sheet.region, "busy");
  await show();
  await tell(async () => {
    reading.set(sheet.region, "failed");
    await settled(sheet, await readBelow(sheet));
    reading.delete(sheet.region);
    looked.set(sheet.region, seconds());
    await show();
  });
}

/** While a table is shown: whether something below it was replaced, or waits for a signature. @param {Sheet} sheet */
async function look(sheet) {
  if (!navigator.onLine || since(looked.get(sheet.region)) < PAUSE) return;
  looked.set(sheet.region, seconds());
  try {
    const before = (await heldHere(sheet)).length;
    const isNews = (await settled(sheet, await readBelow(sheet))) || before !== (await heldHere(sheet)).length;
    if (isNews && location.hash === `#lembar/${sheet.region}`) await show();
  } catch {
    // Before it is signed it is read again, and a fault is told then.
  }
}

/** Take what was read if it changes no cell; whether it does. @param {Sheet} sheet @param {import("./kit.js").Below} found */
async function settled(sheet, found) {
  const draft = await draftOf(sheet);
  const isNews = Boolean(draft) && (movedIn(draft?.below.columns ?? [], found.columns).length > 0 || draft?.below.own?.id !== found.own?.id);
  if (!isNews) await takeBelow(sheet, found);
  return isNews;
}

/** @param {string} region @returns {Promise<Screen>} */
export async function openSheet(region) {
  const sheet = sheetFor(region);
  if (!sheet) return { title: "Meja rekap", back: "#beranda", isi: [h("p", {}, "Lembar itu tidak ada di meja ini.")], bawah: [button("Ke meja", () => go("#beranda"), "main")] };
  const draft = await draftOf(sheet);
  const state = reading.get(region);
  if (!draft) {
    if (!state) queueMicrotask(() => read(sheet));
    return {
      title: sheet.name, back: "#beranda",
      isi: [h("h2", { class: "judul" }, state === "failed" ? "Formulir di bawah belum dapat diperiksa" : "Mengambil dan memeriksa formulir di bawah…"), h("p", { class: "meta" }, "Setiap angka diperiksa dengan tanda tangannya dan dengan catatan portal.")],
      bawah: state === "failed" ? [button("Coba lagi", () => read(sheet), "main")] : [],
    };
  }
  if (!state) queueMicrotask(() => look(sheet));
  return tableScreen(sheet, draft.work, draft.below, state === "busy");
}

/** @param {Sheet} sheet @param {Work} work @param {import("./kit.js").Below} taken @param {boolean} busy @returns {Promise<Screen>} */
async function tableScreen(sheet, work, taken, busy) {
  const title = formWords(sheet.column);
  const fresh = await newest(sheet);
  const moved = fresh ? movedIn(taken.columns, fresh.columns) : [];
  const summary = h("div", { class: "ringkas", role: "status" });
  const parts = h("div");
  const foot = h("div", { class: "kaki" });
  const grid = gridOf(work, title, (code, field, text) => {
    keepPart(sheet, `sel/${code}/${field}`, text || null);
    drawParts();
  });

  function drawSummary() {
    const lacking = work.columns.filter((column) => column.figures === null).length;
    const changed = work.columns.filter((column) => changesOf(work, column).length).length;
    const contested = work.columns.filter((column) => column.contested).length;
    const number = (/** @type {number} */ n, /** @type {string} */ words) => h("span", {}, h("b", {}, String(n)), ` ${words}`);
    summary.replaceChildren(number(work.columns.length - lacking, `dari ${work.columns.length} ${title} tercatat`), ...(lacking ? [number(lacking, "belum masuk")] : []), ...(changed ? [number(changed, "kolom berbeda")] : []), ...(contested ? [number(contested, "dua formulir")] : []));
  }

  /** Everything below the table, and whether it can be signed; the table itself stays. */
  function drawParts() {
    const at = document.activeElement;
    drawSummary();
    parts.replaceChildren(...partsOf(sheet, work, title, grid.choose, redraw));
    stand(at);
    drawFoot();
  }

  function drawFoot() {
    const open = obstaclesOf(work);
    const blocked = moved.length ? "Ambil dulu formulir yang berganti" : open[0] ? `Belum dapat ditandatangani: ${open[0]}` : "";
    foot.replaceChildren(blocked ? notYet(blocked) : button("Lihat semuanya, lalu tanda tangani", () => toReview(sheet), "main"));
  }

  /** @param {boolean} all whether the parts change too, and not only what may be signed */
  function redraw(all = true) {
    if (all) {
      grid.refresh();
      drawParts();
    } else drawFoot();
  }

  drawParts();
  const waitingHere = await heldHere(sheet);
  const spared = fresh && (moved.length || fresh.own?.id !== taken.own?.id);
  return {
    title: sheet.name, back: "#beranda", wide: true, stays: true,
    isi: [...waitingHere.map(({ id, signers }) => box("", "Ada lembar yang menunggu tanda tangan Anda", `${signers} orang sudah menandatangani.`, button("Periksa dan tanda tangani", () => go(`#tanda/${sheet.region}/${id}`), "kiri"))),
      spared && fresh ? box("beda", moved.length ? `${moved.length} ${title} berganti sejak tabel ini diisi` : "Lembar ini sudah tercatat dari meja lain", ...moved.map((one) => movedLine(one, taken.columns, work)),
        "Yang Anda ketik tetap; yang lain diisi dari formulir yang baru.", button("Ambil yang baru", () => tell(async () => { await takeBelow(sheet, fresh); await show(); }), "kiri")) : null,
      work.own ? box("ya", `Sudah tercatat, revisi ${work.own.revision}`, "Mengubah tabel dan menandatanganinya lagi adalah pembetulan: yang lama tetap terlihat, dicoret.", button("Mulai dari yang tercatat", () => tell(async () => { await beginFromOwn(sheet); await show(); }), "kiri")) : null,
      summary, h("div", { class: "alat" }, button("Tempel atau impor dari lembar kerja", () => go(`#impor/${sheet.region}`)), button("Layar rapat", () => go(`#rapat/${sheet.region}`)), button(busy ? "Memeriksa…" : "Perbarui", () => read(sheet))),
      grid.node, parts],
    bawah: [foot],
  };
}

/** @param {import("./kit.js").Column} one as it is now @param {import("./kit.js").Column[]} before @param {Work} work */
export function movedLine({ code, name, figures }, before, { rows }) {
  const old = before.find((column) => column.code === code)?.figures;
  const differing = rows.filter(({ field }) => old?.[field] !== figures?.[field]);
  return `${name}: ${!old ? "baru masuk" : !figures ? "tidak lagi dihitung" : differing.map(({ field, label }) => `${label} ${said(old[field])} menjadi ${said(figures[field])}`).slice(0, 4).join("; ")}${old && figures && differing.length > 4 ? ` dan ${differing.length - 4} baris lain` : ""}.`;
}

/** Before the sheet is shown for signing, what stands below is read once more. @param {Sheet} sheet */
function toReview(sheet) {
  return tell(async () => {
    try {
      await readBelow(sheet);
    } catch (error) {
      if (navigator.onLine) throw error;
      shown.said = "Tanpa sinyal: yang di bawah belum diperiksa sekali lagi.";
    }
    const fresh = await newest(sheet);
    if (fresh && (await settled(sheet, fresh))) return show();
    go(`#periksa/${sheet.region}`);
  });
}

/** Forms of this sheet that wait for others, and were not signed here. @param {Sheet} sheet @returns {Promise<{id: string, signers: number}[]>} */
export async function heldHere(sheet) {
  const mine = new Set((await items()).map(({ id }) => id));
  const stored = await keptBelow(heldAt(placeOf(sheet), ""));
  return [...stored].flatMap(([id, envelope]) => (mine.has(id) ? [] : [{ id, signers: signersIn(envelope) }]));
}

/** How many signed, as the envelope says: for lists, before anything is verified. @param {string} envelope */
function signersIn(envelope) {
  try {
    return JSON.parse(envelope).signatures.length;
  } catch {
    return 0;
  }
}

/**
 * @param {Sheet} sheet @param {Work} work @param {string} below @param {(code: string, field: string) => void} choose
 * @param {(all?: boolean) => void} redraw
 */
function partsOf(sheet, work, below, choose, redraw) {
  const changed = work.columns.filter((column) => changesOf(work, column).length);
  const lacking = work.columns.filter((column) => lackingOf(work, column).length);
  return [
    ...(lacking.length ? [box("beda", `${lacking.length} kolom belum lengkap`, `Tunggu ${below} masuk lalu ketuk Perbarui, atau ketik dari kertas yang dibuka di depan saksi.`,
      h("div", { class: "alat" }, ...lacking.slice(0, 12).map((column) => button(column.name, () => choose(column.code, lackingOf(work, column)[0]), "", column.fault ? `belum terbukti (${column.fault})` : `${lackingOf(work, column).length} angka`))))] : []),
    ...changed.map((column) => causeBox(sheet, work, column, below, choose, redraw)),
    ...findingsOf(work).map((one) => findingBox(sheet, work, one, choose, redraw)),
    witnessesOf(sheet, work, redraw), ...(work.own ? [reasonBox(sheet, work, redraw)] : []),
  ];
}

/** One column that differs: each cell, why, and whose initials stand on the paper. @param {Sheet} sheet @param {Work} work @param {import("./kit.js").Column} column @param {string} below @param {(code: string, field: string) => void} choose @param {(all?: boolean) => void} redraw */
function causeBox(sheet, work, column, below, choose, redraw) {
  const cause = work.causes.get(column.code) ?? {};
  const keep = (/** @type {object} */ more) => {
    const now = { ...(work.causes.get(column.code) ?? {}), ...more };
    work.causes.set(column.code, now);
    keepPart(sheet, `dasar/${column.code}`, now);
    redraw(false);
  };
  const tick = (/** @type {string} */ words, /** @type {boolean} */ checked, /** @type {(on: boolean) => object} */ take) =>
    h("label", {}, h("input", { type: "checkbox", checked, change: (/** @type {Event} */ event) => keep(take(/** @type {HTMLInputElement} */ (event.target).checked)) }), words);
  const pairs = () => work.causes.get(column.code)?.pairs ?? [];
  const back = () => {
    for (const { field } of changesOf(work, column)) {
      work.typed.delete(`${column.code}/${field}`);
      keepPart(sheet, `sel/${column.code}/${field}`, null);
    }
    redraw();
  };
  return box(isOpen(cause) ? "beda" : "", `${column.name}: ${changesOf(work, column).length} angka berbeda dengan ${below}`,
    h("ul", {}, ...changesOf(work, column).map(({ field, from, to }) => h("li", {}, `${labelIn(work.rows)(field)}: ${below} `, h("s", {}, said(from)), ` menjadi `, h("b", {}, said(to))))),
    inLine("Dasar", `dasar-${column.code}`, CORRECTION_BASIS, cause.basis ?? "", (basis) => keep({ basis })),
    h("fieldset", { class: "paraf" }, h("legend", {}, h("b", {}, "Paraf di kertas")), tick("Ketua", Boolean(cause.ketua), (ketua) => ({ ketua })),
      ...pairsIn(deskKit().pairs).map(Number).map((pair) => tick(`Saksi ${pair}`, pairs().includes(pair), (on) => ({ pairs: on ? [...pairs(), pair] : pairs().filter((one) => one !== pair) }))),
      tick("Pengawas", Boolean(cause.supervisor), (supervisor) => ({ supervisor }))),
    h("div", { class: "alat" }, button("Lihat di tabel", () => choose(column.code, changesOf(work, column)[0].field)), button(`Kembali ke ${below}`, back)));
}

/** Choices in one line, nothing preselected. @param {string} legend @param {string} name @param {string[][]} choices @param {string} chosen @param {(code: string) => void} take */
function inLine(legend, name, choices, chosen, take) {
  return h("fieldset", { class: "jejer" }, h("legend", {}, legend), ...choices.map(([code, words]) =>
    h("label", {}, h("input", { type: "radio", name, value: code, checked: code === chosen, change: () => take(code) }), words)));
}

/** A rule that does not hold: which numbers, and the text without which the portal takes nothing. @param {Sheet} sheet @param {Work} work @param {import("./sheet.js").Broken} one @param {(code: string, field: string) => void} choose @param {(all?: boolean) => void} redraw */
function findingBox(sheet, work, one, choose, redraw) {
  const key = keyOf(one);
  const column = work.columns.find(({ code }) => code === one.child);
  const text = work.texts.get(key) ?? "";
  const keep = async (/** @type {string} */ said) => {
    work.texts.set(key, said);
    redraw(false);
    await keepPart(sheet, `jelas/${key}`, said || null);
  };
  return box("beda", `${column?.name ?? "Jumlah"}: ${one.sentence}`, h("p", { class: "eq" }, `${said(one.found)} ${one.op === "<=" ? "paling banyak" : "seharusnya"} ${said(one.expected)}`),
    ...(column ? [button("Lihat di tabel", () => choose(column.code, one.fields[0]), "kiri")] : []),
    h("label", { for: `jelas-${key}` }, "Bila di kertas memang begitu: alasan, dibaca umum, tanpa nama orang"), ...reasonField(`jelas-${key}`, text, keep));
}

/** @param {Sheet} sheet @param {Work} work @param {(all?: boolean) => void} redraw */
function witnessesOf(sheet, work, redraw) {
  return witnessBox(work.witnesses, (now) => {
    for (const [pair, one] of now) {
      work.witnesses.set(pair, one);
      keepPart(sheet, `saksi/${pair}`, one);
    }
    redraw();
  }, inLine);
}

/** @param {Sheet} sheet @param {Work} work @param {(all?: boolean) => void} redraw */
function reasonBox(sheet, work, redraw) {
  const keep = (/** @type {object} */ more) => {
    Object.assign(work.reason, more);
    redraw(false);
    return keepPart(sheet, "alasan", { ...work.reason });
  };
  return box("", "Pembetulan yang sudah tercatat", choice("Mengapa berubah?", "alasan", REASONS.map((code) => [code, reasonWords(code)]), work.reason.code ?? "", (code) => keep({ code })),
    h("label", { for: "tambahan" }, "Tambahan, dibaca umum, tanpa nama orang"), ...reasonField("tambahan", work.reason.text ?? "", (text) => keep({ text: unsaid(text) ? "" : text })));
}

/** The state of a sheet in a list. @param {Sheet} sheet */
export async function stateOf(sheet) {
  const found = /** @type {import("./kit.js").Below | undefined} */ (await get(`${prefixOf(sheet)}bawah`));
  if (!found) return "belum dibuka";
  const draft = await draftOf(sheet);
  if (!draft) return "belum dibuka";
  const { work } = draft;
  const there = found.columns.filter(({ figures }) => figures).length;
  const changed = work.columns.filter((column) => changesOf(work, column).length).length;
  const complete = work.columns.every((column) => work.rows.every(({ field }) => cellOf(work, column, field) !== null));
  return [`${there} dari ${found.columns.length} ${formWords(sheet.column)} tercatat`, ...(changed ? [`${changed} kolom berbeda`] : []), ...(found.own ? [`lembar tercatat, revisi ${found.own.revision}`] : complete ? ["lengkap"] : [])].join(" · ");
}
