// A sheet of paper leads here by its square code, `#address@as_of`: has the page changed since, and
// which form counted then? What is told is read from the site; each line leads to where it is proved.

import { decodePublic } from "./json.js";
import { requireTwin } from "./twin.js";
import { TEXTS } from "./texts.js";
import { number, say } from "./words.js";

const CODE = /^#((?:[a-z0-9.-]+\/)+)@(0|[1-9][0-9]{0,14})$/;
const COUNTED = ["head", "superseded"];
const VOTES = ["valid", "invalid", "total"];

// The section for the sheet that `hash` names, null if it names none. `read` reads the site's files.
export async function sheetOf(document, hash, read) {
  const [, address, digits] = CODE.exec(hash) ?? [];
  if (!address) return null;
  const texts = TEXTS[document.documentElement.lang];
  const folder = document.documentElement.lang === "en" ? "en/" : "";
  const asOf = Number(digits);
  const made = document.createElement("section");
  made.className = "verdict";
  const add = (tag, text, parent = made) => {
    const element = document.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  };
  const lead = (path, text) => {
    const link = add("a", text, add("p", ""));
    link.href = new URL(`../${folder}${path}index.html`, import.meta.url);
  };
  add("h3", say(texts, "sheet_title"));
  add("p", `${address}@${digits}`).className = "meta";
  const twin = await twinOf(address, read);
  if (!twin) {
    add("p", say(texts, "sheet_none"));
    return made;
  }
  const values = { n: number(texts, asOf), now: number(texts, twin.as_of) };
  const kind = twin.as_of === asOf ? "same" : twin.as_of < asOf ? "ahead" : "changed";
  made.dataset.sheet = kind;
  add("p", say(texts, `sheet_${kind}`, values));
  lead(address, say(texts, "sheet_page"));
  if (kind !== "changed") return made;
  const then = countedAt(twin, asOf);
  if (!then) {
    add("p", say(texts, "sheet_again"));
    add("pre", `rekap page ${new URL("../", import.meta.url)} ${address}@${digits}`);
    return made;
  }
  add("p", say(texts, "sheet_then"));
  const list = add("dl", "");
  list.className = "kv";
  const tell = (text, value) => {
    if (value === undefined) return;
    add("dt", text, list);
    add("dd", number(texts, value), list);
  };
  for (const pair of twin.contest.pairs) {
    tell(say(texts, "sheet_pair", { n: pair.number }), then.figures[`pair_${pair.number}`]);
  }
  for (const field of VOTES) tell(say(texts, `sheet_${field}`), then.figures[field]);
  lead(then.address, say(texts, "sheet_entry", { n: number(texts, then.index) }));
  return made;
}

async function twinOf(address, read) {
  const bytes = await read(`${address}index.json`);
  if (!bytes) return null;
  const twin = decodePublic(bytes);
  requireTwin(twin);
  return twin;
}

// The form of a TPS that counted when the log had `size` entries; null where rivals, answers or
// sums make that more than a look at the list.
function countedAt(twin, size) {
  const known = twin.statements ?? [];
  if (!known.length || known.some(({ status }) => !COUNTED.includes(status))) return null;
  const before = known.filter(({ effect }) => effect !== null && effect < size);
  return before.sort((left, right) => right.effect - left.effect)[0] ?? null;
}
