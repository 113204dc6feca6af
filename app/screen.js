// @ts-check
// What every screen has: its frame, what is kept of this telephone, where things are kept, and how
// the screen of the address is drawn. The screens themselves are put into `screens` by main.js.

import { faultOf } from "./verify/evidence.js";
import { h, stand } from "./dom.js";
import { fetchKit } from "./kit.js";
import { slotOf } from "./paper.js";
import { isOnline } from "./portal.js";
import { items } from "./queue.js";
import { called, hasDesk, placed } from "./role.js";
import { get, put } from "./store.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {import("./queue.js").Item} Item
 * @typedef {import("./typing.js").Entry} Entry
 * @typedef {import("./role.js").Me} Me
 * @typedef {{title: string, back?: string, isi: (Node | string | null | false)[], bawah?: Node[], entry?: Entry, wide?: boolean, stays?: boolean}} Screen; one that `stays` draws itself what changes
 */

export const BASE = new URL("../", location.href).href;
const OFFICES = { governor: "Gubernur", regent: "Bupati", mayor: "Wali Kota" };
/** @type {{me: Me | null, kit: Kit | null, own: import("./sign.js").Own | null}} */
export const kept = { me: null, kit: null, own: null };
/** Screens by the first word of the address; `""` is the one where none fits. @type {Record<string, (one: string, two: string) => Promise<Screen>>} */
export const screens = {};
/** What is typed now, with the keys that stay where they are, what was pressed and is being written. @type {{entry: Entry | null, pad: HTMLElement | null, pressed: number, writes: Promise<void>, redraw: (now: Entry) => void}} */
export const hand = { entry: null, pad: null, pressed: 0, writes: Promise.resolve(), redraw: () => {} };
/** What the next screen says first, how many were begun, the queue that is shown, and whether it stays; what it said first, at which address. @type {{said: string, drawing: number, queue: Item[], stays: boolean, told: string, hash: string}} */
export const shown = { said: "", drawing: 0, queue: [], stays: false, told: "", hash: "" };

/** @param {Screen} screen @param {Item[]} queue */
export function draw({ title, back, isi, bawah = [], entry: typed = undefined, wide = false, stays = false }, queue) {
  shown.stays = stays;
  hand.entry = typed ?? null; // keys go where the screen shows, and nowhere else
  const done = queue.filter(({ state }) => state === "done").length;
  const safe = queue.length ? `${queue.length} kiriman aman di telepon ini${done ? `, ${done} terkirim` : ""}` : typed ? "Setiap angka tersimpan di telepon ini" : "Belum ada kiriman malam ini";
  const { kit, me } = kept;
  const place = kit && me ? `${kit.others?.length ? `${officeOf(kit)} · ` : ""}${called(me)} · ${placed(me, kit)}` : "aplikasi petugas TPS";
  const header = h("header", {},
    kit && kit.mode !== "live" ? h("div", { class: "sim0" }, "SIMULASI · angka buatan") : null,
    h("div", { class: "top" },
      back ? h("a", { class: "kb", href: back, "aria-label": "Kembali" }, "‹") : h("span", { class: "kb" }),
      h("div", {}, h("h1", {}, title), h("small", {}, place)),
      h("button", { class: "bt", type: "button", click: look }, document.body.dataset.look === "malam" ? "Siang" : "Malam")),
    h("div", { class: "aman", role: "status" }, h("b", {}, safe), h("span", { class: isOnline() ? "" : "off" }, isOnline() ? "ada sinyal" : "tanpa sinyal")));
  const main = h("main", { class: "isi", tabindex: "-1" }, shown.said ? h("p", { class: "hitung", role: "status" }, shown.said) : null, ...isi);
  const at = shown.hash === location.hash ? document.activeElement : null;
  [shown.told, shown.hash, shown.said] = [shown.said, location.hash, ""];
  shown.queue = queue;
  if (hand.pad && bawah[0] === hand.pad && hand.pad.isConnected) { // a key that is being pressed stays where it is
    document.querySelector("header")?.replaceWith(header);
    document.querySelector("main")?.replaceWith(main);
    return;
  }
  document.getElementById("layar")?.replaceChildren(h("div", { class: wide ? "hp lebar" : "hp" }, header, main, h("div", { class: "bawah" }, ...bawah)));
  stand(at);
}

