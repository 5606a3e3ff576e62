/* What is weighed where there is no signal waits on this device and is sent once, in its order.

   Each form bears the id of its deed, so a weighing that comes twice is one. It is kept before it is
   sent; only an answer of the market takes it away, and one that is refused stays with the reason. */
const box = document.getElementById("waiting");
const words = JSON.parse(box.dataset.words);
const { person, day } = box.dataset;
const SLIP = /^\/intake\/[0-9a-f-]{36}$/, PATIENCE_MS = 20000, AGAIN_MS = 30000;
const USED = "desk.used", USED_MOST = 500;

const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

const opened = (() => {
  const request = indexedDB.open("desk", 1);
  request.onupgradeneeded = () =>
    request.result.createObjectStore("waiting", { keyPath: "n", autoIncrement: true });
  return asked(request);
})();

async function store(mode) {
  return (await opened).transaction("waiting", mode).objectStore("waiting");
}

const all = async () => asked((await store("readonly")).getAll());
const put = async (one) => asked((await store("readwrite")).put(one));
const drop = async (n) => asked((await store("readwrite")).delete(n));

/* A page that is kept bears the ids of the day it was made: each is of one deed only. */
const used = () => JSON.parse(localStorage.getItem(USED) || "[]");

function renew() {
  for (const { elements } of document.querySelectorAll("form[data-goods]")) {
    if (used().includes(elements.id.value)) elements.id.value = fresh();
  }
}

async function keep(form) {
  const typed = [...new FormData(form)];
  const photo = typed.find(([, said]) => said instanceof File && said.size);
  const fields = typed.filter(([, said]) => !(said instanceof File));
  const id = fields.find(([name]) => name === "id")[1];
  const before = (await all()).find((one) => one.id === id);
  const one = {
    id, person, to: form.getAttribute("action"), at: new Date().toISOString(), refused: "",
    goods: form.dataset.goods, fields, photo: photo ? photo[1] : before?.photo || null,
  };
  if (before) Object.assign(one, { n: before.n, at: before.at });
  one.n = await put(one);
  localStorage.setItem(USED, JSON.stringify([...used(), id].slice(-USED_MOST)));
  return one;
}

/* Where it led to; null where nobody answered. */
async function sent(one) {
  const body = new FormData();
  for (const [name, said] of one.fields) if (name !== "weighed_at") body.append(name, said);
  body.append("weighed_at", one.at);
  if (one.photo) body.append("photo", one.photo, "photo.jpg");
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(one.to, { method: "POST", body, signal });
    return answer.status >= 500 || answer.status === 429 ? null : answer;
  } catch {
    return null;
  }
}

const path = (answer) => new URL(answer.url).pathname;

async function reason(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const said = page.querySelector(".banner.bad p, .banner p, .why, h1");
  return said ? said.textContent.trim() : words.refused;
}

/* True where the next may be tried. Led elsewhere than its own page: one must sign in again. */
async function settle(one, answer) {
  if (!answer) return false;
  if (SLIP.test(path(answer))) await drop(one.n);
  else if (path(answer) !== one.to) {
    box.dataset.signIn = "yes";
    return false;
  } else await put({ ...one, refused: await reason(answer) });
  return true;
}

async function sendAll() {
  delete box.dataset.signIn;
  for (const one of await all()) {
    if (one.refused || one.person !== person) continue;
    const answer = await sent(one);
    if (!(await settle(one, answer))) break;
    if (SLIP.test(path(answer))) said(words.sent, path(answer), one.goods);
  }
  await show();
}

/* One tab at a time. */
const send = () => (navigator.locks ? navigator.locks.request("desk", sendAll) : sendAll());

function said(text, to, goods) {
  const line = document.createElement("p"), link = document.createElement("a");
  link.href = to;
  link.className = "tap";
  link.textContent = `${goods}: ${text}`;
  line.append(link);
  document.getElementById("sent").append(line);
}

