// The register as some entries make it, read in their order: which statements they hold, who signed
// them, and whether those keys were entitled by the entries before. The same rules as for the whole
// log; what the whole log may say besides (a key that was revoked, another revision) is not known.

import { equal } from "./bytes.js";
import { parseEnvelope } from "./envelope.js";
import { Malformed, NotVerified, Unchecked } from "./faults.js";
import { encodePublic } from "./json.js";
import { ED25519, checkPublic, keyid, verifySignature } from "./keys.js";
import { parseVkey } from "./note.js";
import { judge, sideOf } from "./offices.js";
import { followsHere, isOfReplay, maySignAt, parseStatement, publicKeys } from "./statement.js";
import { BODIES, CLOCK_EVERY_S, ELECTIONS_MAX } from "./tables.js";

const COUNTRY = "id";
// A contest stays as it is; a pair of it may get more notes.
function mayContinue(before, after) {
  const still = (was, pair) => {
    const [said, own] = [was.notes ?? [], pair.notes ?? []];
    return alike(own.slice(0, said.length), said) && alike({ ...pair, notes: 0 }, { ...was, notes: 0 });
  };
  return after !== undefined && alike({ ...before, pairs: 0 }, { ...after, pairs: 0 }) &&
    before.pairs.length === after.pairs.length && before.pairs.every((pair, at) => still(pair, after.pairs[at]));
}

// Whether a statement is a form of a contest that took effect at one of some places.
function isAt({ effect, fields }, election, contest, places) {
  const of = ({ region, tps }) => region === fields.region && tps === fields.tps;
  return effect !== null && fields.kind === "form" && fields.election === election && fields.contest === contest && places.some(of);
}

const SAID_AGAIN = ["objection", "event", "copy", "readiness", "pictures", "publication", "app"]; // replaced by a later one that names none
const PLACED = ["roster", "grant", "form", "objection", "event", "answer", "copy", "readiness", "pictures"];

// {envelope, fields} of an entry; throws Malformed.
export function parseEntry(bytes) {
  const envelope = parseEnvelope(bytes);
  return { envelope, fields: parseStatement(envelope.payload) };
}

// The keys that a statement names, with their bytes.
export function keysNamed({ operators, roots = {}, persons = [] }) {
  const lists = [operators, roots.kpu, roots.bawaslu, ...(roots.pairs ?? [])].flatMap((list) => list?.keys ?? []);
  return publicKeys([...lists, ...persons]);
}

export class Register {
  // `verify(index, at, key, message, signature, scope)` may remember what it verified. `listed`: the
  // entries hold every roster of the places that they are about, so what none lists is void.
  constructor(logId, roots = null, { verify = (index, at, ...rest) => verifySignature(...rest), listed = false } = {}) {
    Object.assign(this, { verifySignature: verify, listed });
    this.logId = logId; // the anchor: id of entry 0
    this.roots = roots; // the anchors: election → key ids of its first roots
    this.log = null;
    this.told = -Infinity; // Unix seconds of the last clock
    this.added = []; // web origins on which passkeys sign besides those of entry 0
    this.elections = new Map();
    this.keys = new Map();
    this.revisions = new Map(); // election, roster of a region, determination of a contest, ruling of a number → its last {revision, id}
    this.places = new Set(); // "election region" and "election region tps" that a roster in effect lists, or listed
    this.tops = new Map(); // election → Set of what rosters of the country list, or listed
    this.words = new Set(); // digests that objections, events and pictures in effect name
    this.lines = new Map(); // what a side says under a number of its paper, or one of SAID_AGAIN of a place → {statement, answer that counts, decided, withdrawn} of the last
    this.statements = new Map(); // id → {fields, payload, signers: Map(keyid → key), effect, by: the one that replaced it, counted: key ids, each as of the entry that brought it, entries, lacks}
  }

