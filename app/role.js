// @ts-check
// Who holds this telephone, by the words of his link, and what such a person may send.

import { SENDS } from "./table.js";

/** @typedef {{address: string, body: keyof typeof ROLES, number?: string, pair?: number, organisation?: string}} Me */

/** By body: who gives its key, who gets the line of it, and what the key's page says. */
export const ROLES = {
  kpps: { granter: "PPK", to: "ketua", given: "Sudah diberi PPK", lacks: "Belum diberi PPK" },
  saksi: { granter: "tim pasangan calon", to: "tim pasangan calon", given: "Sudah diberi tim pasangan calon", lacks: "Belum diberi tim pasangan calon" },
  ptps: { granter: "Bawaslu", to: "Bawaslu kabupaten atau kota", given: "Sudah diberi Bawaslu", lacks: "Belum diberi Bawaslu" },
  pemantau: { granter: "KPU", to: "KPU yang mendaftar lembaga Anda", given: "Sudah diberi KPU", lacks: "Belum diberi KPU" },
};
const LINK = /^(?:nomor=([1-7])|saksi=([1-9][0-9]?)|(ptps)|pemantau=([a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?))$/;

/** The person that a link is for, or null. @param {string} query @param {string} address @returns {Me | null} */
export function personIn(query, address) {
  const [, number, pair, ptps, organisation] = LINK.exec(query) ?? [];
  if (number) return { address, body: "kpps", number };
  if (pair) return { address, body: "saksi", pair: Number(pair) };
  if (ptps) return { address, body: "ptps" };
  return organisation ? { address, body: "pemantau", organisation } : null;
}

/** @param {Me | null} me */
export function called(me) {
  if (me?.pair) return `Saksi nomor ${me.pair}`;
  if (me?.organisation) return `Pemantau ${me.organisation}`;
  if (me?.body === "ptps") return "PTPS";
  return me?.number === "1" ? "Ketua" : `Anggota ${me?.number}`;
}

/** Whose side it is, as a statement says it. @param {Me} me */
export function side({ body, pair, organisation }) {
  return { body, ...(pair ? { pair } : {}), ...(organisation ? { organisation } : {}) };
}

/** @param {Me | null} me @param {"form" | "copy" | "objection" | "event"} kind */
export function maySend(me, kind) {
  return Boolean(me && SENDS[me.body].includes(kind));
}

/** Which paper it is whose figures are copied here: all of C.Hasil, or the own copy of it. @param {Me} me */
export function paperOf(me) {
  return maySend(me, "form") ? "c_hasil" : `salinan-${Object.values(side(me)).join("-")}`;
}
