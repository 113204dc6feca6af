// @ts-check
// Pictures of the paper: taken or chosen, drawn again without metadata, names and signatures under black
// boxes that a person draws and confirms. It is loaded when its first screen is shown.

import { hex } from "../verify/bytes.js";
import { sha256 } from "../verify/sha2.js";
import { box, button, h, notYet } from "../dom.js";
import { sign } from "../outgoing.js";
import { payloadOf, slotOf } from "../paper.js";
import { go, kept, officeOf, show, shown, tell } from "../screen.js";
import { below, forget, get, put } from "../store.js";
import { bare } from "./jpeg.js";
import { sweep } from "./send.js";
import { isBlurred } from "./sharp.js";

/**
 * @typedef {import("../kit.js").Kit} Kit
 * @typedef {import("../screen.js").Screen} Screen
 * @typedef {{sha256: string, bytes: number, width: number, height: number}} Taken
 */

const SIDE = 2_400;
const MOST = 400_000;
const QUALITY = [0.8, 0.65, 0.5, 0.35, 0.2];
const PAGES = 9;

/** Parts of the sides of a picture: left, top, width, height. @typedef {number[]} Box */
/** The picture that is being drawn on: it is lost with the app, and kept once it is confirmed. `at` is where
 * the keyboard stands, `from` where its box begins.
 * @type {{canvas: HTMLCanvasElement, source: ImageBitmap, boxes: Box[], at: number[], from: number[] | null, blurred: boolean} | null} */
let drawn = null;

/** Where what was taken is kept until it is signed. @param {Kit} kit */
function takenAt(kit) {
  return `foto/${slotOf(kit)}/`;
}

/** Where the boxes of the last page are kept, to be offered on the next. @param {Kit} kit */
function boxesAt(kit) {
  return `kotak/${slotOf(kit)}`;
}

/** @param {string} step @returns {Promise<Screen>} */
export async function screen(step) {
  const kit = /** @type {Kit} */ (kept.kit);
  await sweep();
  const pages = [...(await below(takenAt(kit))).entries()].sort(([a], [b]) => Number(a) - Number(b));
  return step === "kotak" && drawn ? boxes(kit, pages, (await get(boxesAt(kit))) ?? []) : overview(kit, pages);
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
    await sign(payloadOf(kit, { kind: "pictures", form: "c_hasil", pages: named }, new Date()), [], more, [boxesAt(kit), ...pages.map(([at]) => takenAt(kit) + at)]);
    await sweep();
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
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { id: "kertas", width: Math.max(1, Math.round(source.width * scale)), height: Math.max(1, Math.round(source.height * scale)), tabindex: "0", role: "application", "aria-label": "Foto kertas. Geser jari untuk menutup nama. Dengan papan ketik: panah memindahkan penunjuk, Enter memulai dan mengakhiri kotak.", "aria-describedby": "penunjuk" }));
  drawn = { canvas, source, boxes: [], at: [0.5, 0.5], from: null, blurred: false };
  paint();
  drawn.blurred = isBlurred(/** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height));
  listen(canvas);
  go("#foto/kotak");
}

/** The picture with its boxes and no pointer: what is kept. */
function paint() {
  const pen = drawn?.canvas.getContext("2d");
  if (!drawn || !pen) return;
  const { canvas: { width, height }, source, boxes: all } = drawn;
  pen.drawImage(source, 0, 0, width, height);
  pen.fillStyle = "#000";
  for (const [x, y, wide, high] of all) pen.fillRect(Math.floor(x * width), Math.floor(y * height), Math.ceil(wide * width) + 1, Math.ceil(high * height) + 1);
}

/** @param {number[]} from @param {number[]} to @returns {Box} */
function between([x, y], [toX, toY]) {
  return [Math.min(x, toX), Math.min(y, toY), Math.abs(toX - x), Math.abs(toY - y)];
}

/** A finger that moves draws a box, and so do the keys of a keyboard. @param {HTMLCanvasElement} canvas */
function listen(canvas) {
  Object.assign(canvas.style, { width: "100%", touchAction: "none", display: "block" });
  /** @type {number[] | null} */
  let from = null;
  const at = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height].map((one) => Math.min(1, Math.max(0, one)));
  };
  canvas.addEventListener("pointerdown", (event) => {
    from = at(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (from) cover(between(from, at(event)));
    from = null;
  });
  canvas.addEventListener("pointercancel", () => { from = null; });
  canvas.addEventListener("keydown", keyed);
  canvas.addEventListener("blur", paint);
}

