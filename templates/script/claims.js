// The three claims of a page, each proved, refuted or unchecked by what the published files hold:
//
//   signed    by keys that entries recorded before granted, up to the anchors
//   recorded  as entry N under a checkpoint that the log and its witnesses signed
//   grown     the log holds what this device saw last, the page's own root, and every proof's tree
//
// A claim is {state, faults: [{code, place, message}]}; any fault that refutes goes before one that
// leaves it open.

import { base64, equal, fromBase64, hex } from "./bytes.js";
import { leafHash, parseEnvelope } from "./envelope.js";
import { Malformed, NotVerified, Unchecked } from "./faults.js";
import { verifyConsistency } from "./merkle.js";
import { openCheckpoint, parsePolicy, policyOfLines } from "./policy.js";
import { parseProof, verifyProof } from "./proof.js";
import { Register } from "./register.js";
import { Tiles } from "./tiles.js";

export const [PROVED, REFUTED, UNCHECKED] = ["proved", "refuted", "unchecked"];
const MAX_EVIDENCE = 400;

export class Claim {
  constructor() {
    this.faults = [];
    this.reached = false;
  }

  get state() {
    if (this.faults.some((fault) => fault.refutes)) return REFUTED;
    return this.reached && !this.faults.length ? PROVED : UNCHECKED;
  }

  refute(code, place, message = "") {
    this.faults.push({ code, place, message, refutes: true });
  }

  leave(code, place, message = "") {
    this.faults.push({ code, place, message, refutes: false });
  }

  // Run a step; what stops it becomes a fault of this claim.
  async step(place, work) {
    try {
      return await work();
    } catch (error) {
      const at = error.place || place;
      if (error instanceof Unchecked) this.leave(error.code, at, error.message);
      else if (error instanceof NotVerified || error instanceof Malformed) {
        this.refute(error.code, at, error.message);
      } else this.leave("program", at, String(error));
      return null;
    }
  }
}

// What is known of one log from its published files. `read(path)` gives bytes, null for a file that
// is not there, and throws Unchecked where nothing can be said.
export class Evidence {
  constructor(read) {
    this.read = read;
    this.entries = new Map();
    this.proofs = new Map();
    this.checkpoints = new Map();
  }

  // The anchors, and the policy of entry 0, by which checkpoints count.
  async open() {
    const bytes = await this.file("policy.txt");
    const blocks = parsePolicy(bytes).logs;
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
    if (this.policy.logs.length !== 1) {
      throw new NotVerified("a policy of entry 0 that names not its log alone", "anchor", "bukti/0.json");
    }
  }

  async file(path) {
    const bytes = await this.read(path);
    if (!bytes) throw new Unchecked("there is no such file", "missing", path);
    return bytes;
  }

  entry(index) {
    return once(this.entries, index, () => this.file(`bukti/${index}.json`));
  }

  // The checkpoint under which entry `index` is recorded, as its proof file shows it.
  recorded(index) {
    return once(this.proofs, index, async () => {
      const path = `bukti/${index}.tlog-proof`;
      const bytes = await this.read(path);
      if (!bytes) throw new Unchecked("no proof yet", "waiting", path);
      const proof = parseProof(bytes);
      if (proof.index !== BigInt(index)) throw new NotVerified("a proof of another entry", "proof", path);
      // Many proofs name the same checkpoint, byte for byte.
      const opened = (note) =>
        once(this.checkpoints, hex(note), () => openCheckpoint(note, this.policy));
      return verifyProof(proof, leafHash(await this.entry(index)), this.policy, opened);
    });
  }
}

function once(known, name, make) {
  if (!known.has(name)) known.set(name, make());
  return known.get(name);
}

