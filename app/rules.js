// @ts-check
// The arithmetic of one C form, by the table of rules that the portal uses: `table.js` is made from it.

import { RULES } from "./table.js";

/**
 * @typedef {Record<string, number>} Figures
 * @typedef {{rule: string, part: string, hard: boolean, state: "pass" | "fail" | "untestable", op: string,
 *   fields: string[], expected: number | null, found: number | null, sentence: string}} Result
 * @typedef {{holds: boolean, expected: number, found: number, fields: string[]} | null} Compared
 * @typedef {{name: string, left: string[], op: string, right: string[], constant: number}} Part
 */

/** @type {Record<string, string>} */
const SHOWN = { "=": "=", "<=": "<=", near: "near", turnout: "<=", some: ">=" };

/** Test every part of the rules of a C form. @param {Figures} figures @param {number} pairs @returns {Result[]} */
export function check(figures, pairs) {
  return RULES.flatMap(({ code, hard, sentence, parts }) =>
    parts.map((one) => {
      const part = { ...one, left: written(one.left, pairs), right: written(one.right, pairs) };
      const compared = compare(part, figures);
      const told = { rule: code, part: part.name, hard, op: SHOWN[part.op], sentence };
      if (!compared) return { ...told, state: "untestable", fields: [...part.left, ...part.right], expected: null, found: null };
      const { holds, ...numbers } = compared;
      return { ...told, state: holds ? "pass" : "fail", ...numbers };
    }),
  );
}

/** @param {string[]} names @param {number} pairs */
function written(names, pairs) {
  const all = Array.from({ length: pairs }, (_, at) => `pair_${at + 1}`);
  return names.flatMap((name) => (name === "pair_n" ? all : [name]));
}

/** @param {Part} part @param {Figures} figures @returns {Compared} */
function compare({ left, op, right, constant }, figures) {
  const fields = [...left, ...right];
  const present = (/** @type {string[]} */ names) => names.filter((name) => figures[name] !== undefined);
  if (op === "turnout") {
    const [first] = present(left);
    const whole = present(right);
    if (first === undefined || !whole.includes(right[0])) return null;
    const [found, expected] = [figures[first], sum(figures, whole)];
    return { holds: found <= expected, expected, found, fields: [first, ...whole] };
  }
  if (op === "some") {
    const known = present(left);
    const found = sum(figures, known);
    return known.length ? { holds: found >= constant, expected: constant, found, fields: known } : null;
  }
  if (present(fields).length < fields.length) return null;
  const [found, other] = [sum(figures, left), sum(figures, right)];
  if (op === "=") return { holds: found === other, expected: other, found, fields };
  if (op === "<=") return { holds: found <= other + constant, expected: other + constant, found, fields };
  const expected = other + Math.ceil(other / 40);
  return { holds: Math.abs(found - expected) <= constant, expected, found, fields };
}

/** @param {Figures} figures @param {string[]} names */
function sum(figures, names) {
  return names.reduce((total, name) => total + figures[name], 0);
}
