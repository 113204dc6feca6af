// Payloads of entries as the formats define them: every field of every kind, and no other. What a
// payload breaks of that makes its entry void, here as in the whole log.

import { base64, fromBase64 } from "./bytes.js";
import { Malformed } from "./faults.js";
import { decode } from "./json.js";
import { ED25519, WEBAUTHN } from "./keys.js";
import { parseVkey } from "./note.js";
import {
  ACTING, ADDRESSED, ORGANISERS, ADVISERS, ANSWERS, BASES, BECAUSE_MAX, BODIES, COPY_SOURCES, CORRECTIONS_MAX, CORRECTION_BASES, COUNTS, COURTS, DOCUMENTS, EVENTS, FOLLOWS, FORMS,
  GRANTS, GROUNDS, HOLDERS, ITEMS, ITEM_MAX, LACKS, LEVELS, MEETINGS, MODES, NOTES, OBJECTIONS, OFFICES, ORDERED_BODIES, ORDERS, OUTCOMES,
  PARTS, PICTURES_MAX, PICTURE_BYTES, PICTURE_SIDE, REASONS, RECOMMENDED, RECOMMENDERS, REFUSALS, RESERVED, RESERVED_CONTESTS, REVOKE_REASONS,
  RULING_STATES, SCAN_TYPES, STEPS, SUPERVISORS, TELLERS, THRESHOLDS, TIMEZONES, WINS, WITHHOLDINGS, WITHHOLD_REASONS, WITNESS_REASONS,
} from "./tables.js";

export const REGION = /^[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?$/;
export const TPS = /^(?!000)[0-9]{3}$/;
export const FIGURE =
  /^(?:(?:registered|voted_listed|voted_moved|voted_unlisted|voted|voted_disabled)(?:_[mf])?|ballots_(?:received|used|returned|unused)|pair_[1-9][0-9]?|valid|invalid|total)$/;
const [MAX, MAX_PAIRS, MAX_KEYS, MAX_COLUMNS] = [999999999, 99, 32, 300];
const ID = /^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/;
const EIGHT_DIGITS = /[0-9]{8}/;
const TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})\+0[789]:00$/;
const DATE = /^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const HOST = "[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?";
const ORIGIN = new RegExp(`^(?=.{1,200}$)${HOST}(?::[0-9]{1,5})?(?:/[a-z0-9._~-]+)*$`);
const RELYING = new RegExp(`^(?:(?=.*\\.)${HOST}|localhost)$`);
const UPLOADER = new RegExp(`^(?:https://${HOST}|http://localhost)(?::[0-9]{1,5})?$`);
const SIZES = { [ED25519]: 32, [WEBAUTHN]: 33 };
const FILE_NAME = /[^0-9]\.|\.[^0-9]/;

// ---- values

const text = (most = 200) => (value) => plain(most)(value) && !EIGHT_DIGITS.test(value);
const plain = (most) => (value) => typeof value === "string" && value.length > 0 && value.length <= most;
const spelled = (pattern) => (value) => typeof value === "string" && pattern.test(value);
const [id, region, tps, origin] = [ID, REGION, TPS, ORIGIN].map(spelled);
const digits = (length) => spelled(new RegExp(`^[0-9a-f]{${length}}$`));
const integer = (least, most = MAX) => (value) => Number.isInteger(value) && value >= least && value <= most;
const among = (values) => (value) => typeof value === "string" && values.includes(value);
const list = (each, most) => (value) => Array.isArray(value) && value.length > 0 && value.length <= most && value.every(each);
const boolean = (value) => typeof value === "boolean";
const yes = (value) => value === true;
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const closed = (needed, more = {}) => (value) =>
  isObject(value) &&
  Object.keys(needed).every((name) => Object.hasOwn(value, name)) &&
  Object.entries(value).every(([name, one]) => (Object.hasOwn(needed, name) ? needed[name](one) : Object.hasOwn(more, name) && more[name](one)));

const some = (shape) => (value) => shape(value) && Object.keys(value).length > 0;

