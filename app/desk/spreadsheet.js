// @ts-check
// A table that was pasted, or a file of a spreadsheet: what of it goes into which cell of a sheet. It
// guesses, shows, and takes nothing that a person has not seen. The file itself stays where it is.

import { through } from "../codes.js";
import { numberIn } from "./sheet.js";

/**
 * @typedef {import("../paper.js").Row} Row
 * @typedef {import("./kit.js").Column} Column
 * @typedef {{at: number, text: string, first: string[], to: string, why: string}} Line of the file; `to` is a figure or "" where it is not used, "?" where nobody knows
 * @typedef {{lines: Line[], places: {at: number, text: string, to: string}[], across: boolean, cells: string[][]}} Mapping
 *   `places` are columns of the sheet; `across`: they stand side by side in the file
 */

const MOST = 4_000_000; // bytes of a file, and of each part of it unpacked
const IGNORED = "";
const UNKNOWN = "?";

/** Rows of a text as spreadsheets copy or save it: tabs, semicolons or commas. @param {string} text @returns {string[][]} */
export function rowsOfText(text) {
  const first = text.slice(0, text.search(/\n|$/));
  const sign = text.includes("\t") ? "\t" : (first.match(/;/g) ?? []).length >= (first.match(/,/g) ?? []).length && first.includes(";") ? ";" : ",";
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const row = rows[rows.length - 1];
    const letter = text[at];
    if (quoted) {
      if (letter !== '"') row[row.length - 1] += letter;
      else if (text[at + 1] === '"') row[row.length - 1] += text[(at += 1)];
      else quoted = false;
    } else if (letter === '"' && !row[row.length - 1]) quoted = true;
    else if (letter === sign) row.push("");
    else if (letter === "\n") rows.push([""]);
    else if (letter !== "\r" && letter !== "\uFEFF") row[row.length - 1] += letter;
  }
  return rows.map((row) => row.map((cell) => cell.trim())).filter((row) => row.some(Boolean));
}

/** The words of a label, for comparing. @param {string} text */
function plain(text) {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim().split(" ").map((word) => SHORT[word] ?? word).join(" ").trim();
}

/** @type {Record<string, string>} */
const SHORT = { jml: "jumlah", tdk: "tidak", dlm: "dalam", sr: "surat", pr: "perempuan", lk: "laki laki", l: "laki laki", p: "perempuan" };
/** What papers and spreadsheets call the votes besides their rows. @type {Record<string, string>} */
const NAMES = {
  "suara sah": "valid", "jumlah sah": "valid", "sah": "valid", "jumlah suara sah": "valid", "jumlah seluruh suara sah": "valid",
  "suara tidak sah": "invalid", "jumlah tidak sah": "invalid", "tidak sah": "invalid", "jumlah suara tidak sah": "invalid",
  "suara sah dan tidak sah": "total", "jumlah suara sah dan tidak sah": "total", "jumlah seluruh suara sah dan suara tidak sah": "total",
};

/** Which row of the paper a label names, "?" where none or several. @param {string[]} labels @param {Row[]} rows @returns {{to: string, why: string}} */
export function fieldOf(labels, rows) {
  const texts = labels.filter(Boolean);
  const exact = rows.filter(({ field }) => texts.includes(field));
  if (exact.length === 1) return { to: exact[0].field, why: "nama" };
  const told = texts.map(plain);
  const called = rows.filter(({ code, label }) => [`${code} ${label}`, label, code].map(plain).some((one) => one.length > 1 && told.includes(one)));
  if (called.length === 1) return { to: called[0].field, why: "sama dengan barisnya" };
  const named = [...new Set(told.flatMap((one) => NAMES[one] ?? []))];
  if (named.length === 1) return { to: named[0], why: "dikenali dari kata" };
  const numbers = [...new Set(texts.flatMap((one) => /^(?:nomor |no\.? ?|paslon )?([1-9][0-9]?)(?:[.)]? |[.)]?$)/i.exec(one)?.[1] ?? []))];
  const pair = numbers.length === 1 ? rows.find(({ field }) => field === `pair_${numbers[0]}`) : undefined;
  return pair ? { to: pair.field, why: "dikenali dari nomor" } : { to: UNKNOWN, why: "belum dikenali" };
}

