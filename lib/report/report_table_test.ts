import assert from "node:assert/strict";
import { olderRecordFixture, recordFixture } from "../testing/record_fixture.ts";
import { blockTable, estimateText, phaseTables, type ReportTable, type TableCell } from "./report_table.ts";
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

/** All cells keep a file, so that they are of one class. */
function alike(record: ReturnType<typeof recordFixture>) {
  const capabilities = Object.entries(record.capabilities).map(([key, own]) =>
    [key, { ...own, durability: "full" }] as const
  );
  return { capabilities: Object.fromEntries(capabilities) };
}

Deno.test("phaseTables() marks the best among watched cells without failures only", () => {
  const [results] = tables(0, "burst", alike);
  const done = column(results!, "done");
  // The floor and the cell with a failed block are faster.
  assert.deepEqual([...done].filter(([, { isBest }]) => isBest).map(([name]) => name), ["tinybase"]);
  assert.match(done.get("flaky")!.text, /510 us/);
  assert.match(done.get("node-sqlite")!.text, /2\.04 ms/);
});

Deno.test("phaseTables() groups by class, sorts by what was done first, and ranks within a class", () => {
  const [results] = tables(0, "burst", unchanged);
  assert.deepEqual([...column(results!, "class")].map(([name, { text }]) => [name, text]), [
    ["flaky", "durable file"],
    ["liar[note=a|b]", "durable file"],
    ["crasher", "durable file"],
    ["late", "durable file"],
    ["tinybase", "memory"],
    ["pglite[storage=file]", "memory"],
    ["node-sqlite", "lower bound"],
  ]);
  const best = [...column(results!, "done")].filter(([, { isBest }]) => isBest);
  assert.deepEqual(best.map(([name]) => name), ["tinybase"]);
});

Deno.test("phaseTables() says beside the verdict what a cell is known to get wrong with its options", () => {
  const [results] = tables(0, "burst", unchanged);
  const noteOf = (name: string) =>
    column(results!, "verdict").get(name)!.notes.map((note) => results!.notes[note - 1]!);
  assert.deepEqual(noteOf("tinybase"), [
    "Wrong in: ordered limit window; see deno task conformance tinybase",
  ]);
  assert.deepEqual(noteOf("pglite[storage=file]"), []);
  const [inMemory] = tables(0, "burst", (record) => ({
    adapters: record.adapters.map(({ knownGaps = [], ...adapter }) => ({
      ...adapter,
      knownGaps: knownGaps.map((gap) => ({ ...gap, when: { storage: "file" } })),
    })),
  }));
  const { notes } = column(inMemory!, "verdict").get("pglite[storage=file]")!;
  assert.deepEqual(notes.map((note) => inMemory!.notes[note - 1]), [
    "Wrong in: many queries; see deno task conformance pglite:storage=file",
  ]);
});

Deno.test("phaseTables() shows how long live queries wait, and whether somebody set that", () => {
  const waits = column(tables(0, "burst", unchanged)[0]!, "waits");
  assert.deepEqual([...waits].map(([name, { text }]) => [name, text]).slice(-3), [
    ["tinybase", "0 ms"],
    ["pglite[storage=file]", "30 ms (set)"],
    ["node-sqlite", "–"],
  ]);
  const [none] = tables(0, "burst", () => ({ delays: {} }));
  assert.ok(none!.columns.every(({ title }) => title !== "waits"));
});

Deno.test("phaseTables() names no class when all rows have the same", () => {
  const [results] = tables(1, "overlap", alike);
  assert.ok(results!.columns.every(({ title }) => title !== "class"));
});

Deno.test("phaseTables() says how many more repetitions are needed", () => {
  const [results] = tables(1, "overlap", unchanged);
  const { notes } = column(results!, "repetitions").get("tinybase")!;
  assert.deepEqual(notes.map((note) => results!.notes[note - 1]), [
    "Too few repetitions for 95 % (this is 75 %): about 3 more",
  ]);
});

Deno.test("phaseTables() shows runs of before in their own columns", () => {
  const record = olderRecordFixture();
  const [results, cost] = phaseTables(summarizeRun(record).sections[0]!, "burst", 3);
  assert.equal(column(results!, "wall").size, 7);
  assert.ok(column(cost!, "process CPU").get("tinybase")!.text.startsWith("4.6 ms"));
});

Deno.test("phaseTables() shows updates in columns of their own, and marks no number of them as best", () => {
  const [results] = tables(0, "burst", unchanged);
  assert.match(column(results!, "updates shown").get("tinybase")!.text, /^\d+ of \d+$/);
  for (const title of ["updates shown", "merged"]) {
    assert.ok([...column(results!, title).values()].every(({ isBest }) => !isBest), title);
  }
  assert.ok(column(results!, "unneeded").size > 0);
});

Deno.test("estimateText() calls 0 what its metric calls it, and tells how far its interval reaches", () => {
  const estimate = (upper: number) => ({
    value: 0,
    interval: { lower: 0, upper, confidence: 0.75 },
    sampleCount: 3,
  });
  const metric = { unit: "ns", zeroText: "same turn" } as const;
  assert.equal(estimateText(estimate(0), metric), "same turn");
  assert.equal(estimateText(estimate(3.7e6), metric), "same turn (to 3.7 ms)");
  assert.equal(estimateText(estimate(0), { unit: "ns" }), "0 ns");
  assert.equal(estimateText({ ...estimate(9), value: 5 }, metric), "5.0 ns (0 ns to 9.0 ns)");
});

Deno.test("phaseTables() puts a warning beside the number that it qualifies", () => {
  const [results, , cost] = tables(0, "burst", unchanged);
  const noteOf = (table: ReportTable, title: string, name: string) =>
    column(table, title).get(name)!.notes.map((note) => table.notes[note - 1]!.split(":")[0]);
  assert.deepEqual(noteOf(cost!, "caller CPU", "pglite[storage=file]"), ["Caller CPU is tick-grained here"]);
  assert.deepEqual(noteOf(results!, "main busy", "pglite[storage=file]"), [
    "Caller CPU is tick-grained here",
  ]);
  assert.deepEqual(noteOf(results!, "done", "pglite[storage=file]"), [
    "Other work waited for a CPU 40 % of the time",
  ]);
  assert.deepEqual(noteOf(results!, "verdict", "node-sqlite"), [
    'Phase "burst" ran unwatched, as a lower bound',
  ]);
  assert.deepEqual(noteOf(results!, "verdict", "flaky"), ["1 repetition failed"]);
  assert.deepEqual(noteOf(results!, "done", "tinybase"), []);
});

Deno.test("phaseTables() keeps a warning about one phase out of the others", () => {
  const counts = ["baseline", "overlap"].map((phase) => tables(1, phase, unchanged)[0]!.notes.length);
  assert.deepEqual(counts, [2, 3], "both have too few repetitions and a known gap");
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
    for (const title of ["done", "done/op", "shown p50", "updates shown", "stale", "CPU", "peak memory"]) {
      assert.equal(column(results!, title).get(name)!.text, "–", `${name}, ${title}`);
    }
  }
});

Deno.test("phaseTables() leaves out what no cell has", () => {
  const nothing = tables(0, "burst", () => ({ results: [] }));
  assert.deepEqual(nothing.map(({ columns }) => columns.map(({ title }) => title)), [[
    "adapter",
    "class",
    "waits",
    "verdict",
    "repetitions",
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
