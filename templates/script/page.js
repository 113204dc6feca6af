// The cells of a page, held against its twin, and the twin against what was signed. Tables and
// lists name their source in `data-s`, rows or columns their figure in `data-f`.

import { Malformed } from "./faults.js";
import { columnOf } from "./statement.js";

const NUMBER = /^(?:0|[1-9][0-9]{0,2}(?:[.,][0-9]{3})*)$/;
const DIGITS = /[0-9]/;
const PAPER = [
  "registered", "voted_listed", "voted_moved", "voted_unlisted", "voted", "ballots_received",
  "ballots_used", "ballots_returned", "ballots_unused", "voted_disabled", "pair", "valid", "invalid", "total",
];
const SENTENCES = ".head .state, .head .alert, #hasil .meta, #hasil .lupt, #lengkap";

// What a page says of itself: its as_of, the digest of its twin, its folder, its language.
export function stated(document) {
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
  return { asOf: meta("as-of"), twin: meta("twin"), address: meta("address") };
}

// Collects how many figures were compared, and those that differ.
export class Comparison {
  constructor() {
    this.count = 0;
    this.faults = [];
    this.fields = new Set();
  }

  equal(place, expected, found) {
    this.count++;
    if (expected !== found) this.faults.push({ place, expected, found });
  }

  // A cell shows the number, or words without a digit where there is none.
  cell(place, expected, text) {
    const shown = text.replaceAll(/\s/g, "");
    const known = expected !== undefined && expected !== null;
    if (!known && !DIGITS.test(shown)) return;
    const found = NUMBER.test(shown) ? Number(shown.replaceAll(/[.,]/g, "")) : shown;
    this.equal(place, known ? expected : "", found);
  }

  // A share as pages write it, with the point of their language.
  share(place, votes, valid, text) {
    const known = Number.isInteger(votes) && valid > 0 ? shareOf(votes, valid) : "";
    this.equal(place, known, text.trim().replace(",", "."));
  }
}

// Per cent with two decimals, rounded half up; with more where it would read as 0, 50 or 100 and is
// not.
function shareOf(part, whole) {
  for (let scale = 100; ; scale *= 10) {
    const [up, below] = [200n * BigInt(scale) * BigInt(part) + BigInt(whole), 2n * BigInt(whole)];
    const rounded = up / below;
    const exact = rounded * BigInt(whole) === 100n * BigInt(scale) * BigInt(part);
    if (exact || ![0, 50 * scale, 100 * scale].includes(Number(rounded))) {
      const digits = String(Number(rounded) % scale).padStart(String(scale).length - 1, "0");
      return `${Math.floor(Number(rounded) / scale)}.${digits}%`;
    }
  }
}

// The text of an element without its small print and what only screen readers get.
function ownText(element, without = "small, .vh") {
  if (!element.firstElementChild) return element.textContent;
  const copy = element.cloneNode(true);
  copy.querySelectorAll(without).forEach((one) => one.remove());
  return copy.textContent;
}

// Hold every marked table and list of the page against the twin.
export function comparePage(document, twin, comparison) {
  for (const table of document.querySelectorAll("table[data-s]")) {
    compareTable(table, twin, comparison);
  }
  for (const list of document.querySelectorAll("ol[data-s='result']")) {
    compareResult(list, twin, comparison);
  }
  if (twin.page === "region") {
    const marked = (name) => document.querySelectorAll(`[data-s="${name}"]`).length;
    comparison.equal("result", twin.result.basis ? 1 : 0, marked("result"));
    comparison.equal("children", twin.children.length ? 1 : 0, marked("children"));
  }
  compareLabels(document, twin, comparison);
  compareSentences(document, twin, comparison);
  const figures = twin.page === "tps" ? twin.head?.figures : twin.payload?.figures;
  for (const field of Object.keys(figures ?? {})) {
    if (!comparison.fields.has(field)) comparison.equal(field, figures[field], "");
  }
}

// A figure of a pair stands beside its number and, where names are told, their names; all rows and
// columns of a table stand in the order of the paper.
function compareLabels(document, twin, comparison) {
  const pairs = twin.contest?.pairs ?? [];
  for (const part of document.querySelectorAll("table[data-s] thead tr, table[data-s] tbody")) {
    const marked = [...part.children].filter((one) => one.dataset.f);
    const fields = marked.map((one) => one.dataset.f);
    comparison.equal("order", [...fields].sort(byPlace).join(" "), fields.join(" "));
    for (const one of marked) {
      const badge = (one.cells?.[0] ?? one).querySelector(".b");
      if (!badge) continue;
      comparison.equal("badge", one.dataset.f, `pair_${ownText(badge, ".vh").trim()}`);
      const small = one.cells?.[0].querySelector("small");
      if (small) compareNames(pairs, one.dataset.f, small.textContent, comparison);
    }
  }
}