function bytes(value) {
  try {
    const made = typeof value === "string" ? fromBase64(value) : null;
    return made && base64(made) === value ? made : null;
  } catch {
    return null;
  }
}

function isReal(day, clock = "00:00:00") {
  const date = new Date(`${day}T${clock}Z`);
  return DATE.test(day) && !Number.isNaN(date.getTime()) && date.toISOString() === `${day}T${clock}.000Z`;
}

function time(value) {
  const [, day, clock] = (typeof value === "string" && TIME.exec(value)) || [];
  return day !== undefined && isReal(day, clock);
}

const date = (value) => typeof value === "string" && isReal(value);
const when = (value) => time(value) || date(value);
const figures = (value) => isObject(value) && Object.keys(value).length > 0 && Object.entries(value).every(([name, one]) => FIGURE.test(name) && integer(0)(one));
const cells = (value) => Array.isArray(value) && value.every((one) => one === null || integer(0)(one));
const rows = (value) => isObject(value) && Object.entries(value).every(([name, one]) => FIGURE.test(name) && cells(one));
const key = { alg: among(Object.keys(SIZES)), key: (value) => bytes(value) !== null };
const keyset = { k: integer(1, MAX_KEYS), keys: list(closed(key), MAX_KEYS) };
const sourced = text();
const explanation = closed({ rule: among(Object.keys(PARTS)), text: text() }, { child: (value) => tps(value) || region(value), part: text(30) });
const because = closed({ basis: among(CORRECTION_BASES) }, { objection: digits(64), initials: isInitials });
const CORRECTION = [(value) => tps(value) || region(value), spelled(FIGURE), integer(0), integer(0), integer(0, BECAUSE_MAX - 1)];
const correction = (value) => Array.isArray(value) && value.length === CORRECTION.length && CORRECTION.every((fits, at) => fits(value[at]));
const slot = { election: id, contest: id, form: among(Object.keys(FORMS)), region };
const previous = digits(64);
// A region, or a kelurahan with one of its TPS.
const place = (value) => region(value) || (typeof value === "string" && value[13] === "/" && region(value.slice(0, 13)) && tps(value.slice(14)));
const places = list(place, 500);

const note = closed({ code: among(NOTES), date, source: sourced }, { who: integer(1, 2) });
const pair = closed({ number: integer(1, MAX_PAIRS) }, { names: list(text(100), 2), empty_column: yes, notes: list(note, 10) });
const contest = closed(
  { id, office: among(Object.keys(OFFICES)), region, win: among(WINS), pairs: list(pair, MAX_PAIRS) },
  {
    population: closed({ value: integer(1), source: sourced }),
    margin: closed({ per_mille: integer(0, 1000), source: sourced }),
    source_forms: list(among(Object.keys(FORMS)), Object.keys(FORMS).length), date,
    follows: closed({ contest: id, why: among(FOLLOWS) }, { election: id }),
  },
);
const personId = (value) => id(value) && !EIGHT_DIGITS.test(value);
const person = closed({ person: personId, position: among(Object.values(BODIES).flatMap(({ positions }) => positions)), ...key });
const scan = closed({ page: integer(1, 999), sha256: digits(64), bytes: integer(1), type: among(SCAN_TYPES) });
const witness = closed(
  { pair: integer(1, MAX_PAIRS), present: boolean, signed: boolean },
  { reason: among(WITNESS_REASONS) },
);

// ---- kinds: the fields that each needs, those that it may have, and what holds between them

