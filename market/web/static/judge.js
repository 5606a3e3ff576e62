/* Judges one thing that the market signed, with the functions of check_lot.js, which stands before
   this: a credential, a token, a list, a proof, the file of a lot, a signature of the record.
   `market` is what this page knows of it: origin, did, verifiers, witnesses, file (the SHA-256 of
   the file of a lot without its contents), now, and ask(path), which throws Away where nobody
   answers. What is known only now (does it still hold?) is asked for; all else is reckoned here. */
class Away extends Error {}

const WEIGHS = {
  ok: "ok", none: "ok", since_suspended: "warn", since_revoked: "warn", retired: "warn", early: "warn", warn: "warn", waiting: "warn",
  away: "unable", stale: "unable", unknown: "unable", expired: "ended", suspended: "ended",
  revoked: "ended", recalled: "ended", fallen: "ended", foreign: "bad", bad: "bad",
};
const GRAVER = ["ok", "warn", "unable", "ended", "bad"];
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const LISTED = /"(?:[^"\\]|\\.)*"\s*(:?)/g;
const TLOG = /^c2sp\.org\/tlog-proof@v1\nindex ([0-9]{1,16})\n((?:[A-Za-z0-9+/]{43}=\n)*)\n/;
const PAGE =
  /<title>([^<]*)<\/title>[^]*<script type="application\/json" id="told">([^<]*)<\/script>\s*<script type="application\/json" id="seal">([^<]*)<\/script>/;
const NAMED = {
  entry: ["seq", "index", "leaf", "proof", "size", "root", "checkpoint", "verifier"],
  entries: ["kind", "code", "size", "root", "checkpoint", "verifier", "entries", "waiting"],
};

async function judge(text, market) {
  const found = { kind: "unread", all: "unread", checks: [], rows: [], says: null };
  if (!(await able())) return { ...found, all: "blind" };
  let checks;
  try {
    checks = reads(text, market, found);
  } catch (no) {
    return { ...found, why: String(no.message) };
  }
  for (const [name, check] of Object.entries(checks)) {
    const said = await answered(check);
    if (said.says) found.checks.push({ name, ...said });
    if (name === "signature" && WEIGHS[said.says] === "bad") break;
  }
  const graver = found.checks.map((one) => GRAVER.indexOf(WEIGHS[one.says]));
  found.all = GRAVER[Math.max(...graver)];
  if (found.all === "bad") [found.rows, found.says] = [[], null];
  return found;
}

async function answered(check) {
  try {
    return { says: await check(), why: "" };
  } catch (no) {
    return { says: no instanceof Away ? "away" : "bad", why: String(no.message) };
  }
}

/* What it is, and what is to be checked of it */
function reads(text, market, found) {
  const bare = text.trim();
  if (TOKEN.test(bare)) return ofToken(bare, market, found);
  if (bare.startsWith("<")) return ofFile(text, market, found);
  const note = text.replace(/\r\n/g, "\n").trimStart();
  if (TLOG.test(note)) return ofTlog(note, market, found);
  if (note.includes("\n\n—")) return ofNote(note, market, found);
  const told = once(bare);
  if (told.checkpoint) return ofProofs(told, market, found);
  sure(told.proof || told.credentialSubject, "nothing that we sign");
  return ofCredential(told, market, found);
}

/* JSON in which no name stands twice: programs differ in which of the two they read. */
function once(text) {
  const told = JSON.parse(text);
  sure(told && typeof told === "object", "not a document");
  const named = (one) =>
    one && typeof one === "object"
      ? Object.values(one).reduce((sum, within) => sum + named(within), 0) +
        (Array.isArray(one) ? 0 : Object.keys(one).length)
      : 0;
  const written = [...text.matchAll(LISTED)].filter((one) => one[1]).length;
  sure(written === named(told), "a name stands twice in it");
  return told;
}

/* Credentials */
function ofCredential(document, market, found) {
  found.kind = kindOf(document);
  return { signature: () => byUs(document, market), ...ofSaid(document, market, found) };
}

