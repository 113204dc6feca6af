// Examine pages of a folder without a document, each with some files changed: for node.
// Standard input: {base, root, cases: [{address, changes: {path: base64 or null}, kept?}]}.

import { existsSync, readFileSync } from "node:fs";

const { base, root, cases } = JSON.parse(readFileSync(0, "utf8"));
const { examine } = await import(`${base}examination.js`);

function onDisk(path) {
  const file = `${root}/${path}`;
  return existsSync(file) ? new Uint8Array(readFileSync(file)) : null;
}

const given = [];
for (const { address, changes = {}, kept = null } of cases) {
  const read = async (path) => {
    if (!(path in changes)) return onDisk(path);
    return changes[path] === null ? null : new Uint8Array(Buffer.from(changes[path], "base64"));
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
