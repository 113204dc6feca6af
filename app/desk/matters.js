// @ts-check
// What a desk signs besides forms and keys: answers to objections, responses to recommendations, the
// determination of the result, and who is elected by it. Each is picked from what the log proved; a colleague's is shown whole.

import { box, button, choice, h, table, wordsOf } from "../dom.js";
import { askFor, asking, field, heldIn, isOpen, ownIn, restOf, writing } from "../bersama/held.js";
import { slotOf } from "../bersama/slots.js";
import { ANSWER, BASIS, BODY, GROUND, OUTCOME, REFUSAL, STATE, TYPE } from "../bersama/words.js";
import { codeWords } from "../incident.js";
import { timeOf, unsaid, voteRows } from "../paper.js";
import { BASE, clock, go, kept, renewKit, seconds, show } from "../screen.js";
import { get, put } from "../store.js";
import { fetchCases, textOf } from "./cases.js";
import { deskKit } from "./draft.js";
import { formWords } from "./open.js";

/**
 * @typedef {import("../screen.js").Screen} Screen
 * @typedef {import("../bersama/held.js").Matter} Matter
 * @typedef {import("./cases.js").Cases} Cases
 * @typedef {import("./cases.js").Case} Case
 * @typedef {import("./cases.js").Asked} Asked
 */

const MATTERS = "Jawaban dan penetapan";
const portal = asking();
/** Words of objections that came while this page is open. @type {Map<string, string>} */
const read = new Map();

/** Where it is kept what waits. */
function casesAt() {
  const { log, election, contest, address } = deskKit();
  return `urusan/${log}/${election}/${contest}/${address}`;
}

/** @returns {Promise<Cases | undefined>} */
function cases() {
  return get(casesAt());
}

/** Read anew what waits, and what colleagues signed of it. */
function renew() {
  return portal.ask(MATTERS, async () => {
    await renewKit();
    const found = await fetchCases(BASE, deskKit(), /** @type {import("../role.js").Me} */ (kept.me), seconds());
    await put({ [casesAt()]: found });
    await askFor(all(found));
  });
}

/** Every matter of this desk. @param {Cases} found @returns {Matter[]} */
function all(found) {
  return [...found.objections.map(answering), ...found.asked.map(responding), ...(found.decides ? [determining(found), electing(found)] : [])];
}

/** @returns {Screen} */
function unread() {
  return portal.screen(MATTERS, MATTERS, ["Mengambil dan memeriksa keberatan dan rekomendasi…", "Keberatan dan rekomendasi belum dapat diperiksa"], renew);
}

/** The list: what is open, what was signed here, what waits for this member. @returns {Promise<Screen>} */
export async function matters() {
  const found = await cases();
  if (!found) return unread();
  const line = async (/** @type {Matter} */ matter, /** @type {string} */ words) => {
    const [own, { held }] = [await ownIn(matter.slot), await heldIn(matter.slot, matter.kit)];
    const now = held.length ? "menunggu Anda" : isOpen(own) ? "menunggu rekan" : own ? "sudah" : "";
    return h("li", {}, h("a", { href: matter.hash }, matter.title, h("small", {}, words)), h("span", { class: "v kosong" }, now));
  };
  const objections = await Promise.all(found.objections.map((one) => line(answering(one), objectionWords(one))));
  const asked = await Promise.all(found.asked.map((one) => line(responding(one), `${wordsOf(TYPE, one.fields.type)}: ${wordsOf(STATE, one.state)}`)));
  const own = found.certified?.own;
  return {
    title: MATTERS, back: "#beranda", wide: true,
    isi: [h("p", { class: "meta" }, `Diperiksa ${clock(found.seen, deskKit())}. Yang terbuka menurut halaman portal; tiap barisnya dibuktikan oleh alat ini.`),
      found.unproved ? box("beda", `${found.unproved} baris di halaman portal belum terbukti`, "Tidak ditunjukkan di sini. Perbarui, atau periksa halamannya.") : null,
      h("h2", {}, `${objections.length} keberatan menunggu jawaban`), h("ul", { class: "baris" }, ...objections), found.more ? h("p", { class: "meta" }, `${found.more} lagi tampil sesudah yang ini dijawab.`) : null,
      h("h2", {}, `${asked.length} rekomendasi pengawas`), h("ul", { class: "baris" }, ...asked),
      found.decides ? h("h2", {}, "Penetapan hasil") : null,
      found.decides ? h("ul", { class: "baris" }, await line(determining(found), own ? `ditetapkan: ${own.number}` : found.certified ? "belum ditetapkan" : "D.Hasil belum tercatat"),
        await line(electing(found), found.elected ? `ditetapkan: ${found.elected.number}` : own ? "belum ditetapkan" : "sesudah hasil ditetapkan")) : null],
    bawah: [button(portal.state.busy ? "Memeriksa…" : "Perbarui", renew, "main")],
  };
}

