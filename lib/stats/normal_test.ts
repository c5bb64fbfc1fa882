import assert from "node:assert/strict";
import { normalCdf, normalQuantile } from "./normal.ts";

Deno.test("normalCdf() agrees with published values", () => {
  const expected: [z: number, share: number][] = [
    [0, 0.5],
    [1, 0.8413447460685429],
    [1.959963984540054, 0.975],
    [-3, 0.0013498980316300946],
    [-6, 9.865876450376981e-10],
    [9, 1],
    [-9, 0],
  ];
  for (const [z, share] of expected) assert.ok(Math.abs(normalCdf(z) - share) < 1e-15, `z=${z}`);
});

Deno.test("normalQuantile() is the inverse of normalCdf()", () => {
  assert.ok(Math.abs(normalQuantile(0.975) - 1.959963984540054) < 1e-12);
  assert.ok(Math.abs(normalQuantile(0.5)) < 1e-12);
  for (const share of [0.001, 0.2, 0.9, 0.9999]) {
    assert.ok(Math.abs(normalCdf(normalQuantile(share)) - share) < 1e-12);
  }
});

Deno.test("normalQuantile() refuses shares that have no finite value", () => {
  assert.throws(() => normalQuantile(0), /between 0 and 1: got 0/);
  assert.throws(() => normalQuantile(1), RangeError);
});