function ofToken(text, market, found) {
  const [head, body, signature] = text.split(".");
  const letters = (part) => new TextDecoder("utf-8", { fatal: true }).decode(base64url(part));
  const [header, document] = [once(letters(head)), once(letters(body))];
  found.kind = kindOf(document);
  return {
    async signature() {
      if (issuerOf(document) !== market.did.id) return "foreign";
      sure(["Ed25519", "EdDSA"].includes(header.alg), "not signed with Ed25519");
      sure(header.typ === "vc+jwt" && !("crit" in header), "not a credential");
      const own = market.did.verificationMethod.filter((one) => one.id === header.kid);
      sure(own.length === 1 && own[0].type === "JsonWebKey", `${header.kid} is no key of ours`);
      sure(!own[0].revoked, `${header.kid} was taken back`);
      const holds = await signed(
        base64url(own[0].publicKeyJwk.x), utf8(`${head}.${body}`), base64url(signature),
      );
      sure(holds, "it was altered");
      return retired(market.did, header.kid);
    },
    ...ofSaid(document, market, found),
  };
}

function ofSaid(document, market, found) {
  found.rows = rowsOf(document);
  const { product, conformityClaim: claims = [] } = document.credentialSubject || {};
  return {
    dates: () => dated(document, market.now),
    async status() {
      const papers = [document];
      for (const { conformityEvidence: at } of claims) {
        papers.push(once(await market.ask(pathOf(at.linkURL, market))));
        sure((await byUs(papers.at(-1), market)) !== "foreign", `${at.linkURL} is not ours`);
      }
      const says = await standing(papers, market, found);
      return claims.length ? sinceThen(says) : says;
    },
    today: () => (product ? today(product.registeredId, market) : ""),
  };
}

const issuerOf = (document) => (document.issuer && document.issuer.id) || document.issuer;
const kindOf = (document) => [document.type].flat().find((one) => one !== "VerifiableCredential");
const known = (did) => ({
  ...did,
  assertionMethod: did.verificationMethod.filter((one) => !one.revoked).map((one) => one.id),
});
const retired = (did, method) => (did.assertionMethod.includes(method) ? "ok" : "retired");

async function byUs(document, market) {
  sure(document.proof, "no signature stands in it");
  if (issuerOf(document) !== market.did.id) return "foreign";
  await genuine(document, known(market.did));
  return retired(market.did, document.proof.verificationMethod);
}

function dated({ validFrom, validUntil }, now) {
  if (Date.parse(validFrom) > now) return "early";
  return Date.parse(validUntil) < now ? "expired" : "ok";
}

function pathOf(address, market) {
  sure(String(address).startsWith(`${market.origin}/`), `${address} is not of this market`);
  return address.slice(market.origin.length);
}

/* Whether it still holds, by the lists of this minute or the newest that this device has */
async function standing(papers, market, found) {
  const entries = papers.flatMap((one) => one.credentialStatus || []);
  if (!entries.length) return "";
  const says = [];
  for (const [purpose, ended] of [["suspension", "suspended"], ["revocation", "revoked"]]) {
    const mine = entries.filter((one) => one.statusPurpose === purpose);
    for (const address of new Set(mine.map((one) => one.statusListCredential))) {
      const list = once(await market.ask(pathOf(address, market)));
      sure(list.id === address, `${address} is another list`);
      const [from, until] = [Date.parse(list.validFrom), Date.parse(list.validUntil)];
      const fresh = from - 600_000 <= market.now && market.now <= until;
      const of = mine.filter((one) => one.statusListCredential === address);
      const made_at = new Date(fresh ? Math.max(market.now, from) : from).toISOString();
      const at = { status: [list], certificates: [{ credentialStatus: of }], made_at };
      const ends = (await status({ ...at, did: known(market.did) })) === "warn";
      says.push(ends ? ended : fresh ? "ok" : "stale");
      found.asOf = Math.min(found.asOf || from, from);
    }
  }
  sure(entries.every((one) => /^(revocation|suspension)$/.test(one.statusPurpose)), "another list");
  const graver = (one, other) =>
    GRAVER.indexOf(WEIGHS[other]) >= GRAVER.indexOf(WEIGHS[one]) ? other : one;
  return says.reduce(graver, "ok");
}

/* What counts for a lot is its day of harvest: that its certificate ended since takes nothing back,
   unless the market says of the lot itself that its claim fell, or calls it back. */
const sinceThen = (says) => (/^(suspended|revoked)$/.test(says) ? `since_${says}` : says);

async function today(code, market) {
  sure(/^[0-9A-Z]{8}$/.test(code), "of nothing that bears a code");
  const lot = once(await market.ask(`/api/v1/lots/by-code/${code}`));
  if (lot.recalled) return "recalled";
  const unsafe = (one) =>
    one.lot_code === code && one.worst === "unsafe" && !one.corrected && !one.answered;
  if ((lot.tests || []).some(unsafe)) return "fallen";
  return { bad: "fallen", warning: "warn" }[lot.verdict.level] || "ok";
}

