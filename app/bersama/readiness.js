// @ts-check
// What a TPS has on the eve, and what came back from it: two persons of two bodies sign it, each on his own
// device. What lacks is ticked; what is not ticked is there and good.

import { utf8 } from "../verify/bytes.js";
import { parseEnvelope } from "../verify/envelope.js";
import { Unchecked } from "../verify/faults.js";
import { parseStatement } from "../verify/statement.js";
import { keyNotice, setUp } from "../before.js";
import { gather } from "../between.js";
import { box, button, h, table, wordsOf } from "../dom.js";
import { addressIn, openSigned } from "../kit.js";
import { BASE, clock, go, kept, officeOf, renewKit, seconds, shown } from "../screen.js";
import { get, put } from "../store.js";
import { askFor, asking, field, heldIn, isOpen, ownIn, pieces, restOf, writing } from "./held.js";
import { fetchSpots, fetchStation, SIGNERS } from "./kit.js";
import { slotOf } from "./slots.js";
import { ITEM, LACK } from "./table.js";

/**
 * @typedef {import("../screen.js").Screen} Screen
 * @typedef {import("../kit.js").Kit} Kit
 * @typedef {import("./kit.js").Spot} Spot
 * @typedef {import("./kit.js").Station} Station
 * @typedef {import("./held.js").Matter} Matter
 * @typedef {{on: boolean, kinds: Record<string, string>}} Ticked what is wrong with something, and with how many of it
 */

const MOST = 20; // lacks of one statement
const BALLOTS = "ballots";
/** @type {Record<string, string>} */
const TITLES = { arrived: "Yang diterima TPS", returned: "Yang dikembalikan TPS" };
/** @type {Record<string, string>} */
const NEEDS = {
  arrived: "Perlu dua orang: satu dari PPS dan satu dari KPPS, masing-masing di alatnya.",
  returned: "Perlu dua orang: satu dari KPPS dan satu dari PPK, masing-masing di alatnya.",
};
const BACK = [["boxes", "Kotak suara kembali"], ["seals_whole", "Segel utuh"], ["seals_broken", "Segel rusak atau terbuka"]];
const asked = asking();

/** @returns {Kit} */
function ownKit() {
  return /** @type {Kit} */ (kept.kit);
}

/** Which steps this member signs. */
function ownSteps() {
  return Object.keys(SIGNERS).filter((step) => SIGNERS[step].includes(kept.me?.body ?? ""));
}

/** Where it is kept what is proved of a TPS. @param {string} region @param {string} tps */
function stationAt(region, tps) {
  return `siap/${ownKit().log}/${ownKit().election}/${region}/${tps}`;
}

/** Where the TPS of this member's region are kept. */
function spotsAt() {
  const { log, election, address } = ownKit();
  return `daftartps/${log}/${election}/${address}`;
}

/** The TPS that this member may speak of: his own, or those below. @returns {Promise<Spot[] | undefined>} */
async function spots() {
  const { region, tps, name, address } = ownKit();
  return tps ? [{ region, tps, name: `TPS ${tps} ${name}`, address }] : get(spotsAt());
}

/** @param {Spot} spot */
function hashOf({ region, tps }, step = "") {
  return `#siap/${region}-${tps}${step ? `/${step}` : ""}`;
}

/** @param {Spot} spot @param {string} step */
function slotAt({ region, tps }, step) {
  return slotOf({ kind: "readiness", election: ownKit().election, region, tps, step });
}

/** The kit with the keys of all who sign about a TPS. @param {Station} station @returns {Kit} */
function kitOf({ keys, ended }) {
  return { ...ownKit(), keys, ended };
}

/** The screens of readiness: the list of TPS, one of them, or one step of it. @param {string} at "region-tps" or "" @param {string} step @returns {Promise<Screen>} */
export async function ready(at, step) {
  const all = await spots();
  if (!all) return waits("daftar", "TPS di wilayah ini", renewSpots);
  const spot = all.find(({ region, tps }) => `${region}-${tps}` === at) ?? (ownKit().tps ? all[0] : undefined);
  if (!spot) return list(all);
  const station = /** @type {Station | undefined} */ (await get(stationAt(spot.region, spot.tps)));
  if (!station) return waits(hashOf(spot), spot.name, () => renewStation(spot));
  return ownSteps().includes(step) ? about(station, step) : overview(station);
}

/** @param {string} what @param {string} title @param {() => unknown} begin @returns {Screen} */
function waits(what, title, begin) {
  return asked.screen(what, title, ["Mengambil dan memeriksa data TPS…", "Data TPS belum dapat diperiksa", "Yang pertama kali perlu sinyal. Sesudah itu boleh tanpa sinyal."], begin);
}