/** @type {Record<string, number[]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Arrows move the pointer, with Shift by a little; Enter begins a box and ends it. @param {KeyboardEvent} event */
function keyed(event) {
  const way = WAYS[event.key];
  if (!drawn || (!way && event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  const { at, from } = drawn;
  if (way) drawn.at = at.map((one, i) => Math.min(1, Math.max(0, one + way[i] * (event.shiftKey ? 0.005 : 0.05))));
  else if (from) cover(between(from, at));
  else drawn.from = at;
  point();
}

/** Show where the keyboard stands, on the screen alone. */
function point() {
  paint();
  const pen = drawn?.canvas.getContext("2d");
  if (!drawn || !pen) return;
  const { canvas: { width, height }, at, from } = drawn;
  const [x, y, wide, high] = from ? between(from, at) : [at[0] - 0.015, at[1] - 0.015, 0.03, 0.03];
  for (const [color, line] of [["#fff", 12], ["#c00", 6]]) {
    Object.assign(pen, { strokeStyle: color, lineWidth: line });
    pen.strokeRect(x * width, y * height, wide * width, high * height);
  }
  tellBoxes(`Penunjuk ${Math.round(at[0] * 100)}% dari kiri, ${Math.round(at[1] * 100)}% dari atas${from ? ", kotak dimulai" : ""}.`);
}

/** Black from here on, whatever lay there. @param {...Box} more */
function cover(...more) {
  if (!drawn) return;
  drawn.boxes.push(...more.filter(([, , wide, high]) => wide && high));
  drawn.from = null;
  paint();
  tellBoxes();
}

/** @param {string} more */
function tellBoxes(more = "") {
  const label = document.getElementById("penunjuk");
  if (label && drawn) label.textContent = `${drawn.boxes.length} kotak. ${more}`;
}

/** @param {Kit} kit @param {[string, Taken][]} pages @param {Box[]} before what covered the page before @returns {Screen} */
function boxes(kit, pages, before) {
  const now = /** @type {NonNullable<typeof drawn>} */ (drawn);
  const confirm = () => tell(async () => {
    paint(); // without the pointer
    const data = await encoded(now.canvas);
    if (!data) {
      shown.said = "Foto ini terlalu besar. Ambil sekali lagi, dari lebih jauh.";
      return show();
    }
    const one = { sha256: hex(sha256(data)), bytes: data.length, width: now.canvas.width, height: now.canvas.height };
    const twice = pages.findIndex(([, { sha256: other }]) => other === one.sha256);
    if (twice >= 0) {
      shown.said = `Foto ini sama dengan halaman ${twice + 1}. Ambil halaman yang lain.`;
      return go("#foto");
    }
    await put({ [`${takenAt(kit)}${Date.now()}`]: one, [`gambar/${one.sha256}`]: data, [boxesAt(kit)]: now.boxes });
    drawn = null;
    go("#foto");
  });
  const again = () => {
    now.boxes = [];
    cover();
  };
  return {
    title: `Tutup nama, halaman ${pages.length + 1}`, back: "#foto", stays: true,
    isi: [now.blurred ? box("beda", "Foto ini tampaknya kabur", "Perbesar: terbacakah setiap angka? Kalau tidak, kembali dan ambil sekali lagi, telepon diam, cahaya cukup.") : null,
      h("p", {}, "Geser jari di atas setiap nama dan tanda tangan sampai tertutup hitam. Angkanya tetap terbaca."), now.canvas, h("p", { id: "penunjuk", class: "meta", role: "status" }, `${now.boxes.length} kotak. `),
      before.length ? button("Pakai kotak foto sebelumnya", () => cover(...before), "kiri", "lalu periksa: tiap foto letaknya lain") : null,
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
