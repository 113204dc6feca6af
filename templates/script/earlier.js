// A page of a TPS that was kept while its twin was replaced: its figures, held against the form that
// it names. What else it said, and what came after it, cannot be compared any more.

import { recorded, signed } from "./claims.js";
import { Comparison, ownText } from "./comparison.js";

const NAMED = /(?:^|\/)bukti\/(0|[1-9][0-9]{0,14})\/index\.html$/;

// The entry that the page gives as its own, null if it gives none.
export function entryNamed(document) {
  const link = document.querySelector("[data-claim=recorded] a");
  const [, index] = NAMED.exec(link?.getAttribute("href") ?? "") ?? [];
  return index === undefined ? null : Number(index);
}

// `now` is the twin that took its place; `chain` names the entries that prove the form.
export async function examineEarlier({ document, now, texts, evidence, index, chain, result }) {
  const { claims } = result;
  result.checkpoint = await recorded(claims.recorded, evidence, index);
  result.statement = await signed(claims.signed, evidence, index, chain);
  const fields = result.statement?.fields;
  if (fields?.kind !== "form") return;
  const comparison = new Comparison(texts);
  const slot = { election: now.election.id, contest: now.contest.id, region: now.region.code, tps: now.tps };
  for (const [name, value] of Object.entries(slot)) comparison.equal(name, fields[name], value);
  compareRows(document, fields.figures, comparison);
  result.compared = comparison.count;
  for (const { code, place, message } of comparison.faults) claims.cells.refute(code, place, message);
  if (!comparison.faults.length) claims.cells.leave("then", `bukti/${index}.json`);
}

function compareRows(document, figures, comparison) {
  for (const table of document.querySelectorAll("table[data-s=tps], table[data-s=form]")) {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])].slice(1);
    for (const row of table.querySelectorAll("tr[data-f]")) {
      const cells = [...row.cells].slice(1, table.dataset.s === "tps" ? 2 : undefined);
      cells.forEach((cell, at) => {
        const field = row.dataset.f + (heads[at]?.dataset.x ?? "");
        comparison.fields.add(field);
        comparison.cell(field, figures[field], ownText(cell));
      });
    }
  }
  for (const [field, value] of Object.entries(figures)) {
    if (!comparison.fields.has(field)) comparison.equal(field, value, "");
  }
}