function renewSpots() {
  return asked.ask("daftar", async () => {
    await renewKit();
    const found = await fetchSpots(BASE, ownKit());
    await put({ [spotsAt()]: found });
    await askFor((await Promise.all(found.map(slotsOf))).flat());
  });
}

/** Where what is said of a TPS waits, with the keys of who says it. @param {Spot} spot */
async function slotsOf(spot) {
  const station = /** @type {Station | undefined} */ (await get(stationAt(spot.region, spot.tps)));
  return ownSteps().map((step) => ({ slot: slotAt(spot, step), kit: station ? kitOf(station) : ownKit() }));
}

/** @param {Spot} spot */
function renewStation(spot) {
  return asked.ask(hashOf(spot), async () => {
    const { region, tps, name, address } = spot;
    await put({ [stationAt(region, tps)]: await fetchStation(BASE, ownKit(), { region, tps, name, address }, seconds()) });
    await askFor(await slotsOf(spot));
  });
}

/** @param {Spot[]} all @returns {Promise<Screen>} */
async function list(all) {
  const lines = await Promise.all(all.map(async (spot) => {
    const station = /** @type {Station | undefined} */ (await get(stationAt(spot.region, spot.tps)));
    const states = await Promise.all(ownSteps().map(async (step) => {
      const own = await ownIn(slotAt(spot, step));
      const { held, bad } = await heldIn(slotAt(spot, step), station ? kitOf(station) : ownKit());
      return held.length || (!station && bad.length) ? "menunggu Anda" : isOpen(own) ? "menunggu orang kedua" : own || station?.said[step] ? "sudah" : "";
    }));
    return h("li", {}, h("a", { href: hashOf(spot) }, spot.name), h("span", { class: "v kosong" }, states.join(" ")));
  }));
  return {
    title: "Perlengkapan TPS", back: "#beranda",
    isi: [keyNotice(), h("p", {}, `${ownSteps().map((step) => TITLES[step]).join(", ")}: ${all.length} TPS. Pilih TPS-nya.`), h("ul", { class: "baris" }, ...lines)],
    bawah: [button(asked.state.busy ? "Memeriksa…" : "Perbarui", renewSpots, "main")],
  };
}

/** @param {Station} station @returns {Promise<Screen>} */
async function overview(station) {
  const mine = ownSteps();
  const parts = Object.keys(SIGNERS).map((step) => {
    const said = station.said[step];
    return box(said ? "ya" : "", `${TITLES[step]}: ${said ? "tercatat" : "belum tercatat"}`, ...(said ? pieces(told(station, said)) : []), ...(mine.includes(step) ? [button(said ? "Tulis lagi: yang baru menggantinya" : "Isi, atau tanda tangani", () => go(hashOf(station, step)), "kiri")] : []));
  });
  return {
    title: station.name, back: ownKit().tps ? "#beranda" : "#siap",
    isi: [keyNotice(), ...parts, h("p", { class: "meta" }, `Diperiksa ${clock(station.seen, ownKit())}. Tidak pernah ditulis di mana barang disimpan atau lewat mana dibawa.`)],
    bawah: [button(asked.state.busy ? "Memeriksa…" : "Perbarui", () => renewStation(station), "main")],
  };
}

// ---------------------------------------------------------------- one step

/** @param {Station} station @param {string} step @returns {Matter} */
function matterOf(station, step) {
  const slot = slotAt(station, step);
  const named = (/** @type {any} */ fields) => (fields.ballots ?? []).map((/** @type {any} */ { contest }) => contest);
  return {
    slot, kit: kitOf(station), same: "Dihitung dan cocok", title: `${TITLES[step]}, ${station.name}`, hash: hashOf(station, step), address: station.address, draft: `isisiap/${slot}`, told: (fields) => told(station, fields),
    wrong: (fields) => (step === "arrived" ? station.contests.filter(({ id }) => !named(fields).includes(id)).map((one) => `Surat suara ${officeWords(station, one.id)} tidak disebut.`) : []),
  };
}

/** What a contest is called at a TPS: its office, and its id where two have the same. @param {Station} station @param {string} contest */
function officeWords({ contests }, contest) {
  const own = contests.find(({ id }) => id === contest);
  if (!own) return contest;
  const twice = contests.filter(({ office }) => office === own.office).length > 1;
  return `${officeOf(/** @type {any} */ (own))}${twice ? ` (${contest})` : ""}`;
}

