// A folder as a portal serves it, over HTTP/2 and compressed, on a line that all answers share:
// node slow_site.mjs FOLDER KEY CERTIFICATE MBIT_A_SECOND MILLISECONDS. Prints the port.

import { readFileSync, statSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { join, normalize } from "node:path";
import { gzipSync } from "node:zlib";

const [folder, key, cert, rate, latency] = process.argv.slice(2);
const bytesAMillisecond = Number(rate) * 125;
const HEADERS = 100; // bytes of an answer's headers, as HTTP/2 writes them
const TYPES = {
  css: "text/css", html: "text/html; charset=utf-8", js: "text/javascript", json: "application/json", svg: "image/svg+xml",
};
const KEPT = "max-age=31536000, immutable"; // of what its name's digest fixes
let free = 0;

function found(target) {
  const path = normalize(decodeURIComponent(target.split("?")[0]));
  const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
  const known = statSync(file, { throwIfNoEntry: false })?.isFile();
  return known ? { file, body: gzipSync(readFileSync(file)) } : null;
}

const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  const one = found(request.url);
  const body = one?.body ?? Buffer.alloc(0);
  const now = performance.now();
  if (bytesAMillisecond) free = Math.max(free, now + Number(latency)) + (body.length + HEADERS) / bytesAMillisecond;
  setTimeout(() => {
    const type = TYPES[one?.file.split(".").at(-1)] ?? "application/octet-stream";
    const headers = { "content-type": type, "content-length": body.length, ...(one && { "content-encoding": "gzip" }) };
    if (request.url.startsWith("/aset/")) headers["cache-control"] = KEPT;
    response.writeHead(one ? 200 : 404, headers);
    response.end(body);
  }, Math.max(0, free - now));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
