// @ts-check
// The passkey of this telephone: made once, used for each signature. Nothing secret is ever read.

import { base64, base64url, concat, fromBase64, hex, utf8 } from "./verify/bytes.js";
import { parseEnvelope, pae, PAYLOAD_TYPE } from "./verify/envelope.js";
import { encodePublic } from "./verify/json.js";
import { keyid, verifySignature, WEBAUTHN } from "./verify/keys.js";
import { sha256 } from "./verify/sha2.js";

/**
 * @typedef {{credential: string, key: string, keyid: string, copied: boolean, line: string}} Own
 * @typedef {{keyid: string, sig: string, authenticatorData?: string, clientDataJSON?: string}} Signature
 * @typedef {{origin: string, rpId: string, uploaders: string[]}} Log
 */

/** Why no passkey can be used here, or null. @param {string} rpId @returns {string | null} */
export function obstacle(rpId) {
  if (!window.PublicKeyCredential || !navigator.credentials) return "Peramban ini tidak dapat membuat kunci sandi. Buka dengan Chrome atau Safari yang baru.";
  const host = location.hostname;
  if (host !== rpId && !host.endsWith(`.${rpId}`)) return `Kunci hanya dapat dibuat di ${rpId}, dan halaman ini dibuka dari ${host}.`;
  return null;
}

/**
 * Make a passkey, prove that it signs, and return what is kept of it.
 * @param {Log} log @param {string} election @param {string} name
 * @returns {Promise<Own>}
 */
export async function makeKey(log, election, name) {
  const made = /** @type {PublicKeyCredential | null} */ (
    await navigator.credentials.create({
      publicKey: {
        rp: { id: log.rpId, name: "Rekap Terbuka" },
        user: { id: crypto.getRandomValues(new Uint8Array(32)), name, displayName: name },
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        attestation: "none",
      },
    })
  );
  if (!made) throw new Error("no passkey was made");
  const answer = /** @type {AuthenticatorAttestationResponse} */ (made.response);
  const spki = answer.getPublicKey();
  if (!spki || answer.getPublicKeyAlgorithm() !== -7) throw new Error("a passkey of another kind");
  const point = new Uint8Array(spki).slice(-65); // uncompressed: 04, x, y
  const key = concat(Uint8Array.of(2 + (point[64] & 1)), point.subarray(1, 33));
  const own = {
    credential: base64url(new Uint8Array(made.rawId)), key: base64(key), keyid: keyid(WEBAUTHN, key),
    copied: (new Uint8Array(answer.getAuthenticatorData())[32] & 0x10) !== 0,
  };
  const text = ["rekap enrolment v1", log.origin, election, WEBAUTHN, own.key].map((one) => `${one}\n`).join("");
  const proof = await assertion(utf8(text), own, log);
  const parts = [proof.sig, proof.authenticatorData, proof.clientDataJSON].join(" ");
  return { ...own, line: `rekap-pendaftaran/1 ${log.origin} ${election} ${WEBAUTHN} ${own.key} ${parts}` };
}

/**
 * Sign a message with the passkey, and verify it as every other program will.
 * @param {Uint8Array} message
 * @param {{credential: string, key: string, keyid: string}} own
 * @param {Log} log
 * @returns {Promise<Signature>}
 */
async function assertion(message, own, log) {
  const id = Uint8Array.from(atob(own.credential.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  const got = /** @type {PublicKeyCredential | null} */ (
    await navigator.credentials.get({
      publicKey: {
        rpId: log.rpId, challenge: /** @type {BufferSource} */ (sha256(message)),
        allowCredentials: [{ type: "public-key", id }], userVerification: "required",
      },
    })
  );
  if (!got) throw new Error("no signature");
  const answer = /** @type {AuthenticatorAssertionResponse} */ (got.response);
  const parts = {
    keyid: own.keyid, sig: raw(new Uint8Array(answer.signature)),
    authenticatorData: new Uint8Array(answer.authenticatorData), clientDataJSON: new Uint8Array(answer.clientDataJSON),
  };
  const key = { alg: WEBAUTHN, key: fromBase64(own.key) };
  await verifySignature(key, message, parts, { origins: log.uploaders, rpId: log.rpId });
  return {
    authenticatorData: base64(parts.authenticatorData), clientDataJSON: base64(parts.clientDataJSON),
    keyid: own.keyid, sig: base64(parts.sig),
  };
}

/** r and s, 32 bytes each, of an ASN.1 signature. @param {Uint8Array} der @returns {Uint8Array} */
function raw(der) {
  const number = (/** @type {number} */ at) => ({ bytes: der.slice(at + 2, at + 2 + der[at + 1]), end: at + 2 + der[at + 1] });
  const r = number(2);
  const s = number(r.end);
  const padded = [r, s].map(({ bytes }) => {
    const bare = bytes.length > 32 ? bytes.slice(-32) : bytes;
    return concat(new Uint8Array(32 - bare.length), bare);
  });
  return concat(...padded);
}

/**
 * An envelope of a payload with the signatures that are there and one more by this telephone.
 * @param {Uint8Array} payload @param {Signature[]} others @param {Own} own @param {Log} log
 * @returns {Promise<string>}
 */
export async function signed(payload, others, own, log) {
  const mine = await assertion(pae(payload), own, log);
  const signatures = [...others.filter((one) => one.keyid !== own.keyid), mine].sort((a, b) => (a.keyid < b.keyid ? -1 : 1));
  const text = new TextDecoder().decode(encodePublic({ payload: base64(payload), payloadType: PAYLOAD_TYPE, signatures })).trimEnd();
  parseEnvelope(utf8(text));
  return text;
}

/** The id of a payload's statement. @param {Uint8Array} payload */
export function idOf(payload) {
  return hex(sha256(pae(payload)));
}
