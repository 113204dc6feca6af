// Checkpoints (C2SP tlog-checkpoint): origin, size and root of a tree, signed as a note.

import { equal, fromBase64, fromUtf8, utf8 } from "./bytes.js";
import { Malformed, NotVerified } from "./faults.js";
import { isName } from "./note.js";
import { sha256 } from "./sha2.js";

const MAX_SIZE = 2n ** 63n - 1n;
const MAX_ORIGIN = 255;
const SIZE = /^(?:0|[1-9][0-9]{0,18})$/;
const CONTROL = /[\x00-\x1f]/;
export const EMPTY_ROOT = sha256(new Uint8Array(0));

// {origin, size (BigInt), root (32 bytes)} of the text of a note.
export function parseCheckpoint(text) {
  const lines = fromUtf8(text, "checkpoint").split("\n");
  if (lines.length < 4 || lines.pop() !== "" || !lines.every((line) => line)) {
    throw new Malformed("a checkpoint has three or more lines, none empty", "checkpoint");
  }
  const [origin, size, root, ...extensions] = lines;
  checkOrigin(origin);
  if (!SIZE.test(size) || BigInt(size) > MAX_SIZE) {
    throw new Malformed("not a tree size", "checkpoint");
  }
  const hash = fromBase64(root);
  if (hash.length !== 32) throw new Malformed("a root has 32 bytes", "checkpoint");
  if (extensions.some((line) => CONTROL.test(line))) {
    throw new Malformed("a control character in a checkpoint", "checkpoint");
  }
  return { origin, size: BigInt(size), root: hash };
}

function checkOrigin(origin) {
  if (utf8(origin).length > MAX_ORIGIN || !isName(origin)) {
    throw new Malformed("not an origin of 1…255 bytes", "origin");
  }
}

export function checkEmpty({ size, root }) {
  if (size === 0n && !equal(root, EMPTY_ROOT)) throw new NotVerified("root of the empty tree");
}
