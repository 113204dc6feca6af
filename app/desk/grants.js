// @ts-check
// The keys of the members below a desk: who has one, who asks for one, what colleagues signed. One
// grant for each place; a tap begins, and each of them is on the disk before the next is asked for.

import { fromBase64 } from "../verify/bytes.js";
import { keyid } from "../verify/keys.js";
import { askFor, asking, heldIn, saidIn, statementOf, undo } from "../bersama/held.js";
import { box, button, choice, h, notYet, wordsOf } from "../dom.js";
import { lay, stateOf } from "../outgoing.js";
import { ENDED, items, work } from "../queue.js";
import { BASE, clock, codeOf, go, inFours, kept, renewKit, seconds, share, show, shown, tell } from "../screen.js";
import { forget, get, put } from "../store.js";
import { deskKit } from "./draft.js";
import { besideMine, grantOf, grantSlot, judged, MEMBERS, numberOf, revokeSlot } from "./enrol.js";
import { fetchPlaces } from "./kit.js";
import { claims as keptClaims, claimsAt } from "./take.js";
import { REVOKE_REASON } from "./table.js";

/**
 * @typedef {import("../screen.js").Screen} Screen
 * @typedef {import("../queue.js").Item} Item
 * @typedef {import("./enrol.js").Claim} Claim
 * @typedef {import("./enrol.js").Judged} Judged
 * @typedef {import("./enrol.js").Place} Place
 * @typedef {import("../bersama/held.js").Held & {beside: "" | "alone" | "differs"}} Held what a colleague signed
 * @typedef {{place: Place, judged: Judged[], ready: Claim[], held: Held[], sent: Item | null}} Row
 */

const WHY = { place: "TPS-nya belum diketahui", number: "nomor anggotanya belum diketahui", twice: "dua kunci untuk anggota yang sama", taken: "anggota ini sudah punya kunci", granted: "", ended: "kunci ini sudah dicabut", elsewhere: "kunci ini sudah diberi di tempat lain" };
const KEYS = "Kunci anggota";
const portal = asking();

/** Where it is kept whose keys the log proves. */
function placesAt() {
  const { log, election, address } = deskKit();
  return `tempat/${log}/${election}/${address}`;
}

/** Read anew whose keys were granted, and what colleagues signed. */
function read() {
  const { said } = shown; // what the screen that waits for this says, is said of what was read too
  return portal.ask(KEYS, async () => {
    await renewKit();
    const places = await fetchPlaces(BASE, deskKit(), /** @type {import("../role.js").Me} */ (kept.me));
    await put({ [placesAt()]: { places, seen: seconds() } });
    await askFor(places.filter(({ keys }) => keys.filter(({ ended }) => !ended).length < MEMBERS).map((place) => ({ slot: grantSlot(deskKit().election, place), kit: deskKit() })));
    shown.said ||= said;
  });
}

/** What is known of each place. @returns {Promise<{rows: Row[], strays: Judged[], seen: number} | null>} */
async function rows() {
  const found = /** @type {{places: Place[], seen: number} | undefined} */ (await get(placesAt()));
  if (!found) return null;
  const { places, seen } = found;
  const all = judged(await keptClaims(), places);
  const sent = (await items()).filter(({ kind, state: now }) => kind === "grant" && now !== "dropped");
  const made = [];
  for (const place of places) {
    const here = all.filter(({ claim }) => claim.place === place.code);
    const ready = here.filter(({ why }) => !why).map(({ claim }) => claim);
    const slot = grantSlot(deskKit().election, place);
    const { held } = await heldIn(slot, deskKit());
    const lacks = (/** @type {any} */ fields) => fields.kind === "grant" && fields.persons.some((/** @type {any} */ one) => !place.keys.some((key) => key.keyid === named(one)));
    const open = held.filter(({ fields }) => lacks(fields));
    const own = sent.filter((item) => item.slot === slot).at(-1);
    made.push({ place, judged: here, ready, held: open.map((one) => ({ ...one, beside: besideMine(one.fields, place, ready) })), sent: own && lacks(saidIn(own)) ? own : null });
  }
  return { rows: made, strays: all.filter(({ claim }) => !places.some(({ code }) => code === claim.place)), seen };
}

