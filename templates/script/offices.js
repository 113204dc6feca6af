// The offices that must sign each kind of statement: a list of requirements, each met by one of its
// offices with enough distinct persons. `register` knows the log, the elections and the keys.

import { BODIES, FORMS, SUPERVISORS, THRESHOLDS } from "./tables.js";

const OBSERVERS = Object.keys(BODIES).filter((body) => BODIES[body].observes);
const COUNTRY = "id";

function depth(region) {
  return region === COUNTRY ? 0 : region.split(".").length;
}

function isBelow(region, above) {
  return above === COUNTRY ? region !== COUNTRY : region.startsWith(`${above}.`);
}

// An observer of a region may sign for it and everything below it.
function observes(key, region, tps) {
  if (key.region === region) return key.tps === undefined || key.tps === tps;
  return isBelow(region, key.region);
}

// For whom a witness or an observer stands: the pair, or the organisation.
export function sideOf({ pair, organisation }) {
  return pair ?? organisation;
}

// One of the body that says something of a slot, and of its pair or organisation.
function teller(said, { region, tps }, offices) {
  return offices.office(said.body, region, 1, { tps, pair: said.pair, organisation: said.organisation });
}

export function holds(office, key) {
  if (office.keyid) return key.keyid === office.keyid;
  if (key.body !== office.body || key.election !== office.election) return false;
  const isOf = ["pair", "organisation"].every((name) => office[name] === undefined || key[name] === office[name]);
  if (OBSERVERS.includes(office.body) && !office.own) return observes(key, office.region, office.tps) && isOf;
  return key.region === office.region && key.tps === office.tps && isOf;
}

// The offices of one election.
function officesOf(election, name) {
  const number = (policy) => election.policy?.[policy] ?? THRESHOLDS[policy];
  const provincial = election.contests.some((contest) => contest.office === "governor");
  const office = (body, region, needed, more) => ({ body, region, number: needed, election: name, ...more });
  const root = () => office("roots.kpu", COUNTRY, election.roots.kpu.k);
  // The body of the region at `level` (1 provinsi … 4 kelurahan) at or above `code`.
  const at = (level, code, policy) => {
    if (level === 1 && !provincial) return root();
    const region = code.split(".").slice(0, level).join(".");
    const body = Object.keys(BODIES).find((name) => BODIES[name].level === level && !BODIES[name].observes);
    return office(body, region, number(policy));
  };
  const own = ({ form, region, tps }, needed = number(form)) => {
    const { signed } = FORMS[form];
    if (signed === 0) return root();
    if (form === "c_hasil") return office("kpps", region, needed, { tps });
    const body = at(signed, region, form);
    return body.body === "roots.kpu" ? body : { ...body, number: needed };
  };
  const granter = (body, region, pair) => {
    if (body === "kpu_prov") return root();
    if (body === "bawaslu_prov" || body === "bawaslu_kabko") {
      return office("roots.bawaslu", COUNTRY, election.roots.bawaslu?.k ?? 1);
    }
    if (body === "saksi") {
      const named = election.roots.pairs?.find((one) => one.number === pair);
      return office(`roots.pairs.${pair}`, COUNTRY, named?.k ?? 1, { pair });
    }
    if (body === "pemantau") return at(Math.min(depth(region), 2), region, "grant");
    if (OBSERVERS.includes(body)) {
      const kabko = region.split(".").slice(0, 2).join(".");
      return office("bawaslu_kabko", kabko, number("grant"), { own: true });
    }
    return at(BODIES[body].level - 1, region, "grant");
  };
  return { number, office, root, at, own, granter };
}

function operators(register, k = register.log?.operators.k ?? 1) {
  return [{ body: "operator", region: COUNTRY, number: k, election: "" }];
}

