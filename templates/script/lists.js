// What a page lists besides its figures: signers, the chain of a place, findings, checks, differences.

import { isVote, sortedFields } from "./tables.js";
import { capital } from "./sentences.js";
import { compareTotals } from "./totals.js";
import { plain } from "./words.js";

const FORM_OF_TPS = "c_hasil";

export function compareLists(document, twin, sentences, comparison) {
  compareSigners(document, twin, sentences, comparison);
  compareHistory(document, twin, sentences, comparison);
  const count = (selector, expected) =>
    comparison.equal(selector.split(" ")[0], expected, document.querySelectorAll(selector).length, "shape");
  count("#temuan .exc > li", twin.findings?.length ?? 0);
  count("#temuan", twin.findings?.length ? 1 : 0);
  count("#perlu .exc > li", twin.kecamatan?.notable?.length ?? 0);
  if (twin.page === "tps") {
    compareChecks(document, twin, sentences, comparison);
    compareSource(document, twin, sentences, comparison);
  }
  if (twin.page === "region") {
    compareCompleteness(document, twin, sentences, comparison);
    compareDifferences(document, twin, sentences, comparison);
    compareChildren(document, twin, sentences, comparison);
    compareLimits(document, twin, sentences, comparison);
  }
  if (twin.page === "statement") compareTotals(document, twin, sentences, comparison);
  if (twin.before) compareChanges(document, twin, sentences, comparison);
  if (twin.kind === "roster") compareRoster(document, twin, sentences, comparison);
}

// A row for each key, the ketua's first; then what the form says of the witnesses of pairs.
function compareSigners(document, twin, sentences, comparison) {
  const view = twin.page === "statement" ? twin : (twin.head ?? twin.certified ?? twin.summary);
  const chair = (one) => (one.position === "ketua" ? 0 : 1);
  const signers = [...(view?.signers ?? [])].sort((left, right) => chair(left) - chair(right));
  const whole = twin.page === "statement" ? Infinity : 9;
  const blocks = (digits) => digits.replaceAll(/.{4}(?=.)/g, "$& ").slice(0, whole);
  const place = sentences.say("region.signers");
  const rows = [...document.querySelectorAll("#ttd tbody tr")];
  const isKey = (row) => row.querySelector(".hash") !== null;
  const note = ({ suspect, counted }) => `region.signer_${suspect ? "suspect" : counted ? "counted" : "extra"}`;
  const keys = signers.flatMap((one) => [blocks(one.keyid), sentences.say(note(one))]);
  comparison.says(place, rows.filter(isKey).flatMap((row) => [...row.cells].slice(1)), keys, "small");
  const witnesses = (twin.page !== "statement" && view?.witnesses) || [];
  const word = ({ signed, present }) => (signed ? "signed" : present ? "refused" : "absent");
  const told = witnesses.flatMap((one) => [
    sentences.say("region.witness", { n: one.pair }), sentences.say("tps.absent"),
    sentences.say(`region.witness_${word(one)}`),
  ]);
  comparison.says(place, rows.filter((row) => !isKey(row)).flatMap((row) => [...row.cells]), told, "small");
}

function compareHistory(document, twin, sentences, comparison) {
  const chain = (twin.page === "statement" ? twin.chain : twin.history) ?? [];
  const lines = chain.map(({ kind, revision, status }) => {
    const form = kind === "form" && revision !== null;
    const first = form ? sentences.say("region.version", { n: revision }) : sentences.name(kind ?? "unknown", "kind");
    return `${first}, ${sentences.name(status, "status")}.`;
  });
  comparison.says(sentences.say("region.history"), document.querySelectorAll("#riwayat .log > li > p:first-child > b:first-child"), lines);
}

// A line for each rule that could be tested.
function compareChecks(document, { head, checks }, sentences, comparison) {
  const tested = head ? checks.filter(({ state }) => state !== "untestable") : [];
  const rules = [...new Set(tested.map(({ rule }) => rule))];
  comparison.says(sentences.say("tps.checks"), document.querySelectorAll(".chk > li > code"), rules);
  const failed = (rule) => tested.some((one) => one.rule === rule && one.state === "fail");
  const shown = [...document.querySelectorAll(".chk use")].map((use) => use.getAttribute("href"));
  comparison.equal(sentences.say("tps.checks"), rules.map((rule) => (failed(rule) ? "#df" : "#ok")).join(), shown.join(), "sentence");
  if (!head) return;
  const values = { n: tested.filter(({ state }) => state === "pass").length, tested: tested.length };
  comparison.says(sentences.say("tps.checks"), document.querySelectorAll("#hitung > .meta"), [sentences.say(`tps.checks_${tested.length ? "done" : "none"}`, values)]);
}

// Which forms the figures of a TPS are from.
function compareSource(document, { head, column }, sentences, comparison) {
  const parts = [];
  if (head) parts.push(sentences.say("tps.source", { revision: head.revision, index: sentences.number(head.index) }));
  if (head?.count && head.count !== "first") {
    parts.push(sentences.say("tps.count", { count: sentences.name(head.count, "count") }));
  }
  if (column) {
    const values = { form: sentences.name(column.form, "form"), index: sentences.number(column.index) };
    parts.push(sentences.say("tps.source_column", values));
  }
  comparison.says(sentences.say("tps.votes"), document.querySelectorAll("#angka > .src"), parts.length ? [parts.join(" ")] : []);
}

