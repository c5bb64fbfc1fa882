import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { metricNamed } from "../metrics/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { recordInRuntimes } from "../testing/runtimes_record.ts";
import { factorTable } from "./runtime_factors.ts";
import { summarizeRun } from "./summarize_run.ts";

const metric = metricNamed("done_ns")!;
const order = { place: "keyed-pk@2/standard", phase: "burst", metric };

Deno.test("factorTable() divides by the same database in the first runtime, with an interval", () => {
  const table = factorTable(summarizeRun(recordInRuntimes()), order)!;
  deepStrictEqual(table.columns.map(({ title }) => title), [
    "adapter",
    "class in Deno",
    "done in Deno",
    "in Node",
    "class in Chromium",
    "in Chromium",
  ]);
  deepStrictEqual(table.rows.map((row) => row.map(({ text }) => text).toSpliced(2, 1)), [
    ["tinybase", "memory", "0.962x to 1.04x", "relaxed file", "2.88x to 3.12x"],
    ["pglite[storage=file]", "memory", "–", "relaxed file", "2.88x to 3.12x"],
  ]);
});

Deno.test("factorTable() compares a database that the first runtime has not with the one that stands for it", () => {
  const record = recordInRuntimes();
  // Only the page has it: the fixture's own cell of PGlite is gone.
  const cells = record.settings.cells.filter(({ key, adapter }) =>
    adapter !== "pglite" || key.endsWith("chromium")
  );
  const keys = new Set(cells.map(({ key }) => key));
  const summary = summarizeRun({
    ...record,
    settings: { ...record.settings, cells },
    results: record.results.filter(({ cellKey }) => keys.has(cellKey)),
  });
  const rowOf = (twins: ReadonlyMap<string, string>): string[] =>
    factorTable(summary, { ...order, twins })!.rows.find(([name]) => name!.text.startsWith("pglite"))!
      .map(({ text }) => text);
  deepStrictEqual(rowOf(new Map()), ["pglite[storage=file]", "–", "–", "–", "relaxed file", "–"]);
  const [name, ...fields] = rowOf(new Map([["pglite[storage=file]", "tinybase"]]));
  strictEqual(name, "pglite[storage=file], of tinybase");
  ok(fields.at(-1)!.includes("x to "), fields.at(-1));
});

Deno.test("factorTable() says how sure a factor of few repetitions is", () => {
  const record = recordInRuntimes();
  const results = record.results.filter(({ blockIndex }) => blockIndex < 2);
  const [row] = factorTable(summarizeRun({ ...record, results }), order)!.rows;
  match(row!.at(-1)!.text, /x \(66\.67 %\)$/);
});

Deno.test("factorTable() has none when every cell ran in one runtime", () => {
  strictEqual(factorTable(summarizeRun(recordFixture()), order), undefined);
});
