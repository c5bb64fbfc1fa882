import { strictEqual } from "node:assert/strict";
import type { Capabilities } from "./adapter.ts";
import { missingNeed } from "./need.ts";

const PLAIN: Capabilities = {
  liveQueries: "none",
  sql: false,
  joins: false,
  atomicBatch: false,
  interactiveTransaction: false,
  durability: "none",
  worksOn: "caller",
};

Deno.test("missingNeed() names the first need that the capabilities do not meet", () => {
  strictEqual(missingNeed([], PLAIN), undefined);
  strictEqual(missingNeed(["blob", "real"], PLAIN), "real");
  strictEqual(missingNeed(["blob", "real"], { ...PLAIN, columnTypes: ["real"] }), "blob");
  strictEqual(missingNeed(["real", "blob"], { ...PLAIN, columnTypes: ["blob", "real"] }), undefined);
});

Deno.test("missingNeed() tells transactions from those of which a part can be undone", () => {
  strictEqual(missingNeed(["transactions"], PLAIN), "transactions");
  strictEqual(missingNeed(["transactions"], { ...PLAIN, transactions: "flat" }), undefined);
  strictEqual(missingNeed(["transactions", "savepoints"], { ...PLAIN, transactions: "flat" }), "savepoints");
  strictEqual(missingNeed(["transactions", "savepoints"], { ...PLAIN, transactions: "nested" }), undefined);
});

Deno.test("missingNeed() asks for rows as lists of values where they are declared only", () => {
  strictEqual(missingNeed(["rawRows"], PLAIN), "rawRows");
  strictEqual(missingNeed(["rawRows"], { ...PLAIN, rawRows: true }), undefined);
});
