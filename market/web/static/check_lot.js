/* Checks the proof of a lot with what is in it and nothing else: no network, no program of ours.
   RFC 8785 (JSON), RFC 8032 (Ed25519), RFC 9162 section 2.1 (the tree), W3C eddsa-jcs-2022 and
   Bitstring Status List, C2SP signed-note and tlog-cosignature. Read it before you believe it. */
"use strict";
const SEALED = "talat-khiao lot proof v1\n";
const DAMAGED = {};
const LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const WORST = ["ok", "warn", "unable", "bad"];
const CHECKS = { seal, lot, certificate, status, record, custody, witness };

function sure(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

/* Bytes */
const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
const same = (one, other) => hex(one) === hex(other);

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

function base64(text) {
  const letters = atob(text);
  sure(btoa(letters) === text, "base64 that is not as it is written");
  return Uint8Array.from(letters, (one) => one.charCodeAt(0));
}

function base64url(text) {
  sure(!/[+/=]/.test(text), "not base64url");
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  return base64(plain + "=".repeat((4 - (plain.length % 4)) % 4));
}

function base58(text) {
  let number = 0n;
  for (const letter of text) {
    sure(LETTERS.includes(letter), "no letter of base58");
    number = number * 58n + BigInt(LETTERS.indexOf(letter));
  }
  const digits = number.toString(16);
  const even = number ? digits.padStart(digits.length + (digits.length % 2), "0") : "";
  const zeros = text.length - text.replace(/^1+/, "").length;
  const bytes = (even.match(/../g) || []).map((two) => parseInt(two, 16));
  return joined(new Uint8Array(zeros), Uint8Array.from(bytes));
}

/* RFC 8785, for what is signed here: texts, whole numbers, lists, objects */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    const names = Object.keys(value).sort();
    return `{${names.map((one) => `${JSON.stringify(one)}:${canonical(value[one])}`).join(",")}}`;
  }
  sure(typeof value !== "number" || Number.isSafeInteger(value), "a number that is not whole");
  return JSON.stringify(value);
}

async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

async function signed(key, message, signature) {
  sure(key.length === 32 && signature.length === 64, "not a key or a signature of Ed25519");
  const read = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, read, signature, message);
}

/* Can this browser do it at all? RFC 8032 section 7.1, test 1. */
async function able() {
  const key = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
  const made =
    "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==";
  try {
    return (
      (await signed(base64(key), utf8(""), base64(made))) &&
      !(await signed(base64(key), utf8("x"), base64(made)))
    );
  } catch {
    return false;
  }
}

/* Whose signature it is */
function keyOf(did, method) {
  const found = did.verificationMethod.filter((one) => one.id === method);
  sure(found.length === 1 && found[0].type === "Multikey", `${method} is no key of ${did.id}`);
  sure(did.assertionMethod.includes(method), `${method} no longer signs for ${did.id}`);
  sure(found[0].controller === did.id && !found[0].revoked, `${method} was taken back`);
  const bytes = base58(found[0].publicKeyMultibase.replace(/^z/, ""));
  sure(bytes.length === 34 && bytes[0] === 0xed && bytes[1] === 1, "not a key of Ed25519");
  return bytes.slice(2);
}

/* W3C Data Integrity, eddsa-jcs-2022 */
async function genuine(document, did) {
  const { proof, ...said } = document;
  const { proofValue, ...options } = proof;
  sure(proof.type === "DataIntegrityProof", "no proof that we read");
  sure(proof.cryptosuite === "eddsa-jcs-2022", "no proof by eddsa-jcs-2022");
  sure(proof.proofPurpose === "assertionMethod", "a proof for something else");
  sure(canonical(proof["@context"]) === canonical(said["@context"]), "a proof of another context");
  const issuer = said.issuer.id || said.issuer;
  sure(issuer === did.id, `${said.id} is not issued by ${did.id}`);
  const hashes = [await sha256(utf8(canonical(options))), await sha256(utf8(canonical(said)))];
  const signature = base58(proofValue.replace(/^z/, ""));
  const key = keyOf(did, proof.verificationMethod);
  sure(await signed(key, joined(...hashes), signature), `${said.id} was altered`);
}

/* C2SP signed notes */
function noteKey(text, kind) {
  const [name, number, ...rest] = text.split("+");
  const bytes = base64(rest.join("+"));
  sure(bytes.length === 33 && bytes[0] === kind, `not a key: ${name}`);
  return { name, number, kind, key: bytes.slice(1) };
}

