// @ts-check
// What the log says of a region whose forms are made at a desk, and of what stands below it.

import { effective } from "../verify/evidence.js";
import { Unchecked } from "../verify/faults.js";
import { decodePublic } from "../verify/json.js";
import { addressOf, listed, twinOf } from "../bersama/kit.js";
import { grants, made, opened, proved, signersOf } from "../kit.js";
import { GRANTS, numberOf } from "./enrol.js";
import { DESKS, LEVEL_OF } from "./table.js";

/**
 * @typedef {import("../kit.js").Kit} Kit
 * @typedef {{region: string, name: string, address: string, form: string, column: string}} Sheet a D form that this desk makes
 * @typedef {Kit & {sheets: Sheet[], needs: Record<string, number>}} DeskKit `needs`: how many sign what is no form
 * @typedef {import("./enrol.js").Place} Place
 * @typedef {{code: string, name: string, address: string, id: string | null, revision: number, figures: Record<string, number> | null, contested: boolean, fault: string}} Column
 *   one place below; `id` and `figures` are of its form that counts, `fault` is why that form is not proved
 * @typedef {{id: string, revision: number, count: string, figures: Record<string, number>, children: string[], rows: Record<string, number[]>}} Own the form of the sheet that counts
 * @typedef {{columns: Column[], own: Own | null, size: number, seen: number}} Below
 */

/**
 * Read and verify the kit of a region for one of its members.
 * @param {string} base @param {import("../role.js").Me} me
 * @returns {Promise<DeskKit>}
 */
export async function fetchRegion(base, me) {
  const evidence = await opened(base);
  const twin = await twinOf(evidence, me.address);
  const forms = Object.entries(/** @type {Record<string, Record<string, string>>} */ (DESKS)[me.body]);
  const [own] = /** @type {[string, string]} */ (forms.at(-1)); // of its own region
  if (/** @type {Record<string, string>} */ (LEVEL_OF)[own] !== twin.region.level) throw new Unchecked("a region of another body", "region", me.address);
  const place = { election: String(twin.election.id), contest: String(twin.contest.id), region: String(twin.region.code), paper: own };
  const known = await proved(evidence, [...twin.evidence, ...(await grants(evidence, twin, me.body))]);
  const kit = { ...made(known.register, place, me, { address: me.address, size: known.size }), head: null };
  const children = listed(known.register, place.election, place.region);
  const sheets = forms.flatMap(([form, column]) => {
    if (form === own) return [{ region: place.region, name: kit.name, address: me.address, form, column }];
    return children.map(({ code, name }) => ({ region: code, name, address: addressOf(me.address, code), form, column }));
  });
  const vote = known.register.elections.get(place.election);
  return { ...kit, sheets, needs: Object.fromEntries(NEEDS.map((name) => [name, signersOf(vote, name)])) };
}

/**
 * Read and verify whose keys were granted at the places right below a desk, and at their TPS.
 * @param {string} base @param {DeskKit} kit @param {import("../role.js").Me} me @returns {Promise<Place[]>}
 */
export async function fetchPlaces(base, kit, me) {
  const bodies = GRANTS[me.body];
  const evidence = await opened(base);
  const own = await twinOf(evidence, kit.address);
  const twins = await Promise.all(own.children.map((/** @type {any} */ one) => twinOf(evidence, addressOf(kit.address, String(one.code)))));
  const offices = await Promise.all(twins.map(async (twin) => decodePublic(await evidence.file(`${twin.officials}index.json`))));
  const persons = offices.flatMap((one) => one.bodies).filter(({ body }) => bodies.includes(body)).flatMap(({ persons: all }) => all);
  const ends = persons.map(({ revoked }) => revoked).filter(Number.isInteger);
  const known = await proved(evidence, [...own.evidence, ...twins.flatMap((twin) => twin.evidence), ...(await grants(evidence, own, me.body))], [...offices.flatMap((one) => one.evidence), ...ends]);
  const keys = [...known.register.keys.values()].filter((/** @type {any} */ key) => key.election === kit.election && bodies.includes(key.body));
  const unproved = persons.filter(({ keyid }) => !keys.some((/** @type {any} */ key) => key.keyid === keyid)).length;
  return listed(known.register, kit.election, kit.region).flatMap(({ code: region, name }) => bodies.flatMap((body) => {
    const all = body === "kpps" ? listed(known.register, kit.election, region).map(({ code }) => ({ tps: code, name: `TPS ${code} ${name}` })) : [{ tps: "", name: body === "pps" ? `PPS ${name}` : name }];
    return all.map(({ tps, name: called }) => ({
      code: tps ? `${region}/${tps}` : region, region, tps, name: called, body, unproved,
      keys: keys.filter((/** @type {any} */ key) => key.body === body && key.region === region && (key.tps ?? "") === tps)
        .map(({ keyid, person, position, revoked }) => ({ keyid, person, position, number: numberOf(person), ended: Boolean(revoked) })),
    }));
  }));
}

