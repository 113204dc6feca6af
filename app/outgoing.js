// @ts-check
// What was signed here on its way: the queue, the receipt, and another form that stands already.

import { parseStatement } from "./verify/statement.js";
import { begun, correct } from "./correction.js";
import { box, button, h, table } from "./dom.js";
import { codeWords, KINDS, rewrite } from "./incident.js";
import { without } from "./ended.js";
import { rowsOf, slotOf } from "./paper.js";
import { isOnline } from "./portal.js";
import { hasDesk } from "./role.js";
import { ENDED, items, keep, OPEN, settle, work } from "./queue.js";
import { BASE, clock, day, go, kept, logOf, officeOf, renewKit, seconds, show, shown, tell } from "./screen.js";
import { idOf, signed } from "./sign.js";
import { get, put } from "./store.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {import("./queue.js").Item} Item
 * @typedef {import("./screen.js").Screen} Screen
 */

/**
 * Sign a payload, put it into the queue, and only then send.
 * @param {Uint8Array} payload of a statement @param {import("./sign.js").Signature[]} others
 * @param {Partial<Item>} more what is kept with it @param {string[]} gone what is forgotten with that
 */
export async function sign(payload, others, more = {}, gone = []) {
  if (!(await lay(payload, others, more, gone))) return go("#kunci");
  go("#antrean");
  await work(/** @type {Kit} */ (kept.kit), seconds(), true);
  await show();
}

/**
 * Sign a payload and put it into the queue; false without a key.
 * @param {Uint8Array} payload @param {import("./sign.js").Signature[]} others @param {Partial<Item>} more @param {string[]} gone
 */
export async function lay(payload, others, more = {}, gone = []) {
  const { kit, own } = kept;
  if (!kit || !own) return false;
  const envelope = await signed(payload, others, own, logOf(kit));
  const id = idOf(payload);
  const { kind, form: paper = kit.paper, region, revision = 1, count, claims = {}, figures = claims, witnesses, number: line, code } = parseStatement(payload);
  const number = Object.hasOwn(KINDS, kind) ? line : 0; // other kinds have numbers of decisions
  const place = slotOf(kind === "form" ? { ...kit, paper, region } : kit);
  const slot = more.slot ?? (number ? `${place}:${kind}/${number}` : place);
  const replaced = (await items()).filter((one) => one.id !== id && one.slot === slot && one.revision === revision && !ENDED.includes(one.state));
  const item = { ...more, kind, slot, id, envelope, revision, count, figures, witnesses, number, code, state: "waiting", signers: others.length + 1, made: Date.now(), tries: 0, answer: null, next: 0, insist: false };
  await put(Object.fromEntries([item, ...replaced.map((one) => ({ ...one, state: "dropped" }))].map((one) => [`queue/${one.id}`, one])), gone);
  return true;
}

/** @param {Item} item @param {Kit} kit */
function nameOf({ kind, revision, signers, number, code, title }, kit) {
  if (kind === "objection" || kind === "event") return `${KINDS[kind].title} nomor ${number}: ${codeWords(kind, code)}`;
  if (kind === "copy") return `Salinan ${officeOf(kit)}`;
  if (title) return `${revision > 1 ? `Pembetulan ${revision - 1} · ` : ""}${title} · ${signers} tanda tangan`;
  return `${revision > 1 ? `Pembetulan ${revision - 1} ·` : "Angka"} ${officeOf(kit)} · ${signers} tanda tangan`;
}

const WORDS = { served: "Isinya dibaca umum", refused: "Isinya tidak diterima", later: "Isinya menunggu baris ini tercatat" };

/** @param {Item} item @param {Kit} kit */
export function stateOf(item, kit) {
  const { state, answer } = item;
  if (state === "done") return `Diterima portal pukul ${clock(answer.receivedAt, kit)}${item.words ? `. ${WORDS[item.handed ?? "later"]}` : ""}`;
  if (state === "held") return `Disimpan portal sampai ${day(answer.until, kit)}, menunggu tanda tangan lain. Belum tercatat.`;
  if (state === "asked") return "Sudah ada formulir lain: perlu jawaban Anda";
  if (state === "same") return `Menurut portal angka yang sama sudah diterima${answer.index === null ? "" : `, nomor ${answer.index}`}: cocokkan halamannya`;
  if (state === "refused") return answer.final ? "Tidak diterima" : "Belum diterima";
  if (state === "dropped") return "Tidak dikirim lagi: diganti atau dibuang oleh Anda";
  return isOnline() ? "Menunggu giliran: dicoba lagi sendiri selama aplikasi terbuka" : "Menunggu sinyal";
}

