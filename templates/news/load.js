// What is new is asked for by a tap; from disk a browser reads no other file.
const box = document.querySelector("#baru");
if (location.protocol.startsWith("http")) {
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () =>
    import(new URL(box.dataset.script, document.baseURI)).then(
      (script) => script.tell(box),
      () => (box.hidden = true),
    ),
  );
}