const KINDS = {
  log: [
    { mode: among(MODES), log_key: plain(300), receipt_key: plain(300), operators: closed(keyset), rp_id: spelled(RELYING), policy: list(plain(200), 100) },
    { uploaders: list(spelled(UPLOADER), 20), predecessor: closed({ origin, size: integer(0), root: (value) => bytes(value)?.length === 32 }) },
    isLog,
  ],
  publication: [{ release: digits(64) }, { verifier: digits(64), fixed: yes }],
  app: [{ files: digits(64) }, {}],
  uploaders: [{ origins: list(spelled(UPLOADER), 20) }, {}, ({ origins }) => ascending(origins)],
  withhold: [
    { digest: digits(64), revision: integer(1), state: among(WITHHOLDINGS), basis: text() },
    { reason: among(WITHHOLD_REASONS), previous },
    (fields) => isRevision(fields) && stands(fields, "reason", fields.state !== "served"),
  ],
  clock: [{}, {}, ({ at }) => at.startsWith("2")],
  close: [{}],
  election: [
    {
      election: (value) => id(value) && !RESERVED.includes(value) && !FILE_NAME.test(value), name: closed({ id: text(100), en: text(100) }), date,
      timezone: among(TIMEZONES), contests: list(contest, 600), revision: integer(1),
      roots: closed({ kpu: closed(keyset) }, { bawaslu: closed(keyset), pairs: list(closed({ number: integer(1, MAX_PAIRS), ...keyset }), MAX_PAIRS) }),
    },
    { source: sourced, previous, holidays: list(date, 60), policy: (value) => isObject(value) && Object.keys(value).length > 0 && Object.entries(value).every(([name, one]) => Object.hasOwn(THRESHOLDS, name) && integer(1, 100)(one)) },
    isElection,
  ],
  roster: [
    { election: id, region: (value) => value === "id" || region(value), revision: integer(1) },
    { previous, children: list(closed({ code: region, name: text(100), level: among(LEVELS) }), 999), tps: list(closed({ number: tps }, { registered: integer(0) }), 999) },
    isRoster,
  ],
  grant: [{ election: id, body: among(Object.keys(BODIES)), region, persons: list(person, 200) }, { tps, pair: integer(1, MAX_PAIRS), organisation: personId, acting: among(ACTING) }, isGrant],
  revoke: [{ election: id, keyid: digits(32), reason: among(REVOKE_REASONS) }, { suspect_from: integer(0) }],
  form: [
    { ...slot, revision: integer(1), figures },
    {
      tps, previous, rows, attended: some(closed({}, { listed: integer(0), moved: integer(0), unlisted: integer(0) })), reason: closed({ code: among(REASONS) }, { text: text() }),
      count: among(COUNTS), explanations: list(explanation, 1000), scans: list(scan, 999),
      witnesses: list(witness, MAX_PAIRS), children: list((value) => tps(value) || region(value), MAX_COLUMNS), sheets: list(digits(64), MAX_COLUMNS),
      because: list(because, BECAUSE_MAX), corrections: list(correction, CORRECTIONS_MAX),
      stations_in: integer(0), stations_expected: integer(0), as_of_text: text(),
    },
    isForm,
  ],
  determination: [
    { election: id, contest: id, region, revision: integer(1), number: text(100), basis: among(BASES), announced_at: when },
    { previous, certificate: digits(64), decided_at: when },
    isDetermination,
  ],
  elected: [
    { election: id, contest: id, region, revision: integer(1), number: text(100), announced_at: when },
    { previous, pair: integer(1, MAX_PAIRS), none: yes },
    (fields) => isRevision(fields) && stands(fields, "pair", fields.none === undefined),
  ],
  ruling: [
    {
      election: id, contest: id, region, revision: integer(1), court: among(COURTS), number: text(100),
      state: among(RULING_STATES), date,
    },
    {
      previous, against: text(100), digest: digits(64), annuls: list(closed({ decision: text(100) }, { places }), 20),
      orders: list(closed({ what: among(ORDERS), by: among(ORDERED_BODIES) }, { places, except: places, days: integer(1, 365) }), 10),
    },
    isRuling,
  ],
  objection: [
    { ...slot, body: among(Object.keys(BODIES).filter((body) => BODIES[body].observes)), number: integer(1, 999), code: among(OBJECTIONS) },
    { tps, pair: integer(1, MAX_PAIRS), organisation: personId, claims: figures, text: digits(64) },
    isObjection,
  ],
  event: [{ ...slot, body: among(TELLERS), number: integer(1, 999), code: among([...EVENTS, ...MEETINGS]) }, { tps, time: when, text: digits(64) }, isEvent],
  recommendation: [
    {
      election: id, contest: id, body: among(SUPERVISORS), region, number: text(40), to: closed({ body: among(ADDRESSED), region }, { tps }), type: among(RECOMMENDED), ground: among(GROUNDS),
      places: list(closed({ region }, { tps }), 300), revision: integer(1),
    },
    { tps, previous, due: date },
    isRecommendation,
  ],
  response: [
    { election: id, contest: id, body: among(ADDRESSED), region, to: digits(64), outcome: among(OUTCOMES), revision: integer(1) },
    { tps, previous, date, reason: among(REFUSALS), paper: digits(64) },
    isResponse,
  ],
  copy: [
    { election: id, contest: id, region, tps, body: among(HOLDERS), count: among(COUNTS), figures },
    { pair: integer(1, MAX_PAIRS), organisation: personId, source: among(COPY_SOURCES) },
    isCopy,
  ],
  readiness: [
    { election: id, region, tps, step: among(STEPS) },
    {
      ballots: list(closed({ contest: id, sheets: integer(0, ITEM_MAX) }), 20), items: list(closed({ item: among(ITEMS), number: integer(0, ITEM_MAX) }), 20),
      lacks: list(closed({ item: among(["ballots", ...ITEMS]), lack: among(LACKS) }, { contest: id, number: integer(1, ITEM_MAX) }), 20),
      boxes: integer(1, 20), seals_whole: integer(0, ITEM_MAX), seals_broken: integer(0, ITEM_MAX),
    },
    isReadiness,
  ],
  pictures: [
    { ...slot, pages: list(closed({ document: among(DOCUMENTS), page: integer(1, 99), sha256: digits(64), bytes: integer(1, PICTURE_BYTES), width: integer(1, PICTURE_SIDE), height: integer(1, PICTURE_SIDE) }), PICTURES_MAX) },
    { tps },
    (fields) => isSlot(fields) && FORMS[fields.form].signed > 0 && unique(fields.pages.map((one) => one.sha256)) && ascending(fields.pages.map((one) => one.document + String.fromCharCode(one.page))),
  ],
  answer: [slot, { tps, explains: list(explanation, 1000), accept: digits(64), to: list(digits(64), 50), outcome: among(ANSWERS) }, isAnswer],
};

