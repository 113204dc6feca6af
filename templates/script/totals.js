// Totals before and after, held against the form that moved them and against the page's table.

import { capital } from "./sentences.js";
import { isVote, sortedFields } from "./tables.js";

const STATIONS = ["c_hasil", "summary"];
const value = (stand, field) => stand.fields[field]?.[0] ?? 0;
const fieldsOf = ({ before, after }) => sortedFields({ ...before.fields, ...after.fields });

export const gapsOf = (place) => fieldsOf(place).map((field) => [field, value(place.after, field) - value(place.before, field)]);

// What a form changes when it takes effect is what it says, less what the one before said. The nearest
// total moves by the change, unless a running figure is used in it; what lies between it and the
// contest's is not seen here.
export function compareStandings({ totals, effect, before, payload }, comparison) {
  if (!totals) return;
  const { change, places } = totals;
  if (payload.kind === "form" && totals.entry === effect) {
    comparison.equal("±", before === null, totals.before === null, "shape");
    for (const field of Object.keys({ ...payload.figures, ...before?.figures }).filter(isVote)) {
      comparison.equal(`± ${field}`, (payload.figures[field] ?? 0) - (before?.figures[field] ?? 0), change[field] ?? 0);
    }
  }
  const [nearest] = places;
  if (nearest.before.running || nearest.after.running) return;
  for (const [field, gap] of gapsOf(nearest)) comparison.equal(`± ${field}`, change[field] ?? 0, gap);
  comparison.equal("±", totals.before === null ? 1 : 0, nearest.after.counted - nearest.before.counted);
}

export function compareTotals(document, { totals, kind, index, payload }, sentences, comparison) {
  const told = kind === "form" || (kind === "answer" && payload.accept);
  const says = (selector, lines) =>
    comparison.says(sentences.say("statement.totals"), document.querySelectorAll(`#jumlah ${selector}`), lines);
  comparison.equal("#jumlah", told ? 1 : 0, document.querySelectorAll("#jumlah").length, "shape");
  if (!told) return;
  const say = (name, values) => sentences.say(`statement.totals_${name}`, values);
  const entry = (n) => sentences.say("region.entry", { n: sentences.number(n) });
  if (!totals) {
    says("> *:not(h2)", [say("never")]);
    return;
  }
  const first = [];
  if (kind === "answer") {
    const instead = totals.before === null ? "" : `, ${say("instead")} ${entry(totals.before)}`;
    first.push(`${say("accepts")} ${entry(totals.after)}${instead}.`);
  } else if (totals.entry !== index) first.push(`${say("since")} ${entry(totals.entry)}.`);
  const otherwise = totals.places.some((place) => {
    const gaps = Object.fromEntries(gapsOf(place));
    return Object.keys({ ...gaps, ...totals.change }).some((field) => (gaps[field] ?? 0) !== (totals.change[field] ?? 0));
  });
  says("> p", [...first, `${otherwise ? `${say("running")} ` : ""}${say("then")}`]);
  says("caption", [say("caption", { n: sentences.number(totals.entry) })]);
  says("thead th", [sentences.say("tps.field"), say("before"), say("after")]);
  const behind = say(`of_${STATIONS.includes(totals.form) ? "stations" : "forms"}`);
  says("tbody tr > *", totals.places.flatMap((place) => {
    const { before, after, expected } = place;
    const cell = (stand, field) => (stand.fields[field] ? sentences.number(value(stand, field)) : say("empty"));
    const rows = gapsOf(place).map(([field, gap]) => [
      capital(sentences.field(field, "short")), cell(before, field),
      cell(after, field) + (gap && before.fields[field] && after.fields[field] ? sentences.signed(gap) : ""),
    ]);
    const whole = expected === null ? "" : sentences.say("region.of", { n: sentences.number(expected) });
    const counted = [before, after].map((stand) => sentences.number(stand.counted) + whole);
    return [sentences.place(place), behind, ...counted, ...rows.flat()];
  }));
}