function look() {
  const next = document.body.dataset.look === "malam" ? "siang" : "malam";
  document.body.dataset.look = next;
  put({ look: next });
  show();
}

/** Where the figures of a form are kept. @param {Kit} kit */
export function draftOf(kit) {
  return `draft/${slotOf(kit)}/`;
}

/** @param {Kit} kit @param {string} rule */
export function reasonOf(kit, rule) {
  return `alasan/${slotOf(kit)}/${rule}`;
}

/** Where it is kept which form the draft corrects. @param {Kit} kit */
export function continuedAt(kit) {
  return `lanjut/${slotOf(kit)}`;
}

/** Where it is kept what the paper says of witnesses: of the first form, or of the next after one. @param {Kit} kit @param {{id: string} | null} old */
export function witnessesAt(kit, old) {
  return `saksi/${slotOf(kit)}/${old?.id ?? ""}/`;
}

/** Where the rows are kept that this member reads himself. @param {Kit} kit @param {string} id */
export function readingOf(kit, id) {
  return `baca/${slotOf(kit)}/${id}/`;
}

/** @param {Kit} kit @param {string} id */
export function heldAt(kit, id) {
  return `held/${slotOf(kit)}/${id}`;
}

/** Where the key of this telephone is kept: one for a log and an election. @param {Kit} kit */
export function ownAt(kit) {
  return `own/${kit.log}/${kit.election}`;
}

/** @param {{office: string}} kit */
export function officeOf({ office }) {
  return OFFICES[/** @type {keyof typeof OFFICES} */ (office)];
}

/** Write what is typed, after what was typed before; what finds no room is said, and stops nothing after it. @param {() => Promise<unknown>} work */
export function save(work) {
  hand.writes = hand.writes.then(work).then(() => {}, () => {
    shown.said = "Isian terakhir tidak tersimpan: memori penuh. Kosongkan memori, lalu ketik lagi.";
  });
  return hand.writes;
}

/** @param {string} hash */
export function go(hash) {
  if (location.hash === hash) show();
  else location.hash = hash;
}

/** @param {Kit} kit @returns {import("./sign.js").Log} */
export function logOf(kit) {
  return { origin: kit.log, rpId: kit.rpId, uploaders: kit.uploaders };
}

/** Hand a text to whatever the telephone shares by, or copy it. @param {string} text @param {string} copied what is said then */
export function share(text, copied) {
  return tell(async () => {
    if (navigator.share) await navigator.share({ text });
    else await navigator.clipboard.writeText(text).then(() => (shown.said = copied));
    await show();
  });
}

/** A key as people compare it: too many signs to find another key that begins so. @param {string} keyid */
export function codeOf(keyid) {
  return inFours(keyid.slice(0, 16));
}

/** A key, or its beginning, as it is read aloud. @param {string} keyid */
export function inFours(keyid) {
  return keyid.toUpperCase().replace(/(....)(?=.)/g, "$1 ");
}

/** The line of a key below the place and the member that it says it is of. @param {import("./sign.js").Own} own @param {Kit} kit */
export function placedLine({ line }, { region, tps }) {
  return kept.me?.number ? `# ${region}${tps ? `/${tps}` : ""} ${kept.me.number}\n${line}` : line;
}

/** Where the kit of another contest of the same TPS is kept. @param {string} address */
function kitAt(address) {
  return `kit/${address}`;
}

/** Read the kit anew from the log, and of a KPPS those of the other contests of its night; keep them. @returns {Promise<Kit>} */
export async function renewKit(me = /** @type {Me} */ (kept.me)) {
  const kit = await fetchKit(BASE, me);
  const others = me.body === "kpps" ? await Promise.all(kit.others.map(({ address }) => fetchKit(BASE, { ...me, address }))) : [];
  await put({ me, kit, ...Object.fromEntries(others.map((one) => [kitAt(one.address), one])) });
  kept.kit = kit;
  return kit;
}

/** Turn to another contest of the night: nothing of the one before stays in hand. @param {string} address */
export function turnTo(address) {
  return tell(async () => {
    await hand.writes;
    const { kit, me } = kept;
    const other = await get(kitAt(address));
    if (!kit || !me || !other) return;
    await put({ kit: other, me: { ...me, address }, [kitAt(kit.address)]: kit });
    location.reload();
  });
}

