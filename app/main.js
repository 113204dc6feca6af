// @ts-check
// The officers' app: one C form of one TPS, from the paper to the receipt. Each screen is drawn from
// what is kept, so that a telephone that dies goes on where it was.

import { faultOf } from "./verify/evidence.js";
import { box, button, h, notYet, table } from "./dom.js";
import { addressIn, fetchKit, openForm } from "./kit.js";
import { numberOf, words } from "./numbers.js";
import { figuresOf, payloadOf, rowsOf, slotOf, voteRows } from "./paper.js";
import { isOnline, signal, waiting } from "./portal.js";
import { isSettled, items, keep, settle, work } from "./queue.js";
import { check } from "./rules.js";
import { idOf, makeKey, obstacle, signed } from "./sign.js";
import { below, forget, get, put } from "./store.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {import("./queue.js").Item} Item
 * @typedef {{address: string, number: string}} Me
 * @typedef {{title: string, back?: string, isi: (Node | string | null | false)[], bawah?: Node[], entry?: Entry}} Screen
 */

const BASE = new URL("../", location.href).href;
const OFFICES = { governor: "Gubernur", regent: "Bupati", mayor: "Wali Kota" };
/** @type {{me: Me | null, kit: Kit | null, own: import("./sign.js").Own | null}} */
const kept = { me: null, kit: null, own: null };
let said = "";
let drawing = 0;
/** @type {Item[]} */
let shownQueue = [];

// ---------------------------------------------------------------- drawing

/** @param {Screen} screen @param {Item[]} queue */
function draw({ title, back, isi, bawah = [], entry: typed = undefined }, queue) {
  entry = typed ?? null; // keys go where the screen shows, and nowhere else
  const done = queue.filter(({ state }) => state === "done").length;
  const safe = queue.length ? `${queue.length} formulir aman di telepon ini${done ? `, ${done} terkirim` : ""}` : typed ? "Setiap angka tersimpan di telepon ini" : "Belum ada formulir malam ini";
  const { kit, me } = kept;
  const place = kit ? `${me?.number === "1" ? "Ketua" : `Anggota ${me?.number}`} · TPS ${kit.tps} ${kit.name}` : "aplikasi petugas TPS";
  const header = h("header", {},
    kit && kit.mode !== "live" ? h("div", { class: "sim0" }, "SIMULASI · angka buatan") : null,
    h("div", { class: "top" },
      back ? h("a", { class: "kb", href: back, "aria-label": "Kembali" }, "‹") : h("span", { class: "kb" }),
      h("div", {}, h("h1", {}, title), h("small", {}, place)),
      h("button", { class: "bt", type: "button", click: look }, document.body.dataset.look === "malam" ? "Siang" : "Malam")),
    h("div", { class: "aman", role: "status" }, h("b", {}, safe), h("span", { class: isOnline() ? "" : "off" }, isOnline() ? "ada sinyal" : "tanpa sinyal")));
  const main = h("main", { class: "isi", tabindex: "-1" }, said ? h("p", { class: "hitung", role: "status" }, said) : null, ...isi);
  said = "";
  shownQueue = queue;
  if (bawah[0] === pad && pad.isConnected) { // a key that is being pressed stays where it is
    document.querySelector("header")?.replaceWith(header);
    document.querySelector("main")?.replaceWith(main);
    return;
  }
  document.getElementById("layar")?.replaceChildren(h("div", { class: "hp" }, header, main, h("div", { class: "bawah" }, ...bawah)));
}

function look() {
  const next = document.body.dataset.look === "malam" ? "siang" : "malam";
  document.body.dataset.look = next;
  put({ look: next });
  show();
}

/** Where the figures of a form are kept. @param {Kit} kit */
function draftOf(kit) {
  return `draft/${slotOf(kit)}/`;
}

/** @param {Kit} kit @param {string} rule */
function reasonOf(kit, rule) {
  return `alasan/${slotOf(kit)}/${rule}`;
}

/** Where the rows are kept that this member reads himself. @param {Kit} kit @param {string} id */
function readingOf(kit, id) {
  return `baca/${slotOf(kit)}/${id}/`;
}

/** @param {Kit} kit @param {string} id */
function heldAt(kit, id) {
  return `held/${slotOf(kit)}/${id}`;
}

/** Where the key of this telephone is kept: one for a log and an election. @param {Kit} kit */
function ownAt(kit) {
  return `own/${kit.log}/${kit.election}`;
}

/** @param {Kit} kit */
function officeOf({ office }) {
  return OFFICES[/** @type {keyof typeof OFFICES} */ (office)];
}

/** @param {string} hash */
function go(hash) {
  if (location.hash === hash) show();
  else location.hash = hash;
}

// ---------------------------------------------------------------- before the night

