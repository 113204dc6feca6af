// Payloads of entries: the fields that this verifier uses, checked as the formats define them. Each
// kind has more fields and rules; what is void by those is told by the page, not proved here.

import { fromBase64 } from "./bytes.js";
import { Malformed } from "./faults.js";
import { decode } from "./json.js";
import { ED25519, WEBAUTHN } from "./keys.js";

export const REGION = /^[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?$/;
export const TPS = /^(?!000)[0-9]{3}$/;
const ID = /^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/;
export const FIGURE =
  /^(?:(?:registered|voted_listed|voted_moved|voted_unlisted|voted|voted_disabled)(?:_[mf])?|ballots_(?:received|used|returned|unused)|pair_[1-9][0-9]?|valid|invalid|total)$/;
const FORMS = [
  "c_hasil", "d_hasil_kabko", "d_hasil_kecamatan", "d_hasil_kelurahan", "d_hasil_prov", "summary",
];
const BODIES = ["kpps", "kpu_kabko", "kpu_prov", "pengawas", "ppk", "saksi"];

const text = (value) => typeof value === "string" && value !== "";
const id = (value) => text(value) && ID.test(value);
const region = (value) => text(value) && REGION.test(value);
const place = (value) => value === "id" || region(value);
const tps = (value) => text(value) && TPS.test(value);
const digits = (length) => (value) => text(value) && new RegExp(`^[0-9a-f]{${length}}$`).test(value);
const relying = (value) => text(value) && (value.includes(".") || value === "localhost");
const count = (value) => typeof value === "number";
const among = (values) => (value) => values.includes(value);
const list = (each) => (value) => Array.isArray(value) && value.length > 0 && value.every(each);
const many = (each) => (value) => Array.isArray(value) && value.every(each);
const object = (shape) => (value) => fits(value, shape);
const maybe = (check) => Object.assign((value) => value === undefined || check(value), { check });

const key = { alg: among([ED25519, WEBAUTHN]), key: text };
const root = { k: count, keys: list(object(key)) };
const figures = (each) => (value) =>
  object({})(value) && Object.entries(value).every(([name, one]) => FIGURE.test(name) && each(one));
const person = { ...key, person: id, position: text };
const slot = { contest: id, form: among(FORMS), region, tps: maybe(tps) };
const listed = { number: count, names: maybe(list(text)) };
const contest = { id, office: among(["governor", "regent", "mayor"]), region, pairs: list(object(listed)) };
const pair = { ...root, number: count };
const named = (value) => object({ id: text })(value) && Object.values(value).every(text);

const SHAPES = {
  log: {
    log_key: text, receipt_key: text, operators: object(root), policy: list(text), rp_id: relying,
    uploaders: maybe(list(text)), mode: among(["live", "rehearsal", "replay"]),
  },
  publication: { release: digits(64), verifier: maybe(digits(64)) },
  close: {},
  election: {
    election: id, name: named, contests: list(object(contest)), revision: count, policy: maybe(object({})),
    roots: object({ kpu: object(root), bawaslu: maybe(object(root)), pairs: maybe(list(object(pair))) }),
  },
  roster: {
    election: id, region: place, revision: count, tps: maybe(many(object({ number: tps }))),
    children: maybe(many(object({ code: region, name: text }))),
  },
  grant: {
    election: id, body: among(BODIES), region, persons: list(object(person)), tps: maybe(tps),
    pair: maybe(count),
  },
  revoke: { election: id, keyid: digits(32), suspect_from: maybe(count) },
  form: {
    election: id, ...slot, revision: count, figures: figures(count), count: maybe(text),
    witnesses: maybe(many(object({ pair: count }))),
  },
  determination: { election: id, contest: id, region },
  objection: { election: id, ...slot },
  answer: { election: id, ...slot, accept: maybe(digits(64)) },
};

function fits(value, shape) {
  return (
    value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    Object.entries(shape).every(([name, check]) => check(value[name]))
  );
}

// Browsers let a passkey of `rp_id` sign on pages of that host and of hosts below it.
function takesPasskeys({ uploaders = [], rp_id: party }) {
  return uploaders.every((uploader) => {
    const host = uploader.split("://")[1]?.split(":")[0];
    return host === party || host?.endsWith(`.${party}`);
  });
}

// The fields of a statement; throws Malformed for what is none, or of a kind not known here.
export function parseStatement(payload) {
  const fields = decode(payload, { nulls: true });
  const shape = Object.hasOwn(SHAPES, fields?.kind ?? "") ? SHAPES[fields.kind] : null;
  if (!shape || !fits(fields, { log: text, at: text, ...shape }) || !takesPasskeys(fields)) {
    throw new Malformed("not a statement that is known here", "unknown");
  }
  return fields;
}

// [{alg, key}] with the bytes of the keys.
export function publicKeys(keys) {
  return keys.map((one) => ({ ...one, key: fromBase64(one.key) }));
}