/** All that a statement says. @param {Station} station @param {any} fields @returns {import("./held.js").Piece[]} */
function told(station, fields) {
  const { ballots = [], items = [], lacks = [] } = fields;
  const rest = restOf(fields, ["step", "ballots", "items", "lacks", ...BACK.map(([name]) => name)]);
  if (fields.step === "returned") return [table(BACK.map(([name, words]) => [words, "", String(fields[name])])), ...rest];
  const thing = (/** @type {any} */ { item, contest }) => `${wordsOf(ITEM, item)}${contest ? ` ${officeWords(station, contest)}` : ""}`;
  return [
    table(ballots.map((/** @type {any} */ { contest, sheets }) => [`Surat suara ${officeWords(station, contest)}`, "", String(sheets)])),
    items.length ? table(items.map((/** @type {any} */ one) => [thing(one), "", String(one.number)]), "kecil", "Barang lain, jumlahnya") : null,
    lacks.length ? h("ul", {}, ...lacks.map((/** @type {any} */ one) => h("li", {}, `${thing(one)}: `, h("b", {}, `${wordsOf(LACK, one.lack)}${one.number ? ` ${one.number}` : ""}`)))) : null,
    lacks.length ? "Yang lain ada dan baik." : "Semua ada dan baik.", ...rest];
}

/** @param {Station} station @param {string} step @returns {Promise<Screen>} */
async function about(station, step) {
  const matter = matterOf(station, step);
  const eve = new Date(Date.parse(`${station.date}T00:00:00Z`) - 86_400_000);
  const day = new Intl.DateTimeFormat("id-ID", { day: "numeric", month: "long", timeZone: "UTC" }).format(eve);
  const early = step === "arrived" && Date.now() < eve.getTime() - 9 * 3_600_000;
  const notes = [keyNotice(), early ? box("", `Portal menerimanya mulai ${day}`, "Sehari sebelum pemungutan. Yang ditandatangani lebih awal dikirim sendiri pada hari itu selama aplikasi terbuka.") : null];
  return writing(matter, hashOf(station), notes, NEEDS[step], step === "arrived" ? arriving(station) : returning(station));
}

/** @param {string} text @param {number} most @param {number} least */
function isNumber(text, most, least = 0) {
  return /^[0-9]{1,5}$/.test(text) && Number(text) <= most && Number(text) >= least;
}

/** @param {Station} station @returns {import("./held.js").Write} */
function returning({ region, tps }) {
  return (draft, keepIt) => {
    const open = BACK.find(([name]) => !isNumber(draft[name] ?? "", name === "boxes" ? 20 : 99_999, name === "boxes" ? 1 : 0));
    return {
      asks: BACK.flatMap(([name, words]) => number(name, words, draft[name] ?? "", (value) => keepIt({ [name]: value }, false))), lacks: open ? `Isi dulu: ${open[1].toLowerCase()}, dengan angka.` : "",
      fields: open ? null : { kind: "readiness", region, tps, step: "returned", ...Object.fromEntries(BACK.map(([name]) => [name, Number(draft[name])])) },
    };
  };
}

/** A number that is kept as it is typed. @param {string} id @param {string} words @param {string} value @param {(value: string) => unknown} take */
function number(id, words, value, take) {
  const made = field(id, words, "text", value, (typed) => take(typed.trim()));
  made[1].setAttribute("inputmode", "numeric");
  made[1].setAttribute("maxlength", "5");
  return made;
}

/** What can lack: ballots of each contest, and the list of the law. @param {Station} station */
function things(station) {
  const ballots = station.contests.map(({ id }) => ({ item: BALLOTS, contest: id, words: `Surat suara ${officeWords(station, id)}` }));
  const others = ITEM.filter(([code]) => code !== BALLOTS).map(([item, words]) => ({ item, contest: "", words: words[0].toUpperCase() + words.slice(1) }));
  return [...ballots, ...others];
}