/** @param {string} link @returns {Promise<Screen>} */
async function setUp(link) {
  const [text, query = ""] = link.split("?");
  const address = addressIn(text);
  const number = /^nomor=([1-7])$/.exec(query)?.[1];
  if (!address || !number) {
    return { title: "Rekap TPS", isi: [h("h2", { class: "judul" }, "Buka tautan dari PPK"), h("p", {}, "Aplikasi ini dibuka dari tautan atau QR undangan. Di dalamnya ada TPS dan nomor Anda.")] };
  }
  const tps = address.split("/").at(-2);
  const act = () => tell(async () => {
    const kit = await fetchKit(BASE, address);
    await put({ me: { address, number }, kit });
    navigator.storage?.persist?.();
    go("#kunci");
  });
  return {
    title: "Pasang",
    isi: [h("h2", { class: "judul" }, `Anda ${number === "1" ? "Ketua" : `Anggota ${number}`} di TPS ${tps}. Benar?`), h("p", {}, address),
      h("p", { class: "meta" }, "Pasang di layar utama dari menu peramban. Sesudah itu aplikasi jalan tanpa sinyal. Satu orang, satu telepon. Kunci tidak dipinjamkan.")],
    bawah: [button("Benar, siapkan telepon ini", act, "main")],
  };
}

/** @returns {Promise<Screen>} */
async function keyScreen() {
  const { kit, own, me } = kept;
  if (!kit || !me) return home();
  if (!own) {
    const stop = obstacle(kit.rpId);
    const act = () => tell(async () => {
      const made = await makeKey(logOf(kit), kit.election, `TPS ${kit.tps} · ${me.number}`);
      await put({ [ownAt(kit)]: made });
      show();
    });
    return {
      title: "Buat kunci", back: "#beranda",
      isi: [h("h2", { class: "judul" }, "Buat kunci tanda tangan"), h("p", {}, "Kunci ini pengganti tanda tangan Anda malam nanti. Telepon meminta sidik jari, wajah, atau pola kunci layar: dua kali, sekali membuat dan sekali mencoba."),
        stop ? box("beda", "Di sini belum bisa", stop) : box("ya", "Yang disimpan di telepon: kunci Anda", "Yang dikirim ke PPK: kode kunci dan nomor anggota. Nama, sidik jari, dan wajah tidak dikirim."),
        box("", "Telepon akan bertanya “simpan kunci sandi?”", "Pilih Simpan atau Lanjutkan.")],
      bawah: stop ? [] : [button("Buat kunci", act, "main")],
    };
  }
  const granted = kit.keys.find(({ keyid }) => keyid === own.keyid);
  const code = own.keyid.slice(0, 8).toUpperCase().replace(/(....)/, "$1 ");
  const share = () => tell(async () => {
    if (navigator.share) await navigator.share({ text: own.line });
    else await navigator.clipboard.writeText(own.line).then(() => (said = "Baris kunci disalin."));
    show();
  });
  return {
    title: "Kunci saya", back: "#beranda",
    isi: [
      granted ? box("ya", "Sudah diberi PPK", `Anda (${granted.position}) dapat menandatangani C.Hasil TPS ${kit.tps}.`)
        : box("beda", "Belum diberi PPK", "Kirim baris kunci kepada ketua. Sesudah PPK memberi, ketuk Perbarui."),
      h("p", {}, "Kode kunci: ", h("b", { class: "kode" }, code)),
      own.copied ? box("", "Kunci ini ikut tersalin di akun Anda", "Jangan pinjamkan akun itu, juga sandinya.") : null,
      h("label", { for: "baris" }, "Baris kunci, untuk PPK"), h("textarea", { id: "baris", readonly: true, rows: "4" }, own.line)],
    bawah: [button("Kirim kepada ketua", share), button(granted ? "Ke beranda" : "Perbarui", granted ? () => go("#beranda") : refresh, "main")],
  };
}

function refresh() {
  return tell(async () => {
    if (!kept.me) return;
    await put({ kit: await fetchKit(BASE, kept.me.address) });
    show();
  });
}

/** @param {Kit} kit @returns {import("./sign.js").Log} */
function logOf(kit) {
  return { origin: kit.log, rpId: kit.rpId, uploaders: kit.uploaders };
}

// ---------------------------------------------------------------- home

/** @returns {Promise<Screen>} */
async function home() {
  const { kit, own, me } = kept;
  if (!kit || !me) return setUp("");
  const typed = await below(draftOf(kit));
  const rows = rowsOf(kit.pairs);
  const filled = rows.filter(({ field }) => numberOf(typed.get(field)) !== null).length;
  const queue = await items();
  const open = queue.filter(({ state }) => state !== "dropped");
  const office = officeOf(kit);
  const granted = own && kit.keys.some(({ keyid }) => keyid === own.keyid);
  const begun = filled > 0;
  const main = open.length ? button("Lihat antrean", () => go("#antrean"), "main")
    : begun ? button("Lanjut isi angka", () => go("#isi"), "main")
    : button("Ada yang sudah mengisi: baca sendiri", () => go("#titipan"), "main");
  return {
    title: "Malam ini",
    isi: [h("h2", { class: "judul" }, `${office}: ${open.length ? "sudah ditandatangani di sini" : begun ? `${filled} dari ${rows.length} isian` : "belum mulai"}`),
      !own ? box("beda", "Kunci belum dibuat", h("p", {}, h("a", { href: "#kunci" }, "Buat kunci sekarang"))) : !granted ? box("beda", "Kunci belum diberi PPK", "Angka boleh diisi dulu.") : null,
      h("p", { class: "meta" }, "Tulis dan tanda tangani kertasnya dulu bersama saksi. Aplikasi menyalin kertas, bukan sebaliknya. Satu anggota mengisi dan menandatangani lebih dulu; yang lain membaca sendiri di teleponnya; ketua paling akhir."),
      open.length || begun ? button("Baca sendiri formulir yang dititipkan", () => go("#titipan"), "kiri") : button("Mulai isi angka dari kertas", () => go("#isi"), "kiri"),
      button("Kunci saya", () => go("#kunci"), "kiri"),
      h("p", { class: "meta" }, "Belum ada di aplikasi ini: foto, QR, saksi, pembetulan. Untuk itu pakai cara PPK.")],
    bawah: [main],
  };
}

