// @ts-check
// What several sign that is no form: in which slot of the portal it waits, what colleagues signed there,
// how it is signed with them, and what is left to do once it was signed wrong.

import { faultOf } from "../verify/evidence.js";
import { encodePublic } from "../verify/json.js";
import { collect } from "../between.js";
import { box, button, h } from "../dom.js";
import { openSigned } from "../kit.js";
import { lay, stateOf } from "../outgoing.js";
import { timeOf } from "../paper.js";
import { ENDED, items, keep, work } from "../queue.js";
import { codeOf, go, hand, kept, save, seconds, show, shown, since, tell } from "../screen.js";
import { below, get, put } from "../store.js";
import { slotOf } from "./slots.js";

/**
 * @typedef {import("../kit.js").Kit} Kit
 * @typedef {import("../queue.js").Item} Item
 * @typedef {Node | string | null} Piece
 * @typedef {{id: string, text: string, fields: any, signers: string[], payload: Uint8Array, signatures: import("../sign.js").Signature[]}} Held what a colleague signed
 * @typedef {{slot: string, kit: Kit, title: string, hash: string, address: string, draft: string, told: (fields: any) => Piece[], wrong: (fields: any) => string[], same?: string}} Matter
 *   what is signed together: `kit` has the keys of all who sign, `address` is the page that will show it, `draft` is
 *   where it is kept until it is signed, `told` says all of it, `wrong` what this device knows otherwise,
 *   `same` what its signer says of it
 * @typedef {(more: object, drawn?: boolean) => Promise<void>} Keep
 * @typedef {(draft: any, keep: Keep) => {asks: (Node | null)[], fields: Record<string, unknown> | null, lacks: string}} Write what is asked, what it says so far, and what it lacks
 */

const AT_ONCE = 6; // questions to the portal side by side
const PAUSE = 30; // seconds between two looks that nobody asked for
/** When each slot was looked at last. @type {Map<string, number>} */
const looked = new Map();

/** The canonical bytes of what is said now of an election. @param {Kit} kit @param {Record<string, unknown>} fields */
export function statementOf({ log, election, timezone }, fields) {
  return encodePublic({ at: timeOf(timezone, new Date()), election, log, ...fields }).slice(0, -1);
}

/** What was signed here. @param {Item} item */
export function saidIn({ envelope }) {
  return JSON.parse(atob(JSON.parse(envelope).payload));
}

/** What a screen asks of the portal, once at a time: whether that lasts, and what failed last. */
export function asking() {
  const state = { busy: false, failed: "" };
  /** @param {string} what @param {() => Promise<unknown>} act */
  const ask = (what, act) => {
    if (state.busy) return;
    Object.assign(state, { busy: true, failed: what });
    return tell(async () => {
      try {
        await act();
        state.failed = "";
      } finally {
        state.busy = false;
      }
      await show();
    });
  };
  /** The screen while nothing is known yet; it begins by itself, once.
   * @param {string} what @param {string} title @param {string[]} words while it lasts, when it failed, what helps @param {() => unknown} begin @returns {import("../screen.js").Screen} */
  const screen = (what, title, [lasts, failed, helps = ""], begin) => {
    const isFailed = !state.busy && state.failed === what;
    if (!state.busy && !isFailed) queueMicrotask(begin);
    return { title, back: "#beranda", isi: [h("h2", { class: "judul" }, isFailed ? failed : lasts), isFailed && helps ? h("p", {}, helps) : null], bawah: isFailed ? [button("Coba lagi", begin, "main")] : [] };
  };
  return { state, ask, screen };
}

