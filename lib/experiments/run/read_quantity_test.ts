import { strictEqual } from "node:assert/strict";
import { watchlite } from "../../adapters/watchlite.ts";
import type { MeasuredBlock, Place, Quantity } from "../../model/mod.ts";
import { syntheticBlock } from "./_synthetic_run.ts";
import { counterUnits, readQuantity } from "./read_quantity.ts";

const BLOCK = syntheticBlock("cell", 0, 0, {
  metrics: { wall_ns: 4000 },
  operation: { latency_p10_ns: 7 },
  counters: { writer_handle_us: 3, writer_step_us: 2, writer_handle_count: 10, parked_total: 0 },
}) as MeasuredBlock;
const UNITS = counterUnits([watchlite]);
const PHASE: Place = { workload: "keyed-pk@2", phase: "burst" };

function read(quantity: Quantity, place: Place = PHASE): number | undefined {
  return readQuantity(BLOCK, place, quantity, UNITS);
}

Deno.test("readQuantity() reads metrics at their place", () => {
  strictEqual(read({ metric: "wall_ns" }), 4000);
  strictEqual(read({ metric: "latency_p10_ns" }, { ...PHASE, operation: "update" }), 7);
  strictEqual(read({ metric: "peak_rss_bytes" }, { workload: "keyed-pk@2" }), 1);
});

Deno.test("readQuantity() gives times of counters in nanoseconds and counts as they are", () => {
  strictEqual(read({ counter: "writer_handle_us" }), 3000);
  strictEqual(read({ counter: "writer_handle_count" }), 10);
});

Deno.test("readQuantity() combines counters with metrics", () => {
  const dispatch: Quantity = { difference: [{ counter: "writer_handle_us" }, { counter: "writer_step_us" }] };
  strictEqual(read(dispatch), 1000);
  strictEqual(read({ ratio: [dispatch, { metric: "wall_ns" }] }), 0.25);
  strictEqual(read({ sum: [{ metric: "wall_ns" }, dispatch] }), 5000);
});

Deno.test("readQuantity() has no value where a part is missing or nothing divides", () => {
  strictEqual(read({ metric: "settle_ns" }), undefined);
  strictEqual(read({ counter: "no_such" }), undefined);
  strictEqual(read({ metric: "wall_ns" }, { workload: "keyed-pk@2", phase: "other" }), undefined);
  strictEqual(read({ sum: [{ metric: "wall_ns" }, { metric: "settle_ns" }] }), undefined);
  strictEqual(read({ ratio: [{ metric: "wall_ns" }, { counter: "parked_total" }] }), undefined);
});

Deno.test("readQuantity() reads nothing from a phase that was wrong", () => {
  const wrong = syntheticBlock("cell", 0, 0, {
    verdict: "phantom",
    counters: { parked_total: 0 },
  }) as MeasuredBlock;
  strictEqual(readQuantity(wrong, PHASE, { counter: "parked_total" }, UNITS), undefined);
});
