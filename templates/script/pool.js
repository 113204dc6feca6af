// Files that a reader gives, told apart by what they hold, and found by their path in a site.

import { base64, equal, fromBase64, fromUtf8, utf8 } from "./bytes.js";
import { parseCheckpoint } from "./checkpoint.js";
import { leafHash } from "./envelope.js";
import { Malformed, Unchecked } from "./faults.js";
import { decodePublic, encodePublic } from "./json.js";
import { keyid } from "./keys.js";
import { verifyInclusion } from "./merkle.js";
import { parseNote } from "./note.js";
import { FIRST_LINE, parseProof } from "./proof.js";
import { keysNamed, parseEntry } from "./register.js";

const ANCHORS = "policy.txt";
const FORMAT = "rekap-bukti/1";
const MAX_FILE = 8 * 1024 * 1024;
const MAX_EVIDENCE = 64 * 1024 * 1024; // all files of one sheet
const MAX_CHAIN = 1000; // more than any check reads

// entry, proof, receipt, checkpoint, policy, twin, evidence, or unknown.
function kindOf(bytes) {
  if (bytes.length > MAX_EVIDENCE) return "unknown";
  let text;
  try {
    text = fromUtf8(bytes);
  } catch {
    return "unknown";
  }
  if (/^\{"/.test(text) && text.includes(`"format":"${FORMAT}"`)) return "evidence";
  if (bytes.length > MAX_FILE) return "unknown";
  if (text.startsWith(FIRST_LINE)) return "proof";
  if (text.startsWith('{"payload":')) return "entry";
  if (/^\{"/.test(text)) return "twin";
  if (/^[^\n]+\/receipt\n/.test(text)) return "receipt";
  if (/^[^\n ]+\n[0-9]+\n[^\n]+\n/.test(text)) return "checkpoint";
  return /^quorum /m.test(text) ? "policy" : "unknown";
}

// The bytes of an evidence file: all `files` (path → bytes) that the sheet of an address was drawn
// from, the note of the log's head that this device remembered before, and the id of the log that the site
// showed it then, or null.
export function encodeEvidence({ address, files, head, log }) {
  const [texts, others] = [{}, {}];
  for (const [path, bytes] of files) {
    try {
      texts[path] = fromUtf8(bytes);
    } catch {
      others[path] = base64(bytes);
    }
  }
  return encodePublic({ address, bytes: others, files: texts, format: FORMAT, head, log });
}

// {address, files: Map(path → bytes), head, log} of an evidence file.
function decodeEvidence(data) {
  const { address, bytes, files, format, head, log } = decodePublic(data, MAX_EVIDENCE);
  const known = format === FORMAT && typeof address === "string" && [bytes, files].every(isTexts);
  if (!known || [head, log].some((one) => one !== null && typeof one !== "string")) throw new Malformed("not saved evidence");
  const texts = Object.entries(files).map(([path, text]) => [path, utf8(text)]);
  return { address, head, log, files: new Map([...texts, ...Object.entries(bytes).map(([path, text]) => [path, fromBase64(text)])]) };
}

function isTexts(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value) && Object.values(value).every((one) => typeof one === "string");
}

export class Pool {
  constructor() {
    this.items = [];
    this.paths = new Map();
  }

  // One file; an evidence file stands for all that it holds.
  add(name, bytes) {
    const kind = kindOf(bytes);
    const item = { name, bytes, kind };
    this.items.push(item);
    if (kind !== "evidence") return;
    try {
      Object.assign(item, decodeEvidence(bytes));
      for (const [path, data] of item.files) this.paths.set(path, data);
    } catch (error) {
      item.fault = error;
    }
  }

  read(path) {
    const [first, ...others] = path === ANCHORS ? this.of("policy") : [];
    if (others.some(({ bytes }) => !equal(bytes, first.bytes))) throw new Unchecked("two files of anchors", "two-anchors", ANCHORS);
    return this.paths.get(path) ?? null;
  }

  // Give every file its path. The number of an entry is the one whose proof leads from it to a
  // root; without such a proof the one in its name, which proves nothing.
  settle() {
    const proofs = this.of("proof").flatMap((item) => {
      try {
        const proof = parseProof(item.bytes);
        item.index = Number(proof.index);
        this.paths.set(`bukti/${proof.index}.tlog-proof`, item.bytes);
        return [proof];
      } catch (error) {
        item.fault = error;
        return [];
      }
    });
    for (const item of this.of("entry")) {
      const leaf = leafHash(item.bytes);
      const fitting = proofs.find((proof) => leads(proof, leaf));
      const named = /^([0-9]{1,9})\b/.exec(item.name);
      const alone = this.of("entry").length === 1 && proofs.length === 1;
      const index = fitting?.index ?? named?.[1] ?? (alone ? proofs[0].index : null);
      if (index === null) continue;
      item.index = Number(index);
      this.paths.set(`bukti/${index}.json`, item.bytes);
    }
    this.of("policy").forEach((item) => this.paths.set(ANCHORS, item.bytes));
    this.of("checkpoint").forEach((item) => this.paths.set("log/checkpoint", item.bytes));
    for (const item of this.of("twin")) {
      try {
        const { address } = decodePublic(item.bytes);
        if (typeof address === "string") this.paths.set(`${address}index.json`, item.bytes);
      } catch (error) {
        item.fault = error;
      }
    }
  }

  // The same with the files of one evidence file before those of others; the reader's own anchors
  // stay before all.
  seenBy({ files }) {
    const own = Object.assign(new Pool(), { items: this.items, paths: new Map([...this.loose().paths, ...files]) });
    this.of("policy").forEach(({ bytes }) => own.paths.set(ANCHORS, bytes));
    return own;
  }

  // The same for files given by themselves: anchors that came with somebody's evidence are not theirs.
  loose() {
    const own = Object.assign(new Pool(), { items: this.items, paths: new Map(this.paths) });
    if (!this.of("policy").length) own.paths.delete(ANCHORS);
    return own;
  }

  of(kind) {
    return this.items.filter((item) => item.kind === kind);
  }

  // The entries here by which entry `index` may be entitled: those that name its keys, and theirs.
  chain(index) {
    const entries = new Map();
    for (const [path, bytes] of this.paths) {
      const [, number] = /^bukti\/([0-9]+)\.json$/.exec(path) ?? [];
      if (number !== undefined) entries.set(Number(number), understood(bytes));
    }
    const found = new Set();
    const visit = (at) => {
      const entry = entries.get(at);
      if (!entry || found.has(at) || found.size === MAX_CHAIN) return;
      found.add(at);
      for (const [other, { named, id, begins }] of entries) {
        const grants = other < at && [...entry.keys].some((key) => named.has(key));
        const same = other !== at && (id === entry.id || id === entry.previous);
        if (grants || same || (other < at && begins && begins === entry.election)) visit(other);
      }
    };
    visit(index);
    return [...found];
  }
}

function leads(proof, leaf) {
  try {
    const { size, root } = parseCheckpoint(parseNote(proof.checkpoint).text);
    verifyInclusion({ index: proof.index, size, leaf, proof: proof.hashes, root });
    return true;
  } catch {
    return false;
  }
}

// {id, the id of what it replaces, keys that signed, keys that it names, election, the election it begins} of an entry.
function understood(bytes) {
  const nothing = { id: "", previous: null, keys: new Set(), named: new Set(), election: "", begins: "" };
  try {
    const { envelope: { id, signatures }, fields } = parseEntry(bytes);
    const keys = keysNamed(fields);
    return {
      id,
      previous: fields.kind === "form" ? null : (fields.previous ?? null),
      keys: new Set(signatures.map((one) => one.keyid)),
      named: new Set(keys.map((one) => keyid(one.alg, one.key))),
      election: fields.election ?? "",
      begins: fields.kind === "election" ? fields.election : "",
    };
  } catch {
    return nothing;
  }
}
