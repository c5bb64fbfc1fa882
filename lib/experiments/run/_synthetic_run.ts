/** Runs that were never measured: whatever a test wants each arm to have done, round by round. */
import type {
  Block,
  Experiment,
  HostReading,
  MeasuredBlock,
  MetricValues,
  Verdict,
} from "../../model/mod.ts";
import { watchlite } from "../../adapters/watchlite.ts";
import type { JudgedRun } from "./readings.ts";
import { lanesOf, roundGroups } from "./lanes.ts";
import { blocksPerRound, planRound } from "./plan_round.ts";

/** What one block gave. All is read at phase `burst` and operation `update`. */
export interface SyntheticBlock {
  readonly metrics?: MetricValues;
  readonly operation?: MetricValues;
  readonly counters?: MetricValues;
  readonly host?: HostReading;
  readonly verdict?: Verdict;
  readonly failure?: string;
}

/**
 * Blocks of all lanes for `roundCount` rounds; the unchanged cell is asked for as arm `drift`. Of the blocks that a side
 * has in a round, `occurrence` counts from 0.
 */
export function syntheticRun(
  experiment: Experiment,
  roundCount: number,
  read: (arm: string, round: number, occurrence: number) => SyntheticBlock,
  blocksPerSide = 1,
): JudgedRun {
  const all = lanesOf(experiment);
  const { lanes, drift } = all;
  const cells = roundGroups(experiment, all, blocksPerSide).map((group) => group.map(({ cell }) => cell));
  const results = Array.from(
    { length: roundCount },
    (_, round) =>
      planRound(cells, round, 0).map(({ cell, blockIndex, position }): Block => {
        const arm = cell.key === drift?.cell.key
          ? "drift"
          : lanes.find(({ measured }) => measured.cell.key === cell.key)!.arm.name;
        const occurrence = blockIndex - round * blocksPerRound(cells, cell.key);
        return syntheticBlock(cell.key, blockIndex, position, read(arm, round, occurrence));
      }),
  ).flat();
  return { adapters: [{ ...watchlite }], results, settings: { blocksPerSide } };
}

/** One block, converged unless told otherwise. */
export function syntheticBlock(
  cellKey: string,
  blockIndex: number,
  position: number,
  { metrics = {}, operation = {}, counters = {}, host = {}, verdict = "converged", failure }: SyntheticBlock,
): Block {
  const base = {
    cellKey,
    blockIndex,
    position,
    startedAt: "2026-11-22T10:00:00.000Z",
    elapsedMs: 1000,
    host,
    warnings: [],
  };
  if (failure !== undefined) return { ...base, status: "failed", reason: failure, output: [] };
  const isRight = verdict === "converged";
  const block: MeasuredBlock = {
    ...base,
    status: "measured",
    verdict,
    findings: [],
    findingCount: isRight ? 0 : 1,
    metrics: isRight ? { peak_rss_bytes: 1 } : {},
    phases: [{
      name: "burst",
      iterationCount: 1,
      verdict,
      unwatched: false,
      metrics: isRight ? metrics : {},
      operations: isRight
        ? [{ label: "update", latency: { count: 1, samplesNs: [1] }, metrics: operation }]
        : [],
      counters,
    }],
    facts: {},
  };
  return block;
}

/** Two arms on one cell, with a primary that improves and a guardrail that keeps. */
export const TWO_ARMS: Experiment = {
  title: "Two arms",
  date: "2026-11-22",
  directions: ["stream-rerun-dispatch"],
  experimentClass: "performance",
  question: "Is it faster?",
  hypothesis: "It is.",
  wouldChangeOurMind: "It is not.",
  arms: [
    { name: "before", adapter: "watchlite", options: { policy: "per-commit" } },
    { name: "after", adapter: "watchlite" },
  ],
  control: "before",
  cells: [{ workload: "keyed-pk@2", scale: "smoke" }],
  primary: [{
    id: "cost",
    title: "Update, low quantile",
    place: { workload: "keyed-pk@2", phase: "burst", operation: "update" },
    quantity: { metric: "latency_p10_ns" },
    unit: "ns",
    bar: { kind: "improve", better: "lower", worthwhile: 0.05 },
  }],
  guardrails: [{
    id: "wall",
    title: "Wall",
    place: { workload: "keyed-pk@2", phase: "burst" },
    quantity: { metric: "wall_ns" },
    unit: "ns",
    bar: { kind: "keep", better: "lower", margin: 0.05 },
  }],
  rounds: { least: 10, most: 20, budgetSeconds: 60 },
};

/** Small noise around 1 that differs between rounds and arms and is the same in every test run. */
export function noise(arm: string, round: number): number {
  const step = (round * 7 + arm.length * 3) % 11;
  return 1 + (step - 5) / 500;
}
