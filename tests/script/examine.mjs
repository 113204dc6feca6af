// Examine addresses of a folder without a document, each with some files changed: for node.
// Standard input: {base, root, cases: [{address, changes: {path: base64 or null}, kept?, log?, whole?, alone?, drawn?, mode?}]}.
// A case with {given: {name: base64}} asks the desk about files that a reader gives; `drawn` asks for the lines
// of the sheet in Indonesian, `mode` for those of a log that is otherwise the same.

import { existsSync, readFileSync } from "node:fs";

import { DOCUMENT, linesOf } from "./document.mjs";

const { base, root, cases } = JSON.parse(readFileSync(0, "utf8"));
const { examine } = await import(`${base}examination.js`);
const { judgeAll } = await import(`${base}desk.js`);
const { Pool } = await import(`${base}pool.js`);
const { drawSheet } = await import(`${base}sheet.js`);
const { TEXTS } = await import(`${base}texts.js`);

function onDisk(path) {
  const file = `${root}/${path}`;
  return existsSync(file) ? new Uint8Array(readFileSync(file)) : null;
}

const bytesOf = (text) => new Uint8Array(Buffer.from(text, "base64"));
const codes = (faults) => faults.filter((one) => one).map(({ code, place, message, refutes }) => [code, place, message, refutes]);

async function desk(files) {
  const pool = new Pool();
  for (const [name, text] of Object.entries(files)) pool.add(name, bytesOf(text));
  return judgeAll(pool, async () => null, false);
}

function told({ head, page, main, below, above, fault, faults, memory, differences, notes, place }) {
  return {
    head, page,
    figures: main?.statement.fields.figures ?? null,
    slot: main ? [main.statement.fields.region, main.statement.fields.tps] : null,
    below: below && { ...below, lacking: [...below.lacking] },
    above: above && above.address,
    differs: [Object.fromEntries([...differences.figures].map(([field, value]) => [field, value ?? null])), [...differences.places], [...differences.children]],
    notes: notes.map(({ code }) => code),
    roster: place?.roster ?? null,
    names: place?.codes.map(({ name }) => name) ?? [],
    faults: codes([fault, ...faults, ...(memory?.faults ?? [])]),
  };
}

const given = [];
for (const { address, changes = {}, kept = null, log = null, whole = false, alone = false, drawn = false, mode = null, given: files } of cases) {
  if (files) {
    const verdicts = await desk(files);
    given.push(verdicts.map(({ name, state, sheet, faults }) => [name, state ?? sheet.head, sheet ? codes([sheet.fault, ...sheet.faults]).map(([code]) => code) : faults.map(({ code }) => code)]));
    continue;
  }
  const asked = new Set();
  const read = async (path) => {
    asked.add(path);
    if (!(path in changes)) return onDisk(path);
    return changes[path] === null ? null : bytesOf(changes[path]);
  };
  let remembered = null;
  const memory = { head: () => kept, remember: (_, head) => (remembered = head), log: () => log, rememberLog: () => {} };
  const sheet = await examine({ address, read, memory: alone ? null : memory, whole });
  if (mode) sheet.log.mode = mode;
  const lines = drawn ? linesOf(drawSheet(DOCUMENT, TEXTS.id, sheet, { site: true })) : [];
  given.push({ ...told(sheet), remembered, asked: [...asked], lines });
}
process.stdout.write(JSON.stringify(given));
