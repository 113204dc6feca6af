// A page examined: its twin, the claims about the entry it shows, and the figures in its cells.

import { fromBase64, hex } from "./bytes.js";
import { Claim, Evidence, grown, recorded, signed } from "./claims.js";
import { compareFigures, Comparison } from "./comparison.js";
import { parseEnvelope } from "./envelope.js";
import { entryNamed, examineEarlier } from "./earlier.js";
import { NotVerified, Unchecked } from "./faults.js";
import { decodePublic } from "./json.js";
import { comparePage, stated } from "./page.js";
import { sha256 } from "./sha2.js";
import { columnOf, parseStatement } from "./statement.js";
import { TEXTS } from "./texts.js";
import {
  compareForm, compareLog, compareShown, compareSigners, compareStatement, compareSum, requireTwin,
} from "./twin.js";

// Where something unknown was found, nobody knows whether it was there from the start: a browser may
// add to a page too.
const LEFT = ["foreign", "link", "release", "words"];

// {twin, claims: {signed?, recorded?, cells, grown}, statement, checkpoint, head, compared, added}.
// `document` may be null: then the twin alone is examined. `address` is the folder of the page
// below the base of the site; `chain` names the entries that prove one where no page does.
export async function examine({ document, address, read, memory, chain = () => [] }) {
  const claims = { cells: new Claim(), grown: new Claim() };
  const result = { claims, twin: null, compared: 0 };
  const evidence = Object.assign(new Evidence(read), { chain });
  const [twin, opened] = await Promise.all([
    claims.cells.step(`${address}index.json`, () => readTwin(document, address, read)),
    claims.grown.step("policy.txt", async () => (await evidence.open(), true)),
  ]);
  result.twin = twin;
  Object.assign(result, { evidence, page: document !== null });
  result.anchor = evidence.anchors?.logId;
  result.mode = evidence.log?.mode;
  if (!twin) {
    if (opened && document) await earlier(document, address, read, evidence, result);
    return result;
  }
  const index = indexOf(twin);
  result.index = index;
  if (index !== null) Object.assign(claims, { signed: new Claim(), recorded: new Claim() });
  if (!opened) {
    // Without anchors nothing is known of anybody's signature.
    for (const claim of Object.values(claims)) claim.faults.push(...claims.grown.faults.slice(0, 1));
    return result;
  }
  const root = await claims.cells.step(`${address}index.json`, () => fromBase64(twin.root));
  const seen = root ? [{ size: BigInt(twin.as_of), root, place: "as_of" }] : [];
  if (index !== null) {
    result.checkpoint = await recorded(claims.recorded, evidence, index);
    if (result.checkpoint) seen.push({ ...result.checkpoint, place: `bukti/${index}.tlog-proof` });
    if (isVoid(twin)) claims.signed.leave("void", `bukti/${index}.json`);
    else {
      const chain = await chainOf(claims.signed, twin, index, evidence);
      const waiting = twin.status === "waiting" && twin.page === "statement";
      result.statement = chain && (await signed(claims.signed, evidence, index, chain, waiting));
    }
  }
  if (index !== null && twin.page !== "statement") {
    await claims.cells.step(address, () => compareLater(claims.cells, viewOf(twin), read));
  }
  await claims.cells.step(address, () => compareCells(document, twin, evidence, index, result));
  result.head = await grown(claims.grown, evidence, seen, memory);
  return result;
}

// The form's own page may know of a later revision, or of a key that is in doubt, when this one does
// not. Nobody can see here what both leave out.
async function compareLater(claim, { index, signers }, read) {
  const path = `bukti/${index}/index.json`;
  const bytes = await read(path);
  if (!bytes) return;
  const own = decodePublic(bytes);
  const inDoubt = (list) => list.filter(({ suspect }) => suspect).map(({ keyid }) => keyid).sort().join();
  if (own.after) claim.leave("later", own.after.address);
  else if (inDoubt(own.signers ?? []) !== inDoubt(signers)) claim.leave("later", path);
}

// Where only the twin of a later state is there, the form that the page names still is.
async function earlier(document, address, read, evidence, result) {
  const { claims } = result;
  const index = entryNamed(document);
  const renewed = claims.cells.faults.some(({ code }) => code === "renewed");
  if (!renewed || index === null) return;
  Object.assign(claims, { signed: new Claim(), recorded: new Claim() });
  result.index = index;
  const chain = await chainOf(claims.signed, { page: "region" }, index, evidence);
  const now = decodePublic(await read(`${address}index.json`));
  const texts = textsOf(document);
  if (chain && now.page === "tps") {
    await examineEarlier({ document, now, texts, evidence, index, chain, result });
  }
}

