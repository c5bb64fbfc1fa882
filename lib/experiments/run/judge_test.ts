import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Bar, Criterion, CriterionResult, Experiment } from "../../model/mod.ts";
import { noise, type SyntheticBlock, syntheticRun, TWO_ARMS } from "./_synthetic_run.ts";
import { type FloorOf, UNCALIBRATED } from "../rules/judge_bar.ts";
import { judgeExperiment } from "./judge.ts";

/** Values of both criteria in each arm, with small noise; `effect` is what the changed arm adds, as a share. */
function run(
  effect: { readonly cost?: number; readonly wall?: number },
  rounds = 20,
  change?: typeof withNothing,
) {
  return syntheticRun(TWO_ARMS, rounds, (arm, round) => {
    const by = (share: number): number => 1e6 * noise(arm, round) * (arm === "after" ? 1 + share : 1);
    const block: SyntheticBlock = {
      operation: { latency_p10_ns: by(effect.cost ?? 0) },
      metrics: { wall_ns: by(effect.wall ?? 0) },
    };
    return (change ?? withNothing)(block, arm, round);
  });
}

function withNothing(block: SyntheticBlock, _arm: string, _round: number): SyntheticBlock {
  return block;
}

function results(...args: Parameters<typeof run>): [cost: CriterionResult, wall: CriterionResult] {
  const [cost, wall] = judgeExperiment(TWO_ARMS, run(...args)).results;
  return [cost!, wall!];
}

Deno.test("judgeExperiment() passes an improvement beyond the bar and a guardrail that held", () => {
  const [cost, wall] = results({ cost: -0.1 });
  deepStrictEqual([cost.result, cost.comparison!.verdict], ["pass", "better"]);
  ok(Math.abs(cost.comparison!.ratio - 0.9) < 0.01);
  ok(cost.value! < cost.controlValue!);
  deepStrictEqual([wall.result, wall.comparison!.verdict], ["pass", "equivalent"]);
});

Deno.test("judgeExperiment() misses an improvement that is real and too small", () => {
  const [cost] = results({ cost: -0.035 });
  deepStrictEqual([cost.result, cost.comparison!.verdict], ["miss", "better"]);
});

Deno.test("judgeExperiment() misses no effect, a regression, and a broken guardrail", () => {
  deepStrictEqual([results({})[0].result, results({})[0].comparison!.verdict], ["miss", "equivalent"]);
  deepStrictEqual([results({ cost: 0.1 })[0].result, results({ cost: 0.1 })[0].comparison!.verdict], [
    "miss",
    "worse",
  ]);
  deepStrictEqual([results({ wall: 0.1 })[1].result, results({ wall: 0.1 })[1].comparison!.verdict], [
    "miss",
    "worse",
  ]);
});

Deno.test("judgeExperiment() passes a guardrail that got worse by less than its margin, and says so", () => {
  const [, wall] = results({ wall: 0.042 });
  deepStrictEqual([wall.result, wall.comparison!.verdict], ["pass", "worse"]);
});

Deno.test("judgeExperiment() is undecided after few rounds, and asks for more", () => {
  const [cost, wall] = results({ cost: -0.1 }, 3);
  deepStrictEqual([cost.result, wall.result], ["undecided", "undecided"]);
  ok(cost.comparison!.pairsNeeded! >= 2 && wall.comparison!.pairsNeeded! >= 2);
});

Deno.test("judgeExperiment() does not believe effects below the machine's noise", () => {
  const floorOf: FloorOf = () => ({ share: 0.2, isCalibrated: true });
  const [cost] = judgeExperiment(TWO_ARMS, run({ cost: -0.1 }), floorOf).results;
  deepStrictEqual([cost!.result, cost!.comparison!.floor, cost!.comparison!.isCalibrated], [
    "undecided",
    0.2,
    true,
  ]);
  match(cost!.note!, /not larger than what this machine makes up/);
});

