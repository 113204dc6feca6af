// @ts-check
// One's own copy of C.Hasil: a saksi, a PTPS or a pemantau sends its figures as they stand there, and
// holds them against the form that counts. It is loaded when its first screen is shown: no KPPS asks for it.

import { box, button, choice, h, notYet, table } from "../dom.js";
import { difference, list } from "../figures.js";
import { keyNotice, refresh, setUp } from "../before.js";
import { addressIn } from "../kit.js";
import { numberOf, words } from "../numbers.js";
import { sign } from "../outgoing.js";
import { copyOf, figuresOf, ownRows, payloadOf, slotOf } from "../paper.js";
import { items } from "../queue.js";
import { COUNTS } from "../reading.js";
import { called, maySend } from "../role.js";
import { check } from "../rules.js";
import { draftOf, go, kept, officeOf, show, tell } from "../screen.js";
import { below, get, put } from "../store.js";

/**
 * @typedef {import("../kit.js").Kit} Kit
 * @typedef {import("../queue.js").Item} Item
 * @typedef {import("../screen.js").Screen} Screen
 */

const SOURCES = [["board", "Papan pengumuman"], ["photo", "Foto"]];

/** Where it is kept of which count the copy is, and what was read. @param {Kit} kit */
function aboutOf(kit) {
  return `tentang/${slotOf(kit)}`;
}

/** The copy that was signed here last and is not dropped. @param {Kit} kit @returns {Promise<Item | undefined>} */
async function signedCopy(kit) {
  return (await items()).filter(({ kind, slot, state }) => kind === "copy" && slot === slotOf(kit) && state !== "dropped").at(-1);
}

/** The sheet of a copy: what does not add up is said, and sent as it stands. @param {string} part "sebagian" if the rest cannot be read @returns {Promise<Screen>} */
async function copySheet(part) {
  const kit = /** @type {Kit} */ (kept.kit);
  const me = /** @type {import("../role.js").Me} */ (kept.me);
  const typed = await below(draftOf(kit));
  const figures = figuresOf(typed);
  const rows = ownRows(kit);
  const open = rows.filter(({ field }) => figures[field] === undefined);
  if (open.length === rows.length || (open.length && part !== "sebagian")) return list();
  const results = check(figures, kit.pairs.length);
  const broken = results.find(({ state, hard }) => state === "fail" && hard);
  const passed = results.filter(({ state }) => state === "pass").length;
  /** @type {{count?: string, source?: string}} */
  const about = (await get(aboutOf(kit))) ?? {};
  const keep = async (/** @type {object} */ more) => {
    await put({ [aboutOf(kit)]: { ...about, ...more } });
    await show();
  };
  const again = kit.head && kit.head.count !== "first"; // there was more than one count here
  const reads = me.body === "pemantau";
  const lacks = again && !about.count ? "Pilih penghitungannya dulu" : reads && !about.source ? "Pilih dulu dari mana angkanya" : "";
  const act = () => tell(() => sign(payloadOf(kit, copyOf(me, figures, (again && about.count) || "first", about.source), new Date()), []));
  return {
    title: "Cocokkan dengan kertas Anda", back: "#daftar",
    isi: [broken ? difference(broken, typed, true) : passed ? h("p", { class: "hitung ok" }, `${passed} hitungan cocok.`) : null,
      table(rows.map(({ field, code, label }) => [`${code} ${label}`, figures[field] === undefined ? "tidak terbaca, tidak dikirim" : words(figures[field]), String(figures[field] ?? "–")])),
      again ? choice("Dari penghitungan mana?", "hitung", Object.entries(COUNTS), about.count ?? "", (count) => keep({ count })) : null,
      reads ? choice("Dari mana angkanya?", "dari", SOURCES, about.source ?? "", (source) => keep({ source })) : null,
      h("p", {}, `Dengan ini Anda (${called(me)}) menyatakan: begitu tertulis di kertas Anda. Salinan diumumkan apa adanya dan tidak masuk penjumlahan.`)],
    bawah: lacks ? [notYet(lacks)] : [button("Sama dengan kertas saya, tanda tangani", act, "main", "sidik jari atau kunci layar"), button("Ada yang beda, kembali", () => go("#daftar"))],
  };
}