// ---------------------------------------------------------------- figures

/**
 * @typedef {{prefix: string, rows: import("./paper.js").Row[], at: number, typed: Map<string, string>, title: string, back: string,
 *   hash: string, done: string, note: string, fresh: boolean, spoken: (typed: Map<string, string>, fields: string[]) => Node[]}} Entry
 */

/** What is being typed: keys change it at once, however fast they come, and are written in their order. @type {Entry | null} */
let entry = null;
let writes = Promise.resolve();
let pressed = 0;
const KEYS = ["1", "2", "3", "Hapus", "4", "5", "6", "Semua", "7", "8", "9", "Lanjut", "X", "0"];
const pad = h("div", { class: "papankunci" }, ...KEYS.map((name) =>
  h("button", { type: "button", class: name === "Lanjut" ? "lj" : name.length > 1 ? "kt" : name === "0" ? "nol" : "", "data-key": name, click: () => press(name) }, name, name === "X" ? h("small", {}, "kosong") : null)));

/** The screen on which one row after another is typed: the draft, or the blind reading of a form. @param {Entry} now @returns {Screen} */
function typing(now) {
  const { rows, at, typed, title, back, hash, note, spoken } = now;
  const row = rows[at];
  const text = typed.get(row.field) ?? "";
  const value = numberOf(text);
  const filled = rows.filter(({ field }) => numberOf(typed.get(field)) !== null).length;
  const shown = (/** @type {import("./paper.js").Row} */ one) => {
    const number = numberOf(typed.get(one.field));
    return h("li", {}, h("a", { href: `${hash}/${rows.indexOf(one)}` }, `${one.code} ${one.label}`, number === null ? null : h("small", {}, words(number))),
      h("span", { class: number === null ? "v kosong" : "v" }, number === null ? "belum" : String(number)));
  };
  const boxes = [0, 1, 2].map((place) => h("span", { class: place === text.length ? "di" : text[place] === "X" ? "x" : "" }, text[place] ?? ""));
  const field = h("input", { id: "angka", class: "angka", type: "text", inputmode: "none", readonly: true, "aria-describedby": "huruf", value: text });
  const fields = [row.field, ...(at ? [rows[at - 1].field] : [])];
  return {
    title, back,
    isi: [h("p", { class: "maju" }, h("span", {}, row.part), h("span", {}, `${filled} dari ${rows.length}`)),
      h("ul", { class: "baris" }, ...rows.slice(Math.max(0, at - 1), at).map(shown)),
      h("div", { class: "ket" }, h("label", { for: "angka" }, `${row.code} ${row.label}`), h("div", { class: "boks", "aria-hidden": "true" }, ...boxes), field,
        h("p", { class: "huruf", id: "huruf", "aria-live": "polite" }, value === null ? "" : words(value))),
      ...spoken(typed, fields),
      h("ul", { class: "baris" }, ...rows.slice(at + 1, at + 3).map(shown)), note ? h("p", { class: "meta" }, note) : null],
    bawah: [pad], entry: now,
  };
}

/** Take a key. What it changes is written before any screen but this one is drawn. @param {string} name */
function press(name) {
  if (!entry) return;
  if (name === "Semua") {
    go("#daftar");
    return;
  }
  pressed += 1;
  const { prefix, rows, at, typed } = entry;
  const { field } = rows[at];
  const text = typed.get(field) ?? "";
  if (name === "Lanjut") {
    if (numberOf(text) !== null) onward(entry);
    return;
  }
  // The first key of a row that is opened again begins it anew.
  const after = name === "Hapus" ? text.slice(0, -1) : text.length === 3 || (entry.fresh && numberOf(text) !== null) ? name : text + name;
  if (/[0-9]X|^XXX/.test(after)) return; // an empty box stands before the digits
  entry.fresh = false;
  if (after) typed.set(field, after);
  else typed.delete(field);
  const key = prefix + field;
  writes = writes.then(async () => { await (after ? put({ [key]: after }) : forget(key)); }).catch(() => {
    said = "Telepon ini tidak menyimpan angka terakhir: memori penuh. Kosongkan memori, lalu ketik lagi.";
  });
  if (after.length === 3 && name !== "Hapus") onward(entry);
  else redraw(entry);
}