/** Send again, with the signatures that it has. @param {Item} item @param {Kit} kit @param {Partial<Item>} more */
function resend(item, kit, more) {
  return tell(async () => {
    await keep({ ...item, ...more, state: "waiting", next: 0 });
    go("#antrean");
    await work(kit, seconds(), true);
    await show();
  });
}

/** @returns {Promise<Screen>} */
export async function queueScreen() {
  const kit = /** @type {Kit} */ (kept.kit);
  const all = await items();
  const waitingNow = all.some(({ state }) => OPEN.includes(state));
  const leads = { done: "terima", asked: "lain" };
  const form = kept.me?.body === "kpps";
  const act = () => tell(async () => {
    await work(kit, seconds(), true);
    await show();
  });
  /** The other contest of the night that it is of. @param {Item} item */
  const away = ({ slot }) => kit.others?.find(({ id }) => slot.split("/")[1] === id);
  return {
    title: "Antrean", back: "#beranda",
    isi: [h("h2", { class: "judul" }, !all.length ? "Antrean kosong" : !isOnline() && waitingNow ? "Menunggu sinyal. Telepon boleh dimatikan." : "Yang ditandatangani di sini"),
      ...all.filter(away).map((item) => box("", nameOf(item, { ...kit, ...away(item) }), stateOf(item, kit), "Beralih di beranda untuk membukanya.")),
      ...all.filter((item) => !away(item)).map((item) => box(item.state === "done" ? "ya" : ["asked", "refused"].includes(item.state) ? "beda" : "", nameOf(item, kit), stateOf(item, kit),
        ...(item.state === "refused" ? [...item.answer.sentences, ...(item.answer.code === "held-recently" ? ["Atau: anggota lain mengisi dari kertas dan menandatangani lebih dulu; tanda tangan Anda lalu melengkapinya."] : []), ...(item.answer.final ? [] : ["Dicoba lagi sendiri selama aplikasi terbuka. Tidak perlu tanda tangan lagi."])] : []),
        ...(item.kind === "form" && item.state === "refused" && item.answer.code === "revoked-key" ? [button("Kirim tanpa tanda tangan kunci yang dicabut", () => without(item), "kiri")] : []),
        ...(item.kind === "copy" && item.state !== "dropped" ? [button("Bandingkan dengan C.Hasil", () => go("#salinan"), "kiri"), button("Ada yang salah: salin lagi", async () => (await import("./saksi/main.js")).recopy(item), "kiri")] : []),
        ...(item.number && item.state !== "dropped" ? [button("Isinya: bagikan", () => go(`#tulisan/${item.id}`), "kiri"), button("Ada yang salah: tulis lagi", () => rewrite(item), "kiri")] : []),
        ...((form ? ["form", "readiness"].includes(item.kind) : hasDesk(kept.me)) && OPEN.includes(item.state) ? [button("Tunjukkan kode kepada anggota lain", () => go(`#kode/${item.id}`), "kiri")] : []),
        ...(item.state === "same" ? [button("Halamannya lain: kirim lagi", () => resend(item, kit, { tries: 0 }), "kiri")] : []),
        ...(item.state in leads ? [button(item.state === "done" ? "Tanda terima" : "Lihat dan jawab", () => go(`#${leads[/** @type {"done"} */ (item.state)]}/${item.id}`), "kiri")] : []))),
      form && all.some((item) => item.kind === "form" && item.state === "done" && !away(item)) && !waitingNow ? button("Ada yang salah: betulkan", correct, "kiri") : null,
      waitingNow ? h("p", { class: "meta" }, "Terkirim sendiri saat aplikasi dibuka di tempat yang ada sinyal. Jangan menghapus aplikasi sebelum terkirim.") : null],
    bawah: waitingNow ? [button("Coba kirim", act, "main")] : [button("Ke beranda", () => go("#beranda"), "main")],
  };
}

