/* Keeps /verify and what it needs on this device, and answers for nothing else. `SHELF` stands
   before this: the name of this version, its pages, its files, the lists of the moment. */
const LAST = "/verify?last";

async function fresh(path) {
  const answer = await fetch(path, { credentials: "omit", cache: "no-cache" });
  if (answer.ok) await (await caches.open(SHELF.name)).put(path, answer.clone());
  return answer;
}

async function newest(path) {
  try {
    const answer = await fresh(path);
    if (answer.status < 500) return answer;
  } catch {
    /* then what is here */
  }
  return (await caches.match(path)) || Response.error();
}

/* The page is whoever's asks for it; what is kept is nobody's. */
async function page(request) {
  const kept = await caches.open(SHELF.name);
  try {
    const answer = await fetch(request);
    if (answer.status >= 500) throw new Error(answer.status);
    return answer;
  } catch {
    const asked = new URL(request.url).searchParams.get("lang");
    const last = await kept.match(LAST);
    const language = asked || (last ? await last.text() : "th");
    return (await kept.match(`/verify?lang=${language}`)) || kept.match("/verify?lang=th");
  }
}

async function file(request) {
  return (await caches.match(request)) || fetch(request);
}

self.addEventListener("install", (installed) => {
  const all = [...SHELF.pages, ...SHELF.files].map(async (path) => {
    const answer = await fresh(path);
    if (!answer.ok) throw new Error(path);
  });
  const lists = SHELF.lists.map((path) => fresh(path).catch(() => null));
  installed.waitUntil(Promise.all([...all, ...lists]).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (begun) => {
  const older = async () => {
    const kept = (await caches.keys()).filter((name) => name.startsWith("verify-"));
    await Promise.all(kept.filter((name) => name !== SHELF.name).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  begun.waitUntil(older());
});

/* The language of the page that was read last: the one to open without the internet. */
self.addEventListener("message", (told) => {
  const kept = caches.open(SHELF.name);
  told.waitUntil(kept.then((one) => one.put(LAST, new Response(String(told.data)))));
});

self.addEventListener("fetch", (asked) => {
  const { request } = asked;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (pathname !== "/verify") return;
    asked.respondWith(page(request));
    asked.waitUntil(Promise.all(SHELF.pages.map((path) => fresh(path).catch(() => null))));
  } else if (/^\/status\/\w+\/\d+$/.test(pathname)) asked.respondWith(newest(pathname));
  else if (SHELF.files.includes(pathname)) asked.respondWith(file(request));
});
