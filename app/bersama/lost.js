// @ts-check
// A telephone that was lost or broke: what is still here, whom to tell, and how its owner signs again.

import { refresh } from "../before.js";
import { box, button, choice, h, notYet } from "../dom.js";
import { stateOf } from "../outgoing.js";
import { items } from "../queue.js";
import { maySend, placed, ROLES } from "../role.js";
import { codeOf, go, kept, share } from "../screen.js";

/**
 * @typedef {import("../kit.js").Kit} Kit
 * @typedef {import("../screen.js").Screen} Screen
 */

/** @param {string} whose key id of the lost telephone @returns {Promise<Screen>} */
export async function lost(whose) {
  const kit = /** @type {Kit} */ (kept.kit);
  const me = /** @type {import("../role.js").Me} */ (kept.me);
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