// ---------------------------------------------------------------- one matter

/** @returns {Promise<Screen>} */
async function nothing() {
  return (await cases()) ? { title: "Tidak ada", back: "#urusan", isi: [h("p", {}, "Itu tidak lagi menunggu di meja ini.")], bawah: [button("Ke daftar", () => go("#urusan"), "main")] } : unread();
}

/** What stands of a matter already. @param {string} said */
function already(said) {
  return box("ya", said, "Yang baru menggantinya; yang lama tetap terlihat.");
}

/** What a statement says of the one that it replaces, if there is one. @param {{id: string, revision: number} | null | undefined} own */
function after(own) {
  return { revision: (own?.revision ?? 0) + 1, ...(own ? { previous: own.id } : {}) };
}

// ---------------------------------------------------------------- answers

/** @param {any} fields of an objection */
function whose({ body, pair, organisation }) {
  return body === "saksi" ? `saksi nomor ${pair}` : body === "pemantau" ? `pemantau ${organisation}` : wordsOf(BODY, body);
}

/** @param {Case} one */
function objectionWords({ fields, name }) {
  return `${formWords(fields.form)} ${fields.tps ? `TPS ${fields.tps} ` : ""}${name}: ${codeWords("objection", fields.code)}`;
}

/** @param {Case} objection @returns {Matter} */
function answering({ id, fields, address }) {
  const kit = deskKit();
  const { form, region, tps } = fields;
  const slot = slotOf({ kind: "answer", election: kit.election, contest: kit.contest, form, region, ...(tps ? { tps } : {}), to: [id] });
  return {
    slot, kit, address, hash: `#jawab/${id}`, draft: `jawab/${slot}`, title: `Keberatan ${whose(fields)}, nomor ${fields.number}`,
    told: (answer) => [h("p", {}, "Jawaban: ", h("b", {}, wordsOf(ANSWER, answer.outcome))), answer.to?.length > 1 ? `Menjawab ${answer.to.length} keberatan sekaligus.` : null, ...restOf(answer, ["to", "outcome"])],
    wrong: (answer) => [...(answer.to?.includes(id) ? [] : ["Jawaban ini bukan untuk keberatan di atas."]), ...(answer.accept ? ["Jawaban ini juga memilih formulir yang dihitung. Cocokkan formulirnya dulu di halaman portal."] : [])],
  };
}

/** @param {string} id @returns {Promise<Screen>} */
export async function answer(id) {
  const found = (await cases())?.objections.find((each) => each.id === id);
  if (!found) return nothing();
  const kit = deskKit();
  const { fields } = found;
  const matter = answering(found);
  const own = kit.sheets.some(({ form }) => form === fields.form);
  if (fields.text && !read.has(fields.text)) {
    read.set(fields.text, "");
    textOf(BASE, fields.text).then((text) => { read.set(fields.text, text); return text && location.hash === matter.hash ? show() : null; });
  }
  const rows = voteRows(kit.pairs).filter(({ field: name }) => fields.claims?.[name] !== undefined);
  const words = read.get(fields.text);
  const about = [
    h("h2", { class: "judul" }, objectionWords(found)), rows.length ? table(rows.map(({ field: name, code, label }) => [`${code} ${label}`, "", String(fields.claims[name])]), "besar", "Menurut keberatan seharusnya") : null,
    fields.text ? box("", "Isinya", words || "Belum dapat dibaca dari portal. Baca di kertas.") : null, h("p", {}, h("a", { href: `${BASE}${found.address}`, target: "_blank", rel: "noopener" }, "Lihat halamannya"))];
  const all = kit.needs[fields.form];
  const needs = `Diterima atau ditolak: ${all} orang. Diteruskan: ${own ? "1 orang" : `${kit.needs.answer} orang`}. Masing-masing di alatnya.`;
  return writing(matter, "#urusan", about, needs, (draft, keep) => {
    const outcomes = ANSWER.filter(([code]) => code !== "withdrawn");
    const place = { form: fields.form, region: fields.region, ...(fields.tps ? { tps: fields.tps } : {}) };
    return {
      asks: [choice("Apa jawaban rapat?", "jawaban", outcomes, draft.outcome ?? "", (outcome) => keep({ outcome }))], lacks: draft.outcome ? "" : "Pilih jawabannya dulu",
      fields: draft.outcome ? { kind: "answer", contest: kit.contest, ...place, to: [id], outcome: draft.outcome } : null,
    };
  });
}