/** The copy beside the form that counts, as the log proved it to this telephone. @returns {Promise<Screen>} */
async function beside() {
  const kit = /** @type {Kit} */ (kept.kit);
  const copy = await signedCopy(kit);
  const { head } = kit;
  if (!copy) return list();
  const frame = { title: "Dibandingkan", back: "#antrean", bawah: [button("Perbarui", refresh, "main")] };
  if (!head) return { ...frame, isi: [h("h2", { class: "judul" }, "C.Hasil TPS ini belum tercatat"), h("p", {}, "Sesudah KPPS mengirimnya, ketuk Perbarui.")] };
  if (head.count !== copy.count) return { ...frame, isi: [box("", "Dua penghitungan", `Salinan Anda dari penghitungan ${COUNTS[copy.count]}; yang tercatat dari penghitungan ${COUNTS[head.count]}. Angkanya tidak dibandingkan.`)] };
  const rows = ownRows(kit).filter(({ field }) => copy.figures[field] !== undefined && head.figures[field] !== undefined && copy.figures[field] !== head.figures[field]);
  if (!rows.length) return { ...frame, isi: [box("ya", "Sama dengan C.Hasil yang tercatat", `${Object.keys(copy.figures).length} baris Anda sama.`)] };
  return {
    ...frame,
    isi: [box("beda", `${rows.length} baris berbeda dengan C.Hasil`),
      ...rows.map(({ field, code, label }) => table([[`${code} ${label}`, "salinan saya", String(copy.figures[field])], ["", "C.Hasil yang tercatat", String(head.figures[field])]])),
      h("p", {}, "Lihat kertas Anda sekali lagi. Bacaan Anda keliru: salin lagi. Bila tidak, salinan Anda tetap diumumkan apa adanya."),
      button("Bacaan saya keliru: salin lagi", () => recopy(copy), "kiri"), button("Perbarui C.Hasil", refresh, "kiri")],
    bawah: [maySend(kept.me, "objection") ? button("Ajukan keberatan", () => go("#keberatan"), "main") : button("Ke beranda", () => go("#beranda"), "main")],
  };
}

/** Copy anew, beginning with what was sent: the later copy replaces the earlier one. @param {Item} item */
export function recopy({ figures }) {
  return tell(async () => {
    const kit = /** @type {Kit} */ (kept.kit);
    const typed = await below(draftOf(kit));
    await put(Object.fromEntries(Object.entries(figures).filter(([field]) => !typed.has(field)).map(([field, number]) => [draftOf(kit) + field, String(number)])));
    go("#daftar");
  });
}

/** What a saksi, a PTPS or a pemantau begins with. @returns {Promise<Screen>} */
async function home() {
  const kit = /** @type {Kit} */ (kept.kit);
  const typed = await below(draftOf(kit));
  const filled = ownRows(kit).filter(({ field }) => numberOf(typed.get(field)) !== null).length;
  const copy = await signedCopy(kit);
  const state = filled ? `${filled} dari ${ownRows(kit).length} baris disalin` : copy ? "salinan sudah ditandatangani" : "belum disalin";
  const main = !filled && copy ? button("Bandingkan dengan C.Hasil", () => go("#salinan"), "main")
    : button(filled ? "Lanjut salin angka" : "Salin angka dari kertas saya", () => go(filled ? "#daftar" : "#isi"), "main");
  return {
    title: "Malam ini",
    isi: [h("h2", { class: "judul" }, `${officeOf(kit)}: ${state}`), keyNotice(),
      h("p", { class: "meta" }, `${ownRows(kit).length} angka suara dari kertas yang Anda pegang. Aplikasi membandingkannya dengan C.Hasil yang ditandatangani KPPS, begitu ada.`),
      maySend(kept.me, "objection") ? button("Ajukan keberatan", () => go("#keberatan"), "kiri") : null,
      maySend(kept.me, "event") ? button("Catat kejadian khusus", () => go("#kejadian"), "kiri") : null,
      copy ? button("Lihat antrean", () => go("#antrean"), "kiri") : null,
      button("Kunci saya", () => go("#kunci"), "kiri"), button("Telepon hilang atau mati", () => go("#hilang"), "kiri")],
    bawah: [main],
  };
}

/** Screens of who watches, beside or instead of those of a KPPS. @type {Record<string, (one: string, two: string) => Promise<Screen>>} */
export const screens = {
  "": (hash) => (addressIn(hash.split("?")[0]) && hash.includes("?") ? setUp(hash) : home()),
  beranda: home, lembar: copySheet, salinan: beside,
};

navigator.serviceWorker?.ready.then(({ active }) => ["saksi/", "bersama/"].forEach((folder) => active?.postMessage(folder)));
