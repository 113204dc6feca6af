// Canonical JSON of statements (RFC 8785, restricted) and public JSON of twins and `site.json`.
// Both are bounded, parsed, checked, encoded again and compared: every value has one spelling.

import { fromUtf8, utf8 } from "./bytes.js";
import { Malformed } from "./faults.js";

export const MAX_BYTES = 65535;
export const MAX_TWIN = 4 * 1024 * 1024;
const MAX_INTEGER = 999999999;
const MAX_DEPTH = 8;
const MAX_TWIN_DEPTH = 32;
// U+0020–7E, U+00A1–017F without U+00AD, and the typographic marks of Indonesian texts.
const DOCUMENT =
  /^(?:[ -[\]-~\u00a1-\u00ac\u00ae-\u017f\u2013\u2014\u2018\u2019\u201c\u201d\u2026]|\\["\\])*$/;
const ASCII = /^[\x00-\x7f]*$/;
const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Cs}/u;

// The value whose canonical bytes are exactly `bytes`; `nulls` admits null.
export function decode(bytes, { limit = MAX_BYTES, nulls = false } = {}) {
  const { text, value } = parsed(bytes, limit);
  check(value, nulls, 1);
  if (encode(value) !== text) {
    const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"/gs, '""');
    if (/[0-9][.eE]/.test(bare)) throw new Malformed("not an integer", "number");
    if (repeatsKey(text, value)) throw new Malformed("a key stands twice", "duplicate-key");
    throw new Malformed("not the canonical spelling of its value", "not-canonical");
  }
  if (!DOCUMENT.test(text)) throw new Malformed("a character outside the allowed set", "text");
  checkKeys(value);
  return value;
}

// The value of a twin or `site.json`: canonical with a final newline; negative integers, null, any
// character and 32 levels may stand there.
export function decodePublic(bytes, limit = MAX_TWIN) {
  const { text, value } = parsed(bytes, limit);
  checkPublic(value, 1);
  if (`${encode(value)}\n` !== text) throw new Malformed("not public JSON", "not-canonical");
  return value;
}

export function encodePublic(value) {
  return utf8(`${encode(value)}\n`);
}

function parsed(bytes, limit) {
  if (bytes.length > limit) {
    throw new Malformed(`${bytes.length} bytes, at most ${limit}`, "too-large");
  }
  const text = fromUtf8(bytes, "not-json");
  try {
    return { text, value: JSON.parse(text) };
  } catch {
    throw new Malformed("not JSON", "not-json");
  }
}

function encode(value) {
  if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const keys = Object.keys(value);
  // By code points, as Python sorts; code units differ only where there are surrogates.
  keys.sort(keys.some((key) => SURROGATE.test(key)) ? byCodePoint : undefined);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${encode(value[key])}`).join(",")}}`;
}

function byCodePoint(left, right) {
  const a = Array.from(left, (one) => one.codePointAt(0));
  const b = Array.from(right, (one) => one.codePointAt(0));
  const at = a.findIndex((point, place) => point !== b[place]);
  return at < 0 ? a.length - b.length : a[at] - (b[at] ?? -1);
}

function check(value, nulls, level) {
  if (typeof value === "number") {
    if (!Number.isInteger(value) || value < 0 || value > MAX_INTEGER) {
      throw new Malformed(`not 0…${MAX_INTEGER}`, "number");
    }
  } else if (value === null) {
    if (!nulls) throw new Malformed("null", "null");
  } else if (typeof value === "object") {
    if (level > MAX_DEPTH) throw new Malformed(`deeper than ${MAX_DEPTH}`, "depth");
    for (const one of Object.values(value)) check(one, nulls, level + 1);
  }
}

function checkPublic(value, level) {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      throw new Malformed("not an integer", "number");
    }
  } else if (typeof value === "string") {
    if (LONE_SURROGATE.test(value)) throw new Malformed("half a character", "text");
  } else if (value !== null && typeof value === "object") {
    if (level > MAX_TWIN_DEPTH) throw new Malformed(`deeper than ${MAX_TWIN_DEPTH}`, "depth");
    for (const one of Object.values(value)) checkPublic(one, level + 1);
  }
}

function checkKeys(value) {
  if (value === null || typeof value !== "object") return;
  for (const [key, one] of Object.entries(value)) {
    if (!ASCII.test(key)) throw new Malformed("a key that is not ASCII", "text");
    checkKeys(one);
  }
}

// Strings hold `"` only behind a backslash, so outside of strings every `":` ends a key.
function repeatsKey(text, value) {
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"(\s*:)?/gs, (_, colon) => (colon ? ":" : '""'));
  return bare.split(":").length - 1 > countKeys(value);
}

function countKeys(value) {
  if (value === null || typeof value !== "object") return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((count, one) => count + countKeys(one), own);
}
