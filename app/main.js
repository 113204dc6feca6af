// @ts-check
// The officers' app: one C form of one TPS, from the paper to the receipt. Each screen is drawn from
// what is kept, so that a telephone that dies goes on where it was.

import { home, keyScreen, setUp } from "./before.js";
import { codeScreen, scanScreen } from "./between.js";
import { correction, why } from "./correction.js";
import { explain, figures, list, sheet } from "./figures.js";
import { claim, incident, wordsScreen } from "./incident.js";
import { addressIn } from "./kit.js";
import { another, queueScreen, receiptScreen } from "./outgoing.js";
import { isOnline, signal } from "./portal.js";
import { isSettled, items, work } from "./queue.js";
import { blind, compare, deposits } from "./reading.js";
import { kept, renew, screens, seconds, show } from "./screen.js";
import { below, get } from "./store.js";
import { typedKey } from "./typing.js";

Object.assign(screens, {
  "": (/** @type {string} */ hash) => (!kept.kit || addressIn(hash.split("?")[0]) ? setUp(hash) : home()),
  beranda: home, kunci: keyScreen, isi: figures, daftar: list, jelas: explain, lembar: sheet, titipan: deposits,
  baca: blind, banding: compare, antrean: queueScreen, terima: receiptScreen, lain: another, betulkan: correction, mengapa: why, kode: codeScreen, pindai: scanScreen,
  keberatan: incident("objection"), kejadian: incident("event"), klaim: claim, tulisan: wordsScreen,
  foto: async (/** @type {string} */ step) => (await import("./foto/main.js")).screen(step),
  hilang: async (/** @type {string} */ whose) => (await import("./bersama/lost.js")).lost(whose),
  siap: async (/** @type {string} */ spot, /** @type {string} */ step) => (await import("./bersama/readiness.js")).ready(spot, step),
});

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
  return JSON.stringify([isOnline(), ...(await items()).map(({ state, handed }) => [state, handed])]);
}

begin();
