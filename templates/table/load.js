// A workbook is made by a tap; from disk a browser reads no other file.
const box = document.querySelector("#xlsx");
if (location.protocol.startsWith("http")) {
  const status = box.querySelector("[role=status]");
  box.hidden = false;
  box.querySelector("button").addEventListener("click", async () => {
    status.textContent = "";
    try {
      await (await import(new URL(box.dataset.script, document.baseURI))).save(box);
    } catch {
      status.textContent = box.dataset.failed;
    }
  });
}