/** Go to the next row that lacks its figure, or on where none does. @param {Entry} now */
function onward(now) {
  const open = now.rows.flatMap(({ field }, at) => (numberOf(now.typed.get(field)) === null ? [at] : []));
  const next = open.find((at) => at > now.at) ?? open[0];
  if (next === undefined) {
    go(now.done);
    return;
  }
  Object.assign(now, { at: next, fresh: true });
  history.replaceState(null, "", `${now.hash}/${now.at}`);
  redraw(now);
}

/** @param {Entry} now */
function redraw(now) {
  drawing += 1; // whatever else is being drawn is old
  draw(typing(now), shownQueue);
  document.querySelector(".ket")?.scrollIntoView({ block: "nearest" });
}

/** A keyboard does what the keys on the screen do. @param {KeyboardEvent} event */
function typedKey(event) {
  const name = { Backspace: "Hapus", Enter: "Lanjut" }[event.key] ?? event.key.toUpperCase();
  const elsewhere = event.key === "Enter" && event.target instanceof HTMLElement && event.target.closest("a, button");
  if (!entry || elsewhere || event.ctrlKey || event.altKey || event.metaKey || !/^(?:[0-9X]|Hapus|Lanjut)$/.test(name)) return;
  event.preventDefault();
  press(name);
}

/** @param {string} at @returns {Promise<Screen>} */
async function figures(at) {
  const kit = /** @type {Kit} */ (kept.kit);
  const rows = rowsOf(kit.pairs);
  const typed = await below(draftOf(kit));
  const first = rows.findIndex(({ field }) => numberOf(typed.get(field)) === null);
  const now = at === "" ? (first < 0 ? rows.length - 1 : first) : rowAt(at, rows);
  return typing({ prefix: draftOf(kit), rows, at: now, typed, title: `Isi angka · ${officeOf(kit)}`, back: "#beranda", hash: "#isi", done: "#lembar", note: "", fresh: true, spoken });
}

/** @param {string} text @param {unknown[]} rows */
function rowAt(text, rows) {
  return Math.min(Number.parseInt(text, 10) || 0, rows.length - 1);
}

/** What the rules say of the row and of the one before it, as soon as their figures are there. @param {Map<string, string>} typed @param {string[]} fields @returns {Node[]} */
function spoken(typed, fields) {
  const kit = /** @type {Kit} */ (kept.kit);
  const results = check(figuresOf(typed), kit.pairs.length).filter((one) => one.state !== "untestable" && one.fields.some((field) => fields.includes(field)));
  const wrong = results.filter(({ state, hard }) => state === "fail" && hard);
  if (wrong.length) return wrong.slice(0, 1).map((one) => difference(one, typed));
  const right = results.filter(({ state, op }) => state === "pass" && op === "=");
  return right.slice(0, 1).map((one) => h("p", { class: "hitung ok" }, `Cocok: ${one.found} = ${one.expected}`));
}

/** @param {import("./rules.js").Result} one @param {Map<string, string>} typed */
function difference(one, typed) {
  const rows = rowsOf(/** @type {Kit} */ (kept.kit).pairs);
  const sign = one.op === "<=" ? "paling banyak" : "seharusnya";
  return box("beda", one.sentence, h("p", { class: "eq" }, `${one.found} ${sign} ${one.expected}`), h("p", { class: "meta" }, "Lihat kertasnya. Mana yang terjadi?"),
    ...one.fields.map((field) => {
      const at = rows.findIndex((row) => row.field === field);
      return button(`Ketik lagi: ${rows[at].code} ${rows[at].label}`, () => go(`#isi/${at}`), "kiri", `sekarang ${numberOf(typed.get(field))}`);
    }),
    button(`Di kertas memang tertulis begitu`, () => go(`#jelas/${one.rule}`), "kiri", "Betulkan kertas, atau beri alasan"));
}

/** @returns {Promise<Screen>} */
async function list() {
  const kit = /** @type {Kit} */ (kept.kit);
  const typed = await below(draftOf(kit));
  const rows = rowsOf(kit.pairs);
  const first = rows.findIndex(({ field }) => numberOf(typed.get(field)) === null);
  return {
    title: "Semua isian", back: "#beranda",
    isi: [h("ul", { class: "baris" }, ...rows.map((row, at) => {
      const number = numberOf(typed.get(row.field));
      return h("li", {}, h("a", { href: `#isi/${at}` }, `${row.code} ${row.label}`), h("span", { class: number === null ? "v kosong" : "v" }, number === null ? "belum" : String(number)));
    }))],
    bawah: [button(first < 0 ? "Cocokkan dengan kertas" : `Lanjut: ${rows[first].code} ${rows[first].label}`, () => go(first < 0 ? "#lembar" : `#isi/${first}`), "main")],
  };
}

