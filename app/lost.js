// @ts-check
// A telephone that was lost or broke: what is still here, whom to tell, and how its owner signs again.

import { refresh } from "./before.js";
import { envelopeOf } from "./codes.js";
import { box, button, choice, h, notYet } from "./dom.js";
import { openForm } from "./kit.js";
import { sign, stateOf } from "./outgoing.js";
import { items, keep, work } from "./queue.js";
import { maySend, placed, ROLES } from "./role.js";
import { codeOf, go, kept, renewKit, seconds, share, show, tell } from "./screen.js";
import { get, put } from "./store.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {import("./queue.js").Item} Item
 * @typedef {import("./screen.js").Screen} Screen
 */

/** @param {string} whose key id of the lost telephone @returns {Promise<Screen>} */
export async function lost(whose) {
  const kit = /** @type {Kit} */ (kept.kit);
  const me = /** @type {import("./role.js").Me} */ (kept.me);
  const { granter, to } = ROLES[me.body];
  const others = kit.keys.filter(({ keyid }) => keyid !== kept.own?.keyid);
  const chosen = others.find(({ keyid }) => keyid === whose);
  const form = maySend(me, "form");
  const forms = (await items()).filter(({ kind, state }) => kind === "form" && state !== "dropped");
  const message = chosen ? `Telepon ${chosen.position} ${placed(me, kit)} (${kit.region}) hilang. Mohon cabut kuncinya, ${chosen.keyid}, dengan alasan "hilang", lalu beri kunci baru sesudah barisnya dikirim.` : "";
  return {
    title: "Telepon hilang atau mati", back: "#beranda",
    isi: [others.length ? choice("Telepon siapa?", "siapa", others.map(({ keyid, position }) => [keyid, position, `kode kunci ${codeOf(keyid)}`]), whose, (one) => go(`#hilang/${one}`))
      : box("", "Telepon ini belum mengenal kunci lain", "Perbarui di tempat yang ada sinyal."),
      others.length > 1 ? h("p", { class: "meta" }, "Tiap telepon yang masih ada menunjukkan kodenya di “Kunci saya”: yang hilang adalah sisanya.") : null,
      ...forms.map((item) => box("ya", "Formulirnya tidak hilang", `Ada di telepon ini, dengan ${item.signers} tanda tangan. ${stateOf(item, kit)}`)),
      h("ol", { class: "langkah" },
        h("li", {}, `Kabari ${granter} sekarang: kunci lama dicabut, supaya orang lain tidak memakainya.`),
        h("li", {}, `Pemiliknya membuka tautan undangannya di telepon lain, membuat kunci baru, dan mengirim barisnya kepada ${to}.`),
        h("li", {}, `Sesudah ${granter} memberi kunci itu: ketuk Perbarui di semua telepon.`),
        form ? h("li", {}, `Formulir yang menunggu: siapa pun dari anggota lain boleh menandatangani sebagai gantinya; ${kit.threshold} orang cukup. Telepon baru mengetuk “Ada yang sudah mengisi: baca sendiri”. Tanda tangan kunci yang dicabut gugur, angka tidak diketik ulang.`) : null),
      form ? null : h("p", {}, "Yang sudah diterima portal tetap tercatat. Yang belum terkirim dan isi keberatan hanya ada di telepon itu."),
      button("Perbarui", refresh, "kiri")],
    bawah: [chosen ? button(`Kirim kabar kepada ${granter}`, () => share(message, "Kabar disalin."), "main") : others.length ? notYet("Pilih teleponnya dulu") : button("Ke beranda", () => go("#beranda"), "main")],
  };
}

/** The key of this telephone ended: a new one is made, and granted like the first. @param {string} keyid @param {string} at where it is kept @returns {Screen} */
export function ended(keyid, at) {
  const { granter } = ROLES[/** @type {import("./role.js").Me} */ (kept.me).body];
  return {
    title: "Kunci saya", back: "#beranda",
    isi: [box("beda", "Kunci ini sudah dicabut", `${granter} mencabutnya, misalnya karena telepon ini dilaporkan hilang. Tanda tangan dengan kunci ini tidak lagi diterima.`),
      h("p", {}, "Kode kunci: ", h("b", { class: "kode" }, codeOf(keyid))), h("p", {}, "Telepon ini masih di tangan Anda? Buat kunci baru, dan kirim barisnya seperti dulu. Isian dan antrean tetap.")],
    bawah: [button("Perbarui", refresh), button("Buat kunci baru", async () => { await put({ [at]: null }); await show(); }, "main")],
  };
}

/**
 * A form with a signature of a key that ended: sent again without it, or signed again if it was the own.
 * @param {Item} item
 */
export function without(item) {
  return tell(async () => {
    await renewKit();
    const kit = /** @type {Kit} */ (kept.kit);
    const own = kept.own;
    if (!own || kit.ended.includes(own.keyid)) return go("#kunci");
    const stored = (await get(`queue/${item.id}`)) ?? item;
    const { payload, signatures } = await openForm(stored.envelope, kit, true);
    if (!signatures.some(({ keyid }) => keyid === own.keyid)) return sign(payload, signatures);
    await keep({ ...stored, envelope: envelopeOf(payload, signatures), signers: signatures.length, state: "waiting", next: 0 });
    await work(kit, seconds(), true);
    await show();
  });
}