function button(text, kind, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

function told(one) {
  const line = document.createElement("li"), what = document.createElement("p");
  line.className = "stack";
  const kilos = one.fields.find(([name]) => name === "weighed")[1];
  const when = new Date(one.at).toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit", minute: "2-digit",
  });
  what.textContent = `${one.goods} · ${kilos} ${words.kg} · ${when}`;
  line.append(what);
  if (one.person !== person) line.append(Object.assign(document.createElement("p"), {
    className: "sm muted", textContent: words.other,
  }));
  else if (one.refused) {
    line.append(Object.assign(document.createElement("p"), {
      className: "why", textContent: one.refused,
    }));
    line.append(button(words.mend, "btn soft", () => mend(one)));
    line.append(button(words.drop, "link", async () => {
      if (!window.confirm(words.sure)) return;
      await drop(one.n);
      await show();
    }));
  }
  return line;
}

async function show() {
  const waiting = await all();
  box.hidden = !waiting.length;
  box.querySelector("ul").replaceChildren(...waiting.map(told));
  box.querySelector("[data-sign-in]").hidden = box.dataset.signIn !== "yes";
}

/* All that was typed, back into its form; it stays here until that is sent. */
function mend(one) {
  const offer = (one.fields.find(([name]) => name === "offer") || ["", ""])[1];
  const form = [...document.querySelectorAll("form[data-goods]")]
    .find((each) => each.elements.offer.value === offer);
  if (!form) {
    location.href = one.to;
    return;
  }
  for (const [name, typed] of one.fields) {
    const field = form.elements[name];
    if (!field) form.append(Object.assign(document.createElement("input"), {
      type: "hidden", name, value: typed,
    }));
    else if (field.type === "checkbox") field.checked = true;
    else field.value = typed;
  }
  if (one.photo) {
    const taken = new DataTransfer();
    taken.items.add(new File([one.photo], "photo.jpg", { type: one.photo.type }));
    form.elements.photo.files = taken.files;
  }
  for (let up = form.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
  for (const each of form.querySelectorAll("details")) each.open = true;
  form.elements.weighed.focus();
}

async function pressed(event) {
  event.preventDefault();
  const form = event.target, press = form.querySelector("button.btn");
  press.disabled = true;
  let one;
  try {
    one = await keep(form);
  } catch {
    form.submit();  // a private window keeps nothing: as without script
    return;
  }
  const answer = await sent(one);
  press.disabled = false;
  if (answer && SLIP.test(path(answer))) {
    await drop(one.n);
    location.href = answer.url;
  } else if (answer && path(answer) === one.to) {
    await drop(one.n);
    form.submit();  // refused: the market's own page says why and keeps all of it, photo too
  } else {
    form.reset();
    form.elements.id.value = fresh();
    form.closest("details").open = false;
    if (answer) box.dataset.signIn = "yes";
    await show();
    box.scrollIntoView();
  }
}

/* A UUIDv7 (RFC 9562), as the market makes them. */
function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)), now = Date.now();
  for (let n = 0; n < 6; n++) bytes[n] = Math.floor(now / 2 ** (8 * (5 - n))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function stays() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register("/desk/worker.js", { scope: "/cycles/" });
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    const kept = new Promise((done) => { port1.onmessage = done; });
    active.postMessage(location.pathname, [port2]);
    await kept;
    document.getElementById("stays").hidden = false;
  } catch {
    /* Private windows have none; the page works while it is open. */
  }
}

/* A page that was kept since yesterday does not know today. */
function today() {
  const now = new Date().toLocaleDateString("sv", { timeZone: "Asia/Bangkok" });
  if (now === day) return;
  for (const field of document.querySelectorAll("input[name=harvested_on]")) field.value = "";
}

for (const form of document.querySelectorAll("form[data-goods]")) {
  form.addEventListener("submit", pressed);
}
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => {
  caches.delete("desk-pages");
});
window.addEventListener("online", send);
window.setInterval(async () => { if ((await all()).length) send(); }, AGAIN_MS);
today();
renew();
stays();
show().then(send);