/** @param {number} at Unix seconds @param {Kit} kit */
export function clock(at, kit) {
  const zone = { "Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" }[kit.timezone];
  return `${new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: kit.timezone }).format(at * 1000).replace(":", ".")} ${zone}`;
}

/** @param {number} at Unix seconds @param {Kit} kit */
export function day(at, kit) {
  return new Intl.DateTimeFormat("id-ID", { day: "numeric", month: "long", timeZone: kit.timezone }).format(at * 1000);
}

export function seconds() {
  return Math.floor(Date.now() / 1000);
}

/** Seconds since then; as many until then, where the clock was put back meanwhile. @param {number} then */
export function since(then = 0) {
  return Math.abs(seconds() - then);
}

/** Do something that may fail, and say in words what to do now. @param {() => Promise<unknown>} act */
export async function tell(act) {
  try {
    await act();
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    const { code } = faultOf(error, "");
    if (name === "NotAllowedError") shown.said = "Belum ditandatangani: permintaan kunci ditutup. Ketuk lagi bila siap.";
    else if (code === "network") shown.said = "Tidak ada sinyal ke portal. Isian Anda aman; coba lagi di tempat yang ada sinyal.";
    else if (code === "program") shown.said = `Tidak berhasil (${name || "kesalahan"}). Isian Anda aman; coba lagi.`;
    else shown.said = `Data portal tidak dapat dibuktikan (${code}). Jangan lanjut dari jaringan ini; hubungi PPK.`;
    await show();
  }
}

/** Instead of a screen that is not on this device yet, which a browser asks for anew only after it was reloaded, or that cannot be drawn. @param {any} error @returns {Screen} */
function closed(error) {
  const isMissing = /import|module/i.test(error?.message); // as each browser says that a file did not come
  return {
    title: "Belum dapat dibuka", back: "#beranda", isi: [h("p", {}, isMissing ? "Layar ini belum ada di alat ini. Isian Anda aman. Muat ulang di tempat yang ada sinyal." : `Layar ini gagal dibuka (${error?.name}). Isian Anda aman. Muat ulang; bila tetap gagal, beri tahu PPK.`)],
    bawah: [h("button", { class: "btn main", type: "button", click: () => location.reload() }, "Muat ulang")],
  };
}

/** @param {string} hash */
function nameIn(hash) {
  return hash.slice(1).split("/")[0];
}

/** Draw the screen of the address from what is kept. @returns {Promise<void>} */
export async function show() {
  const [turn, before] = [++shown.drawing, hand.pressed];
  await hand.writes;
  kept.me = (await get("me")) ?? null;
  kept.kit = (await get("kit")) ?? null;
  kept.own = kept.kit ? ((await get(ownAt(kept.kit))) ?? null) : null;
  const hash = location.hash.slice(1);
  const [name, one = "", two = ""] = hash.split("/");
  const opened = async () => {
    const all = kept.kit && kept.me && kept.me.body !== "kpps" ? { ...screens, ...(await (kept.me.body === "pps" ? import("./bersama/readiness.js") : hasDesk(kept.me) ? import("./desk/main.js") : import("./saksi/main.js"))).screens } : screens;
    return kept.kit && name && Object.hasOwn(all, name) ? all[name](one, two) : all[""](decodeURIComponent(hash), "");
  };
  const screen = await opened().catch(closed);
  const queue = await items();
  if (turn !== shown.drawing || name !== nameIn(location.hash)) return; // another screen comes: what it says first is not said here
  if (before !== hand.pressed) await show(); // a key came meanwhile: what was read is old
  else draw(screen, queue);
}

/** Show what changed by itself: who is typing keeps his row and his keys, or his field. */
export async function renew() {
  if (nameIn(shown.hash) !== nameIn(location.hash)) return show(); // what stands is the screen before: nobody uses it any more
  if (shown.stays || document.activeElement?.matches(":read-write")) return;
  if (!hand.entry) {
    if (shown.hash === location.hash) shown.said ||= shown.told;
    await show();
    return;
  }
  shown.queue = await items();
  if (hand.entry) hand.redraw(hand.entry);
}
