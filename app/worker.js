// The service worker: after one visit every file of the app is on the telephone. A newer one waits
// until the page says that no draft and nothing in the queue is open. The files of a folder, the desk's
// or the saksi's, are kept from the first time that one is used; one of another version is none.

const NAME = "petugas-{{ version }}";
const FILES = ["{{ files }}"];
const LATER = { "{{ later }}": "" };

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then(async (cache) => {
    await cache.addAll(FILES.map((path) => new Request(path, { cache: "no-cache" })));
    for (const path of Object.keys(LATER)) if (await caches.match(path)) await keepAll(path.slice(0, path.indexOf("/") + 1));
  }));
});

function keepAll(folder) {
  return Promise.all(Object.keys(LATER).filter((path) => path.startsWith(folder)).map((path) => laterFile(path)));
}

async function laterFile(path) {
  const cache = await caches.open(NAME);
  const known = await cache.match(path);
  if (known) return known;
  const answer = await fetch(new Request(path, { cache: "no-cache" }));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.clone().arrayBuffer()));
  if ([...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") !== LATER[path]) return Response.error();
  await cache.put(path, answer.clone());
  return answer;
}

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("petugas-") && name !== NAME).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "settled") self.skipWaiting();
  else event.waitUntil(keepAll(event.data));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const own = url.origin === location.origin && url.pathname.startsWith(new URL("./", location.href).pathname);
  if (event.request.method !== "GET" || !own) return;
  const path = url.pathname.slice(new URL("./", location.href).pathname.length);
  if (Object.hasOwn(LATER, path)) return event.respondWith(laterFile(path));
  event.respondWith(caches.open(NAME).then(async (cache) => (await cache.match(event.request, { ignoreSearch: true })) ?? fetch(event.request)));
});