/** @param {{alg: string, key: string}} person */
function named({ alg, key }) {
  return keyid(alg, fromBase64(key));
}

/** What is signed for a place by the next tap: what one colleague signed if it is what was scanned here, else a new grant. @param {Row} row @returns {{payload: Uint8Array, others: import("../sign.js").Signature[]} | null} */
function next({ place, ready, held, sent }) {
  const waits = sent && sent.state !== "refused" && (!ENDED.includes(sent.state) || sameAs(sent, ready));
  if (waits && !held.length) return null;
  if (held.length === 1 && held[0].beside !== "differs") return { payload: held[0].payload, others: held[0].signatures };
  return held.length || !ready.length ? null : { payload: statementOf(deskKit(), grantOf(place, ready)), others: [] };
}

/** Whether what was signed here names exactly these keys, or none is asked for. @param {Item} item @param {Claim[]} ready */
function sameAs(item, ready) {
  const { persons } = saidIn(item);
  const told = persons.map((/** @type {any} */ one) => named(one)).sort().join();
  return !ready.length || told === ready.map((one) => one.keyid).sort().join();
}

/** Sign what is ready, place after place; what was signed stays whatever happens to the next. @param {Row[]} all */
function signAll(all) {
  return tell(async () => {
    try {
      for (const row of all) {
        const made = next(row);
        if (made && !(await signOne(row, made))) return go("#kunci");
      }
    } finally {
      await work(deskKit(), seconds(), true);
    }
    await show();
  });
}

/** @param {Row} row @param {{payload: Uint8Array, others: import("../sign.js").Signature[]}} made */
function signOne({ place }, { payload, others }) {
  const { persons } = JSON.parse(new TextDecoder().decode(payload));
  return lay(payload, others, { title: `Kunci ${place.name}: ${persons.length} orang`, slot: grantSlot(deskKit().election, place), hash: `#anggota/${place.code}` });
}

/** @returns {Promise<Screen>} */
export async function granting() {
  const found = await rows();
  if (!found) return portal.screen(KEYS, KEYS, ["Mengambil dan memeriksa kunci anggota…", "Kunci anggota belum dapat diperiksa"], read);
  const { rows: all, strays, seen } = found;
  const todo = all.filter((row) => next(row));
  const granted = all.reduce((sum, { place }) => sum + place.keys.filter(({ ended }) => !ended).length, 0);
  const blocked = all.filter(({ held }) => held.length > 1 || held.some(({ beside }) => beside === "differs"));
  const unseen = todo.filter(({ held }) => held[0]?.beside === "alone");
  const lines = (await items()).filter(({ kind, state: now }) => ["grant", "revoke"].includes(kind) && now !== "dropped" && now !== "done").map(({ envelope }) => envelope);
  const wrong = [...strays, ...all.flatMap((row) => row.judged.filter(({ why }) => why && why !== "granted"))];
  const unproved = all[0]?.place.unproved ?? 0;
  const number = (/** @type {number} */ n, /** @type {string} */ words) => h("span", {}, h("b", {}, String(n)), ` ${words}`);
  return {
    title: KEYS, back: "#beranda", wide: true,
    isi: [
      h("div", { class: "ringkas", role: "status" }, number(all.length, "tempat"), number(granted, "kunci diberi"), number(all.reduce((sum, { ready }) => sum + ready.length, 0), "kunci baru"), ...(todo.length ? [number(todo.length, "menunggu Anda")] : [])),
      h("p", { class: "meta" }, `Diperiksa ${clock(seen, deskKit())}. ${deskKit().needs?.grant ?? 2} orang menandatangani tiap tempat, masing-masing di alatnya.`),
      unproved ? box("beda", `${unproved} kunci di halaman portal belum terbukti`, "Tidak dihitung di sini. Perbarui, atau periksa halamannya.") : null,
      h("div", { class: "alat" }, button("Pindai, tempel, atau buka berkas", () => go("#pindai")), button(portal.state.busy ? "Memeriksa…" : "Perbarui", read),
        ...(lines.length ? [button("Bagikan yang sudah ditandatangani", () => share(lines.join("\n"), "Disalin: kirimkan kepada anggota lain."))] : [])),
      ...wrong.map((one) => strayBox(one, all.map(({ place }) => place))),
      blocked.length ? box("beda", `${blocked.length} tempat: rekan menandatangani kunci lain`, ...blocked.map(({ place }) => h("p", {}, h("a", { href: `#anggota/${place.code}` }, place.name))), "Tidak ditandatangani sebelum jelas. Pindai lagi bersama.") : null,
      unseen.length ? box("", `${unseen.length} tempat hanya dipindai rekan`, "Cocokkan kode kuncinya dengan telepon atau surat tiap anggota sebelum menandatangani.") : null,
      ...grouped(all)],
    bawah: [todo.length ? button(`Tanda tangani ${todo.length} tempat`, () => signAll(todo), "main", `${todo.length} kali sidik jari atau kunci layar; boleh berhenti di tengah`) : notYet(all.some(({ ready }) => ready.length) ? "Menunggu tanda tangan rekan" : "Belum ada kunci baru")],
  };
}

