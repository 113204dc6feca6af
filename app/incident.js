// @ts-check
// A line of the paper of special events: what a saksi, a supervisor or a pemantau objects to, or what a
// KPPS or a supervisor says happened. The log has the digest of its words; they are handed in after it.

import { hex, utf8 } from "./verify/bytes.js";
import { encodePublic } from "./verify/json.js";
import { sha256 } from "./verify/sha2.js";
import { reasonField } from "./correction.js";
import { box, button, choice, h, notYet, table, wordsOf } from "./dom.js";
import { words } from "./numbers.js";
import { sign } from "./outgoing.js";
import { figuresOf, incidentOf, payloadOf, slotOf, unsaid, voteRows } from "./paper.js";
import { called } from "./role.js";
import { go, kept, share, shown, show, tell } from "./screen.js";
import { below, get, put } from "./store.js";
import { CODES } from "./table.js";
import { rowAt, typing } from "./typing.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {import("./queue.js").Item} Item
 * @typedef {import("./screen.js").Screen} Screen
 * @typedef {"objection" | "event"} Kind
 */

const MOST = 1_000; // signs of the words
export const KINDS = {
  objection: { hash: "#keberatan", title: "Keberatan", asks: "Tentang apa?", done: "Tanda tangani keberatan" },
  event: { hash: "#kejadian", title: "Kejadian khusus", asks: "Apa yang terjadi?", done: "Tanda tangani kejadian" },
};

/** Where a line is kept until it is signed. @param {Kit} kit @param {Kind} kind */
function lineOf(kit, kind) {
  return `draft/${slotOf(kit)}:${kind}/`;
}

/** Where the figures are kept that an objection claims. @param {Kit} kit */
function claimsOf(kit) {
  return `draft/${slotOf(kit)}:klaim/`;
}

/** What of a line is there: `number` of the paper, `code`, `text`, and the figures claimed. @param {Kit} kit @param {Kind} kind */
async function typedOf(kit, kind) {
  const typed = await below(lineOf(kit, kind));
  const [number, code, text] = ["number", "code", "text"].map((name) => typed.get(name) ?? "");
  const claims = kind === "objection" && code === "figures" ? figuresOf(await below(claimsOf(kit))) : {};
  return { number, code, text, claims };
}

/** The words of a code. @param {Kind | "witness"} kind @param {string} code */
export function codeWords(kind, code) {
  return wordsOf(CODES[kind], code);
}

/** The screens of a kind: what it is, then its words and number, then the sheet. @param {Kind} kind @returns {(step: string) => Promise<Screen>} */
export function incident(kind) {
  return async (step) => {
    const typed = await typedOf(/** @type {Kit} */ (kept.kit), kind);
    if (!typed.code || !step) return about(kind, typed);
    return step === "lembar" && /^[1-9][0-9]{0,2}$/.test(typed.number) && !unsaid(typed.text) ? sheet(kind, typed) : wording(kind, typed);
  };
}

/** @param {Kind} kind @param {Awaited<ReturnType<typeof typedOf>>} typed @returns {Screen} */
function about(kind, { code, claims }) {
  const kit = /** @type {Kit} */ (kept.kit);
  const { hash, title, asks } = KINDS[kind];
  const figures = kind === "objection" && code === "figures";
  const take = async (/** @type {string} */ chosen) => {
    await put({ [`${lineOf(kit, kind)}code`]: chosen });
    await show();
  };
  return {
    title, back: "#beranda",
    isi: [choice(asks, "jenis", CODES[kind], code, take),
      ...(figures ? [h("h2", {}, "Angka mana, dan berapa seharusnya?"), h("p", { class: "meta" }, "Boleh dikosongkan. Ketuk barisnya."),
        h("ul", { class: "baris" }, ...voteRows(kit.pairs).map((row, at) => h("li", {}, h("a", { href: `#klaim/${at}` }, `${row.code} ${row.label}`, kit.head ? h("small", {}, `C.Hasil yang tercatat: ${kit.head.figures[row.field] ?? "–"}`) : null),
          h("span", { class: row.field in claims ? "v" : "v kosong" }, String(claims[row.field] ?? "–")))))] : [])],
    bawah: [code ? button("Lanjut: isi dan nomor", () => go(`${hash}/isi`), "main") : notYet("Pilih salah satu dulu")],
  };
}

/** One figure as it should be. @param {string} at @returns {Promise<Screen>} */
export async function claim(at) {
  const kit = /** @type {Kit} */ (kept.kit);
  const rows = voteRows(kit.pairs);
  const row = { ...rows[rowAt(at, rows)], part: "Berapa seharusnya?" };
  return typing({
    prefix: claimsOf(kit), rows: [row], at: 0, typed: await below(claimsOf(kit)), title: "Angka yang seharusnya", back: "#keberatan", hash: "#klaim", done: "#keberatan",
    all: "#keberatan", fresh: true, note: "Hapus mengosongkan baris ini.", spoken: () => [],
  });
}

