// ECDSA P-256 with SHA-256, signatures r ‖ s, high s allowed: what passkeys sign with.

import { concat, fromNumber, toNumber } from "./bytes.js";
import { NotVerified } from "./faults.js";
import { combined, inverse, modulo, power, turn } from "./field.js";
import { sha256 } from "./sha2.js";

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const BASE = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
  1n,
];
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

// [x, y, 1] of 33 bytes (SEC1 compressed); throws NotVerified if they name no point.
export function decompressed(key) {
  const x = toNumber(key.subarray(1));
  if (key.length === 33 && (key[0] === 2 || key[0] === 3) && x < P) {
    const square = modulo(x * x * x - 3n * x + B, P);
    const y = power(square, (P + 1n) / 4n, P);
    if ((y * y) % P === square) return [x, (y & 1n) === BigInt(key[0] & 1) ? y : P - y, 1n];
  }
  throw new NotVerified("not a compressed P-256 point");
}

// Throws NotVerified. `subtle` is WebCrypto's, or null for the code of this file alone.
export async function verifyP256(key, message, sig, subtle = globalThis.crypto?.subtle) {
  if (sig.length !== 64) throw new NotVerified("a P-256 signature has 64 bytes");
  const [r, s] = [toNumber(sig.subarray(0, 32)), toNumber(sig.subarray(32))];
  if (!r || !s || r >= ORDER || s >= ORDER) throw new NotVerified("r or s is out of range");
  const point = decompressed(key);
  const holds = subtle
    ? await holdsThere(subtle, point, message, sig)
    : await turn().then(() => holdsHere(point, message, r, s));
  if (!holds) throw new NotVerified("the signature does not verify");
}

async function holdsThere(subtle, [x, y], message, sig) {
  const raw = concat(Uint8Array.of(4), fromNumber(x, 32), fromNumber(y, 32));
  const key = await subtle.importKey("raw", raw, ALGORITHM, false, ["verify"]);
  return subtle.verify(ALGORITHM, key, sig, message);
}

function holdsHere(point, message, r, s) {
  const scale = inverse(s, ORDER);
  const hashed = toNumber(sha256(message));
  const [u, v] = [modulo(hashed * scale, ORDER), modulo(r * scale, ORDER)];
  const [x, , z] = combined(u, BASE, v, point, GROUP);
  return z !== 0n && modulo(modulo(x * inverse(z, P) ** 2n, P), ORDER) === r;
}

// Jacobian coordinates; z is 0 at infinity.
function double([x, y, z]) {
  const [delta, gamma] = [modulo(z * z, P), modulo(y * y, P)];
  const beta = modulo(x * gamma, P);
  const alpha = modulo(3n * (x - delta) * (x + delta), P);
  const x3 = modulo(alpha * alpha - 8n * beta, P);
  const y3 = modulo(alpha * (4n * beta - x3) - 8n * gamma * gamma, P);
  return [x3, y3, modulo((y + z) ** 2n - gamma - delta, P)];
}

function add(left, right) {
  if (!left[2]) return right;
  if (!right[2]) return left;
  const [[x1, y1, z1], [x2, y2, z2]] = [left, right];
  const [zz1, zz2] = [modulo(z1 * z1, P), modulo(z2 * z2, P)];
  const [u1, u2] = [modulo(x1 * zz2, P), modulo(x2 * zz1, P)];
  const [s1, s2] = [modulo(y1 * z2 * zz2, P), modulo(y2 * z1 * zz1, P)];
  if (u1 === u2) return s1 === s2 ? double(left) : GROUP.zero;
  const [h, r] = [u2 - u1, s2 - s1];
  const [hh, hhh] = [modulo(h * h, P), modulo(h * h * h, P)];
  const x3 = modulo(r * r - hhh - 2n * u1 * hh, P);
  return [x3, modulo(r * (u1 * hh - x3) - s1 * hhh, P), modulo(h * z1 * z2, P)];
}

const GROUP = { zero: [1n, 1n, 0n], add, double };
