// What the first sentences of a page must say by its twin: where it is, what happened there, the one
// alert. The same choices as those of the pages; an alert about a finding is left to its words.

import { shareOf } from "./shares.js";
import { number, say } from "./words.js";

const FORMS = {
  provinsi: "d_hasil_prov", kabko: "d_hasil_kabko", kecamatan: "d_hasil_kecamatan", kelurahan: "d_hasil_kelurahan",
};
const [BAR, LEAST] = [1000, 14];
const LOUD = ["K1", "L2", "L1"];

export class Sentences {
  constructor(texts, twin) {
    this.texts = texts;
    this.twin = twin;
  }

  // A phrase of the site as plain text: its elements go, what looks like one in a value stays.
  say(key, values) {
    const [table, name] = key.split(".");
    const phrase = (this.texts.page[table][name] ?? name).replaceAll(/<[^>]*>/g, "");
    return say({ [name]: phrase }, name, values);
  }

  // The name of a code; `n` counts what it names.
  name(code, table, n = "") {
    return say(this.texts.page[table], String(code), { n });
  }

  number(value) {
    return value < 0 ? `−${number(this.texts, -value)}` : number(this.texts, value);
  }

  signed(value) {
    return value > 0 ? `+${this.number(value)}` : this.number(value);
  }

  share(part, whole) {
    return shareOf(part, whole).replace(".", this.texts.page.numbers.point);
  }

  // Bytes, rounded up.
  size(count) {
    if (count <= 999_000) return `${Math.ceil(count / 1000)} kB`;
    const tenths = Math.ceil(count / 100_000);
    return `${this.number(Math.floor(tenths / 10))}${this.texts.page.numbers.point}${tenths % 10} MB`;
  }

  perMille(value) {
    const tenth = value % 10 ? `${this.texts.page.numbers.point}${value % 10}` : "";
    return `${Math.floor(value / 10)}${tenth}%`;
  }

  // Thousandths of a bar; never nothing for something, nor all for less than all.
  bar(part, whole) {
    if (part <= 0 || part >= whole) return part <= 0 ? 0 : BAR;
    return Math.min(Math.max(Math.floor((BAR * part) / whole), LEAST), BAR - LEAST);
  }

  outOf(count, whole) {
    if (whole === null || whole === undefined) return this.number(count);
    return this.say("numbers.whole", { n: this.number(count), whole: this.number(whole) });
  }

  called(name) {
    return typeof name === "string" ? name : (name[this.texts.page.base.lang] ?? name.id);
  }

  day(iso) {
    const months = this.texts.page.numbers.months.split(" ");
    return `${Number(iso.slice(8, 10))} ${months[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)}`;
  }

  pair({ names, empty_column: empty }) {
    if (empty) return this.say("region.empty_column");
    const [first, second] = names;
    return second ? this.say("region.two", { first, second }) : first;
  }

  field(field, table) {
    const texts = this.texts.page[table];
    const [, row, more] = /^(.*?)(?:_([0-9]+|m|f))?$/.exec(field);
    if (texts[field]) return texts[field];
    if (row === "pair") return say(texts, "pair", { n: more });
    return texts[row] && more ? say(texts, { m: "men", f: "women" }[more], { field: texts[row] }) : field;
  }

  // "Kecamatan Contoh", "Desa Contoh".
  place({ level, name, code }) {
    const desa = level === "kelurahan" && code.split(".").pop().startsWith("2");
    return this.say(`level_title.${desa ? "desa" : level}`, { name });
  }

  heading() {
    const { page, tps, region, index, kind, payload } = this.twin;
    if (page === "statement") {
      const what = kind === "form" && payload ? this.name(payload.form, "form") : this.name(kind ?? "unknown", "kind");
      return this.say("statement.heading", { n: this.number(index), kind: what });
    }
    const place = this.place(region);
    return page === "tps" ? this.say("tps.heading", { tps, place }) : place;
  }

  title() {
    const { page, tps, region, index, election } = this.twin;
    if (page === "statement") return this.say("statement.title", { n: this.number(index) });
    const values = { tps, place: page === "tps" ? region.name : this.place(region), election: this.called(election.name) };
    return this.say(`${page}.title`, values);
  }

  kick() {
    const { page, contest, election, region, tps, origin } = this.twin;
    if (page === "statement") return election ? this.called(election.name) : origin;
    const code = page === "tps" ? `${region.code} TPS ${tps}` : region.code;
    const office = this.name(contest.office, "office_short");
    const day = page === "region" && region.code === contest.region ? `, ${this.day(election.date)}` : "";
    return `${office}${day} · ${this.say("region.kick_code", { code })}`;
  }

  notice() {
    const { simulated, mode } = this.twin;
    if (simulated) return this.say("base.simulated");
    return mode === "live" ? null : this.say(`base.${mode}`);
  }

  asOf() {
    return this.say("base.as_of", { n: this.number(this.twin.as_of) });
  }

  // The state of the place, and the alert: null for none, undefined for one that is not told here.
  state() {
    const { page } = this.twin;
    if (page === "tps") return this.stationState();
    if (page === "region") return this.regionState();
    return this.name(this.twin.status, "statement_status");
  }

