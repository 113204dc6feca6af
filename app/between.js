// @ts-check
// From telephone to telephone without a network: one shows a form as square codes, the other reads
// them with its camera. What a browser cannot do goes as text, by whatever the telephone can share.

import { utf8 } from "./verify/bytes.js";
import { parseEnvelope } from "./verify/envelope.js";
import { faultOf } from "./verify/evidence.js";
import { parseStatement } from "./verify/statement.js";
import { codesOf, envelopeOf, reading } from "./codes.js";
import { box, button, h } from "./dom.js";
import { openForm } from "./kit.js";
import { slotOf } from "./paper.js";
import { waiting } from "./portal.js";
import { keep } from "./queue.js";
import { queueScreen } from "./outgoing.js";
import { codeOf, go, kept, placedLine, share, shown, show, tell } from "./screen.js";
import { get, put } from "./store.js";

/**
 * @typedef {import("./kit.js").Kit} Kit
 * @typedef {import("./screen.js").Screen} Screen
 */

const TURN = 900; // milliseconds that one of several codes is shown
const LOOK = 120;
const QUIET = 4; // modules around a code
const SIDE = 960; // pixels of a camera's picture that are looked at
/**
 * What a screen does with a code: what it says of it, and what follows if that was all; null for none of ours.
 * @typedef {(text: string) => Promise<{said: string, done?: () => Promise<unknown>} | null>} Take
 */
/** What the camera does: its stream, and where it is seen. What it shows changes there alone: who pastes meanwhile keeps his field. @type {{stream: MediaStream | null, seen: HTMLElement, asked: boolean}} */
const camera = { stream: null, seen: h("div"), asked: false };
const turning = { at: 0, stopped: false };

// ---------------------------------------------------------------- showing

/** @param {string} id of what is in the queue, or "kunci" @returns {Promise<Screen>} */
export async function codeScreen(id) {
  const kit = /** @type {Kit} */ (kept.kit);
  if (id === "kunci" && kept.own) {
    return { title: "Kode kunci", back: "#kunci", isi: [...(await turned([placedLine(kept.own, kit)])), h("p", {}, h("b", {}, `${codeOf(kept.own.keyid)}. `), "Yang memberi kunci memindai layar ini. Tidak rahasia.")] };
  }
  const item = await get(`queue/${id}`);
  if (!item) return queueScreen();
  if (typeof CompressionStream === "undefined") return tooOld("#antrean");
  const texts = await codesOf(item.envelope).catch(() => []);
  return {
    title: "Tunjukkan", back: "#antrean",
    isi: [...(texts.length ? [...(await turned(texts)), h("p", {}, h("b", {}, "Anggota lain memindai layar ini"), ` dari aplikasinya: Pindai dari telepon lain. ${item.signers}${item.kind === "form" ? ` dari ${kit.threshold}` : ""} sudah menandatangani. Naikkan terang layar.`)] : [box("beda", "Terlalu besar untuk kode", "Bagikan seluruhnya; anggota lain menempelnya di layar Pindai.")]),
      button("Bagikan lewat WhatsApp atau Bluetooth", () => share(texts.join("\n") || item.envelope, "Teks formulir disalin."), "kiri", "bila kamera tidak dapat memindai")],
    bawah: [button("Pindai jawabannya", () => go("#pindai"), item.signers < kit.threshold ? "main" : "")],
  };
}

/** Codes that take turns, and their words. @param {string[]} texts */
async function turned(texts) {
  const canvas = h("canvas", { class: "kode2", role: "img" });
  const label = h("p", { class: "maju", role: "status" });
  await paint(canvas, label, texts);
  turn(canvas, label, texts);
  const step = async () => {
    turning.stopped = true;
    turning.at += 1;
    await paint(canvas, label, texts);
  };
  return [canvas, label, ...(texts.length > 1 ? [button("Kode berikutnya, jangan berganti sendiri", step, "kiri")] : [])];
}

/** Draw the code whose turn it is, black on white in every look. @param {HTMLElement} element @param {HTMLElement} label @param {string[]} texts */
async function paint(element, label, texts) {
  const { encodeQR } = await import("./qr/index.js");
  const at = turning.at % texts.length;
  const modules = /** @type {boolean[][]} */ (encodeQR(texts[at], "raw", { ecc: "medium", border: QUIET }));
  const canvas = /** @type {HTMLCanvasElement} */ (element);
  const [side, scale] = [modules.length, 6];
  Object.assign(canvas, { width: side * scale, height: side * scale });
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, side * scale, side * scale);
  pen.fillStyle = "#000";
  modules.forEach((row, y) => row.forEach((dark, x) => dark && pen.fillRect(x * scale, y * scale, scale, scale)));
  canvas.setAttribute("aria-label", `Kode ${at + 1} dari ${texts.length}`);
  label.textContent = `Kode ${at + 1} dari ${texts.length}`;
}

