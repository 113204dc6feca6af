// Tables and lists of figures on a page, held against its twin. They name their source in `data-s`,
// rows or columns their figure in `data-f`.

import { ownText } from "./comparison.js";
import { columnOf } from "./statement.js";

const PAPER = [
  "registered", "voted_listed", "voted_moved", "voted_unlisted", "voted", "ballots_received",
  "ballots_used", "ballots_returned", "ballots_unused", "voted_disabled", "pair", "valid", "invalid", "total",
];
const [UNMARKED, LISTS] = ["#ttd, #selisih, #perubahan, #jumlah, #isi-pernyataan", ["children", "statements", "rows"]];

// Every marked table and list; a page has no other table but those of signers and differences.
export function compareTables(document, twin, sentences, comparison) {
  const tables = [...document.querySelectorAll("table")];
  const results = [...document.querySelectorAll("ol[data-s]")];
  const names = [...tables, ...results].map((one) => one.dataset.s);
  const count = (name) => names.filter((one) => one === name).length;
  for (const [name, most] of expectedTables(twin)) comparison.equal(`[${name}]`, most, count(name), "shape");
  for (const section of document.querySelectorAll("#ttd, #selisih, #perubahan, #jumlah")) {
    if (section.querySelectorAll("table").length > 1) comparison.equal("table", 1, 2, "shape");
  }
  for (const table of tables) {
    if (table.dataset.s) compareTable(table, twin, sentences, comparison);
    else if (!table.closest(UNMARKED)) comparison.equal("table", 0, 1, "shape");
  }
  results.forEach((list) => compareResult(list, twin, sentences, comparison));
  const figures = twin.page === "tps" ? twin.head?.figures : twin.payload?.figures;
  for (const field of Object.keys(figures ?? {})) {
    if (!comparison.fields.has(field)) comparison.equal(field, figures[field], "");
  }
}

// How often each table must be there; what is not named is of a statement's own kind.
function expectedTables(twin) {
  const { page } = twin;
  if (page === "tps") {
    const several = twin.statements.length > 1;
    return [["tps", twin.head || twin.column ? 1 : 0], ["statements", several ? 1 : 0], ["result", 0], ["children", 0]];
  }
  if (page !== "region") return [["tps", 0], ["statements", 0], ["result", 0], ["children", 0], ["ladder", 0]];
  const rungs = rungsOf(twin).length;
  return [
    ["result", twin.result.basis ? 1 : 0], ["children", twin.children.length ? 1 : 0],
    ["ladder", rungs > 1 ? 1 : 0], ["tps", 0], ["form", 0], ["rows", 0],
  ];
}

function compareTable(table, twin, sentences, comparison) {
  const name = table.dataset.s;
  const rows = [...(table.tBodies[0]?.rows ?? [])];
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  comparison.equal(`[${name}]`, 1, table.tBodies.length, "shape");
  if (name === "children" && twin.result.basis && twin.children[0].level !== "tps") {
    comparison.equal(`[${name}]`, 1, table.tFoot?.rows.length, "shape");
  }
  compareLabels([table.tHead?.rows[0], table.tBodies[0]], twin, sentences, comparison);
  if (LISTS.includes(name)) {
    const sources = sourcesOf(name, twin);
    comparison.equal(name, sources.length, rows.length);
    rows.forEach((row, at) => compareRow(row, heads, sources[at] ?? {}, sentences, comparison));
    const total = table.tFoot?.rows[0];
    if (total) {
      const source = { name: sentences.place(twin.region), figures: { ...twin.result.figures, valid: twin.result.valid ?? undefined } };
      compareRow(total, heads, source, sentences, comparison);
    }
    return;
  }
  if (name !== "form") compareHeads(name, heads, rows, twin, sentences, comparison);
  if (name === "ladder") compareVerdicts(table.tHead?.rows[1], twin, sentences, comparison);
  const columns = columnsOf(name, twin, heads);
  for (const row of rows) {
    const field = row.dataset.f ?? "";
    const title = ownText(row.cells[0], "small").trim();
    comparison.equal("cells", heads.length, row.cells.length, "shape");
    [...row.cells].slice(1).forEach((cell, at) => {
      const { figures, suffix, gaps } = columns[at] ?? { figures: {}, suffix: "" };
      if (name === "form" && comparison.fields.has(field + suffix)) comparison.equal(title, 1, 2, "shape");
      comparison.fields.add(field + suffix);
      comparison.cell(title, figures[field + suffix], ownText(cell));
      const small = cell.querySelector("small")?.textContent.trim();
      const known = gaps?.[field] && (figures[field] ?? null) !== null ? sentences.signed(gaps[field]) : undefined;
      comparison.equal(`${title} ±`, known, small);
    });
  }
}