  // Read entry `index`; entries come in order. Returns its statement; throws Malformed or
  // NotVerified for an entry that proves nothing.
  async read(index, bytes, { envelope, fields } = parseEntry(bytes)) {
    this.check(index, fields, envelope.id);
    const named = this.named(fields);
    // A later revision of an election is signed by the roots of the one before.
    const begins = !this.elections.has(fields.election) && (fields.revision ?? 1) === 1;
    const known = (name) => {
      const key = this.keys.get(name) ?? (begins ? named.get(name) : undefined);
      return key?.revoked ? undefined : key;
    };
    const signers = envelope.signatures.map(({ keyid: name }) => {
      const key = known(name);
      if (key) return key;
      throw new NotVerified("these entries do not hold it", "unknown-key", name);
    });
    await Promise.all(
      envelope.signatures.map((one, at) => this.verify(index, at, signers[at], envelope.message, one, fields)),
    );
    const statement = this.statements.get(envelope.id) ?? {
      index, id: envelope.id, fields, payload: envelope.payload, signers: new Map(), effect: null, counted: new Set(), entries: [], lacks: null,
    };
    const fresh = signers.filter((key) => !statement.signers.has(key.keyid));
    if (!fresh.length) throw new NotVerified("nobody new signs it", "no-new-signature");
    // A root's signature counts only while it is a root.
    const past = [...statement.signers.values()].filter((key) => key.body.startsWith("roots") && !known(key.keyid));
    const standing = [...statement.signers.values()].filter((key) => !past.includes(key));
    const { counted, strangers, missing, rank } = judge(this, fields, [...standing, ...fresh]);
    this.refuse(fields, strangers.filter((key) => fresh.includes(key)));
    const takesEffect = statement.effect === null && !missing.length;
    if (takesEffect) statement.rank = rank;
    if (takesEffect && fields.kind === "readiness") checkPersons([...statement.signers.values(), ...fresh].filter((key) => counted.has(key.keyid)));
    if (takesEffect) this.apply(statement, index, named); // what is void throws, and its signers are forgotten
    for (const key of fresh) statement.signers.set(key.keyid, key);
    for (const { keyid: name } of fresh) if (counted.has(name)) statement.counted.add(name);
    if (takesEffect) for (const { keyid: name } of past) statement.counted.delete(name);
    statement.entries.push(index);
    statement.missing = missing;
    this.statements.set(envelope.id, statement);
    return statement;
  }

  // Who may revoke a key depends on whose it is, which other entries may say.
  refuse({ kind, keyid: name, outcome, to }, [stranger]) {
    if (!stranger) return;
    if (kind === "revoke" && !this.keys.has(name)) throw unknownKey(name);
    if (outcome === "withdrawn" && !this.objection(to[0])) throw new Unchecked("these entries do not hold it", "target");
    throw new NotVerified("a key that may not sign", "not-entitled", stranger.keyid);
  }

  check(index, fields, id) {
    if ((index === 0) !== (fields.kind === "log")) throw new Malformed("entry 0 alone is a log", "log");
    if (index === 0 && this.logId !== null && id !== this.logId) {
      throw new NotVerified("not the entry 0 of the anchors", "anchor");
    }
    const origin = this.log?.log ?? fields.log;
    if (fields.log !== origin) throw new NotVerified("another log", "other-log");
    if (fields.election && fields.kind !== "election" && !this.elections.has(fields.election)) {
      throw new NotVerified("these entries do not hold it", "no-election");
    }
    if (isOfReplay(fields) && (this.log ?? fields).mode !== "replay") {
      throw new NotVerified("of a replay alone", "replay-only");
    }
  }

