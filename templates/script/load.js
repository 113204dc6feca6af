// All that runs when the page of the check opens, in its head: beside the script what every sheet reads
// first, and while the script comes, what the twin names. From disk nothing is: the file to keep works there.
if (location.protocol.startsWith("http")) {
  const at = new URL(document.currentScript.dataset.script, document.baseURI);
  const first = new Map(); // path → its answer, until the script takes it
  const ask = (path) => {
    if (first.has(path)) return;
    const cache = /^bukti\/[0-9]+\.json$/.test(path) ? "default" : "no-cache";
    const answer = fetch(new URL(`../${path}`, at), { cache, signal: AbortSignal.timeout?.(60000) });
    answer.catch(() => {}); // told when the script asks
    first.set(path, answer);
  };
  // The entries that a page's sheet reads, as its twin says and nobody has checked yet: whatever is
  // wrong here, the script asks again. A place without a form of its own leads to the one above.
  const foresee = async (address, own) => {
    const path = `${address}index.json`;
    ask(path);
    const { evidence, head, certified, summary, page, children, ...twin } = await (await first.get(path)).clone().json();
    if (!first.has(path)) return; // the script is there, and asks by itself
    const below = own && page === "region" ? children.filter(({ level, index }) => level === "tps" && index !== null) : [];
    const form = (page === "statement" ? twin : (head ?? certified ?? summary))?.index;
    const all = [form, ...evidence, ...(below.length > 110 ? [] : below.flatMap((one) => [one.index, ...(one.evidence ?? [])]))];
    const [above] = /^(?:[^/]+\/){2,}(?=[^/]+\/$)/.exec(address) ?? [];
    const rising = form === undefined && above ? foresee(above, false) : null; // asks before the many
    if (Number.isInteger(form)) ask(`bukti/${form}/index.json`);
    for (const index of all.slice(0, 400)) if (Number.isInteger(index)) ask(`bukti/${index}.json`);
    await rising;
  };
  // No file of a fragment that isAddress refuses.
  const address = /^#((?!(?:aset|cari|en|log|periksa)\/)(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/){2,8})(?:@[0-9]+)?$/.exec(location.hash)?.[1];
  if (address) {
    ["policy.txt", "bukti/0.json", "log/checkpoint"].forEach(ask);
    foresee(address, true).catch(() => {});
  }
  const loaded = import(at);
  addEventListener("DOMContentLoaded", () => {
    loaded.then((script) => script.openDesk(document, true, first));
    const switched = document.querySelector("header a[hreflang]");
    const keep = () => (switched.hash = location.hash);
    addEventListener("hashchange", keep);
    keep();
  });
}
