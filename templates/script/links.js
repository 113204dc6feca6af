// Where the links of a page lead: to pages and files that its twin names, and to those of every site.

import { TEXTS } from "./texts.js";
import { number, say } from "./words.js";

const EVERYWHERE = [
  "", "buku-besar/", "cara/", "cari/", "istilah/", "log/checkpoint", "periksa/", "policy.txt", "site.json", "tentang/",
];
const STATEMENT = /^bukti\/(0|[1-9][0-9]*)(?:\/|\.json|\.tlog-proof)$/;

// Links that lead elsewhere: their texts. `known` are the texts and numbers of the twin.
export function strangeLinks(document, twin, known, texts) {
  const folders = Object.values(TEXTS).map(({ folder }) => folder);
  const own = `${texts.folder}${twin.address}`;
  const addresses = new Set([...EVERYWHERE, `${twin.address}index.json`, `${twin.address}ringkas/`, `${twin.election?.id}/`]);
  const data = `${twin.election?.id}/data/`;
  const strange = [];
  for (const link of document.querySelectorAll("a[href]")) {
    if (document.defaultView && link.closest("#bukti .faults")) continue;
    const href = link.getAttribute("href");
    const text = link.textContent.trim();
    if (href.startsWith("#")) continue;
    const path = resolved(own, href.split("#")[0]);
    const folder = folders.find((one) => one && path?.startsWith(one)) ?? "";
    const address = path?.slice(folder.length).replace(/(^|\/)index\.html$/, "$1");
    const [, index] = STATEMENT.exec(address ?? "") ?? [];
    // The strips of a kecamatan list stations by their numbers.
    const below = twin.kecamatan && address?.endsWith(`/${text}/`) ? address.slice(0, -text.length - 1) : null;
    const found = index
      ? known.numbers.has(Number(index)) && namesOnly(text, index, texts)
      : addresses.has(address) || address?.startsWith(data) || known.strings.has(address) || known.strings.has(below);
    if (!found) strange.push(text || href);
  }
  return strange;
}

// A link that names an entry alone leads to that entry.
function namesOnly(text, index, texts) {
  const numeral = text.replace(say(texts.page.region, "entry").trim(), "").trim();
  return !/^[0-9.,]+$/.test(numeral) || numeral === number(texts, index);
}

// The path below the base of the site, null for one outside of it.
function resolved(own, href) {
  const parts = own.split("/").slice(0, -1);
  for (const part of href.split("/").slice(0, -1)) {
    if (part === "..") {
      if (!parts.length) return null;
      parts.pop();
    } else if (part !== ".") parts.push(part);
  }
  return [...parts, href.split("/").pop()].join("/");
}
