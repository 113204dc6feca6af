// @ts-check
// The kit: what the log says of one TPS and of its keys, verified here against the log's checkpoint.

import { base64, fromBase64, utf8 } from "./verify/bytes.js";
import { parseEnvelope } from "./verify/envelope.js";
import { Evidence, grown } from "./verify/evidence.js";
import { Unchecked } from "./verify/faults.js";
import { decodePublic } from "./verify/json.js";
import { verifySignature } from "./verify/keys.js";
import { MEMORY } from "./verify/memory.js";
import { holds } from "./verify/offices.js";
import { reader } from "./verify/reader.js";
import { parseStatement } from "./verify/statement.js";
import { BODIES, THRESHOLDS } from "./verify/tables.js";
import { hasDesk, paperOf, side } from "./role.js";

/**
 * @typedef {import("./paper.js").Place} Place
 * @typedef {import("./role.js").Me} Me
 * @typedef {{keyid: string, alg: string, key: string, person: string, position: string}} Key
 * @typedef {Place & {address: string, log: string, mode: string, rpId: string, uploaders: string[], receiptKey: string,
 *   date: string, timezone: "Asia/Jakarta" | "Asia/Makassar" | "Asia/Jayapura", office: string,
 *   name: string, threshold: number, others: {id: string, office: string, address: string}[], pairs: import("./paper.js").Pair[], keys: Key[], ended: string[], size: number, head: Standing | null}} Kit
 * @typedef {{id: string, revision: number, count: string, figures: Record<string, number>, witnesses?: import("./bersama/witnesses.js").Said[]}} Standing a form that took effect
 */

const ADDRESS = /^[a-z0-9.-]+\/[a-z0-9.-]+\/(?:[0-9]{2,4}\/)*$/;

/** The address of a TPS or a region in a link, or null. @param {string} text */
export function addressIn(text) {
  return ADDRESS.test(text) ? text : null;
}

/** The evidence of a log whose anchors are read. @param {string} base */
export async function opened(base) {
  const evidence = new Evidence(reader(base), () => {}, true);
  await evidence.open();
  return evidence;
}

/**
 * What some entries prove under the head of the log, which holds what this device saw before.
 * @param {Evidence} evidence @param {number[]} entries @param {number[]} spared whose faults the caller names himself
 * @returns {Promise<any>} what `readAll` gives, with the `size` of the log
 */
export async function proved(evidence, entries, spared = []) {
  const known = await evidence.readAll([...entries, ...spared]);
  const fault = [...known.faults].find(([index, one]) => one.refutes || !spared.includes(index))?.[1];
  if (fault) throw Object.assign(new Unchecked(fault.message, fault.code, fault.place));
  const seen = [...known.recorded.values()].map(({ size, root }) => ({ size, root, place: "bukti/" }));
  const head = await grown(evidence, seen, MEMORY);
  if (head.faults.length) throw new Unchecked(head.faults[0].message, head.faults[0].code, head.faults[0].place);
  return { ...known, size: Number(head.size) };
}

/**
 * Read and verify the kit of a TPS for one person; throws an error with a code where it cannot be proved.
 * @param {string} base @param {Me} me
 * @returns {Promise<Kit>}
 */
export async function fetchKit(base, me) {
  const { address } = me;
  if (me.body === "pps") return (await import("./bersama/kit.js")).fetchPps(base, me);
  if (hasDesk(me)) return (await import("./desk/kit.js")).fetchRegion(base, me);
  const evidence = await opened(base);
  const twin = decodePublic(await evidence.file(`${address}index.json`));
  if (twin.page !== "tps" || twin.address !== address) throw new Unchecked("another page", "twin", address);
  const place = { election: String(twin.election.id), contest: String(twin.contest.id), region: String(twin.region.code), tps: String(twin.tps), paper: paperOf(me) };
  const known = await proved(evidence, [...twin.evidence, ...(await grants(evidence, twin, me.body))]);
  return { ...made(known.register, place, me, { address, size: known.size }), head: headOf(known.register, place, twin) };
}

/**
 * The entries that say which keys a body has at the TPS, ended ones too. A saksi or a pemantau can be of
 * a region above.
 * @param {Evidence} evidence @param {any} twin @param {Me["body"]} body
 * @returns {Promise<number[]>}
 */
export async function grants(evidence, twin, body) {
  const list = async (/** @type {string} */ address) => decodePublic(await evidence.file(`${address}index.json`));
  const own = await list(twin.officials);
  const above = BODIES[body].level === twin.region.code.split(".").length ? [] : own.crumbs.slice(1, -1).map((/** @type {any} */ one) => list(one.address));
  const bodies = [own, ...(await Promise.all(above))].flatMap((one) => one.bodies);
  const persons = bodies.filter((one) => one.body === body && (one.tps ?? twin.tps) === twin.tps).flatMap((one) => one.persons);
  const named = new Set(persons.flatMap((/** @type {any} */ one) => [one.grant, one.revoked]).filter(Number.isInteger));
  const pages = await Promise.all([...named].map(async (index) => decodePublic(await evidence.file(`bukti/${index}/index.json`)).evidence));
  return pages.flat();
}

/**
 * The form that stands by the page's numbers: its figures are those of the statement that is proved.
 * @param {any} register @param {Place} place @param {any} twin
 * @returns {Standing | null}
 */
