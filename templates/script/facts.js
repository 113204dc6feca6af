// What a proved statement says, told by its own signed words: whatever else a page or a file shows.

import { Sentences } from "./sentences.js";
import { number, say } from "./words.js";

const VOTES = ["valid", "invalid", "total"];

// The section about a statement that is signed and recorded; null where that is not proved.
export function factsOf(document, texts, { claims, statement, index, mode }) {
  const proved = ["signed", "recorded"].every((name) => claims[name]?.state === "proved");
  if (!proved || !statement) return null;
  const { fields, election } = statement;
  const made = document.createElement("div");
  made.className = "facts";
  const add = (parent, tag, text, name = "") => {
    const element = document.createElement(tag);
    element.textContent = text;
    element.className = name;
    parent.append(element);
    return element;
  };
  const names = new Sentences(texts, { contest: {} });
  if (mode !== "live") add(made, "p", names.say(`base.${mode}`), "state");
  add(made, "p", `${say(texts, "facts")} ${about(texts, fields, election)} ${say(texts, "facts_entry", { n: number(texts, index) })}`);
  if (fields.kind !== "form") return made;
  const list = add(made, "dl", "", "kv");
  const pairs = election?.contests.find(({ id }) => id === fields.contest)?.pairs ?? [];
  for (const pair of pairs) {
    const votes = fields.figures[`pair_${pair.number}`];
    if (votes === undefined) continue;
    add(list, "dt", `${say(texts, "sheet_pair", { n: pair.number })}, ${names.pair(pair)}`);
    add(list, "dd", number(texts, votes));
  }
  for (const field of VOTES.filter((one) => one in fields.figures)) {
    add(list, "dt", say(texts, `sheet_${field}`));
    add(list, "dd", number(texts, fields.figures[field]));
  }
  return made;
}

// "C.Hasil versi 2, TPS 004, 32.07.01.1001, Pemilihan Contoh."
function about(texts, { kind, form, region, tps, revision }, election) {
  const names = new Sentences(texts, {});
  const parts = [kind === "form" ? names.name(form, "form") : names.name(kind, "kind")];
  if (revision !== undefined) parts[0] += ` ${names.say("region.revised", { n: revision })}`;
  if (tps !== undefined) parts.push(`TPS ${tps}`);
  if (region !== undefined) parts.push(`${say(texts, "facts_code")} ${region}`);
  if (election?.name) parts.push(names.called(election.name));
  return `${parts.join(", ")}.`;
}
