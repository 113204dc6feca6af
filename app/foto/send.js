// @ts-check
// Pictures that were signed here on their way: the portal takes each once the log names it.

import { post } from "../portal.js";
import { items } from "../queue.js";
import { below, forget, get } from "../store.js";

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
    try {
      const { ok, status } = await post("/v1/pictures", data, "image/jpeg", PATIENCE);
      if (!ok && !FINAL.includes(status)) return "later";
      refused ||= !ok;
    } catch {
      return "later";
    }
    await forget(`gambar/${digest}`);
  }
  return refused ? "refused" : "served";
}

/** Forget pictures that no page taken here and nothing on its way names: one of them may show a name. */
export async function sweep() {
  const all = [...(await below("gambar/")).keys()];
  const taken = [...(await below("foto/")).values()].map(({ sha256 }) => sha256);
  const sent = (await items()).filter(({ kind, state, handed }) => kind === "pictures" && state !== "dropped" && !handed);
  const named = new Set([...taken, ...sent.flatMap(({ words }) => JSON.parse(words))]);
  await forget(...all.filter((digest) => !named.has(digest)).map((digest) => `gambar/${digest}`));
}
