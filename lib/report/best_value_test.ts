import assert from "node:assert/strict";
import type { Direction } from "../model/mod.ts";
import { estimateMedian, sortSamples } from "../stats/mod.ts";
import { bestValue } from "./best_value.ts";

function best(direction: Direction, ...blocks: (readonly number[])[]): number | undefined {
  return bestValue(
    blocks.map((values, of) => ({ of, value: { values, estimate: estimateMedian(sortSamples(values)) } })),
    direction,
  );
}

Deno.test("bestValue() is the one whose interval touches no other", () => {
  assert.equal(best("lower", [5, 6, 7], [1, 2, 3], [8, 9, 10]), 1);
  assert.equal(best("higher", [5, 6, 7], [1, 2, 3], [8, 9, 10]), 2);
});

Deno.test("bestValue() is unknown when intervals touch, even with one that is not second", () => {
  assert.equal(best("lower", [1, 2, 5], [5, 6, 7]), undefined);
  assert.equal(best("lower", [1, 2, 3], [4, 5, 6], [3, 100, 200]), undefined);
  assert.equal(best("lower", [0, 0, 0], [0, 0, 0]), undefined);
});

Deno.test("bestValue() is unknown with fewer than three blocks on any side", () => {
  assert.equal(best("lower", [1, 1], [9, 9, 9]), undefined);
  assert.equal(best("lower", [1, 1, 1], [9, 9]), undefined);
});

Deno.test("bestValue() is unknown without a competitor or without a better end", () => {
  assert.equal(best("lower", [1, 2, 3]), undefined);
  assert.equal(best("target", [1, 2, 3], [4, 5, 6]), undefined);
  assert.equal(best("context", [1, 2, 3], [4, 5, 6]), undefined);
});