/** @param {Station} station @returns {import("./held.js").Write} */
function arriving(station) {
  return (draft, keepIt) => {
    const ticked = /** @type {Record<string, Ticked>} */ (draft.lacks ?? {});
    const sheets = /** @type {Record<string, string>} */ (draft.sheets ?? {});
    const all = things(station);
    const keyOf = (/** @type {{item: string, contest: string}} */ { item, contest }) => `${item} ${contest}`.trim();
    const open = station.contests.find(({ id }) => !isNumber(sheets[id] ?? "", 99_999));
    const on = all.filter((one) => ticked[keyOf(one)]?.on);
    const unsaid = on.find((one) => !Object.keys(ticked[keyOf(one)].kinds).length);
    const lacks = on.flatMap((one) => Object.entries(ticked[keyOf(one)].kinds).map(([lack, many]) => ({ item: one.item, lack, ...(one.contest ? { contest: one.contest } : {}), ...(many ? { number: many } : {}) })));
    const wrong = lacks.find(({ number: many }) => many !== undefined && !isNumber(many, 99_999, 1));
    const lacking = open ? `Isi dulu: surat suara ${officeWords(station, open.id)}, berapa lembar.` : unsaid ? `${unsaid.words}: pilih apa yang terjadi, atau hapus centangnya.` : wrong ? "Jumlah yang kurang ditulis dengan angka, atau dikosongkan." : lacks.length > MOST ? `Paling banyak ${MOST} hal.` : "";
    const order = (/** @type {any} */ { item, lack, contest = "" }) => [item, lack, contest].join(" ");
    const tick = (/** @type {string} */ key, /** @type {(before: Ticked) => Ticked} */ change, drawn = true) => keepIt({ lacks: { ...ticked, [key]: change(ticked[key] ?? { on: false, kinds: {} }) } }, drawn);
    /** @param {typeof all[number]} one */
    const asked = (one) => {
      const key = keyOf(one);
      const now = ticked[key] ?? { on: false, kinds: {} };
      const kinds = now.on ? LACK.flatMap(([lack, words]) => [
        check(`${one.words}: ${words}`, Object.hasOwn(now.kinds, lack), (yes) => tick(key, (before) => ({ ...before, kinds: yes ? { ...before.kinds, [lack]: "" } : Object.fromEntries(Object.entries(before.kinds).filter(([name]) => name !== lack)) }))),
        ...(Object.hasOwn(now.kinds, lack) && lack !== "none" ? number(`${key} ${lack}`.replaceAll(" ", "-"), "Berapa? Boleh dikosongkan", now.kinds[lack], (value) => { now.kinds[lack] = value; return tick(key, () => now, false); }) : [])]) : [];
      return [check(one.words, now.on, (yes) => tick(key, (before) => ({ ...before, on: yes }))), ...kinds];
    };
    return {
      asks: [...station.contests.flatMap(({ id }) => number(`lembar-${id}`, `Surat suara ${officeWords(station, id)}: berapa lembar diterima?`, sheets[id] ?? "", (value) => { sheets[id] = value; return keepIt({ sheets }, false); })),
        h("fieldset", {}, h("legend", { class: "judul" }, "Apa yang kurang?"), h("p", { class: "meta" }, "Centang yang kurang, rusak, atau tertukar. Yang tidak dicentang: ada dan baik."), ...all.flatMap(asked))],
      lacks: lacking,
      fields: lacking ? null : {
        kind: "readiness", region: station.region, tps: station.tps, step: "arrived",
        ballots: station.contests.map(({ id }) => ({ contest: id, sheets: Number(sheets[id]) })).sort((a, b) => (a.contest < b.contest ? -1 : 1)),
        ...(lacks.length ? { lacks: lacks.map((one) => ({ ...one, ...(one.number ? { number: Number(one.number) } : {}) })).sort((a, b) => (order(a) < order(b) ? -1 : 1)) } : {}),
      },
    };
  };
}

/** @param {string} words @param {boolean} checked @param {(on: boolean) => unknown} take */
function check(words, checked, take) {
  return h("label", { class: "pilih" }, h("input", { type: "checkbox", checked, change: (/** @type {Event} */ event) => take(/** @type {HTMLInputElement} */ (event.target).checked) }), h("span", {}, words));
}

// ---------------------------------------------------------------- from another device

/** Keep what another device signed of a TPS, if this one knows its keys; where it is shown. @param {string} envelope @returns {Promise<string>} */
export async function take(envelope) {
  const fields = parseStatement(parseEnvelope(utf8(envelope)).payload);
  const spot = (await spots())?.find(({ region, tps }) => region === fields.region && tps === fields.tps);
  const station = spot && /** @type {Station | undefined} */ (await get(stationAt(spot.region, spot.tps)));
  if (!spot || !station || fields.kind !== "readiness") throw new Unchecked("a TPS that this device has not opened", "slot");
  return gather(envelope, slotAt(spot, fields.step), kitOf(station), openSigned, () => hashOf(spot, fields.step));
}

/** The same, scanned by a telephone. @param {string} envelope */
export async function receive(envelope) {
  try {
    go(await take(envelope));
  } catch {
    shown.said = "Itu tidak dapat dipercaya: bukan dari TPS ini, atau kuncinya belum dikenal alat ini. Buka Perlengkapan TPS, ketuk Perbarui, lalu pindai lagi.";
    go("#siap");
  }
}

/** @param {string} hash @returns {Promise<Screen>} */
async function home(hash = "") {
  if (addressIn(hash.split("?")[0]) && hash.includes("?")) return setUp(hash);
  const screen = await ready("", "");
  return { ...screen, back: "", isi: [...screen.isi, button("Pindai dari KPPS", () => go("#pindai"), "kiri"), button("Lihat antrean", () => go("#antrean"), "kiri"), button("Kunci saya", () => go("#kunci"), "kiri")] };
}

/** Screens of a PPS, beside those of a TPS. @type {Record<string, (one: string, two: string) => Promise<Screen>>} */
export const screens = { "": home, beranda: () => home() };

navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage("bersama/"));