/** Ask the portal what waits in slots, and keep it beside what was scanned. @param {{slot: string, kit: Kit}[]} slots each with the keys of who signs there */
export async function askFor(slots) {
  const left = [...slots];
  const one = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      await collect(next.slot, next.kit, openSigned);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/**
 * What colleagues signed in a slot and this device verifies; with `bad` what it does not. What the own
 * key alone signed, and its owner took back, is no colleague's.
 * @param {string} slot @param {Kit} kit @returns {Promise<{held: Held[], bad: string[]}>}
 */
export async function heldIn(slot, kit) {
  /** @type {Held[]} */
  const held = [];
  /** @type {string[]} */
  const bad = [];
  const mine = new Set((await items()).filter((one) => one.state !== "dropped").map(({ id }) => id));
  for (const [id, text] of await below(`held/${slot}/`)) {
    if (mine.has(id)) continue;
    try {
      const found = await openSigned(text, kit);
      const others = found.signers.some(({ keyid }) => keyid !== kept.own?.keyid);
      if (found.id !== id || slotOf(found.fields) !== slot) bad.push("slot");
      else if (others) held.push({ text, ...found, signers: found.signers.map(({ position, keyid: key }) => `${position} ${codeOf(key)}`) });
    } catch (error) {
      bad.push(faultOf(error, "").code);
    }
  }
  return { held, bad };
}

/** What was signed here last in a slot and is not dropped. @param {string} slot @returns {Promise<Item | undefined>} */
export async function ownIn(slot) {
  return (await items()).filter((item) => item.slot === slot && item.state !== "dropped").at(-1);
}

/** Whether it still waits for something. @param {Item | undefined} item */
export function isOpen(item) {
  return Boolean(item && !ENDED.includes(item.state));
}

/**
 * Sign a matter, a new one or a colleague's; it is in the queue before it is sent.
 * @param {Matter} matter @param {Uint8Array} payload @param {import("../sign.js").Signature[]} others
 */
export function signMatter({ slot, title, hash, address, draft }, payload, others = []) {
  return tell(async () => {
    if (!(await lay(payload, others, { title, slot, hash, address }, [draft]))) return go("#kunci");
    await work(/** @type {Kit} */ (kept.kit), seconds(), true);
    await show();
  });
}

/**
 * What was signed of a matter, here and by colleagues: what is shown of it, what was signed here and
 * waits, and whether a colleague's waits for this member.
 * @param {Matter} matter @returns {Promise<{parts: Piece[], own: Item | undefined, waits: boolean}>}
 */
export async function joint(matter) {
  const { slot, kit, told, wrong, same = "Sama dengan kertas" } = matter;
  const own = await ownIn(slot);
  const { held, bad } = await heldIn(slot, kit);
  if (navigator.onLine && !isDone(own) && since(looked.get(slot)) > PAUSE) queueMicrotask(() => look(matter, [...held.map(({ id }) => id), own?.id]));
  const ask = () => tell(async () => {
    await askFor([matter]);
    await show();
  });
  const parts = [
    own ? box(own.state === "done" ? "ya" : own.state === "refused" ? "beda" : "", "Yang Anda tanda tangani", ...pieces(told(saidIn(own))), h("p", { role: "status" }, stateOf(own, kit)), ...(own.state === "refused" ? own.answer.sentences : []),
      ...(isOpen(own) ? undo(own) : [])) : null,
    ...held.map((one) => {
      const doubts = wrong(one.fields);
      return box(doubts.length || held.length > 1 ? "beda" : "", "Ditandatangani rekan, menunggu Anda", `Oleh ${one.signers.join(", ")}.`, ...pieces(told(one.fields)), ...doubts,
        button(doubts.length ? "Ikut tanda tangani, meski berbeda" : `${same}, ikut tanda tangani`, () => signMatter(matter, one.payload, one.signatures), doubts.length ? "df" : "kiri", "sidik jari atau kunci layar"));
    }),
    held.length > 1 ? box("beda", `${held.length} rekan menandatangani yang berbeda`, "Sepakati dulu satu, lalu tanda tangani yang itu.") : null,
    bad.length ? box("beda", `${bad.length} kiriman tidak dapat dipercaya`, `Tanda tangannya tidak cocok dengan kunci yang dikenal alat ini (${[...new Set(bad)].join(", ")}). Perbarui dulu.`) : null,
    button("Lihat apa yang ditandatangani rekan", ask, "kiri")];
  return { parts, own: isOpen(own) ? own : undefined, waits: held.length > 0 };
}

/** @param {Item | undefined} own */
function isDone(own) {
  return Boolean(own && !isOpen(own));
}

/** Look once by itself, and draw anew if something came. @param {Matter} matter @param {(string | undefined)[]} before */
async function look(matter, before) {
  const { slot } = matter;
  looked.set(slot, seconds());
  const at = location.hash;
  await askFor([matter]).catch(() => {});
  const found = [...(await below(`held/${slot}/`)).keys()];
  if (location.hash === at && found.some((id) => !before.includes(id))) await show();
}

/** What is there of some pieces. @param {Piece[]} all @returns {(Node | string)[]} */
export function pieces(all) {
  return all.filter((one) => one !== null);
}

/** What of a statement no screen here writes: it is shown as it stands. @param {any} fields @param {string[]} known */
export function restOf(fields, known) {
  const always = ["kind", "log", "election", "contest", "at", "region", "tps", "form", "body", "revision", "previous", ...known];
  return Object.entries(fields).filter(([name]) => !always.includes(name)).map(([name, value]) => `Tertulis juga: ${name} ${JSON.stringify(value)}`);
}

/** Why it cannot simply be taken back, and what to do now. @param {Item} item @returns {Node[]} */
export function undo(item) {
  const sent = item.state !== "waiting" || item.tries > 0;
  const drop = () => tell(async () => {
    const now = /** @type {Item} */ ((await get(`queue/${item.id}`)) ?? item);
    await keep({ ...now, state: ENDED.includes(now.state) ? now.state : "dropped" });
    await show();
  });
  const words = sent
    ? ["Yang sudah di portal tidak dapat ditarik, tetapi tidak berlaku selama tidak ada rekan yang ikut. Kabari rekan sekarang: jangan tanda tangani yang ini.",
      "Lalu tanda tangani yang benar. Ia dikirim sendiri; portal menerimanya paling lama satu jam sesudah yang keliru.",
      "Tidak mau menunggu: rekan menandatangani yang benar lebih dulu, dan Anda menyusul di layar ini. Begitu orangnya cukup, itu diterima seketika."]
    : ["Belum dikirim dari alat ini. Batal seluruhnya."];
  return [h("details", {}, h("summary", {}, "Keliru? Batalkan"), ...words.map((one) => h("p", {}, one)), button("Batalkan tanda tangan saya", drop, "df"))];
}

/**
 * A matter with what is chosen for it, then all of it before it is signed. Nothing is asked while something
 * that was signed here waits.
 * @param {Matter} matter @param {string} back @param {Piece[]} about @param {string} needs @param {Write} write @returns {Promise<import("../screen.js").Screen>}
 */
export async function writing(matter, back, about, needs, write) {
  const { parts, own, waits } = await joint(matter);
  const draft = (await get(matter.draft)) ?? {};
  /** @type {Keep} */
  const keep = (more, drawn = true) => {
    const written = save(async () => put({ [matter.draft]: { ...((await get(matter.draft)) ?? {}), sheet: false, ...more } }));
    return drawn ? show() : written;
  };
  const { asks, fields, lacks } = write(draft, keep);
  const onward = () => tell(async () => {
    await hand.writes;
    const now = write((await get(matter.draft)) ?? {}, keep);
    shown.said = now.lacks;
    await keep({ sheet: !now.lacks });
  });
  const frame = { title: matter.title, back };
  const end = h("p", { class: "meta" }, needs);
  const other = own ? null : button("Punya rekan keliru: isi yang benar di sini", () => keep({}), "kiri", "rekan lalu menyusul; miliknya sendiri tidak perlu ditunggu satu jam");
  if (own || (waits && !Object.keys(draft).length)) return { ...frame, isi: [...about, ...parts, other, end], bawah: [button("Ke daftar", () => go(back), own ? "main" : "")] };
  if (!draft.sheet || !fields) return { ...frame, isi: [...about, ...parts, ...asks, lacks ? null : end], bawah: [button("Lanjut: cocokkan", onward, "main")] };
  return {
    ...frame,
    isi: [...about, box("", "Ini yang Anda tanda tangani", ...pieces(matter.told(fields))), end],
    bawah: [button(`${matter.same ?? "Sama dengan kertas"}, tanda tangani`, () => signMatter(matter, statementOf(matter.kit, fields)), "main", "sidik jari, kunci layar, atau kunci USB"), button("Ada yang beda, kembali", () => keep({ sheet: false }))],
  };
}

/** A field of one line that is kept as it is typed, and stays as it is drawn. @param {string} id @param {string} words @param {string} type @param {string} value @param {(value: string) => unknown} keep */
export function field(id, words, type, value, keep) {
  const take = (/** @type {Event} */ event) => keep(/** @type {HTMLInputElement} */ (event.target).value);
  return [h("label", { for: id }, words), h("input", { id, class: "nomor lebar", type, value, maxlength: "100", autocomplete: "off", ...(type === "datetime-local" ? { step: "1" } : {}), input: take })];
}