/** A table of the places of each region. @param {Row[]} all */
function grouped(all) {
  const regions = [...new Set(all.map(({ place }) => (place.tps ? place.region : "")))];
  return regions.flatMap((region) => {
    const here = all.filter(({ place }) => (place.tps ? place.region : "") === region);
    const title = region ? here[0].place.name.replace(/^TPS [0-9]+ /, "") : "Badan";
    const numbers = Array.from({ length: MEMBERS }, (_, at) => at + 1);
    return [h("h2", {}, title), h("div", { class: "gulung", tabindex: "0", role: "region", "aria-label": `Kunci ${title}` }, h("table", { class: "kisi anggota" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Tempat"), ...numbers.map((one) => h("th", { scope: "col" }, one === 1 ? "1 ketua" : String(one))))),
      h("tbody", {}, ...here.map((row) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: `#anggota/${row.place.code}` }, row.place.tps ? `TPS ${row.place.tps}` : row.place.name), h("small", {}, rowState(row))), ...numbers.map((one) => cell(row, one)))))))];
  });
}

/** @param {Row} row @param {number} number */
function cell({ place, ready, held }, number) {
  const granted = place.keys.find((key) => !key.ended && key.number === number);
  const claim = ready.find((one) => one.number === number);
  const told = held.flatMap(({ fields }) => fields.persons).find((/** @type {any} */ one) => numberOf(one.person) === number);
  const key = granted?.keyid ?? claim?.keyid ?? (told ? named(told) : "");
  return h("td", { class: granted ? "" : key ? "ubah" : "kosong" }, key ? codeOf(key) : "–");
}

/** What becomes of a place next, in words. @param {Row} row */
function rowState(row) {
  const { place, ready, held, sent } = row;
  if (held.length > 1 || held.some(({ beside }) => beside === "differs")) return "kunci lain dari rekan";
  if (held.length) return `ditandatangani ${held[0].signers.length} rekan, menunggu Anda`;
  if (sent && !ENDED.includes(sent.state)) return sent.state === "refused" ? `belum diterima: ${sent.answer.sentences[0] ?? sent.answer.code}` : "sudah Anda tanda tangani, menunggu rekan";
  if (sent && sent.state !== "refused" && ready.length && sameAs(sent, ready)) return "diterima portal; Perbarui bila sudah tercatat";
  if (ready.length) return `${ready.length} kunci baru`;
  const there = place.keys.filter(({ ended }) => !ended).length;
  return there ? `${there} diberi` : "belum ada";
}

