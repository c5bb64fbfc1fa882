import { strictEqual, throws } from "node:assert/strict";
import { METRICS } from "../metrics/mod.ts";
import { findMetric, metricByWord } from "./find_metric.ts";

Deno.test("metricByWord() finds a metric by its id, its heading and other words for it", () => {
  for (
    const [word, id] of [
      ["done_ns", "done_ns"],
      ["done", "done_ns"],
      ["total time", "done_ns"],
      ["done/op", "done_per_operation_ns"],
      ["shown p99", "shown_p99_ns"],
      ["Shown-P99", "shown_p99_ns"],
      ["main busy", "main_busy_ns"],
      ["CPU", "cpu_until_quiet_ns"],
      ["peak memory", "peak_memory_bytes"],
      ["latency p99", "latency_p99_ns"],
      ["longest stale time", "stale_max_ns"],
      ["writes/s", "writes_per_second"],
      ["highest rate", "highest_rate_per_second"],
    ] as const
  ) strictEqual(metricByWord(word)?.id, id, word);
  strictEqual(metricByWord("nothing"), undefined);
});

Deno.test("metricByWord() finds every metric by its own id", () => {
  for (const { id } of METRICS) strictEqual(metricByWord(id)?.id, id);
});

Deno.test("findMetric() says what was meant by a slip and by a part of a name", () => {
  const refused = (word: string, message: RegExp): void => {
    throws(() => findMetric(word, "Cannot compare metric"), { name: "UsageError", message });
  };
  refused("shown p9", /^Cannot compare metric "shown p9" \(did you mean "shown p99"\?\): metrics are done, /);
  refused("busy", /did you mean "main busy"/);
  throws(() => findMetric("al", "Cannot compare metric", ["all"]), { message: /did you mean "all"/ });
});
