// Receipts: the portal's signed promise that an entry will be in the log.

import { equal, fromBase64, fromUtf8 } from "./bytes.js";
import { parseEnvelope } from "./envelope.js";
import { Malformed, Unchecked } from "./faults.js";
import { openNote, parseNote, parseVkey } from "./note.js";

const SECONDS = /^(?:0|[1-9][0-9]{0,11})$/;

// {leaf (32 bytes), id, receivedAt, loggedBy} of a receipt that the log's key signed. One of another log
// says nothing of this one, and a note about signatures that wait promises no entry: neither is false.
export async function openReceipt(bytes, { receipt_key: key }) {
  const known = parseVkey(key);
  const [name, word] = fromUtf8(parseNote(bytes).text, "receipt").split("\n");
  if (name !== known.name) throw new Unchecked("a receipt of another log", "other-log");
  const { text } = await openNote(bytes, [known]);
  if (word === "held") throw new Unchecked("signatures that wait for others", "held");
  const [, leaf, id, receivedAt, loggedBy, end, ...more] = fromUtf8(text, "receipt").split("\n");
  const sound = end === "" && !more.length && SECONDS.test(receivedAt) && SECONDS.test(loggedBy);
  if (!sound || !/^[0-9a-f]{64}$/.test(id)) throw new Malformed("a receipt has five lines", "receipt");
  const hash = fromBase64(leaf);
  if (hash.length !== 32) throw new Malformed("a leaf hash has 32 bytes", "receipt");
  if (Number(loggedBy) !== Number(receivedAt) + 60) throw new Malformed("not a promise of a minute", "receipt");
  return { leaf: hash, id, receivedAt: Number(receivedAt), loggedBy: Number(loggedBy) };
}

// Whether an entry is the one that a receipt promises: these bytes, of this statement.
export function isPromised(receipt, bytes) {
  const { leaf, id } = parseEnvelope(bytes);
  return equal(leaf, receipt.leaf) && id === receipt.id;
}

