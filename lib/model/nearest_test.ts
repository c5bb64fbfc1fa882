import assert from "node:assert/strict";
import { didYouMean, namesMeant, nearest } from "./nearest.ts";

const NAMES = ["keyed-pk", "fan-out", "overlap", "chat-sim", "sync-burst"];

Deno.test("nearest() finds the name when a character is missing, added, replaced or swapped", () => {
  const meant: Record<string, string> = {
    "keyed-k": "keyed-pk",
    "keyed-ppk": "keyed-pk",
    "keyed_pk": "keyed-pk",
    "kyeed-pk": "keyed-pk",
    "fanout": "fan-out",
    "overlapp": "overlap",
    "overlap": "overlap",
  };
  for (const [name, expected] of Object.entries(meant)) assert.equal(nearest(name, NAMES), expected);
});

Deno.test("nearest() counts a swap of neighbours as one edit when a third of the name allows just one", () => {
  assert.equal(nearest("bac", ["abc"]), "abc");
  assert.equal(nearest("cab", ["abc"]), undefined);
});

Deno.test("nearest() finds nothing when every name is far away", () => {
  assert.equal(nearest("postgres", NAMES), undefined);
  assert.equal(nearest("", NAMES), undefined);
  assert.equal(nearest("fan-out", []), undefined);
});

Deno.test("nearest() prefers the earlier name when two are equally near", () => {
  assert.equal(nearest("abcx", ["abca", "abcb"]), "abca");
});

Deno.test("namesMeant() offers what holds the name, or is held by it, when nothing is near", () => {
  const adapters = ["watchlite", "node-sqlite", "better-sqlite3", "sqlite-wasm", "sqlite-opfs", "db-sqlite"];
  assert.deepEqual(namesMeant("sqlite", adapters), adapters.slice(1, 5));
  assert.deepEqual(namesMeant("PostgreSQL", ["pglite", "postgres"]), ["postgres"]);
  assert.deepEqual(namesMeant("watchlit", adapters), ["watchlite"]);
  assert.deepEqual(namesMeant("s", adapters), []);
  assert.deepEqual(namesMeant("", adapters), []);
});

Deno.test("didYouMean() writes one name or several as people do", () => {
  assert.equal(didYouMean("chat", ["chat-sim", "feed"]), ' (did you mean "chat-sim"?)');
  assert.equal(didYouMean("pk", ["keyed-pk", "other-pk", "x"]), ' (did you mean "keyed-pk" or "other-pk"?)');
  assert.equal(didYouMean("zebra", ["keyed-pk"]), "");
});
