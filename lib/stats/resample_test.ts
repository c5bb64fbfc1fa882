import assert from "node:assert/strict";
import fc from "fast-check";
import { DartRandom } from "../dataset/mod.ts";
import { ALARM_LEVEL } from "./looks.ts";
import { callRate, compareLogRatios, noiseFloor, wilsonRate } from "./resample.ts";
import { comparisonVerdict } from "./verdict.ts";

function random(seed: number): (below: number) => number {
  const generator = new DartRandom(seed);
  return (below) => generator.nextInt(below);
}

/** Sums of twelve uniform numbers: close to normal, with the spread given. */
function normals(count: number, spread: number, seed: number): number[] {
  const next = random(seed);
  return Array.from({ length: count }, () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += next(1_000_000) / 1_000_000;
    return sum * spread;
  });
}

Deno.test("noiseFloor() is that of normal noise: 1.96 spreads over the root of the number of pairs", () => {
  const logRatios = normals(400, 0.1, 1);
  for (const pairCount of [6, 10, 20]) {
    const floor = noiseFloor(logRatios, { pairCount, drawCount: 2000, random: random(2) });
    const expected = Math.expm1(1.96 * 0.1 / Math.sqrt(pairCount));
    assert.ok(Math.abs(floor / expected - 1) < 0.12, `${pairCount}: ${floor} is far from ${expected}`);
  }
});

Deno.test("noiseFloor() of pairs without any difference is 0", () => {
  assert.equal(noiseFloor([0, 0, 0], { pairCount: 10, drawCount: 50, random: random(3) }), 0);
});

Deno.test("noiseFloor() ignores which side was first", () => {
  const logRatios = normals(30, 0.05, 4);
  const drawing = { pairCount: 10, drawCount: 3000 };
  const forward = noiseFloor(logRatios, { ...drawing, random: random(5) });
  const backward = noiseFloor(logRatios.map((value) => -value), { ...drawing, random: random(6) });
  assert.ok(Math.abs(forward / backward - 1) < 0.1, `${forward} and ${backward}`);
});

Deno.test("callRate() finds planted slowdowns and raises few false alarms on synthetic noise", () => {
  const noise = normals(200, 0.045, 7);
  const rule = { better: "lower", floor: 0.03, margin: 0.05 } as const;
  const rate = (planted: number, seed: number): number =>
    callRate(noise.map((value) => value + planted), {
      pairCount: 20,
      drawCount: 500,
      flips: planted === 0,
      random: random(seed),
    }, (drawn) => ["worse", "better"].includes(comparisonVerdict(compareLogRatios(drawn), rule))).share;
  assert.ok(rate(0, 8) <= 0.01, "false alarms");
  assert.ok(rate(Math.log(1.05), 9) > 0.85, "5 %");
  assert.ok(rate(Math.log(1.1), 10) > 0.99, "10 %");
});

Deno.test("callRate() without a floor stays at its level on equal sides", () => {
  const { share } = callRate(normals(200, 0.1, 11), {
    pairCount: 20,
    drawCount: 2000,
    flips: true,
    random: random(12),
  }, (drawn) => compareLogRatios(drawn).pValue < ALARM_LEVEL);
  assert.ok(share < 0.02, `${share}`);
});

Deno.test("callRate() draws no pair twice", () => {
  const drawing = { pairCount: 3, drawCount: 20, random: random(13) };
  callRate([1, 2, 3], { ...drawing, flips: false }, (drawn) => {
    assert.deepEqual(drawn.toSorted(), [1, 2, 3]);
    return true;
  });
  assert.throws(
    () => callRate([1, 2], { ...drawing, flips: false }, () => true),
    /there must be as many: got 2/,
  );
});

Deno.test("compareLogRatios() gives back a shift", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 12 }),
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      (logRatios, shift) => {
        const before = compareLogRatios(logRatios).ratio;
        const after = compareLogRatios(logRatios.map((value) => value + shift)).ratio;
        assert.ok(Math.abs(Math.log(after / before) - shift) < 1e-9);
      },
    ),
  );
});

Deno.test("wilsonRate() agrees with published intervals", () => {
  // R: prop.test(10, 100, correct = FALSE)$conf.int
  const { share, interval } = wilsonRate(10, 100);
  assert.equal(share, 0.1);
  assert.ok(Math.abs(interval.lower - 0.05522914) < 1e-6 && Math.abs(interval.upper - 0.1743657) < 1e-6);
  assert.deepEqual([wilsonRate(0, 200).interval.lower, wilsonRate(200, 200).interval.upper], [0, 1]);
});
