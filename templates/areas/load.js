// Tables sort and the map takes their colours where the script can be read: not on a page from disk.
const { script } = document.querySelector("#wilayah").dataset;
if (location.protocol.startsWith("http")) import(new URL(script, document.baseURI));
