// @ts-check
// A correction: the next revision of the form that stands, with the figures that change and why. The
// old figures stay in the log, and the page shows them struck out.

import { button, choice, h, notYet, wordsOf } from "./dom.js";
import { numberOf, words } from "./numbers.js";
import { figuresOf, lineOf, rowsOf, slotOf, unsaid } from "./paper.js";
import { items } from "./queue.js";
import { continuedAt, draftOf, go, kept, show, tell } from "./screen.js";
import { below, forget, get, put } from "./store.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {import("./kit.js").Standing} Standing
 * @typedef {import("./screen.js").Screen} Screen
 * @typedef {Standing & {code: string, text: string}} Continued the form that is corrected, and why
 */

const REASONS = [
  ["typing", "Salah ketik", "Kertas benar, ketikan salah"],
  ["reading", "Salah baca", "Kertas benar, terbaca lain"],
  ["counting", "Salah hitung di kertas", "Kertas sudah dibetulkan dan diparaf"],
  ["witness-objection", "Keberatan saksi diterima", ""],
  ["supervisor-advice", "Saran PTPS atau Panwascam", ""],
];

/** The words of a reason, as the paper's members say it. @param {string} code */
export function reasonWords(code) {
  return wordsOf(REASONS, code);
}

/**
 * The forms that this telephone knows to stand: what it has a receipt for, and what the log proved.
 * @param {Kit} kit @returns {Promise<Standing[]>} the newest revision first
 */
export async function standing(kit) {
  const own = (await items()).filter(({ state, slot }) => state === "done" && slot === slotOf(kit));
  const all = [...(kit.head ? [kit.head] : []), ...own.map(({ id, revision, count, figures, witnesses }) => ({ id, revision, count, figures, witnesses }))];
  return all.sort((a, b) => b.revision - a.revision);
}

/** A form of the TPS by its id, as the log proved it or as it was signed here. @param {Kit} kit @param {string} id @returns {Promise<Standing | null>} */
export async function known(kit, id) {
  const own = await get(`queue/${id}`);
  return kit.head?.id === id ? kit.head : own?.slot === slotOf(kit) ? own : null;
}

/** What is being corrected, or null. @param {Kit} kit @returns {Promise<Continued | null>} */
export async function continued(kit) {
  return (await get(continuedAt(kit))) ?? null;
}

/**
 * What must be kept to begin a correction with some figures: all of it at once.
 * @param {Kit} kit @param {Standing} old @param {Record<string, number>} figures
 */
export function begun(kit, old, figures) {
  const typed = Object.entries(figures).map(([field, number]) => [draftOf(kit) + field, String(number)]);
  return { ...Object.fromEntries(typed), [continuedAt(kit)]: { ...old, code: "", text: "" } };
}

/** Correct the form that stands, beginning with its figures; what is typed already stays. */
export function correct() {
  return tell(async () => {
    const kit = /** @type {Kit} */ (kept.kit);
    const [old] = await standing(kit);
    if (!old) return go("#beranda");
    if ((await continued(kit))?.id !== old.id) {
      await put(begun(kit, old, { ...old.figures, ...figuresOf(await below(draftOf(kit))) }));
    }
    go("#betulkan");
  });
}

/** The rows that differ. @param {Kit} kit @param {Record<string, number>} old @param {Record<string, number>} now */
export function changed(kit, old, now) {
  return rowsOf(kit.pairs).filter(({ field }) => old[field] !== now[field]);
}

/** Rows with the old figure struck out beside the new one. @param {import("./paper.js").Row[]} rows @param {Record<string, number>} old @param {Record<string, number>} now */
export function struck(rows, old, now) {
  return h("table", { class: "besar" }, h("caption", {}, `${rows.length} baris berubah`), h("tbody", {}, ...rows.map(({ field, code, label }) =>
    h("tr", {}, h("th", { scope: "row" }, `${code} ${label}`, h("small", {}, `dari ${words(old[field])} menjadi ${words(now[field])}`)),
      h("td", { class: "n" }, h("s", {}, String(old[field])), ` ${now[field]}`)))));
}

