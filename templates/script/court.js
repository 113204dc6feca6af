// What a page says that courts annul, order and leave out at its place, held against the rulings that
// prove it. A contest's own region has a list of its own, which is read nowhere.

import { effective } from "./evidence.js";
import { lineOf } from "./register.js";
import { HELD_AGAIN, RETABULATE } from "./tables.js";

// Puts into a sheet what differs, what was not read, and the rulings about its place that are proved.
export function holdRulings(sheet, known) {
  const { twin, place, differences, notes } = sheet;
  if (!place?.contest || place.region === null) return;
  const [ruled, leftOut] = [twin.ruled, twin.left_out].map((list) => (Array.isArray(list) ? list : []));
  const named = new Set([...ruled, ...leftOut].map((one) => one?.index));
  const cases = [...known.register.statements.values()].filter((one) => isRuling(one, place) && !known.register.after(one)).sort((one, other) => other.effect - one.effect);
  const unread = new Set();
  for (const index of named) {
    if (cases.some(({ effect }) => effect === index)) continue;
    const { fault } = effective(known, index);
    if (!twin.evidence.includes(index) || !fault || fault.refutes) differences.places.add("ruled");
    else notes.push({ code: "ruled_unread", index });
    unread.add(index);
  }
  const here = place.tps === null ? place.region : `${place.region}/${place.tps}`;
  const hold = (list, real) => {
    const said = list.filter((one) => !unread.has(one?.index));
    if (!covers(said, real.filter((one) => one))) differences.places.add("ruled");
  };
  hold(ruled, here === place.contest.region ? [] : cases.map((one) => ruledAt(one, here, sheet, known)));
  hold(leftOut, cases.map((one) => leftOutAt(one, here, place)));
  sheet.rulings = cases.filter(({ effect }) => named.has(effect)).map(({ effect, fields }) => ({ index: effect, number: fields.number }));
}

function isRuling({ effect, fields }, { election, contest }) {
  return effect !== null && fields.kind === "ruling" && fields.election === election.election && fields.contest === contest.id;
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
function received({ what }, { number }, sheet, known) {
  const { twin, main, place } = sheet;
  if (!HELD_AGAIN[what]) return null;
  if (place.tps === null || (twin.head && !main)) return undefined;
  const head = twin.head && main.statement;
  return head?.fields.count === HELD_AGAIN[what] && head.effect > grantedFrom(number, sheet, known) ? 1 : 0;
}

// The entry from which on a case has been granted.
function grantedFrom(number, { place }, { register }) {
  const line = lineOf({ kind: "ruling", election: place.election.election, contest: place.contest.id, region: place.contest.region, number });
  const said = [...register.statements.values()].filter((one) => one.effect !== null && lineOf(one.fields) === line);
  return said.sort((one, other) => one.effect - other.effect).reduce((since, { effect, fields }) => (fields.state === "granted" ? (since ?? effect) : null), null);
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
