// @ts-check
// What a desk keeps of each sheet, on the disk before a screen says so: the forms below as they were
// proved, what was typed over them, causes, texts and witnesses.

import { collect } from "../between.js";
import { pairsIn } from "../bersama/witnesses.js";
import { openForm } from "../kit.js";
import { rowsOf, slotOf } from "../paper.js";
import { BASE, kept, save, seconds } from "../screen.js";
import { below, forget, get, put } from "../store.js";
import { fetchBelow } from "./kit.js";

/**
 * @typedef {import("./kit.js").DeskKit} DeskKit
 * @typedef {import("./kit.js").Sheet} Sheet
 * @typedef {import("./kit.js").Below} Below
 * @typedef {import("./sheet.js").Work} Work
 * @typedef {{work: Work, below: Below}} Draft
 */

/** The kit of this desk. @returns {DeskKit} */
export function deskKit() {
  return /** @type {DeskKit} */ (kept.kit);
}

/** @param {string} region @returns {Sheet | undefined} */
export function sheetFor(region) {
  return deskKit().sheets.find((one) => one.region === region);
}

/** The kit of a sheet: its slot, for whatever is signed, held or opened of it. @param {Sheet} sheet @returns {import("../kit.js").Kit} */
export function placeOf({ region, form, name, address }) {
  return { ...deskKit(), region, paper: form, name, address };
}

/** @param {Sheet} sheet */
export function prefixOf(sheet) {
  return `meja/${slotOf(placeOf(sheet))}/`;
}

/** What is kept of a sheet; null while the forms below were never read. @param {Sheet} sheet @returns {Promise<Draft | null>} */
export async function draftOf(sheet) {
  const kit = deskKit();
  const all = await below(prefixOf(sheet));
  const found = /** @type {Below | undefined} */ (all.get("bawah"));
  if (!found) return null;
  const part = (/** @type {string} */ name) => new Map([...all].flatMap(([key, value]) => (key.startsWith(`${name}/`) ? [[key.slice(name.length + 1), value]] : [])));
  const noted = part("saksi");
  const rows = rowsOf(kit.pairs);
  const work = {
    form: sheet.form, rows, pairs: kit.pairs.length, columns: found.columns, own: found.own, typed: part("sel"), causes: part("dasar"), texts: part("jelas"),
    witnesses: new Map(pairsIn(kit.pairs).map((pair) => [pair, noted.get(pair) ?? { state: "" }])), reason: all.get("alasan") ?? {},
  };
  return { work, below: found };
}

/** Keep one part of a sheet, after what was kept before; null forgets it. @param {Sheet} sheet @param {string} name @param {unknown} value */
export function keepPart(sheet, name, value) {
  const key = prefixOf(sheet) + name;
  return save(() => (value === null ? forget(key) : put({ [key]: value })));
}

/**
 * Read what stands below a sheet anew, and what waits for signatures. The first time it fills the
 * table; later it is laid beside, until a person takes it.
 * @param {Sheet} sheet @returns {Promise<Below>}
 */
export async function readBelow(sheet) {
  const found = await fetchBelow(BASE, deskKit(), sheet, seconds());
  const first = !(await get(`${prefixOf(sheet)}bawah`));
  await put({ [`${prefixOf(sheet)}${first ? "bawah" : "baru"}`]: found });
  const place = placeOf(sheet);
  await collect(slotOf(place), place, openForm);
  return found;
}

/** What was read last and is not in the table yet. @param {Sheet} sheet @returns {Promise<Below | null>} */
export async function newest(sheet) {
  return (await get(`${prefixOf(sheet)}baru`)) ?? null;
}

/** Fill the table from what was read last: what was typed stays. A sheet that stands already is begun with its cells. @param {Sheet} sheet @param {Below} found */
export async function takeBelow(sheet, found) {
  const draft = await draftOf(sheet);
  const began = found.own && draft && draft.work.own?.id !== found.own.id;
  await put({ [`${prefixOf(sheet)}bawah`]: found }, [`${prefixOf(sheet)}baru`, ...(began ? [`${prefixOf(sheet)}alasan`] : [])]);
}

/** Lay the cells of the form that stands over the table, as a correction begins. @param {Sheet} sheet */
export async function beginFromOwn(sheet) {
  const draft = await draftOf(sheet);
  const own = draft?.work.own;
  if (!draft || !own) return;
  const cells = draft.work.columns.flatMap(({ code, figures }) => {
    const at = own.children.indexOf(code);
    return at < 0 ? [] : Object.entries(own.rows).flatMap(([field, row]) => (row[at] === figures?.[field] ? [] : [[`${prefixOf(sheet)}sel/${code}/${field}`, String(row[at])]]));
  });
  await put(Object.fromEntries(cells), [...draft.work.typed.keys()].map((key) => `${prefixOf(sheet)}sel/${key}`));
}
