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
  assert.deepEqual(counts, [[315, 46, 1], [381, 63, 1], [1088, 153, 3]]);
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
    226.16,
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

Deno.test("parseResqlite() never takes a comparison for data", () => {
  for (const name of [APRIL_8, APRIL_16, APRIL_18]) {
    const { values, skippedSections } = fixture(name);
    const first = Math.min(...skippedSections.map(({ line }) => line));
    assert.ok(values.every(({ line }) => line! < first));
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
    ["2026-04-17T21-35-02-x.json", "2026-04-17T21:35:02", "x"],
    ["2026-08-14T14-57-54Z-exp271-x.md", "2026-08-14T14:57:54Z", "exp271-x"],
    ["exp-127-writer-dispatch-aggregate.md", "", "exp-127-writer-dispatch-aggregate"],
    ["a11c-writer-fanout-aggregate.md", "", "a11c-writer-fanout-aggregate"],
  ];
  for (const [name, startedAt, label] of cases) {
    assert.deepEqual(parseResqliteFileName(name), startedAt === undefined ? undefined : { startedAt, label });
  }
});

function unitsOf({ values }: ParsedResqlite): Record<string, string> {
  return Object.fromEntries(values.map(({ section, label, column, unit }) => [
    `${section.replace(/^.*: /, "")} | ${label} | ${column}`,
    unit,
  ]));
}

Deno.test("parseResqlite() takes units from headings, rows and names, and invents none", () => {
  const units = unitsOf(fixture("2026-04-16T22-30-30-x.md"));
  assert.equal(units["Point Query Throughput | resqlite qps | Value"], "per-second");
  assert.equal(units["Point Query Throughput | resqlite per query | Value"], "ms");
  assert.equal(units["Scaling (10 → 20,000 rows) | 20000 | resqlite wall"], "ms");
  assert.equal(units["Concurrent Reads (1000 rows per query) | 8 | async/query"], "ms");
  const profile = unitsOf(fixture("exp-127-writer-dispatch-aggregate.md"));
  const row = "A11c overlap / 50 streams x 500 writes";
  assert.deepEqual(profile, {
    [`Counters | ${row} | wall_ms`]: "ms",
    [`Counters | ${row} | writer_handle_us`]: "us",
    [`Counters | ${row} | writer_step_us`]: "us",
    [`Counters | ${row} | writer_handle_count`]: "",
    [`Counters | ${row} | invalidate_count`]: "",
    [`Counters | ${row} | parked_total`]: "",
  });
  const foreign = parseResqlite([
    "| case | mode | ops/s | time_to_quiet_ms | handler_us / wall_us | us per call | ran |",
    "|---|---|---|---|---|---|---|",
    "| burst | calm | 1,200 | 3.5 | 51.3% | 34.2 | twice |",
  ].join("\n"));
  assert.deepEqual(
    foreign.values.map(({ label, column, unit, value }) => [label, column, unit, value]),
    [
      ["burst / calm / twice", "ops/s", "per-second", 1200],
      ["burst / calm / twice", "time_to_quiet_ms", "ms", 3.5],
      ["burst / calm / twice", "handler_us / wall_us", "percent", 51.3],
      ["burst / calm / twice", "us per call", "us", 34.2],
    ],
  );
});

Deno.test("parseResqlite() reads the report of an experiment, words and bold numbers among its columns", () => {
  const { values, notUnderstood } = fixture("2026-08-14T14-57-54Z-exp271-writer-completion-catch.md");
  assert.deepEqual(notUnderstood, []);
  assert.deepEqual(values.map(({ column, unit, value }) => [column, unit, value]), [
    ["B1", "", 5.921],
    ["A1", "", 10.9],
    ["delta", "percent", 84.1],
    ["A2", "", 16.615],
    ["B2", "", 10.213],
    ["delta (2)", "percent", 62.7],
  ]);
  assert.equal(
    values[0]!.section,
    "Experiment 271: bounded writer completion catch: Decisive AOT A/B",
  );
});

Deno.test("parseResqlite() takes medians over repeats and their intervals, not the last repeat", () => {
  const { values, repeats } = fixture("2026-09-11T08-27-49-exp289-warm-connection-reruns.md");
  assert.deepEqual(repeats, { rowCount: 3, takenCount: 3 });
  const of = (column: string, section: RegExp) =>
    values.find((one) => one.column === column && section.test(one.section))!;
  const { value, lastRepeat, interval } = of("Wall med (ms)", /^High-Cardinality/);
  assert.deepEqual([value, lastRepeat, interval], [
    234.99,
    435.06,
    { lower: 232.35, upper: 435.06, kind: "confidence" },
  ]);
  assert.equal(of("Main med (ms)", /^High-Cardinality/).value, 0);
  const rate = values.find(({ label, column }) => label === "resqlite qps" && column === "Value")!;
  assert.deepEqual([rate.value, rate.lastRepeat, rate.unit], [166661, 165123, "per-second"]);
});

Deno.test("parseResqlite() tells rows apart that are cut to the same text, by their order and what they hold", () => {
  const { repeats, values } = fixture(APRIL_18);
  assert.deepEqual([repeats!.rowCount, values.filter(({ interval }) => interval !== undefined).length], [
    162,
    repeats!.takenCount,
  ]);
  assert.ok(repeats!.takenCount >= 150, `${repeats!.takenCount}`);
  const cut = (least: string, most: string): string =>
    [
      "## Keyed lookups of a table (v1)",
      "### with a rather long title",
      "| Library | Wall med (ms) | Main med (ms) |",
      "|---|---|---|",
      "| resqlite | 20.004 | 1.004 |",
      "## Repeat Stability",
      "| Benchmark | Median (ms) | Min | Max |",
      "|---|---|---|---|",
      `| Keyed lookups of a table (v1) / with a rather lo... | 21.00 | 19.00 | ${most} |`,
      `| Keyed lookups of a table (v1) / with a rather lo... | 1.00 | ${least} | 2.00 |`,
    ].join("\n");
  const told = parseResqlite(cut("0.50", "22.00"));
  // The second median agrees with the last repeat to all its digits: the further ones are kept.
  assert.deepEqual(told.values.map(({ value }) => value), [21, 1.004]);
  const untold = parseResqlite(cut("1.50", "19.50"));
  assert.deepEqual(untold.values.map(({ value, lastRepeat }) => [value, lastRepeat]), [
    [20.004, undefined],
    [1.004, undefined],
  ]);
});
