import assert from "node:assert/strict";
import fc from "fast-check";
import { ALARM_LEVEL } from "./looks.ts";
import { compareLogRatios } from "./resample.ts";
import { comparisonVerdict, pairsNeeded, type VerdictRule } from "./verdict.ts";

const RULE: VerdictRule = { better: "lower", floor: 0.03, margin: 0.05 };

function said(ratio: number, lower: number, upper: number, pValue: number, rule = RULE): string {
  return comparisonVerdict({ ratio, interval: { lower, upper, confidence: 0.95 }, pValue }, rule);
}

Deno.test("comparisonVerdict() calls a difference that chance does not explain and the floor does not cover", () => {
  assert.equal(said(1.08, 1.05, 1.11, 0.001), "worse");
  assert.equal(said(0.9, 0.85, 0.95, 0.001), "better");
  assert.equal(said(1.08, 1.05, 1.11, 0.001, { ...RULE, better: "higher" }), "better");
  assert.equal(said(0.9, 0.85, 0.95, 0.001, { ...RULE, better: "higher" }), "worse");
});

Deno.test("comparisonVerdict() calls sameness only when the whole interval is inside the margin", () => {
  assert.equal(said(1.01, 0.98, 1.04, 0.4), "equivalent");
  assert.equal(said(1.01, 0.94, 1.04, 0.4), "undecided");
  assert.equal(said(1.01, 0.98, 1.06, 0.4), "undecided");
  assert.equal(said(1.02, 1.01, 1.03, 0.001), "equivalent", "significant, but below the floor");
});

Deno.test("comparisonVerdict() is undecided when neither can be said", () => {
  assert.equal(said(1.2, 0.9, 1.5, 0.06), "undecided");
  assert.equal(
    said(1.06, 1.04, 1.08, 0.001, { ...RULE, floor: 0.1 }),
    "undecided",
    "below the machine's noise",
  );
});

Deno.test("comparisonVerdict() concludes nothing from an interval of too few pairs", () => {
  const comparison = compareLogRatios([0.001, -0.001]);
  assert.equal(comparison.interval.confidence, 0.5);
  assert.equal(comparisonVerdict(comparison, RULE), "undecided");
});

const ratio = fc.double({ min: 0.5, max: 2, noNaN: true });

Deno.test("comparisonVerdict() turns around when the sides are exchanged", () => {
  const opposite: Record<string, string> = { better: "worse", worse: "better" };
  fc.assert(
    fc.property(
      ratio,
      fc.double({ min: 1.001, max: 1.5, noNaN: true }),
      fc.double({ min: 0, max: 0.02, noNaN: true }),
      (r, w, p) => {
        const forward = said(r, r / w, r * w, p);
        const backward = said(1 / r, 1 / (r * w), w / r, p);
        assert.equal(backward, opposite[forward] ?? forward);
      },
    ),
  );
});

Deno.test("comparisonVerdict() never calls a difference at a p value above the level", () => {
  fc.assert(fc.property(ratio, fc.double({ min: ALARM_LEVEL, max: 1, noNaN: true }), (r, p) => {
    assert.ok(["equivalent", "undecided"].includes(said(r, r * 0.99, r * 1.01, p)));
  }));
});

Deno.test("comparisonVerdict() of planted effects is as planted when pairs scatter little", () => {
  const scatter = [-0.02, 0.013, -0.007, 0.004, 0.018, -0.011, 0.009, -0.016, 0.002, 0.011];
  for (const [planted, expected] of [[0.1, "worse"], [-0.1, "better"], [0, "equivalent"]] as const) {
    const comparison = compareLogRatios(scatter.map((value) => value + Math.log1p(planted)));
    assert.equal(comparisonVerdict(comparison, RULE), expected);
  }
});

Deno.test("pairsNeeded() follows the root of the number of pairs", () => {
  // The interval reaches 0.1 to both sides after 10 pairs; the margin is 0.05 away: four times the pairs.
  const needed = pairsNeeded({
    ratio: 1,
    interval: { lower: Math.exp(-0.1), upper: Math.exp(0.1), confidence: 0.95 },
    pairCount: 10,
    boundary: Math.exp(0.05),
    floor: 0.03,
    alarmLevel: ALARM_LEVEL,
  });
  assert.equal(needed, 30);
});

Deno.test("pairsNeeded() looks at the end of a lopsided interval that has to cross", () => {
  const undecided = { ratio: 1, pairCount: 10, floor: 0.03, alarmLevel: ALARM_LEVEL };
  const interval = { lower: Math.exp(-0.02), upper: Math.exp(0.1), confidence: 0.95 };
  assert.equal(pairsNeeded({ ...undecided, interval, boundary: Math.exp(0.05) }), 30);
  // The far end does not matter: five pairs are the fewest for an interval, and ten are there.
  assert.equal(pairsNeeded({ ...undecided, interval, boundary: Math.exp(-0.05) }), 1);
});

Deno.test("pairsNeeded() gives no number for an estimate on the boundary that the floor covers", () => {
  const interval = { lower: 0.98, upper: 1.06, confidence: 0.95 };
  assert.equal(
    pairsNeeded({ ratio: 1.02, interval, pairCount: 10, boundary: 1.02, floor: 0.03, alarmLevel: 0.01 }),
    undefined,
  );
});

Deno.test("pairsNeeded() asks for as many as the exact test takes to reach the level", () => {
  const interval = { lower: 1.99, upper: 2.01, confidence: 0.95 };
  const needed = pairsNeeded({
    ratio: 2,
    interval,
    pairCount: 5,
    boundary: 2,
    floor: 0.03,
    alarmLevel: 0.01,
  });
  // 2^(1 - 8) = 0.0078 is the first below 0.01.
  assert.equal(needed, 3);
});
