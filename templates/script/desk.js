// The check as a page: an address after `#`, or files that the reader gives, each answered by a sheet.
// Nothing leaves the device. On a site what is missing is read from it; in the file to keep there is
// nothing but what was given.

import { bundled, exhibit, noted, plain } from "./bundle.js";
import { parseCheckpoint } from "./checkpoint.js";
import { Evidence, faultOf } from "./evidence.js";
import { examine, isAddress, PROVED, UNCHECKED } from "./examination.js";
import { Unchecked } from "./faults.js";
import { MEMORY } from "./memory.js";
import { parseNote } from "./note.js";
import { openCheckpoint } from "./policy.js";
import { encodeEvidence, Pool } from "./pool.js";
import { parseProof } from "./proof.js";
import { reader } from "./reader.js";
import { isPromised, openReceipt } from "./receipt.js";
import { anchorsOf, drawSheet } from "./sheet.js";
import { TEXTS } from "./texts.js";
import { faulted, number, say } from "./words.js";

const CODE = /^#([a-z0-9./-]+\/)(?:@(0|[1-9][0-9]{0,14}))?$/;
const PAUSE = 500; // milliseconds between two words of progress
const COUNTED = ["head", "superseded"];

// Begin on a page: `site` is whether missing files may be read from where the page is, `first` are
// answers that the page asked for already. Returns the desk.
export function openDesk(document, site, first) {
  const desk = new Desk(document, site, first);
  const { input, root, window } = desk;
  input.addEventListener("change", async () => {
    await desk.take(input.files);
    input.value = ""; // the same file can be given again
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    desk.take(event.dataTransfer.files);
  });
  root.hidden = false;
  if (site) {
    window.addEventListener("hashchange", () => desk.follow());
    desk.follow();
  }
  return desk;
}

class Desk {
  constructor(document, site, first) {
    Object.assign(this, { document, site, window: document.defaultView });
    this.root = document.querySelector("#meja");
    this.input = this.root.querySelector("input");
    this.status = document.querySelector("#kemajuan");
    this.shown = document.querySelector("#lembar");
    this.base = new URL("../", import.meta.url);
    this.fetched = site ? reader(this.base, undefined, first) : async () => null;
    this.turn = 0;
    this.spoke = -PAUSE;
    this.draw = null; // gives the articles of the last check
    this.word = null; // [key, values] of the status line
  }

  get texts() {
    return TEXTS[this.document.documentElement.lang];
  }

  // The address that the link of a page, or the code on a sheet of paper, gives. For every other
  // fragment the sheet of the one before goes too.
  async follow() {
    const { hash } = this.window.location;
    const [, address, digits] = CODE.exec(decoded(hash)) ?? [];
    if (address !== undefined && isAddress(address)) return this.open(address, digits === undefined ? null : Number(digits), false);
    this.turn++;
    this.empty(hash.length > 1 ? "no_address" : "");
  }

  open(address, asOf, whole) {
    return this.check(address, (turn) => this.examined(address, asOf, whole, turn));
  }

  // One check: what stands there goes, what `work(turn)` gives draws the articles. However it ends, it
  // says so.
  async check(place, work) {
    const turn = ++this.turn;
    this.empty("busy");
    this.shown.dataset.state = "busy";
    let draw;
    try {
      draw = await work(turn);
    } catch (error) {
      draw = this.drawStopped(error, place);
    }
    if (turn !== this.turn) return;
    this.draw = draw;
    this.redraw();
    this.shown.dataset.state = "done";
    this.shown.querySelector("h2")?.focus({ preventScroll: false }); // a screen reader goes to the first verdict
  }

  // What the last check found, in the language that the page has now.
  redraw() {
    if (this.draw) {
      let articles;
      try {
        articles = this.draw();
      } catch (error) {
        articles = [this.stopped(faultOf(error, ""))]; // what breaks in drawing proves nothing either
      }
      this.shown.replaceChildren(...articles);
      this.word = ["done", { n: articles.length }];
    }
    this.say(...(this.word ?? [""]));
  }

