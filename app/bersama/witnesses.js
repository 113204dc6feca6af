// @ts-check
// What a form says of the witnesses, as the paper does: who was there, who signed it, and why not. Nothing here
// is drawn or kept.

/**
 * @typedef {{state: "" | "signed" | "refused" | "absent", reason?: string}} Witness
 * @typedef {{pair: number, present: boolean, signed: boolean, reason?: string}} Said
 * @typedef {Map<string, Witness>} Noted by the number of the pair, in its order
 */

/** The witnesses that a form asks about, with nothing noted: those of pairs with names. @param {import("../paper.js").Pair[]} pairs @returns {string[]} */
export function pairsIn(pairs) {
  return pairs.flatMap(({ number, names }) => (names.length ? [String(number)] : []));
}

/** What is lacking, in words. @param {Noted} noted */
export function lackingIn(noted) {
  return [...noted].flatMap(([pair, { state, reason }]) => (!state || (state === "refused" && !reason) ? [`saksi nomor ${pair} belum dicatat`] : []));
}

/** As a form says it; nothing of those of whom nothing is noted. @param {Noted} noted @returns {{witnesses?: Said[]}} */
export function saidOf(noted) {
  const witnesses = [...noted].filter(([, { state }]) => state).map(([pair, { state, reason }]) => ({
    pair: Number(pair), present: state !== "absent", signed: state === "signed", ...(state === "refused" && reason ? { reason } : {}),
  })).sort((a, b) => a.pair - b.pair);
  return witnesses.length ? { witnesses } : {};
}
