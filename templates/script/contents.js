// What a statement other than a form says, in words: {sentence, rows: [[label, text]], list}. `list` is
// {title, head: [text], rows: [[text]]} or null. All texts; nothing is drawn here.

import { FIELDS } from "./texts.js";
import { bodied, called, day, moment, named, number, placed, row, say } from "./words.js";

const COUNTRY = "id";

// `names`: code → name, as rosters among the entries say; `key`: what is known of the key that a
// `revoke` ends, or null.
export function contentsOf(texts, { fields, signers, counted }, { names = new Map(), key = null } = {}) {
  const speak = new Speaking(texts, names);
  const who = [...new Set([...signers.values()].filter((one) => counted.has(one.keyid)).map((one) => bodied(texts, one)))].join(", ");
  const { sentence = "", rows = [], list = null } = KINDS[fields.kind](speak, fields, key);
  const told = say(texts, `says_${sentence || fields.kind}`, { who, ...speak.holes(fields) });
  return { sentence: told, rows: rows.filter(([, text]) => text !== null && text !== undefined && text !== ""), list };
}

class Speaking {
  constructor(texts, names) {
    Object.assign(this, { texts, names });
  }

  // What `policy` of an election counts: signers of a form, or of another kind.
  threshold(name) {
    return this.word(Object.hasOwn(this.texts.page.form, name) ? "form" : "kind", name);
  }

  label(name) {
    return this.texts.page.statement[name];
  }

  word(table, code) {
    return named(this.texts, table, code);
  }

  n(value) {
    return value === undefined ? null : number(this.texts, value);
  }

  place(code, tps) {
    if (code === undefined) return "";
    const own = code === COUNTRY ? this.word("level", COUNTRY) : placed(this.texts, { code, name: this.names.get(code) ?? null });
    return tps === undefined ? own : `TPS ${tps} ${own}`;
  }

  // Who says it, under which number of the paper, and about what.
  line({ body, pair, organisation, number: own, code }, table) {
    const side = organisation ? ` ${organisation}` : "";
    return [[this.label("body"), bodied(this.texts, { body, pair }) + side], [this.label("line"), this.n(own)], [this.label("about"), this.word(table, code)]];
  }

  seat({ body, region, tps }) {
    return `${bodied(this.texts, { body })}, ${this.place(region, tps)}`;
  }

  holes({ region, tps, body, pair, persons, children, tps: listed, revision }) {
    const station = typeof tps === "string" ? tps : undefined;
    return {
      place: this.place(region, station), body: body === undefined ? "" : bodied(this.texts, { body, pair }),
      n: this.n((persons ?? children ?? (Array.isArray(listed) ? listed : [])).length), revision: this.n(revision),
    };
  }

  keys({ k, keys }) {
    const count = say(this.texts, "says_k_of", { k: this.n(k), n: this.n(keys.length) });
    return [count, ...keys.map((one) => `${one.alg} ${one.key}`)].join("\n");
  }

  // What a court annuls or orders, where, and by when.
  within(what, { places = [], except = [], days }) {
    const words = this.texts.page.ruling;
    const named = (all) => all.map((one) => this.place(...one.split("/"))).join(", ");
    const where = places.length ? say(words, "only", { places: named(places) }) : "";
    const without = except.length ? say(words, "without", { places: named(except) }) : "";
    const by = days === undefined ? "" : say(words, "days", { n: this.n(days) });
    return what + where + without + by;
  }

  slot({ contest, form, region, tps }) {
    return [[this.label("form"), this.word("form", form)], [this.label("region"), this.place(region, tps)], [this.label("contest"), contest]];
  }
}