  say(word, values) {
    this.word = word ? [word, values] : null;
    const told = Object.entries(values ?? {}).map(([hole, value]) => [hole, number(this.texts, value)]);
    this.status.textContent = word && say(this.texts, word, Object.fromEntries(told));
  }

  drawStopped(error, place) {
    const fault = faultOf(error, place);
    return () => [this.stopped(fault)];
  }

  stopped(fault) {
    const made = this.element("article", "", "lembar nk");
    made.dataset.head = UNCHECKED;
    const band = this.element("div", "", "vd");
    const title = this.element("h2", say(this.texts, "lembar_unchecked"));
    title.tabIndex = -1;
    band.append(title, this.element("p", faulted(this.texts, fault)));
    made.append(band);
    return made;
  }

  async examined(address, asOf, whole, turn) {
    const gathered = await this.gathered(address, whole, turn);
    const { sheet, saved } = gathered;
    return () => {
      const article = drawSheet(this.document, this.texts, sheet, { site: true });
      article.append(this.acts(sheet, saved, (button) => this.bundle(gathered, turn, button)));
      this.onWhole(article, () => this.open(address, asOf, true));
      if (asOf !== null && sheet.twin) article.append(this.printed(sheet, asOf));
      return [article];
    };
  }

  // The sheet of an address, the files that it was drawn from, and all of them as saved evidence.
  async gathered(address, whole, turn) {
    const files = new Map();
    const read = async (path) => {
      const bytes = await this.fetched(path);
      if (bytes) files.set(path, bytes);
      return bytes;
    };
    let [head, log] = [null, null]; // what was remembered before this check
    const memory = { ...MEMORY, head: (origin) => (head = MEMORY.head(origin)), log: (mode) => (log = MEMORY.log(mode)) };
    const sheet = await examine({ address, read, memory, whole, told: (done, all) => this.told(turn, done, all) });
    return { sheet, files, saved: encodeEvidence({ address, files, head, log }) };
  }

  // The file for a dispute: this sheet, and those of the places below that its page marks.
  async bundle(first, turn, button) {
    button.disabled = true;
    try {
      const sheets = [first];
      const { taken, left } = noted(first.sheet.twin ?? {});
      for (const address of taken.filter(isAddress)) sheets.push(await this.gathered(address, false, turn));
      const check = await this.fetched(`aset/${new URL(import.meta.url).pathname.split("/").pop().replace(/js$/, "html")}`);
      const anchors = first.files.get("policy.txt");
      if (!check || !anchors) throw new Unchecked("no file to keep", "network", "aset/");
      const exhibits = sheets.map(({ sheet, saved }, at) => [exhibit(at + 1, sheet.address), saved]);
      const articles = sheets.map(({ sheet }) => drawSheet(this.document, this.texts, sheet, { site: true }));
      const { document, texts } = this;
      this.download(bundled({ document, texts, articles, exhibits, check, anchors, left }), `berkas-${plain(first.sheet.address)}.zip`);
      this.say("bundle_made", { n: sheets.length });
    } catch (error) {
      this.status.textContent = faulted(this.texts, faultOf(error, first.sheet.address));
    }
    button.disabled = false;
  }

  download(bytes, name) {
    const link = this.element("a");
    link.href = this.window.URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
    link.download = name;
    link.click();
    this.window.setTimeout(() => this.window.URL.revokeObjectURL(link.href), 60000);
  }

  empty(word) {
    this.draw = null;
    this.shown.replaceChildren();
    delete this.shown.dataset.state;
    this.say(word);
  }

  // Each word of it makes a page of many entries slower, and a screen reader read it out.
  told(turn, done, all) {
    if (turn !== this.turn || performance.now() - this.spoke < PAUSE) return;
    this.spoke = performance.now();
    this.say("progress", { n: done, all });
  }

  // Files from the reader: a sheet for evidence and entries, a line for the rest.
  take(files) {
    return this.check("", async (turn) => {
      const pool = new Pool();
      for (const file of files) pool.add(file.name, new Uint8Array(await file.arrayBuffer()));
      const verdicts = await judgeAll(pool, this.fetched, this.site, (done, all) => this.told(turn, done, all));
      const draws = verdicts.map((verdict) => this.drawVerdict(verdict));
      const draw = () => draws.flatMap((one, at) => one(async () => {
        draws[at] = await this.again(verdicts[at]);
        if (this.draw === draw) this.redraw();
      }));
      return draw;
    });
  }