/** @param {HTMLElement} canvas @param {HTMLElement} label @param {string[]} texts */
function turn(canvas, label, texts) {
  Object.assign(turning, { at: 0, stopped: texts.length < 2 });
  const next = async () => {
    if (turning.stopped || !location.hash.startsWith("#kode/") || (canvas.parentNode && !canvas.isConnected)) return;
    if (!document.hidden) {
      turning.at += 1;
      await paint(canvas, label, texts);
    }
    setTimeout(next, TURN);
  };
  setTimeout(next, TURN);
}

/** @param {string} back @returns {Screen} */
function tooOld(back) {
  return { title: "Tanpa sinyal", back, isi: [box("beda", "Peramban ini terlalu lama untuk kode", "Pakai Chrome atau Safari yang baru, atau kirim lewat portal di tempat yang ada sinyal.")] };
}

// ---------------------------------------------------------------- reading

/** What the camera sees, and what was read. @param {() => Take} begin @param {string} hint */
export function scanner(begin, hint) {
  if (!camera.asked) open(begin);
  return [camera.seen, h("p", { class: "maju", id: "terbaca", role: "status" }, hint)];
}

/** Codes of one envelope, in any order, and what follows. @param {(envelope: string) => Promise<unknown>} done @returns {Take} */
export function parts(done) {
  const read = reading();
  return async (text) => {
    const found = await read(text);
    const envelope = found?.envelope;
    return found && { said: `Terbaca ${found.have} dari ${found.of} kode`, ...(envelope ? { done: () => done(envelope) } : {}) };
  };
}

/** @returns {Promise<Screen>} */
export async function scanScreen() {
  if (typeof DecompressionStream === "undefined") return tooOld("#titipan");
  const take = () => tell(async () => {
    const lines = /** @type {HTMLTextAreaElement} */ (document.getElementById("teks")).value.split("\n");
    const one = parts(received);
    for (const line of lines) {
      const found = await one(line.replace(/\r$/, ""));
      if (found?.done) return found.done();
    }
    shown.said = "Teks itu bukan formulir yang lengkap. Salin semuanya, dari awal sampai akhir.";
    await show();
  });
  return {
    title: "Pindai", stays: true, back: kept.me?.body === "kpps" ? "#titipan" : "#beranda",
    isi: [...scanner(() => parts(received), "Arahkan ke kode di telepon anggota lain."),
      h("details", {}, h("summary", {}, "Kamera tidak dapat memindai"), h("label", { for: "teks" }, "Tempel teks yang dibagikan anggota lain"), h("textarea", { id: "teks", rows: "4" }), button("Ambil dari teks", take, "kiri"))],
  };
}

/** Open the camera, and look until all was read or another screen is shown. @param {() => Take} begin */
async function open(begin) {
  camera.asked = true;
  camera.seen.replaceChildren();
  try {
    if (!navigator.mediaDevices) throw new Error("no camera");
    const Detector = /** @type {any} */ (await detector());
    camera.stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 } } });
    const video = /** @type {HTMLVideoElement} */ (h("video", { class: "kamera", playsinline: true, "aria-label": "Gambar kamera" }));
    Object.assign(video, { muted: true, srcObject: camera.stream });
    camera.seen.replaceChildren(video);
    await look(video, new Detector({ formats: ["qr_code"] }), begin());
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    const words = name === "NotAllowedError" ? "Izinkan kamera untuk halaman ini di setelan peramban, lalu coba lagi. Atau minta teksnya dibagikan." : "Peramban ini tidak membuka kamera atau tidak mengenal kode. Minta anggota lain membagikan teksnya, lalu tempel di bawah.";
    close();
    camera.asked = true; // what it said stays until somebody tries again
    camera.seen.replaceChildren(box("beda", "Kamera belum dapat dipakai", words, button("Coba kamera lagi", () => open(begin), "kiri")));
  }
}

/** The browser's own reader of codes, or that of the library. */
async function detector() {
  const own = /** @type {any} */ (window).BarcodeDetector;
  const formats = own ? await own.getSupportedFormats().catch(() => []) : [];
  return formats.includes("qr_code") ? own : (await import("./qr/decode.js")).BarcodeDetector;
}

