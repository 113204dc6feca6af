// All that runs when a page opens. From disk, links stay links.
const begin = (name, ...given) =>
  import(new URL(document.body.dataset.script, document.baseURI)).then((script) =>
    script[name](document, ...given),
  );
addEventListener("DOMContentLoaded", () => {
  const sheet = document.querySelector("#cetak");
  if (sheet) sheet.hidden = false;
  sheet?.addEventListener("click", () => print());
});
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
