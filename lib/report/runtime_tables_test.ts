import { deepStrictEqual, match } from "node:assert/strict";
import { recordFixture } from "../testing/record_fixture.ts";
import { runtimeTables } from "./runtime_tables.ts";
import { summarizeRun } from "./summarize_run.ts";

Deno.test("runtimeTables() has none when every cell ran in one runtime", () => {
  deepStrictEqual(runtimeTables(summarizeRun(recordFixture())), []);
});

Deno.test("runtimeTables() puts one database in several runtimes side by side and leaves others out", () => {
  const record = recordFixture();
  const cell = record.settings.cells.find(({ adapter }) => adapter === "tinybase")!;
  const key = `${cell.key}/runtime=node`;
  const twin = { ...cell, key, parameters: { runtime: "node" } };
  const tables = runtimeTables(summarizeRun({
    ...record,
    settings: { ...record.settings, cells: [...record.settings.cells, twin] },
    results: [
      ...record.results,
      ...record.results.filter(({ cellKey }) => cellKey === cell.key).map((block) => ({
        ...block,
        cellKey: key,
      })),
    ],
  }));
  for (const { title, rows } of tables) {
    match(title, /^One database in several runtimes: [\w-]+@\d\/\w+, /);
    deepStrictEqual(rows.map(([name, runtime]) => [name!.text, runtime!.text]), [
      ["tinybase", "Deno"],
      ["tinybase", "Node"],
    ]);
    deepStrictEqual(rows.map((row) => row.at(-1)!.text), ["1.0x", "1.0x"]);
  }
  deepStrictEqual(tables.length > 0, true);
});
