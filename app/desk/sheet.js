// @ts-check
// A D form in the making: its cells, what differs from the forms below, what its rules say, and the
// statement that it becomes. Nothing here is drawn or kept; every number is an integer.

import { lackingIn, saidOf } from "../bersama/witnesses.js";
import { wordsOf } from "../dom.js";
import { unsaid } from "../paper.js";
import { check } from "../rules.js";
import { BECAUSE_MAX, CORRECTION_BASIS, CORRECTIONS_MAX, IN_COLUMNS } from "./table.js";

/**
 * @typedef {import("./kit.js").Column} Column
 * @typedef {{basis?: string, ketua?: boolean, pairs?: number[], supervisor?: boolean}} Cause why a column differs, and whose initials stand beside it
 * @typedef {{form: string, rows: import("../paper.js").Row[], pairs: number, columns: Column[], own: import("./kit.js").Own | null,
 *   typed: Map<string, string>, causes: Map<string, Cause>, texts: Map<string, string>, witnesses: import("../bersama/witnesses.js").Noted, reason: {code?: string, text?: string}}} Work
 *   `typed` by "column/figure", `causes` by column, `texts` by the key of a finding, `witnesses` by pair
 * @typedef {{rule: string, part: string, child: string, hard: boolean, fields: string[], found: number, expected: number, op: string, sentence: string}} Broken
 *   `child` is the column, "" for the totals
 */

const NUMBER = /^[0-9]{1,9}$/;

/** The number that somebody typed, null where it is none: a dot could be a thousand, or a bit. @param {string | undefined} text */
export function numberIn(text) {
  return text !== undefined && NUMBER.test(text) ? Number(text) : null;
}

/** What a cell says: what was typed, else the form below. @param {Work} work @param {Column} column @param {string} field @returns {number | null} */
export function cellOf({ typed }, { code, figures }, field) {
  const text = typed.get(`${code}/${field}`);
  return text === undefined ? (figures?.[field] ?? null) : numberIn(text);
}

/** All of a column. @param {Work} work @param {Column} column @returns {Record<string, number>} */
function figuresOf(work, column) {
  const told = work.rows.flatMap(({ field }) => {
    const number = cellOf(work, column, field);
    return number === null ? [] : [[field, number]];
  });
  return Object.fromEntries(told);
}

/** The total of a row, null while a cell of it lacks. @param {Work} work @param {string} field @returns {number | null} */
export function totalOf(work, field) {
  let sum = 0;
  for (const column of work.columns) {
    const number = cellOf(work, column, field);
    if (number === null) return null;
    sum += number;
  }
  return sum;
}

/** The cells of a column that say otherwise than the form below. @param {Work} work @param {Column} column @returns {{field: string, from: number, to: number}[]} */
export function changesOf(work, column) {
  return work.rows.flatMap(({ field }) => {
    const [from, to] = [column.figures?.[field], cellOf(work, column, field)];
    return from === undefined || to === null || from === to ? [] : [{ field, from, to }];
  });
}

/** The figures of a column that are not there yet. @param {Work} work @param {Column} column @returns {string[]} */
export function lackingOf(work, column) {
  return work.rows.flatMap(({ field }) => (cellOf(work, column, field) === null ? [field] : []));
}

/** Whether nobody has said why a column differs, or put initials beside it. @param {Cause | undefined} cause */
export function isOpen(cause) {
  return !cause?.basis || !(cause.ketua || cause.supervisor || cause.pairs?.length);
}

/** What the row of a figure is called. @param {import("../paper.js").Row[]} rows @returns {(field: string) => string} */
export function labelIn(rows) {
  return (field) => rows.find((row) => row.field === field)?.label ?? field;
}

/** What a column is called. @param {Column[]} columns @returns {(code: string) => string} */
export function nameIn(columns) {
  return (code) => columns.find((one) => one.code === code)?.name ?? code;
}

