// Ed25519 (RFC 8032) with everything closed that implementations disagree on: the encodings of the
// key A and of R are canonical and none of small order, S is below the group order, and the
// equation without cofactor holds: S·B = R + SHA-512(R ‖ A ‖ M)·A.
//
// WebCrypto checks the equation where it knows the algorithm, the code below where it does not.

import { equal, fromHex, fromNumber, hex, toNumber } from "./bytes.js";
import { NotVerified } from "./faults.js";
import { combined, inverse, modulo, power, turn } from "./field.js";
import { sha512 } from "./sha2.js";

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = modulo(-121665n * inverse(121666n, P), P);
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n, P);
const KNOWN = new WeakMap(); // WebCrypto → key in hex → its key
const SMALL_ORDINATES = [
  0n,
  1n,
  P - 1n,
  toNumber(fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), true),
  toNumber(fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), true),
];
const BASE = point(fromNumber(modulo(4n * inverse(5n, P), P), 32, true));

// Whether 32 bytes may be a key or R: canonical, and none of the 8 points of small order.
export function isAcceptable(encoding) {
  if (encoding.length !== 32) return false;
  const y = toNumber(encoding, true) & (2n ** 255n - 1n);
  return y < P && !SMALL_ORDINATES.includes(y);
}

// Throws NotVerified. `subtle` is WebCrypto's, or null for the code of this file alone.
export async function verifyEd25519(key, message, sig, subtle = globalThis.crypto?.subtle) {
  if (!isAcceptable(key)) throw new NotVerified("not an acceptable Ed25519 key");
  if (sig.length !== 64) throw new NotVerified("an Ed25519 signature has 64 bytes");
  if (!isAcceptable(sig.subarray(0, 32))) throw new NotVerified("R is not canonical or small");
  if (toNumber(sig.subarray(32), true) >= ORDER) throw new NotVerified("S is not below the order");
  const known = await imported(key, subtle);
  const holds = known
    ? await subtle.verify("Ed25519", known, sig, message)
    : await turn().then(() => holdsHere(key, message, sig));
  if (!holds) throw new NotVerified("the signature does not verify");
}

// A key as WebCrypto holds it, made once; null without WebCrypto, without Ed25519 in it, or where the
// encoding names no point: then the answer is ours.
function imported(key, subtle) {
  if (!subtle) return null;
  if (!KNOWN.has(subtle)) KNOWN.set(subtle, new Map());
  const [keys, name] = [KNOWN.get(subtle), hex(key)];
  if (!keys.has(name)) keys.set(name, subtle.importKey("raw", key, "Ed25519", false, ["verify"]).catch(() => null));
  return keys.get(name);
}

function holdsHere(key, message, sig) {
  const a = point(key);
  if (!a) return false;
  const h = modulo(toNumber(sha512(sig.subarray(0, 32), key, message), true), ORDER);
  const found = combined(toNumber(sig.subarray(32), true), BASE, h, negated(a), GROUP);
  return equal(encoded(found), sig.subarray(0, 32));
}

// Extended coordinates [X, Y, Z, T] of an encoding, null if it names no point.
function point(encoding) {
  const whole = toNumber(encoding, true);
  const y = whole & (2n ** 255n - 1n);
  const above = modulo(y * y - 1n, P);
  const below = modulo(D * y * y + 1n, P);
  const cubed = modulo(below ** 3n, P);
  let x = modulo(above * cubed * power(above * cubed * below ** 4n, (P - 5n) / 8n, P), P);
  const square = modulo(below * x * x, P);
  if (square === modulo(-above, P)) x = modulo(x * ROOT_OF_MINUS_ONE, P);
  else if (square !== above) return null;
  const sign = whole >> 255n;
  if (!x && sign) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, modulo(x * y, P)];
}

function negated([x, y, z, t]) {
  return [modulo(-x, P), y, z, modulo(-t, P)];
}

function encoded([x, y, z]) {
  const scale = inverse(z, P);
  const sign = modulo(x * scale, P) & 1n;
  return fromNumber(modulo(y * scale, P) | (sign << 255n), 32, true);
}

// RFC 8032 section 5.1.4; complete, so it doubles too.
function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = modulo((y1 - x1) * (y2 - x2), P);
  const b = modulo((y1 + x1) * (y2 + x2), P);
  const c = modulo(2n * t1 * D * t2, P);
  const d = modulo(2n * z1 * z2, P);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [modulo(e * f, P), modulo(g * h, P), modulo(f * g, P), modulo(e * h, P)];
}

function double([x, y, z]) {
  const a = modulo(x * x, P);
  const b = modulo(y * y, P);
  const h = a + b;
  const e = h - (x + y) ** 2n;
  const g = a - b;
  const f = modulo(2n * z * z, P) + g;
  return [modulo(e * f, P), modulo(g * h, P), modulo(f * g, P), modulo(e * h, P)];
}

const GROUP = { zero: [0n, 1n, 1n, 0n], add, double };
