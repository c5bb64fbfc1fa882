import assert from "node:assert/strict";
import { sweptMetrics } from "../metrics/mod.ts";
import { type MeasuredBlock, METRICS_VERSION, type RunRecord } from "../model/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { renderTerminal, reporterById } from "./mod.ts";
import { summarizeRun } from "./summarize_run.ts";
import { summarizeSweeps, type SweepSummary } from "./summarize_sweeps.ts";
import { exponentText, sweepTable } from "./sweep_table.ts";

const SIZES = [10, 30, 100, 300, 1000];

/** Cells of keyed-pk@2 at each size, three blocks each; `cost` gives nanoseconds, or nothing for a cell that failed. */
function sweptRecord(
  costs: Readonly<Record<string, (size: number) => number | undefined>>,
  sizes: readonly number[] = SIZES,
): RunRecord {
  const record = recordFixture();
  const template = record.results.find((block): block is MeasuredBlock =>
    block.status === "measured" && block.cellKey === "keyed-pk@2/tinybase/standard"
  )!;
  const cells = sizes.flatMap((size) =>
    Object.keys(costs).map((adapter) => ({
      key: `keyed-pk@2/${adapter}/standard/streams=${size}`,
      workload: "keyed-pk",
      workloadVersion: 2,
      adapter,
      options: {},
      scale: "standard" as const,
      parameters: { streams: String(size) },
      sizes: { rowCount: 10_000, streamCount: size },
    }))
  );
  const results = cells.flatMap(({ key, adapter, parameters }) => {
    const cost = costs[adapter]!(Number(parameters.streams));
    return cost === undefined ? [] : [0.98, 1, 1.02].map((factor, blockIndex): MeasuredBlock => ({
      ...template,
      cellKey: key,
      blockIndex,
      metrics: { peak_memory_bytes: 1e8 },
      phases: [{ ...template.phases[0]!, metrics: { done_ns: cost * factor } }],
    }));
  });
  return {
    ...record,
    settings: { ...record.settings, cells },
    workloads: record.workloads.map((workload) => ({ ...workload, sweeps: { streams: "open screens" } })),
    results: results.map((block, position) => ({ ...block, position })),
  };
}

function sweepsOf(record: RunRecord): SweepSummary[] {
  return summarizeSweeps(summarizeRun(record), sweptMetrics(METRICS_VERSION));
}

function sweepOf(record: RunRecord): SweepSummary {
  const sweeps = sweepsOf(record);
  assert.equal(sweeps.length, 1);
  return sweeps[0]!;
}

Deno.test("summarizeSweeps() gives each adapter the exponent of its growth", () => {
  const sweep = sweepOf(sweptRecord({ tinybase: (size) => 1e5 * size, watchlite: () => 1e7 }));
  assert.deepEqual([sweep.workload, sweep.parameter, sweep.meaning, sweep.sizes], [
    "keyed-pk@2",
    "streams",
    "open screens",
    SIZES,
  ]);
  const exponents = sweep.cells.map(({ name, metrics }) => {
    const { fit } = metrics.get("done_ns")!;
    return [name, fit.kind === "fitted" ? Math.round(fit.law.exponent * 1e6) / 1e6 : fit.reason];
  });
  assert.deepEqual(exponents, [["tinybase", 1], ["watchlite", 0]]);
});

Deno.test("summarizeSweeps() has no sweep where sizes are those of the scale", () => {
  assert.deepEqual(sweepsOf(recordFixture()), []);
});

Deno.test("summarizeSweeps() keeps sweeps apart that set something else besides", () => {
  const record = sweptRecord({ tinybase: (size) => size });
  const paced = record.settings.cells.map((cell) => ({
    ...cell,
    key: `${cell.key.replace("/streams", "/pacing=4/streams")}`,
    parameters: { pacing: "4", streams: cell.parameters!.streams! },
  }));
  const both = { ...record, settings: { ...record.settings, cells: [...record.settings.cells, ...paced] } };
  assert.deepEqual(sweepsOf(both).map(({ workload }) => workload), [
    "keyed-pk@2",
    "keyed-pk@2 pacing=4",
  ]);
});

Deno.test("sweepTable() sorts by exponent, and says why there is none", () => {
  const record = sweptRecord({
    tinybase: (size) => 1e5 * size,
    watchlite: () => 1e7,
    crasher: (size) => size > 100 ? undefined : 1e6,
  });
  const { columns, rows, notes } = sweepTable(sweepOf(record), sweptMetrics(METRICS_VERSION));
  assert.deepEqual(
    columns.map(({ title }) => title),
    [
      "adapter",
      "done, 10",
      "done, 30",
      "done, 100",
      "done, 300",
      "done, 1,000",
      "done exponent",
      "peak memory exponent",
    ].toSpliced(1, 0, ...columns.length === 9 ? ["class"] : []),
  );
  assert.deepEqual(rows.map(([name]) => name!.text), ["watchlite", "tinybase", "crasher"]);
  assert.deepEqual(rows.map((row) => row.at(-2)!.text), ["0.00 (-0.01 to 0.01)", "1.00 (0.99 to 1.01)", "–"]);
  assert.deepEqual(rows[2]!.at(-2)!.notes, [1]);
  assert.match(notes[0]!, /^No exponent: a power law needs 4 sizes with values: there are 3$/);
});

Deno.test("exponentText() tells both halves of a curve that bends", () => {
  const interval = { lower: 0.4, upper: 0.5, confidence: 0.95 };
  const law = { exponent: 0.45, interval, halves: [0.001, 0.98] as const, isCurved: true, pointCount: 5 };
  assert.equal(exponentText(law), "0.45 (0.40 to 0.50), 0.00 then 0.98");
  assert.equal(exponentText({ ...law, isCurved: false }), "0.45 (0.40 to 0.50)");
  const point = { lower: -0.001, upper: -0.001, confidence: 0 };
  assert.equal(exponentText({ ...law, exponent: -0.001, interval: point, isCurved: false }), "0.00");
});

Deno.test("reports of a sweep have its exponents", () => {
  const record = sweptRecord({ tinybase: (size) => 1e5 * size, watchlite: () => 1e7 });
  const heading = "Growth with streams (open screens): keyed-pk@2, standard, burst";
  assert.ok(renderTerminal(record, { isColored: false }).includes(heading));
  assert.ok(reporterById("markdown").render(record).includes(heading));
  const { summary } = JSON.parse(reporterById("json").render(record));
  const [{ parameter, sizes, cells }] = summary.sweeps;
  assert.deepEqual([parameter, sizes], ["streams", SIZES]);
  assert.equal(cells[0].metrics.done_ns.values.length, SIZES.length);
  assert.ok(Math.abs(cells[0].metrics.done_ns.exponent - 1) < 1e-6);
});
