// Proofs as files (C2SP tlog-proof): index, hashes from the leaf's sibling up, a checkpoint.

import { fromBase64, fromUtf8 } from "./bytes.js";
import { Malformed, NotVerified } from "./faults.js";
import { verifyInclusion } from "./merkle.js";
import { meets, openCheckpoint } from "./policy.js";

export const FIRST_LINE = "c2sp.org/tlog-proof@v1";
const MAX_PROOF = 65536;
const MAX_HASHES = 63;
const INDEX = /^index (0|[1-9][0-9]{0,18})$/;
const ASCII = /^[\x00-\x7f]*$/;

// {index (BigInt), hashes, checkpoint (the note's bytes)}; nothing is verified. An `extra` line is
// allowed and never used: nobody signs it.
export function parseProof(bytes) {
  if (bytes.length > MAX_PROOF) throw new Malformed("a proof of more than 65,536 bytes", "proof");
  const split = bytes.findIndex((byte, at) => byte === 10 && bytes[at + 1] === 10);
  const head = fromUtf8(bytes.subarray(0, Math.max(split, 0)), "proof");
  const lines = head.split("\n");
  if (split < 0 || !ASCII.test(head) || lines.shift() !== FIRST_LINE) {
    throw new Malformed("not a tlog-proof", "proof");
  }
  if (lines[0]?.startsWith("extra ")) fromBase64(lines.shift().slice(6));
  const match = INDEX.exec(lines.shift() ?? "");
  if (!match) throw new Malformed("no index", "proof");
  if (lines.length > MAX_HASHES) throw new Malformed("more than 63 hashes", "proof");
  const hashes = lines.map((line) => {
    const hash = fromBase64(line);
    if (hash.length !== 32) throw new Malformed("a hash has 32 bytes", "proof");
    return hash;
  });
  return { index: BigInt(match[1]), hashes, checkpoint: bytes.subarray(split + 2) };
}

// The checkpoint in which `leaf` is entry number `proof.index`, by this policy; `open` opens it.
export async function verifyProof(proof, leaf, policy, open = (note) => openCheckpoint(note, policy)) {
  const checkpoint = await open(proof.checkpoint);
  if (!meets(policy, checkpoint.signed)) {
    throw new NotVerified("the checkpoint does not meet the quorum");
  }
  const { index, hashes } = proof;
  verifyInclusion({ index, size: checkpoint.size, leaf, proof: hashes, root: checkpoint.root });
  return checkpoint;
}
