// All that runs when the page of the check opens, in its head: beside the script what every sheet reads
// first, and while the script comes, what the twin names. From disk nothing is: the file to keep works there.
if (location.protocol.startsWith("http")) {
  const at = new URL(document.currentScript.dataset.script, document.baseURI);
  const first = new Map(); // path → its answer, until the script takes it
  const asked = new Set();
  const signal = AbortSignal.timeout?.(60000);
  const ask = (path) => {
    if (asked.has(path)) return;
    const cache = /^(?:bukti\/[0-9]+\.json$|log\/tile\/)/.test(path) ? "default" : "no-cache";
    const answer = fetch(new URL(`../${path}`, at), { cache, signal });
    answer.catch(() => {}); // told when the script asks
    asked.add(path);
    first.set(path, answer);
  };
  const copy = async (path) => (await first.get(path)).clone();
  // The tiles by which many entries are recorded under the head: their own, and the right edge of each level.
  const tiles = async (entries) => {
    const head = "log/checkpoint";
    const size = first.has(head) && Number(/^.*\n([0-9]{1,15})\n/.exec(await (await copy(head)).text())?.[1]);
    const below = [0, ...entries].filter((index) => index >= 0 && index < size);
    const own = new Set(below.map((index) => Math.floor(index / 256)));
    if (below.length < 4 * own.size) return;
    for (let [level, width, wanted] = [0, size, own]; width; level++, width = Math.floor(width / 256)) {
      const last = Math.floor(width / 256);
      for (const n of new Set([...wanted, ...(width % 256 ? [last] : [])])) {
        const there = n < last ? "" : `.p/${width % 256}`;
        ask(`log/tile/${level}/${`${n}`.padStart(Math.ceil(`${n}`.length / 3) * 3, "0").replace(/...(?=.)/g, "x$&/")}${there}`);
      }
      wanted = new Set([...wanted].map((n) => Math.floor(n / 256)));
    }
  };
  // The entries that a page's sheet reads, as its twin says and nobody has checked yet: whatever is
  // wrong here, the script asks again. A place without a form of its own leads to the one above.
  const foresee = async (address, own) => {
    const path = `${address}index.json`;
    const [above] = /^(?:[^/]+\/){2,}(?=[^/]+\/$)/.exec(address) ?? [];
    ask(path);
    if (own && /\/[0-9]{4}\/$/.test(address)) ask(`${above}index.json`); // no kelurahan has a form of its own
    if (!first.has(path)) return; // the script is there, and asks by itself
    const { evidence, head, certified, summary, page, children, ...twin } = await (await copy(path)).json();
    if (!first.has(path)) return;
    const below = own && page === "region" ? children.filter(({ level, index }) => level === "tps" && index !== null) : [];
    const form = (page === "statement" ? twin : (head ?? certified ?? summary))?.index;
    const named = [form, ...evidence, ...(below.length > 110 ? [] : below.flatMap((one) => [one.index, ...(one.evidence ?? [])]))];
    const all = named.slice(0, 400).filter(Number.isInteger);
    const rising = form === undefined && above ? foresee(above, false) : null; // asks before the many
    if (Number.isInteger(form)) ask(`bukti/${form}/index.json`);
    for (const index of all) ask(`bukti/${index}.json`);
    if (own) await tiles(all);
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
