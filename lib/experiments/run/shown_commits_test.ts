import { deepStrictEqual, throws } from "node:assert/strict";
import { findWorkload } from "../../../workloads/mod.ts";
import { insertedCounts, outsideEvents } from "./shown_commits.ts";
import { traceTable } from "./trace_phase.ts";

Deno.test("outsideEvents() gives each count to the last operation that it holds, and each re-query to its result", () => {
  const events = outsideEvents({
    operations: [
      { calledMs: 0, acknowledgedMs: 1 },
      { calledMs: 2, acknowledgedMs: 3 },
      { calledMs: 4, acknowledgedMs: 5 },
    ],
    steps: [
      { atMs: 0.5, step: "invalidate" },
      { atMs: 0.6, step: "invalidate" },
      { atMs: 1.5, step: "requery-start" },
      { atMs: 2.5, step: "invalidate" },
      // Its result is equal to the one before and is not shown.
      { atMs: 3.5, step: "requery-start" },
      { atMs: 5.5, step: "requery-start" },
    ],
    shown: [{ atMs: -1, count: 7 }, { atMs: 2.2, count: 17 }, { atMs: 6, count: 37 }],
  }, [10, 20, 30]);
  // In nanoseconds after the first acknowledgement, which an invalidation may precede.
  deepStrictEqual(traceTable("t", events, []).rows, [
    [1, 0, -500_000, 500_000, 1_200_000],
    [2, 2_000_000, 1_500_000, 4_500_000, 5_000_000],
    [3, 4_000_000, null, 4_500_000, 5_000_000],
  ]);
});

Deno.test("insertedCounts() sums the rows of batches and refuses a phase whose count tells nothing", () => {
  const { parameters, program } = findWorkload("sync-burst@2");
  const [bulk, merge] = program(parameters.smoke, { blockIndex: 0, seed: 0 }).iterations[0]!.phases;
  deepStrictEqual(insertedCounts(bulk!, bulk!.operations()), [50, 100, 150, 200]);
  throws(() => insertedCounts(merge!, merge!.operations()), {
    name: "RangeError",
    message:
      'Cannot trace phase "merge" from outside as it must insert under one watched count of all rows: it does not',
  });
});
