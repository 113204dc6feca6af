// DSSE v1.0.2 envelopes with one payload type and one spelling: the entries of the log.

import { concat, fromBase64, hex, utf8 } from "./bytes.js";
import { Malformed } from "./faults.js";
import { decode, MAX_BYTES } from "./json.js";
import { sha256 } from "./sha2.js";

export const PAYLOAD_TYPE = "application/vnd.rekap.statement.v1+json";
const KEYID = /^[0-9a-f]{32}$/;
const NAMES = ["payload", "payloadType", "signatures"];

// The pre-authentication encoding: what every signature of an envelope signs.
export function pae(payload) {
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `;
  return concat(utf8(head), payload);
}

// {payload, signatures: [{keyid, sig, authenticatorData?, clientDataJSON?}], message, id, leaf}.
// `id` names the statement, `leaf` (32 bytes) is the entry's hash in the tree. No signature is
// verified here.
export function parseEnvelope(bytes) {
  const value = decode(bytes, { limit: MAX_BYTES });
  const strange = fault(value);
  if (strange) throw new Malformed(strange, "envelope");
  const payload = fromBase64(value.payload);
  const signatures = value.signatures.map((one) => {
    const parts = { keyid: one.keyid, sig: fromBase64(one.sig) };
    if ("clientDataJSON" in one) {
      parts.authenticatorData = fromBase64(one.authenticatorData);
      parts.clientDataJSON = fromBase64(one.clientDataJSON);
    }
    return parts;
  });
  if (signatures.some((one, at) => at && one.keyid <= signatures[at - 1].keyid)) {
    throw new Malformed("not sorted by keyid, one per key", "signature-order");
  }
  const message = pae(payload);
  return { payload, signatures, message, id: hex(sha256(message)), leaf: leafHash(bytes) };
}

export function leafHash(bytes) {
  return sha256(Uint8Array.of(0), bytes);
}

function fault(value) {
  if (!has(value, NAMES)) return "keys must be payload, payloadType, signatures";
  if (value.payloadType !== PAYLOAD_TYPE) return `payloadType must be ${PAYLOAD_TYPE}`;
  if (typeof value.payload !== "string" || !value.payload) return "payload must be base64";
  if (!Array.isArray(value.signatures) || !value.signatures.length) return "no signature";
  for (const one of value.signatures) {
    const raw = has(one, ["keyid", "sig"]);
    if (!raw && !has(one, ["authenticatorData", "clientDataJSON", "keyid", "sig"])) {
      return "keys of a signature must be keyid, sig";
    }
    if (!Object.values(one).every((text) => typeof text === "string" && text)) {
      return "parts of a signature must be texts";
    }
    if (!KEYID.test(one.keyid)) return "keyid must be 32 hex digits";
  }
  return null;
}

function has(value, names) {
  return (
    value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    Object.keys(value).join() === names.join()
  );
}