function compareNames(pairs, field, text, comparison) {
  const pair = pairs.find(({ number }) => `pair_${number}` === field);
  for (const name of pair?.names ?? []) {
    if (!text.includes(name)) comparison.equal(`${field} names`, name, text.trim());
  }
}

function byPlace(left, right) {
  return placeOf(left) - placeOf(right);
}

function placeOf(field) {
  const [, row, more] = /^(.*?)(?:_([0-9]+|[mf]))?$/.exec(field);
  return PAPER.indexOf(row) * 1000 + ({ m: 0, f: 1 }[more] ?? Number(more ?? 2));
}

// Numbers in the first sentences of a page are integers of its twin, also those in its texts, or
// sizes of its lists; a sentence says no other. Shares and times are not looked at.
function compareSentences(document, twin, comparison) {
  if (twin.page === "statement") return;
  const known = integersOf(twin, new Set());
  for (const part of document.querySelectorAll(SENTENCES)) {
    const text = spaced(part).replaceAll(/[0-9.,]+\s?%|[0-9.:]+ WI(?:TA|[BT])/g, " ");
    for (const [number] of text.matchAll(/[0-9]+(?:[.,][0-9]{3})*(?![0-9])/g)) {
      const value = Number(number.replaceAll(/[.,]/g, ""));
      if (value >= 10 && !known.has(value)) comparison.equal("sentence", "", number);
    }
  }
}

// The texts below an element with spaces between them: numbers of neighbours stay apart.
function spaced(node) {
  return node.childNodes.length ? [...node.childNodes].map(spaced).join(" ") : node.textContent;
}

function integersOf(value, found) {
  if (typeof value === "number") found.add(Math.abs(value));
  else if (typeof value === "string") {
    for (const digits of value.match(/[0-9]+/g) ?? []) found.add(Number(digits));
  } else if (value !== null && typeof value === "object") {
    if (Array.isArray(value)) found.add(value.length);
    for (const [key, one] of Object.entries(value)) integersOf(one, integersOf(key, found));
  }
  return found;
}

function compareTable(table, twin, comparison) {
  const name = table.dataset.s;
  const rows = [...table.tBodies[0].rows];
  const heads = [...table.tHead.rows[0].cells];
  if (name === "children" || name === "statements" || name === "rows") {
    const sources = sourcesOf(name, twin);
    comparison.equal(name, sources.length, rows.length);
    rows.forEach((row, at) => compareRow(row, heads, sources[at] ?? {}, comparison));
    return;
  }
  const columns = columnsOf(name, twin, heads);
  for (const row of rows) {
    const field = row.dataset.f ?? "";
    const title = ownText(row.cells[0], "small").trim();
    [...row.cells].slice(1).forEach((cell, at) => {
      const { figures, suffix } = columns[at] ?? { figures: {}, suffix: "" };
      comparison.fields.add(field + suffix);
      comparison.cell(title, figures[field + suffix], ownText(cell));
    });
  }
}

// The figures of each column behind the row's name.
function columnsOf(name, twin, heads) {
  const form = twin.head?.figures ?? twin.payload?.figures ?? {};
  if (name === "ladder") {
    const rungs = twin.ladder.filter((rung) => Object.keys(rung.fields).length);
    const values = rungs.map(({ fields }) =>
      Object.fromEntries(Object.entries(fields).map(([field, [value]]) => [field, value])),
    );
    return [...values, twin.column?.figures ?? {}].map((figures) => ({ figures, suffix: "" }));
  }
  if (name === "tps") {
    return [form, twin.column?.figures ?? {}].map((figures) => ({ figures, suffix: "" }));
  }
  return heads.slice(1).map((head) => ({ figures: form, suffix: head.dataset.x ?? "" }));
}

function sourcesOf(name, twin) {
  if (name === "statements") return twin.statements.map((one) => ({ figures: one.figures }));
  if (name === "rows") {
    const { children } = twin.payload;
    return children.map((child) => ({ name: child, figures: columnOf(twin.payload, child) }));
  }
  return twin.children.map((child) => ({
    name: child.level === "tps" ? child.code : child.name,
    figures: child.figures ?? {},
  }));
}

