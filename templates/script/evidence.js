// What published files prove of one log: entries that are recorded and signed by who is entitled, up
// to the anchors. `read(path)` gives bytes, null for a file that is not there, and throws Unchecked
// where nothing can be said. Nothing here is drawn.

import { equal, fromUtf8, hex, utf8 } from "./bytes.js";
import { leafHash, parseEnvelope } from "./envelope.js";
import { Malformed, NotVerified, Unchecked } from "./faults.js";
import { keyid, verifySignature } from "./keys.js";
import { verifyConsistency, verifyInclusion } from "./merkle.js";
import { parseNote } from "./note.js";
import { meets, openCheckpoint, parsePolicy, policyOfLines } from "./policy.js";
import { parseProof, verifyProof } from "./proof.js";
import { keysNamed, parseEntry, Register } from "./register.js";
import { Tiles } from "./tiles.js";

const MAX_ENTRIES = 1200;
const MAX_SIGNATURES = 12000; // of entries and checkpoints: where a browser lacks Ed25519 each takes some milliseconds
const TILE = 256; // entries of a tile, 8 kB; the proof of one entry has some 1 kB
const WORTH = 4; // so many proofs are more to read than one tile
// Something that is not among the entries read may be elsewhere in the log.
const ELSEWHERE = ["unknown-key", "no-election"];

// {code, place, message, refutes}: what stopped a step. `refutes`: the files contradict themselves.
export function faultOf(error, place) {
  const known = error instanceof NotVerified || error instanceof Malformed;
  const refutes = known && !ELSEWHERE.includes(error.code);
  const code = known || error instanceof Unchecked ? error.code : "program";
  return { code, place: error.place || place, message: known ? error.message : String(error), refutes };
}

export class Evidence {
  // `told(done, total)` hears how many entries of a list have come; `headed`: whether there is a log
  // with a head and tiles, by which entries can be recorded too.
  constructor(read, told = () => {}, headed = false) {
    this.left = MAX_SIGNATURES;
    this.files = new Map();
    this.read = (path) => once(this.files, path, () => read(path));
    Object.assign(this, { told, headed });
    this.entries = new Map();
    this.statements = new Map();
    this.signatures = new Map();
    this.proofs = new Map();
    this.checkpoints = new Map();
    this.tiles = new Map(); // size → the tiles of the tree of that size
    this.trees = new Map(); // size → the tree of that size under which entries that were read are recorded
  }

  // The anchors, and the policy of entry 0, by which checkpoints count.
  async open() {
    const policy = await this.read("policy.txt");
    if (!policy) throw new Unchecked("there are no anchors", "no-anchors", "policy.txt");
    const blocks = parsePolicy(policy).logs;
    const first = parseEnvelope(await this.entry(0)).id;
    const anchors = blocks.find((block) => block.logId === first) ?? blocks[0];
    if (!anchors || anchors.logId === null) {
      throw new Malformed("anchors that do not name a log and its entry 0", "anchor", "policy.txt");
    }
    this.anchors = anchors; // the block of this log: what those of others say is not held against it
    const register = new Register(anchors.logId);
    await register.read(0, await this.entry(0));
    if (!register.log) throw new NotVerified("not signed by its operators", "threshold", "bukti/0.json");
    if (register.log.log_key !== anchors.key.vkey) {
      throw new NotVerified("a key that the anchors do not name", "anchor", "bukti/0.json");
    }
    this.log = register.log;
    this.policy = policyOfLines(register.log.policy);
    if (this.policy.logs.map(({ key }) => key.vkey).join() !== register.log.log_key) {
      throw new NotVerified("a policy of entry 0 that names not its log alone", "anchor", "bukti/0.json");
    }
  }

  // Begin to read files that will be asked for: what fails is told when it is.
  expect(...paths) {
    for (const path of paths) this.read(path).catch(() => {});
  }

  async file(path) {
    const bytes = await this.read(path);
    if (!bytes) throw new Unchecked("there is no such file", "missing", path);
    return bytes;
  }

  entry(index) {
    return once(this.entries, index, () => this.file(`bukti/${index}.json`));
  }

  // {envelope, fields} of an entry, or undefined: what its fault is, the register says.
  parsed(index, bytes) {
    return once(this.statements, index, () => {
      try {
        return parseEntry(bytes);
      } catch {
        return undefined;
      }
    });
  }

