/** What looking several times costs: rates of false passes over many simulated experiments, all from one seed. */
import { ok } from "node:assert/strict";
import { DartRandom } from "../../dataset/mod.ts";
import type { Bar, Criterion, Experiment } from "../../model/mod.ts";
import { lookSchedule } from "../../stats/mod.ts";
import { syntheticRun, TWO_ARMS } from "./_synthetic_run.ts";
import { judgeExperiment } from "./judge.ts";

const ROUNDS = { least: 10, most: 30, budgetSeconds: 60 };
/** Spread of a side's logarithm: what a calm machine shows. */
const SPREAD = 0.02;
const SIMULATION_COUNT = 2000;
/** What one side of an interval of 95 % may miss, and three standard errors of that many simulations. */
const MOST_FALSE_PASSES = 0.025 + 3 * Math.sqrt(0.025 * 0.975 / SIMULATION_COUNT);

/** Standard normal numbers, by Box and Muller. */
function normal(random: DartRandom): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
  return radius * Math.cos(2 * Math.PI * random.nextDouble());
}

/** The share of simulations in which the first look that decides lets `after` pass. */
function passShare(bar: Bar, trueFactor: number): number {
  const guardrail: Criterion = { ...TWO_ARMS.guardrails[0]!, bar };
  const experiment: Experiment = { ...TWO_ARMS, guardrails: [guardrail], rounds: ROUNDS };
  const random = new DartRandom(20261128);
  let passCount = 0;
  for (let simulation = 0; simulation < SIMULATION_COUNT; simulation++) {
    const run = syntheticRun(experiment, ROUNDS.most, (arm) => ({
      metrics: { wall_ns: 1e6 * (arm === "after" ? trueFactor : 1) * Math.exp(SPREAD * normal(random)) },
    }));
    for (const look of lookSchedule(ROUNDS.least, ROUNDS.most)) {
      const seen = { ...run, results: run.results.filter(({ blockIndex }) => blockIndex < look) };
      const { result } = judgeExperiment(experiment, seen).results.find(({ criterion }) =>
        criterion === "wall"
      )!;
      if (result === "pass") passCount++;
      if (result !== "undecided") break;
    }
  }
  return passCount / SIMULATION_COUNT;
}

const KEEP: Bar = { kind: "keep", better: "lower", margin: 0.05 };
const AT_MOST: Bar = { kind: "absolute", comparison: "at-most", value: 1.05e6 };

for (const bar of [KEEP, AT_MOST]) {
  Deno.test(`judgeExperiment() seldom passes an arm exactly at its ${bar.kind} bar, however often it is looked at`, () => {
    const share = passShare(bar, 1.05);
    ok(share <= MOST_FALSE_PASSES, `${share} passed, of which at most ${MOST_FALSE_PASSES} may`);
  });

  Deno.test(`judgeExperiment() still passes an arm well inside its ${bar.kind} bar`, () => {
    const share = passShare(bar, 1.02);
    ok(share >= 0.9, `${share} passed`);
  });
}