/** @returns {Promise<Screen>} */
export async function correction() {
  const kit = /** @type {Kit} */ (kept.kit);
  const old = await continued(kit);
  if (!old) return { title: "Betulkan", back: "#beranda", isi: [h("p", {}, "Belum ada formulir TPS ini yang diketahui telepon ini sudah diterima portal.")], bawah: [button("Ke beranda", () => go("#beranda"), "main")] };
  const typed = await below(draftOf(kit));
  const rows = rowsOf(kit.pairs);
  const now = figuresOf(typed);
  const open = rows.filter(({ field }) => now[field] === undefined);
  const drop = async () => {
    await forget(continuedAt(kit), ...[...typed.keys()].map((field) => draftOf(kit) + field));
    go("#antrean");
  };
  const shown = rows.map((row, at) => {
    const value = numberOf(typed.get(row.field));
    const before = old.figures[row.field];
    return h("li", {}, h("a", { href: `#isi/${at}` }, `${row.code} ${row.label}`, value === null || value === before ? null : h("small", {}, words(value))),
      h("span", { class: "v" }, ...(value === before ? [String(before)] : [h("s", {}, String(before)), value === null ? " belum" : ` ${value}`])));
  });
  const ready = !open.length && changed(kit, old.figures, now).length > 0;
  return {
    title: "Betulkan", back: "#antrean",
    isi: [h("h2", { class: "judul" }, "Baris mana yang salah?"), h("p", {}, "Ketuk barisnya, lalu ketik dari kertas. Angka lama tetap terlihat umum, dicoret, dengan alasan."),
      h("ul", { class: "baris" }, ...shown), button("Tidak jadi, biarkan yang tercatat", drop, "kiri")],
    bawah: [ready ? button("Lanjut: alasan", () => go("#mengapa"), "main") : notYet(open.length ? `Ketik dulu: ${open[0].code} ${open[0].label}` : "Belum ada baris yang berubah")],
  };
}

/** A field for a reason that everybody reads: kept as one line; what no form can hold is said at once. @param {string} id @param {string} text @param {(text: string) => Promise<unknown>} keep @param {number} most signs */
export function reasonField(id, text, keep, most = 200) {
  const told = h("p", { class: "meta", role: "status" }, unsaid(text));
  const typed = (/** @type {Event} */ event) => {
    const line = lineOf(/** @type {HTMLTextAreaElement} */ (event.target).value);
    told.textContent = unsaid(line);
    return keep(line).catch(() => (told.textContent = "Telepon ini tidak menyimpan isian ini: memori penuh."));
  };
  return [h("textarea", { id, rows: "3", maxlength: most, input: typed }, text), told];
}

/** Each change is added to what the one before kept, however fast they come. @type {Promise<unknown>} */
let keeping = Promise.resolve();

/** @returns {Promise<Screen>} */
export async function why() {
  const kit = /** @type {Kit} */ (kept.kit);
  const old = await continued(kit);
  if (!old) return correction();
  const keep = (/** @type {Partial<Continued>} */ more) => (keeping = keeping.catch(() => {}).then(async () => put({ [continuedAt(kit)]: { ...(await continued(kit)), ...more } })));
  return {
    title: "Alasan pembetulan", back: "#betulkan",
    isi: [choice("Mengapa berubah?", "alasan", REASONS, old.code, async (code) => { await keep({ code }); await show(); }), h("label", { for: "tambahan" }, "Tambahan, dibaca umum, tanpa nama orang"), ...reasonField("tambahan", old.text, (text) => keep({ text })),
      h("p", { class: "meta" }, `Perlu tanda tangan ${kit.threshold} orang lagi, masing-masing di teleponnya.`)],
    bawah: [old.code ? button("Lanjut: cocokkan dengan kertas", () => go("#lembar"), "main") : notYet("Pilih satu alasan dulu")],
  };
}
