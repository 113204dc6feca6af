// The sheet: what this device has proved of an address, drawn as text and nothing else. No markup comes
// from a file; a figure of the site stands only beside the signed one that it contradicts.

import { base64, fromUtf8 } from "./bytes.js";
import { contentsOf } from "./contents.js";
import { DIFFERS, PROVED } from "./examination.js";
import { FIELDS } from "./texts.js";
import { bodied, called, capital, faulted, hourOf, moment, named, number, placed, row, say } from "./words.js";

const LOOKS = { proved: ["ya", "ok"], differs: ["no", "xx"], unchecked: ["nk", "qq"] };
const PARTS = [
  [/^(?:registered|voted(?:_listed|_moved|_unlisted)?)(?:_[mf])?$/, false],
  [/^ballots_/, false],
  [/^voted_disabled/, false],
  [/^pair_/, true],
  [/^(?:valid|invalid|total)$/, true],
];
const NUMERALS = ["I", "II", "III", "IV", "V"];
const PERSON = /"person":"[^"]*"/g;
const SVG = "http://www.w3.org/2000/svg";

// The article of a sheet. `own`: the reader's own anchors counted; `site`: it stands on a site.
export function drawSheet(document, texts, sheet, { own = false, site = false } = {}) {
  const draw = new Drawing(document, texts, sheet);
  const [look] = LOOKS[sheet.head];
  const article = draw.element("article", "", `lembar ${look}`);
  article.dataset.head = sheet.head;
  article.append(draw.band());
  const place = draw.where();
  if (place) article.append(place);
  for (const section of draw.sections({ own, site })) article.append(section);
  return article;
}

class Drawing {
  constructor(document, texts, sheet) {
    Object.assign(this, { document, texts, sheet });
    this.fields = sheet.main?.statement.fields ?? null;
  }

  say(key, values) {
    return say(this.texts, `lembar_${key}`, values);
  }

  n(value) {
    return number(this.texts, value);
  }

  // A word of a table alone: what a site or a void entry writes in its place stays out of the sheet.
  word(table, code) {
    return Object.hasOwn(this.texts.page[table], code) ? named(this.texts, table, code) : this.say("no_word");
  }

