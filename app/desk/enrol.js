// @ts-check
// Keys of members that nobody has granted yet: what was scanned or pasted, whose it says it is, and the
// grants that come of it. Nothing here is drawn or kept.

import { base64, fromBase64, fromUtf8, utf8 } from "../verify/bytes.js";
import { encodePublic } from "../verify/json.js";
import { keyid, verifySignature } from "../verify/keys.js";
import { slotOf } from "../bersama/slots.js";
import { rowsOfText } from "./spreadsheet.js";

/**
 * @typedef {{keyid: string, alg: string, key: string, line: string, place: string, number: number}} Claim
 *   a key that proved itself; `place` ("region/tps" or a region, "" unknown) and `number` (0 unknown) are only said
 * @typedef {{keyid: string, person: string, position: string, number: number, ended: boolean}} Known a key that was granted at a place
 * @typedef {{code: string, region: string, tps: string, name: string, body: string, keys: Known[], unproved: number}} Place where a desk grants
 * @typedef {{claim: Claim, why: "" | "place" | "number" | "twice" | "taken" | "granted" | "ended" | "elsewhere"}} Judged
 * @typedef {{line: string, place: string, number: number}} Said
 */

/** Whose keys a desk grants: at the places right below its region, and a PPK at TPS too. @type {Record<string, string[]>} */
export const GRANTS = { ppk: ["kpps", "pps"], kpu_kabko: ["ppk"], kpu_prov: ["kpu_kabko"] };
export const MEMBERS = 7;
const LINE = /rekap-pendaftaran\/1(?: [^\s;,"]+){5,7}/;
const MARK = /^#? *([0-9]{2}(?:\.[0-9]{2,4}){0,3}(?:\/[0-9]{3})?) ([1-7])$/;
const CODE = /^[0-9]{2}(?:\.[0-9]{2,4}){0,3}$/;
const HEADS = { region: ["region", "wilayah"], tps: ["tps"], position: ["position", "jabatan", "nomor"], key: ["key", "kunci"] };

/** The enrolments in a text: below lines that say whose they are, or in a list of persons. @param {string} text @returns {Said[]} */
export function saidIn(text) {
  const rows = rowsOfText(text);
  const head = (rows[0] ?? []).map((cell) => cell.toLowerCase());
  const at = (/** @type {keyof typeof HEADS} */ name) => head.findIndex((cell) => HEADS[name].includes(cell));
  if (at("key") >= 0 && at("region") >= 0) return listed(rows.slice(1), at("region"), at("tps"), at("position"), at("key"));
  /** @type {Said[]} */
  const found = [];
  let mark = /** @type {RegExpExecArray | null} */ (null);
  for (const one of text.split(/\r?\n/)) {
    const line = LINE.exec(one)?.[0];
    if (line) found.push({ line, place: mark?.[1] ?? "", number: Number(mark?.[2] ?? 0) });
    if (line || one.trim()) mark = MARK.exec(one.trim()); // it speaks of the next line alone
  }
  return found;
}

/** @param {string[][]} rows @param {number} region @param {number} tps @param {number} position @param {number} key @returns {Said[]} */
function listed(rows, region, tps, position, key) {
  /** @type {Map<string, number>} */
  const last = new Map();
  return rows.flatMap((row) => {
    const line = LINE.exec(row[key] ?? "")?.[0];
    if (!line) return [];
    const station = (row[tps] ?? "").replace(/^tps */i, "");
    const code = CODE.test(row[region]) ? row[region] : ""; // it is shown: words of a list are not
    const place = `${code}${/^[0-9]{1,3}$/.test(station) ? `/${station.padStart(3, "0")}` : ""}`;
    const said = (row[position] ?? "").toLowerCase();
    const number = /^[1-7]$/.test(said) ? Number(said) : said === "ketua" ? 1 : said === "anggota" ? Math.max(1, last.get(place) ?? 1) + 1 : 0;
    last.set(place, Math.max(number, last.get(place) ?? 0));
    return [{ line, place, number: number > MEMBERS ? 0 : number }];
  });
}

/**
 * The key of an enrolment whose proof holds for this log and election; throws an error whose message is a code.
 * @param {Said} said @param {{log: string, election: string, uploaders: string[], rpId: string}} kit @returns {Promise<Claim>}
 */
export async function claimOf({ line, place, number }, { log, election, uploaders, rpId }) {
  const [, origin, vote, alg, key, sig, authenticatorData, clientDataJSON] = line.split(" ");
  if (origin !== log) throw new Error("other-log");
  if (vote !== election) throw new Error("other-election");
  try {
    const name = keyid(alg, fromBase64(key));
    const message = utf8(["rekap enrolment v1", log, election, alg, key].map((one) => `${one}\n`).join(""));
    const passkey = authenticatorData ? { authenticatorData: fromBase64(authenticatorData), clientDataJSON: fromBase64(clientDataJSON ?? "") } : {};
    await verifySignature({ alg, key: fromBase64(key) }, message, { keyid: name, sig: fromBase64(sig), ...passkey }, { origins: uploaders, rpId });
    return { keyid: name, alg, key: base64(fromBase64(key)), line, place, number };
  } catch {
    throw new Error("proof");
  }
}

/** What an enrolment must wait for, "" if it can be granted. @param {Claim[]} claims @param {Place[]} places @returns {Judged[]} */
export function judged(claims, places) {
  const owners = new Map(places.flatMap((place) => place.keys.map((key) => [key.keyid, { place, key }])));
  return claims.map((claim) => {
    const owner = owners.get(claim.keyid);
    const place = places.find(({ code }) => code === claim.place);
    const seat = (/** @type {{number: number}} */ one) => one.number === claim.number;
    if (owner?.key.ended) return { claim, why: "ended" };
    if (owner) return { claim, why: owner.place.code === claim.place ? "granted" : "elsewhere" };
    if (!place) return { claim, why: "place" };
    if (!claim.number) return { claim, why: "number" };
    if (place.keys.some((key) => !key.ended && seat(key))) return { claim, why: "taken" };
    if (claims.some((one) => one.keyid !== claim.keyid && one.place === claim.place && seat(one) && !owners.has(one.keyid))) return { claim, why: "twice" };
    return { claim, why: "" };
  });
}

/** The id of a person: one for each member of a body, whatever key he has. @param {{body: string, region: string, tps: string}} place @param {number} number */
function personOf({ body, region, tps }, number) {
  return [body.replaceAll("_", "-"), region, ...(tps ? [tps] : []), number].join("-");
}

/** Which member a person is, by the end of his id, 0 where it has none. @param {string} person */
export function numberOf(person) {
  return Number(/-([1-9][0-9]{0,2})$/.exec(person)?.[1] ?? 0);
}

/** What a place is called in a statement. @param {{body: string, region: string, tps: string}} place */
function placedIn({ body, region, tps }) {
  return { body, region, ...(tps ? { tps } : {}) };
}

/** What the grant of some keys of a place says. @param {Place} place @param {Claim[]} claims */
export function grantOf(place, claims) {
  const persons = [...claims].sort((a, b) => a.number - b.number).map(({ alg, key, number }) => ({ alg, key, person: personOf(place, number), position: number === 1 ? "ketua" : "anggota" }));
  return { kind: "grant", ...placedIn(place), persons };
}

/** The slot in which a grant waits for signatures. @param {string} election @param {{body: string, region: string, tps: string}} place */
export function grantSlot(election, place) {
  return slotOf({ kind: "grant", election, ...placedIn(place) });
}

/** The slot in which the revocation of a key waits. @param {string} election @param {string} keyid */
export function revokeSlot(election, keyid) {
  return slotOf({ kind: "revoke", election, keyid });
}

/**
 * A grant that somebody signed, beside what was scanned here: `differs` if it is another one than a desk
 * makes of these keys (whatever a table would not show of it), `alone` if I scanned none of them, else "".
 * @param {any} fields @param {Place} place @param {Claim[]} mine that can be granted @returns {"" | "alone" | "differs"}
 */
export function besideMine({ at, election, log, ...fields }, place, mine) {
  const told = (/** @type {any} */ one) => fromUtf8(encodePublic(one));
  const shown = fields.kind === "grant" ? fields.persons.map((/** @type {any} */ one) => ({ ...one, number: numberOf(one.person) })) : [];
  const numbers = new Set(shown.map((/** @type {Claim} */ { number }) => number).filter((/** @type {number} */ one) => one >= 1 && one <= MEMBERS));
  if (!shown.length || numbers.size !== shown.length || told(fields) !== told(grantOf(place, shown))) return "differs";
  const own = mine.filter(({ place: code }) => code === place.code);
  if (!own.length) return "alone";
  return told(fields) === told(grantOf(place, own)) ? "" : "differs";
}
