import assert from "node:assert/strict";
import fc from "fast-check";
import { fitPowerLaw, type PowerLaw, type ScalingPoint, theilSenSlope } from "./power_law.ts";
import { seededIndex } from "./seeded_index.ts";

const SIZES = [10, 30, 100, 300, 1000];

function fitted(points: readonly ScalingPoint[]): PowerLaw {
  const fit = fitPowerLaw(points, seededIndex(7));
  assert.equal(fit.kind, "fitted");
  return (fit as { law: PowerLaw }).law;
}

function refused(points: readonly ScalingPoint[]): string {
  const fit = fitPowerLaw(points, seededIndex(7));
  assert.equal(fit.kind, "refused");
  return (fit as { reason: string }).reason;
}

/** Five blocks a size around `cost`, each off by up to 10 %, the same ones for every size. */
function measured(cost: (size: number) => number, sizes: readonly number[] = SIZES): ScalingPoint[] {
  return sizes.map((size) => ({
    size,
    values: [0.9, 0.95, 1, 1.05, 1.1].map((factor) => factor * cost(size)),
  }));
}

function near(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);
}

Deno.test("fitPowerLaw() finds the exponent of any power law, in any unit and in any order", () => {
  fc.assert(fc.property(
    fc.double({ min: -2, max: 3, noNaN: true }),
    fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
    fc.shuffledSubarray(SIZES, { minLength: SIZES.length }),
    (exponent, factor, sizes) => {
      const { exponent: found, halves, isCurved, pointCount } = fitted(
        measured((size) => factor * size ** exponent, sizes),
      );
      near(found, exponent, 1e-6);
      for (const half of halves) near(half, exponent, 1e-6);
      assert.equal(isCurved, false);
      assert.equal(pointCount, SIZES.length);
    },
  ));
});

Deno.test("fitPowerLaw() is left alone by one size that is off, however far", () => {
  fc.assert(fc.property(
    fc.double({ min: 0, max: 2, noNaN: true }),
    fc.nat({ max: 8 }),
    fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    (exponent, off, factor) => {
      const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256];
      const points = measured((size) => size ** exponent, sizes).map((point, index) =>
        index === off ? { ...point, values: point.values.map((value) => value * factor) } : point
      );
      near(fitted(points).exponent, exponent, 1e-6);
    },
  ));
});

Deno.test("fitPowerLaw() keeps its exponent between the smallest and the largest slope of two sizes", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 5 }),
    (costs) => {
      const points = SIZES.map((size, index) => ({ size, values: [costs[index]!] }));
      const slopes = points.flatMap((a, i) =>
        points.slice(i + 1).map((b) => Math.log(b.values[0]! / a.values[0]!) / Math.log(b.size / a.size))
      );
      const { exponent } = fitted(points);
      assert.ok(exponent >= Math.min(...slopes) - 1e-9 && exponent <= Math.max(...slopes) + 1e-9);
    },
  ));
});

Deno.test("fitPowerLaw() holds the true exponent in its interval in nearly all of many noisy sweeps", () => {
  const random = seededIndex(3);
  const noise = () => Math.exp((random(2001) + random(2001) + random(2001) - 3000) / 10_000);
  let heldCount = 0;
  for (let sweep = 0; sweep < 200; sweep++) {
    const points = SIZES.map((size) => ({
      size,
      values: Array.from({ length: 6 }, () => size ** 0.5 * noise()),
    }));
    const { interval } = fitted(points);
    assert.equal(interval.confidence, 0.95);
    if (interval.lower <= 0.5 && 0.5 <= interval.upper) heldCount += 1;
  }
  assert.ok(heldCount >= 180, `${heldCount} of 200`);
});

Deno.test("fitPowerLaw() flags a cost that is flat and then grows, with the exponents of both halves", () => {
  const { isCurved, halves, exponent } = fitted(measured((size) => 100 + size ** 2 / 100));
  assert.equal(isCurved, true);
  assert.ok(halves[0] < 0.3 && halves[1] > 1 && halves[0] < exponent && exponent < halves[1]);
});

Deno.test("fitPowerLaw() flags no curve that blocks make up", () => {
  const points = SIZES.map((size, index) => ({
    size,
    values: index === 4 ? [0.1, 1, 10, 10, 10] : [0.1, 0.1, 1, 10, 10],
  }));
  const { halves, isCurved } = fitted(points);
  assert.ok(halves[1] - halves[0] > 0.5, String(halves));
  assert.equal(isCurved, false);
});

Deno.test("fitPowerLaw() has an interval without width and confidence when a size has fewer than three blocks", () => {
  const points = measured((size) => size).map((point, index) =>
    index === 2 ? { ...point, values: point.values.slice(0, 2) } : point
  );
  const { exponent, interval } = fitted(points);
  assert.deepEqual(interval, { lower: exponent, upper: exponent, confidence: 0 });
  const single = SIZES.map((size) => ({ size, values: [100 + size ** 2 / 100] }));
  assert.equal(fitted(single).isCurved, false, "one block a size may be off");
});

Deno.test("fitPowerLaw() says why when sizes are too few, too close, or cost nothing", () => {
  assert.match(refused(measured((size) => size, [10, 100, 1000])), /needs 4 sizes with values: there are 3/);
  assert.match(
    refused([...measured((size) => size, [10, 100, 1000]), { size: 1e4, values: [] }]),
    /there are 3/,
  );
  assert.match(refused(measured((size) => size, [10, 20, 50, 900])), /over 2 decades: 10 to 900 are 2/);
  assert.match(refused(measured((size) => size - 10)), /values above 0: one is 0/);
  fitted(measured((size) => size, [10, 20, 50, 1000]));
});

Deno.test("theilSenSlope() is the median of the slopes of all pairs", () => {
  // Slopes 1 and 2 from the first point, 3 between the others.
  assert.equal(theilSenSlope([{ x: 0, y: 0 }, { x: 1, y: 1 }, { x: 2, y: 4 }]), 2);
  assert.equal(theilSenSlope([{ x: 1, y: 1 }, { x: 1, y: 9 }, { x: 2, y: 2 }]), -3);
  assert.throws(() => theilSenSlope([{ x: 1, y: 1 }, { x: 1, y: 2 }]), RangeError);
});

Deno.test("seededIndex() draws every number about equally often, and the same ones for one seed", () => {
  const counts = Array.from({ length: 10 }, () => 0);
  const random = seededIndex(42);
  for (let draw = 0; draw < 10_000; draw++) counts[random(10)]! += 1;
  for (const count of counts) assert.ok(count > 850 && count < 1150, String(counts));
  const draws = (seed: number) => Array.from({ length: 5 }, () => 0).map(seededIndexOf(seed));
  assert.deepEqual(draws(1), draws(1));
  assert.notDeepEqual(draws(1), draws(2));
});

function seededIndexOf(seed: number): () => number {
  const random = seededIndex(seed);
  return () => random(1_000_000);
}
