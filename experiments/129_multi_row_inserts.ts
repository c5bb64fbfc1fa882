import type { Criterion, Experiment } from "../lib/model/mod.ts";

const WORKLOAD = "sync-burst@2";

function fresh(id: string, title: string, phase: string): Criterion {
  return {
    id,
    title,
    place: { workload: WORKLOAD, phase },
    quantity: { metric: "freshness_p99_ns" },
    unit: "ns",
    // Two frames at 60 Hz, as in experiment 079.
    bar: { kind: "absolute", comparison: "at-most", value: 33_400_000 },
  };
}

export const experiment: Experiment = {
  title: "Insert several rows of a batch in one step",
  date: "2026-11-22",
  directions: ["writer-request-path"],
  experimentClass: "performance",
  question:
    "Does a batch get cheaper when one step of SQLite takes several of its rows, wherever in the table they lie?",
  hypothesis:
    "Running a prepared insert once per row spends more on going back and forth between JavaScript and SQLite than on the " +
    "insert: every call binds, resets and makes a result. The same text with its list of values repeated inserts the same " +
    "rows in the same order. But a step of many rows may fail half-way, so that SQLite keeps a copy of the pages it " +
    "changes: nothing for rows at the end of a table, which share their pages, a price for rows all over it. Sixteen rows " +
    "a step should win nearly all that sixty-four do on a burst of inserts, and not lose on merges.",
  wouldChangeOurMind:
    "The burst's wall shrinks by less than a fifth, or merges become slower by more than a twentieth.",
  arms: [
    { name: "one-row", adapter: "watchlite", revision: "0f34d97" },
    { name: "64-rows", adapter: "watchlite", revision: "c31b38f" },
    { name: "16-rows", adapter: "watchlite", revision: "6d49949" },
  ],
  control: "one-row",
  cells: [{ workload: WORKLOAD, scale: "standard" }],
  primary: [
    {
      id: "bulk-wall",
      title: "Wall of 100 batches at the end of the table",
      place: { workload: WORKLOAD, phase: "bulk" },
      quantity: { metric: "wall_ns" },
      unit: "ns",
      bar: { kind: "improve", better: "lower", worthwhile: 0.2 },
    },
  ],
  guardrails: [
    {
      id: "merge-batch",
      title: "Merge of 100 rows all over the table, median",
      place: { workload: WORKLOAD, phase: "merge", operation: "batch merge" },
      quantity: { metric: "latency_p50_ns" },
      unit: "ns",
      bar: { kind: "keep", better: "lower", margin: 0.05 },
    },
    fresh("bulk-freshness", "99 of 100 inserts shown within two frames", "bulk"),
    fresh("merge-freshness", "99 of 100 merges shown within two frames", "merge"),
  ],
  rounds: { least: 10, most: 30, budgetSeconds: 600 },
  driftCell: { workload: "keyed-pk@2", scale: "standard", adapter: "node-sqlite" },
  withoutEvidence: "planned",
};