  // What the contest says of a statement, and the revision before it of one that replaces it, where these
  // entries hold them.
  fits(fields) {
    const { kind, region, revision, previous } = fields;
    const contest = fields.contest && this.elections.get(fields.election).contests.find(({ id }) => id === fields.contest);
    if (fields.contest && !contest) throw new Unchecked("these entries do not hold it", "contest");
    if (kind === "readiness") this.checkBallots(fields);
    const places = kind === "recommendation" ? fields.places : kind === "response" ? [] : [fields];
    const within = (code) => (["determination", "elected", "ruling"].includes(kind) ? code === contest.region : `${code}.`.startsWith(`${contest.region}.`));
    const inside = !contest || places.every((place) => within(place.region));
    if (kind === "response") this.responds(fields);
    if (!inside) throw new NotVerified("a region outside the contest", "region");
    if (kind === "roster" && !this.mayName(fields)) throw new NotVerified("a region below two", "region");
    if (kind === "elected") checkElected(fields, contest.pairs);
    if (kind === "determination" && fields.certificate) this.checkCertificate(fields);
    const lacks = this.listed && this.lacks(fields);
    if (lacks) throw new Unchecked("a place that these rosters do not list", lacks === "tps" ? "unlisted-tps" : "unlisted-region");
    const pairs = Object.keys(fields.figures ?? fields.claims ?? {}).filter((name) => name.startsWith("pair_"));
    if (contest && pairs.some((name) => Number(name.slice(5)) > contest.pairs.length)) {
      throw new Unchecked("these entries do not hold it", "pairs");
    }
    if (kind === "answer" && fields.to) this.answers(fields);
    if (kind === "withhold" && !this.words.has(fields.digest)) throw new Unchecked("these entries do not hold it", "target");
    if (kind === "election" && !this.elections.has(fields.election)) fields.contests.forEach((one) => this.follows(one));
    const line = lineOf(fields);
    const { revision: last, id } = this.revisions.get(line) ?? { revision: 0 };
    if (line && revision > last + 1) throw new Unchecked("these entries do not hold it", "before");
    if (line && (revision !== last + 1 || previous !== id || !this.mayRevise(fields))) {
      throw new NotVerified("not the next revision", "previous");
    }
  }

  // The contest of another election that one follows exists.
  follows({ office, region, follows: after }) {
    if (after?.election === undefined) return;
    const other = this.elections.get(after.election);
    if (!other) throw new Unchecked("these entries do not hold it", "contest");
    const named = other.contests.find(({ id }) => id === after.contest);
    if (named?.office !== office || named.region !== region) {
      throw new NotVerified("another contest", "contest");
    }
  }

  // Only the organiser whom a recommendation in force asks, or one above, responds to it.
  responds({ election, contest, to: id, body, region, tps, paper }) {
    const said = this.statements.get(id);
    if (!said || said.effect === null) throw new Unchecked("these entries do not hold it", "target");
    const { kind, to } = said.fields;
    const above = BODIES[body].level < BODIES[to?.body ?? body].level && `${to?.region}.`.startsWith(`${region}.`);
    const asked = to?.body === body && to.region === region && to.tps === tps;
    const newest = this.revisions.get(lineOf(said.fields))?.id === id;
    if (kind !== "recommendation" || said.fields.election !== election || said.fields.contest !== contest || !newest || !(asked || above)) {
      throw new NotVerified("nothing that it may answer", "target");
    }
    const form = paper && this.statements.get(paper);
    if (paper && !form) throw new Unchecked("these entries do not hold it", "target");
    if (form && !isAt(form, election, contest, said.fields.places)) throw new NotVerified("nothing that it may answer", "target");
  }

  // The objection that took effect under an id, or undefined.
  objection(id) {
    const said = this.statements.get(id);
    return said?.effect != null && said.fields.kind === "objection" ? said : undefined;
  }

  // What it answers are objections in force of its slot that were not withdrawn; what it withdraws is one
  // side's, and nobody decided it.
  answers(fields) {
    const said = fields.to.map((id) => this.objection(id));
    if (fields.to.some((id) => !this.statements.has(id))) throw new Unchecked("these entries do not hold it", "target");
    const fits = said.every((one) => {
      if (!one || slotOf(one.fields) !== slotOf(fields)) return false;
      const line = this.lines.get(lineOfPaper(one.fields));
      const same = one.fields.body === said[0].fields.body && sideOf(one.fields) === sideOf(said[0].fields);
      return line?.statement === one && !line.withdrawn && (fields.outcome !== "withdrawn" || (same && !line.decided));
    });
    if (!fits) throw new NotVerified("nothing that it may answer", "target");
  }

  // What a side says later under a number replaces what it said, and waits for an answer again.
  write(statement) {
    const name = lineOfPaper(statement.fields);
    const before = this.lines.get(name);
    if (before) before.statement.by = statement;
    this.lines.set(name, { statement });
    const { text, pages = [] } = statement.fields;
    for (const digest of [text, ...pages.map((one) => one.sha256)]) this.words.add(digest);
  }

