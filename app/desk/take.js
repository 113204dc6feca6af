// @ts-check
// What a desk takes from outside, by camera, paste or file: keys of members, and what another member
// signed. Every proof and signature is verified before anything is kept.

import { utf8 } from "../verify/bytes.js";
import { parseEnvelope } from "../verify/envelope.js";
import { faultOf } from "../verify/evidence.js";
import { Unchecked } from "../verify/faults.js";
import { parseStatement } from "../verify/statement.js";
import { slotOf } from "../bersama/slots.js";
import { gather, parts, scanner } from "../between.js";
import { box, button, h } from "../dom.js";
import { openForm, openSigned } from "../kit.js";
import { slotOf as slotOfForm } from "../paper.js";
import { go, save, show, shown, tell } from "../screen.js";
import { below, forget, get, put } from "../store.js";
import { deskKit, placeOf, sheetFor } from "./draft.js";
import { claimOf, saidIn } from "./enrol.js";

/**
 * @typedef {import("../screen.js").Screen} Screen
 * @typedef {import("./enrol.js").Claim} Claim
 */

const WHY = { "other-log": "dari portal lain", "other-election": "dari pemilihan lain", proof: "buktinya tidak cocok: minta kodenya sekali lagi" };

/** Where a text is kept until it is taken. */
const PASTED = "tempelan";

/** Where the keys are kept that were scanned here. */
export function claimsAt() {
  const { log, election } = deskKit();
  return `daftar/${log}/${election}/`;
}

/** @returns {Promise<Claim[]>} */
export async function claims() {
  return [...(await below(claimsAt())).values()];
}

/** Keep the keys in a text; how many are new, and what was not taken. @param {string} text */
async function enrolled(text) {
  /** @type {string[]} */
  const wrong = [];
  let fresh = 0;
  for (const one of saidIn(text)) {
    try {
      const claim = await claimOf(one, deskKit());
      const before = /** @type {Claim | undefined} */ (await get(claimsAt() + claim.keyid));
      if (!before) fresh += 1;
      // What a person chose here stays; a place and a member that a code says fill what nobody said.
      await put({ [claimsAt() + claim.keyid]: before ? { ...before, place: before.place || claim.place, number: before.number || claim.number } : claim });
    } catch (error) {
      wrong.push(`${one.place || "Satu baris"}${one.number ? ` nomor ${one.number}` : ""}: ${WHY[/** @type {keyof typeof WHY} */ (error instanceof Error ? error.message : "")] ?? "tidak terbaca"}.`);
    }
  }
  return { fresh, wrong, all: (await claims()).length };
}

/** Where it is shown what a desk signs with others besides forms, by kind. @type {Record<string, (fields: any) => string>} */
const SHOWN = { grant: ({ region, tps = "" }) => `#anggota/${region}/${tps}`, revoke: () => "#beri", answer: ({ to }) => (to ? `#jawab/${to[0]}` : "#urusan"), response: ({ to }) => `#tanggap/${to}`, determination: () => "#tetapkan", elected: () => "#terpilih" };

/** In which slot something waits that is no form, and where it is shown; null for what no desk signs with others. @param {any} fields @returns {{slot: string, hash: string} | null} */
function slotOfOther(fields) {
  return Object.hasOwn(SHOWN, fields.kind) ? { slot: slotOf(fields), hash: SHOWN[fields.kind](fields) } : null;
}

/** Keep what another member signed; where it is shown. @param {string} envelope @returns {Promise<string>} */
async function keepSigned(envelope) {
  const fields = parseStatement(parseEnvelope(utf8(envelope)).payload);
  const sheet = fields.kind === "form" ? sheetFor(fields.region) : undefined;
  const other = fields.kind === "form" ? null : slotOfOther(fields);
  if (fields.kind === "readiness") return (await import("../bersama/readiness.js")).take(envelope);
  if (sheet) return gather(envelope, slotOfForm(placeOf(sheet)), placeOf(sheet), openForm, (id) => `#tanda/${sheet.region}/${id}`);
  if (other) return gather(envelope, other.slot, deskKit(), openSigned, () => other.hash);
  throw new Unchecked("nothing that this desk signs", "slot");
}

/** Take an envelope, and say why not. @param {string} envelope */
async function received(envelope) {
  try {
    go(await keepSigned(envelope));
  } catch (error) {
    shown.said = `Itu tidak dapat dipercaya (${faultOf(error, "").code}): bukan dari meja ini, atau kuncinya belum dikenal alat ini. Perbarui dulu.`;
    go("#beranda");
  }
}

/** Everything in a text: keys, codes that were shared as text, signed statements. @param {string} text */
async function takeText(text) {
  const signed = text.split(/\r?\n/).map((one) => one.trim()).filter((one) => one.startsWith('{"payload"'));
  const read = parts(async (envelope) => signed.push(envelope));
  for (const line of text.split(/\r?\n/)) await (await read(line).catch(() => null))?.done?.();
  const { fresh, wrong, all } = await enrolled(text);
  let taken = 0;
  for (const one of signed) {
    try {
      await keepSigned(one);
      taken += 1;
    } catch (error) {
      wrong.push(`Satu kiriman anggota lain tidak dapat dipercaya (${faultOf(error, "").code}).`);
    }
  }
  const said = [...(fresh ? [`${fresh} kunci baru, ${all} semuanya.`] : []), ...(taken ? [`${taken} kiriman anggota lain diambil.`] : []), ...wrong];
  shown.said = said.join(" ") || "Tidak ada kunci baru dan tidak ada kiriman di teks itu.";
  go("#beri");
}

/** @returns {Promise<Screen>} */
export async function takeScreen() {
  const begin = () => {
    const form = parts(received);
    return async (/** @type {string} */ text) => {
      const { fresh, wrong, all } = await enrolled(text);
      if (wrong.length) return { said: wrong[0] };
      if (saidIn(text).length) return { said: `${fresh ? "Diambil" : "Sudah ada"}: ${all} kunci` };
      return form(text);
    };
  };
  const text = /** @type {HTMLTextAreaElement} */ (h("textarea", { id: "teks", rows: "4", input: () => save(() => put({ [PASTED]: text.value })) }));
  text.value = (await get(PASTED)) ?? "";
  const pasted = () => tell(async () => {
    await takeText(text.value);
    await save(() => forget(PASTED));
  });
  const file = h("input", { id: "berkas", type: "file", accept: ".txt,.csv,.json", multiple: true, change: (/** @type {Event} */ event) => tell(async () => {
    const chosen = [.../** @type {HTMLInputElement} */ (event.target).files ?? []];
    await takeText((await Promise.all(chosen.map((one) => one.text()))).join("\n"));
  }) });
  return {
    title: "Pindai", back: "#beri", stays: true,
    isi: [...scanner(begin, "Arahkan ke kode kunci anggota, satu per satu, atau ke kode dari meja lain."),
      h("label", { for: "teks" }, "Atau tempel baris kunci, daftar orang, atau kiriman anggota lain"), text, button("Ambil dari teks", pasted, "kiri"),
      h("label", { for: "berkas" }, "Atau berkas"), file,
      box("", "Kode kunci tidak rahasia", "Yang tertulis di dalamnya tentang TPS dan nomor anggota hanya ucapan pemiliknya: cocokkan dengan surat pengangkatan.")],
    bawah: [button("Lihat tabelnya", () => { go("#beri"); show(); }, "main")],
  };
}