/** @param {string} rule @returns {Promise<Screen>} */
async function explain(rule) {
  const kit = /** @type {Kit} */ (kept.kit);
  const text = (await get(reasonOf(kit, rule))) ?? "";
  const area = h("textarea", { id: "alasan", rows: "3", maxlength: "200", input: (/** @type {Event} */ event) => put({ [reasonOf(kit, rule)]: /** @type {HTMLTextAreaElement} */ (event.target).value.trim() }) }, text);
  return {
    title: "Kertasnya yang salah", back: "#lembar",
    isi: [box("", "Cara terbaik: betulkan di kertas sekarang", "Hitung lagi bersama saksi. Yang salah dicoret, yang benar ditulis, diparaf ketua dan saksi."),
      h("h2", {}, "Tidak bisa dibetulkan lagi?"), h("p", {}, "Dikirim apa adanya, dengan alasan yang dibaca umum. Tanpa nama orang."),
      h("label", { for: "alasan" }, "Alasan"), area],
    bawah: [button("Kirim dengan alasan ini", () => go("#lembar"), "df"), button("Kertas dibetulkan, ketik lagi", async () => { await forget(reasonOf(kit, rule)); go("#daftar"); }, "main")],
  };
}

// ---------------------------------------------------------------- sheet and signature

/** @param {Record<string, number>} numbers */
function sheetOf(numbers) {
  const kit = /** @type {Kit} */ (kept.kit);
  const votes = voteRows(kit.pairs);
  const others = rowsOf(kit.pairs).filter(({ field }) => !votes.some((one) => one.field === field));
  return [table(votes.map(({ field, code, label }) => [`${code} ${label}`, words(numbers[field]), String(numbers[field])])),
    table(others.map(({ field, code, label }) => [`${code} ${label}`, "", String(numbers[field])]), "kecil", "Isian lain")];
}

/** @returns {Promise<Screen>} */
async function sheet() {
  const kit = /** @type {Kit} */ (kept.kit);
  const typed = await below(draftOf(kit));
  const numbers = figuresOf(typed);
  const rows = rowsOf(kit.pairs);
  if (rows.some(({ field }) => numbers[field] === undefined)) return list();
  const broken = check(numbers, kit.pairs.length).filter(({ state, hard }) => state === "fail" && hard);
  const reasons = await below(reasonOf(kit, ""));
  const codes = [...new Set(broken.map(({ rule }) => rule))];
  const open = broken.find(({ rule }) => !reasons.get(rule));
  const passed = check(numbers, kit.pairs.length).filter(({ state }) => state === "pass").length;
  const explanations = codes.map((rule) => ({ rule, text: reasons.get(rule) ?? "" }));
  const act = () => tell(async () => {
    const payload = payloadOf(kit, numbers, explanations, new Date());
    await sign(payload, numbers, []);
  });
  return {
    title: "Cocokkan dengan kertas", back: "#daftar",
    isi: [open ? difference(open, typed) : h("p", { class: "hitung ok" }, `${passed} hitungan cocok.`),
      ...codes.filter((rule) => reasons.get(rule)).map((rule) => box("beda", `Dikirim dengan alasan (${rule})`, reasons.get(rule))),
      ...sheetOf(numbers), statement(kit)],
    bawah: open ? [notYet("Selesaikan yang berbeda dulu")] : [button("Sama dengan kertas, tanda tangani", act, "main", "sidik jari atau kunci layar"), button("Ada yang beda, kembali", () => go("#daftar"))],
  };
}

/** @param {Kit} kit */
function statement(kit) {
  return h("p", {}, `Dengan ini Anda menyatakan: angka di layar sama dengan C.Hasil TPS ${kit.tps} yang ditandatangani di kertas.`);
}

/**
 * Sign a payload, put it into the queue, and only then send.
 * @param {Uint8Array} payload @param {Record<string, number>} numbers @param {import("./sign.js").Signature[]} others
 */
async function sign(payload, numbers, others) {
  const { kit, own } = kept;
  if (!kit || !own) {
    go("#kunci");
    return;
  }
  const envelope = await signed(payload, others, own, logOf(kit));
  const id = idOf(payload);
  const replaced = (await items()).filter((one) => one.id !== id && one.slot === slotOf(kit) && !["done", "same", "dropped"].includes(one.state));
  const item = { slot: slotOf(kit), id, envelope, figures: numbers, state: "waiting", signers: others.length + 1, made: Date.now(), tries: 0, answer: null, next: 0, insist: false };
  await put(Object.fromEntries([item, ...replaced.map((one) => ({ ...one, state: "dropped" }))].map((one) => [`queue/${one.id}`, one])));
  go("#antrean");
  await work(kit, seconds(), true);
  await show();
}

// ---------------------------------------------------------------- a form of another telephone

/** When the portal was asked last what waits, in seconds; whether it answered. */
const asked = { at: 0, answered: false, busy: false };

/** Ask the portal what waits, and keep it: the screen does not wait for that. @param {Kit} kit */
async function ask(kit) {
  if (asked.busy) return;
  asked.busy = true;
  try {
    const found = await waiting(slotOf(kit));
    asked.answered = found !== null;
    for (const { id, envelope } of found ?? []) await put({ [heldAt(kit, id)]: envelope });
  } finally {
    Object.assign(asked, { at: seconds(), busy: false });
  }
  if (location.hash === "#titipan") await renew();
}