Deno.test("judgeExperiment() spends half of its level before the last look", () => {
  const atInterim = judgeExperiment(TWO_ARMS, run({ cost: -0.1 }, 15)).results[0]!.comparison!.pValue;
  const atBudget = judgeExperiment(TWO_ARMS, run({ cost: -0.1 }, 14)).results[0]!.comparison!.pValue;
  // 2^-14 four times for the interim look, 2^-13 twice for an unplanned end.
  deepStrictEqual([atInterim, atBudget], [2 ** -14 * 4, 2 ** -13 * 2]);
});

Deno.test("judgeExperiment() shares the level among guardrails", () => {
  const second: Criterion = { ...TWO_ARMS.guardrails[0]!, id: "wall-again" };
  const experiment: Experiment = { ...TWO_ARMS, guardrails: [TWO_ARMS.guardrails[0]!, second] };
  const [, one] = judgeExperiment(TWO_ARMS, run({ wall: 0.1 })).results;
  const [, first] = judgeExperiment(experiment, run({ wall: 0.1 })).results;
  strictEqual(first!.comparison!.pValue, one!.comparison!.pValue * 2);
});

Deno.test("judgeExperiment() gives a wrong arm no pass", () => {
  const [cost, wall] = results(
    { cost: -0.5 },
    20,
    (block, arm, round) => arm === "after" && round === 7 ? { ...block, verdict: "phantom" } : block,
  );
  deepStrictEqual([cost.result, wall.result], ["undecided", "undecided"]);
  match(cost.note!, /wrong answers \(phantom\)/);
});

Deno.test("judgeExperiment() gives an arm that fails no pass, and keeps the reason to one line", () => {
  const [cost] = results(
    { cost: -0.5 },
    20,
    (block, arm) => arm === "after" ? { ...block, failure: "Timed out\nafter 1 ms" } : block,
  );
  deepStrictEqual([cost.result, cost.value, cost.note], [
    "undecided",
    null,
    "A block of arm after failed: Timed out after 1 ms",
  ]);
});

Deno.test("judgeExperiment() leaves disturbed rounds out", () => {
  const { results: [cost], roundCount, weather } = judgeExperiment(
    TWO_ARMS,
    run({ cost: -0.1 }, 12, (block, arm, round) => ({
      ...block,
      host: { cpuPressureShare: round < 2 ? 0.9 : 0.1 },
      ...(round < 2 && arm === "after" ? { operation: { latency_p10_ns: 9e9 } } : {}),
    })),
  );
  deepStrictEqual([roundCount, weather.length, cost!.comparison!.pairCount], [10, 12, 10]);
  ok(cost!.comparison!.ratio < 1);
});

/** A side of five blocks, one of which is changed in every round. */
function fiveBlocks(change: (block: SyntheticBlock, arm: string) => SyntheticBlock, effect = 0) {
  return syntheticRun(
    TWO_ARMS,
    12,
    (arm, round, occurrence) => {
      const value = 1e6 * noise(arm, round) * (arm === "after" ? 1 + effect : 1);
      const block = { operation: { latency_p10_ns: value }, metrics: { wall_ns: value } };
      return occurrence === round % 5 ? change(block, arm) : block;
    },
    5,
  );
}

Deno.test("judgeExperiment() compares medians of sides: one slow process in five moves nothing", () => {
  const slow = (block: SyntheticBlock): SyntheticBlock => ({ ...block, metrics: { wall_ns: 9e6 } });
  const { results, roundCount } = judgeExperiment(
    TWO_ARMS,
    fiveBlocks((block, arm) => arm === "after" ? slow(block) : block),
  );
  deepStrictEqual([roundCount, results[1]!.comparison!.pairCount, results[1]!.result], [12, 12, "pass"]);
  ok(results[1]!.value! < 1.1e6);
  const found = judgeExperiment(TWO_ARMS, fiveBlocks((block) => block, -0.1)).results[0]!;
  deepStrictEqual([found.result, found.comparison!.verdict], ["pass", "better"]);
});

