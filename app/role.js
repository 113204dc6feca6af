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
  ppk: { granter: "KPU kabupaten atau kota", to: "KPU kabupaten atau kota", given: "Sudah diberi KPU", lacks: "Belum diberi KPU" },
  pps: { granter: "PPK", to: "PPK", given: "Sudah diberi PPK", lacks: "Belum diberi PPK" },
  kpu_kabko: { granter: "KPU provinsi", to: "KPU provinsi", given: "Sudah diberi KPU provinsi", lacks: "Belum diberi KPU provinsi" },
  kpu_prov: { granter: "KPU", to: "KPU", given: "Sudah diberi KPU", lacks: "Belum diberi KPU" },
};
/** Bodies with a desk: their name, and what the region of their desk is called. @type {Record<string, string[]>} */
const DESKS = { pps: ["PPS", "Kelurahan/desa"], ppk: ["PPK", "Kecamatan"], kpu_kabko: ["KPU", "Kabupaten/kota"], kpu_prov: ["KPU provinsi", "Provinsi"] };
const LINK = /^(?:nomor=([1-7])|saksi=([1-9][0-9]?)|(ptps)|pemantau=([a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?)|(pps|ppk|kpu_kabko|kpu_prov)=([1-7]))$/;

/** The person that a link is for, or null. @param {string} query @param {string} address @returns {Me | null} */
export function personIn(query, address) {
  const [, number, pair, ptps, organisation, body, seat] = LINK.exec(query) ?? [];
  if (number) return { address, body: "kpps", number };
  if (body) return { address, body: /** @type {Me["body"]} */ (body), number: seat };
  if (pair) return { address, body: "saksi", pair: Number(pair) };
  if (ptps) return { address, body: "ptps" };
  return organisation ? { address, body: "pemantau", organisation } : null;
}

/** @param {Me | null} me */
export function called(me) {
  if (me?.pair) return `Saksi nomor ${me.pair}`;
  if (me?.organisation) return `Pemantau ${me.organisation}`;
  if (me?.body === "ptps") return "PTPS";
  const said = me?.number === "1" ? "Ketua" : `Anggota ${me?.number}`;
  return me && hasDesk(me) ? `${said} ${DESKS[me.body][0]}` : said;
}

/** Whether somebody works at a desk: the table of what is below a region. @param {Me | null} me */
export function hasDesk(me) {
  return Boolean(me && Object.hasOwn(DESKS, me.body));
}

/** Where somebody works, in words. @param {Me} me @param {{tps?: string, name: string}} kit */
export function placed(me, { tps, name }) {
  return tps ? `TPS ${tps} ${name}` : `${DESKS[me.body][1]} ${name}`;
}

/** Whose side it is, as a statement says it. @param {Me} me */
export function side({ body, pair, organisation }) {
  return { body, ...(pair ? { pair } : {}), ...(organisation ? { organisation } : {}) };
}

/** @param {Me | null} me @param {"form" | "copy" | "objection" | "event"} kind */
export function maySend(me, kind) {
  return Boolean(me && /** @type {Record<string, string[]>} */ (SENDS)[me.body]?.includes(kind));
}

/** Which paper it is whose figures are copied here: all of C.Hasil, or the own copy of it. @param {Me} me */
export function paperOf(me) {
  return me.body === "kpps" ? "c_hasil" : `salinan-${Object.values(side(me)).join("-")}`;
}