/** Which column of the sheet a heading names, "". @param {string} text @param {Column[]} columns */
export function placeOf(text, columns) {
  const stations = columns[0]?.code.length === 3;
  if (stations) {
    const number = /^(?:tps[ .]*)?0*([0-9]{1,3})$/i.exec(text.trim())?.[1];
    return columns.find(({ code }) => number !== undefined && Number(code) === Number(number))?.code ?? "";
  }
  const told = text.trim();
  const found = columns.filter(({ code, name }) => told === code || told.startsWith(`${code} `) || plain(told) === plain(name));
  return found.length === 1 ? found[0].code : "";
}

/** Lines as rows or as columns of a file. @param {string[][]} cells */
function turned(cells) {
  const width = Math.max(...cells.map((row) => row.length));
  return Array.from({ length: width }, (_, at) => cells.map((row) => row[at] ?? ""));
}

/**
 * The columns of the sheet that a line names, "" where none. Votes are small numbers too: bare ones are
 * headings only where they are all TPS in their order.
 * @param {string[]} row @param {Column[]} columns
 */
function placesIn(row, columns) {
  const named = row.map((text) => placeOf(text, columns));
  const found = named.filter(Boolean);
  const isList = found.length === columns.length && columns.every(({ code }, at) => code === found[at]);
  const isSure = (/** @type {string} */ text) => columns[0]?.code.length !== 3 || /^(?:tps|0[0-9]{2}$)/i.test(text);
  return isList ? named : named.map((code, at) => (isSure(row[at]) ? code : ""));
}

/** The line with most headings of places. @param {string[][]} cells @param {Column[]} columns */
function heading(cells, columns) {
  const counts = cells.map((row) => new Set(placesIn(row, columns).filter(Boolean)).size);
  const most = Math.max(...counts);
  return { at: counts.indexOf(most), most };
}

/**
 * What a table seems to say; null where no heading names a place.
 * @param {string[][]} given @param {Row[]} rows @param {Column[]} columns @returns {Mapping | null}
 */
export function guess(given, rows, columns) {
  if (!given.length) return null;
  const [across, down] = [heading(given, columns), heading(turned(given), columns)];
  const isAcross = across.most >= down.most;
  const cells = isAcross ? given : turned(given);
  const head = isAcross ? across : down;
  if (!head.most) return null;
  /** @type {Set<string>} */
  const seen = new Set();
  const places = placesIn(cells[head.at], columns).flatMap((to, at) => {
    if (!to || seen.has(to)) return [];
    seen.add(to);
    return [{ at, text: cells[head.at][at], to }];
  });
  const labels = Math.min(...places.map(({ at }) => at));
  const lines = cells.flatMap((row, at) => {
    const values = places.map((one) => row[one.at] ?? "");
    if (at === head.at || !values.some(Boolean) || !values.some((text) => /[0-9]/.test(text))) return [];
    const texts = row.slice(0, labels);
    return [{ at, text: texts.filter(Boolean).join(" · ") || `baris ${at + 1}`, first: values.slice(0, 3), ...fieldOf(texts, rows) }];
  });
  const taken = new Map();
  for (const line of lines) taken.set(line.to, (taken.get(line.to) ?? 0) + 1);
  const once = lines.map((line) => (taken.get(line.to) > 1 ? { ...line, to: UNKNOWN, why: line.to === UNKNOWN ? line.why : "dua baris bernama sama" } : line));
  return { lines: once, places, across: isAcross, cells };
}