/** A key that cannot be granted yet: what is asked, or why it waits. @param {Judged} one @param {Place[]} places */
function strayBox({ claim, why }, places) {
  const keep = (/** @type {object} */ more) => tell(async () => {
    await put({ [claimsAt() + claim.keyid]: { ...claim, ...more } });
    await show();
  });
  const name = places.find(({ code }) => code === claim.place)?.name ?? (claim.place || "tanpa tempat");
  const picked = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value;
  const select = (/** @type {string} */ id, /** @type {string} */ words, /** @type {string[][]} */ all, /** @type {string} */ chosen, /** @type {(value: string) => unknown} */ take) => [h("label", { for: `${id}-${claim.keyid}` }, words),
    h("div", { class: "peta" }, h("select", { id: `${id}-${claim.keyid}`, change: (/** @type {Event} */ event) => take(picked(event)) }, h("option", { value: "" }, "pilih"), ...all.map(([value, said]) => h("option", { value, selected: value === chosen }, said))))];
  return box("beda", `${codeOf(claim.keyid)}, ${name}${claim.number ? ` nomor ${claim.number}` : ""}: ${WHY[/** @type {"place"} */ (why)]}`,
    ...(["place", "number", "twice", "taken"].includes(why) ? [...select("tempat", "Tempat", places.map(({ code, name: said }) => [code, said]), claim.place, (place) => keep({ place })),
      ...select("nomor", "Nomor anggota", Array.from({ length: MEMBERS }, (_, at) => [String(at + 1), at ? String(at + 1) : "1, ketua"]), String(claim.number), (number) => keep({ number: Number(number) }))] : []),
    ...(why === "taken" ? ["Teleponnya hilang? Cabut kunci lamanya dulu, lalu beri yang baru."] : []), button("Buang kunci ini dari tabel", () => tell(async () => { await forget(claimsAt() + claim.keyid); await show(); }), "kiri"));
}