const NEEDS = ["grant", "determination", "answer", "response", "c_hasil", ...Object.keys(LEVEL_OF)];

/**
 * Read and verify the forms below a sheet: every place of its roster, with the form of it that counts.
 * @param {string} base @param {Kit} kit @param {Sheet} sheet @param {number} now in seconds
 * @returns {Promise<Below>}
 */
export async function fetchBelow(base, kit, sheet, now) {
  const evidence = await opened(base);
  const twin = await twinOf(evidence, sheet.address);
  const shown = new Map(twin.children.map((/** @type {any} */ one) => [one.code, one]));
  const named = await Promise.all(twin.children.map((/** @type {any} */ one) => entriesOf(evidence, one)));
  const head = Number.isInteger(twin.certified?.index) ? [twin.certified.index] : [];
  const known = await proved(evidence, [...twin.evidence, ...head], named.flat());
  const columns = listed(known.register, kit.election, sheet.region).map(({ code, name }) => columnOf(known, kit, sheet, code, name, shown.get(code)));
  if (!columns.length) throw new Unchecked("a region that no roster divides", "roster", sheet.address);
  return { columns, own: head.length ? ownOf(known, kit, sheet, head[0]) : null, size: known.size, seen: now };
}

/** The entries that prove the form of a place below. @param {any} evidence @param {any} child @returns {Promise<number[]>} */
async function entriesOf(evidence, child) {
  if (!Number.isInteger(child.index)) return [];
  if (child.evidence?.length) return [child.index, ...child.evidence];
  const own = decodePublic(await evidence.file(`${child.address}index.json`));
  return [child.index, ...own.evidence];
}

/** @param {any} known @param {Kit} kit @param {Sheet} sheet @param {string} code @param {string} name @param {any} shown what the site says of it @returns {Column} */
function columnOf(known, kit, sheet, code, name, shown) {
  const column = { code, name, address: shown?.address ?? addressOf(sheet.address, code), id: null, revision: 0, figures: null, contested: Boolean(shown?.contested), fault: "" };
  if (!Number.isInteger(shown?.index)) return column;
  const { statement, fault } = effective(known, shown.index);
  if (!statement) return { ...column, fault: fault?.code ?? "form" };
  const place = code.length === 3 ? { region: sheet.region, tps: code } : { region: code, tps: undefined };
  const later = known.register.after(statement);
  if (!isForm(statement, kit, sheet.column, place) || later !== null) return { ...column, fault: "form" };
  return { ...column, id: statement.id, revision: statement.fields.revision, figures: statement.fields.figures };
}

/** @param {any} known @param {Kit} kit @param {Sheet} sheet @param {number} index @returns {Own} */
export function ownOf(known, kit, sheet, index) {
  const { statement } = effective(known, index);
  if (!statement || !isForm(statement, kit, sheet.form, { region: sheet.region, tps: undefined })) throw new Unchecked("a form that is not proved", "head", sheet.address);
  const { revision, count, figures, children = [], rows = {} } = statement.fields;
  return { id: statement.id, revision, count, figures, children, rows };
}

/** @param {any} statement @param {Kit} kit @param {string} form @param {{region: string, tps: string | undefined}} place */
function isForm({ fields }, { election, contest, log }, form, place) {
  return Object.entries({ kind: "form", election, contest, log, form, ...place }).every(([name, value]) => fields[name] === value);
}
