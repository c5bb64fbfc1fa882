import assert from "node:assert/strict";
import fc from "fast-check";
import { comparePairs, signedRankIntervalRank, signedRankTest, walshAverages } from "./paired.ts";
import { median } from "./quantile.ts";

/** Two-sided p value from all 2^n ways to sign the ranks that the nonzero differences have among all. */
function pValueByEnumeration(differences: readonly number[]): number {
  const ranks = differences.map((difference) => {
    const size = Math.abs(difference);
    const smaller = differences.filter((other) => Math.abs(other) < size).length;
    const equal = differences.filter((other) => Math.abs(other) === size).length;
    return size === 0 ? 0 : smaller + (equal + 1) / 2;
  });
  const statistic = ranks.reduce((sum, rank, index) => sum + (differences[index]! > 0 ? rank : 0), 0);
  const middle = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  let asFar = 0;
  for (let signs = 0; signs < 2 ** ranks.length; signs++) {
    const sum = ranks.reduce((total, rank, index) => total + (signs & (1 << index) ? rank : 0), 0);
    if (Math.abs(sum - middle) >= Math.abs(statistic - middle)) asFar++;
  }
  return asFar / 2 ** ranks.length;
}

Deno.test("signedRankTest() gives the depression scores' published result", () => {
  // Hollander and Wolfe, table 3.1; also the example of R's wilcox.test: V = 40, one-sided p = 0.01953.
  const before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
  const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  const differences = before.map((value, index) => value - after[index]!);
  const test = signedRankTest(differences);
  assert.equal(test.statistic, 40);
  assert.equal(test.pValue, 0.0390625);
  assert.equal(test.method, "exact");
  const averages = walshAverages(differences);
  assert.equal(median(averages).toFixed(3), "0.460");
  const { rank } = signedRankIntervalRank(differences.length);
  assert.equal(averages[rank - 1]!.toFixed(3), "0.010");
  assert.equal(averages[averages.length - rank]!.toFixed(3), "0.786");
});

Deno.test("signedRankIntervalRank() follows the published two-sided 5 % critical values", () => {
  const critical: [n: number, statistic: number][] = [
    [6, 0],
    [7, 2],
    [8, 3],
    [9, 5],
    [10, 8],
    [11, 10],
    [12, 13],
    [13, 17],
    [14, 21],
    [15, 25],
    [16, 29],
    [17, 34],
    [18, 40],
    [19, 46],
    [20, 52],
    [25, 89],
  ];
  for (const [n, statistic] of critical) {
    const { rank, confidence } = signedRankIntervalRank(n);
    assert.equal(rank, statistic + 1, `n=${n}`);
    assert.ok(confidence >= 0.95);
  }
  assert.deepEqual(signedRankIntervalRank(5), { rank: 1, confidence: 1 - 2 / 2 ** 5 });
});

Deno.test("signedRankTest() equals enumeration of all signs, with ties and zeros", () => {
  const few = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 10 });
  fc.assert(fc.property(few, (differences) => {
    assert.ok(Math.abs(signedRankTest(differences).pValue - pValueByEnumeration(differences)) < 1e-12);
  }));
});

const small = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 5, maxLength: 9 });

Deno.test("walshAverages() have the middle that leaves as much rank above it as below", () => {
  // Independently of averages: the sum of signed ranks falls as the middle moves up, and changes its sign there.
  const signedRankSum = (differences: readonly number[], middle: number): number => {
    const shifted = differences.map((difference) => difference - middle);
    return shifted.reduce((sum, one) => {
      const smaller = shifted.filter((other) => Math.abs(other) < Math.abs(one)).length;
      const equal = shifted.filter((other) => Math.abs(other) === Math.abs(one)).length;
      return sum + Math.sign(one) * (smaller + (equal + 1) / 2);
    }, 0);
  };
  fc.assert(fc.property(small, (differences) => {
    const estimate = median(walshAverages(differences));
    // Averages of whole numbers are halves, their median is quarters: an eighth aside there is no tie.
    assert.ok(signedRankSum(differences, estimate - 1 / 8) >= 0);
    assert.ok(signedRankSum(differences, estimate + 1 / 8) <= 0);
  }));
});

