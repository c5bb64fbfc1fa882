import assert from "node:assert/strict";
import { conformancePage } from "./conformance_page.ts";
import {
  type DrivenReport,
  mergeConformance,
  parseConformance,
  storeConformance,
  type StoredConformance,
} from "./stored_conformance.ts";

const environment = {
  commit: "0123456789abcdef",
  isDirty: false,
  deno: "2.9.6",
  os: "linux",
  cpuModel: "A CPU",
};
const table = storeConformance(
  [
    {
      adapter: "one",
      options: {},
      drivers: { "one-db": "1.0.0" },
      results: [
        { key: "read/a", verdict: "passed", reason: "" },
        { key: "read/b", verdict: "known-gap", reason: "one-db 1.0.0 is wrong (now: got | 2)" },
        { key: "watch/c", verdict: "skipped", reason: "It cannot" },
      ],
    },
    {
      adapter: "two",
      options: { mode: "fast" },
      drivers: {},
      results: [
        { key: "read/a", verdict: "passed", reason: "" },
        { key: "read/b", verdict: "failed", reason: "expected 1,\ngot 2" },
        { key: "watch/c", verdict: "passed", reason: "" },
      ],
    },
    { adapter: "three", options: {}, drivers: {}, unavailable: "No server", results: [] },
  ],
  environment,
  new Date("2026-11-28T11:30:00.000Z"),
);

Deno.test("conformancePage() counts by kind, names gaps and faults with their reasons, and says why others were not asked", () => {
  const page = conformancePage(table);
  for (
    const line of [
      "Run until 2026-11-28T11:30 UTC: Deno 2.9.6, linux, A CPU, commit 0123456789ab.",
      "| adapter | read | watch |",
      "| one | 1 + 1 gap | - |",
      "| two:mode=fast | 1, 1 fails | 1 |",
      "| three | not here | not here |",
      "- **one** `read/b`: one-db 1.0.0 is wrong.",
      "- **two:mode=fast** `read/b`: expected 1, got 2.",
      "- It cannot (1 scenario): one.",
      "- No server: three.",
      "- one: one-db 1.0.0",
    ]
  ) assert.ok(page.split("\n").includes(line), `missing: ${line}\n${page}`);
});

Deno.test("parseConformance() reads what storeConformance() made, and names what is wrong with anything else", () => {
  assert.deepEqual(parseConformance(JSON.stringify(table), "x.json"), table);
  const broken = JSON.stringify({ ...table, adapters: [{ adapter: "one" }] });
  assert.throws(() => parseConformance(broken, "x.json"), /Cannot read "x\.json".*adapters\.0\./);
});

Deno.test("parseConformance() reads a table of before, which was one run", () => {
  const { runs: [run], adapters } = table;
  const before = { schemaVersion: 1, ...run, adapters: adapters.map(({ run: _, ...row }) => row) };
  assert.deepEqual(parseConformance(JSON.stringify(before), "x.json"), table);
});

/** A report of one scenario that was kept. */
function report(adapter: string, more: Partial<DrivenReport> = {}): DrivenReport {
  return {
    adapter,
    options: {},
    drivers: {},
    results: [{ key: "read/a", verdict: "passed", reason: "" }],
    ...more,
  };
}

function at(day: number, ...reports: readonly DrivenReport[]): StoredConformance {
  return storeConformance(reports, environment, new Date(`2026-11-0${day}T10:00:00Z`));
}

/** Of each row its name and the day of its run. */
function rowsOf({ adapters, runs }: StoredConformance): string[] {
  return adapters.map((row) =>
    [row.adapter, ...Object.values(row.options), row.runtime ?? "deno", runs[row.run]!.endedAt.slice(8, 10)]
      .join(" ")
  );
}

