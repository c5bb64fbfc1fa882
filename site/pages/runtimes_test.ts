import assert from "node:assert/strict";
import type { RunRecord } from "../../lib/model/mod.ts";
import { summarizeRun } from "../../lib/report/summarize_run.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { recordInRuntimes } from "../../lib/testing/runtimes_record.ts";
import { METRIC_VIEWS } from "./metric_views.ts";
import { runLine, runPoints, RuntimesBuilder, type RuntimesView } from "./mod.ts";
import { runView } from "./run_view.ts";

/** The record with a date, a label, a machine, and the cells of some runtimes alone. */
function runOf(
  day: number,
  { runtimes = ["deno", "node", "chromium"], label = "bench", machineId }: {
    readonly runtimes?: readonly string[];
    readonly label?: string;
    readonly machineId?: string;
  } = {},
): RunRecord {
  const record = recordInRuntimes();
  const cells = record.settings.cells.filter(({ parameters }) =>
    runtimes.includes(parameters?.["runtime"] ?? "deno")
  );
  const keys = new Set(cells.map(({ key }) => key));
  return {
    ...record,
    label,
    startedAt: `2026-11-0${day}T10:00:00Z`,
    settings: { ...record.settings, cells },
    environment: { ...record.environment, ...(machineId === undefined ? {} : { machineId }) },
    results: record.results.filter(({ cellKey }) => keys.has(cellKey)),
  };
}

function viewOf(...records: readonly RunRecord[]): RuntimesView {
  const builder = new RuntimesBuilder();
  for (const [index, record] of records.entries()) {
    builder.addRun(runLine(record, `${index}.html`), runPoints(record));
  }
  return builder.view();
}

/** Of each row: database, and by runtime the run, the class and how many times the first number. */
function read({ rows, runs }: RuntimesView): unknown[] {
  return rows.map(({ name, places }) => [
    name,
    ...places.map((place) => {
      if (place === null) return null;
      const first = places.find((one) => one !== null)!.values["done_ns"]?.[0];
      const own = place.values["done_ns"]?.[0];
      const times = own === undefined || first === undefined ? "" : ` ${(own / first).toFixed(1)}`;
      return `${runs[place.run]!.href} ${place.cellClass}${times}${
        place.gap === undefined ? "" : ` ${place.gap}`
      }`;
    }),
  ]);
}

Deno.test("RuntimesBuilder puts the newest benches of one workload in different runtimes side by side", () => {
  const view = viewOf(
    runOf(1),
    runOf(3, { runtimes: ["chromium"] }),
    runOf(2, { runtimes: ["deno"] }),
  );
  assert.deepEqual(view.runtimes, ["Deno", "Node", "Chromium"]);
  assert.deepEqual(read(view), [
    ["tinybase", "2.html memory 1.0", "0.html memory 1.0", "1.html relaxed file 3.0"],
    ["pglite[storage=file]", "2.html memory 1.0", null, "1.html relaxed file 3.0"],
  ]);
  assert.deepEqual(
    new Set(view.rows.map(({ lane, phase }) => `${lane}, ${phase}`)),
    new Set(["keyed-pk@2, standard, burst"]),
  );
  assert.deepEqual(view.runs.map(({ href }) => href), ["1.html", "2.html", "0.html"]);
  assert.equal(view.metrics[0]!.id, "done_ns");
});

Deno.test("RuntimesBuilder compares nothing across machines, and neither experiments nor runs in one runtime", () => {
  const nothing = { page: "runtimes", runtimes: [], metrics: [], runs: [], rows: [] };
  assert.deepEqual(viewOf(recordFixture()), nothing);
  assert.deepEqual(viewOf(runOf(1, { label: "exp-127-b43df9ac" })), nothing);
  assert.deepEqual(
    viewOf(
      runOf(1, { runtimes: ["deno"] }),
      runOf(2, { runtimes: ["chromium"], machineId: "fedcba9876543210" }),
    ),
    nothing,
  );
});

Deno.test("RuntimesBuilder shows a gap where the newest run has no number", () => {
  const broken = runOf(2, { runtimes: ["chromium"] });
  const view = viewOf(runOf(1), {
    ...broken,
    results: broken.results.map((
      { cellKey, blockIndex, position, startedAt, elapsedMs, host, warnings },
    ) => ({
      cellKey,
      blockIndex,
      position,
      startedAt,
      elapsedMs,
      host,
      warnings,
      status: "failed" as const,
      reason: "The page crashed",
      output: [],
    })),
  });
  assert.deepEqual(read(view), [
    ["tinybase", "0.html memory 1.0", "0.html memory 1.0", "1.html relaxed file failed: The page crashed"],
    ["pglite[storage=file]", "0.html memory 1.0", null, "1.html relaxed file failed: The page crashed"],
  ]);
});

Deno.test("runView() has a table of one database in several runtimes, sorted by numbers and not by texts", () => {
  const known = METRIC_VIEWS;
  assert.deepEqual(runView(recordFixture(), summarizeRun(recordFixture()), known).runtimes, []);
  const record = recordInRuntimes();
  const [table, ...others] = runView(record, summarizeRun(record), known).runtimes;
  assert.deepEqual(others, []);
  const { title, columns, rows } = table!;
  assert.equal(title, "keyed-pk@2/standard, burst");
  assert.deepEqual(columns.slice(0, 5).map((column) => [column.title, column.isNumber]), [
    ["database", false],
    ["runtime", false],
    ["class", false],
    ["answers", false],
    ["done", true],
  ]);
  assert.deepEqual(
    rows.map((
      row,
    ) => [row[0]!.text, row[1]!.text, row[2]!.text, row[3]!.text, row.at(-1)!.text, row.at(-1)!.sort]),
    [
      ["tinybase", "Deno", "memory", "correct", "1.0x", 1],
      ["tinybase", "Node", "memory", "correct", "1.0x", 1],
      ["tinybase", "Chromium", "relaxed file", "correct", "3.0x", 3],
      ["pglite[storage=file]", "Deno", "memory", "correct", "1.0x", 1],
      ["pglite[storage=file]", "Chromium", "relaxed file", "correct", "3.0x", 3],
    ],
  );
  assert.ok(
    rows.every((row) => row.slice(4).every(({ text, sort }) => (text === "–") === (sort === undefined))),
  );
});
