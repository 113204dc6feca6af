// Sentences of one language, as plain text with holes: `texts` is the [script] table of the site's
// texts, with `page`: the tables of names that sheets use.

import { LEVELS } from "./tables.js";

const NUMBERED = /\{([a-z0-9_]+)\?([^|}]*)\|([^}]*)\}/g;
const TOLD = ["newer", "smaller", "threshold"];
const ZONES = { "+07:00": "WIB", "+08:00": "WITA", "+09:00": "WIT" };
const MOMENT = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\+0[789]:00)$/;

// The text `key` with its holes filled; `{n?vote|votes}` is a word in singular and plural.
export function say(texts, key, values = {}) {
  const text = (texts[key] ?? key).replaceAll(NUMBERED, (_, hole, one, many) => (String(values[hole]) === "1" ? one : many));
  return text.replaceAll(/\{([a-z0-9_]+)\}/g, (_, hole) => values[hole] ?? "");
}

// A word of a table, or its code where the table has none.
export function named(texts, table, code) {
  const words = texts.page[table];
  return Object.hasOwn(words, code) ? words[code] : String(code);
}

// 12.345 in Indonesian, 12,345 in English.
export function number(texts, value) {
  return String(value).replaceAll(/\B(?=(?:[0-9]{3})+$)/g, texts.thousands);
}

// "28 November 2024, 08.52 WIB"; what is no such time stays as it is written.
export function moment(texts, value) {
  if (!String(value).includes("T")) return day(texts, value);
  const [, year, month, date, hour, minute, , zone] = MOMENT.exec(value) ?? [];
  const name = texts.page.numbers.months.split(" ")[Number(month) - 1];
  if (!name) return String(value);
  return `${Number(date)} ${name} ${year}, ${hour}${texts.page.numbers.clock}${minute} ${ZONES[zone]}`;
}

// Unix seconds as a time in the zone of an election, else in that of Jakarta.
export function hourOf(seconds, timezone) {
  const east = { "Asia/Makassar": 8, "Asia/Jayapura": 9 }[timezone] ?? 7;
  return `${new Date((seconds + east * 3600) * 1000).toISOString().slice(0, 19)}+0${east}:00`;
}

// A name from the log in this language: {id, en?}, or the same in both.
export function called(texts, name) {
  return typeof name === "string" ? name : (name[texts.page.base.lang] ?? name.id);
}

// "27 November 2024" of a date.
export function day(texts, value) {
  const [year, month, date] = value.split("-").map(Number);
  return `${date} ${texts.page.numbers.months.split(" ")[month - 1]} ${year}`;
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// "Kecamatan Menteng", "Desa Ciamis", also if the name says it; the code of a place whose name is not proved.
export function placed(texts, { code, name }) {
  const level = code.split(".").length === 4 && /\.2[0-9]{3}$/.test(code) ? "desa" : LEVELS[code.split(".").length - 1];
  if (name === null && ["provinsi", "kabko"].includes(level)) return `${named(texts, "level", level)} ${code}`;
  const [word] = texts.page.level_title[level].split("{name}"), said = name ?? code;
  return say(texts.page.level_title, level, { name: said.startsWith(word) ? said.slice(word.length) : said });
}

export function bodied(texts, { body, pair, acting }) {
  const [, own] = /^roots\.pairs\.([0-9]+)$/.exec(body) ?? [];
  if (own) return say(texts.page.body, "roots.pairs", { n: own });
  const name = named(texts, "body", body);
  if (acting) return say(texts.page.acting, "said", { acting: named(texts, "body", acting), body: name });
  return pair === undefined || body.startsWith("roots.") ? name : `${name} ${pair}`;
}

// A figure's row: "suara sah", "nomor 2", "pengguna DPPh perempuan".
export function row(texts, field) {
  const [, pair] = /^pair_([0-9]+)$/.exec(field) ?? [];
  if (pair) return say(texts.page.short, "pair", { n: pair });
  const [, bare, gender] = /^(.+)_(m|f)$/.exec(field) ?? [, field];
  const text = named(texts, "short", bare);
  return gender ? say(texts.page.short, gender === "m" ? "men" : "women", { field: text }) : text;
}

// One line about a fault: its file, the sentence, and figures that were found there.
export function faulted(texts, { code, place, message }) {
  const key = `fault_${code.replaceAll("-", "_")}`;
  const text = say(texts, key in texts ? key : "fault_malformed");
  return [place === "kept" ? say(texts, "kept") : place, text, TOLD.includes(code) ? message : ""].filter((part) => part).join(": ");
}