async function lineOf(note, { name, number, kind, key }) {
  const end = note.lastIndexOf("\n\n");
  sure(end > 0, "not a signed note");
  const id = hex((await sha256(joined(utf8(`${name}\n`), [kind], key))).slice(0, 4));
  sure(id === number, `the key of ${name} is not that of its number`);
  const lines = note.slice(end + 2).split("\n").map((one) => one.split(" "));
  const own = lines.filter((one) => one[0] === "—" && one[1] === name).map((one) => base64(one[2]));
  const found = own.find((one) => hex(one.slice(0, 4)) === number);
  sure(found, `not signed by ${name}`);
  return { text: note.slice(0, end + 1), signature: found.slice(4) };
}

async function checkpoint({ checkpoint: note, verifier }) {
  const by = noteKey(verifier, 1);
  const { text, signature } = await lineOf(note, by);
  sure(await signed(by.key, utf8(text), signature), `the checkpoint is not signed by ${by.name}`);
  const [origin, size, root] = text.split("\n");
  sure(origin === by.name && /^[1-9][0-9]{0,15}$/.test(size), "not a checkpoint");
  return { text, size: Number(size), root: base64(root) };
}

/* RFC 9162 section 2.1.3.2; divided, as sizes may be above 2^32 */
async function leadsTo(root, size, index, leaf, steps) {
  if (!(index >= 0 && index < size)) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const step of steps) {
    if (last === 0 || step.length !== 32) return false;
    const left = at % 2 === 1 || at === last;
    hash = await sha256(left ? joined([1], step, hash) : joined([1], hash, step));
    while (left && at % 2 === 0 && at > 0) [at, last] = [at / 2, Math.floor(last / 2)];
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(hash, root);
}

/* What is checked. Each answers how it stands, or throws what no longer holds. */
async function seal(told, found) {
  const { by, signature } = JSON.parse(found.seal);
  sure(JSON.stringify({ by, signature }) === found.seal, "the seal is not as it was written");
  const key = keyOf(told.did, by);
  sure(await signed(key, utf8(SEALED + found.text), base64(signature)), "the contents were altered");
  found.key = `${by} ${told.did.verificationMethod.find((one) => one.id === by).publicKeyMultibase}`;
  sure(told.format === "talat-khiao/lot-proof/1", "another kind of file");
  return "ok";
}

async function lot(told) {
  await genuine(told.passport, told.did);
  const { product } = told.passport.credentialSubject;
  sure(product.registeredId === told.lot.code, "the signed passport is of another lot");
  sure(product.dimensions.weight.value === told.lot.grams, "the passport tells another weight");
  sure(product.productionDate === told.lot.harvested_on, "the passport tells another day");
  return { ok: "ok", unknown: "ok", warning: "warn", bad: "warn" }[told.lot.verdict.level];
}

async function certificate(told) {
  for (const one of told.certificates) await genuine(one, told.did);
  const here = new Set(told.certificates.map((one) => one.id));
  for (const claim of told.passport.credentialSubject.conformityClaim || []) {
    const of = claim.conformityEvidence.linkURL.replace(/\/dcc\.json$/, "");
    sure(here.has(of), `the certificate ${of} is not in this file`);
  }
  const then = Date.parse(told.made_at);
  return told.certificates.some((one) => Date.parse(one.validUntil) < then) ? "warn" : "ok";
}

async function bitsOf(list) {
  const [kind, packed] = [list.encodedList[0], base64url(list.encodedList.slice(1))];
  sure(kind === "u", "not a list of bits");
  const whole = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(whole).arrayBuffer());
}

async function status(told) {
  const lists = new Map();
  for (const one of told.status) {
    await genuine(one, told.did);
    const [from, until] = [Date.parse(one.validFrom), Date.parse(one.validUntil)];
    const fresh = from <= Date.parse(told.made_at) && Date.parse(told.made_at) <= until;
    sure(fresh, `${one.id} was not of that day`);
    lists.set(one.id, { of: one.credentialSubject, bits: await bitsOf(one.credentialSubject) });
  }
  let state = "ok";
  for (const entry of told.certificates.flatMap((one) => one.credentialStatus)) {
    const list = lists.get(entry.statusListCredential);
    sure(list && list.of.statusPurpose === entry.statusPurpose, `${entry.id}: no such list`);
    const place = Number(entry.statusListIndex);
    sure(Number.isSafeInteger(place) && place >= 0, `${entry.id}: no such place`);
    sure(place < list.bits.length * 8, `${entry.id}: no such place`);
    if (list.bits[Math.floor(place / 8)] & (0x80 >> (place % 8))) state = "warn";
  }
  return state;
}