function headOf(register, place, twin) {
  if (!twin.head) return null;
  const one = register.statements.get(twin.head.id);
  const { paper, ...at } = place;
  const own = one && Object.entries({ ...at, kind: "form", form: "c_hasil" }).every(([name, value]) => one.fields[name] === value);
  if (!own || one.effect === null) throw new Unchecked("a form that is not proved", "head", twin.address);
  return { id: one.id, revision: one.fields.revision, count: one.fields.count, figures: one.fields.figures, witnesses: one.fields.witnesses };
}

/**
 * @param {any} register @param {Place} place @param {Me} me @param {{address: string, size: number}} more
 * @returns {Omit<Kit, "head">}
 */
export function made(register, place, me, more) {
  const { election, contest, region, tps } = place;
  const vote = register.elections.get(election);
  const one = vote?.contests.find((/** @type {any} */ { id }) => id === contest);
  if (!one || !register.places.has([election, region, tps].filter(Boolean).join(" "))) throw new Unchecked("a TPS that no roster lists", "tps");
  // What a page says of another place is no kit of the address that the invitation names.
  const [first, second, ...below] = more.address.split("/").slice(0, -1);
  const places = [[first, second, [one.region, ...below].join(".")], [election, contest, [region, tps].filter(Boolean).join(".")]];
  if (places[0].join() !== places[1].join()) throw new Unchecked("another page", "twin", more.address);
  if (me.pair && !one.pairs.some((/** @type {any} */ { number }) => number === me.pair)) throw new Unchecked("a pair that the contest has not", "pairs");
  const all = [...register.keys.values()].filter((key) => holds({ ...side(me), election, region, tps }, key));
  const keys = all.filter((key) => !key.revoked).map(({ keyid, alg, key, person, position }) => ({ keyid, alg, key: base64(key), person, position }));
  const others = vote.contests.filter((/** @type {any} */ { id, region: whole }) => tps && id !== contest && region.startsWith(`${whole}.`))
    .map((/** @type {any} */ { id, office, region: whole }) => ({ id, office, address: [election, id, ...region.slice(whole.length + 1).split("."), tps, ""].join("/") }));
  const { log, mode, rp_id: rpId, uploaders, receipt_key: receiptKey } = register.log;
  return {
    ...place, ...more, others, log, mode, rpId, receiptKey, uploaders: [...(uploaders ?? []), ...register.added], keys,
    ended: all.filter((key) => key.revoked).map(({ keyid }) => keyid),
    date: vote.date, timezone: vote.timezone, office: one.office, name: nameOf(register, election, region),
    threshold: signersOf(vote, tps ? undefined : place.paper),
    pairs: one.pairs.map((/** @type {any} */ { number, names }) => ({ number, names: names ?? [] })),
  };
}

/** How many must sign a form. @param {{policy?: Record<string, number>}} vote @param {string} form @returns {number} */
export function signersOf({ policy }, form = "c_hasil") {
  return policy?.[form] ?? /** @type {Record<string, number>} */ (THRESHOLDS)[form];
}

/** The name of a region by its roster. @param {any} register @param {string} election @param {string} region */
export function nameOf(register, election, region) {
  for (const { fields } of [...register.statements.values()].reverse()) {
    if (fields.kind !== "roster" || fields.election !== election) continue;
    const child = fields.children?.find((/** @type {any} */ { code }) => code === region);
    if (child) return child.name;
  }
  return region;
}

/**
 * Open a form of this TPS that waits for signatures: every signature is verified by a key of the kit.
 * Those of keys that ended count no more, and would make an entry void: they are left out.
 * @param {string} text @param {Kit} kit @param {boolean} alone whether it may be without a signature then
 * @returns {Promise<{id: string, payload: Uint8Array, fields: any, signatures: import("./sign.js").Signature[], signers: Key[]}>}
 */
export async function openForm(text, kit, alone = false) {
  const own = (/** @type {any} */ fields) => fields.kind === "form" && fields.form === kit.paper && ["contest", "region", "tps"].every((name) => fields[name] === /** @type {any} */ (kit)[name]);
  return openSigned(text, kit, alone, own);
}

/**
 * The same of any statement of this log and election that bodies of the kit sign.
 * @param {string} text @param {Kit} kit @param {boolean} alone @param {(fields: any) => boolean} own whether it is one of those that are meant
 * @returns {Promise<{id: string, payload: Uint8Array, fields: any, signatures: import("./sign.js").Signature[], signers: Key[]}>}
 */
export async function openSigned(text, kit, alone = false, own = () => true) {
  const envelope = parseEnvelope(utf8(text));
  const fields = parseStatement(envelope.payload);
  if (fields.election !== kit.election || fields.log !== kit.log || !own(fields)) throw new Unchecked("a statement of another place", "slot");
  /** @type {Key[]} */
  const signers = [];
  const standing = envelope.signatures.filter((/** @type {any} */ one) => !kit.ended.includes(one.keyid));
  if (!standing.length && !alone) throw new Unchecked("signed by keys that ended alone", "revoked-key");
  for (const one of standing) {
    const key = kit.keys.find(({ keyid }) => keyid === one.keyid);
    if (!key) throw new Unchecked("a signature of another key", "unknown-key");
    await verifySignature({ alg: key.alg, key: fromBase64(key.key) }, envelope.message, one, { origins: kit.uploaders, rpId: kit.rpId });
    signers.push(key);
  }
  const signatures = JSON.parse(text).signatures.filter((/** @type {any} */ one) => !kit.ended.includes(one.keyid));
  return { id: envelope.id, payload: envelope.payload, fields, signatures, signers };
}

