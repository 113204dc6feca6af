// @ts-check
// In which slot of the portal a statement that is no form waits for signatures. Nothing here is kept.

import { WAITS } from "./table.js";

/** The slot, as the portal names it. @param {any} fields of a statement */
export function slotOf(fields) {
  const names = /** @type {Record<string, string[]>} */ (WAITS)[fields.kind];
  const named = names.filter((name) => fields[name] !== undefined).map((name) => [fields[name]].flat()[0]);
  return [fields.election, fields.kind, ...named].join("/");
}
