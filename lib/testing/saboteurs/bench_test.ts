/**
 * Blocks of a saboteur, in real child processes, as the bench runs them: what is legal converges, every lie is found,
 * and what is done to process, channel and realm changes no verdict and no number.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import {
  count,
  insert,
  type Operation,
  type Phase,
  type Program,
  select,
  type Table,
  update,
  type Verdict,
  type Workload,
} from "../../model/mod.ts";
import { runBlockProcess } from "../../cli/block_process.ts";
import { combineCells, selectAdapter, type SelectedAdapter } from "../../cli/select_cells.ts";
import type { BlockResult, SpawnedBlock } from "../../runner/mod.ts";
import { inTempFolder } from "../temp_folder.ts";
import {
  ASSAULTS,
  FORGETTERS,
  IMPOSTORS,
  LATE_LIES,
  LEGAL_WAYS,
  LIES,
  MODEST_WAYS,
  PATCHES,
  type Way,
} from "./ways.ts";

const items: Table = {
  name: "items",
  columns: [
    { name: "id", type: "integer" },
    { name: "name", type: "text", nullable: true },
    { name: "value", type: "integer", nullable: true },
  ],
  primaryKey: "id",
  indexes: [],
};
const notes: Table = {
  name: "notes",
  columns: [{ name: "id", type: "integer" }, { name: "body", type: "text" }],
  primaryKey: "id",
  indexes: [],
};
const columns = ["id", "name", "value"];
const readAll = select({
  table: "items",
  columns,
  where: [],
  orderBy: [{ column: "id", descending: false }],
});
const readInAnyOrder = select({ table: "items", columns, where: [], orderBy: [] });
const countItems = count({ table: "items", as: "c", where: [] });
const rename = update({
  table: "items",
  set: [{ column: "name", param: "name" }, { column: "value", param: "value" }],
  keyColumn: "id",
});
const addItem = insert({ table: "items", columns });
const editNote = update({ table: "notes", set: [{ column: "body", param: "body" }], keyColumn: "id" });

/** One of each kind that a saboteur changes. */
const VALUES: readonly (readonly [name: string | null, value: number | null])[] = [
  [null, null],
  [" padded ", 2],
  ["e\u0301", 3],
  ["12", 4],
  ["wide", 2 ** 40],
];

const operations: readonly Operation[] = [
  ...VALUES.map(([name, value], index): Operation => ({
    kind: "write",
    label: "rename",
    statement: rename,
    args: [name, value, index + 1],
  })),
  // The lies about values are over before the end, so that nobody waits for a right last state in vain.
  ...VALUES.map((_, index): Operation => ({
    kind: "write",
    label: "restore",
    statement: rename,
    args: [`item ${index}`, index, index + 1],
  })),
  { kind: "write", label: "edit note", statement: editNote, args: ["edited", 2] },
  { kind: "batch", label: "add", statement: addItem, rows: [[101, "a", 1], [102, "b", 2], [103, "c", 3]] },
  { kind: "read", label: "read", query: readAll, args: [] },
];

const phase: Phase = {
  name: "burst",
  watches: [
    { query: readAll, args: [] },
    { query: readAll, args: [] },
    { query: readInAnyOrder, args: [] },
    { query: countItems, args: [] },
  ],
  operations: () => operations,
  warmupOperationCount: 0,
  pacing: { turns: 1 },
  checks: [],
};

const program: Program = {
  tables: [items, notes],
  seeds: [
    {
      table: "items",
      rowCount: 60,
      firstKey: 1,
      row: (index) => ({ id: index + 1, name: `item ${index}`, value: index }),
      batchSize: 60,
    },
    {
      table: "notes",
      rowCount: 3,
      firstKey: 1,
      row: (index) => ({ id: index + 1, body: "written" }),
      batchSize: 3,
    },
  ],
  iterations: [{ warmup: false, freshSession: true, phases: [phase] }],
};

const workload: Workload = {
  id: "bait",
  version: 1,
  title: "Bait",
  question: "Does it cheat?",
  unfair: "It measures nothing.",
  slow: false,
  withoutLiveQueries: "floor",
  phases: [{ name: "burst", title: "Burst" }],
  parameters: { smoke: {}, standard: {}, large: {} },
  program: () => program,
};

/** The others need a batch that is broken off, or a close. */
const SEEN_BY_ONE_KILL = FORGETTERS.slice(0, 4);

