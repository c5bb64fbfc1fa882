import assert from "node:assert/strict";
import { recordFixture } from "../testing/record_fixture.ts";
import { blockTable, phaseTables, type ReportTable, type TableCell } from "./report_table.ts";
import { summarizeRun } from "./summarize_run.ts";

function tables(
  sectionIndex: number,
  phase: string,
  change: (record: ReturnType<typeof recordFixture>) => unknown,
) {
  const record = recordFixture();
  return phaseTables(
    summarizeRun({ ...record, ...change(record) as object }).sections[sectionIndex]!,
    phase,
    3,
  );
}

function column(table: ReportTable, title: string): ReadonlyMap<string, TableCell> {
  const index = table.columns.findIndex((one) => one.title === title);
  assert.ok(index >= 0, `no column ${title} in ${table.columns.map((one) => one.title)}`);
  const names = table.columns.findIndex((one) => one.title === "adapter");
  return new Map(table.rows.map((row) => [row[names]!.text, row[index]!]));
}

const unchanged = () => ({});

Deno.test("phaseTables() marks the best among watched cells without failures only", () => {
  const [results] = tables(0, "burst", unchanged);
  const wall = column(results!, "wall");
  // The floor and the cell with a failed block are faster.
  assert.deepEqual([...wall].filter(([, { isBest }]) => isBest).map(([name]) => name), ["tinybase"]);
  assert.match(wall.get("flaky")!.text, /505 us/);
  assert.match(wall.get("node-sqlite")!.text, /2\.04 ms/);
});

Deno.test("phaseTables() marks no emissions as best", () => {
  const [results] = tables(0, "burst", unchanged);
  assert.ok([...column(results!, "emissions").values()].every(({ isBest }) => !isBest));
});

Deno.test("phaseTables() puts a warning beside the number that it qualifies", () => {
  const [results, cost] = tables(0, "burst", unchanged);
  const noteOf = (table: ReportTable, title: string, name: string) =>
    column(table, title).get(name)!.notes.map((note) => table.notes[note - 1]!.split(":")[0]);
  assert.deepEqual(noteOf(cost!, "caller CPU", "pglite[storage=file]"), ["Caller CPU is tick-grained here"]);
  assert.deepEqual(noteOf(results!, "wall", "pglite[storage=file]"), [
    "Other work waited for a CPU 40 % of the time",
  ]);
  assert.deepEqual(noteOf(results!, "verdict", "node-sqlite"), ['Phase "burst" ran unwatched, as a floor']);
  assert.deepEqual(noteOf(results!, "verdict", "flaky"), ["1 block failed"]);
  assert.deepEqual(noteOf(results!, "wall", "tinybase"), []);
});

Deno.test("phaseTables() keeps a warning about one phase out of the others", () => {
  assert.deepEqual(tables(1, "baseline", unchanged).flatMap(({ notes }) => notes), []);
  assert.equal(tables(1, "overlap", unchanged)[0]!.notes.length, 1);
});

Deno.test("phaseTables() shows a verdict and no number for cells that are not verified", () => {
  const [results] = tables(0, "burst", unchanged);
  const verdicts = column(results!, "verdict");
  for (
    const [name, verdict] of [["liar[note=a|b]", "phantom"], ["crasher", "failed"], [
      "late",
      "not run",
    ]] as const
  ) {
    assert.equal(verdicts.get(name)!.text, verdict);
    for (const title of ["wall", "writes/s", "update p50", "emissions", "fresh p99", "settle"]) {
      assert.equal(column(results!, title).get(name)!.text, "–", `${name}, ${title}`);
    }
  }
});

Deno.test("phaseTables() leaves out what no cell has", () => {
  const nothing = tables(0, "burst", () => ({ results: [] }));
  assert.deepEqual(nothing.map(({ columns }) => columns.map(({ title }) => title)), [[
    "adapter",
    "verdict",
    "blocks",
  ]]);
});

Deno.test("phaseTables() ranks operations within their label", () => {
  const operations = tables(1, "overlap", unchanged).find(({ title }) => title === "Operations")!;
  assert.deepEqual(operations.rows.map(([label, name]) => [label!.text, name!.text]), [
    ["insert", "tinybase"],
    ["update", "tinybase"],
    ["read", "tinybase"],
  ]);
});

Deno.test("blockTable() never marks a cell that ran without watchers", () => {
  const record = recordFixture();
  const faster = record.results.map((block) =>
    block.status === "measured" && block.cellKey.includes("node-sqlite")
      ? { ...block, metrics: { ...block.metrics, seed_ns: 1 } }
      : block
  );
  const table = blockTable(summarizeRun({ ...record, results: faster }).sections[0]!);
  assert.equal(column(table!, "seed").get("node-sqlite")!.isBest, false);
});
