import assert from "node:assert/strict";
import fc from "fast-check";
import { intervalRank } from "./interval.ts";
import { compareSamples, mannWhitneyTail, rankSumPValue } from "./two_sample.ts";

Deno.test("mannWhitneyTail() follows the published two-sided 5 % critical values", () => {
  const critical: [m: number, n: number, statistic: number][] = [
    [3, 5, 0],
    [4, 4, 0],
    [4, 6, 2],
    [5, 5, 2],
    [5, 8, 6],
    [6, 6, 5],
    [7, 9, 12],
    [8, 8, 13],
    [10, 10, 23],
    [12, 15, 49],
    [20, 20, 127],
  ];
  for (const [m, n, statistic] of critical) {
    const { tail, method } = mannWhitneyTail(m, n);
    assert.equal(method, "exact");
    assert.equal(intervalRank(tail, m * n).rank, statistic + 1, `m=${m}, n=${n}`);
  }
});

Deno.test("mannWhitneyTail() equals enumeration of all orders", () => {
  for (const [m, n] of [[1, 1], [2, 5], [5, 2], [3, 3], [6, 6]] as const) {
    const counts = new Array<number>(m * n + 1).fill(0);
    let orders = 0;
    // Bit i set: the i-th smallest value is from the first set.
    for (let order = 0; order < 2 ** (m + n); order++) {
      const fromFirst = Array.from({ length: m + n }, (_, index) => (order >> index) & 1);
      if (fromFirst.reduce((sum, bit) => sum + bit, 0) !== m) continue;
      orders++;
      let second = 0;
      let larger = 0;
      for (const bit of fromFirst) {
        if (bit === 1) larger += second;
        else second++;
      }
      counts[larger]!++;
    }
    let cumulative = 0;
    const { tail } = mannWhitneyTail(m, n);
    counts.forEach((count, statistic) => {
      cumulative += count;
      assert.ok(Math.abs(tail(statistic) - cumulative / orders) < 1e-12, `m=${m}, n=${n}, U=${statistic}`);
    });
  }
});

Deno.test("mannWhitneyTail() changes little where the exact distribution gives way to the normal one", () => {
  const exact = mannWhitneyTail(50, 50);
  const normal = mannWhitneyTail(50, 51);
  assert.deepEqual([exact.method, normal.method], ["exact", "normal"]);
  const half = 50 * 50 / 2;
  const shift = 25 * (51 - 50);
  for (const below of [400, 280, 150, 0]) {
    assert.ok(Math.abs(exact.tail(half - below) - normal.tail(half + shift - below)) < 0.003);
  }
});

Deno.test("compareSamples() finds the published shift of the permeability data", () => {
  // Hollander and Wolfe, table 4.1; R's wilcox.test gives the location difference 0.305. Logarithms turn shifts into
  // ratios, so the data enter as exponentials.
  const atTerm = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const early = [1.15, 0.88, 0.90, 0.74, 1.21];
  const { ratio, interval, firstCount, secondCount } = compareSamples(
    early.map(Math.exp),
    atTerm.map(Math.exp),
  );
  assert.deepEqual([firstCount, secondCount], [5, 10]);
  assert.equal(Math.log(ratio).toFixed(4), "0.3050");
  assert.ok(interval.confidence >= 0.95);
  assert.equal(Math.log(interval.lower).toFixed(2), "-0.15");
  assert.equal(Math.log(interval.upper).toFixed(2), "0.76");
});

Deno.test("compareSamples() attains 90 % with three blocks on each side", () => {
  const { ratio, interval } = compareSamples([1, 2, 4], [2, 4, 8]);
  assert.ok(Math.abs(ratio - 2) < 1e-12);
  assert.ok(Math.abs(interval.lower - 0.5) < 1e-12 && Math.abs(interval.upper - 8) < 1e-12);
  assert.ok(Math.abs(interval.confidence - 0.9) < 1e-12);
});

Deno.test("compareSamples() inverts when the sides are exchanged and scales with them", () => {
  const side = fc.array(fc.double({ min: 0.001, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 12 });
  const near = (a: number, b: number) => Math.abs(a / b - 1) < 1e-9;
  fc.assert(fc.property(side, side, (first, second) => {
    const forth = compareSamples(first, second);
    const back = compareSamples(second, first);
    assert.ok(near(forth.ratio, 1 / back.ratio) && near(forth.interval.upper, 1 / back.interval.lower));
    const tripled = compareSamples(first, second.map((value) => 3 * value));
    assert.ok(near(tripled.ratio, 3 * forth.ratio) && near(tripled.interval.lower, 3 * forth.interval.lower));
  }));
});

Deno.test("compareSamples() rejects an empty side and values that have no logarithm", () => {
  assert.throws(() => compareSamples([], [1]), {
    name: "RangeError",
    message: "Cannot compare samples as both sides must have one: got 0 and 1",
  });
  assert.throws(() => compareSamples([0], [1]), RangeError);
});

Deno.test("rankSumPValue() is exact without ties, and cautious with them", () => {
  assert.ok(Math.abs(rankSumPValue([1, 2, 3], [4, 5, 6]) - 0.1) < 1e-12);
  assert.ok(Math.abs(rankSumPValue([1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]) - 2 / 924) < 1e-15);
  assert.equal(rankSumPValue([5, 5, 5], [5, 5, 5]), 1);
  assert.equal(rankSumPValue([4, 5, 6], [1, 2, 3]), rankSumPValue([1, 2, 3], [4, 5, 6]));
});