/** What is still to be chosen in a mapping: lines that nobody knows, and figures named twice. @param {Mapping} mapping */
export function openIn({ lines }) {
  const used = lines.map(({ to }) => to).filter((to) => to !== IGNORED);
  return { unknown: lines.filter(({ to }) => to === UNKNOWN).length, twice: used.filter((to, at) => to !== UNKNOWN && used.indexOf(to) !== at).length };
}

/**
 * The cells that a mapping gives, and those whose text is no number.
 * @param {Mapping} mapping @returns {{cells: {code: string, field: string, number: number}[], wrong: {code: string, field: string, text: string}[]}}
 */
export function valuesOf({ lines, places, cells }) {
  const all = lines.filter(({ to }) => to !== IGNORED && to !== UNKNOWN).flatMap(({ at, to: field }) => places.map((place) => ({ code: place.to, field, text: cells[at][place.at] ?? "" })));
  const filled = all.filter(({ text }) => text !== "");
  return {
    cells: filled.flatMap(({ code, field, text }) => { const number = numberIn(text); return number === null ? [] : [{ code, field, number }]; }),
    wrong: filled.filter(({ text }) => numberIn(text) === null),
  };
}

// ---------------------------------------------------------------- XLSX

/** The rows of the first sheet of a file, or of a text. @param {Uint8Array} bytes @returns {Promise<string[][]>} */
export async function rowsOfFile(bytes) {
  if (bytes.length > MOST) throw new Error("too large");
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return rowsOfText(new TextDecoder("utf-8", { fatal: false }).decode(bytes));
  const parts = await unzipped(bytes, /^xl\/(?:sharedStrings|worksheets\/sheet[0-9]+)\.xml$/);
  const shared = [...(parts.get("xl/sharedStrings.xml") ?? "").matchAll(/<si>([^]*?)<\/si>/g)].map(([, one]) => textIn(one));
  const name = [...parts.keys()].filter((one) => one.includes("/sheet")).sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0];
  /** @type {string[][]} */
  const rows = [];
  for (const [, attributes, inner = ""] of (parts.get(name) ?? "").matchAll(/<c\b([^>]*?)(?:\/>|>([^]*?)<\/c>)/g)) {
    const [, letters, number] = /\br="([A-Z]{1,3})([0-9]{1,6})"/.exec(attributes) ?? [];
    const [row, column] = [Number(number) - 1, [...(letters ?? "")].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1];
    if (!letters || row > 5_000 || column > 1_000) continue;
    const kind = /\bt="([a-zA-Z]+)"/.exec(attributes)?.[1];
    const value = /<v>([^<]*)<\/v>/.exec(inner)?.[1] ?? "";
    const text = kind === "s" ? (shared[Number(value)] ?? "") : kind === "inlineStr" ? textIn(inner) : unescaped(value);
    while (rows.length <= row) rows.push([]);
    while (rows[row].length <= column) rows[row].push("");
    rows[row][column] = text.trim();
  }
  return rows.filter((row) => row.some(Boolean));
}

/** @param {string} xml */
function textIn(xml) {
  return [...xml.matchAll(/<t\b[^>]*>([^<]*)<\/t>/g)].map(([, one]) => unescaped(one)).join("");
}

/** @param {string} text */
function unescaped(text) {
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (one) => ({ "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&" })[one] ?? one);
}

/** The parts of a ZIP file whose names fit, as texts. @param {Uint8Array} bytes @param {RegExp} wanted @returns {Promise<Map<string, string>>} */
async function unzipped(bytes, wanted) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Error("no directory");
  const found = new Map();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0 && view.getUint32(at, true) === 0x02014b50; left -= 1) {
    const [method, size, name, extra, comment, local] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true), view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true), view.getUint32(at + 42, true)];
    const path = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name));
    if (wanted.test(path)) {
      const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const packed = bytes.subarray(begin, begin + size);
      found.set(path, new TextDecoder().decode(method === 0 ? packed : await through(packed, new DecompressionStream("deflate-raw"), MOST * 4)));
    }
    at += 46 + name + extra + comment;
  }
  return found;
}