  answered(id) {
    return this.lines.get(lineOfPaper(this.objection(id).fields));
  }

  // The answer of the highest body counts, of one body its last. One of which nothing counts any more is
  // replaced; what it explains, or accepts, may count all the same.
  answer(statement) {
    const { to = [], outcome } = statement.fields;
    const replaced = new Set();
    for (const id of to) {
      const line = this.answered(id);
      line.withdrawn ||= outcome === "withdrawn";
      line.decided ||= ["accepted", "rejected"].includes(outcome);
      if (line.answer && !line.withdrawn && line.answer.rank < statement.rank) continue;
      if (line.answer) replaced.add(line.answer);
      line.answer = statement;
    }
    for (const one of replaced) {
      const { explains, accept, to: answered } = one.fields;
      if (!explains && !accept && answered.every((id) => this.answered(id).answer !== one)) one.by = statement;
    }
  }

  // What a determination names is a D form of its own region.
  checkCertificate({ election, contest, region, certificate }) {
    const named = this.statements.get(certificate);
    if (!named || named.effect === null) throw new Unchecked("these entries do not hold it", "no-certificate");
    const { kind, form: name, ...of } = named.fields;
    const isOwn = kind === "form" && of.election === election && of.contest === contest && of.region === region;
    if (!isOwn || !name.startsWith("d_hasil_")) throw new NotVerified("another contest", "certificate");
  }

  // Every region has one above it: the country's roster names no kabko whose provinsi it ever named, or
  // is that of a contest, nor a provinsi after one of its kabko.
  mayName({ election, region, children }) {
    if (region !== COUNTRY) return true;
    const named = [...new Set([...children.map(({ code }) => code), ...(this.tops.get(election) ?? [])])];
    const above = new Set([...named, ...this.elections.get(election).contests.map((one) => one.region)]);
    return named.every((code) => !above.has(code.slice(0, -3)));
  }

  // Ballots are of contests that are held there.
  checkBallots({ election, region, ballots = [] }) {
    const { contests } = this.elections.get(election);
    for (const { contest: name } of ballots) {
      const contest = contests.find(({ id }) => id === name);
      if (!contest) throw new Unchecked("these entries do not hold it", "contest");
      if (!`${region}.`.startsWith(`${contest.region}.`)) throw new NotVerified("a region outside the contest", "contest");
    }
  }

  // A later revision of an election may change roots, say what became of pairs, and add holidays and
  // contests that follow one of this election.
  mayRevise(after) {
    const before = after.kind === "election" && this.elections.get(after.election);
    if (!before) return true;
    const kept = ["name", "date", "timezone", "source", "policy"].every((name) => alike(before[name], after[name]));
    const days = (before.holidays ?? []).every((day) => (after.holidays ?? []).includes(day));
    const known = before.contests.length;
    return kept && days && before.contests.every((one, at) => mayContinue(one, after.contests[at])) && after.contests.slice(known).every(followsHere);
  }

  // What the rosters among these entries do not list of a statement's place: "region", "tps" or null.
  lacks({ kind, election, region, tps, to, places }) {
    if (kind === "recommendation") return [{ region, tps }, to, ...places].map((place) => this.lacks({ ...place, kind: "form", election })).find(Boolean) ?? null;
    if (!PLACED.includes(kind) || region === COUNTRY) return null;
    if (!this.places.has(`${election} ${region}`)) return "region";
    return typeof tps === "string" && !this.places.has(`${election} ${region} ${tps}`) ? "tps" : null;
  }

  list({ election, region, children = [], tps = [] }) {
    for (const { code } of children) this.places.add(`${election} ${code}`);
    if (region === COUNTRY) this.tops.set(election, new Set([...(this.tops.get(election) ?? []), ...children.map(({ code }) => code)]));
    for (const { number } of tps) this.places.add(`${election} ${region} ${number}`);
  }