export function depth(code) {
  return code === "id" ? 0 : code.split(".").length;
}

function parent(code) {
  return code.includes(".") ? code.slice(0, code.lastIndexOf(".")) : "id";
}

const ascending = (values) => values.every((one, at) => !at || values[at - 1] < one);
const unique = (values) => new Set(values).size === values.length;
const stands = (fields, name, wanted) => Object.hasOwn(fields, name) === wanted;
const areExplained = (explanations) =>
  explanations.every(({ rule, part }) => part === undefined || PARTS[rule].includes(part)) &&
  unique(explanations.map(({ rule, child, part }) => JSON.stringify([rule, child, part])));

// Nothing is announced before it is decided: by their days if one of them is a date.
function isDetermination(fields) {
  const { decided_at: decided, announced_at: announced } = fields;
  if (!isRevision(fields) || decided === undefined) return isRevision(fields);
  if (Math.min(decided.length, announced.length) === 10) return decided.slice(0, 10) <= announced.slice(0, 10);
  return Date.parse(decided) <= Date.parse(announced);
}

// Only what is granted annuls and orders, for places below the region; a revision takes back a mistake.
function isRuling(fields) {
  const { region: top, revision, state, annuls = [], orders = [] } = fields;
  const isBelow = (one) => one.startsWith(`${top}.`) || one.startsWith(`${top}/`);
  const said = [...annuls, ...orders];
  const placed = said.every(({ places: only = [], except = [] }) => !(only.length && except.length) && [only, except].every((all) => ascending(all) && all.every(isBelow)));
  return isRevision(fields) && placed && (GRANTS.includes(state) || !said.length) && (state !== "mistaken" || revision > 1);
}

function isRevision(fields) {
  return stands(fields, "previous", fields.revision > 1);
}

