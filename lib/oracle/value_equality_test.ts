import assert from "node:assert/strict";
import { resultsEqual, rowsEqual, valuesEqual } from "./value_equality.ts";

Deno.test("valuesEqual() compares numbers and bigints by value and bytes by content", () => {
  assert.ok(valuesEqual(1, 1n));
  assert.ok(valuesEqual(1n, 1));
  assert.ok(valuesEqual(0, -0));
  assert.ok(valuesEqual(2n ** 53n, 2 ** 53));
  assert.ok(!valuesEqual(2n ** 53n + 1n, 2 ** 53));
  assert.ok(valuesEqual(new Uint8Array([1, 2]), new Uint8Array([1, 2])));
  assert.ok(!valuesEqual(new Uint8Array([1, 2]), new Uint8Array([1, 3])));
  assert.ok(!valuesEqual(new Uint8Array([1]), new Uint8Array([1, 0])));
});

Deno.test("valuesEqual() keeps types apart", () => {
  assert.ok(!valuesEqual(1, "1"));
  assert.ok(!valuesEqual("1", 1n));
  assert.ok(!valuesEqual(null, 0));
  assert.ok(!valuesEqual(null, undefined));
  assert.ok(!valuesEqual(1, true as unknown as number));
});

Deno.test("rowsEqual() wants the same columns in any order", () => {
  assert.ok(rowsEqual({ a: 1, b: 2 }, { b: 2, a: 1 }, ["a", "b"]));
  assert.ok(!rowsEqual({ a: 1, b: 2 }, { a: 1 }, ["a", "b"]));
  assert.ok(!rowsEqual({ a: 1 }, { a: 1, b: 2 }, ["a"]));
  assert.ok(!rowsEqual({ a: null }, {}, ["a"]));
});

Deno.test("resultsEqual() wants the same rows in the same order", () => {
  assert.ok(resultsEqual([{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 2 }], ["a"]));
  assert.ok(!resultsEqual([{ a: 1 }, { a: 2 }], [{ a: 2 }, { a: 1 }], ["a"]));
  assert.ok(!resultsEqual([{ a: 1 }], [{ a: 1 }, { a: 1 }], ["a"]));
});
