import { deepStrictEqual, match } from "node:assert/strict";
import { recordFixture } from "../testing/record_fixture.ts";
import { recordInRuntimes } from "../testing/runtimes_record.ts";
import { compareRuntimes } from "./compare_runtimes.ts";
import { comparedTimes, runtimeTables } from "./runtime_tables.ts";
import { summarizeRun } from "./summarize_run.ts";

Deno.test("runtimeTables() has none when every cell ran in one runtime", () => {
  deepStrictEqual(runtimeTables(summarizeRun(recordFixture())), []);
});

Deno.test("runtimeTables() puts one database in several runtimes side by side and leaves others out", () => {
  const tables = runtimeTables(summarizeRun(recordInRuntimes()));
  deepStrictEqual(tables.length, 1);
  const [{ title, rows }] = tables as [typeof tables[number]];
  match(title, /^One database in several runtimes: keyed-pk@2\/standard, burst$/);
  deepStrictEqual(rows.map((row) => [row[0], row[1], row[2], row.at(-1)].map((field) => field!.text)), [
    ["tinybase", "Deno", "memory", "1.0x"],
    ["tinybase", "Node", "memory", "1.0x"],
    ["tinybase", "Chromium", "relaxed file", "3.0x"],
    ["pglite[storage=file]", "Deno", "memory", "1.0x"],
    ["pglite[storage=file]", "Chromium", "relaxed file", "3.0x"],
  ]);
});

Deno.test("compareRuntimes() divides by the same database only, and by nothing where the first has no number", () => {
  const record = recordInRuntimes();
  const deno = record.settings.cells.find(({ adapter }) => adapter === "tinybase")!;
  // Of the cell in Deno nothing is left.
  const results = record.results.filter(({ cellKey }) => cellKey !== deno.key);
  const [comparison, ...others] = compareRuntimes(
    summarizeRun({ ...record, results }),
    comparedTimes(record.metricsVersion),
  );
  deepStrictEqual(others, []);
  deepStrictEqual(
    comparison!.rows.map(({ cell, ratio }) => [
      cell.name,
      ratio === undefined ? undefined : Number(ratio.toFixed(3)),
    ]),
    [
      ["tinybase", undefined],
      ["tinybase", undefined],
      ["tinybase", undefined],
      ["pglite[storage=file]", 1],
      ["pglite[storage=file]", 3],
    ],
  );
});
