// A page held against its twin: its parts, its figures, its first sentences, its words.

import { fromBase64, hex } from "./bytes.js";
import { strangeLinks } from "./links.js";
import { compareLists } from "./lists.js";
import { Sentences } from "./sentences.js";
import { foreignParts, strangeCode } from "./shape.js";
import { compareTables } from "./tables.js";
import { gapsOf } from "./totals.js";
import { Wording } from "./wording.js";

const TOLD = "script, style, #bukti .faults, #bukti .btn, #bukti [role=status], #bukti [data-claim] > span";

// What a page says of itself: its as_of, the digest of its twin, its folder.
export function stated(document) {
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
  return { asOf: meta("as-of"), twin: meta("twin"), address: meta("address") };
}

export function comparePage(document, twin, comparison) {
  const sentences = new Sentences(comparison.texts, twin);
  const { lang } = document.documentElement;
  if (lang !== comparison.texts.page.base.lang) comparison.strange("foreign", `<html lang="${lang}">`);
  for (const part of new Set(foreignParts(document))) comparison.strange("foreign", part);
  for (const part of strangeCode(document)) comparison.strange("release", part);
  compareTables(document, twin, sentences, comparison);
  compareFront(document, twin, sentences, comparison);
  compareLists(document, twin, sentences, comparison);
  compareWords(document, twin, sentences, comparison);
}

// What stands at the top and the foot of a page.
function compareFront(document, twin, sentences, comparison) {
  const { texts } = comparison;
  const one = (name, selector, expected) =>
    comparison.says(texts[`where_${name}`], document.querySelectorAll(selector), [expected].flat(), "button");
  one("title", "head > title", `${sentences.title()} | ${texts.page.base.name}`);
  one("heading", "main h1", sentences.heading());
  one("kick", ".kick", sentences.kick());
  one("notice", "aside", sentences.notice() ?? []);
  one("as_of", ".head > .meta:last-of-type, footer p b", [sentences.asOf(), sentences.asOf()]);
  one("root", "footer .hash", hex(fromBase64(twin.root)).replaceAll(/.{4}(?=.)/g, "$& "));
  one("state", twin.page === "statement" ? ".head .state > b" : ".head .state", sentences.state());
  const alert = sentences.alert();
  if (alert !== undefined) one("alert", ".alert", alert ?? []);
  const crumbs = twin.crumbs.map(({ name }) => sentences.called(name));
  if (twin.page === "tps") crumbs.push(`TPS ${twin.tps}`);
  one("crumbs", ".crumb > li", crumbs);
}

function compareWords(document, twin, sentences, comparison) {
  const wording = new Wording(sentences);
  for (const share of sharesOf(twin, sentences)) wording.shares.add(share);
  const { before, payload } = twin;
  for (const field of Object.keys(before?.figures ?? {})) {
    wording.known.add((payload.figures[field] ?? 0) - before.figures[field]);
  }
  for (const place of twin.totals?.places ?? []) {
    for (const [, gap] of gapsOf(place)) wording.known.add(gap);
  }
  const texts = [document.querySelector("meta[name=description]")?.content ?? ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const open = document.defaultView !== null;
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    if (!parent.closest(open ? TOLD : "script, style")) texts.push(data);
  }
  const known = { strings: wording.strings, numbers: wording.known };
  for (const text of strangeLinks(document, twin, known, comparison.texts)) comparison.strange("link", `"${text}"`);
  for (const text of new Set(texts)) {
    const strange = wording.strange(text);
    const told = comparison.faults.some(({ message }) => message.includes(strange));
    if (strange !== null && !told) comparison.strange("words", `"${strange}"`);
  }
}

// The shares that such a page shows, besides those of its tables.
function sharesOf({ page, result, stations, children }, sentences) {
  if (page !== "region") return [];
  const pairs = [[stations.received, stations.expected], [stations.counted, stations.expected]];
  if (result.turnout) pairs.push([result.turnout.voters, result.turnout.registered]);
  for (const { votes } of result.pairs) pairs.push([votes, result.valid]);
  for (const figures of [result.figures ?? {}, ...children.map((child) => child.figures ?? {})]) {
    const { valid, invalid, voted, total, registered } = figures;
    for (const [field, votes] of Object.entries(figures)) if (field.startsWith("pair_")) pairs.push([votes, valid]);
    pairs.push([invalid, invalid + valid], [voted ?? total ?? 0, registered]);
  }
  const known = pairs.filter(([part, whole]) => Number.isInteger(part) && whole > 0);
  return known.map(([part, whole]) => sentences.share(part, whole));
}
