// Recomputes the record with nothing of ours: node chain.mjs < entries.json
// Each entry: {seq, body, leaf}; leaf = SHA-256(0x00 || body) (RFC 6962), body holds the leaf before.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const entries = JSON.parse(readFileSync(0, "utf8"));
const sorted = (value) =>
  Array.isArray(value)
    ? value.map(sorted)
    : value && typeof value === "object"
      ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
      : value;
let before = "0".repeat(64);
for (const { seq, body, leaf } of entries) {
  const bytes = Buffer.concat([Buffer.from([0]), Buffer.from(body, "utf8")]);
  const told = JSON.parse(body);
  const faults = [
    [createHash("sha256").update(bytes).digest("hex") === leaf, "leaf"],
    [told.prev === before, "prev"],
    [told.seq === seq, "seq"],
    [JSON.stringify(sorted(told)) === body, "canonical form (RFC 8785)"],
  ].filter(([holds]) => !holds);
  if (faults.length) {
    console.log(`entry ${seq}: ${faults.map(([, what]) => what).join(", ")}`);
    process.exit(1);
  }
  before = leaf;
}
console.log(`${entries.length} ${before}`);