/** Why a column differs, and whose initials stand beside it. @param {Cause} cause */
export function causeWords({ basis, ketua, pairs = [], supervisor }) {
  const initials = [...(ketua ? ["ketua"] : []), ...pairs.map((pair) => `saksi ${pair}`), ...(supervisor ? ["pengawas"] : [])].join(", ");
  return `Dasar: ${wordsOf(CORRECTION_BASIS, basis)}. Paraf: ${initials || "tidak ada"}.`;
}

/** The rules that figures break: one finding a rule, of its first part. @param {Record<string, number>} figures @param {Work} work @param {string} child @returns {Broken[]} */
function brokenIn(figures, { pairs }, child) {
  /** @type {Map<string, Broken>} */
  const found = new Map();
  for (const { rule, state, hard, fields, found: left, expected, op, sentence } of check(figures, pairs)) {
    if (state !== "fail" || !IN_COLUMNS.includes(rule)) continue;
    const before = found.get(rule);
    if (before) before.fields.push(...fields.filter((one) => !before.fields.includes(one)));
    else found.set(rule, { rule: child ? "X3" : rule, part: child ? rule : "", child, hard, fields: [...fields], found: Number(left), expected: Number(expected), op, sentence });
  }
  return [...found.values()];
}

/** The figures of a whole sheet as they are added up. @param {Work} work @returns {Record<string, number>} */
export function totalsOf(work) {
  return Object.fromEntries(work.rows.flatMap(({ field }) => {
    const total = totalOf(work, field);
    return total === null ? [] : [[field, total]];
  }));
}

/** Every rule that the totals or a column break. @param {Work} work @returns {Broken[]} */
export function findingsOf(work) {
  return [...brokenIn(totalsOf(work), work, ""), ...work.columns.flatMap((column) => brokenIn(figuresOf(work, column), work, column.code))];
}

/** Where the text that explains a finding is kept. @param {Broken} one */
export function keyOf({ rule, part, child }) {
  return [rule, child, part].filter(Boolean).join("/");
}

/** Why the sheet cannot be signed yet, in words; empty if it can. @param {Work} work @returns {string[]} */
export function obstaclesOf(work) {
  const lacking = work.columns.filter((column) => lackingOf(work, column).length);
  const open = work.columns.filter((column) => changesOf(work, column).length && isOpen(work.causes.get(column.code)));
  const unexplained = findingsOf(work).filter((one) => one.hard && (!work.texts.get(keyOf(one)) || unsaid(work.texts.get(keyOf(one)) ?? "")));
  const cells = work.columns.reduce((sum, column) => sum + changesOf(work, column).length, 0);
  const named = (/** @type {Column[]} */ columns) => columns.slice(0, 5).map(({ name }) => name).join(", ") + (columns.length > 5 ? ` dan ${columns.length - 5} lagi` : "");
  return [
    ...(lacking.length ? [`${named(lacking)} belum lengkap`] : []),
    ...(open.length ? [`${named(open)} belum ada dasar atau paraf`] : []),
    ...(unexplained.length ? [`${unexplained.length} hitungan belum dijelaskan`] : []),
    ...(cells > CORRECTIONS_MAX || becauseOf(work).length > BECAUSE_MAX ? [`lebih dari ${CORRECTIONS_MAX} sel atau ${BECAUSE_MAX} dasar berubah: betulkan formulir di bawah dulu`] : []),
    ...lackingIn(work.witnesses),
    ...(work.own ? (isSame(work) ? ["sama dengan yang sudah tercatat"] : work.reason.code ? [] : ["alasan pembetulan belum dipilih"]) : []),
  ];
}

/** Whether the sheet says what stands already. @param {Work} work */
function isSame({ own, ...work }) {
  const all = /** @type {Work} */ ({ own, ...work });
  const children = work.columns.map(({ code }) => code);
  return own !== null && children.join() === own.children.join() && work.rows.every(({ field }) => work.columns.every((column, at) => cellOf(all, column, field) === own.rows[field]?.[at]));
}