/** @param {Kind} kind @param {Awaited<ReturnType<typeof typedOf>>} typed @returns {Screen} */
function wording(kind, { number, text }) {
  const kit = /** @type {Kit} */ (kept.kit);
  const { hash, title } = KINDS[kind];
  const keep = (/** @type {Record<string, string>} */ more) => put(Object.fromEntries(Object.entries(more).map(([name, value]) => [lineOf(kit, kind) + name, value])));
  const typedNumber = (/** @type {Event} */ event) => keep({ number: /** @type {HTMLInputElement} */ (event.target).value.trim() });
  const act = () => tell(async () => {
    const now = await typedOf(kit, kind);
    if (!/^[1-9][0-9]{0,2}$/.test(now.number)) shown.said = "Tulis dulu nomor barisnya di kertas, 1 sampai 999.";
    else if (unsaid(now.text)) shown.said = unsaid(now.text);
    else return go(`${hash}/lembar`);
    await show();
  });
  return {
    title, back: hash,
    isi: [h("label", { for: "nomor" }, "Nomor di formulir Kejadian Khusus dan Keberatan"), h("input", { id: "nomor", class: "nomor", type: "text", inputmode: "numeric", maxlength: "3", autocomplete: "off", value: number, input: typedNumber }),
      h("label", { for: "isi" }, "Isinya, seperti di kertas. Tanpa nama dan nomor orang."), ...reasonField("isi", text, (said) => keep({ text: said }), MOST),
      box("", "Isinya dibaca umum", "Aplikasi menyerahkannya ke portal sesudah barisnya tercatat. Buku besar sendiri hanya memuat sidiknya.")],
    bawah: [button("Lanjut: cocokkan dengan kertas", act, "main")],
  };
}

/** @param {Kind} kind @param {Awaited<ReturnType<typeof typedOf>>} typed @returns {Screen} */
function sheet(kind, { number, code, text, claims }) {
  const kit = /** @type {Kit} */ (kept.kit);
  const me = /** @type {import("./role.js").Me} */ (kept.me);
  const { hash, title, done } = KINDS[kind];
  const claimed = voteRows(kit.pairs).filter(({ field }) => field in claims);
  const act = () => tell(async () => {
    const said = text ? attachment(text, crypto.getRandomValues(new Uint8Array(32))) : null;
    const fields = incidentOf(me, kind, Number(number), code, claims, said?.digest ?? "");
    const gone = [...["number", "code", "text"].map((name) => lineOf(kit, kind) + name), ...(kind === "objection" ? voteRows(kit.pairs).map(({ field }) => claimsOf(kit) + field) : [])];
    await sign(payloadOf(kit, fields, new Date()), [], { words: said?.words ?? "" }, gone);
  });
  return {
    title: "Cocokkan dengan kertas", back: `${hash}/isi`,
    isi: [h("h2", { class: "judul" }, `${title} nomor ${number}: ${codeWords(kind, code)}`),
      claimed.length ? table(claimed.map(({ field, code: row, label }) => [`${row} ${label}`, words(claims[field]), String(claims[field])]), "besar", "Seharusnya") : null,
      box("", text ? "Isinya" : "Tanpa isi", ...(text ? [text] : [])),
      h("p", {}, `Dengan ini ${called(me)} TPS ${kit.tps} menyatakan: begitu tertulis di kertas. Semuanya dibaca umum; tidak ada yang masuk penjumlahan.`)],
    bawah: [button(done, act, "main", "sidik jari atau kunci layar"), button("Ada yang beda, kembali", () => go(`${hash}/isi`))],
  };
}

/** The words as whoever has them proves them: their digest is in the statement. @param {string} text @param {Uint8Array} salt */
export function attachment(text, salt) {
  const bytes = encodePublic({ salt: hex(salt), text }).slice(0, -1);
  return { words: new TextDecoder().decode(bytes), digest: hex(sha256(bytes)) };
}

const HANDED = {
  served: "Portal menyajikan isinya kepada umum. Baris di bawah membuktikannya juga tanpa portal, bila dibagikan persis begitu.",
  refused: "Portal tidak mau menyajikan isinya. Bagikan sendiri baris di bawah, persis begitu: sidiknya cocok dengan yang tercatat.",
  later: "Isinya belum diserahkan: itu terjadi sendiri sesudah barisnya tercatat. Sampai saat itu hanya telepon ini yang menyimpannya.",
};

/** The words of a line that was signed here. @param {string} id @returns {Promise<Screen>} */
export async function wordsScreen(id) {
  const item = /** @type {Item | undefined} */ (await get(`queue/${id}`));
  const said = item?.words ?? "";
  return {
    title: "Isinya", back: "#antrean",
    isi: [h("p", {}, said ? HANDED[item?.handed ?? "later"] : "Ditandatangani tanpa isi."),
      said ? h("textarea", { id: "tulisan", readonly: true, rows: "8", "aria-label": "Isinya, dengan garam" }, said) : null,
      said ? h("p", { class: "meta" }, `Sidik SHA-256: ${hex(sha256(utf8(said)))}`) : null],
    bawah: [said ? button("Bagikan isinya", () => share(said, "Isinya disalin."), "main") : button("Ke antrean", () => go("#antrean"), "main")],
  };
}

/** Write a line anew, beginning with what was signed: the later one replaces the earlier one. @param {Item} item */
export function rewrite({ kind, number, code, words: said, figures }) {
  return tell(async () => {
    const kit = /** @type {Kit} */ (kept.kit);
    const of = /** @type {Kind} */ (kind);
    const line = { number: String(number), code, text: said ? JSON.parse(said).text : "" };
    await put(Object.fromEntries([...Object.entries(line).map(([name, value]) => [lineOf(kit, of) + name, value]), ...Object.entries(figures).map(([field, value]) => [claimsOf(kit) + field, String(value)])]));
    go(KINDS[of].hash);
  });
}
