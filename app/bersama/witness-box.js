// @ts-check
// What is asked of the witnesses: under a C form at the TPS, and under the table of a D form.

import { box, button, choice, h } from "../dom.js";
import { witnessState, WITNESS_STATES } from "../paper.js";
import { show, tell } from "../screen.js";
import { below, put } from "../store.js";
import { CODES } from "../table.js";
import { lackingIn, pairsIn, saidOf } from "./witnesses.js";

/**
 * @typedef {import("./witnesses.js").Noted} Noted
 * @typedef {import("./witnesses.js").Said} Said
 */

/** What is asked of them. @param {Noted} noted @param {(now: Noted) => void} keep what changed @param {typeof choice} ask how the screen draws a choice */
export function witnessBox(noted, keep, ask) {
  const all = () => keep(new Map([...noted.keys()].map((pair) => [pair, { state: "signed" }])));
  return box("", "Saksi, seperti di kertas", button("Semua saksi hadir dan tanda tangan", all, "kiri"), ...[...noted].flatMap(([pair, { state, reason }]) => [
    ask(`Saksi nomor ${pair}`, `saksi-${pair}`, WITNESS_STATES, state, (code) => keep(new Map([[pair, { state: /** @type {"signed"} */ (code) }]]))),
    ...(state === "refused" ? [ask(`Alasan saksi nomor ${pair} tidak tanda tangan`, `tolak-${pair}`, CODES.witness, reason ?? "", (code) => keep(new Map([[pair, { state, reason: code }]])))] : [])]),
    h("p", { class: "meta" }, "Saksi yang tidak tanda tangan dicatat dan tidak membatalkan formulir."));
}

/**
 * What a C form will say of them: what was noted on this telephone, before that what the form said that it corrects.
 * Nobody must: a form without it is one too.
 * @param {string} at where it is kept @param {import("../paper.js").Pair[]} pairs @param {Said[]} before
 * @returns {Promise<{asks: Node, lacks: string[], fields: {witnesses?: Said[]}}>}
 */
export async function atStation(at, pairs, before) {
  const kept = await below(at);
  const old = new Map(before.map((one) => [String(one.pair), /** @type {import("./witnesses.js").Witness} */ ({ state: witnessState(one), reason: one.reason })]));
  /** @type {Noted} */
  const noted = new Map(pairsIn(pairs).map((pair) => [pair, kept.get(pair) ?? old.get(pair) ?? { state: "" }]));
  const keep = (/** @type {Noted} */ now) => tell(async () => {
    await put(Object.fromEntries([...now].map(([pair, one]) => [at + pair, one])));
    await show();
  });
  const begun = [...noted.values()].some(({ state }) => state);
  return { asks: witnessBox(noted, keep, choice), lacks: begun ? lackingIn(noted) : [], fields: saidOf(noted) };
}
