// @ts-check
// An envelope as texts for square codes, and back: its parts without base64, deflated, in base 45, cut
// into texts that a small code holds. Whoever reads them verifies the signatures; the tag only says
// which texts belong together.

import { base64, concat, fromHex, hex, utf8 } from "./verify/bytes.js";
import { PAYLOAD_TYPE, parseEnvelope } from "./verify/envelope.js";
import { Malformed } from "./verify/faults.js";
import { encodePublic, MAX_BYTES } from "./verify/json.js";
import { sha256 } from "./verify/sha2.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const PART = 372; // bytes of one code: 558 signs of 600 that version 15-M holds
const MOST = 9;
const FRAME = /^RT1([1-9])([1-9])([0-9A-F]{8})([0-9A-Z $%*+./:-]{3,558})$/;
const NONE = new Uint8Array(0);

/** The texts of an envelope, one for each code. @param {string} envelope @returns {Promise<string[]>} */
export async function codesOf(envelope) {
  const { payload, signatures } = parseEnvelope(utf8(envelope));
  const parts = [payload, ...signatures.flatMap((/** @type {any} */ one) => [fromHex(one.keyid), one.sig, one.authenticatorData ?? NONE, one.clientDataJSON ?? NONE])];
  const packed = await through(concat(...parts.flatMap((part) => [Uint8Array.of(part.length >> 8, part.length & 255), part])), new CompressionStream("deflate-raw"));
  const count = Math.ceil(packed.length / PART);
  if (count > MOST) throw new Malformed("more than nine codes", "codes");
  return Array.from({ length: count }, (_, at) => `RT1${at + 1}${count}${tagOf(packed)}${base45(packed.subarray(at * PART, (at + 1) * PART))}`);
}

/**
 * A reader of codes in any order: give it each text; it says how many it has of how many, and the
 * envelope as soon as it has all. A text of another envelope begins anew; what is none of ours is null.
 * @returns {(text: string) => Promise<{have: number, of: number, envelope: string | null} | null>}
 */
export function reading() {
  /** @type {Map<number, Uint8Array>} */
  let parts = new Map();
  let tag = "";
  return async (text) => {
    const found = FRAME.exec(text);
    const part = found && fromBase45(found[4]);
    if (!found || !part) return null;
    const [at, of] = [Number(found[1]), Number(found[2])];
    if (tag !== found[3] + of) [tag, parts] = [found[3] + of, new Map()];
    parts.set(at, part);
    if (parts.size < of) return { have: parts.size, of, envelope: null };
    const packed = concat(...Array.from({ length: of }, (_, one) => parts.get(one + 1) ?? NONE));
    parts = new Map();
    return tagOf(packed) === found[3] ? { have: of, of, envelope: await unpacked(packed) } : null;
  };
}

/** @param {Uint8Array} packed @returns {Promise<string>} */
async function unpacked(packed) {
  const bytes = await through(packed, new DecompressionStream("deflate-raw"));
  /** @type {Uint8Array[]} */
  const parts = [];
  for (let at = 0; at < bytes.length;) {
    const length = (bytes[at] << 8) | bytes[at + 1];
    parts.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  const signatures = [];
  for (let at = 1; at + 3 < parts.length; at += 4) {
    const [keyid, sig, data, client] = parts.slice(at, at + 4);
    signatures.push({ ...(client.length ? { authenticatorData: base64(data), clientDataJSON: base64(client) } : {}), keyid: hex(keyid), sig: base64(sig) });
  }
  return envelopeOf(parts[0] ?? NONE, signatures);
}

/** The one spelling of an envelope; throws Malformed where it is none. @param {Uint8Array} payload @param {import("./sign.js").Signature[]} signatures @returns {string} */
export function envelopeOf(payload, signatures) {
  const sorted = [...signatures].sort((a, b) => (a.keyid < b.keyid ? -1 : 1));
  const text = new TextDecoder().decode(encodePublic({ payload: base64(payload), payloadType: PAYLOAD_TYPE, signatures: sorted })).trimEnd();
  parseEnvelope(utf8(text));
  return text;
}

/** @param {Uint8Array} packed */
function tagOf(packed) {
  return hex(sha256(packed)).slice(0, 8).toUpperCase();
}

/** Bytes through a stream, at most `most`: as many as an envelope has. @param {Uint8Array} bytes @param {CompressionStream | DecompressionStream} stream @returns {Promise<Uint8Array>} */
export async function through(bytes, stream, most = MAX_BYTES) {
  const reader = new Blob([/** @type {BlobPart} */ (bytes)]).stream().pipeThrough(stream).getReader();
  const parts = [];
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return concat(...parts);
    parts.push(value);
    size += value.length;
    if (size > most) throw new Malformed("too long", "codes");
  }
}

/** RFC 9285. @param {Uint8Array} bytes */
function base45(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const two = at + 1 < bytes.length;
    const number = two ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    text += ALPHABET[number % 45] + ALPHABET[Math.floor(number / 45) % 45] + (two ? ALPHABET[Math.floor(number / 2025)] : "");
  }
  return text;
}

/** @param {string} text @returns {Uint8Array | null} */
function fromBase45(text) {
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((sign) => ALPHABET.indexOf(sign));
    const number = digits.reduce((sum, digit, place) => sum + digit * 45 ** place, 0);
    if (digits.length < 2 || number >= 256 ** (digits.length - 1)) return null;
    bytes.push(...(digits.length === 3 ? [number >> 8, number & 255] : [number]));
  }
  return Uint8Array.from(bytes);
}
