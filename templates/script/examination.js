// What an address of the site shows, as this device proves it: the facts of a sheet, drawn by sheet.js.
// The page itself is not read. Its twin says which entries to read, and is held against them.

import { fromBase64 } from "./bytes.js";
import { holdDecisions } from "./court.js";
import { effective, Evidence, faultOf, grown } from "./evidence.js";
import { Unchecked } from "./faults.js";
import { decodePublic } from "./json.js";
import { REGION } from "./statement.js";
import { agree, besides, compareContest, compareForm, compareStatement, Differences, ENTRY, indexOf, isKelurahan, requireTwin, viewOf } from "./twin.js";

export const [PROVED, DIFFERS, UNCHECKED] = ["proved", "differs", "unchecked"];
const MANY = 110; // TPS of a kelurahan that are added up without a second tap
const OPEN = 8; // TPS of which entries do not say whether they are in a sum: both are tried
const ADDRESS = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/){2,8}$/;
const [COUNTRY, STATION, SUMMARY] = ["id", "c_hasil", "summary"];

export function isAddress(address) {
  return ADDRESS.test(address) && !/^(?:aset|cari|en|log|periksa)\//.test(address);
}

// The sheet of an address: {head, address, page, twin, place, main, fault, differences, below, above,
// decisions, notes, faults, log, memory}. `read` reads files; `memory` is null where no site stands behind them;
// `chain` names entries for one that no twin proves; `whole`: add up however many TPS there are;
// `told(done, total)` hears of progress.
export async function examine({ address, read, memory = null, chain = () => [], whole = false, told }) {
  const evidence = new Evidence(read, told, memory !== null);
  const sheet = blank(address);
  evidence.expect(`${address}index.json`, "bukti/0.json", ...(memory ? ["log/checkpoint"] : []));
  try {
    await evidence.open();
  } catch (error) {
    sheet.fault = faultOf(error, "policy.txt");
    return { ...sheet, head: sheet.fault.refutes ? DIFFERS : UNCHECKED };
  }
  sheet.log = { id: evidence.anchors.logId, mode: evidence.log.mode, origin: evidence.log.log, policy: evidence.policy };
  await fill(sheet, evidence, { chain, whole });
  if (sheet.main === null && sheet.page !== "statement") sheet.above = await (sheet.rising ?? nearest(address, evidence));
  if (memory) sheet.memory = await remembered(sheet.twin, evidence, memory);
  if (sheet.memory?.faults.length) withdraw(sheet);
  sheet.head = headOf(sheet);
  return sheet;
}

function blank(address) {
  return {
    address, page: null, twin: null, place: null, main: null, fault: null, differences: new Differences(),
    below: null, above: null, decisions: [], notes: [], faults: [], log: null, memory: null, head: UNCHECKED,
  };
}

// No twin, however it is made, ends the check: what nobody foresaw leaves the sheet open.
async function fill(sheet, evidence, how) {
  try {
    await gather(sheet, evidence, how);
  } catch (error) {
    Object.assign(sheet, { main: null, below: null, fault: faultOf(error, sheet.address) });
  }
}

async function gather(sheet, evidence, { chain, whole, alone = false }) {
  const { address } = sheet;
  const twin = await twinOf(address, evidence, chain);
  Object.assign(sheet, { twin, page: twin.page });
  const index = indexOf(twin);
  if (index === null && alone) return; // nothing to prove here: the next above is asked at once
  if (index === null) sheet.rising = nearest(address, evidence); // its files come with the others
  const stations = twin.page === "region" && !alone ? twin.children.filter((one) => one.level === "tps" && one.index !== null) : [];
  const added = whole || stations.length <= MANY ? stations : [];
  const named = [...twin.evidence, ...added.flatMap((one) => [one.index, ...(one.evidence ?? [])])];
  if (index !== null && twin.page !== "statement") evidence.expect(`bukti/${index}/index.json`);
  const known = await evidence.readAll(index === null ? named : [...named, index], twin.page !== "statement");
  sheet.place = placeOf(sheet, known, index);
  const told = new Set([index, ...added.map((one) => one.index)]);
  sheet.faults = [...known.faults].filter(([at]) => !told.has(at)).map(([, fault]) => fault);
  if (index !== null) await showMain(sheet, known, index, evidence);
  if (!alone && twin.page !== "statement") holdDecisions(sheet, known);
  if (!alone && twin.page === "region" && isKelurahan(twin)) sheet.below = belowOf(sheet, known, stations, added);
}

