// @ts-check
// What the log says of TPS to whoever hands over, or takes back, what they need: the keys of all who sign
// that of one TPS, and what of it stands; of a PPS its own kit.

import { base64 } from "../verify/bytes.js";
import { effective } from "../verify/evidence.js";
import { Unchecked } from "../verify/faults.js";
import { decodePublic } from "../verify/json.js";
import { holds } from "../verify/offices.js";
import { grants, made, nameOf, opened, proved } from "../kit.js";

/**
 * @typedef {import("../kit.js").Kit} Kit
 * @typedef {{region: string, tps: string, name: string, address: string}} Spot a TPS
 * @typedef {Spot & {keys: import("../kit.js").Key[], ended: string[], contests: {id: string, office: string}[], date: string, said: Record<string, any>, size: number, seen: number}} Station
 *   `said`: what stands of each step, by the log
 */

/** Who signs what of a TPS. @type {Record<string, string[]>} */
export const SIGNERS = { arrived: ["pps", "kpps"], returned: ["kpps", "ppk"] };
const NAMES = { kpps: "KPPS", pps: "PPS", ppk: "PPK" };

/** @param {any} evidence @param {string} address */
export async function twinOf(evidence, address) {
  const twin = decodePublic(await evidence.file(`${address}index.json`));
  if (twin.page !== "region" || twin.address !== address) throw new Unchecked("another page", "twin", address);
  return twin;
}

/** @param {string} above @param {string} code */
export function addressOf(above, code) {
  return `${above}${code.split(".").at(-1)}/`;
}

/** What the roster of a region in force lists. @param {any} register @param {string} election @param {string} region @returns {{code: string, name: string}[]} */
export function listed(register, election, region) {
  const rosters = [...register.statements.values()].filter(({ fields, effect, lacks }) => effect !== null && !lacks && fields.kind === "roster" && fields.election === election && fields.region === region);
  const { fields } = rosters.sort((a, b) => a.effect - b.effect).at(-1) ?? { fields: {} };
  if (fields.tps) return fields.tps.map((/** @type {any} */ { number }) => ({ code: number, name: `TPS ${number}` }));
  return (fields.children ?? []).map((/** @type {any} */ { code, name }) => ({ code, name }));
}

/** The kit of a PPS: its kelurahan and its keys. @param {string} base @param {import("../role.js").Me} me @returns {Promise<Kit>} */
export async function fetchPps(base, me) {
  const evidence = await opened(base);
  const twin = await twinOf(evidence, me.address);
  if (twin.region.level !== "kelurahan") throw new Unchecked("a region of another body", "region", me.address);
  const place = { election: String(twin.election.id), contest: String(twin.contest.id), region: String(twin.region.code), paper: "perlengkapan" };
  const known = await proved(evidence, [...twin.evidence, ...(await grants(evidence, twin, me.body))]);
  return { ...made(known.register, place, me, { address: me.address, size: known.size }), head: null };
}

/** The TPS of a kelurahan, or of all kelurahan right below a region. @param {string} base @param {Kit} kit @returns {Promise<Spot[]>} */
export async function fetchSpots(base, kit) {
  const evidence = await opened(base);
  const own = await twinOf(evidence, kit.address);
  const twins = own.region.level === "kelurahan" ? [own] : await Promise.all(own.children.map((/** @type {any} */ one) => twinOf(evidence, addressOf(kit.address, String(one.code)))));
  const known = await proved(evidence, [...own.evidence, ...twins.flatMap((twin) => twin.evidence)]);
  return twins.flatMap((twin) => {
    const region = String(twin.region.code);
    return listed(known.register, kit.election, region).map(({ code }) => ({ region, tps: code, name: `TPS ${code} ${nameOf(known.register, kit.election, region)}`, address: `${twin.address}${code}/` }));
  });
}

/**
 * Read and verify what is said of one TPS besides its count, and the keys of all who say it.
 * @param {string} base @param {Kit} kit @param {Spot} spot @param {number} now in seconds @returns {Promise<Station>}
 */
export async function fetchStation(base, kit, spot, now) {
  const { region, tps, address } = spot;
  const evidence = await opened(base);
  const twin = decodePublic(await evidence.file(`${address}index.json`));
  if (twin.page !== "tps" || twin.address !== address || twin.region.code !== region || twin.tps !== tps) throw new Unchecked("another page", "twin", address);
  const keys = await Promise.all(Object.keys(NAMES).map((body) => grants(evidence, twin, /** @type {"kpps"} */ (body))));
  const steps = Object.keys(SIGNERS).filter((step) => Number.isInteger(twin.readiness?.[step]?.index));
  const indexes = steps.map((step) => twin.readiness[step].index);
  const pages = await Promise.all(indexes.map(async (index) => decodePublic(await evidence.file(`bukti/${index}/index.json`)).evidence));
  const known = await proved(evidence, [...twin.evidence, ...keys.flat()], [...pages.flat(), ...indexes]);
  const vote = known.register.elections.get(kit.election);
  const held = vote.contests.filter((/** @type {any} */ one) => `${region}.`.startsWith(`${one.region}.`));
  const all = [...known.register.keys.values()].flatMap((key) => {
    const office = { body: key.body, election: kit.election, region: key.body === "ppk" ? region.split(".").slice(0, 3).join(".") : region, ...(key.body === "kpps" ? { tps } : {}) };
    return Object.hasOwn(NAMES, key.body) && holds(office, key) ? [key] : [];
  });
  const said = steps.flatMap((step, at) => {
    const { statement } = effective(known, indexes[at]);
    const fields = statement?.fields;
    return fields?.kind === "readiness" && fields.election === kit.election && fields.region === region && fields.tps === tps && fields.step === step ? [[step, fields]] : [];
  });
  return {
    ...spot, said: Object.fromEntries(said), size: known.size, seen: now, ended: all.filter(({ revoked }) => revoked).map(({ keyid }) => keyid),
    keys: all.filter(({ revoked }) => !revoked).map(({ keyid, alg, key, person, position, body }) => ({ keyid, alg, key: base64(key), person, position: `${position} ${NAMES[/** @type {"kpps"} */ (body)]}` })),
    contests: held.map((/** @type {any} */ { id, office }) => ({ id, office })), date: held.map((/** @type {any} */ one) => one.date ?? vote.date).sort()[0] ?? vote.date,
  };
}