Deno.test("signedRankIntervalRank() bounds the middles that enumeration of all signs does not rule out", () => {
  fc.assert(
    fc.property(small, (differences) => {
      const averages = walshAverages(differences);
      fc.pre(new Set(averages).size === averages.length);
      const { rank, confidence } = signedRankIntervalRank(differences.length);
      const [lower, upper] = [averages[rank - 1]!, averages[averages.length - rank]!];
      const isRuledOut = (middle: number): boolean =>
        pValueByEnumeration(differences.map((one) => one - middle)) <= 1 - confidence + 1e-12;
      for (const inside of [lower + 1 / 8, upper - 1 / 8]) {
        if (inside > lower && inside < upper) assert.ok(!isRuledOut(inside), `${inside} is possible`);
      }
      for (const outside of [lower - 1 / 8, upper + 1 / 8]) {
        assert.ok(isRuledOut(outside), `${outside} is not`);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("comparePairs() holds 1 as often as its confidence says, over all signs of tied and zero differences", () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 8 });
  fc.assert(
    fc.property(sizes, (list) => {
      let held = 0;
      let confidence = 0;
      for (let signs = 0; signs < 2 ** list.length; signs++) {
        const factors = list.map((size, index) => 2 ** (signs & (1 << index) ? size : -size));
        const { interval } = comparePairs(factors.map(() => 1), factors);
        confidence = interval.confidence;
        if (interval.lower <= 1 && interval.upper >= 1) held++;
      }
      assert.ok(held / 2 ** list.length >= confidence - 1e-12);
    }),
    { numRuns: 40 },
  );
});

Deno.test("signedRankTest() ranks zeros before it drops them", () => {
  // Without the zeros ranked, [1, 2, 3, 4, 5, -1.5] would have the statistic 19 of 21.
  assert.deepEqual(signedRankTest([0, 0, 1, 2, 3, 4, 5, -1.5]), {
    statistic: 29,
    pValue: pValueByEnumeration([0, 0, 1, 2, 3, 4, 5, -1.5]),
    method: "exact",
  });
  assert.deepEqual(signedRankTest([0, 0, 0]), { statistic: 0, pValue: 1, method: "exact" });
});

Deno.test("signedRankTest() beyond the exact limit stays within 0.003 of the exact p value", () => {
  for (const n of [61, 100]) {
    // Counts subsets of the ranks 1 to n by their sum.
    const counts = Array.from({ length: n * (n + 1) / 2 + 1 }, () => 0n);
    counts[0] = 1n;
    for (let rank = 1; rank <= n; rank++) {
      for (let sum = counts.length - 1; sum >= rank; sum--) counts[sum]! += counts[sum - rank]!;
    }
    for (const negativeEvery of [2, 3, 4]) {
      const differences = Array.from(
        { length: n },
        (_, index) => (index + 1) * (index % negativeEvery === 0 ? -1 : 1),
      );
      const { statistic, pValue, method } = signedRankTest(differences);
      assert.equal(method, "normal");
      const smaller = Math.min(statistic, n * (n + 1) / 2 - statistic);
      let atMost = 0n;
      for (let sum = 0; sum <= smaller; sum++) atMost += counts[sum]!;
      const exact = Math.min(1, 2 * Number(atMost * 10n ** 15n / 2n ** BigInt(n)) / 1e15);
      assert.ok(Math.abs(pValue - exact) < 0.003, `n=${n}: ${pValue} is not ${exact}`);
    }
  }
});

const values = fc.double({ min: 0.001, max: 1e9, noNaN: true });
const pairs = fc.array(fc.tuple(values, values), { minLength: 1, maxLength: 30 });
const near = (a: number, b: number) => Math.abs(a / b - 1) < 1e-9;

Deno.test("comparePairs() inverts when the sides are exchanged", () => {
  fc.assert(fc.property(pairs, (list) => {
    const first = list.map(([value]) => value);
    const second = list.map(([, value]) => value);
    const forth = comparePairs(first, second);
    const back = comparePairs(second, first);
    assert.ok(near(forth.ratio, 1 / back.ratio));
    assert.ok(near(forth.interval.lower, 1 / back.interval.upper));
    assert.equal(forth.pValue, back.pValue);
  }));
});

Deno.test("comparePairs() leaves 1 outside its interval exactly when the p value says so", () => {
  fc.assert(fc.property(pairs, (list) => {
    const { interval, pValue, pairCount } = comparePairs(list.map(([a]) => a), list.map(([, b]) => b));
    assert.equal(pairCount, list.length);
    const differences = list.map(([a, b]) => Math.log(b) - Math.log(a));
    fc.pre(new Set(differences.map(Math.abs)).size === differences.length && !differences.includes(0));
    const excluded = interval.lower > 1 || interval.upper < 1;
    assert.equal(excluded, pValue <= 1 - interval.confidence + 1e-12);
  }));
});

Deno.test("comparePairs() finds a constant factor exactly, however wild the rounds", () => {
  const rounds = [1, 50, 3, 900, 7, 12];
  const { ratio, interval, pValue } = comparePairs(rounds, rounds.map((value) => value * 1.25));
  assert.ok(near(ratio, 1.25) && near(interval.lower, 1.25) && near(interval.upper, 1.25));
  assert.equal(pValue, 2 / 2 ** 6);
});

Deno.test("comparePairs() rejects unequal lengths, nothing, and values that have no logarithm", () => {
  assert.throws(() => comparePairs([1, 2], [1]), {
    name: "RangeError",
    message: "Cannot compare pairs as both sides must have the same number of values: got 2 and 1",
  });
  assert.throws(() => comparePairs([], []), RangeError);
  for (const bad of [0, -1, NaN, Infinity]) {
    assert.throws(() => comparePairs([1, 1], [1, bad]), {
      name: "RangeError",
      message: `Cannot take ratios as values must be finite and above 0: value 1 is ${bad}`,
    });
  }
});
