// Signed notes and their keys (C2SP signed-note v1.0.0, tlog-cosignature v1).

import { concat, equal, fromBase64, fromHex, fromUtf8, hex, toNumber, utf8 } from "./bytes.js";
import { isAcceptable, verifyEd25519 } from "./ed25519.js";
import { Malformed, NotVerified } from "./faults.js";
import { sha256 } from "./sha2.js";

export const SIGNATURE = 0x01;
export const COSIGNATURE = 0x04;
const MAX_NOTE = 65536;
const MAX_LINES = 64;
const CONTROL = /[\x00-\x09\x0b-\x1f]/;
// White space as Python's str.isspace sees it, which C2SP calls Unicode spaces.
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const VKEY = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/;

// {name, id (4 bytes), kind, key} of a verifier key `name+c126ccb8+AQOhB7/z…`.
export function parseVkey(text) {
  const match = VKEY.exec(text);
  if (!match) throw new Malformed("not a verifier key", "vkey");
  const [, name, id] = match;
  const material = fromBase64(match[3]);
  const [kind, key] = [material[0], material.subarray(1)];
  if (!isName(name)) throw new Malformed("not a key name", "key-name");
  if (kind !== SIGNATURE && kind !== COSIGNATURE) {
    throw new Malformed("a kind of key that is not supported", "key-kind");
  }
  if (!isAcceptable(key)) throw new Malformed("not an acceptable Ed25519 key", "public-key");
  const own = sha256(utf8(`${name}\n`), material).subarray(0, 4);
  if (!equal(own, fromHex(id))) throw new Malformed(`key id ${id}, want ${hex(own)}`, "vkey");
  return { name, id: own, kind, key, vkey: text };
}

// {text, lines: [{name, id, signature}]}; nothing is verified yet.
export function parseNote(bytes) {
  if (bytes.length > MAX_NOTE) throw new Malformed("a note of more than 65,536 bytes", "note");
  const whole = fromUtf8(bytes, "note");
  if (CONTROL.test(whole)) throw new Malformed("a control character in a note", "note");
  const split = whole.lastIndexOf("\n\n") + 1;
  if (!split || !whole.endsWith("\n")) {
    throw new Malformed("no empty line before signatures, or no final newline", "note");
  }
  const rows = whole.slice(split + 1, -1).split("\n");
  if (rows.length > MAX_LINES) throw new Malformed("more than 64 signature lines", "note");
  return { text: utf8(whole.slice(0, split)), lines: rows.map(parseLine) };
}

function parseLine(row) {
  const [dash, name, signature, ...more] = row.split(" ");
  if (dash !== "—" || signature === undefined || more.length) {
    throw new Malformed("a signature line of another form", "note");
  }
  if (!isName(name)) throw new Malformed("not a key name", "key-name");
  const bytes = fromBase64(signature);
  if (bytes.length <= 4) throw new Malformed("a signature line without a signature", "note");
  return { name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

export function isName(name) {
  return name !== "" && !name.includes("+") && !SPACE.test(name) && !CONTROL.test(name);
}

// The text of a note, and those of the known keys that signed it. A line of an unknown key is
// ignored; a line of a known key that does not verify refuses the whole note.
export async function openNote(bytes, known) {
  const note = parseNote(bytes);
  const names = known.map((key) => `${key.name} ${hex(key.id)}`);
  known.forEach((key, at) => {
    const twin = known[names.indexOf(names[at])];
    if (twin.kind !== key.kind || !equal(twin.key, key.key)) {
      throw new NotVerified("two known keys share name and id", "not-verified", key.name);
    }
  });
  const signed = new Set();
  for (const line of note.lines) {
    const key = known[names.indexOf(`${line.name} ${hex(line.id)}`)];
    if (!key) continue;
    await verifyLine(note.text, line, key);
    signed.add(key);
  }
  if (!signed.size) throw new NotVerified("no signature of a known key");
  return { text: note.text, signed: [...signed] };
}

async function verifyLine(text, line, key) {
  let [message, sig] = [text, line.signature];
  if (key.kind === COSIGNATURE) {
    const time = toNumber(sig.subarray(0, 8));
    if (sig.length < 8 || time > 2n ** 63n - 1n) {
      throw new NotVerified("no time in a cosignature", "not-verified", line.name);
    }
    message = concat(utf8(`cosignature/v1\ntime ${time}\n`), text);
    sig = sig.subarray(8);
  }
  try {
    await verifyEd25519(key.key, message, sig);
  } catch (error) {
    if (error instanceof NotVerified) error.place ||= line.name;
    throw error;
  }
}