const REQUIREMENTS = {
  log: (register, fields) => [operators(register, fields.operators.k)],
  publication: (register) => [operators(register)],
  uploaders: (register) => [operators(register)],
  app: (register) => [operators(register)],
  withhold: (register, { revision }) => [operators(register, revision === 1 ? 1 : undefined)],
  clock: () => [[{ body: "log", region: COUNTRY, number: 1, election: "" }]],
  close: (register) => [operators(register)],
  election: (register, fields) => {
    const before = register.elections.get(fields.election);
    const own = [[officesOf(before ?? fields, fields.election).root()], operators(register)];
    // It begins by leave of the roots of each election that it follows.
    const followed = before ? [] : [...new Set(fields.contests.map((one) => one.follows?.election))].filter((name) => register.elections.has(name));
    return [...own, ...followed.map((name) => [officesOf(register.elections.get(name), name).root()])];
  },
  roster: (register, { region }, offices) => {
    const level = depth(region);
    return [[level < 2 ? offices.root() : offices.at(Math.min(level - 1, 2), region, "roster")]];
  },
  grant: (register, { body, region, pair }, offices) => [[offices.granter(body, region, pair)]],
  revoke: (register, fields, offices) => {
    const key = register.keys.get(fields.keyid);
    const known = key && key.election === fields.election && !key.body.startsWith("roots");
    if (!known) return [[offices.root()]];
    const allowed = [offices.granter(key.body, key.region, key.pair)];
    // A thief must not cast doubt on the earlier entries of the key that he holds.
    if (fields.suspect_from === undefined) allowed.push({ keyid: fields.keyid, number: 1 });
    return [allowed];
  },
  form: (register, fields, offices) => [[offices.own(fields)]],
  determination: (register, { region }, offices) => [
    [offices.at(Math.max(Math.min(depth(region), 2), 1), region, "determination")],
  ],
  elected: (register, { region }, offices) => [
    [offices.at(Math.max(Math.min(depth(region), 2), 1), region, "determination")],
  ],
  ruling: (register, { region }, offices) => [
    [offices.at(Math.max(Math.min(depth(region), 2), 1), region, "determination"), offices.root()],
  ],
  objection: (register, fields, offices) => [[teller(fields, fields, offices)]],
  event: (register, fields, offices) => [[SUPERVISORS.includes(fields.body) ? teller(fields, fields, offices) : offices.own(fields, 1)]],
  recommendation: (register, { body, region, tps, type }, offices) => [
    [offices.office(body, region, type === "advice" ? 1 : offices.number("recommendation"), { tps, own: true })],
  ],
  response: (register, { body, region, tps }, offices) => [
    [tps === undefined ? offices.at(BODIES[body].level, region, "response") : offices.office(body, region, offices.number("response"), { tps })],
  ],
  copy: (register, fields, offices) => [[teller(fields, fields, offices)]],
  readiness: (register, { region, tps, step }, offices) => {
    const station = [offices.office("kpps", region, 1, { tps })];
    const ppk = [offices.office("ppk", region.split(".").slice(0, 3).join("."), 1)];
    return step === "arrived" ? [[offices.office("pps", region, 1)], station] : [station, ppk];
  },
  pictures: (register, fields, offices) => [[offices.own(fields, 1)]],
  answer: (register, fields, offices) => {
    const { outcome, to } = fields;
    if (outcome === "withdrawn") {
      const said = register.objection(to[0]);
      return [[said ? teller(said.fields, fields, offices) : offices.root()]];
    }
    const above = [];
    const decides = ["accepted", "rejected"].includes(outcome);
    for (let at = FORMS[fields.form].signed - 1; at > 0; at--) above.push(offices.at(at, fields.region, decides ? fields.form : "answer"));
    if (!above.some((office) => office.body === "roots.kpu")) above.push(offices.root());
    const requirements = [above];
    if (fields.accept === undefined) requirements[0] = [offices.own(fields, decides ? undefined : 1), ...above];
    return requirements;
  },
};

// {counted, strangers, missing: [office with the most persons of each requirement not met], rank: of the
// highest organiser of whom enough have signed, 0 the roots} of the signers, records of the register
// with their key ids.
export function judge(register, fields, signers) {
  const election = register.elections.get(fields.election) ?? fields;
  const offices = fields.election && election.roots ? officesOf(election, fields.election) : null;
  const counted = new Set();
  const missing = [];
  let rank = Infinity;
  for (const allowed of REQUIREMENTS[fields.kind](register, fields, offices)) {
    let met = false;
    for (const office of allowed) {
      const held = signers.filter((key) => holds(office, key));
      held.forEach((key) => counted.add(key.keyid));
      if (together(held) < office.number) continue;
      met = true;
      rank = Math.min(rank, levelOf(office.body));
    }
    if (!met) missing.push(allowed[0]);
  }
  const strangers = signers.filter((key) => !counted.has(key.keyid) && !mayObserve(fields, key));
  return { counted, strangers, missing, rank };
}

// How many persons of an office count together: those of the body itself, or of one that acts for it.
function together(held) {
  const by = new Map();
  for (const { acting, person } of held) by.set(acting, (by.get(acting) ?? new Set()).add(person));
  return Math.max(0, ...[...by.values()].map((persons) => persons.size));
}

function levelOf(body) {
  if (body === "roots.kpu") return 0;
  return BODIES[body] && !BODIES[body].observes ? BODIES[body].level : Infinity;
}

function mayObserve(fields, key) {
  const may = { form: OBSERVERS, readiness: ["ptps"] }[fields.kind] ?? [];
  return may.includes(key.body) && key.election === fields.election && observes(key, fields.region, fields.tps);
}
