// Words of who objects, shown where they are told of when a reader asks: only the bytes that the ledger names, as text.
const shown = (link, text, said) => {
  const told = document.createElement("span");
  told.setAttribute("role", "status");
  link.replaceWith(told);
  told.textContent = text === null ? said.none : text === undefined ? said.other : `${said.theirs} “${text}”`;
};
// The one spelling of an attachment: docs/formats.md. Anything else that was signed is a file and no words.
const SPELLED = /^\{"salt":"[0-9a-f]{64}","text":("(?:[ !#-[\]-~\u00a1-\u00ac\u00ae-\u017f\u2013\u2014\u2018\u2019\u201c\u201d\u2026]|\\["\\])+")\}$/;
const read = async (link) => {
  const answer = await fetch(link.href);
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(answer.status);
  const bytes = await answer.arrayBuffer();
  const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))];
  const named = digest.map((one) => one.toString(16).padStart(2, "0")).join("");
  if (!link.href.endsWith(`/${named}.json`)) return undefined;
  const [, spelled] = bytes.byteLength > 4096 ? [] : SPELLED.exec(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)) ?? [];
  const text = spelled && JSON.parse(spelled);
  return text && text.length <= 1000 && !/[0-9]{8}/.test(text) ? text : NaN;
};
if (location.protocol.startsWith("http") && globalThis.crypto?.subtle) {
  for (const list of document.querySelectorAll("dl[data-theirs]")) {
    list.addEventListener("click", async (event) => {
      const link = event.target.closest("a[data-words]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const text = await read(link).catch(() => NaN);
      if (Number.isNaN(text)) location.assign(link.href);
      else shown(link, text, list.dataset);
    });
  }
}
