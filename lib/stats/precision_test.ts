import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { DartRandom } from "../dataset/mod.ts";
import type { MeasuredBlock, MetricValues } from "../model/mod.ts";
import { estimateMedian } from "./interval.ts";
import { normalQuantile } from "./normal.ts";
import {
  blocksWithNumbers,
  cellPrecision,
  isLook,
  PRECISE_METRICS,
  PRECISION_GOAL,
  precisionOf,
} from "./precision.ts";
import { sortSamples } from "./quantile.ts";

const RULE = { ...PRECISION_GOAL, metrics: PRECISE_METRICS };

for (
  const [what, values, expected] of [
    ["six narrow values", [100, 101, 99, 100, 100, 109], [true, 0]],
    ["six equal values", [7, 7, 7, 7, 7, 7], [true, 0]],
    ["six zeros", [0, 0, 0, 0, 0, 0], [true, 0]],
    ["five narrow values, which attain 93.75 %", [100, 101, 99, 100, 100], [false, 1]],
    ["one value", [100], [false, 5]],
    ["no value", [], [false, 6]],
    // The interval reaches 20 %: twice too far, so four times as many blocks.
    ["six wide values", [80, 100, 100, 100, 100, 120], [false, 18]],
    ["two values that are far apart", [80, 120], [false, 6]],
    ["an interval from 0 to twice the median", [0, 0, 0, 0, 5, 5, 5, 5], [false, 792]],
    ["a median of 0 that is not alone", [0, 0, 0, 0, 0, 5], [false, 1]],
  ] as const
) {
  Deno.test(`precisionOf() tells whether it is enough, and what is missing, of ${what}`, () => {
    const { isEnough, missingBlockCount } = precisionOf(values, PRECISION_GOAL);
    deepStrictEqual([isEnough, missingBlockCount], expected);
  });
}

function block(
  phases: Readonly<Record<string, MetricValues>>,
  evidence?: MeasuredBlock["evidence"],
): Pick<MeasuredBlock, "phases" | "evidence"> {
  return {
    ...(evidence === undefined ? {} : { evidence }),
    phases: Object.entries(phases).map(([name, metrics]) => ({
      name,
      iterationCount: 1,
      verdict: "converged",
      unwatched: false,
      metrics,
      operations: [],
    })),
  };
}

Deno.test("cellPrecision() is that of the least precise metric and phase", () => {
  const blocks = [98, 99, 100, 100, 101, 102].map((value) =>
    block({
      first: { done_ns: value, shown_p50_ns: value, wall_ns: value ** 4 },
      second: { done_ns: value, shown_p50_ns: 100 + 20 * (value - 100) },
    })
  );
  const { isEnough, reachShare, missingBlockCount } = cellPrecision(blocks, RULE);
  deepStrictEqual([isEnough, reachShare, missingBlockCount], [false, 0.4, 90]);
});

Deno.test("cellPrecision() takes the wall where a phase has no time until done", () => {
  const blocks = [1, 1, 1, 1, 1, 3].map((wall) => block({ burst: { wall_ns: wall } }));
  strictEqual(cellPrecision(blocks, RULE).reachShare, 2);
  strictEqual(cellPrecision([block({ burst: {} })], RULE).isEnough, false);
});

Deno.test("blocksWithNumbers() leaves out blocks that kept rows, and keeps those of before", () => {
  const blocks = [block({}, "rows"), block({}, "digests"), block({})];
  deepStrictEqual(blocksWithNumbers(blocks), blocks.slice(1));
});

Deno.test("isLook() looks after 6 blocks and then after a third more each time", () => {
  const looks = Array.from({ length: 41 }, (_, count) => count).filter((count) => isLook(count, 6));
  deepStrictEqual(looks, [6, 8, 11, 15, 20, 27, 36]);
});

/** Block times as machines give them: with a spread, with a second mode, with a tail to one side. */
const SHAPES: Readonly<Record<string, (spread: number, normal: number, share: number) => number>> = {
  "symmetric": (spread, normal) => spread * normal,
  "two modes": (spread, normal, share) => spread * normal + (share < 0.25 ? Math.log(1.2) : 0),
  "a long tail": (spread, normal) => 1.5 * spread * Math.abs(normal),
};

for (const [shape, draw] of Object.entries(SHAPES)) {
  Deno.test(`isLook() keeps at least 94 % of the intervals true that end a run of blocks with ${shape}`, () => {
    const random = new DartRandom(11);
    const value = (spread: number): number =>
      Math.exp(
        draw(spread, normalQuantile((random.nextInt(2 ** 30) + 0.5) / 2 ** 30), random.nextInt(1000) / 1000),
      );
    for (const spread of [0.03, 0.08, 0.15]) {
      const truth = estimateMedian(sortSamples(Array.from({ length: 20_001 }, () => value(spread)))).value;
      const runCount = 1500;
      let heldCount = 0;
      for (let run = 0; run < runCount; run++) {
        const values: number[] = [];
        while (values.length < 40) {
          values.push(value(spread));
          if (!isLook(values.length, PRECISION_GOAL.leastBlockCount)) continue;
          if (precisionOf(values, PRECISION_GOAL).isEnough) break;
        }
        const { lower, upper } = estimateMedian(sortSamples(values)).interval;
        if (lower <= truth && truth <= upper) heldCount += 1;
      }
      ok(heldCount / runCount >= 0.94, `spread ${spread}: ${heldCount} of ${runCount}`);
    }
  });
}