function compareCompleteness(document, twin, sentences, comparison) {
  const { stations, contest, findings_below: below } = twin;
  const forms = contest.source_forms === null || contest.source_forms.includes(FORM_OF_TPS);
  const have = forms ? stations.received : stations.counted;
  const { expected } = stations;
  const whole = expected === null ? "" : sentences.say("region.of", { n: sentences.number(expected) });
  comparison.says(sentences.say("region.completeness"), document.querySelectorAll("#lengkap .big"), [
    `${sentences.number(have)} ${whole}`, `${sentences.number(below.open)} ${sentences.say("region.unexplained")}`,
  ]);
  const bars = [...document.querySelectorAll(".pbar")].map((bar) => bar.lastElementChild.getAttribute("d"));
  comparison.equal(sentences.say("region.completeness"), expected ? `M0 0h${sentences.bar(have, expected)}v8H0z` : "", bars.join(), "sentence");
}

// Where a certificate and the forms below it differ, by how much.
function compareDifferences(document, twin, sentences, comparison) {
  const { differences, contest, comparison: own } = twin;
  const votes = [...contest.pairs.map(({ number }) => `pair_${number}`), "valid", "invalid"];
  const fields = votes.filter((field) => differences.some(({ difference }) => field in difference));
  const row = (name, difference) => [
    name, ...fields.map((field) => (Number.isInteger(difference[field]) ? sentences.signed(difference[field]) : "")),
  ];
  const lines = differences.flatMap(({ place, difference }) => row(place.name, difference));
  comparison.says(sentences.say("region.differences"), document.querySelectorAll("#selisih tbody .lead > *"), lines);
  const total = differences.length && Object.keys(own.difference ?? {}).length;
  const foot = total ? row(sentences.say("region.differences_total"), own.difference) : [];
  comparison.says(sentences.say("region.differences"), document.querySelectorAll("#selisih tfoot tr > *"), foot);
}

// The state of each child: a certificate against the sum below it.
function compareChildren(document, twin, sentences, comparison) {
  const table = document.querySelector("#wilayah table");
  const at = twin.contest.pairs.length + 1;
  [...(table?.tBodies[0]?.rows ?? [])].forEach((row, place) => {
    const child = twin.children[place];
    const cell = row.cells[at];
    if (!child || !cell) return;
    const { state, difference } = child.comparison;
    const main = cell.querySelector("b, .ok");
    const gap = Number.isInteger(difference?.valid) ? sentences.signed(difference.valid) : null;
    const known = child.contested
      ? sentences.say("region.contested")
      : { different: gap ?? sentences.say("region.different"), same: sentences.say("region.same") }[state];
    comparison.equal(`${child.name} ±`, known ?? "", main ? plain(main.textContent) : "", "sentence");
  });
}

// What decides, and what follows from the figures; a determination is told by its own words.
function compareLimits(document, { contest, result, determination }, sentences, comparison) {
  const { line, margin, elected } = result;
  const number = (value) => sentences.number(value);
  const lines = line || margin || elected || determination ? [sentences.name(contest.win, "win")] : [];
  if (line) {
    const kind = line.above > 0 ? "above" : line.above < 0 ? "below" : "at";
    const values = { needed: number(line.needed), number: line.number, n: number(Math.abs(line.above)) };
    lines.push(sentences.say(`region.line_text_${kind}`, values));
  }
  if (margin) {
    const [first, second] = margin.numbers;
    const values = { per_mille: sentences.perMille(margin.per_mille), limit: number(margin.limit), first, second };
    const source = sentences.say("region.limit_source", { source: margin.source });
    lines.push(`${sentences.say("region.limit_margin_text", { ...values, gap: number(margin.gap) })} ${source}`);
  }
  if (elected) lines.push(sentences.say("region.elected_text", { number: elected.number }));
  const shown = [...document.querySelectorAll("#batas dd")];
  if (determination) shown.splice(lines.length, 2);
  comparison.says(sentences.say("region.limits"), shown, lines);
}

// The votes of a form beside those of the one before, and what else changed.
function compareChanges(document, { before, payload }, sentences, comparison) {
  const [old, now] = [before.figures, payload.figures];
  const lines = sortedFields({ ...old, ...now })
    .filter((field) => old[field] !== now[field] || isVote(field))
    .flatMap((field) => {
      const gap = field in old && field in now ? now[field] - old[field] : 0;
      const told = ({ [field]: value }) => (value === undefined ? sentences.say("tps.absent") : sentences.number(value));
      return [capital(sentences.field(field, "short")), told(old), told(now) + (gap ? sentences.signed(gap) : "")];
    });
  comparison.says(sentences.say("statement.changes"), document.querySelectorAll("#perubahan tbody tr > *"), lines);
}

// The regions or stations that a roster names.
function compareRoster(document, { payload }, sentences, comparison) {
  const { children = [], tps = [] } = payload;
  const unknown = sentences.say("statement.registered_unknown");
  const voters = (value) => ((value ?? null) === null ? unknown : sentences.number(value));
  const lines = [
    ...children.flatMap(({ code, name, level }) => [code, name, sentences.name(level, "level")]),
    ...tps.flatMap(({ number, registered }) => [number, voters(registered)]),
  ];
  const place = sentences.say(children.length ? "statement.children" : "statement.stations_list");
  comparison.says(place, document.querySelectorAll("#isi-pernyataan tbody tr > *"), lines);
}