// ---------------------------------------------------------------- responses

/** @param {Asked} asked @returns {Matter} */
function responding({ id, fields, address, own }) {
  const kit = deskKit();
  const { body } = /** @type {import("../role.js").Me} */ (kept.me);
  const slot = slotOf({ kind: "response", election: kit.election, contest: kit.contest, body, region: kit.region, to: id });
  return {
    slot, kit, address, hash: `#tanggap/${id}`, draft: `tanggap/${slot}`, title: `Rekomendasi ${fields.number}`,
    told: (response) => [h("p", {}, "Tanggapan: ", h("b", {}, `${wordsOf(OUTCOME, response.outcome)}${response.date ? ` untuk ${dayWords(response.date)}` : ""}${response.reason ? `: ${wordsOf(REFUSAL, response.reason)}` : ""}`)),
      response.previous ? "Mengganti tanggapan sebelumnya." : null, ...restOf(response, ["to", "outcome", "date", "reason"])],
    wrong: (response) => [...(response.to === id ? [] : ["Tanggapan ini bukan untuk rekomendasi di atas."]), ...(response.previous === own?.id ? [] : ["Tanggapan ini mengganti yang tidak dikenal alat ini. Perbarui dulu."])],
  };
}

/** A date as people say it. @param {string} date */
function dayWords(date) {
  return new Intl.DateTimeFormat("id-ID", { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));
}

/** @param {string} id @returns {Promise<Screen>} */
export async function respond(id) {
  const found = (await cases())?.asked.find((each) => each.id === id);
  if (!found) return nothing();
  const kit = deskKit();
  const { fields, own } = found;
  const { body } = /** @type {import("../role.js").Me} */ (kept.me);
  const places = fields.places.map((/** @type {any} */ { region, tps }) => `${region}${tps ? ` TPS ${tps}` : ""}`);
  const about = [
    h("h2", { class: "judul" }, `${wordsOf(BODY, fields.body)} ${found.name}: ${wordsOf(TYPE, fields.type)}`), h("p", {}, `Dasar: ${wordsOf(GROUND, fields.ground)}. Kepada ${wordsOf(BODY, fields.to.body)} ${fields.to.region}${fields.to.tps ? ` TPS ${fields.to.tps}` : ""}.${fields.due ? ` Diminta paling lambat ${dayWords(fields.due)}.` : ""}`),
    h("p", {}, `Tempat: ${places.slice(0, 12).join(", ")}${places.length > 12 ? ` dan ${places.length - 12} lagi` : ""}.`),
    own ? already(`Sudah ditanggapi: ${wordsOf(OUTCOME, own.outcome)}`) : null,
    h("p", {}, h("a", { href: `${BASE}${found.address}`, target: "_blank", rel: "noopener" }, "Lihat halamannya"))];
  return writing(responding(found), "#urusan", about, `Perlu ${kit.needs.response} orang, masing-masing di alatnya.`, (draft, keep) => {
    const { outcome, date, reason } = draft;
    const lacks = !outcome ? "Pilih tanggapannya dulu" : outcome === "scheduled" && !date ? "Isi tanggalnya dulu" : outcome === "not-done" && !reason ? "Pilih alasannya dulu" : "";
    const more = outcome === "scheduled" ? { date } : outcome === "not-done" ? { reason } : {};
    return {
      asks: [choice("Apa yang dilakukan?", "tanggapan", OUTCOME, outcome ?? "", (chosen) => keep({ outcome: chosen })),
        ...(outcome === "scheduled" ? field("tanggal", "Untuk tanggal", "date", date ?? "", (value) => keep({ date: value }, false)) : []),
        outcome === "not-done" ? choice("Mengapa tidak?", "sebab", REFUSAL, reason ?? "", (chosen) => keep({ reason: chosen })) : null],
      lacks, fields: lacks ? null : { kind: "response", contest: kit.contest, body, region: kit.region, to: id, outcome, ...more, ...after(own) },
    };
  });
}

