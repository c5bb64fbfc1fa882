import assert from "node:assert/strict";
import fc from "fast-check";
import { seededIndex } from "./seeded_index.ts";
import { estimateTrend, LEAST_TREND_POINTS } from "./trend.ts";

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);
}

Deno.test("estimateTrend() finds the slope of any line, wherever it begins", () => {
  fc.assert(fc.property(
    fc.integer({ min: -1000, max: 1000 }),
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.integer({ min: LEAST_TREND_POINTS, max: 60 }),
    (slope, start, count) => {
      const points = Array.from({ length: count }, (_, x) => ({ x, y: start + slope * x }));
      const trend = estimateTrend(points)!;
      near(trend.slope, slope, 1e-6);
      near(trend.interval.lower, slope, 1e-6);
      near(trend.interval.upper, slope, 1e-6);
    },
  ));
});

Deno.test("estimateTrend() is not moved by two spikes", () => {
  const points = Array.from({ length: 30 }, (_, x) => ({ x, y: x === 5 || x === 28 ? 1e9 : 3 * x }));
  near(estimateTrend(points)!.slope, 3, 1e-9);
});

Deno.test("estimateTrend() holds the true slope in about 95 % of noisy series", () => {
  const random = seededIndex(11);
  const noise = () => (random(2001) + random(2001) + random(2001) - 3000) / 1000;
  for (const count of [10, 40]) {
    let heldCount = 0;
    for (let series = 0; series < 300; series++) {
      const points = Array.from({ length: count }, (_, x) => ({ x, y: 0.1 * x + noise() }));
      const { lower, upper } = estimateTrend(points)!.interval;
      if (lower <= 0.1 && 0.1 <= upper) heldCount += 1;
    }
    assert.ok(heldCount >= 275 && heldCount <= 298, `${heldCount} of 300 with ${count} points`);
  }
});

Deno.test("estimateTrend() says nothing of fewer than ten points", () => {
  assert.equal(estimateTrend(Array.from({ length: 9 }, (_, x) => ({ x, y: x }))), undefined);
});
