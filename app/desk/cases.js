// @ts-check
// What waits for a word of a desk, as the log proves it: objections below that nobody answered,
// recommendations that ask this body or one below it, the certificate that a determination names, and who is elected.

import { effective } from "../verify/evidence.js";
import { sha256 } from "../verify/sha2.js";
import { fromUtf8, hex } from "../verify/bytes.js";
import { decodePublic } from "../verify/json.js";
import { grants, opened, proved } from "../kit.js";
import { ORDER } from "../bersama/words.js";
import { twinOf } from "../bersama/kit.js";
import { ownOf } from "./kit.js";

/**
 * @typedef {import("./kit.js").DeskKit} DeskKit
 * @typedef {{id: string, fields: any, name: string, address: string, state: string}} Case a statement that was proved; `state` is the page's word
 * @typedef {Case & {own: {id: string, revision: number, outcome: string} | null}} Asked `own`: what this body responded last
 * @typedef {{id: string, figures: Record<string, number>, own: Decided | null}} Certified
 * @typedef {{id: string, revision: number, number: string}} Decided
 * @typedef {{objections: Case[], asked: Asked[], certified: Certified | null, elected: Decided | null, decides: boolean, more: number, unproved: number, size: number, seen: number}} Cases
 *   `decides`: whether this desk determines the contest; `more`: open objections that the page does not list
 */

const LONGEST = 4_096; // bytes of an attachment

/**
 * @param {string} base @param {DeskKit} kit @param {import("../role.js").Me} me @param {number} now in seconds
 * @returns {Promise<Cases>}
 */
export async function fetchCases(base, kit, me, now) {
  const evidence = await opened(base);
  const own = await twinOf(evidence, kit.address);
  const page = async (/** @type {string} */ address) => decodePublic(await evidence.file(`${address}index.json`));
  const recommended = await page(`${kit.election}/${kit.contest}/rekomendasi/`);
  const incidents = own.incidents.page ? await page(own.incidents.page) : { open: [], counts: { open: 0 }, evidence: [] };
  const head = Number.isInteger(own.certified?.index) ? [own.certified.index] : [];
  const known = await proved(evidence, [...own.evidence, ...head, ...(await grants(evidence, own, me.body))], [...incidents.evidence, ...recommended.evidence]);
  let unproved = 0;
  const read = (/** @type {any} */ one, /** @type {string} */ kind) => {
    const { statement } = effective(known, one.index);
    if (statement?.fields.kind === kind && ["election", "contest"].every((name) => statement.fields[name] === /** @type {any} */ (kit)[name])) return statement;
    unproved += 1;
    return null;
  };
  const objections = incidents.open.flatMap((/** @type {any} */ one) => {
    const said = read(one, "objection");
    return said ? [{ id: said.id, fields: said.fields, name: String(one.name ?? ""), address: String(one.address), state: "open" }] : [];
  });
  const asked = recommended.cases.filter((/** @type {any} */ one) => asks(one.to, kit, me)).flatMap((/** @type {any} */ one) => {
    const said = read(one, "recommendation");
    if (!said || !asks(said.fields.to, kit, me)) return [];
    const told = one.response?.body === me.body && one.response.region === kit.region ? read(one.response, "response") : null;
    return [{ id: said.id, fields: said.fields, name: String(one.name ?? ""), address: recommended.address, state: String(one.state), own: told && told.fields.to === said.id ? { id: told.id, revision: told.fields.revision, outcome: told.fields.outcome } : null }];
  });
  const vote = known.register.elections.get(kit.election);
  const decides = vote.contests.some((/** @type {any} */ one) => one.id === kit.contest && one.region === kit.region);
  const form = decides && head.length ? ownOf(known, kit, kit.sheets.at(-1) ?? kit.sheets[0], head[0]) : null;
  const last = (/** @type {"determination" | "elected"} */ kind) => {
    const before = own[kind] ? read(own[kind], kind) : null;
    return before ? { id: before.id, revision: before.fields.revision, number: before.fields.number } : null;
  };
  return { objections, asked, certified: form && { id: form.id, figures: form.figures, own: last("determination") }, elected: last("elected"), decides, more: Math.max(0, incidents.counts.open - incidents.open.length), unproved, size: known.size, seen: now };
}

/** Whether a recommendation asks this body, or one below it whose work it may do. @param {any} to @param {DeskKit} kit @param {import("../role.js").Me} me */
function asks(to, { region }, { body }) {
  return ORDER.indexOf(to.body) >= ORDER.indexOf(body) && ORDER.includes(to.body) && (to.body === body ? to.region === region : `${to.region}.`.startsWith(`${region}.`));
}

/**
 * The words of an objection as the portal serves them, if they are those that its digest names; "" without.
 * @param {string} base @param {string} digest @returns {Promise<string>}
 */
export async function textOf(base, digest) {
  try {
    const answer = await fetch(`${base}lampiran/${digest}.json`, { cache: "no-store", credentials: "omit", redirect: "error" });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (!answer.ok || bytes.length > LONGEST || hex(sha256(bytes)) !== digest) return "";
    const said = JSON.parse(fromUtf8(bytes)).text;
    return typeof said === "string" ? said : "";
  } catch {
    return "";
  }
}