  // The head of the log and its tiles, where it counts by the policy; null where it does not, or shows
  // fewer entries: `grown` says why.
  async headOver(indexes) {
    if (!this.headed) return null;
    const tiles = new Set(indexes.map((index) => Math.floor(index / TILE)));
    if (indexes.length < WORTH * tiles.size) return null;
    try {
      const head = await this.opened(await this.file("log/checkpoint"), "log/checkpoint");
      return meets(this.policy, head.signed) && BigInt(Math.max(...indexes)) < head.size ? head : null;
    } catch {
      return null;
    }
  }

  tilesOf(size) {
    return once(this.tiles, size, () => new Tiles(this.read, size));
  }

  // The checkpoint under which entry `index` is recorded: `head`, by tiles, or as its proof file shows
  // it. Where tiles lead nowhere the file alone counts.
  recorded(index, head = null) {
    return once(this.proofs, index, async () => (head && (await this.under(index, head))) ?? this.proved(index));
  }

  async under(index, { size, root, ...head }) {
    try {
      const [entry, proof] = await Promise.all([this.entry(index), this.tilesOf(size).inclusion(BigInt(index))]);
      verifyInclusion({ index: BigInt(index), size, leaf: leafHash(entry), proof, root });
      return this.held({ ...head, size, root }, "log/checkpoint");
    } catch {
      return null;
    }
  }

  async proved(index) {
    const path = `bukti/${index}.tlog-proof`;
    const bytes = await this.read(path);
    if (!bytes) throw new Unchecked("no proof yet", "waiting", path);
    const proof = parseProof(bytes);
    if (proof.index !== BigInt(index)) throw new NotVerified("a proof of another entry", "proof", path);
    const tree = await verifyProof(proof, leafHash(await this.entry(index)), this.policy, (note) => this.opened(note, path));
    return this.held(tree, path);
  }

  // The checkpoint of a note; many proofs name the same, byte for byte.
  opened(note, path) {
    return once(this.checkpoints, hex(note), async () => {
      this.spend(parseNote(note).lines.length, path);
      return openCheckpoint(note, this.policy);
    });
  }

  held(tree, place) {
    const known = once(this.trees, tree.size, () => ({ ...tree, place }));
    if (!equal(known.root, tree.root)) throw new NotVerified("two trees of one size", "fork", place);
    return tree;
  }

  // Read entries in the order of the log. An entry that is not recorded, or proves nothing, is left
  // out and named; what rests on it then fails too. `listed`: see Register. Returns {register, read:
  // Map(index → statement), faults: Map(index → fault), recorded: Map(index → checkpoint)}.
  async readAll(indexes, listed) {
    const order = [...new Set([0, ...indexes])].sort((left, right) => left - right);
    const known = { register: this.register(listed), read: new Map(), faults: new Map(), recorded: new Map() };
    if (order.length > MAX_ENTRIES) {
      throw new Unchecked(`${order.length} entries`, "too-many", `bukti/${order.at(-1)}.json`);
    }
    let done = 0;
    this.told(0, order.length);
    const head = await this.headOver(order);
    const came = await Promise.all(order.map((index) => this.both(index, head).finally(() => this.told(++done, order.length))));
    this.begin(came);
    for (const [at, index] of order.entries()) {
      const { bytes, checkpoint, fault, parsed } = came[at];
      if (checkpoint) known.recorded.set(index, checkpoint);
      if (fault) known.faults.set(index, fault);
      else await readOne(known, index, bytes, parsed);
    }
    return known;
  }

  register(listed) {
    return new Register(this.anchors.logId, this.anchors.roots, { verify: (...one) => this.verified(...one), listed });
  }

  // One signature of entry `index`, verified once; an entry of another number has other bytes.
  verified(index, at, key, message, signature, scope) {
    const name = `${index} ${at} ${key.alg} ${hex(key.key)} ${scope.origins.join(" ")}`;
    return once(this.signatures, name, async () => {
      this.spend(1, `bukti/${index}.json`);
      return verifySignature(key, message, signature, scope);
    });
  }

  // Whoever made these files shall not keep the device busy: a check ends behind so many signatures.
  spend(number, place) {
    this.left -= number;
    if (this.left < 0) throw new Unchecked(`more than ${MAX_SIGNATURES} signatures`, "too-many", place);
  }

