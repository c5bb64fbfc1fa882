import { deepStrictEqual } from "node:assert/strict";
import { LaneOrder, type OrderedRun } from "./lane_order.ts";

const COMPLETE = { status: "complete", kind: "bench" } as const;

const RUNS: readonly (readonly [run: OrderedRun, lanes: readonly string[]])[] = [
  [{ ...COMPLETE, startedAt: "2026-11-01", cover: 40 }, ["old@1", "both@1"]],
  [{ ...COMPLETE, startedAt: "2026-11-02", cover: 60 }, ["keyed@4", "both@1", "keyed@4", "fan@4"]],
  // None of these leads: a quick look, an experiment, a run that was interrupted, one from an archive.
  [{ ...COMPLETE, startedAt: "2026-11-03", cover: 3 }, ["quick@1"]],
  [{ ...COMPLETE, startedAt: "2026-11-04", cover: 60, kind: "experiment" }, ["asked@1"]],
  [{ ...COMPLETE, startedAt: "2026-11-05", cover: 60, status: "partial" }, ["cut@1", "keyed@4"]],
  [{ startedAt: "2026-11-06" }, ["archived@1"]],
];

function orderOf(indexes: readonly number[]): string[] {
  const order = new LaneOrder();
  for (const index of indexes) order.addRun(...RUNS[index]!);
  return [...order.places()].sort(([, a], [, b]) => a - b).map(([lane]) => lane);
}

Deno.test("LaneOrder leads with the newest complete bench that covers enough, newer lanes before older ones", () => {
  const expected = ["keyed@4", "both@1", "fan@4", "archived@1", "cut@1", "asked@1", "quick@1", "old@1"];
  deepStrictEqual(orderOf([0, 1, 2, 3, 4, 5]), expected);
  deepStrictEqual(orderOf([5, 1, 3, 0, 4, 2]), expected);
});

Deno.test("LaneOrder goes by time alone where no run leads", () => {
  deepStrictEqual(orderOf([3, 4, 5]), ["archived@1", "cut@1", "keyed@4", "asked@1"]);
  deepStrictEqual(orderOf([]), []);
});
