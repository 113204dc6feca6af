// What a page is made of: elements and attributes of the site's own pages, their style and script,
// links that stay on the site, nothing that is hidden or stands twice.

import { base64, utf8 } from "./bytes.js";
import { LOOKS } from "./looks.js";
import { sha256 } from "./sha2.js";

const ELEMENTS = new Set(
  `a abbr aside b body br button caption circle code dd details div dl dt figcaption figure footer h1 h2 h3 head
  header html i li link main meta nav ol p path pre s script section small span style summary svg symbol
  table tbody td text tfoot th thead title tr ul use wbr`.split(/\s+/),
);
const ATTRIBUTES = new Set(
  `aria-current aria-hidden aria-label aria-labelledby charset class colspan content cx cy d data-claim
  data-f data-s data-script data-x fill fill-opacity height href hreflang http-equiv id lang name open
  preserveaspectratio r role scope stroke stroke-dasharray stroke-linejoin stroke-width tabindex title
  type vector-effect viewbox width x y`.split(/\s+/),
);
const [GIVEN, KNOWN] = ["meta[name=style]", "of the site"];
const METAS = ["as-of", "address", "twin", "viewport"];
const POLICY = /^default-src 'none'; style-src 'sha256-[^' ]*'; .*base-uri 'none'; form-action 'none'$/;
const MODULE = String.raw`(?:\.\./)*aset/periksa-[0-9a-f]{16}\.js`;
const IMPORTS = new RegExp(String.raw`^\{"integrity":\{"${MODULE}":"sha256-[A-Za-z0-9+/]{43}="\}\}$`);
const ELSEWHERE = /^\s*(?:[a-z][a-z0-9+.-]*:|\/|\\)/i;

// What is not of such a page: texts for the reader.
export function foreignParts(document) {
  const open = document.defaultView !== null;
  const told = open ? document.querySelector("#bukti .faults") : null;
  const found = [];
  const ids = new Set();
  for (const element of document.querySelectorAll("*")) {
    // The check that runs in an open page writes there.
    if (told?.contains(element)) continue;
    const name = element.localName;
    if (!ELEMENTS.has(name) || (name === "link" && !element.rel)) found.push(`<${name}>`);
    for (const { name: key, value } of element.attributes) {
      if (open && key === "data-state" && element.closest("#bukti")) continue;
      const known = isFitting(element, key, value) ?? ATTRIBUTES.has(key.toLowerCase());
      if (!known) found.push(`<${name} ${key}>`);
    }
    if (element.id && ids.has(element.id)) found.push(`#${element.id}`);
    ids.add(element.id);
    if (!element.hasAttribute("class")) continue;
    const unseen = element.matches(".vh") && (element.firstElementChild || /[0-9]/.test(element.textContent));
    const printed = element.matches(".pr, .defs") && !element.matches("footer .pr, body > .defs");
    if (unseen || printed) found.push(`<${name} class>`);
  }
  if ([...document.querySelectorAll("text")].some((one) => !one.closest(".map"))) found.push("<text>");
  const policies = [...document.querySelectorAll("meta[http-equiv]")];
  if (policies.length !== 1 || !POLICY.test(policies[0].content)) found.push("<meta http-equiv>");
  for (const name of METAS) {
    if (document.querySelectorAll(`meta[name="${name}"]`).length !== 1) found.push(`<meta ${name}>`);
  }
  if (!new RegExp(`^${MODULE}$`).test(document.body.dataset.script ?? "")) found.push("<body data-script>");
  return found;
}

// Attributes that depend: links stay on the site, those of the head name other forms of the page and
// load nothing. Null for any other.
function isFitting(element, key, value) {
  const head = element.matches("head > link[rel=alternate]");
  if (key === "rel") return head && value === "alternate";
  if (key === "href") return head || !ELSEWHERE.test(value);
  return key === "hidden" ? element.matches("button") : null; // there with a script alone
}

// Style and script that this release does not have: of another release, or of somebody else.
export function strangeCode(document) {
  const styles = [...document.querySelectorAll("style")].map((one) => isStyle(one.textContent));
  if (!document.defaultView) styles.push(...[...document.querySelectorAll(GIVEN)].map((one) => one.content === KNOWN));
  const [imports, loader, ...more] = [...document.querySelectorAll("script")].map((one) => one.textContent);
  const styled = styles.length === 1 && styles[0];
  const loaded = IMPORTS.test(imports ?? "") && digest(loader ?? "") === LOOKS.loader && !more.length;
  return [styled ? "" : "<style>", loaded ? "" : "<script>"].filter((part) => part);
}

// A parsed file has a word about its style in place of the text, which is not for this page.
export function withoutStyle(html) {
  const told = (_, text) => `<meta name="style" content="${isStyle(text) ? KNOWN : ""}">`;
  return html.replaceAll(/<style>(.*?)<\/style>/gs, told);
}

// Whether a text is pieces of the site's style, each at most once.
function isStyle(text) {
  const seen = new Set();
  for (let at = 0; at < text.length; ) {
    const beginning = text.slice(at, at + LOOKS.beginning);
    const [length, known] = LOOKS.styles[beginning] ?? [];
    if (!known || seen.has(beginning) || digest(text.slice(at, at + length)) !== known) return false;
    seen.add(beginning);
    at += length;
  }
  return text !== "";
}

function digest(text) {
  return base64(sha256(utf8(text)));
}
