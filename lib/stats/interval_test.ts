import assert from "node:assert/strict";
import fc from "fast-check";
import { estimateMedian } from "./interval.ts";
import { sortSamples } from "./quantile.ts";

const upTo = (n: number) => sortSamples(Array.from({ length: n }, (_, index) => index + 1));

Deno.test("estimateMedian() says which confidence few samples attain", () => {
  const expected: [n: number, lower: number, upper: number, confidence: number][] = [
    [1, 1, 1, 0],
    [2, 1, 2, 0.5],
    [3, 1, 3, 0.75],
    [4, 1, 4, 0.875],
    [5, 1, 5, 0.9375],
    [6, 1, 6, 0.96875],
    // From the published table of ranks for medians: 9 samples 2 to 8, 12 samples 3 to 10, 20 samples 6 to 15.
    [9, 2, 8, 0.9609375],
    [12, 3, 10, 1 - 2 * 79 / 4096],
    [20, 6, 15, 1 - 2 * 21700 / 1048576],
  ];
  for (const [n, lower, upper, confidence] of expected) {
    const { interval, sampleCount } = estimateMedian(upTo(n));
    assert.equal(sampleCount, n);
    assert.deepEqual([interval.lower, interval.upper], [lower, upper], `n=${n}`);
    assert.ok(Math.abs(interval.confidence - confidence) < 1e-12, `n=${n}: ${interval.confidence}`);
  }
});

Deno.test("estimateMedian() attains its confidence by enumeration of all sides", () => {
  for (let n = 1; n <= 12; n++) {
    const { interval } = estimateMedian(upTo(n), 0.9);
    // Each sample is below the true median or above it, with equal chance: 2^n equally likely ways.
    let holding = 0;
    for (let ways = 0; ways < 2 ** n; ways++) {
      const below = ways.toString(2).replaceAll("0", "").length;
      if (below >= interval.lower && below <= interval.upper - 1) holding++;
    }
    assert.ok(Math.abs(interval.confidence - holding / 2 ** n) < 1e-12, `n=${n}`);
  }
});

Deno.test("estimateMedian() narrows as much as the wanted confidence allows", () => {
  fc.assert(fc.property(fc.integer({ min: 6, max: 2000 }), (n) => {
    const { value, interval } = estimateMedian(upTo(n));
    assert.ok(interval.confidence >= 0.95);
    assert.ok(interval.lower <= value && value <= interval.upper);
    // Intervals of large samples end about 0.98 square roots of n from the middle.
    if (n >= 100) {
      const half = (interval.upper - interval.lower) / 2;
      assert.ok(Math.abs(half - 0.98 * Math.sqrt(n)) <= 1.5, `n=${n}: ${half}`);
    }
  }));
});