  // Begin to verify all signatures by keys that these entries name, each by the name of its key: whether
  // a key was entitled is asked later, entry by entry.
  begin(came) {
    const keys = new Map();
    const { uploaders = [], rp_id: rpId } = this.log;
    for (const { parsed } of came) for (const key of parsed ? keysNamed(parsed.fields) : []) keys.set(keyid(key.alg, key.key), key);
    for (const { parsed, index } of came) {
      parsed?.envelope.signatures.forEach((signature, at) => {
        const key = keys.get(signature.keyid);
        if (key) this.verified(index, at, key, parsed.envelope.message, signature, { origins: uploaders, rpId }).catch(() => {});
      });
    }
  }

  async both(index, head) {
    try {
      const [bytes, checkpoint] = await Promise.all([this.entry(index), this.recorded(index, head)]);
      return { index, bytes, checkpoint, parsed: this.parsed(index, bytes) };
    } catch (error) {
      return { fault: faultOf(error, `bukti/${index}.json`) };
    }
  }
}

async function readOne(known, index, bytes, parsed) {
  try {
    known.read.set(index, await known.register.read(index, bytes, parsed));
  } catch (error) {
    known.faults.set(index, faultOf(error, `bukti/${index}.json`));
  }
}

function once(known, name, make) {
  if (!known.has(name)) known.set(name, make());
  return known.get(name);
}

// The statement of an entry that has taken effect, or why it cannot be shown: {statement, fault}.
export function effective({ read, faults }, index) {
  const statement = read.get(index);
  if (statement && statement.effect !== null) return { statement, fault: null };
  if (!statement) return { statement: null, fault: faults.get(index) ?? { code: "missing", place: `bukti/${index}.json`, message: "", refutes: false } };
  const [{ body, number }] = statement.missing;
  return { statement: null, fault: { code: "threshold", place: `bukti/${index}.json`, message: `${number} ${body}`, refutes: false } };
}

// The head that the site shows now, and what it must hold: `seen` = [{size, root, place}], the tree of
// every entry that was read among them. `memory` is what this device kept: {head, remember} of an
// origin, a signed note; {log, rememberLog} of a site. Anybody may have written what was saved in a
// file: only a note by the log's key accuses. Returns {before, size, root, faults}; with a fault
// nothing is held.
export async function grown(evidence, seen, memory) {
  const { log, anchors } = evidence;
  const faults = [];
  const step = async (place, work) => {
    try {
      return await work();
    } catch (error) {
      faults.push(faultOf(error, place));
      return null;
    }
  };
  const note = await step("log/checkpoint", () => evidence.file("log/checkpoint"));
  const head = note && (await step("log/checkpoint", () => evidence.opened(note, "log/checkpoint")));
  if (!head) return { before: null, size: null, faults };
  const others = [...seen];
  const kept = await remembered(evidence, memory.head(log.log), faults);
  if (kept) others.push({ ...kept, place: "kept" });
  const before = kept?.size ?? null;
  // Under another origin a site may have begun another log, or shows this reader an imitated one.
  if ((memory.log?.(log.mode) ?? anchors.logId) !== anchors.logId) {
    faults.push(otherLog());
  }
  const tiles = evidence.tilesOf(head.size);
  const held = others.map(({ size, root, place }) => {
    if (size <= head.size) return step(place, () => contains(tiles, head, size, root, place));
    const code = place === "kept" ? "smaller" : "newer";
    faults.push({ code, place, message: `${head.size} < ${size}`, refutes: false });
    return null;
  });
  await Promise.all(held);
  if (!faults.length) {
    memory.remember(log.log, fromUtf8(note));
    memory.rememberLog?.(log.mode, anchors.logId);
  }
  return { before, size: head.size, root: head.root, faults };
}

const otherLog = () => ({ code: "other-log", place: "policy.txt", message: "", refutes: false });

// The checkpoint of a note that was kept; null of what is none, as of nothing.
async function remembered(evidence, note, faults) {
  try {
    return note && (await evidence.opened(utf8(note), "kept"));
  } catch (error) {
    if (error instanceof NotVerified) faults.push(otherLog());
    return null;
  }
}

async function contains(tiles, newest, size, root, place) {
  const proof = await tiles.consistency(size);
  const sizes = { oldSize: size, newSize: newest.size };
  try {
    verifyConsistency({ ...sizes, oldRoot: root, newRoot: newest.root, proof });
  } catch (error) {
    // Wrong tiles and another history look alike until the tiles alone are held against the head.
    const whole = await tiles.root(0n, newest.size);
    if (size && !equal(whole, newest.root)) throw new NotVerified("wrong tiles", "tile", "log/tile/");
    throw new NotVerified(error.message, "fork", place);
  }
}
