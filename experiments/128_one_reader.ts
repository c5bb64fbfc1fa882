import type { Criterion, Experiment } from "../lib/model/mod.ts";

function keeps(
  id: string,
  title: string,
  workload: string,
  phase: string,
  metric: string,
  margin: number,
): Criterion {
  return {
    id,
    title,
    place: { workload, phase },
    quantity: { metric },
    unit: "ns",
    bar: { kind: "keep", better: "lower", margin },
  };
}

export const experiment: Experiment = {
  title: "One reader thread instead of two on two cores",
  date: "2026-11-22",
  directions: ["stream-rerun-dispatch"],
  experimentClass: "performance",
  question:
    "On two cores, do writes under many live queries get cheaper when one reader thread serves them all?",
  hypothesis:
    "The caller and the writer already fill two cores: a second reader takes time from the writer whenever it runs, and " +
    "re-queries wait for the bound of the policy anyway. resqlite found its fan-out bound by round trips, not by " +
    "parallel reading. With one reader, the overlap wall should shrink by a twentieth, at no cost to freshness.",
  wouldChangeOurMind: "The overlap wall does not shrink, or commits are shown later by more than a tenth.",
  arms: [
    { name: "two-readers", adapter: "watchlite", options: { readers: "2" } },
    { name: "one-reader", adapter: "watchlite", options: { readers: "1" } },
  ],
  control: "two-readers",
  cells: [{ workload: "overlap@2", scale: "standard" }, { workload: "fan-out@2", scale: "standard" }],
  primary: [
    {
      id: "overlap-wall",
      title: "Overlap wall",
      place: { workload: "overlap@2", phase: "overlap" },
      quantity: { metric: "wall_ns" },
      unit: "ns",
      bar: { kind: "improve", better: "lower", worthwhile: 0.05 },
    },
  ],
  guardrails: [
    keeps("overlap-freshness", "Overlap freshness, p99", "overlap@2", "overlap", "freshness_p99_ns", 0.1),
    keeps("fan-out-wall", "Fan-out wall", "fan-out@2", "burst", "wall_ns", 0.05),
    keeps("fan-out-freshness", "Fan-out freshness, p99", "fan-out@2", "burst", "freshness_p99_ns", 0.1),
  ],
  rounds: { least: 10, most: 30, budgetSeconds: 600 },
  driftCell: { workload: "keyed-pk@2", scale: "standard", adapter: "node-sqlite" },
  learned: {
    summary:
      "One reader does not make writes under fifty live queries cheaper, and shows commits of a fan-out later.",
    reading: [
      "The overlap wall did not move by more than this machine makes up by itself (its A/A noise is a fifth), and the " +
      "point estimate is on the wrong side. In the fan-out the slowest hundredth of commits was shown a fifth later, " +
      "which breaks the guardrail.",
      "The hypothesis took the readers for rivals of the writer. With re-queries held back until the writer pauses, they " +
      "are not running while it writes, so that there was nothing to win; what is left is that two of them are through " +
      "with a hundred re-queries sooner than one.",
    ],
    changedBeliefs: [
      "Before: on two cores a second reader takes time from the writer. Now: held re-queries run in the writer's pauses, " +
      "and a second reader shortens them.",
    ],
    nextSignals: ["The same question with hold=0, where readers do run beside the writer."],
    claims: [{
      id: "128.1",
      text:
        "With re-queries held until the writer pauses, a second reader improves the freshness of a fan-out by about a fifth",
      conditions: "watchlite, fan-out@2 at standard scale, 2 shared cores",
    }],
  },
};
