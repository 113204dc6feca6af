// Asks for this page again every half minute and puts a newer one in its place. Without network
// the last figures stay. The button stops and starts it.
const EVERY = 30000;
const said = document.querySelector("[role=status]");
const button = document.querySelector("button");
const types = globalThis.trustedTypes?.createPolicy("rekap-layar", { createHTML: (text) => text });
const asOf = (page) => Number(page.querySelector("meta[name=as-of]").content);
let shown = asOf(document);
let running = true;

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-cache" });
    if (!answer.ok) throw new Error(answer.status);
    const text = await answer.text();
    const page = new DOMParser().parseFromString(types ? types.createHTML(text) : text, "text/html");
    const found = asOf(page);
    if (page.querySelector("style").textContent !== document.querySelector("style").textContent) {
      location.reload();
    } else if (found > shown) {
      document.querySelector("main").replaceWith(page.querySelector("main"));
      shown = found;
    }
    said.textContent = said.dataset.fresh;
  } catch {
    said.textContent = said.dataset.lost;
  }
}

if (location.protocol.startsWith("http")) {
  setInterval(() => running && !document.hidden && look(), EVERY);
  button.hidden = false;
  button.addEventListener("click", () => {
    running = !running;
    button.textContent = running ? said.dataset.stop : said.dataset.start;
    said.textContent = running ? said.dataset.fresh : said.dataset.stopped;
  });
}
