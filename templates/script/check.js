// The check on a page of the site: started by the reader's tap, on files of this site alone.

import { examineBelow, formsOf } from "./below.js";
import { fromUtf8 } from "./bytes.js";
import { examine } from "./examination.js";
import { encodePublic } from "./json.js";
import { MEMORY } from "./memory.js";
import { FORMAT } from "./pool.js";
import { reader } from "./reader.js";
import { TEXTS } from "./texts.js";
import { claimed, faulted, number, say } from "./words.js";

const SHAPES = { proved: "ok", refuted: "df", unchecked: "dt" };

// Examine the page that is open and say so in its own claims.
export async function run(document, button) {
  const texts = TEXTS[document.documentElement.lang];
  const base = new URL("../", import.meta.url);
  const section = document.querySelector("#bukti");
  const status = section.querySelector("[role='status']");
  button.textContent = say(texts, "busy");
  const address = addressOf(new URL(document.baseURI), base);
  const fetched = reader(base);
  const files = new Map();
  const read = async (path) => {
    const bytes = await fetched(path);
    const hint = /^bukti\/[0-9]+\/index\.json$/.test(path) && path !== `${address}index.json`;
    if (bytes && !hint && !path.startsWith("log/")) files.set(path, bytes);
    return bytes;
  };
  const result = await examine({ document, address, read, memory: MEMORY });
  for (const item of section.querySelectorAll("[data-claim]")) show(texts, item, result);
  const states = Object.values(result.claims).map((claim) => claim.state);
  const verdict = ["refuted", "unchecked"].find((state) => states.includes(state)) ?? "proved";
  section.dataset.state = verdict;
  status.textContent = say(texts, `page_${verdict}`, { n: number(texts, result.compared) });
  const told = tell(texts, section, result);
  const html = await fetched(new URL(document.baseURI).pathname.slice(base.pathname.length)).catch(() => null);
  if (html) files.set(`${address}index.html`, html);
  told.append(saved(document, say(texts, "save"), address, files));
  button.textContent = say(texts, "again");
  return result;
}

function addressOf({ pathname }, base) {
  const path = decodeURIComponent(pathname.slice(base.pathname.length));
  return path.replace(/index\.html$/, "").replace(/^en\//, "");
}

function show(texts, item, result) {
  const name = item.dataset.claim;
  if (!result.claims[name]) return;
  const { state, text } = claimed(texts, name, result);
  item.dataset.state = state;
  item.querySelector("span").textContent = text;
  const icon = item.querySelector("svg");
  icon.setAttribute("class", state === "proved" ? "i ok" : state === "refuted" ? "i df" : "i");
  icon.firstElementChild.setAttribute("href", `#${SHAPES[state]}`);
}

// Every fault with its place, and what this check does not cover.
function tell(texts, section, result) {
  section.querySelector(".faults")?.remove();
  const made = section.ownerDocument.createElement("div");
  made.className = "faults src";
  const add = (tag, text, parent = made) => {
    const element = section.ownerDocument.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  };
  const faults = Object.values(result.claims).flatMap((claim) => claim.faults);
  for (const line of new Set(faults.map((fault) => faulted(texts, fault)))) add("p", line);
  const forms = formsOf(result.twin);
  if (result.evidence.log && forms.length) {
    const link = add("a", say(texts, "below", { n: number(texts, forms.length) }), add("p", ""));
    link.href = "#bukti";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      link.parentElement.dataset.below = "busy";
      link.replaceWith(say(texts, "busy"));
      tellBelow(texts, section, made, result);
    });
  }
  add("p", say(texts, result.added ? "limits_added" : "limits"));
  section.querySelector(".bukti").after(made);
  return made;
}

// The forms below, asked for by a second tap: up to hundreds of entries are read.
async function tellBelow(texts, section, made, { twin, evidence }) {
  const claim = await examineBelow(twin, evidence, texts);
  const line = made.querySelector("[data-below]");
  line.dataset.below = claim.state;
  line.textContent = say(texts, `below_${claim.state}`, { n: number(texts, formsOf(twin).length) });
  for (const text of new Set(claim.faults.map((fault) => faulted(texts, fault)))) {
    line.after(Object.assign(section.ownerDocument.createElement("p"), { textContent: text }));
  }
  if (claim.state === "refuted") section.dataset.state = "refuted";
}

// A link to one file with all that was read, for the verifier that works without this site.
function saved(document, text, address, files) {
  const link = document.createElement("a");
  link.href = "#bukti";
  const made = () => {
    const entries = [...files].map(([path, bytes]) => [path, fromUtf8(bytes)]);
    const whole = { address, files: Object.fromEntries(entries), format: FORMAT };
    link.href = URL.createObjectURL(new Blob([encodePublic(whole)], { type: "application/json" }));
  };
  link.addEventListener("click", made, { once: true });
  link.download = `bukti-${address.replaceAll("/", "-").replace(/-$/, "")}.json`;
  link.textContent = text;
  return link;
}