function isRecommendation(fields) {
  const { body, to, type, places } = fields;
  const spelled = places.map(({ region: at, tps: number = "" }) => `${at} ${number}`);
  const inside = (place, of) => (of.tps === undefined ? `${place.region}.`.startsWith(`${of.region}.`) : place.region === of.region && place.tps === of.tps);
  return (
    isRevision(fields) && isSeat(fields) && isSeat(to) && (type === "advice" ? ADVISERS : RECOMMENDERS).includes(body) && ascending(spelled) &&
    places.every((place) => (place.tps === undefined || depth(place.region) === 4) && inside(place, fields) && inside(place, to))
  );
}

// The region has the level of the body, and a body of one TPS names it.
function isSeat(fields) {
  const { level, station } = BODIES[fields.body];
  return depth(fields.region) === level && stands(fields, "tps", station);
}

function isResponse(fields) {
  const { outcome } = fields;
  return (
    isRevision(fields) && isSeat(fields) && stands(fields, "reason", outcome === "not-done") && stands(fields, "date", outcome === "scheduled") &&
    (outcome === "done" || !Object.hasOwn(fields, "paper"))
  );
}

// Of a TPS; a saksi has a pair, a pemantau an organisation and what it read.
function isCopy(fields) {
  const { body, region: code } = fields;
  const observer = body === "pemantau";
  return depth(code) === 4 && stands(fields, "pair", body === "saksi") && ["organisation", "source"].every((name) => stands(fields, name, observer));
}

// What arrived has ballots, what was returned boxes and seals; a lack of ballots is one of a contest that is told.
function isReadiness(fields) {
  const { region: code, step, ballots = [], items = [], lacks = [] } = fields;
  const arrives = step === "arrived";
  const told = ballots.map((one) => one.contest);
  return (
    depth(code) === 4 && stands(fields, "ballots", arrives) && ["boxes", "seals_whole", "seals_broken"].every((name) => stands(fields, name, !arrives)) &&
    (arrives || (!items.length && !lacks.length)) && ascending(told) && ascending(items.map((one) => one.item)) &&
    ascending(lacks.map((one) => [one.item, one.lack, one.contest ?? ""].join(" "))) &&
    lacks.every((one) => (one.item === "ballots" ? told.includes(one.contest) : one.contest === undefined))
  );
}

function isSlot(fields) {
  return stands(fields, "tps", fields.form === "c_hasil") && [null, depth(fields.region)].includes(FORMS[fields.form].level);
}

function areKeys(keys) {
  const fits = ({ alg, key: one }) => {
    const made = bytes(one);
    return made.length === SIZES[alg] && (made.length !== 33 || [2, 3].includes(made[0]));
  };
  return keys.every(fits) && unique(keys.map((one) => one.key));
}

const isKeyset = ({ k, keys }) => areKeys(keys) && k <= keys.length;

function isVkey(given, name) {
  try {
    const { key: one } = parseVkey(given);
    return given.startsWith(`${name}+`) && one.length === 32 && bytes(given.slice(name.length + 10))?.[0] === 1 && given[name.length + 9] === "+";
  } catch {
    return false;
  }
}

// Browsers let a passkey of a relying party sign on pages of that host and of hosts below it.
export function maySignAt(uploader, party) {
  const host = uploader.split("://")[1].split(":")[0];
  return host === party || host.endsWith(`.${party}`);
}

function isLog({ log, mode, log_key: logKey, receipt_key: receiptKey, operators, rp_id: party, uploaders = [] }) {
  const path = log.includes("/") ? log.slice(log.indexOf("/") + 1) : "";
  return path === (mode === "live" ? "log" : `${mode}/log`) && isVkey(logKey, log) && isVkey(receiptKey, `${log}/receipt`) && isKeyset(operators) && uploaders.every((one) => maySignAt(one, party));
}