// Read recorded entries in their order. Returns {register, read: Map(index → statement)}, null where
// they are too many; every entry that proves nothing is a fault of the claim.
export async function readInOrder(claim, evidence, indexes) {
  const order = [...new Set([0, ...indexes])].sort((left, right) => left - right);
  if (order.length > MAX_EVIDENCE) {
    claim.leave("too-many", `bukti/${order.at(-1)}.json`);
    return null;
  }
  order.forEach((index) => {
    evidence.entry(index).catch(() => {});
    evidence.recorded(index).catch(() => {});
  });
  const register = new Register(evidence.anchors.logId);
  const read = new Map();
  for (const index of order) {
    const place = `bukti/${index}.json`;
    await claim.step(`bukti/${index}.tlog-proof`, () => evidence.recorded(index));
    const statement = await claim.step(place, async () => register.read(index, await evidence.entry(index)));
    if (statement) read.set(index, statement);
  }
  checkRoots(claim, evidence, register);
  return { register, read };
}

// The statement of entry `target`: signed and entitled by the entries of `indexes`, which are all
// recorded. A statement that the page calls `waiting` lacks signatures and says so.
export async function signed(claim, evidence, target, indexes, waiting = false) {
  const all = await readInOrder(claim, evidence, [...indexes, target]);
  const found = all?.read.get(target);
  if (!found) return null;
  if (found.effect === null) {
    const fault = lacking(found, target);
    if (waiting) claim.leave(...fault);
    else claim.refute(...fault);
    return null;
  }
  claim.reached = true;
  return { ...found, election: all.register.elections.get(found.fields.election) };
}

export function lacking({ missing: [{ body, number }] }, index) {
  return ["threshold", `bukti/${index}.json`, `${number} ${body}`];
}

// First roots are those of the anchors: the chain of signatures ends on paper.
function checkRoots(claim, { anchors }, register) {
  for (const { fields } of register.statements.values()) {
    if (fields.kind !== "election" || fields.revision !== 1) continue;
    const own = register.rootsOf(fields).sort();
    const named = [...(anchors.roots.get(fields.election) ?? [])].sort();
    if (own.join() !== named.join()) claim.refute("anchor", "policy.txt", `root ${fields.election}`);
  }
}

export async function recorded(claim, evidence, index) {
  const place = `bukti/${index}.tlog-proof`;
  const checkpoint = await claim.step(place, () => evidence.recorded(index));
  claim.reached = checkpoint !== null;
  return checkpoint;
}

// The newest head that the site shows, and what it must hold: `seen` = [{size, root, place}].
// `memory` is what this device kept: {head, remember}.
export async function grown(claim, evidence, seen, memory) {
  const current = await claim.step("log/checkpoint", async () => {
    const bytes = await evidence.file("log/checkpoint");
    return openCheckpoint(bytes, evidence.policy);
  });
  if (!current) return null;
  const kept = memory.head(evidence.log.log);
  const others = [...seen];
  if (kept) {
    if (kept.id !== evidence.anchors.logId || kept.key !== evidence.log.log_key) {
      claim.refute("other-log", "policy.txt");
      return null;
    }
    others.push({ size: BigInt(kept.size), root: fromBase64(kept.root), place: "kept" });
  }
  const newest = others.filter((one) => one.signed).reduce((a, b) => (b.size > a.size ? b : a), current);
  const tiles = new Tiles(evidence.read, newest.size);
  for (const { size, root, place } of [current, ...others]) {
    const at = place ?? "log/checkpoint";
    if (size > newest.size) {
      if (place === "kept") claim.refute("smaller", "log/checkpoint", `${newest.size} < ${size}`);
      else claim.leave("newer", at, `${size} > ${newest.size}`);
    } else {
      await claim.step(at, () => contains(tiles, newest, size, root, at));
    }
  }
  claim.reached = true;
  if (claim.state === PROVED) {
    const head = { size: String(newest.size), root: base64(newest.root) };
    memory.remember(evidence.log.log, { ...head, id: evidence.anchors.logId, key: evidence.log.log_key });
  }
  return { before: kept && BigInt(kept.size), size: newest.size, signed: current.signed };
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