// The twin of an address; where there is none, an entry that was given by itself stands for its page.
async function twinOf(address, { read }, chain) {
  const [, digits] = ENTRY.exec(address) ?? [];
  const bytes = await read(`${address}index.json`);
  if (!bytes && digits !== undefined && chain(Number(digits)).length) {
    return { page: "statement", address, index: Number(digits), evidence: chain(Number(digits)), none: true };
  }
  if (!bytes) throw new Unchecked("there is no such file", "missing", `${address}index.json`);
  const twin = decodePublic(bytes);
  requireTwin(twin, address);
  return twin;
}

async function showMain(sheet, known, index, evidence) {
  const { twin, differences } = sheet;
  const view = viewOf(twin);
  const checkpoint = known.recorded.get(index) ?? null;
  if (twin.page === "statement" && (twin.status === "void" || twin.kind === null)) {
    // By which rule an entry is void shows in the whole log alone.
    sheet.fault = { code: "void", place: `bukti/${index}.json`, message: "", refutes: false };
    sheet.recorded = { index, checkpoint };
    return;
  }
  const { statement, fault } = decided(twin, index, effective(known, index));
  sheet.fault = fault;
  if (!statement) {
    sheet.recorded = { index, checkpoint };
    return;
  }
  const { fields } = statement;
  const election = known.register.elections.get(fields.election) ?? null;
  const contest = election?.contests.find(({ id }) => id === fields.contest) ?? null;
  if (twin.page !== "statement" && !(fields.kind === "form" && contest && addressOf(fields, contest) === sheet.address)) {
    differences.places.add("slot"); // what was signed for another place is not drawn below the name of this one
    return;
  }
  const key = fields.kind === "revoke" ? (known.register.keys.get(fields.keyid) ?? null) : null;
  sheet.recorded = { index, checkpoint };
  sheet.main = { index, statement, checkpoint, election, contest, key };
  if (twin.page !== "statement") compareForm(twin, view, statement, election, differences);
  else if (!twin.none) compareStatement(twin, statement, differences);
  sheet.notes = await notesOf(sheet, index, evidence);
  holdInForce(sheet, known.register.after(statement));
}

// What these entries hold after a statement that the site calls the one in force. Of a form others may
// decide; a statement that a revision replaced is in force no more.
function holdInForce({ twin, notes, differences }, later) {
  if (later === null) return;
  if (later.fields.kind !== "form" && twin.status === "effective") differences.places.add("status");
  if (!notes.some(({ code, index }) => code === "later" && index === later.effect)) notes.push({ code: "later_shown", index: later.effect });
}

// Where the site says otherwise than the entries whether a statement waits, others may decide.
function decided({ page, none, status }, index, found) {
  const waits = found.fault?.code === "threshold";
  if (page !== "statement" || none || !(found.statement || waits) || waits === (status === "waiting")) return found;
  return { statement: null, fault: { code: "undecided", place: `bukti/${index}.json`, message: "", refutes: false } };
}

// The folder of the page that shows a form's slot.
function addressOf({ election, contest: id, region, tps }, contest) {
  const below = region === contest.region ? "" : region.slice(contest.region.length + 1);
  const parts = [election, id, ...(below ? below.split(".") : []), ...(tps === undefined ? [] : [tps])];
  return `${parts.join("/")}/`;
}

// What the site itself says besides, told and never proved: a later version, a key in doubt.
async function notesOf({ twin }, index, { read }) {
  const notes = [];
  if (twin.contested) notes.push({ code: "contested" });
  if (twin.page === "statement" && !["head", "effective", undefined].includes(twin.status)) notes.push({ code: "status", status: String(twin.status) });
  try {
    const own = twin.page === "statement" ? twin : decodePublic(await read(`bukti/${index}/index.json`));
    if (own !== twin && own?.status !== "head") notes.push({ code: "status", status: String(own?.status) });
    const later = own?.after?.index;
    if (Number.isInteger(later)) notes.push({ code: "later", index: later });
    const signers = [...(own?.signers ?? []), ...(viewOf(twin)?.signers ?? [])];
    const doubts = twin.doubts ?? [];
    if (doubts.some((one) => one?.mark === "L4")) notes.push({ code: "listed_late" });
    if (doubts.some((one) => one?.mark !== "L4") || signers.some((one) => one.suspect)) notes.push({ code: "suspect" });
  } catch {
    notes.push({ code: "unread" });
  }
  return notes;
}

