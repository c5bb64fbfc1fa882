import assert from "node:assert/strict";
import { nearest } from "./nearest.ts";

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
