// Sentences of one language, as plain text with holes: `texts` is the [script] table of the pages'
// own texts with the names of bodies and forms.

export function say(texts, key, values = {}) {
  const text = (texts[key] ?? key).replaceAll(NUMBERED, (_, hole, one, many) => (String(values[hole]) === "1" ? one : many));
  return text.replaceAll(/\{([a-z0-9_]+)\}/g, (_, hole) => values[hole] ?? "");
}

// One space between words, as a browser shows them.
export function plain(text) {
  return text.replaceAll(/\s+/g, " ").trim();
}

// 12.345 in Indonesian, 12,345 in English.
export function number(texts, value) {
  return String(value).replaceAll(/\B(?=(?:[0-9]{3})+$)/g, texts.thousands);
}

// A word in singular and plural: `{n?vote|votes}`.
export const NUMBERED = /\{([a-z0-9_]+)\?([a-z ]+)\|([a-z ]+)\}/g;
const TOLD = ["renewed", "cell", "name", "sentence", "newer", "smaller", "threshold"];

// The words of a claim: {state, text}. `result` is what `examine` returns; at the desk it says
// besides whether there is a `site`, and nothing is remembered.
export function claimed(texts, name, result) {
  const claim = result.claims[name];
  const state = claim.state;
  const waiting = claim.faults.some((fault) => fault.code === "waiting");
  const alone = name === "grown" && state === "proved" && !result.head.before;
  const first = alone && result.site === undefined;
  const kind = first ? "first" : alone ? "site" : waiting && state === "unchecked" ? "waiting" : state;
  const shown = name === "cells" && kind === "proved";
  const part = shown && (!result.page ? "data" : result.index === null ? "added" : "");
  const demo = name === "signed" && kind === "proved" && (result.twin?.mode ?? result.mode) === "replay";
  const key = kind === "waiting" ? "waiting" : part ? `cells_${part}` : `${name}_${kind}${demo ? "_demo" : ""}`;
  return { state: first ? "unchecked" : state, text: say(texts, key, valuesOf(texts, name, result)) };
}

function valuesOf(texts, name, result) {
  if (name === "signed" && result.statement) {
    const { counted, signers } = result.statement;
    const bodies = new Set([...counted].map((keyid) => signers.get(keyid).body));
    const body = [...bodies].map((one) => bodyName(texts, one)).join(", ");
    return { n: number(texts, counted.size), body };
  }
  if (name === "recorded" && result.checkpoint) {
    return { n: number(texts, result.index), size: number(texts, result.checkpoint.size) };
  }
  if (name === "head" && result.checkpoint) return { size: number(texts, result.checkpoint.size) };
  if (name === "grown" && result.head) {
    return {
      before: number(texts, result.head.before ?? 0),
      size: number(texts, result.head.size),
      witnesses: number(texts, result.head.signed.length - 1),
    };
  }
  return { n: number(texts, result.compared ?? 0) };
}

function bodyName(texts, body) {
  const [, pair] = /^roots\.pairs\.([0-9]+)$/.exec(body) ?? [];
  return pair ? texts.body["roots.pairs"].replace("{n}", pair) : (texts.body[body] ?? body);
}

// One line about a fault: its place, the sentence, and figures that were found there.
export function faulted(texts, { code, place, message }) {
  const text = say(texts, `fault_${code.replaceAll("-", "_")}`);
  const known = text.startsWith("fault_") ? say(texts, "fault_malformed") : text;
  const where = place === "kept" ? say(texts, "kept") : place;
  return [where, known, TOLD.includes(code) ? message : ""].filter((part) => part).join(": ");
}
