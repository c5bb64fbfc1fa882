import assert from "node:assert/strict";
import fc from "fast-check";
import { importedResultsSchema } from "./imported_results.ts";
import { type ParsedResqlite, parseResqlite } from "./parse_resqlite.ts";
import { parseResqliteFileName } from "./resqlite_file_name.ts";

const FIXTURES = new URL("./fixtures/", import.meta.url);
const APRIL_8 = "2026-04-08T15-43-57-with-streaming.md";
const APRIL_16 = "2026-04-16T22-30-30-rolling-history.md";
const APRIL_18 = "2026-04-18T10-27-16-MacBook-Pro-14.md";

function fixture(name: string): ParsedResqlite {
  return parseResqlite(Deno.readTextFileSync(new URL(name, FIXTURES)));
}

function metrics({ values }: ParsedResqlite): Map<string, number> {
  return new Map(values.filter(({ isMetric }) => isMetric).map(({ key, value }) => [key, value]));
}

Deno.test("parseResqlite() reads the three files with nothing left over", () => {
  const counts = [APRIL_8, APRIL_16, APRIL_18].map((name) => {
    const parsed = fixture(name);
    assert.deepEqual(parsed.notUnderstood, []);
    return [parsed.values.length, metrics(parsed).size, parsed.skippedSections.length];
  });
  assert.deepEqual(counts, [[315, 46, 1], [381, 63, 2], [1088, 153, 4]]);
});

Deno.test("parseResqlite() keeps the keys of the source's history", () => {
  const old = metrics(fixture(APRIL_8));
  assert.equal(old.get("Select → Maps / 1000 rows / resqlite select()"), 0.42);
  assert.equal(old.get("Select → Maps / 1000 rows / resqlite select() [main]"), 0.1);
  assert.equal(old.get("Concurrent Reads (1000 rows per query) / resqlite concurrent 8x"), 0.84);
  assert.equal(metrics(fixture(APRIL_16)).get("Point Query Throughput / resqlite qps"), 99741);
  const young = metrics(fixture(APRIL_18));
  assert.equal(young.get("Concurrent Reads (1000 rows per query) / 8× concurrency / resqlite"), 0.68);
  assert.equal(
    young.get("Keyed PK Subscriptions (v1) / 50 streams × 200 random-PK writes / resqlite stream()"),
    225.19,
  );
});

Deno.test("parseResqlite() takes columns for what their heading says, not for where they stand", () => {
  const { values } = fixture(APRIL_18);
  const of = (key: string, column: string) =>
    values.filter((value) => value.key === key && value.column === column);
  const perQuery = of("Concurrent Reads (1000 rows per query) / 8× concurrency / resqlite", "Per-query (ms)");
  assert.deepEqual(perQuery.map(({ value, unit, isMetric }) => [value, unit, isMetric]), [[
    0.09,
    "ms",
    false,
  ]]);
  assert.deepEqual(values.filter(({ key }) => key.includes("concurrency / resqlite [main]")), []);
  const emissions = of("Sync Burst (v1) / Stream emissions during burst (COUNT(*)) / resqlite", "Emissions");
  assert.deepEqual(emissions.map(({ value, unit, isMetric }) => [value, unit, isMetric]), [[103, "", false]]);
  const memory = values.filter(({ section, label }) => section === "Memory" && label === "sqlite3 select()");
  assert.deepEqual(memory.map(({ value, unit, bound }) => [value, unit, bound]), [
    [4.05, "MB", undefined],
    [9.64, "MB", undefined],
    [1.91, "MB", "lower"],
    [8.64, "MB", "upper"],
    [3.37, "MB", "margin"],
  ]);
});

Deno.test("parseResqlite() never takes a comparison or a summary of repeats for data", () => {
  for (const name of [APRIL_8, APRIL_16, APRIL_18]) {
    const { values, skippedSections } = fixture(name);
    const first = Math.min(...skippedSections.map(({ line }) => line));
    assert.ok(values.every(({ line }) => line < first));
    assert.deepEqual(values.filter(({ section }) => /Comparison|Repeat/.test(section)), []);
  }
});

Deno.test("parseResqlite() reads settings with quotes and spaces", () => {
  assert.deepEqual(fixture(APRIL_18).settings, [
    { name: "Generated", value: "2026-04-18T10:27:16.662405" },
    { name: "Label", value: 'MacBook Pro 14"' },
    { name: "Repeats", value: "3" },
    { name: "Comparison baseline", value: '2026-04-17T21-35-02-MacBook Pro 14".md' },
  ]);
});

Deno.test("parseResqlite() lists what it does not understand, with its line", () => {
  const { values, notUnderstood } = parseResqlite([
    "# resqlite Benchmark Results",
    "## Reads",
    "| stray | 1 |",
    "",
    "| Library | Wall med (ms) | Main med (ms) |",
    "|---|---:|---:|",
    "| resqlite | 1.5 | fast |",
    "| resqlite | 2.5 | – |",
    "| sqlite3 | 1 |",
    "| a\\|b | 1,000.5 | 0 |",
    "```",
    "| resqlite | 9 | 9 |",
    "```",
  ].join("\n"));
  assert.deepEqual(values.map(({ key, value, line }) => [key, value, line]), [
    ["Reads / resqlite", 1.5, 7],
    ["Reads / a|b", 1000.5, 10],
    ["Reads / a|b [main]", 0, 10],
  ]);
  assert.deepEqual(notUnderstood.map(({ line, reason }) => [line, reason]), [
    [3, "a row must follow the head of its table"],
    [7, 'column "Main med (ms)" must hold a number'],
    [8, '"Reads / resqlite", Wall med (ms), was already on line 7'],
    [9, "a row must have 3 cells as its head has: it has 2"],
  ]);
});

Deno.test("parseResqlite() takes any text, and what it gives can be stored", () => {
  const piece = fc.constantFrom(
    "# ",
    "## ",
    "### ",
    "| ",
    " |",
    "|---|",
    "\n",
    "```",
    "1.5",
    "±",
    "..",
    "resqlite",
    "Library",
    "\\",
  );
  fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), (pieces) => {
    const parsed = parseResqlite(pieces.join(""));
    importedResultsSchema.parse({
      schemaVersion: 1,
      kind: "imported",
      source: "resqlite",
      file: { name: "x.md", sha256: "0".repeat(64) },
      label: "x",
      startedAt: "2026-01-01T00:00:00",
      ...parsed,
    });
  }));
});

Deno.test("parseResqliteFileName() reads odd labels and refuses impossible names", () => {
  const cases: readonly (readonly [name: string, startedAt?: string, label?: string])[] = [
    [APRIL_8, "2026-04-08T15:43:57", "with-streaming"],
    ['2026-04-17T21-35-02-MacBook Pro 14".md', "2026-04-17T21:35:02", 'MacBook Pro 14"'],
    ["2026-04-17-baseline-for-exp012.md", "2026-04-17T00:00:00", "baseline-for-exp012"],
    ["2026-02-30T10-00-00-x.md"],
    ["2026-04-17T25-00-00-x.md"],
    ["README.md"],
    ["2026-04-17.md", "2026-04-17T00:00:00", "2026-04-17"],
    ["2026-04-17T21-35-02.md", "2026-04-17T21:35:02", "2026-04-17T21-35-02"],
    ["2026-04-17T21-35.md"],
    ["2026-04-17T21-35-02-x.json"],
  ];
  for (const [name, startedAt, label] of cases) {
    assert.deepEqual(parseResqliteFileName(name), startedAt === undefined ? undefined : { startedAt, label });
  }
});