/** @returns {Promise<Screen>} */
async function deposits() {
  const kit = /** @type {Kit} */ (kept.kit);
  if (navigator.onLine && seconds() - asked.at > 10) ask(kit);
  const stored = await below(heldAt(kit, ""));
  const mine = new Set((await items()).map(({ id }) => id));
  const ids = [...stored.keys()].filter((id) => !mine.has(id));
  const state = asked.busy ? "Menanyakan kepada portal…" : asked.answered && isOnline() ? "Minta anggota yang mengisi untuk menandatangani dan mengirim, lalu perbarui." : "Tanpa sinyal daftar ini tidak dapat diperbarui.";
  return {
    title: "Baca sendiri", back: "#beranda",
    isi: [h("h2", { class: "judul" }, ids.length ? "Ada formulir yang menunggu Anda" : "Belum ada yang dititipkan"),
      h("p", {}, ids.length ? "Siapkan kertas C.Hasil di depan Anda. Angka yang sudah diisi tetap tertutup sampai Anda selesai membaca." : state),
      ...ids.map((id, at) => button(`Formulir ${at + 1}: baca dari kertas`, () => go(`#baca/${id}`), "kiri", `kode ${id.slice(0, 4)} ${id.slice(4, 8)}`))],
    bawah: [button("Perbarui", () => { asked.at = 0; show(); }, ids.length ? "" : "main")],
  };
}

/** @param {string} id @param {string} at @returns {Promise<Screen>} */
async function blind(id, at) {
  const kit = /** @type {Kit} */ (kept.kit);
  if (!(await get(heldAt(kit, id)))) return deposits();
  const rows = voteRows(kit.pairs);
  const typed = await below(readingOf(kit, id));
  const first = rows.findIndex(({ field }) => numberOf(typed.get(field)) === null);
  if (at === "" && first < 0) return compare(id);
  return typing({
    prefix: readingOf(kit, id), rows, typed, at: at === "" ? first : rowAt(at, rows), title: "Baca sendiri dari kertas", back: "#titipan", hash: `#baca/${id}`, done: `#banding/${id}`,
    fresh: true, note: "Angka yang diisi anggota lain baru terbuka sesudah Anda selesai. Baca dari kertas, jangan dari ingatan.", spoken: () => [],
  });
}

/** @param {string} id @returns {Promise<Screen>} */
async function compare(id) {
  const kit = /** @type {Kit} */ (kept.kit);
  const text = await get(heldAt(kit, id));
  const rows = voteRows(kit.pairs);
  const own = figuresOf(await below(readingOf(kit, id)));
  if (!text || rows.some(({ field }) => own[field] === undefined)) return blind(id, "");
  let form;
  try {
    form = await openForm(text, kit);
  } catch (error) {
    const { code } = faultOf(error, "");
    return { title: "Tidak dapat dipercaya", back: "#titipan", isi: [box("beda", "Formulir ini tidak dapat dipercaya", `Tanda tangannya tidak cocok dengan kunci TPS ini (${code}). Jangan menandatanganinya. Perbarui kunci, atau panggil ketua.`)], bawah: [button("Perbarui kunci", refresh, "main")] };
  }
  const differing = rows.filter(({ field }) => form.fields.figures[field] !== own[field]);
  if (differing.length) {
    return {
      title: `${differing.length} baris berbeda`, back: "#titipan",
      isi: [...differing.map(({ field, code, label }) => box("beda", `${code} ${label}: dua bacaan`,
        table([["Yang dititipkan", words(form.fields.figures[field]), String(form.fields.figures[field])], ["Anda", words(own[field]), String(own[field])]]),
        button("Bacaan saya keliru, baca lagi dari kertas", () => go(`#baca/${id}/${rows.findIndex((row) => row.field === field)}`), "kiri"))),
        h("p", {}, "Bila yang dititipkan keliru: jangan tanda tangani. Beri tahu yang mengisi; ia mengetik lagi dan menandatangani yang baru. Bacaan Anda disimpan."),
        h("p", { class: "meta" }, `${rows.length - differing.length} baris lain sama. Belum ada yang Anda tanda tangani.`)],
      bawah: [notYet("Lihat kertas bersama dulu")],
    };
  }
  const act = () => tell(async () => sign(form.payload, form.fields.figures, form.signatures));
  const reasons = (form.fields.explanations ?? []).map((/** @type {any} */ one) => box("beda", `Dikirim dengan alasan (${one.rule})`, one.text));
  return {
    title: "Tanda tangani", back: "#titipan",
    isi: [h("p", { class: "hitung ok" }, `${rows.length} baris Anda sama. ${form.signers.length} orang sudah menandatangani.`), ...reasons, ...sheetOf(form.fields.figures), statement(kit),
      kept.me?.number === "1" && form.signers.length < kit.threshold - 1 ? box("", "Ketua paling akhir", "Tunggu anggota lain dulu: perbedaan yang mereka temukan lalu tidak memakan tanda tangan Anda.") : null],
    bawah: [button("Tanda tangani", act, "main", "sidik jari atau kunci layar"), button("Tidak, ada yang beda", () => go(`#baca/${id}/0`))],
  };
}