const pathOf = (name: string) => new URL(name, import.meta.url).pathname;
let saboteur: Promise<SelectedAdapter> | undefined;

interface Played {
  readonly evidence?: "digests" | "rows";
  readonly timeoutMs?: number;
  /** The module that the child loads instead. */
  readonly module?: string;
}

async function play(way: Way, { evidence = "digests", timeoutMs = 60_000, module }: Played = {}): Promise<
  SpawnedBlock & { readonly elapsedNs: number }
> {
  const isModest = (MODEST_WAYS as readonly Way[]).includes(way);
  // Those declare something else than the others.
  const { adapter, module: own } = isModest
    ? await selectAdapter(`${pathOf("saboteur.ts")}:way=${way}`)
    : await (saboteur ??= selectAdapter(pathOf("saboteur.ts")));
  const [selected] = combineCells([{ workload }], [{ adapter, options: { way }, module: module ?? own! }], [
    "smoke",
  ]);
  let spawned: SpawnedBlock | undefined;
  const startMs = performance.now();
  await inTempFolder(async (tempDirectory) => {
    spawned = await runBlockProcess(
      selected!,
      { cell: selected!.cell, evidence, blockIndex: 0, position: 0 },
      { tempDirectory, keepTemp: false, seed: 0, timeoutMs, signal: new AbortController().signal },
      () => {},
    );
  });
  return { ...spawned!, elapsedNs: (performance.now() - startMs) * 1e6 };
}

function resultOf({ ending, output }: SpawnedBlock): BlockResult {
  ok(ending.kind === "result", `${JSON.stringify(ending)}\n${output.join("\n")}`);
  return ending.result;
}

for (const way of LEGAL_WAYS) {
  Deno.test(`runBlockProcess() accuses nobody who ${way}`, async () => {
    const { verdict, findings, phases, warnings } = resultOf(await play(way));
    deepStrictEqual([verdict, findings, warnings], ["converged", [], []]);
    ok(phases[0]!.metrics["done_ns"]! > 0);
  });
}

for (
  const way of ["is-honest", "commits-in-groups-and-acknowledges-then", ...MODEST_WAYS.slice(0, 1)] as const
) {
  Deno.test(`runBlockProcess() accuses nobody of forgetting who ${way}`, async () => {
    const { verdict, findings, facts } = resultOf(await play(way, { evidence: "rows" }));
    deepStrictEqual([verdict, findings], ["converged", []]);
    match(
      facts["after a kill"]!,
      way === "is-honest" ? /every acknowledged write is there/ : /acknowledged write/,
    );
  });
}

for (const way of SEEN_BY_ONE_KILL) {
  Deno.test(`runBlockProcess() finds out by a kill who ${way}`, async () => {
    const { verdict, findings } = resultOf(await play(way, { evidence: "rows" }));
    strictEqual(verdict, "lost", JSON.stringify(findings));
    match(
      findings[0]!.detail,
      /^Of \d+ writes that were acknowledged before its process was killed, \d+ were there/,
    );
  });
}

const VERDICTS: Readonly<
  Record<typeof LIES[number] | typeof LATE_LIES[number], readonly [Verdict, RegExp]>
> = {
  "skips-unwatched-writes": ["misread", /The table "notes" at the end/],
  "keeps-half-of-each-batch": ["misread", /shows a wrong result/],
  "shows-a-batch-before-its-commit": ["phantom", /equals no committed state/],
  "shows-null-as-text": ["phantom", /equals no committed state/],
  "trims-text": ["phantom", /equals no committed state/],
  "normalizes-text": ["phantom", /equals no committed state/],
  "makes-numbers-of-text": ["phantom", /equals no committed state/],
  "shows-32-bits": ["phantom", /equals no committed state/],
  "shortens-large-windows": ["phantom", /equals no committed state/],
  "shows-old-states-again": ["regressed", /goes back/],
  "shows-old-states-once-all-is-quiet": ["regressed", /goes back/],
  "fills-rows-in-later": ["phantom", /equals no committed state/],
  "delivers-after-close": ["phantom", /Live queries that were closed went on/],
  "loses-the-last-change": ["lost", /The last emission, .* is not the state/],
  "misreads": ["misread", /shows a wrong result/],
  "brings-no-live-queries": ["error", /declares live queries/],
  "changes-rows-afterwards": ["phantom", /changed after their delivery/],
};

