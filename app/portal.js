// @ts-check
// The portal's intake: what it answers to a form, and what waits there for signatures.

import { fromUtf8, hex, utf8 } from "./verify/bytes.js";
import { openNote, parseVkey } from "./verify/note.js";
import { openReceipt } from "./verify/receipt.js";
import { sha256 } from "./verify/sha2.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {{kind: "receipt", receipt: string, loggedBy: number, receivedAt: number, index: number | null}
 *   | {kind: "held", until: number, count: number}
 *   | {kind: "asked", code: string, head: any}
 *   | {kind: "same", index: number | null}
 *   | {kind: "refused", final: boolean, code: string, sentences: string[]}
 *   | {kind: "later", after: number}} Answer
 */

const FINAL = [400, 410, 413, 415, 422];
const ASKED = ["another-counts", "none-counts", "head-moved", "below-differs"];
const PATIENCE = 30_000;
const LATER = 30;
/** Seconds that anything waits for its next try. */
export const LONGEST = 900;
const MOST = 7; // members of a KPPS
const LARGEST = 65_535;

/** Whether the last attempt reached the portal: a browser may believe in a network that leads nowhere. */
export const signal = { reached: true };

export function isOnline() {
  return navigator.onLine && signal.reached;
}

/**
 * Send a form; whatever is no word of the portal itself means: later.
 * @param {string} text @param {string} id @param {Kit} kit @param {boolean} insist
 * @returns {Promise<Answer>}
 */
export async function send(text, id, kit, insist) {
  /** @type {any} */
  let said;
  /** @type {Response} */
  let answer;
  try {
    answer = await post(`/v1/statements${insist ? "?insist=1" : ""}`, utf8(text));
    said = await answer.json();
    signal.reached = true;
  } catch {
    signal.reached = false;
    return { kind: "later", after: 0 };
  }
  if (answer.status === 202) return held(said, id, kit);
  if (answer.status === 200 || answer.status === 201) return received(said, id, kit);
  const codes = Array.isArray(said?.errors) ? said.errors.map((/** @type {any} */ one) => String(one.code)) : [];
  if (!codes.length || answer.status >= 500 || answer.status === 429) {
    return { kind: "later", after: Math.min(Number(answer.headers.get("retry-after")) || LATER, LONGEST) };
  }
  if (codes.every((/** @type {string} */ one) => ASKED.includes(one))) return { kind: "asked", code: codes[0], head: said.head ?? null };
  const final = FINAL.includes(answer.status) || codes.some((/** @type {string} */ one) => ["bad-signature", "revoked-key"].includes(one));
  return { kind: "refused", final, code: codes.includes("revoked-key") ? "revoked-key" : codes[0], sentences: said.errors.map((/** @type {any} */ one) => String(one.id)) };
}

/** What takes it on AWS asks for the digest of what comes. @param {string} path @param {Uint8Array} body @param {string} type @param {number} patience in milliseconds */
export function post(path, body, type = "application/json", patience = PATIENCE) {
  return fetch(path, {
    method: "POST", body: /** @type {BodyInit} */ (body), headers: { "content-type": type, "x-amz-content-sha256": hex(sha256(body)) }, redirect: "error",
    cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(patience),
  });
}

/**
 * Hand in the words of a line: the portal takes them once the line is in its log.
 * @param {string} said @returns {Promise<"served" | "refused" | "later">}
 */
export async function handIn(said) {
  try {
    const { ok, status } = await post("/v1/attachments", utf8(said));
    return ok ? "served" : FINAL.includes(status) ? "refused" : "later";
  } catch {
    return "later";
  }
}

/** @param {any} said @param {string} id @param {Kit} kit @returns {Promise<Answer>} */
async function received(said, id, kit) {
  const index = Number.isInteger(said.index) ? said.index : null;
  try {
    const told = await openReceipt(utf8(String(said.receipt)), { receipt_key: kit.receiptKey });
    if (told.id !== said.id) return { kind: "later", after: LATER };
    if (told.id !== id) return { kind: "same", index }; // its word alone: of what it gave a receipt, the page shows
    return { kind: "receipt", receipt: said.receipt, loggedBy: told.loggedBy, receivedAt: told.receivedAt, index };
  } catch {
    return { kind: "later", after: LATER }; // a receipt that does not verify is none
  }
}

/** @param {any} said @param {string} id @param {Kit} kit @returns {Promise<Answer>} */
async function held(said, id, kit) {
  try {
    const { text } = await openNote(utf8(String(said.note)), [parseVkey(kit.receiptKey)]);
    const [name, word, about, until, ...keyids] = fromUtf8(text).trimEnd().split("\n");
    if (name === `${kit.log}/receipt` && word === "held" && about === id) return { kind: "held", until: Number(until), count: keyids.length };
  } catch {
    // A note that does not verify promises nothing.
  }
  return { kind: "later", after: LATER };
}

/** The forms of a slot that wait, newest word of the portal; null without an answer. @param {string} slot
 * @returns {Promise<{id: string, envelope: string}[] | null>} */
export async function waiting(slot) {
  try {
    const list = await json(`/v1/held?slot=${encodeURIComponent(slot)}`);
    signal.reached = true;
    const ids = list.held.map((/** @type {any} */ one) => String(one.id)).filter((/** @type {string} */ id) => /^[0-9a-f]{64}$/.test(id));
    const found = await Promise.all(ids.slice(0, MOST).map(async (/** @type {string} */ id) => ({ id, envelope: await text(`/v1/held/${id}`) })));
    return found.filter(({ envelope }) => envelope.length <= LARGEST);
  } catch {
    signal.reached = false;
    return null;
  }
}

/** @param {string} path */
async function text(path) {
  const answer = await fetch(path, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(path);
  return answer.text();
}

/** @param {string} path */
async function json(path) {
  return JSON.parse(await text(path));
}