// ---------------------------------------------------------------- the determination

/** @param {Cases} found @returns {Matter} */
function determining({ certified }) {
  const kit = deskKit();
  const slot = slotOf({ kind: "determination", election: kit.election, contest: kit.contest, region: kit.region });
  return {
    slot, kit, address: kit.address, hash: "#tetapkan", draft: `tetapkan/${slot}`, title: "Penetapan hasil",
    told: (fields) => [h("p", {}, h("b", {}, `Keputusan ${fields.number}`), `, dasar: ${wordsOf(BASIS, fields.basis)}.`), h("p", {}, `Diumumkan ${timeWords(fields.announced_at)}.`), fields.decided_at ? h("p", {}, `Ditetapkan ${timeWords(fields.decided_at)}.`) : null,
      certified && fields.certificate === certified.id ? "Yang ditetapkan: D.Hasil di atas." : null, fields.previous ? "Mengganti penetapan sebelumnya." : null, ...restOf(fields, ["number", "basis", "announced_at", "decided_at", "certificate"])],
    wrong: (fields) => [...(fields.certificate === certified?.id ? [] : ["Penetapan ini menyebut D.Hasil lain daripada yang dibuktikan alat ini."]), ...(fields.previous === certified?.own?.id ? [] : ["Penetapan ini mengganti yang tidak dikenal alat ini. Perbarui dulu."])],
  };
}

/** @param {Record<string, number>} figures */
function votesOf(figures) {
  return table(voteRows(deskKit().pairs).map(({ field: name, code, label }) => [`${code} ${label}`, "", figures[name]?.toLocaleString("id-ID") ?? "–"]), "besar", "D.Hasil yang ditetapkan");
}

/** A time of a statement as people say it. @param {string} time */
function timeWords(time) {
  return `${dayWords(time.slice(0, 10))}${time.length > 10 ? ` pukul ${time.slice(11, 19).replaceAll(":", ".")}` : ""}`;
}

/**
 * What each decision has: its number and when it was announced, as they are asked, and what is lacking of them.
 * @param {any} draft @param {import("../bersama/held.js").Keep} keep
 */
function decided({ number = "", announced = "" }, keep) {
  const zone = timeOf(deskKit().timezone, new Date()).slice(19);
  const at = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$/.test(announced) ? `${announced.padEnd(19, ":00")}${zone}` : "";
  return {
    number, at, unnumbered: number.trim() ? unsaid(number) : "Isi nomor keputusannya dulu", untimed: at ? "" : "Isi waktu pengumumannya dulu",
    asks: [field("keputusan", "Nomor keputusan, seperti di kertas", "text", number, (value) => keep({ number: value.replace(/\s+/g, " ").trim() }, false)),
      field("diumumkan", "Diumumkan pada, sampai detiknya", "datetime-local", announced, (value) => keep({ announced: value }, false))],
  };
}