/* The record */
function ofNote(note, market, found) {
  found.kind = "checkpoint";
  let signed;
  return {
    async signature() {
      signed = await recordOf(note, market);
      found.rows = [["size", signed.size], ["root", hex(signed.root)]];
      return "ok";
    },
    ...ofRecord(note, market, () => signed),
  };
}

const ofRecord = (note, market, signed) => ({
  witness: () => witnessed(note, market),
  since: () => since(signed(), market),
});

async function recordOf(note, market) {
  let why = new Error("not signed by this market");
  for (const verifier of market.verifiers) {
    try {
      return await checkpoint({ checkpoint: note, verifier });
    } catch (no) {
      why = no;
    }
  }
  throw why;
}

async function witnessed(note, market) {
  const lines = note.slice(note.lastIndexOf("\n\n") + 2).split("\n").filter((one) => one);
  const ours = market.verifiers.map((one) => one.split("+")[0]);
  const others = lines.filter((one) => !ours.includes(one.split(" ")[1]));
  const by = market.witnesses.filter((one) => others.some((line) => isBy(line, one)));
  if (by.length < others.length) return "unknown";
  const record = { checkpoint: note, verifier: market.verifiers[0], witnesses: by };
  for (const verifier of market.verifiers) {
    if (note.includes(`\n— ${verifier.split("+")[0]} `)) record.verifier = verifier;
  }
  return by.length ? witness({ record }, { witnesses: [] }) : "none";
}

const isBy = (line, key) => line.startsWith(`— ${key.split("+")[0]} `);

/* Does the record of today go on from it? RFC 9162 section 2.1.4 */
async function since({ size, root }, market) {
  const newest = await recordOf(await market.ask("/log/checkpoint"), market);
  sure(newest.size >= size, `the record has ${newest.size} entries today, and had ${size}`);
  if (newest.size === size) {
    sure(same(newest.root, root), "another record of the same length");
    return "ok";
  }
  const told = once(await market.ask(`/log/consistency?first=${size}&second=${newest.size}`));
  const goesOn = await grownFrom(size, root, newest.size, newest.root, told.proof.map(unhex));
  sure(goesOn, "what is in the record was altered since");
  return "ok";
}

