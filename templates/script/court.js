// What a page says that was decided about its place, and at the contest's own region about all of it,
// held against the determination, who is elected and the rulings that prove it.

import { effective } from "./evidence.js";
import { lineOf, spelled } from "./register.js";
import { GRANTS, HELD_AGAIN, RETABULATE } from "./tables.js";

const REGISTERED = "registered";
const SAID = ["number", "revision", "announced_at", "pair", "basis", "decided_at", "court", "state", "date", "against"];

// Puts into a sheet what differs, what was not read, and the decisions about its place that are proved.
export function holdDecisions(sheet, known) {
  const { twin, place, differences, notes } = sheet;
  if (place.region === null) return;
  const lists = [twin.ruled, twin.left_out, twin.rulings, [twin.determination], [twin.elected]];
  const [ruled, leftOut, listed, determination, elected] = lists.map((list) => (Array.isArray(list) ? list.filter((one) => one) : []));
  const named = new Set([...ruled, ...leftOut, ...listed, ...determination, ...elected].map(({ index }) => index));
  const decisions = [...known.register.statements.values()].filter((one) => isDecision(one, place) && !known.register.after(one)).sort((one, other) => other.effect - one.effect);
  const of = (wanted) => decisions.filter(({ fields: { kind } }) => kind === wanted);
  const cases = of("ruling");
  const unread = new Set();
  for (const index of named) {
    if (decisions.some(({ effect }) => effect === index)) continue;
    const { fault } = effective(known, index);
    if (!twin.evidence.includes(index) || !fault || fault.refutes) differences.places.add("ruled");
    else notes.push({ code: "ruled_unread", index });
    unread.add(index);
  }
  const here = place.tps === null ? place.region : `${place.region}/${place.tps}`;
  const top = here === place.contest.region;
  // Beside what was not read nothing is missed.
  const hold = (list, real) => {
    const said = list.filter((one) => !unread.has(one.index));
    if (!covers(said, real.filter((one) => one && (!unread.size || named.has(one.index))))) differences.places.add("ruled");
  };
  hold(ruled, top ? [] : cases.map((one) => ruledAt(one, here, sheet, known)));
  hold(leftOut, cases.map((one) => leftOutAt(one, here, place)));
  for (const [list, kind] of [[listed, "ruling"], [determination, "determination"], [elected, "elected"]]) {
    const lines = of(top && kind).map((one) => [one, lineOfAll(one, known)]).sort(([, [one]], [, [other]]) => one.effect - other.effect);
    hold(list, lines.map(([one, line]) => saidOf(one, line, place, known)));
  }
  const stood = standing(cases, of("determination")[0], of("elected")[0], known);
  if (top && !unread.size && !covers(twin.standing, stood.told)) differences.places.add("ruled");
  sheet.decisions = decisions.filter(({ effect }) => named.has(effect)).map((statement) => ({ statement, status: top ? stood.statusOf(statement) : null }));
}

function isDecision({ effect, fields }, { election, contest }) {
  return effect !== null && ["determination", "elected", "ruling"].includes(fields.kind) && fields.election === election.election && fields.contest === contest.id;
}

// All that was said in the place of which a statement stands, the first of them first.
function lineOfAll({ fields }, { register }) {
  const said = [...register.statements.values()].filter((one) => one.effect !== null && lineOf(one.fields) === lineOf(fields));
  return said.sort((one, other) => one.effect - other.effect);
}

// What the page of its contest says of a decision: null of what others alone say.
function saidOf({ effect, fields }, line, place, { register }) {
  const { certificate, annuls = [], orders = [] } = fields;
  return {
    ...Object.fromEntries(SAID.map((name) => [name, fields[name] ?? null])),
    index: effect, earlier: line.slice(0, -1).map((one) => one.effect),
    certificate: certificate ? { index: register.statements.get(certificate).index } : null,
    registered: line.findLast((one) => one.fields.state === REGISTERED)?.fields.date ?? null,
    ...(fields.kind === "ruling" && {
      annuls: annuls.map(({ decision, places = [] }) => ({ decision, places: told(places, place) })),
      orders: orders.map(({ what, by, days = null, places = [], except = [] }) => ({ what, by, days, places: told(places, place), except: told(except, place) })),
    }),
  };
}

const isOne = (number, other) => spelled(number) === spelled(other);