/** @param {HTMLVideoElement} video @param {{detect: (picture: HTMLCanvasElement) => Promise<{rawValue: string}[]>}} detect @param {Take} take */
async function look(video, detect, take) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  while (camera.stream && location.hash === "#pindai" && !document.hidden) {
    if (video.paused) await video.play().catch(() => {});
    if (pen && video.videoWidth) {
      const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
      Object.assign(canvas, { width: Math.round(video.videoWidth * scale), height: Math.round(video.videoHeight * scale) });
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      const codes = await detect.detect(canvas).catch(() => []);
      for (const { rawValue } of codes) {
        const found = await take(rawValue).catch(() => null);
        const label = document.getElementById("terbaca");
        if (label) label.textContent = found ? found.said : "Kode itu bukan dari aplikasi ini.";
        if (found?.done) {
          close();
          await tell(found.done);
          return;
        }
      }
    }
    await new Promise((done) => setTimeout(done, LOOK));
  }
  close();
}

function close() {
  camera.stream?.getTracks().forEach((track) => track.stop());
  Object.assign(camera, { stream: null, asked: false });
  camera.seen.replaceChildren();
}

/**
 * Keep a form that came from another telephone: with the own one if it is that, else to be read.
 * Every signature is verified by the kit's keys before anything is kept.
 * @param {string} envelope
 */
async function received(envelope) {
  const kit = /** @type {Kit} */ (kept.kit);
  try {
    if (parseStatement(parseEnvelope(utf8(envelope)).payload).kind === "readiness") return await (await import("./bersama/readiness.js")).receive(envelope);
    go(await gather(envelope, slotOf(kit), kit, openForm, (id) => `#baca/${id}`));
  } catch (error) {
    shown.said = `Formulir itu tidak dapat dipercaya (${faultOf(error, "").code}): bukan dari TPS dan surat suara ini, atau kuncinya belum dikenal telepon ini.`;
    go("#titipan");
  }
}

/**
 * Keep what another device signed: its signatures go to what was signed here, else it waits in its slot.
 * @param {string} envelope @param {string} slot @param {Kit} kit @param {typeof openForm} open @param {(id: string) => string} hash
 * @returns {Promise<string>} where it is shown; it throws what does not verify
 */
export async function gather(envelope, slot, kit, open, hash) {
  const { id } = await open(envelope, kit);
  const item = await get(`queue/${id}`);
  if (item) {
    const joined = await together(item.envelope, envelope, kit, open);
    await keep({ ...item, ...joined, state: ["held", "refused"].includes(item.state) ? "waiting" : item.state, next: 0 });
    shown.said = `${joined.signers} orang sudah menandatangani.`;
    return "#antrean";
  }
  await hold(slot, id, envelope, kit, open);
  return hash(id);
}

/**
 * Ask the portal what waits in a slot, and keep it beside what was scanned; null if it did not answer.
 * @param {string} slot @param {Kit} kit @param {typeof openForm} open
 */
export async function collect(slot, kit, open) {
  const found = await waiting(slot);
  for (const { id, envelope } of found ?? []) {
    try {
      await hold(slot, id, envelope, kit, open);
    } catch {
      // Twice no envelope: what is kept says so on the screen, and the next ones are not its victims.
    }
  }
  return found;
}

/**
 * Keep an envelope of statement `id` in its slot, with the signatures that are kept there; another statement gives way.
 * @param {string} slot @param {string} id @param {string} envelope @param {Kit} kit @param {typeof openForm} open
 */
async function hold(slot, id, envelope, kit, open) {
  const at = `held/${slot}/${id}`;
  const before = await get(at);
  if (before !== envelope) await put({ [at]: before ? (await together(before, envelope, kit, open, id)).envelope : envelope });
}

/**
 * The signatures of two envelopes of one statement, those that verify; of that with `id`, if given.
 * @param {string} one @param {string} other @param {Kit} kit @param {typeof openForm} open @param {string} id
 * @returns {Promise<{envelope: string, signers: number}>}
 */
export async function together(one, other, kit, open, id = "") {
  /** @type {Awaited<ReturnType<typeof openForm>>[]} */
  const forms = [];
  for (const text of [one, other]) {
    try {
      const form = await open(text, kit);
      if (!id || form.id === id) forms.push(form);
    } catch {
      // What does not verify adds nothing.
    }
  }
  if (!forms.length || forms.some(({ id }) => id !== forms[0].id)) return { envelope: one, signers: JSON.parse(one).signatures.length };
  const all = new Map(forms.flatMap(({ signatures }) => signatures.map((each) => [each.keyid, each])));
  return { envelope: envelopeOf(forms[0].payload, [...all.values()]), signers: all.size };
}
