// All that runs when the page of the check opens, in its head: the script is asked for at once, and
// beside it what every sheet reads first. From disk nothing is: the file to keep works there.
if (location.protocol.startsWith("http")) {
  const at = new URL(document.currentScript.dataset.script, document.baseURI);
  const loaded = import(at);
  // No file of a fragment that isAddress refuses.
  const address = /^#((?!(?:aset|cari|en|log|periksa)\/)(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/){2,8})(?:@[0-9]+)?$/.exec(location.hash)?.[1];
  const first = new Map();
  for (const path of address ? [`${address}index.json`, "policy.txt", "bukti/0.json", "log/checkpoint"] : []) {
    const cache = path.startsWith("bukti/") ? "default" : "no-cache";
    const answer = fetch(new URL(`../${path}`, at), { cache, signal: AbortSignal.timeout?.(60000) });
    answer.catch(() => {}); // told when the script asks
    first.set(path, answer);
  }
  addEventListener("DOMContentLoaded", () => {
    loaded.then((script) => script.openDesk(document, true, first));
    const switched = document.querySelector("header a[hreflang]");
    const keep = () => (switched.hash = location.hash);
    addEventListener("hashchange", keep);
    keep();
  });
}
