// A twin held against the entries that it names: everything that it says of a form or a statement, by
// value. What is not held here is shown nowhere.

import { Malformed, Unchecked } from "./faults.js";
import { FIGURE, REGION, TPS } from "./statement.js";
import { TEXTS } from "./texts.js";

const FORM = [
  "form", "region", "tps", "revision", "count", "attended", "previous", "reason", "explanations", "because", "corrections", "scans", "witnesses",
  "stations_in", "stations_expected", "as_of_text",
];
const MAX_INDEX = 999999999;
const KELURAHAN = 13; // characters of its code
const HASH = /^[A-Za-z0-9+/]{43}=$/;
export const ENTRY = /^bukti\/(0|[1-9][0-9]{0,8})\/$/;

// What a twin says otherwise than what was signed.
export class Differences {
  constructor() {
    this.figures = new Map(); // field → what the twin shows, undefined where it has none
    this.sums = new Map(); // the same of the figures of a kelurahan's TPS added up
    this.places = new Set(); // what else differs, by name
    this.children = new Set(); // TPS whose figures in the table are not those of their forms
  }

  get count() {
    return this.figures.size + this.sums.size + this.places.size + this.children.size;
  }

  get some() {
    return this.count > 0;
  }

  hold(place, shown, signed) {
    if (!same(shown, signed)) this.places.add(place);
  }

  holdFigures(shown, signed) {
    for (const field of fieldsOf(shown, signed)) {
      if (shown?.[field] !== signed?.[field]) this.figures.set(field, shown?.[field]);
    }
  }
}

function fieldsOf(...figures) {
  return new Set(figures.flatMap((one) => Object.keys(one ?? {})));
}

export function agree(shown, signed) {
  return [...fieldsOf(shown, signed)].every((field) => shown?.[field] === signed?.[field]);
}

// A twin writes null, false or an empty list for what a statement lacks.
export function same(shown, signed) {
  if (isNothing(shown)) return isNothing(signed);
  if (typeof shown !== "object") return shown === signed;
  if (typeof signed !== "object" || signed === null || Array.isArray(shown) !== Array.isArray(signed)) return false;
  if (shown.length !== signed.length && Array.isArray(shown)) return false;
  const names = new Set([...Object.keys(shown), ...Object.keys(signed)]);
  return [...names].every((name) => same(shown[name], signed[name]));
}

function isNothing(value) {
  return value === null || value === undefined || value === false || (Array.isArray(value) && !value.length);
}

// The form that a page of a TPS or a region shows as its own.
export function viewOf({ page, head, certified, summary }) {
  return (page === "tps" ? head : (certified ?? summary)) ?? null;
}

export const isKelurahan = ({ region }) => region.code.length === KELURAHAN;

// The entry that a page shows: its own, or that of its form; null where it shows none.
export function indexOf(twin) {
  return twin.page === "statement" ? twin.index : (viewOf(twin)?.index ?? null);
}

export function compareForm(twin, view, { fields, signers, counted }, election, differences) {
  for (const name of FORM) differences.hold(name, view[name], name === "reason" ? reasonOf(fields) : fields[name]);
  differences.holdFigures(view.figures, fields.figures);
  if (view === twin.certified) for (const [field, value] of besides(twin, fields.figures ?? {})) differences.figures.set(field, value);
  compareSigners(view.signers, signers, counted, differences);
  for (const { index, at, revision } of twin.history ?? []) {
    if (index === view.index && (revision !== fields.revision || (at !== null && at !== fields.at))) {
      differences.places.add("at");
    }
  }
  const contest = election?.contests.find(({ id }) => id === fields.contest);
  if (contest) compareContest(twin, election, contest, differences);
}

// [[field, what it shows]] of the result that leads a page where it is not these figures.
export function besides({ result }, figures) {
  if (!result) return [];
  const told = [...fieldsOf(result.figures, figures)].map((field) => [field, result.figures[field]]);
  const pairs = (result.pairs ?? []).map(({ number, votes }) => [`pair_${number}`, votes ?? undefined]);
  return [...told, ...pairs].filter(([field, value]) => value !== figures[field]);
}

function reasonOf({ reason }) {
  return typeof reason === "string" ? { code: reason } : reason;
}

export function compareContest(twin, election, contest, differences) {
  differences.hold("names", twin.contest?.pairs, contest.pairs);
  for (const name of ["office", "region", "win"]) differences.hold("election", twin.contest?.[name], contest[name]);
  for (const name of ["date", "name"]) differences.hold("election", twin.election?.[name], election[name]);
}

// Who signed, as the entries that were read say it: each key, its office, the entry that granted it.
function compareSigners(shown, signers, counted, differences) {
  const told = (shown ?? []).map((one) => [one.keyid, one.body, one.counted, one.grant ?? null, one.position]);
  const known = [...signers.values()].map((key) => [
    key.keyid, key.body, counted.has(key.keyid), key.index ?? null, key.position ?? told.find(([id]) => id === key.keyid)?.[4],
  ]);
  if (JSON.stringify(known.sort()) !== JSON.stringify(told.sort())) differences.places.add("signers");
}

