// Examine pages of a folder without a document, each with some files changed: for node.
// Standard input: {base, root, cases: [{address, changes: {path: base64 or null}, kept?}]}. A case with
// {given: {name: base64}} asks the desk about files that a reader gives.

import { existsSync, readFileSync } from "node:fs";

const { base, root, cases } = JSON.parse(readFileSync(0, "utf8"));
const { examine } = await import(`${base}examination.js`);
const { judgeAll } = await import(`${base}desk.js`);
const { Pool } = await import(`${base}pool.js`);

function onDisk(path) {
  const file = `${root}/${path}`;
  return existsSync(file) ? new Uint8Array(readFileSync(file)) : null;
}

const bytesOf = (text) => new Uint8Array(Buffer.from(text, "base64"));

async function desk(files) {
  const pool = new Pool();
  for (const [name, text] of Object.entries(files)) pool.add(name, bytesOf(text));
  return judgeAll(pool, async () => null, false, () => null);
}

const given = [];
for (const { address, changes = {}, kept = null, given: files } of cases) {
  if (files) {
    const verdicts = await desk(files);
    given.push(verdicts.map(({ name, state, claims }) => [name, state, Object.values(claims).flatMap((one) => one.faults.map((fault) => fault.code))]));
    continue;
  }
  const read = async (path) => {
    if (!(path in changes)) return onDisk(path);
    return changes[path] === null ? null : bytesOf(changes[path]);
  };
  let remembered = null;
  const memory = { head: () => kept, remember: (_, head) => (remembered = head) };
  const { claims } = await examine({ document: null, address, read, memory });
  const told = Object.entries(claims).map(([name, claim]) => [
    name,
    { state: claim.state, faults: claim.faults.map(({ code, place, message }) => [code, place, message]) },
  ]);
  given.push({ claims: Object.fromEntries(told), remembered });
}
process.stdout.write(JSON.stringify(given));
