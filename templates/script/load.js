// All that runs when a page opens: it waits for a tap, or opens the desk. Opened from disk, links
// stay links: a browser reads no other file there.
const begin = (name, ...given) =>
  import(new URL(document.body.dataset.script, document.baseURI)).then((script) =>
    script[name](document, ...given),
  );
if (location.protocol.startsWith("http")) {
  addEventListener("click", (event) => {
    const link = event.target.closest("#bukti .btn");
    if (!link) return;
    event.preventDefault();
    begin("run", link).catch(() => location.assign(link.href));
  });
  addEventListener("DOMContentLoaded", () => {
    if (document.querySelector("#meja")) begin("openDesk", true);
  });
}
