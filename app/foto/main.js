// @ts-check
// Pictures of the paper: taken or chosen, drawn again without metadata, names and signatures under black
// boxes that a person draws and confirms. It is loaded when its first screen is shown.

import { hex } from "../verify/bytes.js";
import { sha256 } from "../verify/sha2.js";
import { box, button, h, notYet } from "../dom.js";
import { sign } from "../outgoing.js";
import { payloadOf, slotOf } from "../paper.js";
import { go, kept, officeOf, show, shown, tell } from "../screen.js";
import { below, forget, put } from "../store.js";
import { bare } from "./jpeg.js";

/**
 * @typedef {import("../kit.js").Kit} Kit
 * @typedef {import("../screen.js").Screen} Screen
 * @typedef {{sha256: string, bytes: number, width: number, height: number}} Taken
 */

const SIDE = 2_400;
const MOST = 400_000;
const QUALITY = [0.8, 0.65, 0.5, 0.35, 0.2];
const PAGES = 9;

/** The picture that is being drawn on: it is lost with the app, and kept once it is confirmed.
 * @type {{canvas: HTMLCanvasElement, source: ImageBitmap, boxes: number} | null} */
let drawn = null;

/** Where what was taken is kept until it is signed. @param {Kit} kit */
function takenAt(kit) {
  return `foto/${slotOf(kit)}/`;
}

/** @param {string} step @returns {Promise<Screen>} */
export async function screen(step) {
  const kit = /** @type {Kit} */ (kept.kit);
  const pages = [...(await below(takenAt(kit))).entries()].sort(([a], [b]) => Number(a) - Number(b));
  return step === "kotak" && drawn ? boxes(kit, pages.length) : overview(kit, pages);
}

/** What was taken, and what is signed. @param {Kit} kit @param {[string, Taken][]} pages @returns {Screen} */
function overview(kit, pages) {
  const take = (/** @type {Event} */ event) => {
    const [file] = /** @type {HTMLInputElement} */ (event.target).files ?? [];
    return file ? tell(() => open(file)) : undefined;
  };
  const act = () => tell(async () => {
    const named = pages.map(([, one], at) => ({ document: "form", page: at + 1, ...one }));
    const more = { title: `Foto ${officeOf(kit)}`, slot: `${slotOf(kit)}:foto`, words: JSON.stringify(pages.map(([, one]) => one.sha256)) };
    await sign(payloadOf(kit, { kind: "pictures", form: "c_hasil", pages: named }, new Date()), [], more, pages.map(([at]) => takenAt(kit) + at));
  });
  return {
    title: "Foto C.Hasil", back: "#beranda",
    isi: [h("h2", { class: "judul" }, pages.length ? `${pages.length} halaman siap` : "Belum ada foto"),
      ...pages.map(([at, one], index) => box("ya", `Halaman ${index + 1}`, `${Math.ceil(one.bytes / 1_000)} kB, ${one.width} × ${one.height}`, button("Hapus halaman ini", async () => {
        await forget(takenAt(kit) + at, `gambar/${one.sha256}`);
        await show();
      }, "kiri"))),
      pages.length < PAGES ? h("label", { for: "berkas" }, pages.length ? "Halaman berikutnya" : "Halaman 1") : null,
      pages.length < PAGES ? h("input", { id: "berkas", class: "btn", type: "file", accept: "image/*", capture: "environment", change: take }) : null,
      h("p", { class: "meta" }, "Foto digambar ulang di telepon ini tanpa tempat, waktu, dan nama perangkat. Halaman yang hanya berisi nama tidak usah difoto. Foto boleh menyusul: angka tidak menunggunya."),
      pages.length ? h("p", {}, "Dengan ini Anda menyatakan: ini foto kertasnya. Foto dibaca umum dan tidak masuk penjumlahan; yang ditandatangani sidiknya.") : null],
    bawah: [pages.length ? button("Tanda tangani foto", act, "main", "sidik jari atau kunci layar") : notYet("Ambil foto dulu")],
  };
}

/** Draw a file anew, no side longer than SIDE. @param {Blob} file */
async function open(file) {
  const source = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!source) {
    shown.said = "Berkas ini bukan foto yang dapat dibuka. Ambil sekali lagi.";
    return show();
  }
  const scale = Math.min(1, SIDE / Math.max(source.width, source.height));
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { id: "kertas", width: Math.max(1, Math.round(source.width * scale)), height: Math.max(1, Math.round(source.height * scale)), role: "img", "aria-label": "Foto kertas. Geser jari untuk menutup nama." }));
  drawn = { canvas, source, boxes: 0 };
  again();
  listen(canvas);
  go("#foto/kotak");
}

/** The picture without boxes. */
function again() {
  if (!drawn) return;
  const { canvas, source } = drawn;
  canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
  drawn.boxes = 0;
}

/** A finger that moves draws a box: black from here on, whatever lay there. @param {HTMLCanvasElement} canvas */
function listen(canvas) {
  Object.assign(canvas.style, { width: "100%", touchAction: "none", display: "block" });
  /** @type {[number, number] | null} */
  let from = null;
  const at = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return /** @type {[number, number]} */ ([((clientX - left) * canvas.width) / width, ((clientY - top) * canvas.height) / height]);
  };
  canvas.addEventListener("pointerdown", (event) => {
    from = at(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!from || !drawn) return;
    const [[x, y], [toX, toY]] = [from, at(event)];
    from = null;
    canvas.getContext("2d")?.fillRect(Math.min(x, toX), Math.min(y, toY), Math.abs(toX - x), Math.abs(toY - y));
    drawn.boxes += 1;
  });
}

/** @param {Kit} kit @param {number} taken @returns {Screen} */
function boxes(kit, taken) {
  const now = /** @type {NonNullable<typeof drawn>} */ (drawn);
  const confirm = () => tell(async () => {
    const data = await encoded(now.canvas);
    if (!data) {
      shown.said = "Foto ini terlalu besar. Ambil sekali lagi, dari lebih jauh.";
      return show();
    }
    const one = { sha256: hex(sha256(data)), bytes: data.length, width: now.canvas.width, height: now.canvas.height };
    await put({ [`${takenAt(kit)}${Date.now()}`]: one, [`gambar/${one.sha256}`]: data });
    drawn = null;
    go("#foto");
  });
  return {
    title: `Tutup nama, halaman ${taken + 1}`, back: "#foto", stays: true,
    isi: [h("p", {}, "Geser jari di atas setiap nama dan tanda tangan sampai tertutup hitam. Angkanya tetap terbaca."), now.canvas,
      button("Ulangi: hapus semua kotak", again, "kiri")],
    bawah: [button("Nama dan tanda tangan sudah tertutup", confirm, "main")],
  };
}

/** The canvas as a JPEG of at most MOST bytes without metadata, or null. @param {HTMLCanvasElement} canvas @returns {Promise<Uint8Array | null>} */
async function encoded(canvas) {
  for (const quality of QUALITY) {
    const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ done) => canvas.toBlob(done, "image/jpeg", quality));
    const data = blob && bare(new Uint8Array(await blob.arrayBuffer()));
    if (data && data.length <= MOST) return data;
  }
  return null;
}

navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage("foto/"));
