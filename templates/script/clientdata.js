// What a browser says with a passkey's signature (`clientDataJSON`), read by value: RFC 8259 in
// UTF-8 within bounds, and no more. JSON.parse takes keys that stand twice and any depth.

import { fromUtf8 } from "./bytes.js";
import { NotVerified } from "./faults.js";

const [MAX_BYTES, MAX_LEVELS, MAX_MEMBERS] = [4096, 8, 16];
const SPACE = /[ \t\n\r]*/y;
const MARK = /[{}[\]:,]/y;
const STRING = /"((?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*)"/y;
const WORD = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPE = /\\(?:u(....)|(.))/g;
const SHORT = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const HALF = /\p{Cs}/u;

// Map(key → string, true, false, or null for what nobody asks for), without escapes; throws
// NotVerified for any other bytes and beyond a bound.
export function readClientData(bytes) {
  if (bytes.length > MAX_BYTES) throw new NotVerified("client data too long");
  const reader = new Reader(text(bytes));
  reader.take("{");
  const members = reader.members(1);
  reader.end();
  if (members.size > MAX_MEMBERS) throw new NotVerified("client data with too many members");
  return members;
}

function text(bytes) {
  try {
    return fromUtf8(bytes);
  } catch {
    throw new NotVerified("client data that is not UTF-8");
  }
}

class Reader {
  constructor(whole) {
    this.text = whole;
    this.at = 0;
  }

  // What stands here, or null; the place moves behind it.
  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  // [kind, text]: a mark is its own kind, `"` that of strings, "word" that of the rest.
  next() {
    this.match(SPACE);
    const mark = this.match(MARK);
    if (mark) return [mark[0], ""];
    const string = this.match(STRING);
    if (string) return ['"', unescaped(string[1])];
    const word = this.match(WORD);
    if (word) return ["word", word[0]];
    throw new NotVerified("client data that is not JSON");
  }

  take(...marks) {
    const [kind] = this.next();
    if (!marks.includes(kind)) throw new NotVerified("client data that is not JSON");
    return kind;
  }

  end() {
    this.match(SPACE);
    if (this.at !== this.text.length) throw new NotVerified("something behind client data");
  }

  // The members of an object, from behind its `{`.
  members(level) {
    const members = new Map();
    let [kind, key] = this.next();
    if (kind === "}") return members;
    for (;;) {
      if (kind !== '"') throw new NotVerified("client data that is not JSON");
      if (members.has(key)) throw new NotVerified("client data with a key that stands twice");
      this.take(":");
      members.set(key, this.value(this.next(), level));
      if (this.take(",", "}") === "}") return members;
      [kind, key] = this.next();
    }
  }

  items(level) {
    let token = this.next();
    if (token[0] === "]") return;
    for (;;) {
      this.value(token, level);
      if (this.take(",", "]") === "]") return;
      token = this.next();
    }
  }

  // The value that begins with this token, in an object or list of this level.
  value([kind, own], level) {
    if (kind === '"') return own;
    if (kind === "word") return { true: true, false: false }[own] ?? null;
    if (kind !== "{" && kind !== "[") throw new NotVerified("client data that is not JSON");
    if (level === MAX_LEVELS) throw new NotVerified("client data that is too deep");
    if (kind === "{") this.members(level + 1);
    else this.items(level + 1);
    return null;
  }
}

// Without escapes; two halves of a character become one, a half alone is none.
function unescaped(string) {
  const whole = string.replaceAll(ESCAPE, (_, point, short) =>
    point ? String.fromCharCode(parseInt(point, 16)) : SHORT[short] ?? short,
  );
  if (HALF.test(whole)) throw new NotVerified("client data with half a character");
  return whole;
}