Deno.test("judgeExperiment() sees a wrong block among five, and takes no median of four", () => {
  const run = fiveBlocks((block, arm) => arm === "after" ? { ...block, verdict: "lost" } : block);
  const [cost] = judgeExperiment(TWO_ARMS, run).results;
  strictEqual(cost!.result, "undecided");
  match(cost!.note!, /A block of arm after gave wrong answers \(lost\)/);
  strictEqual(cost!.comparison, undefined);
});

Deno.test("judgeExperiment() reads deterministic quantities of every block, not of the middle one", () => {
  const exact: Criterion = { ...TWO_ARMS.guardrails[0]!, id: "exact", deterministic: true };
  const experiment: Experiment = { ...TWO_ARMS, guardrails: [TWO_ARMS.guardrails[0]!, exact] };
  const run = syntheticRun(experiment, 10, (_arm, round, occurrence) => ({
    operation: { latency_p10_ns: 1e6 },
    metrics: { wall_ns: round === 3 && occurrence === 4 ? 1001 : 1000 },
  }), 5);
  const result = judgeExperiment(experiment, run).results.find(({ criterion }) => criterion === "exact")!;
  strictEqual(result.result, "undecided");
  match(result.note!, /blocks differ: 1000, 1001/);
});

Deno.test("judgeExperiment() says that ratios need values above 0", () => {
  const [, wall] = results({}, 12, (block) => ({ ...block, metrics: { wall_ns: 0 } }));
  strictEqual(wall.result, "undecided");
  match(wall.note!, /above 0/);
});

function emissionsCriterion(bar: Bar, deterministic: boolean): Criterion {
  return {
    id: "emissions",
    title: "Emissions",
    place: { workload: "keyed-pk@2", phase: "burst" },
    quantity: { metric: "emissions_needed" },
    unit: "count",
    deterministic,
    bar,
  };
}

/** Emissions with one value in each arm, judged by one bar. */
function emissions(
  bar: Bar,
  read: (arm: string, round: number) => number,
  deterministic = true,
  rounds = 4,
): CriterionResult {
  const criterion = emissionsCriterion(bar, deterministic);
  const experiment: Experiment = { ...TWO_ARMS, primary: [criterion], guardrails: [] };
  const judged = syntheticRun(
    experiment,
    rounds,
    (arm, round) => ({ metrics: { emissions_needed: read(arm, round) } }),
  );
  return judgeExperiment(experiment, judged).results[0]!;
}

const BELOW_TEN: Bar = { kind: "absolute", comparison: "below", value: 10 };

Deno.test("judgeExperiment() wants every block to meet an absolute bar that is deterministic", () => {
  strictEqual(emissions(BELOW_TEN, () => 9).result, "pass");
  strictEqual(emissions(BELOW_TEN, (_, round) => round === 3 ? 10 : 9).result, "miss");
  strictEqual(emissions(BELOW_TEN, () => 10).result, "miss");
});

Deno.test("judgeExperiment() wants the interval of the middle to meet an absolute bar that scatters", () => {
  const read = (change: (round: number) => number, rounds = 10) =>
    emissions(BELOW_TEN, (_, round) => change(round), false, rounds);
  strictEqual(read((round) => round === 3 ? 10 : 9, 20).result, "pass", "one in twenty moves nothing");
  const across = read((round) => round % 5 < 2 ? 11 : 9);
  deepStrictEqual([across.value, across.result], [9, "undecided"], "the middle alone would pass");
  deepStrictEqual([across.interval!.lower, across.interval!.upper], [9, 11]);
  strictEqual(read(() => 11).result, "miss");
  const early = read(() => 9, 4);
  strictEqual(early.result, "undecided");
  match(early.note!, /4 rounds tell too little: the interval has 87.5 %, at this look it must have 95 %/);
});

