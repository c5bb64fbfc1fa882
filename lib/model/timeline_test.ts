import assert from "node:assert/strict";
import fc from "fast-check";
import { fromGaps, gapsOf, operationTimes } from "./timeline.ts";

Deno.test("fromGaps() gives back what gapsOf() was given", () => {
  assert.deepEqual(gapsOf([-5, 0, 0, 12]), [-5, 5, 0, 12]);
  fc.assert(fc.property(fc.array(fc.integer()), (values) => {
    assert.deepEqual(fromGaps(gapsOf(values)), values);
  }));
});

Deno.test("operationTimes() puts operations one after the other", () => {
  const { startUs, endUs } = operationTimes({ label: [0, 0, 0], gapUs: [0, 5, 1], tookUs: [10, 0, 3] });
  assert.deepEqual(startUs, [0, 15, 16]);
  assert.deepEqual(endUs, [10, 15, 19]);
});
