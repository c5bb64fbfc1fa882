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
  title: "Insert the rows of a batch many in one step",
  date: "2026-11-22",
  directions: ["writer-request-path"],
  experimentClass: "performance",
  question: "Does a batch of plain inserts get cheaper when one step of SQLite takes 64 rows instead of one?",
  hypothesis:
    "Running a prepared insert once per row spends more on going back and forth between JavaScript and SQLite than on the " +
    "insert: params are bound one call at a time, and every call makes a result. The same text with its list of values " +
    "repeated inserts the same rows in the same order. The wall of a burst of batches should shrink by a fifth at least, " +
    "and commits should not be shown later, although batches follow each other faster.",
  wouldChangeOurMind:
    "The burst's wall shrinks by less than a fifth, or its commits are shown later by more than a tenth.",
  arms: [
    { name: "row-by-row", adapter: "watchlite", revision: "0f34d97" },
    { name: "multi-row", adapter: "watchlite", revision: "c31b38f" },
  ],
  control: "row-by-row",
  cells: [
    { workload: "sync-burst@2", scale: "standard" },
    { workload: "fan-out@2", scale: "standard" },
    { workload: "chat-sim@2", scale: "standard" },
  ],
  primary: [
    {
      id: "bulk-wall",
      title: "Burst wall",
      place: { workload: "sync-burst@2", phase: "bulk" },
      quantity: { metric: "wall_ns" },
      unit: "ns",
      bar: { kind: "improve", better: "lower", worthwhile: 0.2 },
    },
  ],
  guardrails: [
    keeps("bulk-freshness", "Burst freshness, p99", "sync-burst@2", "bulk", "freshness_p99_ns", 0.1),
    keeps("merge-wall", "Merge wall", "sync-burst@2", "merge", "wall_ns", 0.1),
    keeps("fan-out-wall", "Fan-out wall", "fan-out@2", "burst", "wall_ns", 0.1),
    keeps("chat-wall", "Chat wall", "chat-sim@2", "chat", "wall_ns", 0.1),
  ],
  rounds: { least: 10, most: 30, budgetSeconds: 900 },
  driftCell: { workload: "keyed-pk@2", scale: "standard", adapter: "node-sqlite" },
  withoutEvidence: "planned",
};