async function record(told, found) {
  const { size, root } = await checkpoint(told.record);
  const steps = told.record.steps.map(base64);
  for (const entry of told.record.entries) {
    const proof = entry.proof.map((one) => steps[one]);
    const holds = await leadsTo(root, size, entry.seq - 1, base64(entry.leaf), proof);
    sure(holds, `entry ${entry.seq} is not in the signed record`);
    found.proved.add(entry.seq);
  }
  return told.record.waiting.length ? "warn" : "ok";
}

async function custody(told, found) {
  const waiting = new Set(told.record.waiting);
  const begun = told.custody.filter((one) => ["harvested", "made"].includes(one.kind));
  sure(begun.length > 0, "how the lot began is not told");
  for (const { entry } of told.custody) {
    const holds = entry === null || found.proved.has(entry) || waiting.has(entry);
    sure(holds, `entry ${entry} is not in the record`);
  }
  const open = ({ entry }) => entry === null || waiting.has(entry);
  return told.custody.some(open) ? "warn" : "ok";
}

async function witness(told, found) {
  const { text } = await checkpoint(told.record);
  for (const known of told.record.witnesses) {
    const by = noteKey(known, 4);
    const { signature: given } = await lineOf(told.record.checkpoint, by);
    sure(given.length === 72, `not a cosignature: ${by.name}`);
    const time = given.slice(0, 8).reduce((sum, one) => sum * 256 + one, 0);
    const said = utf8(`cosignature/v1\ntime ${time}\n${text}`);
    sure(await signed(by.key, said, given.slice(8)), `not signed by ${by.name}`);
    found.witnesses.push(`${by.name} · ${new Date(time * 1000).toISOString()}`);
  }
  return found.witnesses.length ? "ok" : "none";
}

/* All of them, of the two texts in the file */
async function checked(text, seal) {
  const found = { text, seal, told: DAMAGED, states: {}, why: {}, proved: new Set(), witnesses: [] };
  try {
    found.told = JSON.parse(text);
  } catch {
    /* Each check says that there is nothing to read. */
  }
  const can = await able();
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      found.states[name] = can ? await check(found.told, found) : "unable";
      sure(["none", ...WORST].includes(found.states[name]), "nothing we know");
    } catch (no) {
      found.states[name] = "bad";
      found.why[name] = String(no.message);
    }
  }
  const ranks = Object.values(found.states).map((one) => WORST.indexOf(one));
  found.all = WORST[Math.max(0, ...ranks)];
  return found;
}

/* The page */
function row(cells, kind) {
  const line = document.createElement("tr");
  for (const cell of cells) {
    line.append(Object.assign(document.createElement(kind), { textContent: String(cell) }));
  }
  return line;
}

function tell(found) {
  for (const place of document.querySelectorAll("[data-of]")) {
    place.dataset.state = place.dataset.of === "all" ? found.all : found.states[place.dataset.of];
    const why = place.querySelector("[data-why]");
    if (why) why.textContent = found.why[place.dataset.of] || "";
  }
  for (const place of document.querySelectorAll("[data-witnesses]")) {
    place.replaceChildren(...found.witnesses.map((one) => row([one], "td")));
  }
  if (found.states.seal === "bad" || found.states.seal === "unable") return;
  const { verifier, checkpoint: note } = found.told.record;
  const keys = { issuer: found.key, record: verifier, checkpoint: note };
  for (const place of document.querySelectorAll("[data-key]")) {
    place.textContent = keys[place.dataset.key];
  }
  for (const place of document.querySelectorAll("[data-says]")) {
    const [language, what] = place.dataset.says.split(" ");
    place.replaceChildren(...found.told.says[language][what].map((cells) => row(cells, "td")));
  }
}

if (typeof document !== "undefined" && document.getElementById("told")) {
  const read = (id) => document.getElementById(id).textContent;
  checked(read("told"), read("seal")).then(tell);
}
