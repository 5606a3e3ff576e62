// Reads a catalogue with the Data Food Consortium's own program: node dfc.mjs < catalogue.jsonld
// Answers: {enterprises: [{id, name}], items: [{id, of, price, stock, certifications}]}
import { readFileSync } from "node:fs";
import { Connector } from "@datafoodconsortium/connector";

globalThis.fetch = (url) => Promise.reject(new Error(`not fetched: ${url}`));
const connector = new Connector();
const found = await connector.import(readFileSync(0, "utf8"));
const of = (type) => found.filter((one) => one?.getSemanticType().endsWith(`:${type}`));

const enterprises = of("Enterprise").map((one) => ({ id: one.getSemanticId(), name: one.getName() }));
const items = [];
for (const item of of("CatalogItem")) {
  const product = await item.getOfferedProduct();
  const [offer] = await item.getOfferers();
  items.push({
    id: item.getSemanticId(),
    of: product.getName(),
    price: offer.getPrice().getQuantityValue(),
    stock: item.getStockLimitation(),
    certifications: product.getSemanticPropertyAll("dfc-b:hasCertification"),
  });
}
console.log(JSON.stringify({ enterprises, items }));