function compareRow(row, heads, { name, figures = {} }, comparison) {
  const cells = [...row.cells];
  const title = ownText(cells[0]).trim();
  if (name !== undefined) comparison.equal("name", name, title);
  cells.forEach((cell, at) => {
    const field = heads[at]?.dataset.f;
    if (!field) return;
    const place = `${title} ${field}`;
    const small = cell.querySelector("small")?.textContent;
    if (ownText(cell).includes("%")) {
      comparison.cell(place, figures[field], small ?? "");
      comparison.share(place, figures[field], figures.valid, ownText(cell));
    } else {
      comparison.cell(place, figures[field], ownText(cell));
    }
  });
}

// The list of votes, in the order of the ballot: a share with its votes, or votes alone.
function compareResult(list, twin, comparison) {
  const items = [...list.children];
  const { pairs, valid } = twin.result;
  comparison.equal("result", pairs.length, items.length);
  items.forEach((item, at) => {
    const { number, votes } = pairs[at] ?? {};
    const shown = item.querySelector(".sh");
    const place = `result ${number}`;
    comparison.equal(place, String(number), ownText(item.querySelector(".b"), ".vh").trim());
    compareNames(twin.contest.pairs, `pair_${number}`, ownText(item.querySelector(".nm"), ".vh"), comparison);
    const small = shown.querySelector("small")?.textContent ?? "";
    if (!ownText(shown).includes("%")) {
      comparison.cell(place, votes, ownText(shown));
      return;
    }
    comparison.cell(place, votes, small.replaceAll(/[^0-9.,]/g, ""));
    comparison.share(place, votes, valid, ownText(shown));
  });
}

// Hold the twin's figures against a form that was signed: the same slot, the same figures, and pairs
// as the election's own statement names them, where it is known.
export function compareForm(twin, view, fields, election, comparison) {
  const slot = [twin.election?.id, twin.contest?.id, twin.region?.code, twin.tps];
  const said = [fields.election, fields.contest, fields.region, fields.tps];
  ["election", "contest", "region", "tps"].forEach((name, at) => {
    comparison.equal(name, slot[at], said[at]);
  });
  for (const name of ["form", "revision"]) comparison.equal(name, view[name], fields[name]);
  compareFigures("form", view.figures, fields.figures, comparison);
  const contest = election?.contests.find(({ id }) => id === fields.contest);
  if (contest) {
    const names = ({ pairs }) => JSON.stringify(pairs.map((pair) => [pair.number, pair.names ?? []]));
    comparison.equal("names", names(contest), names(twin.contest));
  }
  if (view.figures !== twin.head?.figures && twin.result?.basis === "certified") {
    compareFigures("result", twin.result.figures, fields.figures, comparison);
  }
}

export function compareFigures(place, shown, known, comparison) {
  for (const field of new Set([...Object.keys(shown), ...Object.keys(known ?? {})])) {
    comparison.equal(`${place} ${field}`, known?.[field] ?? "", shown[field] ?? "");
  }
}

// Add up the children that the page shows. False: the sum also stands on something else.
export function compareSum(twin, comparison) {
  const { sum, children, result } = twin;
  if (result.basis === "sum") {
    const values = Object.entries(sum.fields).map(([field, [value]]) => [field, value]);
    compareFigures("result", result.figures, Object.fromEntries(values), comparison);
  }
  if (sum.via !== "forms") return false;
  for (const [field, [value, reported]] of Object.entries(sum.fields)) {
    let [total, forms] = [0, 0];
    for (const child of children) {
      const own = child.level === "tps" ? child.figures?.[field] : child.sum?.[field]?.[0];
      if (own === undefined || own === null) continue;
      total += own;
      forms += child.level === "tps" ? 1 : child.sum[field][1];
    }
    comparison.equal(`sum ${field}`, total, value);
    comparison.equal(`sum ${field}`, forms, reported);
  }
  return true;
}

// Hold a statement's page against its entry; keys of officers are shown without their persons.
export function compareStatement(twin, fields, comparison) {
  const shown = JSON.stringify(withoutPersons(twin.payload));
  comparison.equal("payload", JSON.stringify(withoutPersons(fields)), shown);
}

function withoutPersons(fields) {
  if (!Array.isArray(fields?.persons)) return fields;
  const persons = fields.persons.map(({ person, keyid, ...one }) => one);
  return { ...fields, persons };
}

export function requireTwin(twin) {
  const sound =
    ["tps", "region", "statement"].includes(twin?.page) &&
    typeof twin.address === "string" &&
    Number.isInteger(twin.as_of) &&
    typeof twin.root === "string" &&
    Array.isArray(twin.evidence);
  if (!sound) throw new Malformed("not the twin of such a page", "twin");
}
