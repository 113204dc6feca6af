// Trust policies (C2SP tlog-policy): which log and how many witnesses make a checkpoint count. A log
// and the comment lines up to the next one are a block: its anchors are the id of its entry 0, and
// the key ids of its elections' first roots.

import { fromUtf8, hex, utf8 } from "./bytes.js";
import { checkEmpty, parseCheckpoint } from "./checkpoint.js";
import { Malformed, NotVerified } from "./faults.js";
import { COSIGNATURE, openNote, parseVkey, SIGNATURE } from "./note.js";

const MAX_POLICY = 131072;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;
const NUMBER = /^[1-9][0-9]{0,3}$/;
const ID = /^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/;
const [LOG_ID, KEYID] = [/^[0-9a-f]{64}$/, /^[0-9a-f]{32}$/];

// {logs: [{key, logId, roots: Map(election → key ids)}], witnesses: [{name, key}], groups, quorum}
export function parsePolicy(bytes) {
  if (bytes.length > MAX_POLICY) throw new Malformed("a policy of more than 131,072 bytes", "policy");
  const text = String.fromCharCode(...bytes); // names are compared byte by byte
  if (CONTROL.test(text) || (text && !text.endsWith("\n"))) {
    throw new Malformed("a control character, or no final newline", "policy");
  }
  const policy = { logs: [], witnesses: [], groups: [], quorum: null };
  const names = { defined: new Set(), members: new Set() };
  text.split("\n").forEach((row, at) => {
    try {
      readLine(policy, names, row.split(/[ \t]+/).filter((word) => word));
    } catch (error) {
      throw new Malformed(error.message, "policy", `line ${at + 1}`);
    }
  });
  if (policy.quorum === null) throw new Malformed("no quorum", "policy");
  return policy;
}

export function policyOfLines(lines) {
  return parsePolicy(utf8(lines.map((line) => `${line}\n`).join("")));
}

function readLine(policy, names, words) {
  const [first, ...rest] = words;
  if (first === "#rekap" && (rest[0] === "log" || rest[0] === "root")) {
    if (!policy.logs.length) throw new Malformed("an anchor above every log");
    readAnchor(policy.logs.at(-1), rest);
  } else if (first === undefined || first.startsWith("#")) {
    return;
  } else if (first === "log" && (rest.length === 1 || rest.length === 2)) {
    const key = newKey(rest[0], SIGNATURE, policy.logs.map((block) => block.key));
    policy.logs.push({ key, logId: null, roots: new Map() });
  } else if (first === "witness" && (rest.length === 2 || rest.length === 3)) {
    define(names, rest[0]);
    const others = policy.witnesses.map((witness) => witness.key);
    policy.witnesses.push({ name: rest[0], key: newKey(rest[1], COSIGNATURE, others) });
  } else if (first === "group" && rest.length > 2) {
    policy.groups.push(newGroup(names, ...rest));
  } else if (first === "quorum" && rest.length === 1) {
    if (policy.quorum !== null) throw new Malformed("a second quorum");
    if (rest[0] !== "none" && !names.defined.has(rest[0])) {
      throw new Malformed("a quorum that is not defined above");
    }
    policy.quorum = rest[0];
  } else {
    throw new Malformed("not a line of a policy");
  }
}

function readAnchor(block, [kind, name, ...keyids]) {
  if (kind === "log") {
    if (keyids.length || !LOG_ID.test(name ?? "") || block.logId !== null) {
      throw new Malformed("not an anchor of the log, or a second one");
    }
    block.logId = name;
    return;
  }
  const sound = ID.test(name ?? "") && keyids.every((keyid) => KEYID.test(keyid));
  const twice = block.roots.has(name) || new Set(keyids).size !== keyids.length;
  if (!sound || !keyids.length || twice) throw new Malformed("not an anchor of roots, or twice");
  block.roots.set(name, keyids);
}

function define(names, name) {
  if (name === "none" || names.defined.has(name)) throw new Malformed("a name that is taken");
  names.defined.add(name);
}

function newKey(vkey, kind, others) {
  const key = parseVkey(fromUtf8(Uint8Array.from(vkey, (byte) => byte.charCodeAt(0))));
  if (key.kind !== kind) throw new Malformed("a key of another kind");
  if (others.some((other) => hex(other.key) === hex(key.key))) {
    throw new Malformed("the same public key twice");
  }
  return key;
}

function newGroup(names, name, threshold, ...members) {
  for (const member of members) {
    if (!names.defined.has(member) || names.members.has(member)) {
      throw new Malformed("a member that is not defined above, or stands twice");
    }
    names.members.add(member);
  }
  define(names, name);
  const number = { any: 1, all: members.length }[threshold] ?? (NUMBER.test(threshold) && +threshold);
  if (!number || number > members.length) throw new Malformed("not a threshold");
  return { name, threshold: number, members };
}

// Whether a checkpoint counts that exactly these keys signed.
export function meets(policy, signed) {
  const vkeys = new Set(signed.map((key) => key.vkey));
  if (policy.logs.length && policy.logs.filter(({ key }) => vkeys.has(key.vkey)).length !== 1) return false;
  const met = new Set(["none"]);
  for (const { name, key } of policy.witnesses) if (vkeys.has(key.vkey)) met.add(name);
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => met.has(member)).length >= threshold) met.add(name);
  }
  return met.has(policy.quorum);
}

// The checkpoint that one log of the policy signed under its own origin, and all known signers.
export async function openCheckpoint(bytes, policy) {
  const logs = policy.logs.map((block) => block.key);
  const known = [...logs, ...policy.witnesses.map((witness) => witness.key)];
  const { text, signed } = await openNote(bytes, known);
  const checkpoint = parseCheckpoint(text);
  const signers = logs.filter((key) => signed.includes(key));
  if (signers.length !== 1 || signers[0].name !== checkpoint.origin) {
    throw new NotVerified("not signed by one log of the policy");
  }
  checkEmpty(checkpoint);
  return { ...checkpoint, signed };
}
