// @ts-check
// Pictures that were signed here on their way: the portal takes each once the log names it.

import { hex } from "../verify/bytes.js";
import { sha256 } from "../verify/sha2.js";
import { forget, get } from "../store.js";

const PATIENCE = 60_000;
const FINAL = [413, 415, 422];

/**
 * Hand in the files of a statement; what is served is kept here no more.
 * @param {string} said their digests, as JSON @returns {Promise<"served" | "refused" | "later">}
 */
export async function handIn(said) {
  let refused = false;
  for (const digest of JSON.parse(said)) {
    const data = /** @type {Uint8Array | undefined} */ (await get(`gambar/${digest}`));
    if (!data) continue;
    const headers = { "content-type": "image/jpeg", "x-amz-content-sha256": hex(sha256(data)) };
    try {
      const { ok, status } = await fetch("/v1/pictures", {
        method: "POST", body: /** @type {BodyInit} */ (data), headers, redirect: "error", cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE),
      });
      if (!ok && !FINAL.includes(status)) return "later";
      refused ||= !ok;
    } catch {
      return "later";
    }
    await forget(`gambar/${digest}`);
  }
  return refused ? "refused" : "served";
}
