// What is compared on a page: how much, and what differs where.

import { number, plain, say } from "./words.js";

const DIGITS = /[0-9]/;

export class Comparison {
  constructor(texts = null) {
    this.texts = texts;
    this.count = 0; // figures
    this.faults = [];
    this.fields = new Set();
  }

  equal(place, expected, found, code = "cell") {
    if (code === "cell") this.count++;
    if (expected !== found) this.faults.push({ code, place, message: say(this.texts, "differs", { found, expected }) });
  }

  // The texts of all elements that match, one after the other.
  says(place, elements, expected, without = "script") {
    const found = [...elements].map((one) => plain(ownText(one, without)));
    this.equal(place, expected.map(plain).join(" | "), found.join(" | "), "sentence");
  }

  // Something that may be right, and is not of this release's pages.
  strange(code, place) {
    this.faults.push({ code, place, message: "" });
  }

  // A cell shows the number as its language writes it, or words without a digit where there is none.
  cell(place, expected, text) {
    const shown = text.trim();
    const known = expected !== undefined && expected !== null;
    if (known) this.equal(place, number(this.texts, expected), shown);
    else if (DIGITS.test(shown)) this.equal(place, "", shown);
  }
}

export function compareFigures(place, shown, known, comparison) {
  for (const field of new Set([...Object.keys(shown), ...Object.keys(known ?? {})])) {
    comparison.equal(`${place} ${field}`, known?.[field] ?? "", shown[field] ?? "");
  }
}

// The text of an element without its small print and what only screen readers get.
export function ownText(element, without = "small, .vh") {
  if (!element.firstElementChild) return element.textContent;
  const copy = element.cloneNode(true);
  copy.querySelectorAll(without).forEach((one) => one.remove());
  return copy.textContent;
}
