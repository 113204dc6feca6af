// @ts-check
// The desk of PPK and KPU: the table of what stands below a region, from the forms below to the receipt.
// It is loaded when its first screen is shown: a telephone at a TPS never asks for it.

import { keyNotice, setUp } from "../before.js";
import { box, button, h } from "../dom.js";
import { addressIn } from "../kit.js";
import { items, OPEN } from "../queue.js";
import { go, kept, officeOf } from "../screen.js";
import { deskKit } from "./draft.js";
import { formWords, heldHere, openSheet, stateOf } from "./open.js";
import { askedAgain, judge, review } from "./sign.js";

/** @typedef {import("../screen.js").Screen} Screen */

if (!document.querySelector('link[href="desk/style.css"]')) document.head.append(h("link", { rel: "stylesheet", href: "desk/style.css" }));
navigator.serviceWorker?.ready.then(({ active }) => ["desk/", "bersama/"].forEach((folder) => active?.postMessage(folder)));

const keys = () => import("./grants.js");
const others = () => import("./matters.js");

/** @returns {Promise<Screen>} */
async function home() {
  const kit = deskKit();
  const all = await items();
  const waiting = all.filter(({ state }) => OPEN.includes(state)).length;
  const asked = all.filter(({ state }) => state === "asked").length;
  const lines = await Promise.all(kit.sheets.map(async (sheet) => {
    const held = (await heldHere(sheet)).length;
    return h("li", {}, h("a", { href: `#lembar/${sheet.region}` }, `${formWords(sheet.form)} ${sheet.name}`, h("small", {}, await stateOf(sheet))), h("span", { class: "v kosong" }, held ? "menunggu Anda" : ""));
  }));
  return {
    title: "Meja rekap", wide: true,
    isi: [h("h2", { class: "judul" }, `${officeOf(kit)}: ${kit.sheets.length} lembar`), keyNotice(), asked ? box("beda", `${asked} kiriman perlu jawaban`, h("p", {}, h("a", { href: "#antrean" }, "Lihat antrean"))) : null,
      h("p", {}, "Tabel terisi dari formulir yang tercatat dan sudah diperiksa. Kertas tetap hukumnya: yang dibetulkan rapat diketik di sini dengan dasar dan paraf."),
      h("ul", { class: "baris" }, ...lines), button("Kunci anggota", () => go("#beri"), "kiri"), button("Jawaban dan penetapan", () => go("#urusan"), "kiri"), kept.me?.body === "ppk" ? button("Perlengkapan TPS", () => go("#siap"), "kiri") : null, button("Pindai atau buka berkas", () => go("#pindai"), "kiri"), button("Kunci saya", () => go("#kunci"), "kiri")],
    bawah: [button(waiting ? `Antrean: ${waiting} menunggu` : "Antrean", () => go("#antrean"))],
  };
}

/** The screens of a desk, beside or instead of those of a TPS. @type {Record<string, (one: string, two: string) => Promise<Screen>>} */
export const screens = {
  "": (hash) => (addressIn(hash.split("?")[0]) && hash.includes("?") ? setUp(hash) : home()),
  beranda: home, lembar: openSheet, periksa: review, tanda: judge, lain: askedAgain,
  impor: async (region) => (await import("./import.js")).importing(region), rapat: async (region) => (await import("./import.js")).meeting(region),
  beri: async () => (await keys()).granting(), anggota: async (region, tps) => (await keys()).member(region, tps), pindai: async () => (await import("./take.js")).takeScreen(),
  urusan: async () => (await others()).matters(), jawab: async (id) => (await others()).answer(id), tanggap: async (id) => (await others()).respond(id), tetapkan: async () => (await others()).determine(),
  terpilih: async () => (await others()).elect(),
};
