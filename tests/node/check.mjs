// Checks what ours signed with others' programs: node check.mjs < told.json
// Told: {did, vc, altered: [[what, vc]], jwt, lists: [vc], asked: [place], meant: [vc], contexts}
// Answers: {verified, believed, jwt, expanded, lists: [{length, ones}], meant}
import { readFileSync } from "node:fs";
import { Bitstring } from "@digitalbazaar/bitstring";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { createVerifyCryptosuite } from "@digitalbazaar/eddsa-jcs-2022-cryptosuite";
import * as Ed25519 from "@digitalbazaar/ed25519-multikey";
import { verifyCredential } from "@digitalbazaar/vc";
import { importJWK, jwtVerify, decodeProtectedHeader } from "jose";
import jsonld from "jsonld";

const told = JSON.parse(readFileSync(0, "utf8"));
const { did, contexts } = told;
const MULTIKEY = "https://w3id.org/security/multikey/v1";

// Nothing is fetched: whatever else is asked for is a fault.
async function documentLoader(url) {
  const method = did.verificationMethod.find((one) => one.id === url);
  const document =
    url === did.id ? did : method ? { "@context": MULTIKEY, ...method } : contexts[url];
  if (!document) throw new Error(`not fetched: ${url}`);
  return { contextUrl: null, documentUrl: url, document };
}

async function verified(credential) {
  const now = new Date(credential.validFrom ?? Date.now());
  const suite = new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
  const checkStatus = async () => ({ verified: true });
  try {
    const told = await verifyCredential({ credential, suite, documentLoader, checkStatus, now });
    return told.verified ? true : String(told.error?.errors?.[0] ?? told.error);
  } catch (error) {
    return String(error);
  }
}

async function token(jwt) {
  const { kid } = decodeProtectedHeader(jwt);
  const { publicKeyJwk } = did.verificationMethod.find((one) => one.id === kid);
  const key = await importJWK(publicKeyJwk, "Ed25519");
  const { payload } = await jwtVerify(jwt, key, { algorithms: ["Ed25519"], typ: "vc+jwt" });
  return payload;
}

async function ones(list) {
  const encoded = list.credentialSubject.encodedList.slice(1);
  const bits = new Bitstring({ buffer: await Bitstring.decodeBits({ encoded }) });
  const places = told.asked.map(Number);
  return { length: bits.length, ones: places.filter((place) => bits.get(place)) };
}

// Refuses a word without a meaning.
async function expanded({ proof, ...bare }) {
  return jsonld.expand(bare, { documentLoader, safe: true });
}

async function meant(credential) {
  try {
    await expanded(credential);
    return await verified(credential);
  } catch (error) {
    return `${error.message} ${JSON.stringify(error.details?.event)}`;
  }
}

const believed = [];
for (const [what, other] of told.altered) {
  if ((await verified(other)) === true) believed.push(what);
}
console.log(
  JSON.stringify({
    verified: await Promise.all([told.vc, ...told.lists].map(verified)),
    believed,
    jwt: await token(told.jwt),
    expanded: await expanded(told.vc),
    lists: await Promise.all(told.lists.map(ones)),
    meant: await Promise.all(told.meant.map(meant)),
  }),
);
