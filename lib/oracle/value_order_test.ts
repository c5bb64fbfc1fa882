import assert from "node:assert/strict";
import { compareValues, keyOf } from "./value_order.ts";

Deno.test("compareValues() sorts as SQLite does", () => {
  const sorted = [
    null,
    -1.5,
    0,
    1n,
    2,
    2n ** 60n,
    "",
    "B",
    "a",
    "ab",
    "\uffee",
    "\u{1f600}",
    new Uint8Array([1]),
    new Uint8Array([1, 0]),
    new Uint8Array([2]),
  ];
  for (const [i, a] of sorted.entries()) {
    for (const [k, b] of sorted.entries()) {
      assert.equal(Math.sign(compareValues(a, b)), Math.sign(i - k), `${String(a)} to ${String(b)}`);
    }
  }
});

Deno.test("keyOf() lets equal numbers and bigints meet, and nothing else", () => {
  assert.equal(keyOf(7n), 7);
  assert.equal(keyOf(7), 7);
  assert.equal(keyOf(1.5), 1.5);
  assert.equal(keyOf(2 ** 60), 2n ** 60n);
  assert.equal(keyOf(2n ** 53n + 1n), 2n ** 53n + 1n);
  assert.equal(keyOf("7"), "7");
});
