import assert from "node:assert/strict";
import { importedResultsSchema } from "./imported_results.ts";
import { readResqliteFile, readResqliteJson } from "./read_resqlite_file.ts";

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const KEY = "Reads / 10 rows / resqlite";
const MARKDOWN = new TextEncoder().encode([
  "# resqlite Benchmark Results",
  "- OS: `macos 26`",
  "## Reads",
  "### 10 rows",
  "| Library | Wall med (ms) | Main med (ms) |",
  "|---|---|---|",
  "| resqlite | 2.500 | 0.100 |",
].join("\n"));
const SIDECAR = {
  kind: "release-benchmark-run",
  schemaVersion: 3,
  repeatCount: 5,
  environment: {
    hostname: "a.local",
    os: "macos",
    processors: 10,
    dartVersion: "3.12.2",
    runtime: "dart-vm",
    gitSha: "9583bb6affdd",
    gitBranch: "exp-289",
    gitDirty: true,
  },
  metrics: { [KEY]: 2.5, [`${KEY} [main]`]: 0.1, "Point Query Throughput / resqlite qps": 1000 },
  repeatAggregates: { [KEY]: { median: 2.2, madPct: 1 } },
};

Deno.test("readResqliteFile() takes exact medians, machine and commit from the sidecar", () => {
  const name = "2026-09-11T08-27-49-x.md";
  const alone = readResqliteFile(name, MARKDOWN)!;
  assert.deepEqual([alone.machine, alone.values[0]!.value], ["macos 26", 2.5]);
  const read = readResqliteFile(name, MARKDOWN, JSON.stringify(SIDECAR))!;
  importedResultsSchema.parse(read);
  assert.deepEqual([read.machine, read.commit], ["a.local, 10 processors, macos", "9583bb6affdd"]);
  assert.deepEqual(read.values.map(({ value, lastRepeat }) => [value, lastRepeat]), [
    [2.2, 2.5],
    [0.1, undefined],
  ]);
  assert.deepEqual(read.settings.slice(1), [
    { name: "Machine", value: "a.local, 10 processors, macos" },
    { name: "Dart", value: "3.12.2, dart-vm" },
    { name: "Git branch", value: "exp-289, with changes" },
  ]);
  for (const other of ["{", "[]", JSON.stringify({ schema_version: 1 })]) {
    assert.deepEqual(readResqliteFile(name, MARKDOWN, other), alone);
  }
});

Deno.test("readResqliteFile() dates a report by its text, or not at all", () => {
  const report = (line: string) =>
    readResqliteFile("exp-127-x-aggregate.md", new TextEncoder().encode(`# Experiment 127\n\n${line}\n`))!;
  assert.equal(report("Date: 2026-05-04").startedAt, "2026-05-04");
  assert.equal(report("Date: spring").startedAt, "");
});

Deno.test("readResqliteJson() reads a sidecar that stands alone", () => {
  const [read] = readResqliteJson("2026-09-11T08-27-49-x.json", encode(SIDECAR))!;
  importedResultsSchema.parse(read);
  assert.deepEqual([read!.startedAt, read!.label], ["2026-09-11T08:27:49", "x"]);
  assert.deepEqual(
    read!.values.map(({ section, subsection, label, column, unit, value }) => [
      section,
      subsection,
      label,
      column,
      unit,
      value,
    ]),
    [
      ["Reads", "10 rows", "resqlite", "Wall med (ms)", "ms", 2.2],
      ["Reads", "10 rows", "resqlite", "Main med (ms)", "ms", 0.1],
      ["Point Query Throughput", "", "resqlite qps", "Value", "per-second", 1000],
    ],
  );
});

Deno.test("readResqliteJson() reads a history as one result per run", () => {
  const history = {
    generated: "2026-04-16",
    runs: [
      {
        id: "a",
        date: "2026-04-06",
        timestamp: "2026-04-06T22:05:35",
        label: "first",
        metrics: { [KEY]: 3 },
      },
      { id: "b", date: "2026-04-07", metrics: { [KEY]: null }, noisy: true, noisyReason: "control too slow" },
    ],
  };
  const read = readResqliteJson("history.json", encode(history))!;
  for (const one of read) importedResultsSchema.parse(one);
  assert.deepEqual(read.map(({ label, startedAt, values }) => [label, startedAt, values.length]), [
    ["first", "2026-04-06T22:05:35", 1],
    ["b", "2026-04-07", 0],
  ]);
  assert.deepEqual(read[1]!.settings, [{ name: "Noisy", value: "control too slow" }]);
});

Deno.test("readResqliteJson() reads devices, each of them a machine, and guesses no column", () => {
  const entry = (
    title: string,
    subtitle: string | null,
    values: readonly (number | null)[],
    library = "resqlite",
  ) => ({
    key: `${title} / ${subtitle}`,
    title,
    subtitle,
    entries: [{ library, values }],
  });
  const device = {
    name: 'MacBook Pro 14"',
    cpu: "M1 Pro 10c",
    os: "macOS 26.2",
    date: "2026-04-18",
    benchmarks: [
      entry("Select → Maps", "10 rows", [0.012, 0.013, 0.001, 0.002]),
      entry("Concurrent Reads (1000 rows per query)", "8× concurrency", [0.68, 1.18, 0.09]),
      entry("Concurrent Reads (1000 rows per query)", null, [0.68, 0.1, 1, 0.2], "8"),
      entry("High-Cardinality Stream Fan-out (v1)", "100 streams", [246, 247, 0, 0, 13, 233, 7]),
      entry("Memory", "Select", [4, 9, null, 3]),
      entry("Something New", "x", [1, 2, 3]),
      entry("Memory Comparison vs Previous Run", null, [1, 2, 3, 4]),
    ],
  };
  const [read, ...others] = readResqliteJson("devices.json", encode({ devices: [device] }))!;
  importedResultsSchema.parse(read);
  assert.deepEqual([others.length, read!.machine, read!.startedAt], [
    0,
    'MacBook Pro 14", M1 Pro 10c',
    "2026-04-18T00:00:00",
  ]);
  assert.deepEqual(read!.skippedSections.map(({ title }) => title), [
    "Something New / x",
    "Memory Comparison vs Previous Run",
  ]);
  const shown = (section: RegExp) =>
    read!.values.filter((one) => section.test(one.section)).map((
      { column, unit, value },
    ) => [column, unit, value]);
  assert.deepEqual(shown(/^Memory$/), [["RSS delta med (MB)", "MB", 4], ["RSS delta p90 (MB)", "MB", 9]]);
  assert.deepEqual(shown(/^High/).slice(4), [
    ["Init drain (ms)", "ms", 13],
    ["Write burst (ms)", "ms", 233],
    ["Emissions", "", 7],
  ]);
  assert.deepEqual(shown(/^Concurrent/), [
    ["Wall med (ms)", "ms", 0.68],
    ["Wall p90 (ms)", "ms", 1.18],
    ["Per-query (ms)", "ms", 0.09],
    ["resqlite wall", "ms", 0.68],
    ["resqlite/query", "ms", 0.1],
    ["async wall", "ms", 1],
    ["async/query", "ms", 0.2],
  ]);
  assert.equal(readResqliteJson("device.json", encode(device))!.length, 1);
  assert.equal(readResqliteJson("other.json", encode({ a: 1 })), undefined);
});