// The columns and rows of a ladder, or of a TPS beside the form above it.
function compareHeads(name, heads, rows, twin, sentences, comparison) {
  const rungs = name === "ladder" ? rungsOf(twin) : [];
  const levels = rungs.map(({ level, region }) => sentences.name(level ?? region.level, "rung"));
  const titles = name === "tps" ? ["tps.tps", "tps.above"].map((key) => sentences.say(key)) : levels;
  const small = name === "tps" ? ["form.c_hasil", "form_short.d_hasil_kecamatan"] : [];
  const notes = name === "tps" ? small.map((key) => sentences.say(key)) : rungs.map((rung) => rungNote(rung, sentences));
  const known = titles.map((title, at) => title + notes[at]).slice(0, heads.length - 1);
  comparison.equal(`[${name}]`, known.join(), heads.slice(1).map((head) => head.textContent.trim()).join(), "name");
  const figures = columnsOf(name, twin, heads).map((column) => column.figures);
  const told = (field) => figures.some((of) => (of[field] ?? null) !== null || (name === "ladder" && field in of));
  const fields = votesOf(twin).filter((field) => told(field) || (name === "tps" && field.startsWith("pair_")));
  comparison.equal(`[${name}]`, fields.join(), rows.map((row) => row.dataset.f).join(), "shape");
}

function rungNote({ count, expected, form, fields }, sentences) {
  if (!fields) return sentences.say("region.ladder_column", { place: sentences.twin.region.name });
  const counted = sentences.outOf(count, count === expected ? null : expected);
  return `${counted} ${sentences.name(form, "form_short", counted)}`;
}

// What a ladder says of each column against the one to its left.
function compareVerdicts(row, twin, sentences, comparison) {
  const rungs = rungsOf(twin);
  const complete = ({ fields, expected }, field) => fields[field][1] === expected;
  const known = rungs.map((rung, at) => {
    const before = rungs[at - 1];
    const gaps = rung.difference;
    if (!before || !gaps) return "first";
    const shared = votesOf(twin).filter((field) =>
      rung.fields ? field in before.fields && field in rung.fields : (rung.figures[field] ?? null) !== null,
    );
    const compared = rung.fields
      ? shared.filter((field) => complete(before, field) && complete(rung, field))
      : shared.filter((field) => field in (twin.certified?.figures ?? {}));
    if (compared.some((field) => gaps[field])) return "different";
    return compared.length && compared.length === shared.length ? "same" : "incomplete";
  });
  const words = known.map((one) => sentences.say(`region.ladder_${one}`));
  const shown = [...(row?.cells ?? [])].slice(1).map((cell) => cell.textContent.trim());
  comparison.equal("[ladder]", words.join(), shown.join(), "sentence");
}

function votesOf({ contest }) {
  return [...contest.pairs.map(({ number }) => `pair_${number}`), "valid", "invalid", "total"];
}

// A figure stands beside its own name; rows and columns stand in the order of the paper.
function compareLabels(parts, twin, sentences, comparison) {
  for (const part of parts) {
    const marked = [...(part?.children ?? [])].filter((one) => one.dataset.f);
    const fields = marked.map((one) => one.dataset.f);
    comparison.equal("order", [...fields].sort(byPlace).join(" "), fields.join(" "), "shape");
    for (const one of marked) {
      const head = one.cells?.[0] ?? one;
      const field = one.dataset.f;
      const [, number] = /^pair_([0-9]+)$/.exec(field) ?? [];
      if (number && head.querySelector(".b")) {
        compareBadge(head, number, comparison);
        const names = one.cells && head.querySelector("small")?.textContent;
        const pair = twin.contest.pairs.find((known) => String(known.number) === number);
        if (names) comparison.equal(field, pair && sentences.pair(pair), names, "name");
      } else {
        const shown = ownText(head, "small, i").trim();
        const known = ["field", "row", "short"].map((table) => sentences.field(field, table));
        const titles = [...known, sentences.texts.page.region[field]];
        if (!titles.includes(shown)) comparison.equal(field, known[0], shown, "name");
      }
    }
  }
}

// The number of a pair, in its own colour.
function compareBadge(element, number, comparison) {
  const badge = element.querySelector(".b");
  comparison.equal("badge", number, badge && ownText(badge, ".vh").trim());
  const own = badge && [`b b${number}`, "b b0"].includes(badge.className);
  comparison.equal("badge", true, own, "shape");
}