  element(tag, text = "", name = "") {
    const made = this.document.createElement(tag);
    if (text) made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  icon(shape, name = "") {
    const made = this.document.createElementNS(SVG, "svg");
    const use = this.document.createElementNS(SVG, "use");
    use.setAttribute("href", `#${shape}`);
    made.setAttribute("class", `i ${name}`.trim());
    made.setAttribute("aria-hidden", "true");
    made.append(use);
    return made;
  }

  section(title, name = "") {
    const made = this.element("section", "", name);
    if (title) made.append(this.element("h3", title));
    return made;
  }

  list(lines) {
    const made = this.element("ul");
    for (const [shape, name, text] of lines) {
      const item = this.element("li");
      item.append(this.icon(shape, name), this.element("span", text));
      made.append(item);
    }
    return made;
  }

  // ---- the verdict

  band() {
    const { head, log, main, below, above, decisions } = this.sheet;
    const made = this.element("div", "", "vd");
    const [title, ...lines] = this.verdict();
    made.append(this.icon(LOOKS[head][1]), this.element("h2", title));
    made.firstElementChild.nextElementSibling.tabIndex = -1;
    const signs = main || above || below?.proved.length || decisions.length; // of nothing nobody says by which keys it was signed
    if (log?.mode === "rehearsal" || (log?.mode === "replay" && signs)) lines.push(this.say(`band_${log.mode}`));
    for (const line of lines) made.append(this.element("p", line));
    return made;
  }

  verdict() {
    const { head, page, main, below, differences, fault, faults } = this.sheet;
    if (head === DIFFERS) {
      if (!differences.some) return [this.say("differs"), this.say("broken")];
      const beside = differences.figures.size || differences.sums.size ? ` ${this.say("differs_column")}` : "";
      return [this.say("differs"), this.say("differs_text", { n: this.n(differences.count) }) + beside];
    }
    if (below) return this.verdictBelow();
    if (head === PROVED) {
      const form = this.fields.kind === "form";
      const key = !form ? "proved_statement" : isCounted(this.sheet) ? "proved" : "proved_signed";
      return [this.say(key), this.say(!form && this.sheet.twin.status === "effective" ? "proved_in_force" : `${key}_text`)];
    }
    const reason = fault ?? faults[0];
    const about = page === "statement" ? this.say("entry", { n: this.n(this.sheet.twin.index) }) : this.called();
    const why = main || (!reason && page) ? this.say("no_form") : this.say(reason?.code === "void" ? "void" : reason?.code === "threshold" ? "waiting" : "not_shown");
    return [this.say("unchecked"), `${page ? about : capital(about)}: ${why}`];
  }

  verdictBelow() {
    const { below, head, place } = this.sheet;
    const values = { entry: this.n(place?.roster ?? 0), n: this.n(below.proved.length), all: this.n(below.stations?.length ?? 0), more: this.n(below.missing.length), asked: this.n(below.asked) };
    if (below.asked) return [this.say("below_asked", values), this.say("below_asked_text")];
    if (!below.stations) return [this.say("below_unlisted", values), this.say("below_unlisted_text")];
    return [this.say("below", values), head === PROVED ? this.say("below_whole", values) : this.say("below_text", values)];
  }

  // ---- the place

  // Of an address at which there is no page its words are no name: whoever makes a link chooses them.
  called() {
    const { place, address, page } = this.sheet;
    const codes = place?.codes ?? [];
    if (!codes.length) return page ? address : this.say("here");
    if (place.tps === null) return placed(this.texts, codes[0]);
    return `TPS ${place.tps} ${codes[0].name ?? codes[0].code}`;
  }

  where() {
    const { place, page } = this.sheet;
    if (!place) return null;
    const made = this.element("div");
    if (place.election?.name) made.append(this.element("p", called(this.texts, place.election.name), "meta"));
    if (place.contest) made.append(this.element("p", this.contest(place), "meta"));
    const title = page === "statement" ? this.say("entry", { n: this.n(this.sheet.twin.index) }) : this.called();
    made.append(this.element("h2", title, "wh"));
    const codes = page === "statement" ? place.codes.slice(0, 1) : place.codes.slice(1);
    const above = codes.map((one) => placed(this.texts, one));
    if (page === "statement" && place.tps !== null) above.unshift(`TPS ${place.tps}`);
    if (above.length) made.append(this.element("p", above.join(", "), "meta"));
    if (this.fields) made.append(this.formLine(this.sheet.main));
    return made;
  }

  // "Pemilihan gubernur, Provinsi Jawa Barat", as the election's own statement says.
  contest({ contest: { office, region }, codes }) {
    const known = codes.find(({ code }) => code === region) ?? { code: region, name: null };
    return `${named(this.texts, "office_short", office)}, ${placed(this.texts, known)}`;
  }

  // What the paper is called, and SIMULASI where it is none.
  formLine({ statement: { fields } }) {
    const made = this.element("p", "", "fn");
    if (this.sheet.log.mode === "rehearsal") made.append(this.element("b", this.say("simulated"), "df"), " ");
    const name = fields.kind === "form" ? named(this.texts, "form", fields.form) : named(this.texts, "kind", fields.kind);
    const parts = [name];
    if (fields.revision !== undefined) parts.push(this.say("revision", { n: this.n(fields.revision) }));
    if (fields.count && fields.count !== "first") parts.push(this.word("count", fields.count));
    made.append(parts.join(", "));
    return made;
  }

  // ---- everything below

  sections(where) {
    const { sheet } = this;
    const made = [];
    if (sheet.main) made.push(...(this.fields.kind === "form" ? this.parts(sheet.main) : [this.contents()]));
    if (sheet.below) made.push(...this.added());
    made.push(...this.decided(), this.checked(where));
    if (sheet.above) made.push(...this.nearest());
    if (sheet.head === DIFFERS) made.push(this.steps());
    if (sheet.notes.length) made.push(this.noted());
    made.push(this.unproved());
    return made.filter((one) => one);
  }

  // The figures in the paper's order; where the site shows others, both.
  parts({ statement: { fields }, contest }) {
    const { figures: shown } = this.sheet.differences;
    return PARTS.map(([pattern, big], at) => {
      const here = FIELDS.filter((field) => pattern.test(field) && (field in fields.figures || shown.has(field)));
      if (!here.length) return null;
      const made = this.section("");
      made.append(this.titled(NUMERALS[at], this.say(`part_${at + 1}`)), this.table(here, fields.figures, shown, contest, big));
      return made;
    });
  }

  titled(numeral, text) {
    const made = this.element("h3");
    made.append(this.element("i", numeral), text);
    return made;
  }

  table(fields, figures, shown, contest, big) {
    const beside = fields.some((field) => shown.has(field));
    const made = this.element("table", "", `fg${big ? " big" : ""}${beside ? " cmp" : ""}`);
    if (beside) {
      const line = this.element("tr");
      for (const key of ["row", "signed", "shown"]) {
        const cell = this.element("th", this.say(`column_${key}`));
        cell.scope = "col";
        line.append(cell);
      }
      const heads = this.element("thead");
      heads.append(line);
      made.append(heads);
    }
    const body = this.element("tbody");
    for (const field of fields) body.append(this.line(field, figures[field], shown, contest, beside));
    made.append(body);
    return made;
  }

  line(field, value, shown, contest, beside) {
    const made = this.element("tr", "", ["total", "voted"].includes(field) ? "sum" : "");
    made.dataset.field = field;
    const head = this.element("th");
    head.scope = "row";
    const pair = contest?.pairs.find((one) => `pair_${one.number}` === field);
    if (pair) {
      head.append(this.badge(pair), this.element("span", this.names(pair)));
    } else head.append(capital(row(this.texts, field)));
    const differs = shown.has(field);
    made.append(head, this.cell(value, differs));
    if (beside) made.append(this.cell(differs ? shown.get(field) : value, differs));
    return made;
  }

  cell(value, differs) {
    const known = value !== undefined && value !== null;
    const text = !known ? this.say("none") : Number.isInteger(value) ? this.n(value) : this.say("not_number");
    const made = this.element("td", differs ? "" : text, differs ? "x" : "");
    if (differs) made.append(this.element("b", text));
    return made;
  }

  badge({ number: digits, empty_column: empty }) {
    const made = this.element("span", "", `b b${empty ? 0 : ((digits - 1) % 6) + 1}${digits > 6 ? " bb" : ""}`);
    made.append(this.element("span", `${this.texts.page.base.number} `, "vh"), String(digits));
    return made;
  }

  names({ names, empty_column: empty }) {
    const words = this.texts.page.region;
    if (empty) return words.empty_column;
    return (names ?? []).length > 1 ? say(words, "two", { first: names[0], second: names[1] }) : String(names?.[0] ?? "");
  }

  // What another statement than a form says, in words; its bytes behind a disclosure, officers without
  // their names.
  contents() {
    const { main } = this.sheet;
    const made = this.said(this.say("contents"), main.statement, main.key);
    const raw = this.element("details");
    raw.append(this.element("summary", this.say("raw")), this.element("pre", fromUtf8(main.statement.payload).replaceAll(PERSON, '"person":"\u2026"')));
    if (this.fields.persons) raw.append(this.element("p", this.say("raw_persons"), "src"));
    made.append(raw);
    return made;
  }

  said(title, statement, key) {
    const { sentence, rows, list } = contentsOf(this.texts, statement, { names: this.sheet.place?.names, key });
    const made = this.section(title, "isi");
    made.append(this.element("p", sentence));
    const table = this.element("dl");
    for (const [label, text] of rows) table.append(this.element("dt", label), this.element("dd", text));
    if (rows.length) made.append(table);
    if (list) made.append(this.listed(list));
    return made;
  }

  // Whether the place is all of a contest, its own region.
  isContest() {
    const { place } = this.sheet;
    return !place?.tps && place?.region === place?.contest?.region;
  }

  // What was determined and ruled about all of a contest, on the sheet of its own region.
  decided() {
    if (!this.isContest()) return [];
    return this.sheet.decisions.map(({ statement, status }) => {
      const { effect, fields } = statement;
      const parts = [named(this.texts, "kind", fields.kind), this.say("entry", { n: this.n(effect) })];
      return this.said([...parts, ...(status ? [this.word("status", status)] : [])].join(", "), statement);
    });
  }

  listed({ title, head, rows }) {
    const made = this.element("table", "", "fg nm");
    const [heads, body] = [this.element("thead"), this.element("tbody")];
    const line = (texts, tag, scope) => {
      const row = this.element("tr");
      texts.forEach((text, at) => {
        const cell = this.element(at ? tag : "th", text);
        if (!at || tag === "th") cell.scope = scope;
        row.append(cell);
      });
      return row;
    };
    heads.append(line(head, "th", "col"));
    for (const texts of rows) body.append(line(texts, "td", "row"));
    made.append(this.element("caption", title), heads, body);
    return made;
  }

  // ---- a kelurahan added up

  added() {
    const { below, differences, place } = this.sheet;
    const contest = place?.contest;
    const made = [];
    const count = below.proved.length;
    if (count || differences.sums.size) {
      const sum = this.section(this.say("sum", { n: this.n(count) }), "jumlah");
      const votes = (one) => one in below.sum && PARTS.slice(-2).some(([pattern]) => pattern.test(one));
      const fields = FIELDS.filter((one) => votes(one) || differences.sums.has(one));
      sum.append(this.table(fields, below.sum, differences.sums, contest, true));
      if (fields.some((field) => below.lacking.has(field))) sum.append(this.element("p", this.say("sum_partial"), "src"));
      made.push(sum);
    }
    const told = [["missing", below.missing], ["outside", below.outside], ["wrong", below.wrong], ["changed", [...differences.children]]];
    const lists = this.section("", "daftar");
    for (const [key, codes] of told) if (codes.length) lists.append(this.element("p", `${this.say(`below_${key}`)} ${codes.join(", ")}.`, "src"));
    if (below.asked) {
      const button = this.element("button", this.say("add_up", { n: this.n(below.asked) }), "btn main");
      button.type = "button";
      button.dataset.act = "whole";
      lists.append(button);
    }
    if (lists.childElementCount) made.push(lists);
    return made;
  }

  // ---- what was checked

  checked({ own, site }) {
    const { main, below, recorded, decisions, place, memory, log, fault, faults, differences } = this.sheet;
    const lines = [];
    if (main) lines.push(...this.signed(main), ...this.witnesses());
    if (recorded?.checkpoint) lines.push(["ok", "ok", this.recordedLine(recorded)]);
    if (recorded?.checkpoint && log) lines.push(["ok", "ok", this.cosigned(recorded.checkpoint)]);
    if (main && Number.isFinite(main.statement.hour)) lines.push(["ok", "ok", this.say("came", { time: moment(this.texts, hourOf(main.statement.hour, main.election?.timezone)) })]);
    if (main && log.mode !== "replay") lines.push(["dt", "", this.say("at", { time: moment(this.texts, this.fields.at) })]);
    if (place?.tps && place.stations) lines.push(place.stations.includes(place.tps) ? ["ok", "ok", this.say("listed", { n: this.n(place.roster) })] : ["dt", "", this.say("not_listed", { n: this.n(place.roster) })]);
    if (below?.stations) lines.push(["ok", "ok", this.say("roster", { n: this.n(below.stations.length), entry: this.n(place.roster) })]);
    if (!this.isContest()) for (const { statement: { effect, fields } } of decisions) lines.push(["ok", "ok", this.say("ruled", { n: this.n(effect), number: fields.number })]);
    for (const part of differences.places) lines.push(["xx", "df", this.say("differs_in", { part: this.say(`part_of_${part}`) })]);
    if (memory?.size && !memory.faults.length) lines.push(["ok", "ok", this.grown(memory)]);
    const nameless = (one) => (this.sheet.page ? one : { ...one, place: one.place.replace(this.sheet.address, "\u2026/") });
    const told = [fault, ...faults, ...(memory?.faults ?? [])].filter((one) => one).map(nameless);
    const texts = new Map(told.map((one) => [faulted(this.texts, one), one.refutes]));
    for (const [text, refutes] of [...texts].slice(0, 12)) lines.push([refutes ? "xx" : "qq", refutes ? "df" : "", text]);
    if (!lines.length) return null;
    const made = this.section(this.say("checked"), "duk");
    made.append(this.list(lines));
    const tree = memory?.root && !memory.faults.length ? memory : recorded?.checkpoint;
    made.append(this.element("p", this.say("address", { address: this.sheet.address }), "src"));
    const { twin } = this.sheet;
    if (twin && !twin.none && tree) made.append(this.element("p", this.say("as_of", { n: this.n(twin.as_of) }), "src"));
    if (tree) made.append(this.element("p", this.say("tree", { n: this.n(tree.size), root: spaced(base64(tree.root)) }), "src"));
    if (log) made.append(this.element("p", anchorsOf(this.texts, { own, site, id: log.id }), "src"));
    return made;
  }

  grown({ before, size, saved }) {
    const key = before === null ? "grown_first" : before === size ? "grown_same" : "grown";
    return this.say(saved ? `${key}_saved` : key, { before: this.n(before ?? 0n), n: this.n(size) });
  }

  // Who signed, by office: one line for each body.
  signed({ statement: { signers, counted } }) {
    const bodies = new Map();
    for (const key of signers.values()) {
      const name = bodied(this.texts, key);
      bodies.set(name, [...(bodies.get(name) ?? []), key]);
    }
    const own = ({ acting }) => (acting ? 1 : 0);
    const counting = new Map(); // body → those of its groups who count: the largest, they never add up
    for (const keys of [...bodies.values()].sort(([left], [right]) => own(left) - own(right))) {
      const present = keys.filter((one) => counted.has(one.keyid));
      if (present.length > (counting.get(keys[0].body) ?? []).length) counting.set(keys[0].body, present);
    }
    return [...bodies].map(([body, keys]) => {
      const positions = keys.map((key) => key.position ?? "").filter((one) => one);
      const offices = positions.sort((left, right) => (right === "ketua") - (left === "ketua")).map((one) => this.word("position", one));
      const grants = [...new Set(keys.map((key) => key.index).filter((one) => one !== undefined))].map((one) => this.n(one));
      const key = keys.some((one) => counting.get(one.body)?.includes(one)) ? "signed" : "cosigned_by";
      const demo = this.sheet.log.mode === "replay" ? "_demo" : "";
      const from = grants.length ? "granted" : "anchored"; // the first roots of an election: paper names them
      return ["ok", "ok", `${this.say(`${key}${demo}`, { n: this.n(keys.length), body, offices: offices.length ? ` (${offices.join(", ")})` : "" })} ${this.say(from, { grants: grants.join(", ") })}`];
    });
  }

  witnesses() {
    return (this.fields.witnesses ?? []).map(({ pair, present, signed, reason }) => {
      const state = !present ? "absent" : signed ? "signed" : "unsigned";
      const why = reason ? `, ${named(this.texts, "witness_reason", reason)}` : "";
      return ["ok", "ok", `${this.say(`witness_${state}`, { n: this.n(pair) })}${why}`];
    });
  }

  recordedLine({ index, checkpoint }) {
    return this.say("recorded", { n: this.n(index), size: this.n(checkpoint.size) });
  }

  cosigned({ signed }) {
    const { policy } = this.sheet.log;
    const witnesses = new Set(policy.witnesses.map(({ key }) => key.vkey));
    const count = signed.filter((key) => witnesses.has(key.vkey)).length;
    return this.say(policy.witnesses.length ? "cosigned" : "uncosigned", { n: this.n(count), all: this.n(policy.witnesses.length) });
  }

  // ---- what can be said of a place above

  nearest() {
    const { above } = this.sheet;
    const other = new Drawing(this.document, this.texts, { ...above, log: this.sheet.log });
    const title = this.section("");
    const line = this.element("p", "", "st ok");
    line.append(this.icon("ok"), this.element("span", this.say("proved_above", { place: other.called() })));
    title.append(line, other.formLine(above.main));
    const { statement: { fields }, contest } = above.main;
    const shown = [...(contest?.pairs ?? []).map((pair) => `pair_${pair.number}`), "valid", "invalid"].filter((one) => one in fields.figures);
    title.append(this.table(shown, fields.figures, new Map(), contest, true));
    const made = this.section(this.say("checked"), "duk");
    made.append(this.list([...other.signed(above.main), ["ok", "ok", this.recordedLine(above.main)]]));
    return [title, made, ...(above.notes.length ? [other.noted()] : [])];
  }

  // ---- what to do, what is not proved

  steps() {
    const made = this.section(this.say("steps"));
    const list = this.element("ol", "", "todo");
    for (const step of ["save", "again", "send"]) list.append(this.element("li", this.say(`step_${step}`)));
    made.append(list);
    return made;
  }

  noted() {
    const made = this.section(this.say("notes"), "catat");
    const answers = this.fields?.kind === "answer";
    const key = ({ code }) => (answers && code.startsWith("later") ? `note_${code}_answer` : `note_${code}`);
    made.append(this.list(this.sheet.notes.map((note) => ["qq", "", this.say(key(note), { n: this.n(note.index ?? 0), status: this.word("status", note.status ?? "") })])));
    return made;
  }

  unproved() {
    const { page, below, main, memory, above } = this.sheet;
    const keys = [];
    const revision = this.fields?.revision;
    const form = page !== "statement" || this.fields?.kind === "form";
    keys.push(main && revision !== undefined ? this.say("not_later", { n: this.n(revision) }) : this.say("not_later_any"));
    if (form) keys.push(this.say("not_rival"));
    if (page !== "statement") keys.push(this.say("not_ruled"));
    keys.push(this.say("not_ended"));
    keys.push(this.say("not_missing"));
    if (!main && page !== "statement" && !below) keys.push(this.say("not_figures", { place: this.called() }));
    keys.push(this.say("not_sums"));
    if (above) keys.push(this.say("not_above"));
    if (below) keys.push(this.say("not_roster"));
    if (main?.statement.lacks) keys.push(this.say("not_listing"));
    keys.push(this.say("not_void"));
    if (!memory) keys.push(this.say("not_grown"));
    if (memory?.saved) keys.push(this.say("not_remembered"));
    keys.push(this.say("not_paper"));
    const made = this.section(this.say("unproved"), "tidak");
    made.append(this.list(keys.map((text) => ["dt", "", text])));
    return made;
  }
}

// Whether the site itself says of a form that it counts, and nothing against it: a list of places
// that changed late says nothing of a form. It proves nothing.
function isCounted({ page, twin, notes }) {
  return notes.every(({ code }) => code === "listed_late") && (page !== "statement" || twin.status === "head");
}

// Whose anchors counted, and the id of entry 0 that they name.
export function anchorsOf(texts, { own, site, id }) {
  return say(texts, own ? "lembar_anchors_own" : site ? "lembar_anchors_site" : "lembar_anchors_given", { id: spaced(id) });
}

// In groups of four, as pages print hashes.
function spaced(text) {
  return text.replaceAll(/.{4}(?=.)/g, "$& ");
}