  // The sheet of a file whose TPS are many, with all of them; it alone is checked again.
  async again({ name, whole }) {
    try {
      return this.drawVerdict(await whole());
    } catch (error) {
      return this.drawStopped(error, name);
    }
  }

  drawVerdict(verdict) {
    return (again) => [this.verdict(verdict, again)];
  }

  verdict({ name, kind, sheet, own, site, state, faults, values, log }, again) {
    const line = this.element("p", `${name} · ${say(this.texts, `kind_${kind}`)}`, "meta");
    if (sheet) {
      const article = drawSheet(this.document, this.texts, sheet, { own, site });
      article.append(this.acts(sheet, null));
      article.prepend(line);
      this.onWhole(article, again);
      return article;
    }
    const made = this.element("section", "", `verdict ${state}`);
    made.dataset.head = state;
    const shown = Object.fromEntries(Object.entries(values ?? {}).map(([hole, value]) => [hole, number(this.texts, value)]));
    made.append(this.element("h2", say(this.texts, `${kind}_${state}`, shown)), line);
    for (const fault of faults) made.append(this.element("p", faulted(this.texts, fault), "src"));
    if (log) made.append(this.element("p", anchorsOf(this.texts, { own, site, id: log }), "src"));
    return made;
  }

  // The second tap of a sheet whose TPS are many.
  onWhole(article, again) {
    const button = article.querySelector("[data-act=whole]");
    button?.addEventListener("click", () => {
      button.disabled = true;
      again();
    });
  }

  // Save, print, and the way back to the page.
  acts({ address, page }, evidence, bundle) {
    const made = this.element("section", "", "acts");
    if (evidence) {
      const save = this.element("a", say(this.texts, "save"), "btn main");
      this.window.URL.revokeObjectURL(this.saved);
      save.href = this.saved = this.window.URL.createObjectURL(new Blob([evidence], { type: "application/json" }));
      save.download = `bukti-${plain(address)}.json`;
      made.append(save);
    }
    const press = (key, act) => {
      const button = this.element("button", say(this.texts, key), "btn");
      button.type = "button";
      button.addEventListener("click", () => act(button));
      made.append(button);
    };
    press("print", () => this.window.print());
    if (evidence && (page === "tps" || page === "region")) press("bundle", bundle);
    if (evidence && page) {
      const back = this.element("a", say(this.texts, "back"), "btn");
      back.href = new URL(`${this.texts.folder}${address}index.html`, this.base);
      made.append(back);
    }
    return made;
  }

  // What a sheet of paper asks: whether the page has changed, and where the form of then is proved.
  printed({ twin, address }, asOf) {
    const made = this.element("section", "", "cetakan");
    const values = { n: number(this.texts, asOf), now: number(this.texts, twin.as_of) };
    const kind = twin.as_of === asOf ? "same" : twin.as_of < asOf ? "ahead" : "changed";
    made.dataset.printed = kind;
    made.append(this.element("h3", say(this.texts, "printed")), this.element("p", say(this.texts, `printed_${kind}`, values)));
    if (kind !== "changed") return made;
    const then = countedAt(twin, asOf);
    if (then) {
      const link = this.element("a", say(this.texts, "printed_then", { n: number(this.texts, then.index) }));
      link.href = `#bukti/${then.index}/`;
      made.append(link);
    } else {
      made.append(this.element("p", say(this.texts, "printed_again")), this.element("pre", `rekap page ${this.base} ${address}@${asOf}`));
    }
    return made;
  }

  element(tag, text = "", name = "") {
    const made = this.document.createElement(tag);
    if (text) made.textContent = text;
    if (name) made.className = name;
    return made;
  }
}

// Some readers of square codes write "@" as "%40".
function decoded(hash) {
  try {
    return decodeURIComponent(hash);
  } catch {
    return "";
  }
}

