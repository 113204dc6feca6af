// Receipts: the portal's signed promise that an entry will be in the log.

import { equal, fromBase64, fromUtf8 } from "./bytes.js";
import { parseEnvelope } from "./envelope.js";
import { Malformed, NotVerified } from "./faults.js";
import { openNote, parseVkey } from "./note.js";

const SECONDS = /^(?:0|[1-9][0-9]{0,11})$/;

// {origin, leaf (32 bytes), id, receivedAt, loggedBy} of a receipt that the log's key signed.
export async function openReceipt(bytes, { receipt_key: key }) {
  const known = parseVkey(key);
  const { text } = await openNote(bytes, [known]);
  const [name, leaf, id, receivedAt, loggedBy, end, ...more] = fromUtf8(text, "receipt").split("\n");
  const sound = end === "" && !more.length && SECONDS.test(receivedAt) && SECONDS.test(loggedBy);
  if (!sound || !/^[0-9a-f]{64}$/.test(id)) throw new Malformed("a receipt has five lines", "receipt");
  if (name !== known.name) throw new NotVerified("not signed by the key that it names");
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