// ---------------------------------------------------------------- queue, receipt, another form

/** @param {Item} item @param {Kit} kit */
function stateOf(item, kit) {
  const { state, answer } = item;
  if (state === "done") return `Diterima portal pukul ${clock(answer.receivedAt, kit)}`;
  if (state === "held") return `Disimpan portal sampai ${day(answer.until, kit)}, menunggu tanda tangan lain. Belum tercatat.`;
  if (state === "asked") return "Sudah ada formulir lain: perlu jawaban Anda";
  if (state === "same") return `Angka yang sama sudah tercatat${answer.index === null ? "" : `, nomor ${answer.index}`}`;
  if (state === "refused") return answer.final ? "Tidak diterima" : "Belum diterima";
  if (state === "dropped") return "Tidak dikirim lagi: diganti atau dibuang oleh Anda";
  return isOnline() ? "Menunggu giliran: dicoba lagi sendiri selama aplikasi terbuka" : "Menunggu sinyal";
}

/** @returns {Promise<Screen>} */
async function queueScreen() {
  const kit = /** @type {Kit} */ (kept.kit);
  const all = await items();
  const waitingNow = all.some(({ state }) => ["waiting", "held", "refused"].includes(state));
  const leads = { done: "terima", asked: "lain" };
  const act = () => tell(async () => {
    await work(kit, seconds(), true);
    await show();
  });
  return {
    title: "Antrean", back: "#beranda",
    isi: [h("h2", { class: "judul" }, !all.length ? "Antrean kosong" : !isOnline() && waitingNow ? "Menunggu sinyal. Telepon boleh dimatikan." : "Yang ditandatangani di sini"),
      ...all.map((item) => box(item.state === "done" ? "ya" : ["asked", "refused"].includes(item.state) ? "beda" : "", `Angka ${officeOf(kit)} · ${item.signers} tanda tangan`, stateOf(item, kit),
        ...(item.state === "refused" ? [...item.answer.sentences, ...(item.answer.code === "held-recently" ? ["Atau: anggota lain mengisi dari kertas dan menandatangani lebih dulu; tanda tangan Anda lalu melengkapinya."] : []), ...(item.answer.final ? [] : ["Dicoba lagi sendiri selama aplikasi terbuka. Tidak perlu tanda tangan lagi."])] : []),
        ...(item.state in leads ? [button(item.state === "done" ? "Tanda terima" : "Lihat dan jawab", () => go(`#${leads[/** @type {"done"} */ (item.state)]}/${item.id}`), "kiri")] : []))),
      waitingNow ? h("p", { class: "meta" }, "Terkirim sendiri saat aplikasi dibuka di tempat yang ada sinyal. Jangan menghapus aplikasi sebelum terkirim.") : null],
    bawah: waitingNow ? [button("Coba kirim", act, "main")] : [button("Ke beranda", () => go("#beranda"), "main")],
  };
}

/** @param {string} id @returns {Promise<Screen>} */
async function receiptScreen(id) {
  const kit = /** @type {Kit} */ (kept.kit);
  const [item, receipt] = [await get(`queue/${id}`), await get(`receipt/${id}`)];
  if (!item || !receipt) return queueScreen();
  return {
    title: "Tanda terima", back: "#antrean",
    isi: [box("ya", `Diterima portal pukul ${clock(item.answer.receivedAt, kit)}`, `Janji portal: terlihat umum paling lambat ${clock(item.answer.loggedBy, kit)}. Tanda tangan portal sudah diperiksa di telepon ini.`),
      h("label", { for: "terima" }, "Tanda terima, untuk saksi dan PTPS"), h("textarea", { id: "terima", readonly: true, rows: "7" }, receipt),
      h("p", {}, "Kalau janji tidak ditepati, tanda terima ini buktinya. Buka halamannya dan cocokkan sekali lagi dengan kertas.")],
    bawah: [h("a", { class: "btn main", href: `${BASE}${kit.address}`, target: "_blank", rel: "noopener" }, "Lihat halaman")],
  };
}

/** @param {string} id @returns {Promise<Screen>} */
async function another(id) {
  const kit = /** @type {Kit} */ (kept.kit);
  const item = /** @type {Item | undefined} */ (await get(`queue/${id}`));
  if (!item || item.state !== "asked") return queueScreen();
  const head = item.answer.head;
  const rows = rowsOf(kit.pairs).filter(({ field }) => head?.figures && head.figures[field] !== item.figures[field]);
  const drop = async () => {
    await settle({ ...item, state: "dropped" });
    go("#antrean");
  };
  const insist = () => tell(async () => {
    await keep({ ...item, state: "waiting", insist: true, next: 0 });
    go("#antrean");
    await work(kit, seconds(), true);
    await show();
  });
  return {
    title: "Sudah ada formulir lain", back: "#antrean",
    isi: [h("h2", { class: "judul" }, "Kiriman Anda ditahan dulu"),
      h("p", {}, head ? `TPS ${kit.tps} sudah punya formulir yang dihitung, catatan nomor ${head.index}. ${rows.length} baris berbeda:` : "Formulir ini melanjutkan yang belum dihitung."),
      ...rows.map(({ field, code, label }) => table([[`${code} ${label}`, "sudah tercatat", String(head.figures[field])], ["", "punya Anda, belum terkirim", String(item.figures[field])]])),
      h("p", {}, "Lihat kertas, lalu pilih. Bila punya Anda yang benar, beri tahu PPK: pembetulan belum ada di aplikasi ini."),
      h("details", {}, h("summary", {}, "Kami sengaja mengirim dua"), h("p", {}, "Semua orang akan melihat “dua formulir berbeda” sampai PPK memutuskan."), button("Kirim juga, sengaja dua", insist, "df"))],
    bawah: [button("Yang tercatat benar, punya saya dibuang", drop, "main")],
  };
}