/** The members of one place, and what can be done with each key. @param {string} region @param {string} tps @returns {Promise<Screen>} */
export async function member(region, tps) {
  const code = tps ? `${region}/${tps}` : region;
  const row = (await rows())?.rows.find(({ place }) => place.code === code);
  if (!row) return granting();
  const { place, ready, held, sent } = row;
  const { election } = deskKit();
  const chosen = await get(`cabut/${election}/${code}`) ?? {};
  const force = place.keys.filter(({ ended }) => !ended);
  const revoked = await Promise.all(force.map(async ({ keyid: key }) => ({ key, held: (await heldIn(revokeSlot(election, key), deskKit())).held, sent: (await items()).find((item) => item.slot === revokeSlot(election, key) && item.state !== "dropped") })));
  const look = () => tell(async () => {
    await askFor([grantSlot(election, place), ...force.map(({ keyid: key }) => revokeSlot(election, key))].map((slot) => ({ slot, kit: deskKit() })));
    await show();
  });
  const keep = (/** @type {object} */ more) => tell(async () => {
    await put({ [`cabut/${election}/${code}`]: { ...chosen, ...more } });
    await show();
  });
  const revoke = (/** @type {string} */ key, /** @type {{payload: Uint8Array, signatures: import("../sign.js").Signature[]} | null} */ other) => tell(async () => {
    const payload = other?.payload ?? statementOf(deskKit(), { kind: "revoke", keyid: key, reason: chosen.reason });
    if (!(await lay(payload, other?.signatures ?? [], { title: `Cabut kunci ${place.name}, ${codeOf(key)}`, slot: revokeSlot(election, key), hash: `#anggota/${code}` }, [`cabut/${election}/${code}`]))) return go("#kunci");
    await work(deskKit(), seconds(), true);
    await show();
  });
  const take = (/** @type {{payload: Uint8Array, others: import("../sign.js").Signature[]}} */ made) => tell(async () => {
    if (!(await signOne(row, made))) return go("#kunci");
    await work(deskKit(), seconds(), true);
    await show();
  });
  const isSent = sent && !ENDED.includes(sent.state) && sameAs(sent, ready);
  const long = (/** @type {string} */ key) => h("b", { class: "kode" }, inFours(key));
  const who = (/** @type {{number: number, position: string}} */ one) => (one.number ? `Nomor ${one.number}, ${one.position}` : one.position);
  return {
    title: place.name, back: "#beri",
    isi: [sent ? box(sent.state === "refused" ? "beda" : "", "Pemberian kunci yang Anda tanda tangani", stateOf(sent, deskKit()), ...(sent.state === "refused" ? sent.answer.sentences : []), ...(ENDED.includes(sent.state) ? [] : undo(sent))) : null,
      ...held.map((one) => box(one.beside === "differs" || held.length > 1 ? "beda" : "", `Ditandatangani rekan: ${one.fields.persons.length} kunci`, `Oleh ${one.signers.join(", ")}.`,
        h("ul", {}, ...one.fields.persons.map((/** @type {any} */ person) => h("li", {}, `${who({ number: numberOf(person.person), position: person.position })}: `, long(named(person)), ready.some((claim) => claim.keyid === named(person)) ? " dipindai di sini juga" : ready.length ? " TIDAK dipindai di sini" : ""))),
        one.beside === "differs" ? "Berbeda dengan yang dipindai di sini. Cocokkan bersama anggotanya; buang pindaian yang keliru, atau jangan tanda tangani." : "",
        ...(one.beside === "differs" && ready.length && !isSent ? [button("Punya rekan keliru: tanda tangani yang dipindai di sini", () => take({ payload: statementOf(deskKit(), grantOf(place, ready)), others: [] }), "df", "rekan lalu menyusul; miliknya sendiri tidak perlu ditunggu satu jam")] : []),
        ...(one.beside !== "differs" ? [button("Tanda tangani yang ini", () => take({ payload: one.payload, others: one.signatures }), "kiri")] : []))),
      ...ready.map((one) => box("ya", `${who({ number: one.number, position: one.number === 1 ? "ketua" : "anggota" })}: kunci baru`, long(one.keyid), button("Buang kunci ini dari tabel", () => tell(async () => { await forget(claimsAt() + one.keyid); await show(); }), "kiri"))),
      ...place.keys.map((one) => {
        const { held: others, sent: own } = revoked.find(({ key }) => key === one.keyid) ?? { held: [], sent: undefined };
        return box(others.length ? "beda" : "", `${who(one)}: ${one.ended ? "dicabut" : "diberi"}`, long(one.keyid),
          ...(own ? [`Pencabutan Anda: ${stateOf(own, deskKit())}`, ...(ENDED.includes(own.state) ? [] : undo(own))] : []),
          ...others.map((other) => h("div", {}, h("p", {}, `Rekan menandatangani pencabutan kunci ini (${wordsOf(REVOKE_REASON, other.fields.reason)}${other.fields.suspect_from === undefined ? "" : `, diragukan sejak catatan ${other.fields.suspect_from}`}).`), button("Cabut juga, tanda tangani", () => revoke(one.keyid, other), "kiri"))),
          ...(!one.ended && !own && !others.length ? [chosen.key === one.keyid ? h("div", {}, choice("Mengapa dicabut?", `cabut-${one.keyid}`, REVOKE_REASON, chosen.reason ?? "", (reason) => keep({ reason })), chosen.reason ? button("Tanda tangani pencabutan", () => revoke(one.keyid, null), "df", "kunci ini tidak dapat menandatangani lagi") : notYet("Pilih alasannya dulu")) : button("Cabut kunci ini", () => keep({ key: one.keyid, reason: "" }), "kiri")] : []));
      }),
      button("Lihat apa yang ditandatangani rekan", look, "kiri")],
    bawah: [button("Ke tabel", () => go("#beri"), "main")],
  };
}
