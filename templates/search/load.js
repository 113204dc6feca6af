// The box to type in is shown where its script can be read: a page opened from disk has its lists.
const box = document.querySelector("#ketik");
if (location.protocol.startsWith("http")) {
  const begin = () =>
    import(new URL(box.dataset.script, document.baseURI)).then(
      (script) => script.begin(box),
      () => (box.hidden = true),
    );
  box.hidden = false;
  box.addEventListener("focusin", begin, { once: true });
}
