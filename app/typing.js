// @ts-check
// One row after another, by the keys of the screen or of a keyboard: the draft, or a blind reading.

import { h } from "./dom.js";
import { numberOf, words } from "./numbers.js";
import { draw, go, hand, save, shown } from "./screen.js";
import { forget, put } from "./store.js";

/** @typedef {import("./screen.js").Screen} Screen */

/**
 * @typedef {{prefix: string, rows: import("./paper.js").Row[], at: number, typed: Map<string, string>, title: string, back: string,
 *   hash: string, done: string, note: string, fresh: boolean, all?: string, spoken: (typed: Map<string, string>, fields: string[]) => Node[]}} Entry
 */

const KEYS = ["1", "2", "3", "Hapus", "4", "5", "6", "Semua", "7", "8", "9", "Lanjut", "X", "0"];
const pad = h("div", { class: "papankunci" }, ...KEYS.map((name) =>
  h("button", { type: "button", class: name === "Lanjut" ? "lj" : name.length > 1 ? "kt" : name === "0" ? "nol" : "", "data-key": name, click: () => press(name) }, name, name === "X" ? h("small", {}, "kosong") : null)));

Object.assign(hand, { pad, redraw });

/** Ends what is not closed yet, by a third sign or by *Lanjut*: so cut, it is no figure. */
const OPEN = ".";

/** The signs that stand in the boxes. @param {string | undefined} kept */
function signsOf(kept = "") {
  return kept.replace(OPEN, "");
}

/** The screen on which one row after another is typed: the draft, or the blind reading of a form. @param {Entry} now @returns {Screen} */
export function typing(now) {
  const { rows, at, typed, title, back, hash, note, spoken } = now;
  const row = rows[at];
  const text = signsOf(typed.get(row.field));
  const value = numberOf(text);
  const filled = rows.filter(({ field }) => numberOf(typed.get(field)) !== null).length;
  const shown = (/** @type {import("./paper.js").Row} */ one) => {
    const number = numberOf(typed.get(one.field));
    return h("li", {}, h("a", { href: `${hash}/${rows.indexOf(one)}` }, `${one.code} ${one.label}`, number === null ? null : h("small", {}, words(number))),
      h("span", { class: number === null ? "v kosong" : "v" }, number === null ? "belum" : String(number)));
  };
  const boxes = [0, 1, 2].map((place) => h("span", { class: place === text.length ? "di" : text[place] === "X" ? "x" : "" }, text[place] ?? ""));
  const field = h("input", { id: "angka", class: "angka", type: "text", inputmode: "none", readonly: true, "aria-describedby": "huruf", value: text });
  const fields = [row.field, ...(at ? [rows[at - 1].field] : [])];
  return {
    title, back,
    isi: [h("p", { class: "maju" }, h("span", {}, row.part), h("span", {}, `${filled} dari ${rows.length}`)),
      h("ul", { class: "baris" }, ...rows.slice(Math.max(0, at - 1), at).map(shown)),
      h("div", { class: "ket" }, h("label", { for: "angka" }, `${row.code} ${row.label}`), h("div", { class: "boks", "aria-hidden": "true" }, ...boxes), field,
        h("p", { class: "huruf", id: "huruf", "aria-live": "polite" }, value === null ? "" : words(value))),
      ...spoken(typed, fields),
      h("ul", { class: "baris" }, ...rows.slice(at + 1, at + 3).map(shown)), note ? h("p", { class: "meta" }, note) : null],
    bawah: [pad], entry: now,
  };
}

/** Take a key. What it changes is written before any screen but this one is drawn. @param {string} name */
export function press(name) {
  if (!hand.entry) return;
  if (name === "Semua") {
    go(hand.entry.all ?? "#daftar");
    return;
  }
  hand.pressed += 1;
  const { prefix, rows, at, typed } = hand.entry;
  const { field } = rows[at];
  const before = typed.get(field);
  const text = signsOf(before);
  const whole = name === "Lanjut";
  if (whole && numberOf(text) === null) return;
  // The first key of a row that is opened again begins it anew.
  const signs = whole ? text : name === "Hapus" ? text.slice(0, -1) : text.length === 3 || (hand.entry.fresh && numberOf(before) !== null) ? name : text + name;
  if (/[0-9]X|^XXX/.test(signs)) return; // an empty box stands before the digits
  hand.entry.fresh = false;
  const after = !signs || whole || signs.length === 3 ? signs : signs + OPEN;
  if (after) typed.set(field, after);
  else typed.delete(field);
  const key = prefix + field;
  save(() => (after ? put({ [key]: after }) : forget(key)));
  if (whole || (signs.length === 3 && name !== "Hapus")) onward(hand.entry);
  else redraw(hand.entry);
}

/** Go to the next row that lacks its figure, or on where none does. @param {Entry} now */
function onward(now) {
  const open = now.rows.flatMap(({ field }, at) => (numberOf(now.typed.get(field)) === null ? [at] : []));
  const next = open.find((at) => at > now.at) ?? open[0];
  if (next === undefined) {
    go(now.done);
    return;
  }
  Object.assign(now, { at: next, fresh: true });
  history.replaceState(null, "", `${now.hash}/${now.at}`);
  redraw(now);
}

/** @param {Entry} now */
function redraw(now) {
  shown.drawing += 1; // whatever else is being drawn is old
  draw(typing(now), shown.queue);
  document.querySelector(".ket")?.scrollIntoView({ block: "nearest" });
}

/** A keyboard does what the keys on the screen do. @param {KeyboardEvent} event */
export function typedKey(event) {
  const name = { Backspace: "Hapus", Enter: "Lanjut" }[event.key] ?? event.key.toUpperCase();
  const elsewhere = event.key === "Enter" && event.target instanceof HTMLElement && event.target.closest("a, button");
  if (!hand.entry || elsewhere || event.ctrlKey || event.altKey || event.metaKey || !/^(?:[0-9X]|Hapus|Lanjut)$/.test(name)) return;
  event.preventDefault();
  press(name);
}

/** @param {string} text @param {unknown[]} rows */
export function rowAt(text, rows) {
  return Math.min(Number.parseInt(text, 10) || 0, rows.length - 1);
}