// The form of a TPS that counted when the log had `size` entries, as the site says; null where rivals,
// answers or sums make that more than a look at the list.
function countedAt({ statements }, size) {
  const known = Array.isArray(statements) ? statements : [];
  if (!known.length || known.some((one) => !COUNTED.includes(one?.status) || !Number.isInteger(one.index))) return null;
  const before = known.filter(({ effect }) => Number.isInteger(effect) && effect < size);
  return before.sort((left, right) => right.effect - left.effect)[0] ?? null;
}

// A verdict for every file that makes a claim: {name, kind, own, sheet} or {name, kind, state, faults}.
export async function judgeAll(pool, fetched, site, told) {
  pool.settle();
  const own = pool.of("policy").length > 0; // the reader's anchors go before those of a site or of evidence
  const verdicts = [];
  for (const item of pool.items) {
    const near = item.files ? pool.seenBy(item) : pool.loose();
    const read = async (path) => near.read(path) ?? fetched(path);
    const address = item.kind === "evidence" ? item.address : item.kind === "entry" && item.index !== undefined ? `bukti/${item.index}/` : null;
    const base = { name: item.name, kind: item.kind, own, site: site && !item.files?.has("policy.txt") };
    if (item.fault) verdicts.push(strange(base, item.fault));
    else if (address !== null && isAddress(address)) {
      const memory = item.kind === "evidence" ? savedMemory(item) : null;
      const asked = (whole) => examine({ address, read, memory, chain: (index) => near.chain(index), whole, told });
      const again = async () => ({ ...base, sheet: await asked(true) });
      verdicts.push({ ...base, sheet: await asked(false), whole: again });
    } else if (item.kind === "entry" || item.kind === "evidence") verdicts.push(open(base, "number"));
    else if (SINGLE[item.kind]) verdicts.push(await single(base, item, { pool: near, read }));
    else if (item.kind === "unknown") verdicts.push(open(base, "kind"));
  }
  return verdicts;
}

// What the device that saved the evidence remembered, as told in it.
function savedMemory({ head, log }) {
  return { saved: true, head: () => head, log: () => log, remember() {}, rememberLog() {} };
}

function strange(base, error) {
  return { ...base, kind: "file", state: "differs", faults: [faultOf(error, base.name)] };
}

function open(base, code) {
  return { ...base, kind: "file", state: UNCHECKED, faults: [{ code, place: base.name, message: "", refutes: false }] };
}

const SINGLE = {
  // A proof is judged with its entry.
  proof: async (item, { evidence }) => {
    requireOwn(parseProof(item.bytes).checkpoint, evidence);
    return { n: item.index, size: (await evidence.recorded(item.index)).size };
  },
  checkpoint: async (item, { evidence }) => {
    requireOwn(item.bytes, evidence);
    return { size: (await openCheckpoint(item.bytes, evidence.policy)).size };
  },
  receipt: async (item, { evidence, pool }) => {
    const promise = await openReceipt(item.bytes, evidence.log);
    const entry = pool.of("entry").find(({ bytes }) => isPromised(promise, bytes));
    if (entry?.index === undefined) return { open: "promised" };
    return { n: entry.index, size: (await evidence.recorded(entry.index)).size };
  },
};

// A checkpoint of another log says nothing of this one, and need not be false.
function requireOwn(note, { log }) {
  if (parseCheckpoint(parseNote(note).text).origin !== log.log) throw new Unchecked("a checkpoint of another log", "other-log");
}

async function single(base, item, { pool, read }) {
  const evidence = new Evidence(read);
  try {
    await evidence.open();
    const values = await SINGLE[item.kind](item, { evidence, pool });
    const faults = values.open ? [{ code: values.open, place: item.name, message: "", refutes: false }] : [];
    return { ...base, state: PROVED, values: values.open ? {} : values, faults, log: evidence.anchors.logId };
  } catch (error) {
    const fault = faultOf(error, item.name);
    return { ...base, state: fault.refutes ? "differs" : UNCHECKED, faults: [fault] };
  }
}
