// All that runs when the page of the check opens. From disk nothing does: the file to keep works there.
if (location.protocol.startsWith("http")) {
  addEventListener("DOMContentLoaded", () => {
    import(new URL(document.body.dataset.script, document.baseURI)).then((script) => script.openDesk(document, true));
    const switched = document.querySelector("header a[hreflang]");
    const keep = () => (switched.hash = location.hash);
    addEventListener("hashchange", keep);
    keep();
  });
}
