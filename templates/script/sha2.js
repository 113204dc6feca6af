// SHA-256 and SHA-512 (FIPS 180-4), synchronous: a proof is a few dozen short hashes, and a file
// that is opened from disk may have no WebCrypto. The constants are computed, not typed.

import { concat } from "./bytes.js";

const MASK = (1n << 64n) - 1n;
const PRIMES = [];
for (let n = 2; PRIMES.length < 80; n++) {
  if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
}

// The first 32 bits behind the point of the cube and square roots of the first primes.
const ROUNDS_32 = Int32Array.from(PRIMES.slice(0, 64), (prime) => ((Math.cbrt(prime) % 1) * 2 ** 32) | 0);
const START_32 = Uint32Array.from(PRIMES.slice(0, 8), (prime) => (Math.sqrt(prime) % 1) * 2 ** 32);

// The first 64 bits behind the point of the square root (power 2) or cube root (power 3) of n.
function fraction(n, power) {
  const wanted = BigInt(n) << BigInt(64 * power);
  let root = 0n;
  for (let bit = 1n << 68n; bit; bit >>= 1n) {
    const next = root | bit;
    if (next ** BigInt(power) <= wanted) root = next;
  }
  return root & MASK;
}

const WORDS_64 = { rounds: null, start: null }; // only where a browser lacks Ed25519

// The message, a 1 bit, zeros, and the length in bits at the end of the last block.
function padded(message, block, lengthBytes) {
  const blocks = Math.ceil((message.length + 1 + lengthBytes) / block);
  const whole = new Uint8Array(blocks * block);
  whole.set(message);
  whole[message.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(whole.length - 4, (message.length * 8) >>> 0);
  return view;
}

// Of one message at a time: nothing here waits. A sheet of a kelurahan takes thousands of short hashes
// on a slow telephone, so none makes more garbage than its 32 bytes.
const SCHEDULE = new Int32Array(64);
const STATE = new Int32Array(8);
let whole = new Uint8Array(256);

// The message in `whole`, a 1 bit, zeros, the length in bits; returns how many bytes that are.
function fill(parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const end = Math.ceil((length + 9) / 64) * 64;
  if (whole.length < end) whole = new Uint8Array(2 * end);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  whole[at] = 0x80;
  whole.fill(0, at + 1, end);
  for (let i = 1, bits = 8 * length; bits; i++, bits = Math.floor(bits / 256)) whole[end - i] = bits % 256;
  return end;
}

export function sha256(...parts) {
  const [end, w] = [fill(parts), SCHEDULE];
  STATE.set(START_32);
  for (let at = 0; at < end; at += 64) {
    for (let t = 0, i = at; t < 16; t++, i += 4) w[t] = (whole[i] << 24) | (whole[i + 1] << 16) | (whole[i + 2] << 8) | whole[i + 3];
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15];
      const y = w[t - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
    }
    compress(STATE, w);
  }
  const out = new Uint8Array(32);
  for (let i = 0; i < 32; i++) out[i] = STATE[i >> 2] >>> (24 - 8 * (i & 3));
  return out;
}

function compress(state, w) {
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS_32[t] + w[t]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

function rotated(word, by) {
  return ((word >> by) | (word << (64n - by))) & MASK;
}

export function sha512(...parts) {
  WORDS_64.rounds ??= PRIMES.map((prime) => fraction(prime, 3));
  WORDS_64.start ??= PRIMES.slice(0, 8).map((prime) => fraction(prime, 2));
  const { rounds, start } = WORDS_64;
  const view = padded(concat(...parts), 128, 16);
  const state = [...start];
  const w = [];
  for (let at = 0; at < view.byteLength; at += 128) {
    for (let t = 0; t < 16; t++) w[t] = view.getBigUint64(at + 8 * t);
    for (let t = 16; t < 80; t++) {
      const s0 = rotated(w[t - 15], 1n) ^ rotated(w[t - 15], 8n) ^ (w[t - 15] >> 7n);
      const s1 = rotated(w[t - 2], 19n) ^ rotated(w[t - 2], 61n) ^ (w[t - 2] >> 6n);
      w[t] = (w[t - 16] + s0 + w[t - 7] + s1) & MASK;
    }
    let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (let t = 0; t < 80; t++) {
      const s1 = rotated(e, 14n) ^ rotated(e, 18n) ^ rotated(e, 41n);
      const first = h + s1 + ((e & f) ^ (~e & MASK & g)) + rounds[t] + w[t];
      const s0 = rotated(a, 28n) ^ rotated(a, 34n) ^ rotated(a, 39n);
      const second = s0 + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & MASK, c, b, a, (first + second) & MASK];
    }
    [a, b, c, d, e, f, g, h].forEach((word, place) => {
      state[place] = (state[place] + word) & MASK;
    });
  }
  return written(state, 8, (out, place, word) => out.setBigUint64(place, word));
}

function written(state, width, put) {
  const bytes = new Uint8Array(state.length * width);
  const out = new DataView(bytes.buffer);
  state.forEach((word, place) => put(out, place * width, word));
  return bytes;
}