function textsOf(document) {
  return TEXTS[document?.documentElement.lang] ?? Object.values(TEXTS)[0];
}

async function readTwin(document, address, read) {
  const path = `${address}index.json`;
  const bytes = await read(path);
  if (!bytes) throw new Unchecked("there is no such file", "missing", path);
  const twin = decodePublic(bytes);
  requireTwin(twin);
  if (document) {
    const { asOf, twin: digest } = stated(document);
    if (hex(sha256(bytes)) !== digest) {
      if (String(twin.as_of) !== asOf) throw new Unchecked(`${asOf} → ${twin.as_of}`, "renewed", path);
      throw new NotVerified("not the twin that the page names", "twin", path);
    }
  }
  if (twin.address !== address) throw new NotVerified("a page of another address", "address", path);
  return twin;
}

// The entry that a page shows: its own, its form in effect, or the running figure of a replay.
function indexOf(twin) {
  if (twin.page === "statement") return twin.index;
  return viewOf(twin)?.index ?? null;
}

function viewOf(twin) {
  return twin.head ?? twin.certified ?? twin.summary ?? null;
}

function isVoid(twin) {
  return twin.page === "statement" && (twin.status === "void" || twin.kind === null);
}

// The entries that prove one entry. The page of a region names those of all its children, so the
// page of the statement is asked; it is a hint, whatever it names is verified.
export async function chainOf(claim, twin, index, { read, chain }) {
  if (twin.page !== "region") return twin.evidence;
  const path = `bukti/${index}/index.json`;
  return claim.step(path, async () => {
    const bytes = await read(path);
    if (!bytes && chain(index).length) return chain(index);
    if (!bytes) throw new Unchecked("there is no such file", "missing", path);
    const hint = decodePublic(bytes);
    requireTwin(hint);
    return hint.evidence;
  });
}

// The fields of the entry itself; that it is recorded and who signed it is told by other claims.
async function fieldsOf(evidence, index) {
  return parseStatement(parseEnvelope(await evidence.entry(index)).payload);
}

async function compareCells(document, twin, evidence, index, result) {
  const { cells } = result.claims;
  const comparison = new Comparison(textsOf(document));
  if (document) comparePage(document, twin, comparison);
  compareLog(twin, evidence.log, comparison);
  const { statement } = result;
  if (index !== null && !(twin.page === "statement" && twin.kind === null)) {
    const fields = await fieldsOf(evidence, index);
    if (twin.page === "statement") compareStatement(twin, fields, comparison);
    else compareForm(twin, viewOf(twin), fields, statement?.election, comparison);
    if (statement) compareSigners((viewOf(twin) ?? twin).signers, statement, comparison);
  }
  if (twin.column) await compareColumn(twin, evidence, cells, comparison);
  if (twin.page === "region") {
    compareShown(twin, comparison);
    result.added = compareSum(twin, comparison);
  }
  // Whoever leaves a form out of page and twin alike leaves nothing here that could tell.
  if (index === null && !result.added) cells.leave("unsigned", `${twin.address}index.json`);
  result.compared = comparison.count;
  for (const { code, place, message } of comparison.faults) {
    if (LEFT.includes(code) && (document.defaultView || !["foreign", "link"].includes(code))) cells.leave(code, place, message);
    else cells.refute(code, place, message);
  }
  cells.reached = true;
}

// The column that a D form above gives this place: signed and recorded, and the figures in it.
async function compareColumn(twin, evidence, cells, comparison) {
  const { index, form, figures, region } = twin.column;
  const chain = await chainOf(cells, { page: "region" }, index, evidence);
  const statement = chain && (await signed(cells, evidence, index, chain));
  if (!statement) return;
  const { fields } = statement;
  const slot = { election: twin.election.id, contest: twin.contest.id, region: region.code, form };
  for (const [name, value] of Object.entries(slot)) comparison.equal(`column ${name}`, fields[name], value);
  const child = twin.tps ?? twin.region.code;
  compareFigures("column", figures, columnOf(fields, child), comparison);
}