/** @param {number} at Unix seconds @param {Kit} kit */
function clock(at, kit) {
  const zone = { "Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" }[kit.timezone];
  return `${new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: kit.timezone }).format(at * 1000).replace(":", ".")} ${zone}`;
}

/** @param {number} at Unix seconds @param {Kit} kit */
function day(at, kit) {
  return new Intl.DateTimeFormat("id-ID", { day: "numeric", month: "long", timeZone: kit.timezone }).format(at * 1000);
}

function seconds() {
  return Math.floor(Date.now() / 1000);
}

// ---------------------------------------------------------------- going on

/** Do something that may fail, and say in words what to do now. @param {() => Promise<unknown>} act */
async function tell(act) {
  try {
    await act();
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    const { code } = faultOf(error, "");
    if (name === "NotAllowedError") said = "Belum ditandatangani: permintaan kunci ditutup. Ketuk lagi bila siap.";
    else if (code === "network") said = "Tidak ada sinyal ke portal. Isian Anda aman; coba lagi di tempat yang ada sinyal.";
    else if (code === "program") said = `Tidak berhasil (${name || "kesalahan"}). Isian Anda aman; coba lagi.`;
    else said = `Data portal tidak dapat dibuktikan (${code}). Jangan lanjut dari jaringan ini; hubungi PPK.`;
    await show();
  }
}



/** Draw the screen of the address from what is kept. */
async function show() {
  const [turn, before] = [++drawing, pressed];
  await writes;
  kept.me = (await get("me")) ?? null;
  kept.kit = (await get("kit")) ?? null;
  kept.own = kept.kit ? ((await get(ownAt(kept.kit))) ?? null) : null;
  const hash = decodeURIComponent(location.hash.slice(1));
  const [name, one = "", two = ""] = hash.split("/");
  /** @type {Record<string, () => Promise<Screen>>} */
  const screens = {
    beranda: home, kunci: keyScreen, isi: () => figures(one), daftar: list, jelas: () => explain(one), lembar: sheet, titipan: deposits,
    baca: () => blind(one, two), banding: () => compare(one), antrean: queueScreen, terima: () => receiptScreen(one), lain: () => another(one),
  };
  const screen = await (kept.kit && Object.hasOwn(screens, name) ? screens[name]() : !kept.kit || addressIn(hash.split("?")[0]) ? setUp(hash) : home());
  const queue = await items();
  if (turn !== drawing) return;
  if (before !== pressed) await show(); // a key came meanwhile: what was read is old
  else draw(screen, queue);
}

/** Show what changed by itself: who is typing keeps his row and his keys. */
async function renew() {
  if (!entry) {
    await show();
    return;
  }
  shownQueue = await items();
  if (entry) redraw(entry);
}

async function begin() {
  const hour = new Date().getHours();
  document.body.dataset.look = (await get("look")) ?? (hour >= 18 || hour < 6 ? "malam" : "siang");
  addEventListener("hashchange", () => { scrollTo(0, 0); show(); });
  addEventListener("online", async () => {
    signal.reached = true;
    await renew();
    await tick(true);
  });
  addEventListener("offline", renew);
  document.addEventListener("visibilitychange", () => tick());
  document.addEventListener("keydown", typedKey);
  setInterval(() => tick(), 10_000);
  await show();
  // The one address of a script that is not in the page's own markup; nothing else may be one.
  const types = /** @type {any} */ (window).trustedTypes?.createPolicy("petugas", { createScriptURL: () => "worker.js" });
  navigator.serviceWorker?.register(types ? types.createScriptURL("") : "worker.js").catch(() => {});
  await tick(true);
}

/** While the app is seen: send what is due, and let a newer version in when nothing is open. @param {boolean} all whether it was just opened, or the network came back */
async function tick(all = false) {
  if (document.hidden) return;
  const before = await told();
  if (kept.kit) await work(kept.kit, seconds(), all);
  const after = await items();
  if (before !== (await told())) await renew();
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.waiting && isSettled(after) && !(await below("draft/")).size && !(await below("baca/")).size) registration.waiting.postMessage("settled");
}

/** What a screen says of the queue and of the network. */
async function told() {
  return JSON.stringify([isOnline(), ...(await items()).map(({ state }) => state)]);
}

begin();