  stationState() {
    const { status, head, checks, column, listed } = this.twin;
    if (status !== "received") {
      const key = `state.tps_${status.replaceAll("-", "_")}`;
      return `${this.say(key)} ${this.say(`${key}_text`)}`;
    }
    const parts = [this.votesState(head.figures)];
    const states = checks.map(({ state }) => state);
    if (states.includes("fail")) parts.push(this.say("state.tps_fail"));
    else if (states.includes("pass")) parts.push(this.say("state.tps_pass"));
    if (column?.difference) {
      const kind = Object.values(column.difference).some((gap) => gap) ? "different" : "same";
      parts.push(this.say(`state.tps_column_${kind}`, { form: this.name(column.form, "form") }));
    }
    if (!listed) parts.push(this.say("state.tps_not_listed"));
    return parts.join(" ");
  }

  votesState(figures) {
    const values = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, this.number(value)]));
    const kinds = [["voted", "registered"], ["valid", "invalid"], ["valid"]];
    const keys = ["tps_voted", "tps_votes", "tps_valid"];
    const at = kinds.findIndex((fields) => fields.every((field) => field in values));
    return this.say(`state.${keys[at] ?? "tps_in"}`, values);
  }

  form() {
    const { certified, region } = this.twin;
    return this.name(certified?.form ?? FORMS[region.level] ?? null, "form");
  }

  counted() {
    return this.outOf(this.twin.sum.counted, this.twin.stations.expected);
  }

  regionState() {
    const { contested, certified, result, sum, region, contest, comparison } = this.twin;
    if (contested) return `${this.say("state.contested")} ${this.say("state.contested_text", { form: this.form() })}`;
    if (certified) {
      if (region.code === contest.region) return `${this.say("state.official")} ${this.official()}`;
      const known = ["same", "partial", "different", "incomplete"].find((one) => one === comparison.state);
      const kind = known ?? (comparison.state === "unknown-expected" ? "unknown" : "alone");
      return `${this.say("state.certified", { form: this.form() })} ${this.say(`state.certified_${kind}`)}`;
    }
    if (result.basis === "sum") {
      const key = sum.via === "summary" ? "state.sum_summary" : "state.sum_text";
      return `${this.noCertificate()} ${this.say(key, { k: this.counted() })}`;
    }
    const nowhere = this.lacks(FORMS[region.level] ?? null) && this.lacks("c_hasil");
    const key = nowhere ? "state.none_not_in_source" : "state.none";
    return `${this.say(key)} ${this.say(`${key}_text`)}`;
  }

  noCertificate() {
    const absent = this.lacks(FORMS[this.twin.region.level] ?? null);
    return this.say(absent ? "state.sum_not_in_source" : "state.sum");
  }

  lacks(form) {
    const { source_forms: source } = this.twin.contest;
    return source !== null && !source.includes(form);
  }

  official() {
    const { result, contest } = this.twin;
    const first = result.pairs.find(({ leads }) => leads);
    if (!first || !result.valid) return this.say("state.official_plain", { form: this.form() });
    const pair = contest.pairs.find(({ number: own }) => own === first.number);
    const values = {
      number: first.number, names: this.pair(pair), share: this.share(first.votes, result.valid),
    };
    if (!result.line) return this.say("state.official_most", values);
    const { above } = result.line;
    const key = above === 0 ? "_at" : above > 0 ? "" : "_below";
    return this.say(`state.official_line${key}`, { ...values, n: this.number(Math.abs(above)) });
  }

  alert() {
    const { page, status, void_reason: reason } = this.twin;
    if (page === "tps") return this.stationAlert();
    if (page === "region") return this.regionAlert();
    if (status !== "void") return null;
    const name = this.name(reason, "void_reason");
    return this.say("statement.alert_void", { reason: name[0].toUpperCase() + name.slice(1) });
  }

  see(key, what) {
    return `${key} ${this.say(`alert.see_${what}`)}`;
  }

  stationAlert() {
    const { statements, contested, head, column, findings } = this.twin;
    if (contested) return this.see(this.say("alert.contested"), statements.length > 1 ? "forms" : "history");
    if (!head) return null;
    const gaps = Object.keys(column?.difference ?? {}).filter((field) => column.difference[field]);
    const pairs = gaps.filter((field) => field.startsWith("pair_")).sort((a, b) => a.slice(5) - b.slice(5));
    const field = pairs[0] ?? gaps[0];
    if (field) {
      const said = this.say("alert.column", {
        field: capital(this.field(field, "short")),
        found: this.number(head.figures[field]),
        expected: this.number(column.figures[field]),
        form: this.name(column.form, "form"),
      });
      return this.see(said, "figures");
    }
    if (findings.some(({ hard, explanation }) => hard && explanation === null)) return undefined;
    return this.marked(head);
  }

  marked({ marks }) {
    const mark = LOUD.find((one) => marks.includes(one));
    return mark ? this.see(this.say(`alert.${mark}`), "history") : null;
  }

  regionAlert() {
    const { contested, certified, comparison, findings } = this.twin;
    if (contested) return this.see(this.say("alert.contested"), "history");
    if (certified && ["different", "incomplete"].includes(comparison.state)) {
      const differences = this.gaps(comparison.difference);
      const values = { differences, k: this.counted() };
      if (differences) return this.see(this.say(`alert.${comparison.state}`, values), "differences");
    }
    const marked = certified && this.marked(certified);
    if (marked) return marked;
    const loud = findings.filter(({ hard, explanation }) => hard && explanation === null).length;
    return loud ? this.see(this.say("alert.findings", { n: loud }), "findings") : null;
  }

  gaps(difference) {
    const wanted = difference.valid ? ["valid"] : Object.keys(difference);
    const shown = wanted.filter((field) => difference[field] && !/_[mf]$/.test(field));
    return shown.map((field) => `${this.field(field, "short")} ${this.signed(difference[field])}`).join(", ");
  }
}

export function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