async function grownFrom(first, firstRoot, second, secondRoot, proof) {
  const whole = Number.isInteger(Math.log2(first)) ? [firstRoot, ...proof] : proof;
  if (!(first > 0 && first < second) || !whole.length) return false;
  let [at, last] = [first - 1, second - 1];
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  let [older, newer] = [whole[0], whole[0]];
  for (const step of whole.slice(1)) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      older = await sha256(joined([1], step, older));
      newer = await sha256(joined([1], step, newer));
      while (at % 2 === 0 && at > 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else newer = await sha256(joined([1], newer, step));
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(older, firstRoot) && same(newer, secondRoot);
}

function unhex(text) {
  sure(/^(?:[0-9a-f]{2})*$/.test(text), "not hexadecimal");
  return Uint8Array.from(text.match(/../g) || [], (two) => parseInt(two, 16));
}

/* Proofs: of one entry, or of all that a lot or a certificate rests on */
function ofProofs(told, market, found) {
  const several = Array.isArray(told.entries);
  found.kind = several ? "entries" : "entry";
  for (const name of Object.keys(told)) sure(NAMED[found.kind].includes(name), `what is ${name}?`);
  let signed;
  return {
    async signature() {
      sure(market.verifiers.includes(told.verifier), "the key in it is not of this market");
      signed = await recordOf(told.checkpoint, market);
      sure(told.size === signed.size && told.root === hex(signed.root), "of another record");
      found.rows = [told.code ? ["code", told.code] : ["seq", told.seq], ["size", signed.size]];
      return "ok";
    },
    async entries() {
      for (const { seq, index, leaf, proof } of several ? told.entries : [told]) {
        sure(index === undefined || index === seq - 1, `entry ${seq} stands elsewhere`);
        const steps = proof.map(unhex);
        const holds = await leadsTo(signed.root, signed.size, seq - 1, unhex(leaf), steps);
        sure(holds, `entry ${seq} is not in the signed record`);
      }
      return several && told.waiting.length ? "waiting" : "ok";
    },
    words: () => (several ? words(told, market) : ""),
    ...ofRecord(told.checkpoint, market, () => signed),
  };
}

/* Day and name of a step are in no signature here: the market says them once more. */
async function words(told, market) {
  const letter = { lot: "L", certificate: "C" }[told.kind];
  sure(letter && /^[0-9A-Z]{8}$/.test(told.code), "of nothing that bears a code");
  const now = once(await market.ask(`/${letter}/${told.code}/proof.json`));
  const said = new Map(now.entries.map((one) => [one.seq, [one.on, one.tag, one.leaf]]));
  for (const { seq, on, tag, leaf } of told.entries) {
    sure(String([on, tag, leaf]) === String(said.get(seq)), `entry ${seq} is told otherwise`);
  }
  for (const seq of told.waiting) sure(said.has(seq) || now.waiting.includes(seq), `what is ${seq}?`);
  return "ok";
}

function ofTlog(text, market, found) {
  const [, index, steps] = TLOG.exec(text);
  const note = text.slice(TLOG.exec(text)[0].length);
  const [seq, proof] = [Number(index) + 1, steps.split("\n").filter(Boolean).map(base64)];
  found.kind = "entry";
  let signed;
  return {
    async signature() {
      signed = await recordOf(note, market);
      found.rows = [["seq", seq], ["size", signed.size]];
      return "ok";
    },
    async entries() {
      const told = once(await market.ask(`/log/proof/${seq}`));
      const holds = await leadsTo(signed.root, signed.size, seq - 1, unhex(told.leaf), proof);
      sure(holds, `entry ${seq} is not in the signed record`);
      return "ok";
    },
    ...ofRecord(note, market, () => signed),
  };
}

/* The file of a lot: its contents by its own checks, then what is known today */
function ofFile(text, market, found) {
  const parts = PAGE.exec(text);
  sure(parts, "not the file of a lot");
  const [, title, told, seal] = parts;
  found.kind = "file";
  const whole = checked(told, seal).then((one) => {
    if (one.states.seal === "ok") found.says = one.told.says;
    return one;
  });
  const own = Object.keys(CHECKS).map((name) => [
    name === "seal" ? "signature" : `file.${name}`,
    async () => {
      const { states, why } = await whole;
      if (states[name] === "bad") throw new Error(why[name]);
      return states[name];
    },
  ]);
  return {
    ...Object.fromEntries(own),
    keys: async () => keysOf(await whole, market),
    status: async () => sinceThen(await standing((await whole).told.certificates, market, found)),
    today: async () => today((await whole).told.lot.code, market),
    async since() {
      return since(await recordOf((await whole).told.record.checkpoint, market), market);
    },
    async program() {
      const { says, lot } = (await whole).told;
      const bare = title.replace(/&amp;/g, "&");
      sure(bare === `${says.th.facts[0][1]} ${lot.code}`, "the title is of another lot");
      const shell = text.replace(title, "").replace(told, "").replace(seal, "");
      return hex(await sha256(utf8(shell))) === market.file ? "ok" : "warn";
    },
  };
}

function keysOf({ told, seal }, market) {
  const { by } = JSON.parse(seal);
  const of = (did) => did.verificationMethod.find((one) => one.id === by);
  const ours = of(market.did);
  if (!ours || ours.publicKeyMultibase !== of(told.did).publicKeyMultibase) return "foreign";
  sure(!ours.revoked, `${by} was taken back`);
  if (!market.verifiers.includes(told.record.verifier)) return "foreign";
  const strange = told.record.witnesses.some((one) => !market.witnesses.includes(one));
  return strange ? "unknown" : retired(market.did, by);
}

/* What is told of it, for people: names are those of the page's own words */
function rowsOf(document) {
  const of = document.credentialSubject || {};
  const thing = of.product || of;
  const weight = (thing.dimensions || {}).weight;
  const rows = [
    ["name", document.name || thing.name],
    ["number", of.certificateNumber],
    ["lot", thing.registeredId],
    ["crops", of.crops],
    ["group", of.group],
    ["harvested", thing.productionDate],
    ["weight", weight && `${weight.value} ${weight.unit}`],
    ["from", document.validFrom],
    ["until", document.validUntil],
    ["issuer", document.issuer && document.issuer.name],
    ["did", issuerOf(document)],
  ];
  return rows.filter((one) => one[1] && one[1].length !== 0);
}
