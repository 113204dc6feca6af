// A file of evidence for a dispute, made where it is read: the sheets as a page to print, what they
// were drawn from, the check as one file, the anchors of the log, the digest of each. One folder when
// unpacked, which `rekap bundle --check` reads.

import { hex, utf8 } from "./bytes.js";
import { sha256 } from "./sha2.js";
import { say } from "./words.js";
import { stored } from "./zip.js";

const [COVER, CHECK, ANCHORS, CONTENTS] = ["berkas.html", "periksa.html", "jangkar.txt", "isi.txt"];
const [EXHIBITS, COMMAND] = ["bukti/", "rekap bundle"];
const MOST = 20; // places below with something to look at, each an exhibit of its own
const PAPER = "@page{size:A4;margin:18mm 15mm;@bottom-right{content:counter(page) ' / ' counter(pages)}}article+article{break-before:page}";
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

// The addresses below a page of which its twin says that levels differ or forms stand against each other,
// and how many more there are.
export function noted({ children = [] }) {
  const loud = ({ comparison, contested, contested_below, findings }) => comparison?.state === "different" || contested || contested_below || findings?.open;
  const found = children.filter(loud).map(({ address }) => address);
  return { taken: found.slice(0, MOST), left: Math.max(0, found.length - MOST) };
}

// The name of the exhibit of an address.
export function exhibit(number, address) {
  return `${EXHIBITS}${String(number).padStart(3, "0")}-${plain(address)}.json`;
}

// An address as a part of a file's name.
export function plain(address) {
  return address.replaceAll("/", "-").replace(/-$/, "");
}

// The bytes of the ZIP file. `articles` are the sheets as they are drawn, `exhibits` [[path, bytes], …]
// what they were drawn from; `check` and `anchors` are files of the site.
export function bundled({ document, texts, articles, exhibits, check, anchors, left = 0 }) {
  const others = [...exhibits, [CHECK, check], [ANCHORS, anchors]];
  const files = [...others, [COVER, utf8(cover(document, texts, articles, listed(others), left))]];
  return stored([...sorted(files), [CONTENTS, utf8(listed(files).map((line) => `${line.join("  ")}\n`).join(""))]]);
}

function sorted(files) {
  return [...files].sort(([left], [right]) => (left < right ? -1 : 1));
}

// [digest, path] of each file, in the order of paths.
function listed(files) {
  return sorted(files).map(([path, bytes]) => [hex(sha256(bytes)), path]);
}

// The sheets as a page of their own, with neither script nor network.
function cover(document, texts, articles, digests, left) {
  const page = document.implementation.createHTMLDocument(say(texts, "bundle_title"));
  const add = (parent, tag, text = "", values = {}) => {
    const made = Object.assign(page.createElement(tag), values);
    made.textContent = text;
    parent.append(made);
    return made;
  };
  page.documentElement.lang = document.documentElement.lang;
  page.documentElement.dataset.made = "browser";
  page.head.prepend(Object.assign(page.createElement("meta"), { httpEquiv: "Content-Security-Policy", content: POLICY }));
  page.head.prepend(page.createElement("meta"));
  page.head.firstChild.setAttribute("charset", "utf-8");
  add(page.head, "meta", "", { name: "viewport", content: "width=device-width, initial-scale=1" });
  add(page.head, "style", [...document.querySelectorAll("style")].map((one) => one.textContent).join("") + PAPER);
  page.body.append(page.importNode(document.querySelector("svg.defs"), true));
  const inside = add(add(page.body, "main"), "div", "", { className: "in" });
  add(inside, "h1", say(texts, "bundle_title"));
  const named = { check: CHECK, folder: EXHIBITS, anchors: ANCHORS, command: COMMAND, again: `${COMMAND} --check` };
  for (const key of ["bundle_how", "bundle_more"]) add(inside, "p", say(texts, key, named));
  if (left) add(inside, "p", say(texts, "bundle_left", { n: left, command: COMMAND }));
  for (const article of articles) {
    const sheet = page.importNode(article, true);
    sheet.querySelectorAll(".acts, button").forEach((one) => one.remove());
    inside.append(sheet);
  }
  add(inside, "h2", say(texts, "bundle_files"));
  const list = add(inside, "dl");
  for (const [digest, path] of digests) {
    add(list, "dt", path);
    add(list, "dd", digest.replace(/.{4}(?=.)/g, "$& "), { className: "hash" });
  }
  return `<!DOCTYPE html>\n${page.documentElement.outerHTML}\n`;
}