const KINDS = {
  log: (speak, fields) => ({
    rows: [
      [speak.label("mode"), speak.word("mode", fields.mode)], [speak.label("origin"), fields.log], [speak.label("log_key"), fields.log_key],
      [speak.label("receipt_key"), fields.receipt_key], [speak.label("operators"), speak.keys(fields.operators)],
      [speak.label("uploaders"), (fields.uploaders ?? []).join("\n")], [speak.label("rp_id"), fields.rp_id], [speak.label("policy"), fields.policy.join("\n")],
      [speak.label("predecessor"), fields.predecessor && `${fields.predecessor.origin}, ${speak.n(fields.predecessor.size)}, ${fields.predecessor.root}`],
    ],
  }),
  publication: (speak, { release, verifier, fixed }) => ({
    rows: [[speak.label("release"), release], [speak.label("verifier"), verifier], ["", fixed && speak.label("fixed")]],
  }),
  uploaders: (speak, { origins }) => ({ rows: [[speak.label("uploaders"), origins.join("\n")]] }),
  app: (speak, { files }) => ({ rows: [[speak.label("app_files"), files]] }),
  withhold: (speak, { digest, state, reason, basis, revision, previous }) => ({
    rows: [
      [speak.label("words"), speak.word("withholding", state)], [speak.label("reason"), reason && speak.word("withhold_reason", reason)], [speak.label("basis"), basis],
      [speak.label("digest"), digest], [speak.label("revision"), speak.n(revision)], [speak.label("previous"), previous],
    ],
  }),
  clock: () => ({}),
  close: () => ({}),
  election: (speak, fields) => {
    const { roots, policy = {}, contests } = fields;
    const pairs = ({ number: digits, names, empty_column: empty, notes = [] }) => {
      const own = empty ? speak.texts.page.region.empty_column : names.join(", ");
      const said = notes.map((one) => `; ${one.who ? `${names[one.who - 1]}: ` : ""}${speak.word("pair_note", one.code + (one.who && one.code === "replaced" ? "_by" : ""))} ${day(speak.texts, one.date)} (${one.source})`);
      return `${digits}. ${own}${said.join("")}`;
    };
    return {
      sentence: fields.revision > 1 ? "election_again" : "",
      rows: [
        [speak.label("name"), called(speak.texts, fields.name)], [speak.label("date"), day(speak.texts, fields.date)], [speak.label("timezone"), fields.timezone],
        [speak.label("holidays"), fields.holidays?.map((one) => day(speak.texts, one)).join(", ")],
        [speak.label("source"), fields.source], [speak.label("revision"), speak.n(fields.revision)],
        ...contests.map((one) => [
          `${speak.word("office", one.office)}, ${speak.place(one.region)}`,
          [...one.pairs.map(pairs), speak.word("win", one.win), one.date && `${speak.label("date")}: ${day(speak.texts, one.date)}`,
            one.follows && `${speak.label("follows")}: ${one.follows.election ? `${one.follows.election}/` : ""}${one.follows.contest}, ${speak.word("follows", one.follows.why)}`, one.population && `${speak.label("population")}: ${speak.n(one.population.value)} (${one.population.source})`,
            one.margin && `${speak.label("margin")}: ${one.margin.per_mille}\u2030 (${one.margin.source})`,
            one.source_forms && `${speak.label("source_forms")}: ${one.source_forms.map((form) => speak.word("form", form)).join(", ")}`].filter((one) => one).join("\n"),
        ]),
        [speak.label("thresholds"), Object.entries(policy).map(([name, value]) => `${speak.threshold(name)}: ${value}`).join("\n")],
        [speak.word("body", "roots.kpu"), speak.keys(roots.kpu)], [speak.word("body", "roots.bawaslu"), roots.bawaslu && speak.keys(roots.bawaslu)],
        ...(roots.pairs ?? []).map((one) => [bodied(speak.texts, { body: `roots.pairs.${one.number}` }), speak.keys(one)]),
      ],
    };
  },
  roster: (speak, { children, tps, revision, previous }) => ({
    sentence: tps ? "roster_tps" : "",
    rows: [[speak.label("revision"), speak.n(revision)], [speak.label("previous"), previous]],
    list: tps
      ? { title: speak.label("stations_list"), head: [speak.label("tps"), speak.label("registered")], rows: tps.map((one) => [one.number, speak.n(one.registered) ?? speak.label("registered_unknown")]) }
      : { title: speak.label("children"), head: [speak.label("code"), speak.label("name")], rows: children.map(({ code, name }) => [code, name]) },
  }),
  grant: (speak, { persons }) => ({
    list: { title: speak.label("persons"), head: [speak.label("position"), speak.label("key")], rows: persons.map((one) => [speak.word("position", one.position), `${one.alg} ${one.key}`]) },
  }),
  revoke: (speak, { keyid, reason, suspect_from: start }, key) => ({
    sentence: start === undefined ? "" : "revoke_suspect",
    rows: [
      [speak.label("revoked_key"), keyid], [speak.label("body"), key && bodied(speak.texts, key)], [speak.label("region"), key && speak.place(key.region, key.tps)],
      [speak.label("reason"), speak.word("revoke_reason", reason)], [speak.label("suspect_from"), speak.n(start)],
    ],
  }),
  objection: (speak, { claims = {}, ...fields }) => ({
    rows: [...speak.slot(fields), ...speak.line(fields, "objection_code"), ...FIELDS.filter((one) => Object.hasOwn(claims, one)).map((one) => [row(speak.texts, one), speak.n(claims[one])]), [speak.label("digest"), fields.text]],
  }),
  event: (speak, fields) => ({
    rows: [...speak.slot(fields), ...speak.line(fields, "event_code"), [speak.label("when"), fields.time && moment(speak.texts, fields.time)], [speak.label("digest"), fields.text]],
  }),
  recommendation: (speak, { number: register, to, type, ground, places, due, contest, revision, previous }) => ({
    rows: [
      [speak.label("register_number"), register], [speak.label("recommends"), speak.word("recommended_type", type)], [speak.label("ground"), speak.word("ground", ground)],
      [speak.label("addressee"), speak.seat(to)], [speak.label("due"), due && day(speak.texts, due)], [speak.label("contest"), contest],
      [speak.label("places"), places.map((one) => speak.place(one.region, one.tps)).join("\n")], [speak.label("revision"), speak.n(revision)], [speak.label("previous"), previous],
    ],
  }),
  response: (speak, { to, outcome, date, reason, paper, contest, revision, previous }) => ({
    rows: [
      [speak.label("responds_to"), to], [speak.label("outcome"), speak.word("outcome", outcome)], [speak.label("date"), date && day(speak.texts, date)],
      [speak.label("reason"), reason && speak.word("refusal", reason)], [speak.label("form"), paper], [speak.label("contest"), contest],
      [speak.label("revision"), speak.n(revision)], [speak.label("previous"), previous],
    ],
  }),
  copy: (speak, { body, pair: of, organisation, source, region, tps, count, contest, figures }) => ({
    rows: [
      [speak.label("holder"), [bodied(speak.texts, { body, pair: of }), organisation].filter((one) => one).join(" ")],
      [speak.label("copy_source"), source && speak.word("copy_source", source)], [speak.label("tps"), speak.place(region, tps)], [speak.label("count"), speak.word("count", count)],
      [speak.label("contest"), contest],
    ],
    list: { title: speak.word("kind", "copy"), head: [speak.label("copy_row"), speak.label("copy_figure")], rows: FIELDS.filter((one) => Object.hasOwn(figures, one)).map((one) => [row(speak.texts, one), speak.n(figures[one])]) },
  }),
  readiness: (speak, { region, tps, step, ballots, items, lacks, boxes, seals_whole: whole, seals_broken: broken }) => ({
    rows: [
      [speak.label("tps"), speak.place(region, tps)], [speak.label("step"), speak.word("readiness_step", step)],
      [speak.label("ballots"), ballots?.map((one) => `${one.contest}: ${speak.n(one.sheets)}`).join("\n")],
      [speak.label("items"), items?.map((one) => `${speak.word("readiness_item", one.item)}: ${speak.n(one.number)}`).join("\n")],
      [speak.label("lacks"), lacks?.map((one) => [speak.word("readiness_item", one.item), one.contest, speak.word("readiness_lack", one.lack), speak.n(one.number)].filter((part) => part).join(" ")).join("\n")],
      [speak.label("boxes"), speak.n(boxes)], [speak.label("seals"), boxes && say(speak.texts, "says_seals", { whole: speak.n(whole), broken: speak.n(broken) })],
    ],
  }),
  pictures: (speak, { pages, ...fields }) => ({
    rows: speak.slot(fields),
    list: { title: speak.word("kind", "pictures"), head: [speak.label("picture"), speak.label("picture_file")], rows: pages.map((one) => [`${speak.word("picture_document", one.document)} ${speak.n(one.page)}`, `${one.sha256}, ${speak.n(one.bytes)} B, ${one.width} × ${one.height}`]) },
  }),
  answer: (speak, fields) => ({
    sentence: fields.accept ? "answer_accepts" : fields.outcome === "withdrawn" ? "answer_withdrawn" : fields.to ? "answer_outcome" : "",
    rows: [
      ...speak.slot(fields), [speak.label("accepts"), fields.accept],
      [speak.label("outcome"), fields.outcome && speak.word("incident_state", fields.outcome)], [speak.label("answers"), fields.to?.join("\n")],
      ...(fields.explains ?? []).map(({ rule, child, part, text }) => [`${speak.label("explains")} ${[rule, child, part].filter((one) => one).join(", ")}`, text]),
    ],
  }),
  determination: (speak, { number: decision, basis, certificate, decided_at: decided, announced_at: announced, contest, region, revision, previous }) => ({
    rows: [
      [speak.label("number"), decision], [speak.label("basis"), speak.word("basis", basis)], [speak.label("certificate"), certificate],
      [speak.label("decided"), decided && moment(speak.texts, decided)], [speak.label("announced"), moment(speak.texts, announced)], [speak.label("contest"), contest],
      [speak.label("region"), speak.place(region)], [speak.label("revision"), speak.n(revision)], [speak.label("previous"), previous],
    ],
  }),
  elected: (speak, { pair, number: decision, announced_at: announced, contest, region, revision, previous }) => ({
    rows: [
      [speak.texts.page.region.chosen, pair === undefined ? speak.texts.page.region.chosen_none : say(speak.texts.page.region, "chosen_pair", { n: speak.n(pair) })],
      [speak.label("number"), decision], [speak.label("announced"), moment(speak.texts, announced)], [speak.label("contest"), contest],
      [speak.label("region"), speak.place(region)], [speak.label("revision"), speak.n(revision)], [speak.label("previous"), previous],
    ],
  }),
  ruling: (speak, { court, number: decided, against, state, date, contest, region, revision, previous, annuls = [], orders = [], digest }) => ({
    rows: [
      [speak.label("court"), speak.word("court", court)], [speak.label("case"), decided], [speak.label("against"), against], [speak.label("ruling_state"), speak.word("ruling_state", state)],
      [speak.label("ruling_date"), date], [speak.label("contest"), contest], [speak.label("region"), speak.place(region)],
      ...annuls.map((one) => [speak.label("annuls"), speak.within(one.decision, one)]),
      ...orders.map((one) => [speak.label("orders"), speak.within(`${speak.word("order", one.what)}, ${speak.word("ordered_body", one.by)}`, one)]),
      [speak.label("ruling_digest"), digest], [speak.label("revision"), speak.n(revision)], [speak.label("previous"), previous],
    ],
  }),
};