Deno.test("judgeExperiment() judges what an earlier version recorded by the rule of that version", () => {
  const experiment: Experiment = { ...TWO_ARMS, primary: [emissionsCriterion(BELOW_TEN, false)] };
  const judged = syntheticRun(experiment, 10, (_, round) => ({
    metrics: { emissions_needed: round % 5 < 2 ? 11 : 9, wall_ns: 1e6 * noise("before", round) },
  }));
  const [first] = judgeExperiment(experiment, judged, UNCALIBRATED, 1).results;
  deepStrictEqual([first!.result, first!.interval], ["pass", undefined]);
  const [second] = judgeExperiment(experiment, judged).results;
  strictEqual(second!.result, "undecided");
});

Deno.test("judgeExperiment() compares deterministic quantities exactly, with as few rounds as there are", () => {
  const improve: Bar = { kind: "improve", better: "lower", worthwhile: 0.05 };
  const fewer = emissions(improve, (arm) => arm === "after" ? 90 : 100);
  deepStrictEqual([fewer.result, fewer.comparison!.verdict, fewer.comparison!.ratio], [
    "pass",
    "better",
    0.9,
  ]);
  strictEqual(emissions(improve, (arm) => arm === "after" ? 96 : 100).result, "miss");
  const same = emissions({ kind: "keep", better: "lower", margin: 0.01 }, () => 0);
  deepStrictEqual([same.result, same.comparison!.verdict, same.comparison!.ratio], ["pass", "equivalent", 1]);
  const more = emissions(
    { kind: "keep", better: "lower", margin: 0.01 },
    (arm) => arm === "after" ? 102 : 100,
  );
  deepStrictEqual([more.result, more.comparison!.verdict], ["miss", "worse"]);
});

Deno.test("judgeExperiment() is undecided about a deterministic quantity that is none", () => {
  const result = emissions({ kind: "keep", better: "lower", margin: 0.01 }, (_, round) => 100 + round);
  strictEqual(result.result, "undecided");
  match(result.note!, /blocks differ: 100, 101, 102, 103/);
});

Deno.test("judgeExperiment() judges higher-is-better the other way around", () => {
  const flip = (criterion: Criterion): Criterion => ({
    ...criterion,
    bar: criterion.bar.kind === "absolute" ? criterion.bar : { ...criterion.bar, better: "higher" },
  });
  const experiment = {
    ...TWO_ARMS,
    primary: TWO_ARMS.primary.map(flip),
    guardrails: TWO_ARMS.guardrails.map(flip),
  };
  const judged = (cost: number, wall: number) =>
    judgeExperiment(experiment, run({ cost, wall })).results.map(({ result }) => result);
  deepStrictEqual(judged(0.1, 0.1), ["pass", "pass"]);
  deepStrictEqual(judged(-0.1, -0.1), ["miss", "miss"]);
});

Deno.test("judgeExperiment() never both passes and misses, and agrees with its own bar", () => {
  const effect = fc.double({ min: -0.3, max: 0.3, noNaN: true });
  fc.assert(
    fc.property(effect, effect, fc.integer({ min: 1, max: 20 }), (cost, wall, rounds) => {
      const [one, two] = judgeExperiment(TWO_ARMS, run({ cost, wall }, rounds), UNCALIBRATED).results;
      if (one!.result === "pass") ok(one!.comparison!.verdict === "better" && one!.comparison!.ratio <= 0.95);
      if (two!.result === "pass") ok(two!.comparison!.ratio <= 1.05);
      if (two!.result === "miss") ok(two!.comparison!.ratio > 1);
    }),
    { numRuns: 60 },
  );
});

Deno.test("judgeExperiment() gives the same results for the same blocks in any order", () => {
  const forward = run({ cost: -0.06, wall: 0.02 });
  const backward = { ...forward, results: forward.results.toReversed() };
  deepStrictEqual(judgeExperiment(TWO_ARMS, backward), judgeExperiment(TWO_ARMS, forward));
});
