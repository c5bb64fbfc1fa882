import assert from "node:assert/strict";
import { metricsIn } from "../metrics/mod.ts";
import { METRICS_VERSION, type RunRecord, type SoakWindow } from "../model/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { renderTerminal, reporterById } from "./mod.ts";
import { soakTables } from "./soak_table.ts";
import { summarizeRun } from "./summarize_run.ts";
import { summarizeSoaks } from "./summarize_soak.ts";

/** Forty windows of 15 s in the first block of the cell that is verified; memory grows by 1 MiB a minute. */
function soakedRecord(windowCount = 40): RunRecord {
  const record = recordFixture();
  const soak = Array.from({ length: windowCount }, (_, index): SoakWindow => ({
    endMs: (index + 1) * 15_000,
    lapCount: 10,
    memoryBytes: 4 * 2 ** 20 + (index + 1) * 2 ** 18,
    phases: [{ name: "burst", metrics: { done_ns: 1e6 + (index % 3) * 1000 } }],
  }));
  return {
    ...record,
    results: record.results.map((block) =>
      block.status === "measured" && block.cellKey.startsWith("keyed-pk@2/tinybase") && block.blockIndex === 0
        ? { ...block, soak }
        : block
    ),
  };
}

function soaksOf(record: RunRecord) {
  return summarizeSoaks(record, summarizeRun(record), metricsIn("soak", METRICS_VERSION));
}

Deno.test("summarizeSoaks() tells the first quarter from the last, and how fast memory grows", () => {
  const [soak, ...others] = soaksOf(soakedRecord());
  assert.deepEqual(others, []);
  assert.deepEqual([soak!.name, soak!.durationMs, soak!.lapCount], ["tinybase", 600_000, 400]);
  const [memory, done] = soak!.series;
  assert.deepEqual([memory!.id, memory!.phase, done!.id, done!.phase], [
    "memory_bytes",
    "",
    "done_ns",
    "burst",
  ]);
  assert.deepEqual(memory!.quarters, [5.375 * 2 ** 20, 12.875 * 2 ** 20]);
  assert.ok(Math.abs(memory!.perMinute!.slope - 2 ** 20) < 1);
  assert.equal(memory!.isDrifting, true);
  assert.equal(done!.isDrifting, false);
});

Deno.test("summarizeSoaks() has no trend of nine windows, and nothing of three", () => {
  const [soak] = soaksOf(soakedRecord(9));
  assert.equal(soak!.series[0]!.perMinute, undefined);
  assert.equal(soak!.series[0]!.isDrifting, false);
  assert.deepEqual(soaksOf(soakedRecord(3))[0]!.series, []);
  assert.deepEqual(soaksOf(soakedRecord(0)), []);
  assert.deepEqual(soaksOf(recordFixture()), []);
});

Deno.test("soakTables() marks what is beyond doubt more in the end", () => {
  const [{ title, rows }] = soakTables(soaksOf(soakedRecord())) as [ReturnType<typeof soakTables>[number]];
  assert.equal(title, "Over time: keyed-pk@2, standard");
  assert.deepEqual(rows[0]!.map(({ text }) => text), [
    "memory",
    "tinybase",
    "5.38 MiB",
    "12.9 MiB",
    "2.40x",
    "! 1.0 MiB (1.0 MiB to 1.0 MiB)",
    "40",
    "400",
  ]);
  assert.equal(rows[1]![0]!.text, "done, burst");
  assert.equal(rows[1]![5]!.text.startsWith("!"), false);
});

Deno.test("reports have what changed over time", () => {
  const record = soakedRecord();
  const heading = "Over time: keyed-pk@2, standard";
  assert.ok(renderTerminal(record, { isColored: false }).includes(heading));
  assert.ok(reporterById("markdown").render(record).includes(heading));
  assert.equal(JSON.parse(reporterById("json").render(record)).summary.soaks[0].series[0].points.length, 40);
});
