// @ts-check
// A key that ended: its owner makes another, and what it signed goes on without it.

import { refresh } from "./before.js";
import { envelopeOf } from "./codes.js";
import { box, button, h } from "./dom.js";
import { openForm } from "./kit.js";
import { sign } from "./outgoing.js";
import { keep, work } from "./queue.js";
import { ROLES } from "./role.js";
import { codeOf, go, kept, renewKit, seconds, show, tell } from "./screen.js";
import { get, put } from "./store.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {import("./queue.js").Item} Item
 * @typedef {import("./screen.js").Screen} Screen
 */

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
