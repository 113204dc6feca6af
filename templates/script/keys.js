// Public keys of statements: their names, and the two ways to verify.

import { base64url, concat, equal, hex, utf8 } from "./bytes.js";
import { readClientData } from "./clientdata.js";
import { isAcceptable, verifyEd25519 } from "./ed25519.js";
import { NotVerified } from "./faults.js";
import { decompressed, verifyP256 } from "./p256.js";
import { sha256 } from "./sha2.js";

export const ED25519 = "ed25519";
export const WEBAUTHN = "webauthn-es256";

const [USER_PRESENT, USER_VERIFIED, BACKUP_ELIGIBLE, BACKED_UP] = [0x01, 0x04, 0x08, 0x10];
const [ATTESTED, EXTENSIONS] = [0x40, 0x80];

// The key's name: 32 hex digits.
export function keyid(alg, key) {
  return hex(sha256(utf8(`${alg}\n`), key).subarray(0, 16));
}

// Throws NotVerified for a key from which no signature could be accepted: what grants it is void.
export function checkPublic({ alg, key }) {
  if (alg === ED25519 ? isAcceptable(key) : alg === WEBAUTHN && namesPoint(key)) return;
  throw new NotVerified("a key that can sign nothing", "unacceptable-key", keyid(alg, key));
}

function namesPoint(key) {
  try {
    return Boolean(decompressed(key));
  } catch (error) {
    if (error instanceof NotVerified) return false;
    throw error;
  }
}

// Verify one signature over `message`. The algorithm is the registered key's, never the
// signature's. `scope` {origins, rpId} is needed for passkeys. Throws NotVerified.
export async function verifySignature({ alg, key }, message, signature, scope, subtle) {
  if (signature.keyid !== keyid(alg, key)) throw new NotVerified("a signature of another key");
  if (alg === ED25519) {
    if (signature.clientDataJSON) throw new NotVerified("a raw signature with a passkey's parts");
    await verifyEd25519(key, message, signature.sig, subtle);
  } else if (alg === WEBAUTHN) {
    await verifyPasskey(key, message, signature, scope, subtle);
  } else {
    throw new NotVerified(`unknown algorithm ${alg}`);
  }
}

// As WebAuthn section 7.2 demands of an assertion.
async function verifyPasskey(key, message, signature, scope, subtle) {
  const { authenticatorData, clientDataJSON, sig } = signature;
  if (!clientDataJSON || !scope) throw new NotVerified("a passkey's signature without its parts");
  verifyClientData(clientDataJSON, message, scope.origins);
  verifyAuthenticatorData(authenticatorData, scope.rpId);
  await verifyP256(key, concat(authenticatorData, sha256(clientDataJSON)), sig, subtle);
}

// An assertion over this message, made on a page of ours that no other page embeds.
function verifyClientData(bytes, message, origins) {
  const members = readClientData(bytes);
  const challenge = base64url(sha256(message));
  if (members.get("type") !== "webauthn.get" || members.get("challenge") !== challenge) {
    throw new NotVerified("client data of another type or challenge");
  }
  if (!origins.includes(members.get("origin"))) {
    throw new NotVerified("client data of another origin");
  }
  const alone = !members.has("crossOrigin") || members.get("crossOrigin") === false;
  if (!alone || members.has("topOrigin")) {
    throw new NotVerified("client data of a page inside another page");
  }
}

// Exactly the hash of the relying party's id (32), flags (1) and a counter (4).
function verifyAuthenticatorData(bytes, rpId) {
  if (bytes.length !== 37) throw new NotVerified("authenticator data has 37 bytes");
  if (!equal(bytes.subarray(0, 32), sha256(utf8(rpId)))) {
    throw new NotVerified("authenticator data of another relying party");
  }
  const flags = bytes[32];
  if (!(flags & USER_PRESENT) || !(flags & USER_VERIFIED)) {
    throw new NotVerified("the user was not present and verified");
  }
  if (flags & (ATTESTED | EXTENSIONS)) {
    throw new NotVerified("authenticator data announces parts that are not there");
  }
  if (flags & BACKED_UP && !(flags & BACKUP_ELIGIBLE)) {
    throw new NotVerified("backup flags contradict each other");
  }
}
