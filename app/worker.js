// The service worker: after one visit every file of the app is on the telephone. A newer one waits
// until the page says that no draft and nothing in the queue is open. The files of the desk are kept
// from the first time that it is used; one of another version is none.

const NAME = "petugas-{{ version }}";
const FILES = ["{{ files }}"];
const DESK = { "{{ desk }}": "" };

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then(async (cache) => {
    await cache.addAll(FILES.map((path) => new Request(path, { cache: "no-cache" })));
    if (await caches.match(Object.keys(DESK)[0])) await keepDesk();
  }));
});

function keepDesk() {
  return Promise.all(Object.keys(DESK).map((path) => deskFile(path)));
}

async function deskFile(path) {
  const cache = await caches.open(NAME);
  const known = await cache.match(path);
  if (known) return known;
  const answer = await fetch(new Request(path, { cache: "no-cache" }));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.clone().arrayBuffer()));
  if ([...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") !== DESK[path]) return Response.error();
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
  if (event.data === "desk") event.waitUntil(keepDesk());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const own = url.origin === location.origin && url.pathname.startsWith(new URL("./", location.href).pathname);
  if (event.request.method !== "GET" || !own) return;
  const path = url.pathname.slice(new URL("./", location.href).pathname.length);
  if (Object.hasOwn(DESK, path)) return event.respondWith(deskFile(path));
  event.respondWith(caches.open(NAME).then(async (cache) => (await cache.match(event.request, { ignoreSearch: true })) ?? fetch(event.request)));
});
