// The words of a page: each text is put together from phrases of the site, texts and numbers of the
// twin, and shares of such numbers. Where something stands is the matter of other comparisons.

import { fromBase64, hex } from "./bytes.js";
import { LOOKS } from "./looks.js";
import { TEXTS } from "./texts.js";
import { number, plain } from "./words.js";

const HOLES = /<[^>]*>|\{[a-z0-9_]+[?}]|[|}]/;
const WORD = /[\p{L}\p{N}]+/uy;
const PHRASE = /([\p{L}\p{N}]+)(?:[^]*[\p{L}\p{N}%])?/u;
const NUMBERS_ONLY = /^[0-9.,:%]*$/;
const SIGN = /[\p{L}\p{N}]/u;
const NUMERAL = /[0-9]+(?:[.,:][0-9]+)*%?/y;
const BLOCKS = /[0-9a-f]{4}(?: [0-9a-f]{1,4})+/y;
const DAY = /([0-9]{1,2}) (\p{L}+) ([0-9]{4})/uy;
const ZONES = ["WIB", "WITA", "WIT"];

// Texts by their first word, in both cases of its first letter.
class Phrases {
  constructor() {
    this.byWord = new Map();
    this.shares = new Set();
  }

  add(text) {
    const [phrase, word] = PHRASE.exec(text) ?? [];
    if (!phrase) return;
    if (phrase.endsWith("%")) this.shares.add(phrase);
    if (NUMBERS_ONLY.test(phrase)) return;
    this.put(word, phrase);
    const [small, large] = [phrase[0], phrase[0].toUpperCase()];
    if (small !== large) this.put(large + word.slice(1), large + phrase.slice(1));
  }

  put(word, phrase) {
    const known = this.byWord.get(word);
    if (!known) this.byWord.set(word, [phrase]);
    else if (!known.includes(phrase)) known.push(phrase);
  }

  at(word) {
    return this.byWord.get(word) ?? [];
  }
}

const OF_LANGUAGE = new Map();

// What stands between the holes and tags of the site's own texts.
function phrasesOf(texts) {
  if (OF_LANGUAGE.has(texts)) return OF_LANGUAGE.get(texts);
  const phrases = new Phrases();
  const add = (text) => phrases.add(text);
  for (const table of Object.values(texts.page)) {
    for (const text of Object.values(table)) text.split(HOLES).forEach(add);
  }
  Object.values(texts.page.level).forEach((text) => text.split("/").forEach(add)); // <wbr>
  Object.values(TEXTS).forEach(({ language }) => add(language));
  [...ZONES, ...LOOKS.maps].forEach(add);
  OF_LANGUAGE.set(texts, phrases);
  return phrases;
}

export class Wording {
  constructor(sentences) {
    const { texts, twin } = sentences;
    Object.assign(this, { texts, sentences });
    this.phrases = phrasesOf(texts);
    this.own = new Phrases();
    this.known = new Set();
    this.strings = new Set();
    this.shares = new Set(["0%", "100%", ...this.phrases.shares]);
    this.learn(twin);
    const { origin, address, as_of: asOf } = twin;
    const base = origin.slice(0, -3);
    for (const { folder } of Object.values(TEXTS)) {
      for (const scheme of ["", "https://"]) this.own.add(`${scheme}${base}${folder}${address}`);
    }
    this.own.add(`${base}${address}@${asOf}`);
    this.all = `\n${[...this.strings].join("\n")}`;
    this.hashes = [...this.strings].map(asHex).join(" ");
    this.months = texts.page.numbers.months.split(" ");
  }

  // Every number, text and length of a list in the twin.
  learn(value) {
    if (typeof value === "number") {
      this.known.add(value);
    } else if (typeof value === "string") {
      if (this.strings.has(value)) return;
      this.strings.add(value);
      this.own.add(plain(value));
      for (const digits of value.match(/[0-9]+/g) ?? []) this.known.add(Number(digits));
    } else if (value !== null && typeof value === "object") {
      if (Array.isArray(value)) this.known.add(value.length);
      for (const [key, one] of Object.entries(value)) {
        this.learn(key);
        if (key === "per_mille") this.shares.add(this.sentences.perMille(one));
        if (key === "bytes") this.own.add(this.sentences.size(one));
        this.learn(one);
      }
    }
  }

  // The first words of a text that nothing here explains; null if there are none.
  strange(text) {
    const line = plain(text);
    const failed = new Set();
    let furthest = 0;
    const reads = (start) => {
      let at = start;
      while (at < line.length && !SIGN.test(line[at])) at++;
      furthest = Math.max(furthest, at);
      if (at === line.length) return true;
      if (failed.has(at)) return false;
      if (this.ends(line, at).some(reads)) return true;
      failed.add(at);
      return false;
    };
    return reads(0) ? null : line.slice(furthest, furthest + 40);
  }

  // Where something that is known may end when it starts at `at`, the longest first.
  ends(line, at) {
    const ends = [];
    const [word] = matched(WORD, line, at) ?? [""];
    for (const phrase of [...this.phrases.at(word), ...this.own.at(word)]) {
      const end = at + phrase.length;
      if (line.startsWith(phrase, at) && !goesOn(line, end)) ends.push(end);
    }
    const blocks = matched(BLOCKS, line, at);
    if (blocks && this.hashes.includes(blocks[0].replaceAll(" ", ""))) ends.push(at + blocks[0].length);
    const day = matched(DAY, line, at);
    if (day && this.isDay(day)) ends.push(at + day[0].length);
    const numeral = matched(NUMERAL, line, at);
    if (numeral && this.isKnown(numeral[0], line[at - 1])) ends.push(at + numeral[0].length);
    return ends.sort((left, right) => right - left);
  }

  isDay([, day, month, year]) {
    const place = String(this.months.indexOf(month) + 1).padStart(2, "0");
    const iso = `${year}-${place}-${day.padStart(2, "0")}`;
    return this.all.includes(`\n${iso}`);
  }

  isKnown(text, before) {
    if (text.endsWith("%")) return this.shares.has(text);
    if (this.strings.has(text)) return true;
    if (/^[0-9]{2}[.:][0-9]{2}(?:[.:][0-9]{2})?$/.test(text)) {
      const clock = `T${text.replaceAll(".", ":")}`;
      if (this.all.includes(clock)) return true;
    }
    const value = Number(text.replaceAll(this.texts.thousands, ""));
    if (number(this.texts, value) !== text) return false;
    if (before === "−") return this.known.has(-value);
    return this.known.has(value) || (before !== "+" && this.known.has(-value));
  }
}

// Whether a word or a number continues at `end`.
function goesOn(line, end) {
  return SIGN.test(line[end] ?? "") || (/[0-9]/.test(line[end - 1]) && /^(?:[.,:][0-9]|%)/.test(line.slice(end, end + 2)));
}

function matched(pattern, line, at) {
  pattern.lastIndex = at;
  return pattern.exec(line);
}

function asHex(text) {
  if (!/^[A-Za-z0-9+/]{43}=$|^[A-Za-z0-9+/]{44}$/.test(text)) return text;
  try {
    return hex(fromBase64(text));
  } catch {
    return text;
  }
}
