// @ts-check
// What was signed here, until the portal's receipt for it is kept and verified. A form is in the
// queue, on the disk, before anything is sent; sending it again is harmless.

import { numberOf } from "./numbers.js";
import { handIn, LONGEST, send } from "./portal.js";
import { below, forget, get, put } from "./store.js";

/**
 * @typedef {{id: string, kind: "form" | "copy" | "objection" | "event" | "grant" | "revoke" | "determination" | "elected" | "answer" | "response" | "readiness" | "pictures", slot: string, envelope: string, revision: number, count: string, figures: Record<string, number>, witnesses?: import("./bersama/witnesses.js").Said[], number: number, code: string, words: string, handed?: "served" | "refused", state: "waiting" | "held" | "asked" | "refused" | "done" | "same" | "dropped",
 *   title?: string, region?: string, address?: string, hash?: string,
 *   signers: number, made: number, tries: number, answer: any, next: number, insist: boolean}} Item
 */

/** States of a form that waits for nothing more, and of one that goes on by itself. @type {string[]} */
export const ENDED = ["done", "same", "dropped"];
/** @type {string[]} */
export const OPEN = ["waiting", "held", "refused"];

/** @returns {Promise<Item[]>} */
export async function items() {
  return [...(await below("queue/")).values()].sort((a, b) => a.made - b.made);
}

/** @param {Item} item */
export function keep(item) {
  return put({ [`queue/${item.id}`]: item });
}

/**
 * Keep a form that is settled, with its receipt. What was typed for it is needed no more: not what
 * corrects it, nor what is read of a later revision.
 * @param {Item} item @param {Record<string, unknown>} more
 */
export async function settle(item, more = {}) {
  const { slot, id, revision, figures } = item;
  await put({ ...more, [`queue/${id}`]: item });
  const [typed, continued] = [await below(`draft/${slot}/`), await get(`lanjut/${slot}`)];
  const same = Object.entries(figures).every(([field, number]) => numberOf(typed.get(field)) === number);
  if (same && continued?.id !== id) await forget(`lanjut/${slot}`, ...(await under(`draft/${slot}/`)), ...(await under(`alasan/${slot}/`)));
  for (const [other, envelope] of await below(`held/${slot}/`)) {
    if (revisionOf(envelope) <= revision) await forget(`held/${slot}/${other}`, ...(await under(`baca/${slot}/${other}/`)));
  }
}

/** @param {string} prefix */
async function under(prefix) {
  return [...(await below(prefix)).keys()].map((end) => prefix + end);
}

/** The revision that an envelope says: for lists, before anything is verified. @param {string} envelope @returns {number} */
export function revisionOf(envelope) {
  try {
    return Number(JSON.parse(atob(JSON.parse(envelope).payload)).revision) || 0;
  } catch {
    return 0;
  }
}

/** Whether nothing here waits for an answer that lasts. @param {Item[]} all */
export function isSettled(all) {
  return all.every((item) => ENDED.includes(item.state) && !owesWords(item));
}

let busy = false;

/** What is further away than anything may wait, a clock said that was wrong. @param {Item} item @param {number} now */
function isDue({ next }, now) {
  return next <= now || next > now + LONGEST;
}

/**
 * Send what waits, once each; `now` in seconds. Held forms are asked about again.
 * @param {import("./kit.js").Kit} kit @param {number} now @param {boolean} all whether a person asked for it
 */
export async function work(kit, now, all) {
  if (busy || !navigator.onLine) return;
  busy = true;
  try {
    for (const item of await items()) {
      const open = item.state === "waiting" || item.state === "held" || (item.state === "refused" && (all || !item.answer.final));
      if (open && (all || isDue(item, now))) await one(item, kit, now);
      if (owesWords(item) && (all || isDue(item, now))) await hand(item, now);
    }
  } finally {
    busy = false;
  }
}

/** Whether a line is recorded, and the portal has no answer yet to its words. @param {Item} item */
export function owesWords({ state, words, handed }) {
  return Boolean(words) && state === "done" && !handed;
}

/** @param {Item} item @param {number} now */
async function hand(item, now) {
  const handed = await (item.kind === "pictures" ? (await import("./foto/send.js")).handIn : handIn)(item.words);
  const tries = item.tries + 1;
  await keep({ ...item, tries, ...(handed === "later" ? { next: now + Math.min(5 * tries, 300) } : { handed }) });
}

/** @param {Item} item @param {import("./kit.js").Kit} kit @param {number} now */
async function one(item, kit, now) {
  const answer = await send(item.envelope, item.id, kit, item.insist);
  const stored = (await get(`queue/${item.id}`)) ?? item;
  const tries = stored.tries + 1;
  const wait = Math.min(2 ** tries * 2.5, 300);
  const next = now + (answer.kind === "later" ? Math.max(answer.after, wait) : 30);
  if (answer.kind === "receipt") {
    await settle({ ...stored, tries, answer, state: "done" }, { [`receipt/${item.id}`]: answer.receipt });
    return;
  }
  if (answer.kind === "same") {
    await settle({ ...stored, tries, answer, state: "same" });
    return;
  }
  const states = { held: "held", asked: "asked", refused: "refused", later: stored.state };
  await keep({ ...stored, tries, next, answer: answer.kind === "later" ? stored.answer : answer, state: /** @type {Item["state"]} */ (states[answer.kind]) });
}
