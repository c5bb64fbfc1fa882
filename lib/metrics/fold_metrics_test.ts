import { deepStrictEqual } from "node:assert/strict";
import { foldMetrics, operationMetrics } from "./mod.ts";

Deno.test("foldMetrics() takes the low quantile of the least disturbed iteration, the median of others, the longest of longest", () => {
  const [quick, slow] = [10, 30].map((base) =>
    operationMetrics(Float64Array.from({ length: 11 }, (_, step) => base + step))
  );
  const folded = foldMetrics([slow!, quick!, slow!]);
  deepStrictEqual(
    [folded["latency_low_ns"], folded["latency_p10_ns"], folded["latency_p50_ns"], folded["latency_max_ns"]],
    [11, 31, 35, 40],
  );
});

Deno.test("foldMetrics() leaves out what no iteration has", () => {
  deepStrictEqual(foldMetrics([{ wall_ns: 3 }, {}]), { wall_ns: 3 });
});