/** @returns {Promise<Screen>} */
export async function determine() {
  const found = await cases();
  if (!found?.decides) return nothing();
  const kit = deskKit();
  const { certified } = found;
  const matter = determining(found);
  if (!certified) return { title: matter.title, back: "#urusan", isi: [box("beda", "D.Hasil belum tercatat", "Penetapan menyebut D.Hasil yang tercatat. Tanda tangani lembarnya dulu, lalu perbarui.")], bawah: [button("Perbarui", renew, "main")] };
  const about = [certified.own ? already(`Sudah ditetapkan: ${certified.own.number}`) : null, votesOf(certified.figures)];
  return writing(matter, "#urusan", about, `Perlu ${kit.needs.determination} orang, masing-masing di alatnya. Waktu pengumuman memulai hitungan hari untuk ke MK.`, (draft, keep) => {
    const { basis } = draft;
    const { number, at, unnumbered, untimed, asks } = decided(draft, keep);
    const lacks = unnumbered || (basis ? untimed : "Pilih dasarnya dulu");
    return {
      asks: [...asks[0], choice("Atas dasar apa?", "dasar", BASIS, basis ?? "", (chosen) => keep({ basis: chosen })), ...asks[1]],
      lacks, fields: lacks ? null : { kind: "determination", contest: kit.contest, region: kit.region, number, basis, announced_at: at, certificate: certified.id, ...after(certified.own) },
    };
  });
}

// ---------------------------------------------------------------- who is elected

const NOBODY = "none";

/** What a pair is called, or that the empty column won. @param {string | number | undefined} pair */
function pairWords(pair) {
  return voteRows(deskKit().pairs).find(({ field: name }) => name === `pair_${pair}`)?.label ?? "Tidak ada: kolom kosong menang";
}

/** @param {Cases} found @returns {Matter} */
function electing({ certified, elected }) {
  const kit = deskKit();
  const slot = slotOf({ kind: "elected", election: kit.election, contest: kit.contest, region: kit.region });
  const figures = certified?.figures ?? {};
  const most = Math.max(...kit.pairs.map(({ number }) => figures[`pair_${number}`] ?? 0));
  const leads = (/** @type {any} */ { pair }) => kit.pairs.some(({ number, names }) => figures[`pair_${number}`] === most && (names.length ? number === pair : pair === undefined));
  return {
    slot, kit, address: kit.address, hash: "#terpilih", draft: `terpilih/${slot}`, title: "Pasangan terpilih",
    told: (fields) => [h("p", {}, h("b", {}, fields.none ? pairWords(undefined) : `Nomor ${fields.pair}, ${pairWords(fields.pair)}`)), h("p", {}, `Keputusan ${fields.number}, diumumkan ${timeWords(fields.announced_at)}.`),
      fields.previous ? "Mengganti keputusan sebelumnya." : null, ...restOf(fields, ["pair", "none", "number", "announced_at"])],
    wrong: (fields) => [...(leads(fields) ? [] : ["Itu bukan yang suaranya terbanyak di D.Hasil yang dibuktikan alat ini."]), ...(fields.previous === elected?.id ? [] : ["Keputusan ini mengganti yang tidak dikenal alat ini. Perbarui dulu."])],
  };
}

/** @returns {Promise<Screen>} */
export async function elect() {
  const found = await cases();
  if (!found?.decides) return nothing();
  const kit = deskKit();
  const { certified, elected } = found;
  const matter = electing(found);
  if (!certified?.own) return { title: matter.title, back: "#urusan", isi: [box("beda", "Hasilnya belum ditetapkan", "Pasangan terpilih ditetapkan menurut penetapan hasil. Tanda tangani itu dulu, lalu perbarui.")], bawah: [button("Perbarui", renew, "main")] };
  const about = [elected ? already(`Sudah ditetapkan: ${elected.number}`) : null, votesOf(certified.figures)];
  const choices = kit.pairs.map(({ number, names }) => (names.length ? [String(number), `Nomor ${number}, ${pairWords(number)}`] : [NOBODY, pairWords(undefined)]));
  return writing(matter, "#urusan", about, `Perlu ${kit.needs.determination} orang, masing-masing di alatnya.`, (draft, keep) => {
    const { pair } = draft;
    const { number, at, unnumbered, untimed, asks } = decided(draft, keep);
    const lacks = pair ? unnumbered || untimed : "Pilih siapa yang terpilih dulu";
    return {
      asks: [choice("Siapa yang terpilih?", "terpilih", choices, pair ?? "", (chosen) => keep({ pair: chosen })), ...asks.flat()],
      lacks, fields: lacks ? null : { kind: "elected", contest: kit.contest, region: kit.region, ...(pair === NOBODY ? { none: true } : { pair: Number(pair) }), number, announced_at: at, ...after(elected) },
    };
  });
}