export function sortedFields(figures) {
  return Object.keys(figures).sort(byPlace);
}

export function isVote(field) {
  return ["valid", "invalid", "total"].includes(field) || field.startsWith("pair_");
}

function byPlace(left, right) {
  return placeOf(left) - placeOf(right);
}

function placeOf(field) {
  const [, row, more] = /^(.*?)(?:_([0-9]+|[mf]))?$/.exec(field);
  return PAPER.indexOf(row) * 1000 + ({ m: 0, f: 1 }[more] ?? Number(more ?? 2));
}

function rungsOf({ ladder, column }) {
  const rungs = (ladder ?? []).filter(({ fields }) => Object.keys(fields).length);
  return column ? [...rungs, column] : rungs;
}

// The figures of each column behind the row's name.
function columnsOf(name, twin, heads) {
  const form = twin.head?.figures ?? twin.payload?.figures ?? {};
  if (name === "ladder") {
    return rungsOf(twin).map(({ fields, figures, difference }, at) => {
      const values = Object.entries(fields ?? {}).map(([field, [value]]) => [field, value]);
      return { figures: figures ?? Object.fromEntries(values), suffix: "", gaps: at ? difference : null };
    });
  }
  if (name === "tps") {
    const { figures = {}, difference } = twin.column ?? {};
    return [{ figures: form, suffix: "" }, { figures, suffix: "", gaps: difference }];
  }
  return heads.slice(1).map((head) => ({ figures: form, suffix: head.dataset.x ?? "" }));
}

function sourcesOf(name, twin) {
  if (name === "statements") return twin.statements.map((one) => ({ figures: one.figures }));
  if (name === "rows") {
    const { children } = twin.payload;
    return children.map((child) => ({ name: child, figures: columnOf(twin.payload, child) }));
  }
  return twin.children.map((child) => ({
    name: child.level === "tps" ? child.code : child.name,
    figures: child.figures ?? {},
  }));
}

function compareRow(row, heads, { name, figures = {} }, sentences, comparison) {
  const cells = [...row.cells];
  comparison.equal("cells", heads.length, cells.length, "shape");
  const title = ownText(cells[0]).trim();
  if (name !== undefined) comparison.equal(title, name, title, "name");
  cells.forEach((cell, at) => {
    const field = heads[at]?.dataset.f;
    if (!field) return;
    const place = `${title} ${field}`;
    const small = cell.querySelector("small")?.textContent;
    if (ownText(cell).includes("%")) {
      comparison.cell(place, figures[field], small ?? "");
      compareShare(place, figures[field], figures.valid, ownText(cell), sentences, comparison);
    } else {
      comparison.cell(place, figures[field], ownText(cell));
    }
  });
}

// The list of votes, in the order of the ballot: a share with its votes and its bar, or votes alone.
function compareResult(list, twin, sentences, comparison) {
  const items = [...list.children];
  const { pairs, valid } = twin.result;
  comparison.equal("result", pairs.length, items.length);
  items.forEach((item, at) => {
    const { number, votes } = pairs[at] ?? {};
    const place = `result ${number}`;
    compareBadge(item, String(number), comparison);
    const pair = twin.contest.pairs[at];
    const name = item.querySelector(".nm > span");
    const names = pair?.empty_column ? [sentences.pair(pair)] : [...(pair?.names.slice(0, 2) ?? [])];
    if (pair?.withdrawn) names.push(sentences.say("region.withdrawn"));
    const shown = [...(name?.childNodes ?? [])].map((one) => one.textContent.trim());
    comparison.equal(place, names.join(" / "), shown.filter((text) => text).join(" / "), "name");
    const sums = [...item.querySelectorAll(".sh")];
    comparison.equal(place, 1, sums.length, "shape");
    const own = sums.length ? ownText(sums[0]) : "";
    if (!own.includes("%")) {
      comparison.cell(place, votes, own);
      return;
    }
    const said = sentences.say("region.votes", { n: sentences.number(votes) });
    comparison.equal(place, said, sums[0].querySelector("small")?.textContent);
    compareShare(place, votes, valid, own, sentences, comparison);
    const bars = [...item.querySelectorAll(".bar path")].slice(0, 2).map((path) => path.getAttribute("d"));
    const known = [1000, sentences.bar(votes, valid)].map((length) => `M0 0h${length}v14H0z`);
    comparison.equal(`${place} |`, known.join(), bars.join(), "shape");
  });
}

function compareShare(place, votes, valid, text, sentences, comparison) {
  const known = Number.isInteger(votes) && valid > 0 ? sentences.share(votes, valid) : "";
  comparison.equal(place, known, text.trim());
}