// Names and lists of places, as rosters say them; {election, contest, region, names: Map(code → name),
// codes: [{code, name}], tps, stations, roster}. Of a page the place is its address; what its twin says otherwise differs.
function placeOf({ twin, address, differences }, known, index) {
  const { register, read } = known;
  const main = index === null ? null : read.get(index);
  const own = twin.page === "statement";
  const fields = own ? (main?.fields ?? {}) : slotOf(address, twin.page, register);
  if (!own && fields.region !== undefined) {
    const said = [twin.election.id, twin.contest.id, twin.contest.region, twin.region.code, twin.tps ?? null];
    differences.hold("slot", said, [fields.election, fields.contest, fields.top, fields.region, fields.tps ?? null]);
  }
  const election = register.elections.get(fields.election) ?? null;
  const contest = election?.contests.find(({ id }) => id === fields.contest) ?? null;
  const rosters = [...register.statements.values()]
    .filter((one) => one.effect !== null && !one.lacks && one.fields.kind === "roster" && one.fields.election === fields.election)
    .sort((left, right) => left.effect - right.effect);
  const names = new Map();
  for (const { fields: roster } of rosters) for (const { code, name } of roster.children ?? []) names.set(code, name);
  const lists = rosters.filter((one) => one.fields.region === fields.region && one.fields.tps);
  const stations = lists.at(-1)?.fields.tps.map(({ number }) => number) ?? null;
  const codes = upward(fields.region).map((code) => ({ code, name: names.get(code) ?? null }));
  return { election, contest, region: fields.region ?? null, names, codes, tps: typeof fields.tps === "string" ? fields.tps : null, stations, lists, roster: lists.at(-1)?.effect ?? null };
}

// The slot that an address names, by the region that its election gives the contest.
function slotOf(address, page, register) {
  const [election, id, ...below] = address.split("/").slice(0, -1);
  const top = register.elections.get(election)?.contests.find((one) => one.id === id)?.region;
  const tps = page === "tps" ? below.pop() : undefined;
  const region = [top, ...below].join(".");
  return { election, contest: id, top, region: top && REGION.test(region) ? region : undefined, tps };
}

// A region's code and those above it, from the nearest up.
function upward(region) {
  const parts = typeof region === "string" && region !== COUNTRY ? region.split(".") : [];
  return parts.map((_, at) => parts.slice(0, parts.length - at).join("."));
}

// The TPS of a kelurahan, added up from their own forms and counted against its roster.
function belowOf(sheet, known, stations, added) {
  const { twin, place, differences } = sheet;
  const listed = place.stations;
  const slot = { election: place.election?.election, contest: place.contest?.id, region: place.region };
  const below = { stations: listed, asked: stations.length - added.length, proved: [], outside: [], missing: [], wrong: [], sum: {}, lacking: new Set() };
  const [figures, others, open] = [[], [], []]; // of TPS that the roster lists, of others in the sum, of those that may be in none
  for (const child of added) {
    const { statement, fault } = effective(known, child.index);
    const fields = statement?.fields;
    const own = fields?.kind === "form" && fields.form === STATION && isOf(fields, slot, child) && !known.register.after(statement);
    if (!own) {
      if (statement || fault?.refutes) below.wrong.push(child.code);
      continue;
    }
    const counts = !listed || listed.includes(child.code);
    (counts ? below.proved : below.outside).push(child.code);
    (counts ? figures : wasListed(place.lists, statement, child.code) ? others : open).push(fields.figures);
    if (!agree(child.figures, fields.figures)) differences.children.add(child.code);
  }
  const waiting = stations.filter((one) => !added.includes(one)).map(({ code }) => code); // nobody asked for them yet
  const shown = new Set([...below.proved, ...below.outside, ...below.wrong, ...waiting]);
  below.missing = (listed ?? stations.map(({ code }) => code)).filter((code) => !shown.has(code));
  below.sum = sumOf(figures, below.lacking);
  const complete = added.length === stations.length && figures.length + others.length + open.length === added.length;
  if (complete && !isRunning(twin, known, slot) && open.length <= OPEN) compareSums(twin.sum?.fields, [...figures, ...others], open, differences);
  if (place.contest) compareContest(twin, place.election, place.contest, differences);
  if (!twin.certified) {
    const shown = Object.entries(twin.sum?.fields ?? {}).map(([field, [value]]) => [field, value]);
    for (const [field, value] of besides(twin, Object.fromEntries(shown))) differences.sums.set(field, value);
  }
  return below;
}

