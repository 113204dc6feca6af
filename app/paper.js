// @ts-check
// The rows of a C.Hasil in the order of the paper, and the statement that they become.

import { utf8 } from "./verify/bytes.js";
import { decode, encodePublic } from "./verify/json.js";
import { numberOf } from "./numbers.js";
import { side } from "./role.js";

/**
 * @typedef {{field: string, code: string, label: string, part: string}} Row
 * @typedef {{number: number, names: string[]}} Pair
 * @typedef {{election: string, contest: string, region: string, tps?: string, paper: string}} Place of one TPS, or of a region; `paper`: which form, or whose copy
 */

const VOTERS = [
  ["registered", "I.A", "Pemilih dalam DPT"],
  ["voted_listed", "I.B.1", "Pengguna hak pilih dalam DPT"],
  ["voted_moved", "I.B.2", "Pengguna hak pilih dalam DPPh"],
  ["voted_unlisted", "I.B.3", "Pengguna hak pilih dalam DPTb"],
  ["voted", "I.B.4", "Jumlah pengguna hak pilih"],
];
const BALLOTS = [
  ["ballots_received", "II.1", "Surat suara diterima"],
  ["ballots_used", "II.2", "Surat suara digunakan"],
  ["ballots_returned", "II.3", "Dikembalikan, rusak atau keliru coblos"],
  ["ballots_unused", "II.4", "Surat suara tidak digunakan"],
];
const OFFSETS = { "Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9 };

/** All rows of the paper. @param {Pair[]} pairs @returns {Row[]} */
export function rowsOf(pairs) {
  const both = (/** @type {string[]} */ [field, code, label], /** @type {string} */ part) =>
    [["_m", "L", "laki-laki"], ["_f", "P", "perempuan"], ["", "jumlah", "jumlah"]].map(([end, short, word]) => ({
      field: field + end, code: `${code} ${short}`, label: `${label}, ${word}`, part,
    }));
  return [
    ...VOTERS.flatMap((row) => both(row, "Bagian I · Pemilih")),
    ...BALLOTS.map(([field, code, label]) => ({ field, code, label, part: "Bagian II · Surat suara" })),
    ...both(["voted_disabled", "III", "Pemilih disabilitas"], "Bagian III · Disabilitas"),
    ...voteRows(pairs),
  ];
}

/** The rows that each signer reads for himself. @param {Pair[]} pairs @returns {Row[]} */
export function voteRows(pairs) {
  const part = "Bagian IV · Perolehan suara";
  const last = "Bagian V · Sah dan tidak sah";
  return [
    ...pairs.map(({ number, names }) => ({ field: `pair_${number}`, code: String(number), label: names.join(" dan ") || "Kolom kosong", part })),
    { field: "valid", code: "A", label: "Suara sah", part: last },
    { field: "invalid", code: "B", label: "Suara tidak sah", part: last },
    { field: "total", code: "C", label: "Suara sah dan tidak sah", part: last },
  ];
}

/** The figures that were typed whole. @param {Map<string, string>} typed @returns {Record<string, number>} */
export function figuresOf(typed) {
  /** @type {Record<string, number>} */
  const figures = {};
  for (const [field, text] of typed) {
    const number = numberOf(text);
    if (number !== null) figures[field] = number;
  }
  return figures;
}

/** What a paper says of a witness. */
export const WITNESS_STATES = [["signed", "hadir, tanda tangan"], ["refused", "hadir, tidak tanda tangan"], ["absent", "tidak hadir"]];

/** @param {import("./bersama/witnesses.js").Said} one */
export function witnessState({ present, signed }) {
  return present ? (signed ? "signed" : "refused") : "absent";
}

/** A text as it is signed: one line. @param {string} text */
export function lineOf(text) {
  return text.replace(/\s+/g, " ").trim();
}

/** Why a text can stand in no form, or "". @param {string} text */
export function unsaid(text) {
  if (/[0-9]{8}/.test(text)) return "Delapan angka berurutan tidak dapat ditulis di sini.";
  try {
    decode(utf8(JSON.stringify(text)));
    return "";
  } catch {
    return "Ada tanda yang tidak dapat ditulis di sini, misalnya gambar. Hapus dulu.";
  }
}

/** The rows that this telephone copies: of C.Hasil all, of one's own copy of it the votes. @param {{paper: string, pairs: Pair[]}} kit */
export function ownRows({ paper, pairs }) {
  return paper === "c_hasil" ? rowsOf(pairs) : voteRows(pairs);
}

/** What stands once: for C.Hasil the slot of its form. @param {Place} place */
export function slotOf({ election, contest, region, tps, paper }) {
  return [election, contest, paper, region, ...(tps ? [tps] : [])].join("/");
}

/** A time as a zone shows it. @param {keyof typeof OFFSETS} timezone @param {Date} now */
export function timeOf(timezone, now) {
  const hours = OFFSETS[timezone] ?? 7;
  return `${new Date(now.getTime() + hours * 3_600_000).toISOString().slice(0, 19)}+0${hours}:00`;
}

/**
 * The canonical bytes of a statement about the TPS, of a time that its roster's zone shows.
 * @param {Place & {log: string, timezone: keyof typeof OFFSETS}} place
 * @param {Record<string, unknown>} more
 * @param {Date} now
 * @returns {Uint8Array}
 */
export function payloadOf({ log, election, contest, region, tps, timezone }, more, now) {
  return encodePublic({ at: timeOf(timezone, now), contest, election, log, region, ...(tps ? { tps } : {}), ...more }).slice(0, -1);
}

/**
 * What one's own copy of C.Hasil says.
 * @param {import("./role.js").Me} me @param {Record<string, number>} figures @param {string} count @param {string | undefined} source what a pemantau read
 */
export function copyOf(me, figures, count, source) {
  return { kind: "copy", ...side(me), count, figures, ...(me.body === "pemantau" ? { source } : {}) };
}

/**
 * What a line of the paper of special events says; `text` is the digest of its words, "" without any.
 * @param {import("./role.js").Me} me @param {"objection" | "event"} kind @param {number} number @param {string} code @param {Record<string, number>} claims @param {string} text
 */
export function incidentOf(me, kind, number, code, claims, text) {
  return { kind, form: "c_hasil", ...side(me), number, code, ...(Object.keys(claims).length ? { claims } : {}), ...(text ? { text } : {}) };
}

/**
 * What a form says.
 * @param {Record<string, number>} figures
 * @param {{rule: string, text: string}[]} explanations
 * @param {{id: string, revision: number, code: string, text: string} | null} continued the form that it corrects, and why
 */
export function formOf(figures, explanations, continued) {
  return {
    kind: "form", form: "c_hasil", count: "first", figures, revision: (continued?.revision ?? 0) + 1, ...(explanations.length ? { explanations } : {}),
    ...(continued ? { previous: continued.id, reason: { code: continued.code, ...(continued.text ? { text: continued.text } : {}) } } : {}),
  };
}