Deno.test("mergeConformance() keeps what other runtimes and other adapters stored, and replaces what was tried anew", () => {
  const first = at(1, report("one"), report("two"), report("one", { runtime: "node" }));
  const second = at(2, report("two", { runtime: "node" }), report("one"));
  const both = mergeConformance(first, second, false);
  assert.deepEqual(rowsOf(both), ["one deno 02", "two deno 01", "one node 01", "two node 02"]);
  assert.deepEqual(parseConformance(JSON.stringify(both), "x.json"), both);
  const third = mergeConformance(both, at(3, report("two"), report("one", { runtime: "node" })), false);
  assert.deepEqual(rowsOf(third), ["one deno 02", "two deno 03", "one node 03", "two node 02"]);
  assert.deepEqual(third.runs.map(({ endedAt }) => endedAt.slice(8, 10)), ["02", "03"]);
});

Deno.test("mergeConformance() drops what is gone: all else of a runtime that was tried whole, and options that an adapter has no more", () => {
  const before = at(1, report("one"), report("gone"), report("gone", { runtime: "node" }));
  assert.deepEqual(rowsOf(mergeConformance(before, at(2, report("one")), true)), [
    "one deno 02",
    "gone node 01",
  ]);
  const options = at(1, report("one", { options: { mode: "a" } }), report("one", { options: { mode: "b" } }));
  assert.deepEqual(
    rowsOf(mergeConformance(options, at(2, report("one", { options: { mode: "b" } })), false)),
    [
      "one a deno 01",
      "one b deno 02",
    ],
  );
  assert.deepEqual(rowsOf(mergeConformance(options, at(2, report("one")), false)), ["one deno 02"]);
});

Deno.test("mergeConformance() keeps what an adapter did where it cannot be tried this time", () => {
  const missing = report("one", { unavailable: "No server", results: [] });
  assert.deepEqual(rowsOf(mergeConformance(at(1, report("one")), at(2, missing), true)), ["one deno 01"]);
  assert.deepEqual(rowsOf(mergeConformance(at(1, missing), at(2, missing), true)), ["one deno 02"]);
});

Deno.test("conformancePage() of several runtimes has a table of databases by runtime, and one by kind for each", () => {
  const gap = [{ key: "watch/b", verdict: "known-gap" as const, reason: "one-db is wrong (now: 2)" }];
  const page = conformancePage(mergeConformance(
    at(1, report("one", { results: [...report("one").results, ...gap] }), report("two")),
    storeConformance(
      [
        report("one", { runtime: "node", results: [...report("one").results, ...gap] }),
        report("two", { runtime: "node", unavailable: "It runs in Deno only", results: [] }),
      ],
      { ...environment, runtimes: { node: "24.1.0" } },
      new Date("2026-11-02T10:00:00Z"),
    ),
    false,
  ));
  for (
    const line of [
      "From 2 runs, which the end of this page names.",
      "| adapter | Deno | Node |",
      "| one | 1 + 1 gap | 1 + 1 gap |",
      "| two | 1 | not here |",
      "## By kind in Node",
      "| adapter | read | watch |",
      "| one | 1 | 0 + 1 gap |",
      "- **one in Deno, Node** `watch/b`: one-db is wrong.",
      "- It runs in Deno only: two in Node.",
      "- Until 2026-11-01T10:00 UTC: Deno 2.9.6, linux, A CPU, commit 0123456789ab: one, two in Deno.",
      "- Until 2026-11-02T10:00 UTC: Deno 2.9.6, Node 24.1.0, linux, A CPU, commit 0123456789ab: one, two in Node.",
    ]
  ) assert.ok(page.split("\n").includes(line), `missing: ${line}\n${page}`);
  assert.equal(page.split("\n").filter((line) => line.startsWith("| two |")).length, 2);
});

Deno.test("results/conformance.md is what results/conformance.json says", () => {
  const root = new URL("../../results/", import.meta.url);
  const text = Deno.readTextFileSync(new URL("conformance.json", root));
  const page = Deno.readTextFileSync(new URL("conformance.md", root));
  assert.equal(page, conformancePage(parseConformance(text, "results/conformance.json")));
});
