/* The page /verify: takes what is pasted, opened, dropped or named in its address, and tells what
   `judge` found. The sentences stand in the page; nothing is sent anywhere. */
const BYTES_MAX = 2_000_000;
const LINKED = /^([LC])\/([0-9A-Z]{8})$/;
const LISTS = { ok: "ok", warn: "bad", unable: "unable", ended: "bad", bad: "bad" };

function started() {
  const language = document.documentElement.lang;
  const market = JSON.parse(document.getElementById("market").textContent);
  const results = document.getElementById("results");
  const form = document.getElementById("verify");
  const typed = form.querySelector("textarea");

  async function ask(path) {
    let answer;
    try {
      answer = await fetch(path, { credentials: "omit", cache: "no-cache" });
    } catch {
      throw new Away(path);
    }
    if (answer.status >= 500 || answer.status === 429) throw new Away(path);
    sure(answer.ok, `${path}: ${answer.status}`);
    return answer.text();
  }

  async function told(text, name) {
    show(await judge(text, { ...market, ask, now: Date.now() }), name);
  }

  function show(found, name) {
    const card = document.getElementById("judged").content.firstElementChild.cloneNode(true);
    const place = (what) => card.querySelector(`[data-${what}]`);
    card.dataset.all = found.all;
    card.querySelector(`[data-when=${found.all}]`).hidden = false;
    place("name").textContent = name;
    const kind = document.querySelector(`#kinds [data-of="${found.kind}"]`);
    place("kind").textContent = kind ? kind.textContent : String(found.kind);
    for (const [what, value] of found.rows) row(place("rows"), what, value);
    if (found.asOf) row(place("rows"), "asOf", new Date(found.asOf).toISOString());
    for (const pair of (found.says || { [language]: { facts: [] } })[language].facts) {
      lined(place("rows"), ...pair);
    }
    for (const { name: check, says, why } of found.checks) {
      const list = says === "none" ? "unable" : LISTS[WEIGHS[says]];
      place(`list=${list}`).hidden = false;
      place(`list=${list}`).querySelector("ul").append(sentence(check, says, why));
    }
    results.prepend(card);
    card.focus();
  }

  function sentence(check, says, why) {
    const known = document.querySelector(`#sentences [data-of="${check}.${says}"]`);
    const line = document.createElement("li");
    line.textContent = known ? known.textContent : `${check}: ${says}`;
    if (why && WEIGHS[says] === "bad") {
      line.append(Object.assign(document.createElement("code"), { textContent: why }));
    }
    return line;
  }

  function row(list, what, value) {
    const known = document.querySelector(`#labels [data-of="${what}"]`);
    lined(list, known ? known.textContent : what, shown(value));
  }

  function lined(list, label, text) {
    const line = document.createElement("div");
    line.append(Object.assign(document.createElement("dt"), { textContent: label }));
    line.append(Object.assign(document.createElement("dd"), { textContent: text }));
    list.append(line);
  }

  function shown(value) {
    if (Array.isArray(value)) {
      const mine = value.find((one) => one["@language"] === language);
      return mine ? mine["@value"] : value.map(shown).join(", ");
    }
    if (value && typeof value === "object") return value[language] || value["@value"] || value.name || "";
    const text = String(value);
    if (!/^\d{4}-\d{2}-\d{2}(T|$)/.test(text)) return text;
    const calendar = language === "th" ? "th-TH-u-ca-buddhist" : "en-GB";
    const clock = text.includes("T") && text.endsWith("Z") ? { timeStyle: "short" } : {};
    const how = { dateStyle: "long", timeZone: "Asia/Bangkok", ...clock };
    return new Intl.DateTimeFormat(calendar, how).format(new Date(text));
  }

  async function opened(files) {
    for (const file of files) {
      if (file.size > BYTES_MAX) show({ ...UNREAD, why: "" }, file.name);
      else await told(lettersOf(await file.arrayBuffer()), file.name);
    }
  }

  async function linked(of) {
    const [, letter, code] = LINKED.exec(of) || [];
    if (!letter) return;
    const paths = { L: ["proof.html"], C: ["vc.json", "proof.json"] }[letter];
    for (const path of paths.map((one) => `/${of}/${one}`).reverse()) {
      let text;
      try {
        text = await ask(path);
      } catch (no) {
        const all = no instanceof Away ? "away" : "missing";
        show({ ...UNREAD, all }, path);
        continue;
      }
      await told(text, path);
    }
  }

  form.hidden = false;
  form.addEventListener("submit", (pressed) => {
    pressed.preventDefault();
    if (typed.value.trim()) told(typed.value, "");
    else typed.focus();
  });
  form.querySelector("input[type=file]").addEventListener("change", (chosen) => {
    opened([...chosen.target.files]).then(() => (chosen.target.value = ""));
  });
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (dragged) => dragged.preventDefault());
  }
  document.addEventListener("drop", (dropped) => {
    const { files } = dropped.dataTransfer;
    const text = dropped.dataTransfer.getData("text/plain");
    if (files.length) opened([...files]);
    else if (text) told(text, "");
  });
  const of = new URLSearchParams(location.search).get("of") || "";
  able().then((can) => (can ? linked(of) : show({ ...UNREAD, all: "blind" }, "")));
  stays();
}

const UNREAD = { kind: "unread", all: "unread", checks: [], rows: [], says: null };

/* A byte that is not UTF-8 is no letter of ours: nothing is put in its place unseen. */
function lettersOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "";
  }
}

/* From now on it opens without the internet. */
async function stays() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register("/verify/worker.js", { scope: "/verify" });
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage(document.documentElement.lang);
    document.getElementById("stays").hidden = false;
  } catch {
    /* Private windows have none; the page works while it is open. */
  }
}

if (typeof document !== "undefined" && document.getElementById("verify")) started();
