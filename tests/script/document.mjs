// As much of a document as a sheet is drawn with, and the lines of a drawn sheet: [section, mark, texts].
// `mark` is the icon that stands before a line, or the name of its element; texts are its cells, those
// that are shown as differing in brackets.

class Node {
  constructor(tag) {
    Object.assign(this, { tag, className: "", dataset: {}, marks: {}, inside: [] });
  }

  set textContent(text) {
    this.inside = [String(text)];
  }

  get textContent() {
    return this.inside.map((one) => (one instanceof Node ? one.textContent : one)).join("");
  }

  get elements() {
    return this.inside.filter((one) => one instanceof Node);
  }

  get childElementCount() {
    return this.elements.length;
  }

  get firstElementChild() {
    const [first, second] = this.elements;
    return Object.assign(first, { nextElementSibling: second });
  }

  append(...all) {
    this.inside.push(...all.map((one) => (one instanceof Node ? one : String(one))));
  }

  setAttribute(name, value) {
    this.marks[name] = value;
  }
}

export const DOCUMENT = { createElement: (tag) => new Node(tag), createElementNS: (_, tag) => new Node(tag) };

const LINES = ["p", "li", "h2", "h3", "dt", "dd", "pre", "caption", "summary", "button"];

export function linesOf(made, section = "top") {
  const own = made.tag === "section" || made.className === "vd" ? made.className || "part" : section;
  if (made.tag === "tr") return [[own, "tr", made.elements.map((cell) => (cell.className === "x" ? `[${cell.textContent}]` : cell.textContent))]];
  if (!LINES.includes(made.tag)) return made.elements.flatMap((one) => linesOf(one, own));
  const icon = made.elements.find(({ tag }) => tag === "svg")?.elements[0].marks.href;
  return [[own, icon ?? made.tag, [made.textContent]]];
}
