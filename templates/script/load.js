// All that runs when a page opens: it waits for a tap. Opened from disk, the link stays a link.
addEventListener("click", (event) => {
  const link = event.target.closest("#bukti .btn");
  if (!link || !location.protocol.startsWith("http")) return;
  event.preventDefault();
  import(new URL(document.body.dataset.script, document.baseURI)).then(
    ({ run }) => run(document, link),
    () => location.assign(link.href),
  );
});
