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

export function sha256(...parts) {
  const view = padded(parts.length === 1 ? parts[0] : concat(...parts), 64, 8);
  const state = Uint32Array.from(START_32);
  const w = new Int32Array(64);
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(at + 4 * t);
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15];
      const y = w[t - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = Int32Array.from(state);
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
    [a, b, c, d, e, f, g, h].forEach((word, place) => {
      state[place] += word;
    });
  }
  return written(state, 4, (out, place, word) => out.setUint32(place, word));
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
    let [a, b, c, d, e, f, g, h] = state;
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