/** @param {string} id @returns {Promise<Screen>} */
export async function receiptScreen(id) {
  const kit = /** @type {Kit} */ (kept.kit);
  const [item, receipt] = [await get(`queue/${id}`), await get(`receipt/${id}`)];
  if (!item || !receipt) return queueScreen();
  return {
    title: "Tanda terima", back: "#antrean",
    isi: [box("ya", `Diterima portal pukul ${clock(item.answer.receivedAt, kit)}`, `Janji portal: terlihat umum paling lambat ${clock(item.answer.loggedBy, kit)}. Tanda tangan portal sudah diperiksa di telepon ini.`),
      h("label", { for: "terima" }, item.kind === "form" ? "Tanda terima, untuk saksi dan PTPS" : "Tanda terima, untuk Anda"), h("textarea", { id: "terima", readonly: true, rows: "7" }, receipt),
      h("p", {}, "Kalau janji tidak ditepati, tanda terima ini buktinya. Buka halamannya dan cocokkan sekali lagi dengan kertas."),
      item.region ? button("Ada yang salah: betulkan", () => go(`#lembar/${item.region}`), "kiri") : item.kind === "form" ? button("Ada yang salah: betulkan", correct, "kiri") : null],
    bawah: [h("a", { class: "btn main", href: `${BASE}${item.address ?? kit.address}`, target: "_blank", rel: "noopener" }, "Lihat halaman")],
  };
}

/** @param {string} id @returns {Promise<Screen>} */
export async function another(id) {
  const kit = /** @type {Kit} */ (kept.kit);
  const item = /** @type {Item | undefined} */ (await get(`queue/${id}`));
  if (!item || item.state !== "asked") return queueScreen();
  const head = item.answer.head;
  const rows = rowsOf(kit.pairs).filter(({ field }) => head?.figures && head.figures[field] !== item.figures[field]);
  // What is continued, or makes a form needless, is read from the log anew: the answer alone proves nothing.
  const recorded = async () => {
    const fresh = await renewKit();
    const one = fresh.head?.id === head.id ? fresh.head : null;
    if (one && rowsOf(kit.pairs).every(({ field }) => one.figures[field] === head.figures?.[field])) return { ...fresh, head: one };
    if (one) await keep({ ...item, answer: { ...item.answer, head: { ...head, figures: one.figures } } });
    shown.said = one ? "Angka yang tercatat lain daripada yang dikatakan portal. Lihat lagi." : "Yang tercatat belum ada di halaman TPS. Coba lagi sebentar lagi.";
    await show();
    return null;
  };
  const drop = () => tell(async () => {
    if (head && !(await recorded())) return;
    await settle({ ...item, state: "dropped" });
    go("#antrean");
  });
  const rebase = () => tell(async () => {
    const fresh = await recorded();
    if (!fresh) return;
    await put({ ...begun(fresh, fresh.head, item.figures), [`queue/${id}`]: { ...item, state: "dropped" } });
    go("#betulkan");
  });
  const insist = () => resend(item, kit, { insist: true });
  return {
    title: "Sudah ada formulir lain", back: "#antrean",
    isi: [h("h2", { class: "judul" }, "Kiriman Anda ditahan dulu"),
      h("p", {}, head ? `TPS ${kit.tps} sudah punya formulir yang dihitung, catatan nomor ${head.index}. ${rows.length} baris berbeda:` : "Formulir ini melanjutkan yang belum dihitung."),
      ...rows.map(({ field, code, label }) => table([[`${code} ${label}`, "sudah tercatat", String(head.figures[field])], ["", "punya Anda, belum terkirim", String(item.figures[field])]])),
      h("p", {}, "Lihat kertas, lalu pilih."),
      head?.figures ? button("Punya saya yang benar: betulkan yang tercatat", rebase, "kiri") : null,
      h("details", {}, h("summary", {}, "Kami sengaja mengirim dua"), h("p", {}, "Semua orang akan melihat “dua formulir berbeda” sampai PPK memutuskan."), button("Kirim juga, sengaja dua", insist, "df"))],
    bawah: [button("Yang tercatat benar, punya saya dibuang", drop, "main")],
  };
}
