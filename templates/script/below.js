// The forms below a region, one by one: each signed by who is entitled, recorded, and with the figures
// that the page adds up.

import { Claim, lacking, readInOrder } from "./claims.js";
import { compareFigures, Comparison } from "./comparison.js";
import { chainOf } from "./examination.js";

const LEVELS = { provinsi: "d_hasil_prov", kabko: "d_hasil_kabko", kecamatan: "d_hasil_kecamatan", kelurahan: "d_hasil_kelurahan" };

// Children of a region's page that stand on a form of their own.
export function formsOf(twin) {
  return twin?.page === "region" ? twin.children.filter(({ index }) => index !== null) : [];
}

// A claim about all of them; `texts` are for what differs.
export async function examineBelow(twin, evidence, texts) {
  const claim = new Claim();
  const children = formsOf(twin);
  const chains = await Promise.all(
    children.map(({ index }) => chainOf(claim, { page: "region" }, index, evidence)),
  );
  const indexes = children.map(({ index }) => index);
  const all = await readInOrder(claim, evidence, [...indexes, ...chains.filter((one) => one).flat()]);
  for (const child of all ? children : []) {
    const statement = all.read.get(child.index);
    if (!statement) continue;
    if (statement.effect === null) claim.refute(...lacking(statement, child.index));
    const comparison = new Comparison(texts);
    compareChild(twin, child, statement.fields, comparison);
    for (const { code, place, message } of comparison.faults) claim.refute(code, `${child.name} ${place}`, message);
  }
  claim.reached = all !== null;
  return claim;
}

function compareChild(twin, child, fields, comparison) {
  const station = child.level === "tps";
  const known = {
    kind: "form", election: twin.election.id, contest: twin.contest.id,
    form: station ? "c_hasil" : LEVELS[child.level],
    region: station ? twin.region.code : child.code, tps: station ? child.code : undefined,
  };
  for (const [name, value] of Object.entries(known)) comparison.equal(name, fields[name], value);
  if (station || child.basis === "certified") compareFigures("", child.figures ?? {}, fields.figures ?? {}, comparison);
}