// Whether the sum that a page shows is a running figure that was signed for this region.
function isRunning({ sum, summary }, known, slot) {
  const fields = sum?.via === "summary" && summary ? effective(known, summary.index).statement?.fields : null;
  return fields?.kind === "form" && fields.form === SUMMARY && isOf(fields, slot, {}) && !differing(sum.fields, fields.figures).size;
}

// Whether a roster listed a TPS since its form became head, so that the form stays in the sum. Of a
// later revision, and of a form that came after the roster, the whole log alone says so.
function wasListed(lists, { fields, effect }, code) {
  const at = lists.findLastIndex((one) => one.effect < effect);
  return fields.revision === 1 && lists.slice(Math.max(at, 0)).some((one) => one.fields.tps.some(({ number }) => number === code));
}

function isOf({ election, contest, region, tps }, slot, child) {
  return election === slot.election && contest === slot.contest && region === slot.region && tps === child.code;
}

// {field: votes} of all that report it; `lacking` are the fields that some form does not have.
function sumOf(figures, lacking) {
  const sum = {};
  for (const one of figures) for (const [field, value] of Object.entries(one)) sum[field] = (sum[field] ?? 0) + value;
  for (const field of Object.keys(sum)) if (figures.some((one) => one[field] === undefined)) lacking.add(field);
  return sum;
}

// The sum is that of `figures` and of some of `open`, or differs from that of all.
function compareSums(shown, figures, open, differences) {
  const choices = open.reduce((some, one) => some.flatMap((chosen) => [[...chosen, one], chosen]), [[]]);
  const found = choices.map((chosen) => differing(shown, sumOf([...figures, ...chosen], new Set())));
  for (const [field, value] of found.find((one) => !one.size) ?? found[0]) differences.sums.set(field, value);
}

// {field: what is shown} where that is not the sum.
function differing(shown, sum) {
  const found = new Map();
  for (const field of new Set([...Object.keys(shown ?? {}), ...Object.keys(sum)])) {
    const [value] = shown?.[field] ?? [];
    if (value !== sum[field]) found.set(field, value);
  }
  return found;
}

// The nearest region above whose own form is proved: what can be said of a place that shows none.
async function nearest(address, evidence) {
  const parts = address.split("/").slice(0, -1);
  for (let length = parts.length - 1; length > 1; length--) {
    const sheet = blank(`${parts.slice(0, length).join("/")}/`);
    await fill(sheet, evidence, { chain: () => [], whole: false, alone: true });
    if (sheet.main && !sheet.differences.some) return sheet;
  }
  return null;
}

// The head of the log, which must hold what the twin states and the tree of every entry that was read.
async function remembered(twin, evidence, memory) {
  try {
    const stated = twin && !twin.none ? [{ size: BigInt(twin.as_of), root: fromBase64(twin.root), place: "as_of" }] : [];
    const seen = [...stated, ...evidence.trees.values()];
    return { ...(await grown(evidence, seen, memory)), saved: memory.saved === true };
  } catch (error) {
    return { before: null, size: null, faults: [faultOf(error, "log/")] };
  }
}

// What the log does not hold now proves nothing: no figure, name or difference of it is shown.
function withdraw(sheet) {
  const { faults } = sheet.memory;
  const fault = faults.find((one) => one.refutes) ?? sheet.fault ?? faults[0];
  Object.assign(sheet, { fault, place: null, main: null, recorded: null, below: null, above: null, decisions: [], differences: new Differences() });
}

function headOf(sheet) {
  const { main, below, fault, faults, memory, differences } = sheet;
  const broken = !main && sheet.page !== null && faults.some((one) => one.refutes);
  if (differences.some || fault?.refutes || broken || memory?.faults.some((one) => one.refutes) || below?.wrong.length) return DIFFERS;
  if (!below) return main ? PROVED : UNCHECKED;
  const whole = below.stations && !below.asked && !below.missing.length && below.proved.length > 0;
  return whole && !fault && !faults.length ? PROVED : UNCHECKED;
}
