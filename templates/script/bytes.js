// Byte strings (Uint8Array) and their spellings. Every spelling is strict: it is read, written
// again and compared.

import { Malformed } from "./faults.js";

const ENCODER = new TextEncoder();
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const HEX = /^(?:[0-9a-f]{2})*$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

export function utf8(text) {
  return ENCODER.encode(text);
}

// The text of UTF-8 bytes; a byte order mark is a character like any other.
export function fromUtf8(bytes, code = "not-utf8") {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed("not UTF-8", code);
  }
}

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(left, right) {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

export function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += PAIRS[byte];
  return text;
}

export function fromHex(text) {
  if (!HEX.test(text)) throw new Malformed("not lower-case hex", "hex");
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.substr(2 * at, 2), 16));
}

export function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

// Standard base64 with padding and zero trailing bits (RFC 4648 section 4).
export function fromBase64(text) {
  if (!BASE64.test(text) || text.length % 4) throw new Malformed("not base64", "base64");
  const read = atob(text);
  const bytes = new Uint8Array(read.length);
  for (let at = 0; at < read.length; at++) bytes[at] = read.charCodeAt(at);
  if (base64(bytes) !== text) throw new Malformed("not standard padded base64", "base64");
  return bytes;
}

export function base64url(bytes) {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// A big-endian or little-endian number as BigInt.
export function toNumber(bytes, littleEndian = false) {
  const digits = hex(littleEndian ? Uint8Array.from(bytes).reverse() : bytes);
  return digits ? BigInt(`0x${digits}`) : 0n;
}

export function fromNumber(number, length, littleEndian = false) {
  const bytes = fromHex(number.toString(16).padStart(2 * length, "0"));
  return littleEndian ? bytes.reverse() : bytes;
}