function isElection(fields) {
  const { contests, roots } = fields;
  const { kpu, bawaslu = null, pairs = [] } = roots;
  const keysets = [kpu, ...(bawaslu ? [bawaslu] : []), ...pairs];
  const most = Math.max(...contests.map((one) => one.pairs.length));
  return (
    isRevision(fields) && ascending(fields.holidays ?? []) && keysets.every(isKeyset) && unique(keysets.flatMap(({ keys }) => keys.map((one) => one.key))) && unique(contests.map((one) => one.id)) &&
    contests.every(isContest) && contests.every(follows) && ascending(pairs.map((one) => one.number)) && pairs.every((one) => one.number <= most)
  );
}

// The contest of the same election that one follows.
export const followsHere = ({ follows: after }) => (after?.election === undefined ? after?.contest : undefined);

// Whether a contest follows the one that `after` names.
const followsToo = (after) => ({ follows: one }) => one?.contest === after.contest && one.election === after.election;

// A contest follows one before it, of its office and region, that no other follows; it has a day of its own.
function follows({ office, region: code, date: day, follows: after }, at, all) {
  if (!after) return true;
  const elsewhere = after.election !== undefined;
  const before = all.slice(0, at);
  if (elsewhere === (after.why === FOLLOWS[0]) || before.some(followsToo(after))) return false;
  return elsewhere || (day !== undefined && before.some((one) => one.id === after.contest && one.office === office && one.region === code));
}

function isContest({ id: name, office, region: code, source_forms: forms = [], pairs }) {
  const order = Object.keys(FORMS);
  const isPair = (one, at) =>
    one.number === at + 1 && (one.empty_column ? !one.names && !one.notes : one.names && !one.notes?.some(({ who }) => who > one.names.length));
  return (
    !RESERVED_CONTESTS.includes(name) && !FILE_NAME.test(name) && depth(code) === OFFICES[office] && ascending(forms.map((form) => order.indexOf(form))) &&
    pairs.every(isPair) && pairs.filter((one) => one.empty_column).length < 2
  );
}

function isRoster(fields) {
  const { region: above, children = [], tps: stations = [] } = fields;
  const low = depth(above) === 4;
  const codes = children.map(({ code }) => code);
  const below = ({ code, level }) =>
    (parent(code) === above || (above === "id" && depth(code) === 2 && !codes.includes(parent(code)))) && level === LEVELS[depth(code) - 1];
  return isRevision(fields) && stands(fields, "tps", low) && stands(fields, "children", !low) && ascending(codes) && children.every(below) && ascending(stations.map(({ number }) => number));
}

function isGrant(fields) {
  const { body, region: code, persons } = fields;
  const { level: own, positions, station } = BODIES[body];
  const anywhere = own === null;
  const level = anywhere && fields.tps !== undefined ? 4 : own;
  return (
    stands(fields, "pair", body === "saksi") && stands(fields, "organisation", body === "pemantau") && (fields.acting === undefined || (ORGANISERS.includes(body) && ACTING.indexOf(fields.acting) <= ORGANISERS.indexOf(body))) && (anywhere || stands(fields, "tps", station)) && (level === null || level === depth(code)) &&
    areKeys(persons) && unique(persons.map((one) => one.person)) && persons.every((one) => positions.includes(one.position))
  );
}

function isForm(fields) {
  const { form, revision, explanations = [], witnesses = [], scans = [], sheets = [] } = fields;
  const summary = form === "summary";
  const allowed = (name, may) => may || !Object.hasOwn(fields, name);
  const sheet = FORMS[form].column !== null;
  const seen = ({ present, signed, reason }) => present || (!signed && reason === undefined);
  return (
    isSlot(fields) && isRevision(fields) && stands(fields, "reason", revision > 1) && stands(fields, "count", !summary) &&
    ["stations_in", "stations_expected", "as_of_text"].every((name) => stands(fields, name, summary)) &&
    allowed("attended", form === "c_hasil") && allowed("scans", !summary) && allowed("witnesses", !summary) && allowed("children", sheet) && allowed("rows", sheet) && allowed("sheets", form === "d_hasil_kecamatan") &&
    areColumns(fields) && areCorrected(fields) && areExplained(explanations) && ascending(witnesses.map((one) => one.pair)) &&
    witnesses.every((one) => seen(one) && (one.reason === undefined || !one.signed)) && ascending(scans.map(({ page }) => page)) && unique(sheets)
  );
}