/** Whether rows change can be seen only there, and only there the bench looks once more after a while. */
const SEEN_WHERE_ROWS_ARE_KEPT: readonly Way[] = [
  "changes-rows-afterwards",
  "shows-old-states-once-all-is-quiet",
];

for (const way of [...LIES, ...LATE_LIES]) {
  Deno.test(`runBlockProcess() finds out who ${way}, and gives no numbers`, async () => {
    const evidence = SEEN_WHERE_ROWS_ARE_KEPT.includes(way) ? "rows" : "digests";
    const { verdict, findings, metrics, phases } = resultOf(await play(way, { evidence }));
    const [expected, detail] = VERDICTS[way];
    strictEqual(verdict, expected, JSON.stringify(findings));
    ok(findings.some((finding) => detail.test(finding.detail)), JSON.stringify(findings));
    deepStrictEqual([metrics, phases.map((one) => one.metrics)], [{}, [{}]]);
  });
}

/** The warning that each gets, and the block in which it is looked for. */
const WARNINGS = {
  "works-in-a-thread-and-says-caller": ["works-elsewhere", "digests"],
  "runs-queries-for-ever": ["busy-while-quiet", "rows"],
} as const satisfies Readonly<Record<typeof IMPOSTORS[number], unknown>>;

for (const way of IMPOSTORS) {
  Deno.test({
    name: `runBlockProcess() warns of who ${way}`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const [kind, evidence] = WARNINGS[way];
      const { verdict, warnings } = resultOf(await play(way, { evidence }));
      deepStrictEqual([verdict, warnings.map((warning) => warning.kind)], ["converged", [kind]]);
    },
  });
}

/** The reason of a block that failed; `converged` where the assault is no lie. */
const ENDINGS: Readonly<Record<typeof ASSAULTS[number], RegExp | "converged">> = {
  "writes-into-the-channel": /wrote into the channel that belongs to the bench/,
  "leaves-with-a-perfect-result": /exited with code 0 during burst 1\/1, without a result/,
  "hangs-in-a-write": /Timed out after 2000 ms/,
  "spins-in-a-write": /Timed out after 2000 ms/,
  "floods": /Printed more than 16 MiB/,
  "raises-in-the-background": /exited with code 1 during burst 1\/1/,
  "leaves-a-process-behind": "converged",
};

for (const way of ASSAULTS) {
  Deno.test(`runBlockProcess() survives who ${way}`, async () => {
    const never = way === "hangs-in-a-write" || way === "spins-in-a-write";
    const played = await play(way, never ? { timeoutMs: 2000 } : {});
    const expected = ENDINGS[way];
    if (expected === "converged") {
      const { verdict, warnings } = resultOf(played);
      strictEqual(verdict, "converged");
      if (Deno.build.os !== "linux") return;
      deepStrictEqual(warnings, [{ kind: "left-behind", names: ["sleep"], count: 1 }]);
    } else {
      ok(played.ending.kind === "failed", JSON.stringify(played.ending));
      match(played.ending.reason, expected);
    }
  });
}

for (const way of PATCHES) {
  Deno.test(`runBlockProcess() judges and measures as before when an adapter ${way}`, async () => {
    for (const evidence of ["digests", "rows"] as const) {
      const played = await play(way, { evidence });
      const { verdict, findings, phases } = resultOf(played);
      deepStrictEqual([verdict, findings], ["converged", []]);
      if (evidence === "rows") continue;
      const { metrics, operations: labels } = phases[0]!;
      deepStrictEqual(labels.map(({ label, latency }) => [label, latency.count]), [
        ["rename", VALUES.length],
        ["restore", VALUES.length],
        ["edit note", 1],
        ["add", 1],
        ["read", 1],
      ]);
      // Three streams have to show each update of a row and the batch, and the count the batch only.
      strictEqual(metrics["emissions_needed"], 3 * (2 * VALUES.length + 1) + 1);
      for (const name of ["wall_ns", "done_ns"]) {
        const ns = metrics[name]!;
        ok(ns > 0 && ns < played.elapsedNs, `${name} is ${ns}, the block took ${played.elapsedNs}`);
      }
    }
  });
}

Deno.test("runBlockProcess() ends a module that never finishes loading when its time is over", async () => {
  const { ending } = await play("is-honest", { timeoutMs: 1500, module: pathOf("never_loads.ts") });
  deepStrictEqual(ending, { kind: "failed", reason: "Timed out after 1500 ms during load" });
});
