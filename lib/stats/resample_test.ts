import assert from "node:assert/strict";
import fc from "fast-check";
import { DartRandom } from "../dataset/mod.ts";
import { ALARM_LEVEL } from "./looks.ts";
import {
  callRate,
  compareLogRatios,
  drawLogRatio,
  type MeasuredRound,
  noiseFloor,
  wilsonRate,
} from "./resample.ts";
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

/** Rounds of equal sides whose blocks scatter by `spread`, on a level of their own. */
function equalRounds(roundCount: number, spread: number, blocksPerSide: number, seed: number): number[][] {
  const logs = normals(roundCount * blocksPerSide * 2, spread, seed);
  const levels = normals(roundCount, 1, seed + 100);
  return levels.map((level, round) =>
    logs.slice(round * blocksPerSide * 2, (round + 1) * blocksPerSide * 2).map((log) => Math.exp(level + log))
  );
}

Deno.test("noiseFloor() is that of normal noise: 1.96 spreads over the root of the number of pairs", () => {
  const rounds = equalRounds(400, 0.1 / Math.SQRT2, 1, 1);
  for (const pairCount of [6, 10, 20]) {
    const floor = noiseFloor(rounds, { pairCount, blocksPerSide: 1, drawCount: 2000, random: random(2) });
    const expected = Math.expm1(1.96 * 0.1 / Math.sqrt(pairCount));
    assert.ok(Math.abs(floor / expected - 1) < 0.12, `${pairCount}: ${floor} is far from ${expected}`);
  }
});

Deno.test("noiseFloor() falls with the number of blocks of a side, as medians do", () => {
  const floor = (blocksPerSide: number): number =>
    noiseFloor(equalRounds(100, 0.1, blocksPerSide, 3), {
      pairCount: 10,
      blocksPerSide,
      drawCount: 1000,
      random: random(4),
    });
  // The median of five normal values scatters 0.536 times as much as one value.
  const ratio = Math.log1p(floor(5)) / Math.log1p(floor(1));
  assert.ok(Math.abs(ratio / 0.536 - 1) < 0.15, `${ratio}`);
});

Deno.test("noiseFloor() of blocks without any difference is 0", () => {
  const drawing = { pairCount: 10, blocksPerSide: 2, drawCount: 50, random: random(3) };
  assert.equal(noiseFloor([[7, 7, 7, 7], [9, 9, 9, 9]], drawing), 0);
  assert.throws(() => noiseFloor([], drawing), /there must be a round: got none/);
  assert.throws(() => noiseFloor([[1, 2, 3]], drawing), /Cannot draw 4 blocks .*: got 3/);
});

Deno.test("noiseFloor() does not know which block came first", () => {
  const rounds = equalRounds(30, 0.05, 2, 4);
  const drawing = { pairCount: 10, blocksPerSide: 2, drawCount: 3000 };
  const forward = noiseFloor(rounds, { ...drawing, random: random(5) });
  const backward = noiseFloor(rounds.map((round) => round.toReversed()), { ...drawing, random: random(6) });
  assert.ok(Math.abs(forward / backward - 1) < 0.1, `${forward} and ${backward}`);
});

Deno.test("drawLogRatio() compares medians of the sides, and of equal sides each block belongs to one", () => {
  const drawing = { blocksPerSide: 3, random: random(1) };
  assert.equal(drawLogRatio({ first: [1, 100, 2], second: [8, 4, 0.1] }, drawing), Math.log(2));
  const seen = new Set(
    Array.from({ length: 200 }, () => drawLogRatio({ first: [1, 2, 4, 8, 16, 32] }, drawing)),
  );
  // The two medians are different blocks, so that none of the ratios is 1.
  assert.ok(!seen.has(0) && seen.size > 4);
  assert.ok([...seen].every((value) => seen.has(-value)), "each deal has its mirror image");
});

Deno.test("callRate() finds planted slowdowns and raises few false alarms on synthetic noise", () => {
  const equal = equalRounds(200, 0.06, 5, 7);
  const rule = { better: "lower", floor: 0.03, margin: 0.05 } as const;
  const rate = (planted: number, seed: number): number =>
    callRate(
      equal.map((first): MeasuredRound => {
        if (planted === 1) return { first };
        return { first: first.slice(5), second: first.slice(0, 5).map((value) => value * planted) };
      }),
      { pairCount: 20, blocksPerSide: 5, drawCount: 500, random: random(seed) },
      (drawn) => ["worse", "better"].includes(comparisonVerdict(compareLogRatios(drawn), rule)),
    ).share;
  assert.ok(rate(1, 8) <= 0.01, "false alarms");
  assert.ok(rate(1.05, 9) > 0.85, "5 %");
  assert.ok(rate(1.1, 10) > 0.99, "10 %");
});

Deno.test("callRate() without a floor stays at its level on equal sides", () => {
  const { share } = callRate(equalRounds(200, 0.1, 5, 11).map((first) => ({ first })), {
    pairCount: 20,
    blocksPerSide: 5,
    drawCount: 2000,
    random: random(12),
  }, (drawn) => compareLogRatios(drawn).pValue < ALARM_LEVEL);
  assert.ok(share < 0.02, `${share}`);
});

Deno.test("callRate() draws no round twice", () => {
  const drawing = { pairCount: 3, blocksPerSide: 1, drawCount: 20, random: random(13) };
  const rounds = [2, 4, 8].map((ratio) => ({ first: [1], second: [ratio] }));
  callRate(rounds, drawing, (drawn) => {
    assert.deepEqual(drawn.toSorted(), [2, 4, 8].map(Math.log).toSorted());
    return true;
  });
  assert.throws(
    () => callRate(rounds.slice(1), drawing, () => true),
    /there must be as many rounds: got 2/,
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