// A statement's page; keys of officers are shown without their persons.
export function compareStatement(twin, { fields, signers, counted }, differences) {
  if (fields.kind === "form") differences.holdFigures(twin.payload?.figures, fields.figures);
  const { figures, persons, ...rest } = fields;
  const { figures: also, persons: told, ...shown } = twin.payload ?? {};
  if (JSON.stringify(sorted(shown)) !== JSON.stringify(sorted(rest))) differences.places.add("payload");
  differences.hold("payload", withoutPersons(told), withoutPersons(persons));
  differences.hold("at", twin.at, fields.at);
  differences.hold("kind", twin.kind, fields.kind);
  compareSigners(twin.signers, signers, counted, differences);
}

function sorted(value) {
  return Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
}

function withoutPersons(persons) {
  return Array.isArray(persons) ? persons.map(({ person, keyid, ...one }) => one) : persons;
}

// Whether a twin has the shape that a sheet can read: what it names is counted, compared or drawn, so
// nothing else is read than places, whole numbers and words of lists. Throws Unchecked for any other.
export function requireTwin(twin, address) {
  const path = `${address}index.json`;
  const statement = ENTRY.exec(address);
  const sound =
    isOpen(twin, {
      as_of: isIndex, root: isHash, none: (value) => value === undefined, evidence: isList, contested: maybe(isBoolean), doubts: maybe(Array.isArray), history: maybe(many(isOpenObject)),
      result: maybe(object({ figures: maybe(isFigures), pairs: maybe(many(object({ number: isIndex, votes: maybe(isIndex) }))) })),
    }) &&
    [twin.head, twin.certified, twin.summary].every(maybe(object({ index: isIndex, figures: isFigures, signers: maybe(many(isOpenObject)) }))) &&
    (statement ? twin.page === "statement" && isStatement(twin) : isPlace(twin));
  if (!sound) throw new Unchecked("not the twin of such a page", "twin", path);
  if (latest(twin) >= twin.as_of) throw new Malformed("a page that names entries above its as_of", "as-of", path);
  if (twin.address !== address || (statement && Number(statement[1]) !== twin.index)) {
    throw new Malformed("a page of another address", "address", path);
  }
}

// The last entry that a twin names as its own, or as evidence: all lie below its as_of.
function latest(twin) {
  const below = (twin.children ?? []).flatMap((one) => [one.index ?? -1, ...(one.evidence ?? [])]);
  return [indexOf(twin) ?? -1, ...twin.evidence, ...below].reduce((most, one) => Math.max(most, one), -1);
}

function isStatement(twin) {
  const status = (value) => Object.hasOwn(TEXTS.id.page.status, value);
  return isOpen(twin, { index: isIndex, status: maybe(status), signers: maybe(many(isOpenObject)), payload: maybe(object({ figures: maybe(isFigures) })) });
}

function isPlace(twin) {
  const text = (value) => typeof value === "string";
  const { region, tps, page } = twin;
  const where = { election: object({ id: text }), contest: object({ id: text, region: (code) => REGION.test(code) }), region: object({ code: (code) => REGION.test(code) }) };
  if (!isOpen(twin, where)) return false;
  if (page === "tps") return TPS.test(tps);
  return page === "region" && maybe(() => false)(tps) && areChildren(twin.children, region.code) && maybe(isSum)(twin.sum);
}

// Each place below once, in the order of the codes, TPS that the roster left out last: what is named
// twice would be added twice.
function areChildren(children, above) {
  const stations = above.length === KELURAHAN;
  const code = (value) => (stations ? TPS : REGION).test(value);
  const level = (value) => (value === "tps") === stations;
  const child = object({ code, level, listed: isBoolean, index: maybe(isIndex), figures: maybe(isFigures), evidence: maybe(isList) });
  const before = (left, right) => (stations && left.listed !== right.listed ? left.listed : left.code < right.code);
  const once = new Set(children?.map?.((one) => one?.code));
  return many(child)(children) && once.size === children.length && children.every((one, at) => !at || before(children[at - 1], one));
}

function isSum({ fields }) {
  return isOpenObject(fields) && Object.entries(fields).every(([name, pair]) => FIGURE.test(name) && isList(pair) && pair.length === 2);
}

function isFigures(value) {
  return isOpenObject(value) && Object.entries(value).every(([name, figure]) => FIGURE.test(name) && maybe(isIndex)(figure));
}

function isIndex(value) {
  return Number.isInteger(value) && value >= 0 && value <= MAX_INDEX;
}

function isBoolean(value) {
  return typeof value === "boolean";
}

function isHash(value) {
  return typeof value === "string" && HASH.test(value);
}

function isList(value) {
  return Array.isArray(value) && value.every(isIndex);
}

function isOpenObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isOpen(value, shape) {
  return isOpenObject(value) && Object.entries(shape).every(([name, check]) => check(value[name]));
}

function object(shape) {
  return (value) => isOpen(value, shape);
}

function many(each) {
  return (value) => Array.isArray(value) && value.every(each);
}

function maybe(check) {
  return (value) => value === undefined || value === null || check(value);
}
