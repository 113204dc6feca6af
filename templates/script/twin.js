// A twin, held against the entries that it shows: slot, figures, names, signers, sums.

import { compareFigures } from "./comparison.js";
import { Malformed } from "./faults.js";
import { compareStandings } from "./totals.js";

// The twin's form is the one that was signed: the same slot, the same figures. What is not in the
// form is said by the election's own statement, where it is known.
export function compareForm(twin, view, fields, election, comparison) {
  const slot = [twin.election?.id, twin.contest?.id, twin.region?.code, twin.tps];
  const said = [fields.election, fields.contest, fields.region, fields.tps];
  ["election", "contest", "region", "tps"].forEach((name, at) => {
    comparison.equal(name, said[at], slot[at]);
  });
  for (const name of ["form", "revision"]) comparison.equal(name, fields[name], view[name]);
  compareFigures("form", view.figures, fields.figures, comparison);
  const contest = election?.contests.find(({ id }) => id === fields.contest);
  if (contest) compareContest(twin, election, contest, comparison);
  if (twin.result?.basis === "certified") {
    compareFigures("result", twin.result.figures, fields.figures, comparison);
  }
}

function compareContest(twin, election, contest, comparison) {
  const pairs = (of) => JSON.stringify(of.map(({ number, names, empty_column: empty }) => [number, names ?? [], !!empty]));
  comparison.equal("names", pairs(contest.pairs), pairs(twin.contest.pairs));
  for (const name of ["office", "region", "win"]) comparison.equal(name, contest[name], twin.contest[name]);
  comparison.equal("date", election.date, twin.election.date);
  comparison.equal("election", JSON.stringify(election.name), JSON.stringify(twin.election.name));
}

// Votes, shares and the lead that a region shows are those of its result's figures.
export function compareShown({ result, contest }, comparison) {
  if (!result.basis) return;
  const { figures, pairs, valid, line, margin, elected } = result;
  const all = pairs.every(({ votes }) => votes !== null);
  const sum = all ? pairs.reduce((total, { votes }) => total + votes, 0) : null;
  comparison.equal("valid", figures.valid ?? sum, valid);
  comparison.equal("pairs", contest.pairs.map(({ number }) => number).join(), pairs.map(({ number }) => number).join());
  const most = Math.max(...pairs.map(({ number }) => figures[`pair_${number}`] ?? 0));
  const alone = most > 0 && pairs.filter(({ votes }) => votes === most).length === 1;
  for (const { number, votes, leads } of pairs) {
    comparison.equal(`pair_${number}`, figures[`pair_${number}`] ?? null, votes);
    comparison.equal(`pair_${number}`, alone && votes === most, leads, "shape");
  }
  const first = pairs.find(({ votes }) => votes === most)?.number;
  if (line) {
    const needed = Math.floor(valid / 2) + 1;
    const known = [needed, first, most - needed];
    comparison.equal("line", known.join(), [line.needed, line.number, line.above].join());
  }
  if (margin) {
    const votes = pairs.map((pair) => pair.votes).sort((left, right) => right - left);
    comparison.equal("margin", votes[0] - votes[1], margin.gap);
  }
  if (elected) comparison.equal("elected", first, elected.number);
}

// Who signed, as the entries that were read say it: each key, its body, the entry that granted it.
export function compareSigners(shown, { signers, counted }, comparison) {
  const told = shown.map(({ keyid, body, counted: counts, grant }) => [keyid, body, counts, grant]);
  const known = [...signers.values()].map((key) => [key.keyid, key.body, counted.has(key.keyid), key.index ?? null]);
  comparison.equal("signers", JSON.stringify(known.sort()), JSON.stringify(told.sort()));
}

// What a page says of its log is what entry 0 says.
export function compareLog({ mode, origin }, log, comparison) {
  comparison.equal("mode", log.mode, mode);
  comparison.equal("origin", log.log, origin);
}

// Add up the children that the page shows. False: the sum also stands on something else.
export function compareSum(twin, comparison) {
  const { sum, children, result } = twin;
  if (result.basis === "sum") {
    const values = Object.entries(sum.fields).map(([field, [value]]) => [field, value]);
    compareFigures("result", result.figures, Object.fromEntries(values), comparison);
  }
  if (sum.via !== "forms") return false;
  for (const [field, [value, reported]] of Object.entries(sum.fields)) {
    let [total, forms] = [0, 0];
    for (const child of children) {
      const own = child.level === "tps" ? child.figures?.[field] : child.sum?.[field]?.[0];
      if (own === undefined || own === null) continue;
      total += own;
      forms += child.level === "tps" ? 1 : child.sum[field][1];
    }
    comparison.equal(`sum ${field}`, total, value);
    comparison.equal(`sum ${field}`, forms, reported);
  }
  return true;
}

// Hold a statement's page against its entry; keys of officers are shown without their persons.
export function compareStatement(twin, fields, comparison) {
  const shown = JSON.stringify(withoutPersons(twin.payload));
  comparison.equal("payload", JSON.stringify(withoutPersons(fields)), shown);
  compareStandings(twin, comparison);
}

function withoutPersons(fields) {
  if (!Array.isArray(fields?.persons)) return fields;
  const persons = fields.persons.map(({ person, keyid, ...one }) => one);
  return { ...fields, persons };
}

export function requireTwin(twin) {
  const sound =
    ["tps", "region", "statement"].includes(twin?.page) &&
    typeof twin.address === "string" &&
    Number.isInteger(twin.as_of) &&
    typeof twin.root === "string" &&
    Array.isArray(twin.evidence);
  if (!sound) throw new Malformed("not the twin of such a page", "twin");
}