  async verify(index, at, key, message, signature, fields) {
    const { uploaders, rp_id: rpId } = this.log ?? fields;
    try {
      await this.verifySignature(index, at, key, message, signature, { origins: [...(uploaders ?? []), ...this.added], rpId });
    } catch (error) {
      if (!(error instanceof NotVerified)) throw error;
      throw new NotVerified(error.message, "bad-signature", signature.keyid);
    }
  }

  // Keys that a statement names itself: paper vouches for those of the first log and election.
  named(fields) {
    const named = new Map();
    const add = (keys, more) => {
      for (const one of keys) {
        const name = keyid(one.alg, one.key);
        named.set(name, { ...one, ...more, region: COUNTRY, keyid: name, person: `${more.body}/${name}` });
      }
    };
    if (fields.kind === "log" && !this.log) {
      add(publicKeys(fields.operators.keys), { body: "operator", election: "" });
      // They sign no statement; they stand here so that nobody is granted them.
      for (const body of ["log", "receipt"]) {
        const { key } = parseVkey(fields[`${body}_key`]);
        add([{ alg: ED25519, key }], { body, election: "" });
      }
    }
    if (fields.kind === "election") {
      const { kpu, bawaslu, pairs } = fields.roots;
      const election = fields.election;
      add(publicKeys(kpu.keys), { body: "roots.kpu", election });
      if (bawaslu) add(publicKeys(bawaslu.keys), { body: "roots.bawaslu", election });
      for (const { keys, number } of pairs ?? []) {
        add(publicKeys(keys), { body: `roots.pairs.${number}`, election, pair: number });
      }
    }
    return named;
  }

  // The anchors name exactly the `roots.kpu` of an election's first statement. One that they do not name
  // at all is perhaps newer than they are, or anybody's.
  askAnchors({ election, roots }) {
    const named = this.roots.get(election);
    if (!named) throw new Unchecked("an election that the anchors do not name", "unnamed", "policy.txt");
    const own = publicKeys(roots.kpu.keys).map((one) => keyid(one.alg, one.key));
    if (own.sort().join() !== [...named].sort().join()) {
      throw new NotVerified("roots that the anchors do not name", "anchor", "policy.txt");
    }
  }

  // What the fold refuses at last, in its order of questions; nothing is changed where it throws.
  apply(statement, index, named) {
    const { fields } = statement;
    [...named.values()].forEach(checkPublic);
    if (this.areTaken(fields, named)) throw new NotVerified("a key that belongs to somebody already", "key-taken");
    this.fits(fields);
    if (fields.kind === "log") this.log = fields;
    if (fields.kind === "uploaders") this.widen(fields.origins);
    if (fields.kind === "clock") this.tell(fields.at);
    if (fields.kind === "election") this.begin(fields, named, index);
    statement.lacks = this.lacks(fields);
    if (fields.kind === "roster" && !statement.lacks) this.list(fields);
    if (fields.kind === "grant") this.grant(fields, index);
    if (fields.kind === "revoke") this.revoke(fields);
    if (SAID_AGAIN.includes(fields.kind)) this.write(statement);
    if (fields.kind === "answer") this.answer(statement);
    if (fields.kind === "log") for (const [name, key] of named) this.keys.set(name, { ...key, index });
    if (lineOf(fields)) this.revisions.set(lineOf(fields), { revision: fields.revision, id: statement.id });
    statement.effect = index;
    statement.hour = this.told;
  }

  // The statement that took effect and replaced one: {fields, effect}, or null.
  after({ id, fields, by }) {
    if (by) return by;
    const names = (one) => one.effect !== null && one.fields.previous === id && one.fields.kind === fields.kind;
    return [...this.statements.values()].find(names) ?? null;
  }

  // Whether keys that a statement names are one for two, another's, or ended.
  areTaken({ kind, operators }, named) {
    if (kind === "log") return named.size < operators.keys.length + 2;
    return [...named].some(([name, { body, election }]) => {
      const known = this.keys.get(name);
      return known && (known.revoked || known.election !== election || known.body !== body);
    });
  }