/** A cause as it is signed. @param {Cause} cause */
function signed({ basis, ketua, pairs = [], supervisor }) {
  return { basis, initials: { ...(ketua ? { ketua } : {}), ...(pairs.length ? { pairs: [...pairs].sort((a, b) => a - b) } : {}), ...(supervisor ? { supervisor } : {}) } };
}

/** The causes of all columns that differ, each once. @param {Work} work @returns {string[]} */
function becauseOf(work) {
  const all = work.columns.filter((column) => changesOf(work, column).length).map(({ code }) => JSON.stringify(signed(work.causes.get(code) ?? {})));
  return [...new Set(all)];
}

/** What the D form says; only of a sheet without obstacles. @param {Work} work @returns {Record<string, unknown>} */
export function formOf(work) {
  const because = becauseOf(work);
  const columns = [...work.columns].sort((a, b) => (a.code < b.code ? -1 : 1));
  const corrections = columns.flatMap((column) => changesOf(work, column).map(({ field, from, to }) => [column.code, field, from, to, because.indexOf(JSON.stringify(signed(work.causes.get(column.code) ?? {})))]));
  const explanations = findingsOf(work).filter((one) => work.texts.get(keyOf(one))).map((one) => ({
    rule: one.rule, text: work.texts.get(keyOf(one)), ...(one.child ? { child: one.child, part: one.part } : {}),
  }));
  const { own, reason } = work;
  return {
    kind: "form", form: work.form, count: own?.count ?? "first", revision: (own?.revision ?? 0) + 1, figures: totalsOf(work),
    children: columns.map(({ code }) => code),
    rows: Object.fromEntries(work.rows.map(({ field }) => [field, columns.map((column) => cellOf(work, column, field))])),
    ...(work.form === "d_hasil_kecamatan" ? { sheets: columns.flatMap(({ id }) => id ?? []) } : {}),
    ...(explanations.length ? { explanations } : {}), ...saidOf(work.witnesses),
    ...(corrections.length ? { because: because.map((one) => JSON.parse(one)), corrections } : {}),
    ...(own ? { previous: own.id, reason: { code: reason.code, ...(reason.text ? { text: reason.text } : {}) } } : {}),
  };
}

/** Whether a signed D form names other forms below than this device proved. @param {any} fields @param {Column[]} columns */
export function namesOthers({ sheets }, columns) {
  return sheets !== undefined && [...sheets].sort().join() !== columns.flatMap(({ id }) => id ?? []).sort().join();
}

/**
 * The columns whose form below is another one than that from which the table was filled: the head
 * moved while the table was open.
 * @param {Column[]} before @param {Column[]} now
 */
export function movedIn(before, now) {
  const known = new Map(before.map(({ code, id }) => [code, id]));
  const gone = before.filter(({ code }) => !now.some((one) => one.code === code));
  return [...gone, ...now.filter(({ code, id }) => !known.has(code) || known.get(code) !== id)];
}

/**
 * What a signed D form says beside what this device proved below: cells that it names as corrected
 * from another figure, and cells that differ without being named.
 * @param {any} fields @param {Column[]} columns
 * @returns {{code: string, field: string, below: number, says: number, named: boolean}[]}
 */
export function besideOf({ children, rows, corrections = [] }, columns) {
  const named = new Map(corrections.map((/** @type {any[]} */ [code, field, from]) => [`${code}/${field}`, from]));
  return children.flatMap((/** @type {string} */ code, /** @type {number} */ at) => {
    const figures = columns.find((one) => one.code === code)?.figures ?? {};
    return Object.keys(rows).flatMap((field) => {
      const [below, says, from] = [figures[field], rows[field][at], named.get(`${code}/${field}`)];
      if (below === undefined || (says === below && from === undefined)) return [];
      return [{ code, field, below, says, named: from === below && says !== below }];
    });
  });
}
