// The Merkle tree of RFC 6962 section 2.1: verifying inclusion and consistency. Sizes and indexes
// are BigInt, hashes have 32 bytes.

import { EMPTY_ROOT } from "./checkpoint.js";
import { equal } from "./bytes.js";
import { NotVerified } from "./faults.js";
import { sha256 } from "./sha2.js";

const NODE = Uint8Array.of(1);

export function nodeHash(left, right) {
  return sha256(NODE, left, right);
}

// RFC 9162 section 2.1.3.2: `leaf` is number `index` of the tree of `size` leaves and `root`.
export function verifyInclusion({ index, size, leaf, proof, root }) {
  if (index < 0n || index >= size) throw new NotVerified("index outside the tree");
  checkHashes([leaf, root, ...proof]);
  const inner = bits(index ^ (size - 1n));
  checkCount(proof, inner + ones(index >> BigInt(inner)));
  let node = leaf;
  proof.forEach((sibling, level) => {
    const right = level >= inner || (index >> BigInt(level)) & 1n;
    node = right ? nodeHash(sibling, node) : nodeHash(node, sibling);
  });
  checkRoot("the proof leads to another root", root, node);
}

// RFC 9162 section 2.1.4.2: the tree of `oldSize` is a prefix of the tree of `newSize`.
export function verifyConsistency({ oldSize, oldRoot, newSize, newRoot, proof }) {
  if (oldSize < 0n || oldSize > newSize) throw new NotVerified("the newer tree is smaller");
  checkHashes([oldRoot, newRoot, ...proof]);
  if (oldSize === 0n || oldSize === newSize) {
    checkCount(proof, 0);
    if (oldSize === 0n) checkRoot("root of the empty tree", EMPTY_ROOT, oldRoot);
    if (newSize === 0n) checkRoot("root of the empty tree", EMPTY_ROOT, newRoot);
    if (oldSize === newSize) checkRoot("two roots of one size", oldRoot, newRoot);
    return;
  }
  const last = oldSize - 1n;
  const shift = bits(oldSize & -oldSize) - 1;
  const inner = bits(last ^ (newSize - 1n)) - shift;
  const whole = oldSize === 1n << BigInt(shift);
  checkCount(proof, inner + ones(last >> BigInt(shift + inner)) + (whole ? 0 : 1));
  const path = whole ? proof : proof.slice(1);
  const index = last >> BigInt(shift);
  let before = whole ? oldRoot : proof[0];
  let after = before;
  path.forEach((sibling, level) => {
    if (level >= inner || (index >> BigInt(level)) & 1n) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
    } else {
      after = nodeHash(after, sibling);
    }
  });
  checkRoot("the proof leads to another old root", oldRoot, before);
  checkRoot("the proof leads to another new root", newRoot, after);
}

function bits(number) {
  return number ? number.toString(2).length : 0;
}

function ones(number) {
  return number.toString(2).replaceAll("0", "").length;
}

function checkHashes(hashes) {
  if (hashes.some((hash) => hash.length !== 32)) throw new NotVerified("a hash has 32 bytes");
}

function checkCount(proof, want) {
  if (proof.length !== want) throw new NotVerified(`${proof.length} hashes in a proof of ${want}`);
}

function checkRoot(message, expected, found) {
  if (!equal(expected, found)) throw new NotVerified(message);
}
