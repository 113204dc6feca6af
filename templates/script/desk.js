// The desk: the reader gives files, each gets a verdict. Nothing leaves the device; on a site, files
// that are missing are read from it, in the file to keep there is nothing but what was given.

import { Claim, Evidence, grown, recorded, signed, PROVED, REFUTED, UNCHECKED } from "./claims.js";
import { fromUtf8 } from "./bytes.js";
import { parseEnvelope } from "./envelope.js";
import { examine } from "./examination.js";
import { factsOf } from "./facts.js";
import { decodePublic } from "./json.js";
import { NO_MEMORY } from "./memory.js";
import { stated } from "./page.js";
import { openCheckpoint } from "./policy.js";
import { Pool } from "./pool.js";
import { reader } from "./reader.js";
import { isPromised, openReceipt } from "./receipt.js";
import { sheetOf } from "./sheet.js";
import { withoutStyle } from "./shape.js";
import { TEXTS } from "./texts.js";
import { requireTwin } from "./twin.js";
import { claimed, faulted, say } from "./words.js";

const ORDER = ["file", "receipt", "signed", "recorded", "head", "cells", "grown"];
const SHAPES = { proved: "ok", refuted: "df", unchecked: "dt" };

// Begin on a page: `site` is whether missing files may be read from where the page is.
export function openDesk(document, site) {
  const desk = document.querySelector("#meja");
  const input = desk.querySelector("input");
  const list = desk.querySelector("[role='status']");
  const parse = parser(document.defaultView);
  const fetched = site ? reader(new URL("../", import.meta.url)) : async () => null;
  const take = async (files) => {
    const texts = TEXTS[document.documentElement.lang];
    list.replaceChildren(element(document, "p", say(texts, "busy")));
    const pool = new Pool();
    for (const file of files) pool.add(file.name, new Uint8Array(await file.arrayBuffer()));
    const verdicts = await judgeAll(pool, fetched, site, parse);
    list.replaceChildren(...verdicts.map((verdict) => shown(document, texts, verdict)));
    desk.dataset.state = worst(verdicts.map((verdict) => verdict.state));
  };
  input.addEventListener("change", async () => {
    await take(input.files);
    input.value = ""; // the same file can be given again
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  desk.hidden = false;
  if (site) tellSheet(document, list, fetched);
}

// What a sheet of paper asks by its code: before any file is given.
async function tellSheet(document, list, read) {
  const { hash } = document.defaultView.location;
  try {
    const told = await sheetOf(document, hash, read);
    if (told) list.replaceChildren(told);
  } catch (error) {
    const texts = TEXTS[document.documentElement.lang];
    const fault = { code: error.code ?? "program", place: hash.slice(1), message: "" };
    list.replaceChildren(element(document, "p", faulted(texts, fault)));
  }
}

// A verdict for every file that makes a claim: {name, kind, state, claims, result, faults}.
export async function judgeAll(pool, fetched, site, parse) {
  pool.settle();
  const verdicts = [];
  const own = pool.of("policy").length > 0; // the reader's anchors go before those of a site or of evidence
  for (const item of pool.items) {
    const judge = { page, evidence, entry, proof, receipt, checkpoint }[item.kind];
    const near = item.files ? pool.seenBy(item) : pool;
    const read = async (path) => near.read(path) ?? fetched(path);
    if (judge) verdicts.push({ ...(await judged(judge, item, { pool: near, read, site, parse })), own });
    else if (item.kind === "unknown" || item.fault) verdicts.push(strange(item));
  }
  return verdicts;
}

// One file that no reader foresaw must not hide the verdicts of the others.
async function judged(judge, item, tools) {
  try {
    return await judge(item, tools);
  } catch (error) {
    const file = new Claim();
    await file.step(item.name, () => Promise.reject(error));
    return verdictOf(item.name, item.kind, { file }, {});
  }
}

function strange({ name, kind, fault }) {
  const claim = new Claim();
  if (fault) claim.refute(fault.code ?? "malformed", name, fault.message);
  else claim.leave("kind", name);
  return verdictOf(name, kind, { file: claim }, {});
}

function verdictOf(name, kind, claims, result) {
  if (!result.site) delete claims.grown; // the tree's tiles are on the site alone
  const state = worst(Object.values(claims).map((claim) => claim.state));
  return { name, kind, state, claims, result: { ...result, claims } };
}

function worst(states) {
  return [REFUTED, UNCHECKED].find((state) => states.includes(state)) ?? PROVED;
}

async function page(item, { pool, read, site, parse }) {
  const document = parse(item.bytes);
  const { twin, address } = stated(document);
  const at = pool.addressOf(twin) ?? address;
  if (!twin) return strange(item);
  const result = await examine({ document, address: at, read, memory: NO_MEMORY, chain: (index) => pool.chain(index) });
  return verdictOf(item.name, "page", result.claims, { ...result, site });
}

async function evidence(item, { pool, read, site, parse }) {
  if (item.fault) return strange(item);
  const html = await read(`${item.address}index.html`);
  const document = html && parse(html);
  const result = await examine({
    document, address: item.address, read, memory: NO_MEMORY, chain: (index) => pool.chain(index),
  });
  return verdictOf(item.name, "evidence", result.claims, { ...result, site });
}

// Claims about one entry: who signed it, and that it is recorded.
async function entry(item, { pool, read, site }) {
  const claims = { signed: new Claim(), recorded: new Claim() };
  const result = { index: item.index, site };
  const known = await opened(claims, read, result);
  const sound = await claims.recorded.step(item.name, async () => parseEnvelope(item.bytes));
  if (!known || !sound) return verdictOf(item.name, "entry", claims, result);
  if (item.index === undefined) {
    for (const claim of Object.values(claims)) claim.leave("number", item.name);
    return verdictOf(item.name, "entry", claims, result);
  }
  result.checkpoint = await recorded(claims.recorded, known, item.index);
  const chain = await chainOf(item.index, pool, read);
  result.statement = await signed(claims.signed, known, item.index, chain);
  if (site && result.checkpoint) {
    claims.grown = new Claim();
    const seen = [{ ...result.checkpoint, place: item.name }];
    result.head = await grown(claims.grown, known, seen, NO_MEMORY);
  }
  return verdictOf(item.name, "entry", claims, result);
}

async function opened(claims, read, result) {
  const known = new Evidence(read);
  const first = Object.values(claims)[0];
  const done = await first.step("policy.txt", async () => (await known.open(), true));
  for (const claim of Object.values(claims).slice(1)) claim.faults.push(...first.faults);
  result.anchor = known.anchors?.logId;
  result.mode = known.log?.mode;
  return done && known;
}

// The page of the statement names the entries; without it, those that were given.
async function chainOf(index, pool, read) {
  try {
    const twin = decodePublic(await read(`bukti/${index}/index.json`));
    requireTwin(twin);
    return twin.evidence;
  } catch {
    return pool.chain(index);
  }
}

// A proof is judged with its entry; where none was given, the site's is asked.
async function proof(item, tools) {
  if (item.fault) return strange(item);
  const bytes = await tools.read(`bukti/${item.index}.json`);
  const claims = { recorded: new Claim() };
  const result = { index: item.index, site: tools.site };
  if (!bytes) claims.recorded.leave("missing", `bukti/${item.index}.json`);
  const known = bytes && (await opened(claims, tools.read, result));
  if (known) result.checkpoint = await recorded(claims.recorded, known, item.index);
  return verdictOf(item.name, "proof", claims, result);
}

async function receipt(item, { pool, read, site }) {
  const claims = { receipt: new Claim(), recorded: new Claim() };
  const result = { site };
  const known = await opened(claims, read, result);
  const promise = known && (await claims.receipt.step(item.name, () => openReceipt(item.bytes, known.log)));
  if (promise) {
    claims.receipt.reached = true;
    const own = pool.of("entry").find(({ bytes }) => isPromised(promise, bytes));
    result.index = own?.index;
    if (own?.index === undefined) claims.recorded.leave("promised", item.name);
    else result.checkpoint = await recorded(claims.recorded, known, own.index);
  }
  return verdictOf(item.name, "receipt", claims, result);
}

async function checkpoint(item, { read, site }) {
  const claims = { head: new Claim() };
  const result = { site };
  const known = await opened(claims, read, result);
  const head = known && (await claims.head.step(item.name, () => openCheckpoint(item.bytes, known.policy)));
  if (head) {
    claims.head.reached = true;
    result.checkpoint = head;
    if (site) {
      claims.grown = new Claim();
      const fresh = new Evidence(reader(new URL("../", import.meta.url)));
      await claims.grown.step("policy.txt", () => fresh.open());
      if (fresh.log) result.head = await grown(claims.grown, fresh, [{ ...head, place: item.name }], NO_MEMORY);
    }
  }
  return verdictOf(item.name, "checkpoint", claims, result);
}

// A reader of pages into documents that run nothing and load nothing.
function parser({ trustedTypes }) {
  const policy = trustedTypes?.createPolicy("rekap-berkas", { createHTML: (html) => html });
  return (bytes) => {
    const html = withoutStyle(fromUtf8(bytes));
    return new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
  };
}

function shown(document, texts, { name, kind, state, own, claims, result }) {
  const made = element(document, "section", "", `verdict ${state}`);
  made.dataset.state = state;
  made.append(element(document, "h3", say(texts, `verdict_${state}`)));
  if (state === "proved" && !own) made.append(element(document, "p", say(texts, "anchor_given"), "state"));
  made.append(element(document, "p", `${name} · ${say(texts, `kind_${kind}`)}`, "meta"));
  const list = element(document, "ul", "", "bukti");
  for (const claim of ORDER.filter((one) => claims[one])) {
    const { state: told, text } = claimed(texts, claim, result);
    const line = element(document, "li");
    line.append(icon(document, told), element(document, "span", text));
    list.append(line);
  }
  made.append(list);
  const facts = factsOf(document, texts, { claims, ...result });
  if (facts) made.append(facts);
  if (result.anchor) made.append(element(document, "p", say(texts, "anchor", { id: blocks(result.anchor) }), "src"));
  const lines = Object.values(claims).flatMap((claim) => claim.faults);
  for (const line of new Set(lines.map((fault) => faulted(texts, fault)))) {
    made.append(element(document, "p", line, "src"));
  }
  return made;
}

function icon(document, state) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${SHAPES[state]}`);
  made.setAttribute("class", { proved: "i ok", refuted: "i df" }[state] ?? "i");
  made.setAttribute("aria-hidden", "true");
  made.append(use);
  return made;
}

function blocks(digits) {
  return digits.replaceAll(/.{4}(?=.)/g, "$& ");
}

function element(document, tag, text = "", name = "") {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (name) made.className = name;
  return made;
}
