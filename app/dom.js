// @ts-check
// Elements without markup: everything that is shown is a text or a node.

/**
 * @param {string} tag
 * @param {Record<string, unknown>} attributes functions are listeners, true is an empty attribute
 * @param {...(Node | string | null | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, /** @type {EventListener} */ (value));
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((one) => one !== null && one !== false));
  return made;
}

/** A button named by what happens. @param {string} words @param {() => unknown} act @param {string} look @param {string} small */
export function button(words, act, look = "", small = "") {
  return h("button", { class: `btn ${look}`, type: "button", click: act }, h("span", {}, words), small ? h("small", {}, small) : null);
}

/** A button that cannot be pressed yet, and says why. @param {string} words */
export function notYet(words) {
  return h("button", { class: "btn", type: "button", "aria-disabled": "true" }, words);
}

/** Whoever stood on something that was drawn anew stands on it again, by keyboard or screen reader. @param {any} at null for nobody */
export function stand(at) {
  const same = (/** @type {any} */ one) => ["id", "name", "value", "ariaLabel", "textContent"].every((name) => one[name] === at[name]);
  if (at) [...document.querySelectorAll(at.localName)].find(same)?.focus({ preventScroll: true });
}

/** What a list of words calls a code: itself, where it has none. @template {string | undefined} Code @param {string[][]} list @param {Code} code @returns {string | Code} */
export function wordsOf(list, code) {
  return list.find(([one]) => one === code)?.[1] ?? code;
}

/**
 * One of several, nothing preselected.
 * @param {string} legend @param {string} name @param {string[][]} choices code, words, small words @param {string} chosen @param {(code: string) => unknown} take
 */
export function choice(legend, name, choices, chosen, take) {
  return h("fieldset", {}, h("legend", { class: "judul" }, legend), ...choices.map(([code, words, small]) =>
    h("label", { class: "pilih" }, h("input", { type: "radio", name, value: code, checked: code === chosen, change: () => take(code) }),
      h("span", {}, words, small ? h("small", {}, small) : null))));
}

/** An amber (`beda`), green (`ya`) or plain box. @param {string} look @param {string} title @param {...(Node | string)} more */
export function box(look, title, ...more) {
  return h("div", { class: `kotak ${look}` }, h("h2", {}, title), ...more.map((one) => (typeof one === "string" ? h("p", {}, one) : one)));
}

/** A table of two columns. @param {[string, string, string][]} rows name, small words, value @param {string} look @param {string} caption */
export function table(rows, look = "besar", caption = "") {
  return h("table", { class: look }, caption ? h("caption", {}, caption) : null,
    h("tbody", {}, ...rows.map(([name, small, value]) =>
      h("tr", {}, h("th", { scope: "row" }, name, small ? h("small", {}, small) : null), h("td", { class: "n" }, value)))));
}
