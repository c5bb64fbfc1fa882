/** Names, units and kinds of counters are read by experiments, and by whoever reads their stored runs. */
import { deepStrictEqual } from "node:assert/strict";
import { watchlite } from "./watchlite.ts";

/** What experiments 127 and 133 are made of. More counters may come; these stay what they are. */
const LOCKED: Readonly<Record<string, string>> = {
  writer_handle_us: "us sum",
  writer_step_us: "us sum",
  writer_dirty_us: "us sum",
  writer_handle_count: "count sum",
  write_request_us: "us sum",
  invalidate_us: "us sum",
  invalidate_count: "count sum",
  intersection_entries: "count sum",
  completion_us: "us sum",
  completion_count: "count sum",
  emit_us: "us sum",
  emit_count: "count sum",
  reader_step_us: "us sum",
  requery_count: "count sum",
  requery_discarded: "count sum",
  row_spared: "count sum",
  parked_total: "count gauge",
};

Deno.test("watchlite declares the counters that stored experiments are read by", () => {
  const declared = new Map(watchlite.counters.map(({ name, unit, kind }) => [name, `${unit} ${kind}`]));
  deepStrictEqual(
    Object.fromEntries(Object.keys(LOCKED).map((name) => [name, declared.get(name)])),
    LOCKED,
  );
});
