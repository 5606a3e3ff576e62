/* Keeps the desks that were opened on this device, for a day, and answers for nothing else. `SHELF`
   stands before this: the name of this version and the files that the page needs. */
const PAGES = "desk-pages", DAY_MS = 24 * 3600 * 1000;
const DESK = /^\/cycles\/[0-9a-f-]{36}\/intake$/;

async function keep(path, answer) {
  if (!answer.ok || answer.redirected) return;
  const headers = new Headers(answer.headers);
  headers.set("kept-at", Date.now());
  const kept = new Response(await answer.blob(), { headers });
  await (await caches.open(PAGES)).put(path, kept);
}

async function page(request, path) {
  try {
    const answer = await fetch(request);
    if (answer.status >= 500) throw new Error(answer.status);
    await keep(path, answer.clone());
    return answer;
  } catch {
    return (await kept(path)) || Response.error();
  }
}

/* What is older is thrown away, for it names people. */
async function kept(path) {
  const pages = await caches.open(PAGES), found = await pages.match(path);
  if (!found) return null;
  if (Date.now() - found.headers.get("kept-at") < DAY_MS) return found;
  await pages.delete(path);
  return null;
}

async function tidy() {
  for (const name of await caches.keys()) {
    if (name.startsWith("desk-files-") && name !== SHELF.name) await caches.delete(name);
  }
  const pages = await caches.open(PAGES);
  for (const request of await pages.keys()) await kept(new URL(request.url).pathname);
}

self.addEventListener("install", (installed) => {
  const files = caches.open(SHELF.name).then((shelf) => shelf.addAll(SHELF.files));
  installed.waitUntil(files.then(() => self.skipWaiting()));
});

self.addEventListener("activate", (begun) => {
  begun.waitUntil(tidy().then(() => self.clients.claim()));
});

/* The first page was fetched before this worker was there; it is told once it is kept. */
self.addEventListener("message", (told) => {
  const path = String(told.data);
  if (!DESK.test(path)) return;
  const fresh = async () => {
    await tidy();
    await keep(path, await fetch(path));
    told.ports[0].postMessage("kept");
  };
  told.waitUntil(fresh().catch(() => null));
});

self.addEventListener("fetch", (asked) => {
  const { request } = asked;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && DESK.test(pathname) && !search.includes("as=")) {
    asked.respondWith(page(request, pathname));
  } else if (SHELF.files.includes(pathname)) {
    asked.respondWith(caches.match(request).then((found) => found || fetch(request)));
  }
});