// Where a contest stands by these: {told: as its page says it, statusOf: what became of one in force, by
// decisions that are shown}.
export function standing(cases, determined, elected, known) {
  const there = cases.filter(({ fields }) => fields.state !== "mistaken");
  const of = (some, ...wanted) => some.filter(({ fields: { state } }) => wanted.includes(state));
  const number = determined?.fields.number;
  const first = determined && lineOfAll(determined, known).find(({ fields }) => isOne(fields.number, number)).effect;
  const about = there.filter(({ effect, fields: { state, against } }) => {
    if (!determined) return true;
    if (GRANTS.includes(state)) return determined.effect < effect || ["first", "correction"].includes(determined.fields.basis);
    return against === undefined ? first < effect : isOne(against, number);
  });
  const annuls = (one) => (one.fields.annuls ?? []).filter(({ decision }) => determined && isOne(decision, number));
  const wholly = there.filter((one) => annuls(one).some(({ places }) => !places));
  const partly = there.filter((one) => annuls(one).length);
  const open = of(there, REGISTERED);
  const annulled = wholly.length ? "annulled" : partly.length ? "annulled-part" : null;
  const [chosen, decided] = [elected, determined].map((one) => one?.fields.announced_at);
  const isElected = elected && determined && !isAfter(decided, chosen) && (isAfter(chosen, decided) || first < elected.effect);
  const still = determined ? (isElected ? "elected" : about.length ? "refused" : "determined") : "undetermined";
  const [state, some] = [
    [annulled, wholly.length ? wholly : partly], ["granted", of(about, ...GRANTS)], ["disputed", open], [still, still === "refused" ? about : []],
  ].find(([name, some]) => some.length || name === still);
  const named = (list) => list.map(({ effect: index, fields: { number, state, date, against = null } }) => ({ index, number, state, date, against }));
  return {
    told: { state, rulings: named(some), open: named(open) },
    statusOf: (one) => (one === determined ? annulled : one === elected && determined && (annulled || !isElected) ? "unbacked" : null),
  };
}

// Of a time and a day the days count, as they are written.
function isAfter(one, other) {
  const day = Math.min(one.length, other.length) === 10;
  return day ? one.slice(0, 10) > other.slice(0, 10) : Date.parse(one) > Date.parse(other);
}

// Whether a page says this: what it says besides is not held here.
function covers(shown, real) {
  if (Array.isArray(real)) return shown?.length === real.length && real.every((one, at) => covers(shown[at], one));
  if (real !== null && typeof real === "object") return Object.entries(real).every(([name, value]) => value === undefined || covers(shown?.[name], value));
  return (shown ?? null) === real;
}

// A roster that was not read names no place.
function told(places, { names }) {
  return places.map((one) => {
    const [code, tps] = one.split("/");
    return { code, tps: tps ?? null, name: names.get(code) };
  });
}

function ruledAt({ effect, fields }, here, sheet, known) {
  const { place } = sheet;
  const of = (list) => (list ?? []).map((one) => [one, inside(one, here)]).filter(([, places]) => places);
  const annuls = of(fields.annuls);
  const orders = of(fields.orders).filter(([one]) => one.places || HELD_AGAIN[one.what]);
  if (!orders.length && !annuls.some(([one]) => one.places)) return null;
  return {
    index: effect, number: fields.number, date: fields.date,
    annuls: annuls.map(([one, places]) => ({ decision: one.decision, wholly: !one.places, places: told(places, place) })),
    orders: orders.map(([one, places]) => ({ what: one.what, by: one.by, days: one.days ?? null, received: received(one, fields, sheet, known), places: told(places, place) })),
  };
}

function leftOutAt({ effect, fields }, here, place) {
  const except = (fields.orders ?? []).filter(({ what }) => what === RETABULATE).flatMap((one) => one.except ?? []);
  const places = except.filter((one) => liesIn(one, here) || liesIn(here, one));
  return places.length ? { index: effect, number: fields.number, places: told(places, place) } : null;
}

// Whether the form of a TPS is of what an order asks for, and took effect behind it: 1 or 0; null where
// that is no question, undefined where the form was not read, or of many TPS.
function received({ what }, fields, sheet, known) {
  const { twin, main, place } = sheet;
  if (!HELD_AGAIN[what]) return null;
  if (place.tps === null || (twin.head && !main)) return undefined;
  const head = twin.head && main.statement;
  return head?.fields.count === HELD_AGAIN[what] && head.effect > grantedFrom(fields, known) ? 1 : 0;
}

// The entry from which on a case has been granted.
function grantedFrom(fields, known) {
  return lineOfAll({ fields }, known).reduce((since, { effect, fields: { state } }) => (GRANTS.includes(state) ? (since ?? effect) : null), null);
}

// The places in a place of which something is said: none is all of it; null: nothing.
function inside({ places, except = [] }, here) {
  if (except.some((one) => liesIn(here, one))) return null;
  if (!places || places.some((one) => liesIn(here, one))) return [];
  const found = places.filter((one) => liesIn(one, here));
  return found.length ? found : null;
}

// Whether a place is another or lies in it: a TPS in its kelurahan and those above.
function liesIn(place, other) {
  return place === other || (!other.includes("/") && `${place.split("/")[0]}.`.startsWith(`${other}.`));
}