function areColumns({ form, region: above, children, rows: columns, figures: totals }) {
  if (children === undefined && columns === undefined) return true;
  if (children === undefined || columns === undefined) return false;
  const below = (code) => (FORMS[form].column === "c_hasil" ? tps(code) : region(code) && parent(code) === above);
  const names = Object.keys(columns);
  return (
    ascending(children) && children.every(below) && names.length === Object.keys(totals).length &&
    names.every((name) => Object.hasOwn(totals, name) && columns[name].length === children.length)
  );
}

function isInitials(value) {
  return some(closed({}, { ketua: yes, supervisor: yes, pairs: (all) => list(integer(1, MAX_PAIRS), MAX_PAIRS)(all) && ascending(all) }))(value);
}

// Each correction is of a cell of the form, once, and says what stands there; each reason is that of one.
function areCorrected({ because: reasons, corrections, children, rows: columns }) {
  if (reasons === undefined && corrections === undefined) return true;
  if (reasons === undefined || corrections === undefined || columns === undefined) return false;
  const fits = ([child, field, before, after]) => before !== after && Object.hasOwn(columns, field) && children.includes(child) && columns[field][children.indexOf(child)] === after;
  const used = new Set(corrections.map((one) => one[4]));
  return (
    corrections.every(fits) && unique(corrections.map(([child, field]) => `${child} ${field}`)) &&
    used.size === reasons.length && [...used].every((at) => at < reasons.length)
  );
}

function isAnswer(fields) {
  const { explains, accept, to, outcome } = fields;
  const says = explains ? areExplained(explains) : accept !== undefined || to !== undefined;
  const answers = stands(fields, "outcome", to !== undefined) && ascending(to ?? []);
  return isSlot(fields) && says && answers && (outcome !== "withdrawn" || (explains === undefined && accept === undefined));
}

function isObjection(fields) {
  const { body, code, claims } = fields;
  return isSlot(fields) && stands(fields, "pair", body === "saksi") && stands(fields, "organisation", body === "pemantau") && (code === "figures" || claims === undefined);
}

// A meeting is told by its own body alone, with its time.
function isEvent(fields) {
  const { form, body, code, time: at } = fields;
  const own = BODIES[body].level === FORMS[form].signed && !BODIES[body].observes;
  const meets = MEETINGS.includes(code);
  return isSlot(fields) && (own || (!meets && SUPERVISORS.includes(body))) && (!meets || at !== undefined);
}

// The fields of a statement; throws Malformed for what is none, or of a kind not known here.
export function parseStatement(payload) {
  const fields = decode(payload, { nulls: true });
  const kind = isObject(fields) && typeof fields.kind === "string" && Object.hasOwn(KINDS, fields.kind) ? KINDS[fields.kind] : null;
  const [needed, more, across] = kind ?? [];
  const sound = kind && closed({ kind: plain(20), log: origin, at: time, ...needed }, more)(fields) && (!across || across(fields));
  if (!sound) throw new Malformed("not a statement that is known here", "unknown");
  return fields;
}

// Whether a sound statement holds only in a replay.
export function isOfReplay(fields) {
  const { kind, form } = fields;
  if (kind === "election") return fields.source !== undefined || fields.contests.some((one) => one.source_forms !== undefined);
  if (kind === "publication") return fields.fixed !== undefined;
  if (["determination", "elected"].includes(kind)) return [fields.decided_at, fields.announced_at].some((one) => one?.length === 10);
  if (kind === "event") return fields.time?.length === 10;
  if (kind !== "form") return false;
  const sheet = FORMS[form].column !== null;
  const lacks = sheet && (fields.rows === undefined || (form === "d_hasil_kecamatan" && fields.sheets === undefined));
  return form === "summary" || fields.reason?.code === "source" || lacks || Object.values(fields.rows ?? {}).some((one) => one.includes(null));
}

// [{alg, key}] with the bytes of the keys.
export function publicKeys(keys) {
  return keys.map((one) => ({ ...one, key: fromBase64(one.key) }));
}