  widen(origins) {
    if (!origins.every((one) => maySignAt(one, this.log.rp_id))) {
      throw new NotVerified("a page of no passkey", "uploader");
    }
    const known = [...(this.log.uploaders ?? []), ...this.added];
    if (origins.every((one) => known.includes(one))) throw new NotVerified("pages that are known", "already");
    this.added.push(...origins);
  }

  // Evidence has the clocks that it needs: what lies between two of them is not asked.
  tell(at) {
    const now = Date.parse(at) / 1000;
    if (this.log.mode === "replay" || now < this.told + CLOCK_EVERY_S) throw new NotVerified("a clock too early", "clock");
    this.told = now;
  }

  begin(fields, named, index) {
    const before = this.elections.get(fields.election);
    if (!before && this.elections.size >= ELECTIONS_MAX) throw new NotVerified("elections too many", "limit");
    if (!before && this.roots) this.askAnchors(fields);
    for (const [name, key] of this.keys) {
      const ended = key.election === fields.election && key.body.startsWith("roots") && !named.has(name);
      if (ended) this.keys.set(name, { ...key, revoked: true });
    }
    for (const [name, key] of named) if (!this.keys.has(name)) this.keys.set(name, { ...key, index });
    this.elections.set(fields.election, fields);
  }

  grant({ election, body, region, tps, pair, organisation, acting, persons }, index) {
    const keys = publicKeys(persons).map((one) => ({ ...one, keyid: keyid(one.alg, one.key) }));
    keys.forEach(checkPublic);
    if (keys.some((one) => this.keys.has(one.keyid))) {
      throw new NotVerified("a key that belongs to somebody already", "key-taken");
    }
    for (const one of keys) {
      this.keys.set(one.keyid, { ...one, election, body, region, tps, pair, organisation, acting, index });
    }
  }

  revoke({ election, keyid: name, suspect_from: start }) {
    const key = this.keys.get(name);
    if (!key) throw unknownKey(name);
    if (key.election !== election || key.body.startsWith("roots")) {
      throw new NotVerified("a key that this election did not grant", "key", name);
    }
    if (key.revoked && start === undefined) {
      throw new NotVerified("a key that has ended", "already", name);
    }
    this.keys.set(name, { ...key, revoked: true });
  }
}

// Who gives and who receives are two.
function checkPersons(signers) {
  if (new Set(signers.map(({ person }) => person)).size < 2) throw new NotVerified("one person gives and receives", "person");
}

// The empty column is no pair, and only against it nobody is elected.
function checkElected({ pair }, pairs) {
  if (pair > pairs.length) throw new Unchecked("these entries do not hold it", "pairs");
  const fits = pair === undefined ? pairs.some((one) => one.empty_column) : !pairs[pair - 1].empty_column;
  if (!fits) throw new NotVerified("the empty column is no pair", "empty-column");
}

function slotOf({ election, contest, form, region, tps }) {
  return [election, contest, form, region, tps ?? ""].join("/");
}

// The line of a paper under which a side says something, or what a later statement of a kind replaces.
function lineOfPaper(fields) {
  return [slotOf(fields), fields.kind, fields.body, sideOf(fields) ?? "", fields.number, fields.step].join(" ");
}

function unknownKey(name) {
  return new Unchecked("these entries do not hold it", "revoked", name);
}

function alike(left, right) {
  return left === right || (left !== undefined && right !== undefined && equal(encodePublic(left), encodePublic(right)));
}

// What a number of a case is, however it is spelled.
export function spelled(number) {
  const kept = (number.match(/[A-Za-z0-9]+/g) ?? []).map((word) => word.toLowerCase().replace(/^0+(?=[0-9]+$)/, ""));
  return kept.filter((word) => !["nomor", "no", "tahun", "keputusan", "putusan"].includes(word)).join(" ") || number;
}

// What a statement is a revision of; null where revisions have rivals, or there are none.
export function lineOf({ kind, election, region, contest, body, tps, number, to, digest }) {
  const named = {
    election: [], roster: [region], determination: [contest, region], elected: [contest], ruling: [contest, spelled(`${number}`)],
    recommendation: [contest, body, region, tps, number], response: [to, body, region, tps], withhold: [digest],
  }[kind];
  return named ? JSON.stringify([kind, election, ...named]) : null;
}
