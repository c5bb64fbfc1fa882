import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { nodeSqlite } from "../adapters/node_sqlite.ts";
import {
  type Adapter,
  count,
  defaultOptions,
  insert,
  type Phase,
  type PhaseTimeline,
  type Program,
  select,
  type Table,
  update,
  type Verdict,
} from "../model/mod.ts";
import { fakeAdapter, type FakeOptions, type Sin } from "../testing/fake_adapter.ts";
import { FakeRuntime } from "../testing/fake_runtime.ts";
import { phaseMarks } from "../../site/pages/timeline_marks.ts";
import { phaseNumbers } from "../../site/pages/timeline_numbers.ts";
import { ChildPlayer } from "../child/mod.ts";
import { type BlockResult, ENOUGH_TIMED_MS, runBlock, type Soak } from "./run_block.ts";

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }, { name: "value", type: "integer" }],
  primaryKey: "id",
  indexes: [],
};
const setValue = update({ table: "items", set: [{ column: "value", param: "value" }], keyColumn: "id" });
const addItem = insert({ table: "items", columns: ["id", "value"] });
const readAll = select({
  table: "items",
  columns: ["id", "value"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});
const countAll = count({ table: "items", as: "c", where: [] });

const phase: Phase = {
  name: "burst",
  watches: [{ query: readAll, args: [] }],
  operations: () => [
    ...[1, 2, 3, 4].map((value) => ({
      kind: "write" as const,
      label: "update",
      statement: setValue,
      args: [value * 10, (value % 3) + 1],
    })),
    { kind: "batch", label: "batch insert", statement: addItem, rows: [[4, 1], [5, 1]] },
    { kind: "read", label: "read all", query: readAll, args: [] },
  ],
  warmupOperationCount: 1,
  pacing: { turns: 1 },
  checks: [{ query: countAll, args: [] }],
};

const program: Program = {
  tables: [items],
  seeds: [{ table: "items", rowCount: 3, firstKey: 1, row: (i) => ({ id: i + 1, value: i }), batchSize: 2 }],
  iterations: [
    { warmup: true, freshSession: true, phases: [phase] },
    { warmup: false, freshSession: true, phases: [phase] },
    { warmup: false, freshSession: true, phases: [phase] },
  ],
};

interface Told {
  readonly keepsRows?: boolean;
  /** Default is {@link program}. */
  readonly plays?: Program;
  readonly onTimeline?: (phases: readonly PhaseTimeline[]) => void;
  /** How far each reading moves the clock. */
  readonly stepNs?: number;
  readonly soak?: Soak;
  /** As in a page whose scripts ran after so long. */
  readonly pageStartNs?: number;
}

/** Runs the block with the child's side in this process, on a clock that stands still between readings. */
async function run(
  fake: FakeOptions,
  { keepsRows = false, plays = program, onTimeline, stepNs, soak, pageStartNs }: Told = {},
): Promise<BlockResult> {
  const directory = await Deno.makeTempDir();
  try {
    return await runBlock({
      player: new ChildPlayer({
        runtime: pageStartNs === undefined
          ? new FakeRuntime(stepNs)
          : Object.assign(new FakeRuntime(stepNs), { pageStartNs }),
        loadAdapter: () => Promise.resolve(fakeAdapter(fake)),
      }),
      begin: {
        adapter: "fake",
        options: {},
        key: { a: 1, b: 2 },
        keepsRows,
        // A clock of long steps passes a deadline by being looked at.
        patience: { finalQuietMs: 5, quietMs: 10, deadlineMs: stepNs === undefined ? 100 : 1e6 },
      },
      counters: fakeAdapter(fake).counters,
      program: plays,
      makeDirectory: async (name) => {
        await Deno.mkdir(`${directory}/${name}`);
        return `${directory}/${name}`;
      },
      readings: {
        peakMemoryBytes: () => Promise.resolve(2000),
        memoryBytes: () => Promise.resolve(1000),
        serverCpuNs: () => Promise.resolve(undefined),
        allCpuNs: () => Promise.resolve(undefined),
      },
      onStep: () => {},
      onTimeline,
      soak,
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("runBlock() repeats iterations until enough was timed, each repetition as a whole, and none for its rows", async () => {
  const once = { warmup: false, freshSession: true, phases: [phase] };
  const repeated: Program = {
    ...program,
    iterations: [once, ...[1, 1, 2, 2].map((repetition) => ({ ...once, repetition }))],
  };
  const countOf = async (told: Told): Promise<number> =>
    (await run({}, { plays: repeated, ...told })).phases[0]!.iterationCount;
  strictEqual(await countOf({}), 5);
  // Five recorded operations and their deliveries take about 20 readings, the watch of the loop's delay a few more.
  const perPhase = (ms: number): number => ms * 1e6 / 20;
  strictEqual(await countOf({ stepNs: perPhase(0.6 * ENOUGH_TIMED_MS) }), 3);
  strictEqual(await countOf({ stepNs: perPhase(3 * ENOUGH_TIMED_MS) }), 1);
  strictEqual(await countOf({ keepsRows: true }), 1);
});

Deno.test("runBlock() folds recorded iterations into exact numbers when the clock is exact", async () => {
  const { verdict, phases, metrics } = await run({});
  strictEqual(verdict, "converged");
  const [burst] = phases;
  strictEqual(burst!.iterationCount, 2);
  // Four writes and the batch change the result; the first write is a warm-up operation.
  strictEqual(burst!.metrics["emissions_needed"], 4);
  strictEqual(burst!.metrics["emissions_redundant"], 0);
  strictEqual(burst!.metrics["settle_ns"], 0);
  strictEqual(
    burst!.metrics["freshness_max_ns"],
    0,
    "the fake shows a change before it acknowledges the write",
  );
  strictEqual(
    burst!.metrics["stale_max_ns"],
    1000,
    "one reading of the clock lies between call and emission",
  );
  strictEqual(burst!.metrics["done_ns"], burst!.metrics["wall_ns"]);
  strictEqual(metrics["peak_memory_bytes"], 2000, "as the parent reads it");
  deepStrictEqual(burst!.counters, { writes: 4 });
  deepStrictEqual(burst!.operations.map(({ label, latency }) => [label, latency.count]), [
    ["update", 6],
    ["batch insert", 2],
    ["read all", 2],
  ]);
  // A write reads the clock twice itself and the observer of its emission twice more: 3 steps of 1000 ns lie between.
  deepStrictEqual(burst!.operations[0]!.latency.samplesNs, Array(6).fill(3000));
  deepStrictEqual(burst!.operations[2]!.latency.samplesNs, Array(2).fill(1000));
});

Deno.test("runBlock() keeps warm-ups out of the numbers", async () => {
  const verbs: string[] = [];
  const { phases } = await run({ onVerb: (verb) => verbs.push(verb) });
  strictEqual(verbs.filter((verb) => verb === "open").length, 3);
  strictEqual(phases[0]!.operations[0]!.latency.count, 2 * 3);
});

Deno.test("runBlock() opens, watches, writes, reads and closes in this order", async () => {
  const verbs: string[] = [];
  await run({ onVerb: (verb) => verbs.push(verb) });
  const perSession = [
    ...["open", "batch", "batch", "watch", "write", "write", "write", "write", "batch", "read"],
    // The fresh read of the watch, the check, and the whole table.
    ...["read", "read", "read", "close"],
  ];
  deepStrictEqual(verbs, [...perSession, ...perSession, ...perSession]);
});

Deno.test("runBlock() runs the operations as a floor when the adapter cannot watch", async () => {
  const { verdict, phases, warnings } = await run({ canWatch: false });
  strictEqual(verdict, "converged");
  strictEqual(phases[0]!.unwatched, true);
  deepStrictEqual(warnings, [{ kind: "unwatched", phase: "burst" }]);
  ok(phases[0]!.metrics["wall_ns"]! > 0);
  strictEqual(phases[0]!.metrics["emissions_needed"], undefined);
});

type UnlistedSin = "none" | "has-no-driver" | "skips-unwatched-writes" | "changes-delivered-rows";

const SIN_VERDICTS: Readonly<Record<Exclude<Sin, UnlistedSin>, readonly [Verdict, RegExp]>> = {
  "drops-last-emission": ["lost", /./],
  "shows-half-a-batch": ["phantom", /equals no committed state.*4 rows where the truth has 5 rows/],
  "goes-back-in-time": ["regressed", /goes back to the state made by operation 0/],
  "shows-a-wrong-value": ["phantom", /"id" 1\.5 where the truth has 1/],
  "misreads": ["misread", /read|row/],
  "reports-an-error": ["error", /no such table/],
  "throws-on-write": ["error", /disk I\/O error/],
};

for (const [sin, [verdict, detail]] of Object.entries(SIN_VERDICTS)) {
  Deno.test(`runBlock() says "${verdict}" and gives no speed when the database ${sin}`, async () => {
    strictEqual((await run({ sin: sin as Sin })).verdict, verdict, "digests tell");
    const result = await run({ sin: sin as Sin }, { keepsRows: true });
    strictEqual(result.verdict, verdict);
    match(result.findings[0]!.detail, detail);
    strictEqual(result.findings[0]!.verdict, verdict);
    ok(result.findingCount >= 1);
    deepStrictEqual(result.metrics, {});
    for (const { metrics, operations } of result.phases) deepStrictEqual([metrics, operations], [{}, []]);
  });
}

for (const closing of ["throws", "never-ends"] as const) {
  Deno.test(`runBlock() keeps the verdict when closing ${closing} after it`, async () => {
    const { verdict, findingCount } = await run({ sin: "drops-last-emission", closing });
    deepStrictEqual([verdict, findingCount], ["lost", 1]);
  });
}

Deno.test("runBlock() throws the database's message when it cannot close after all was right", async () => {
  await rejects(run({ closing: "throws" }), { message: "unable to close" });
});

Deno.test("runBlock() ends with the first phase that was wrong", async () => {
  const verbs: string[] = [];
  const { verdict, phases } = await run({ sin: "misreads", onVerb: (verb) => verbs.push(verb) });
  strictEqual(verdict, "misread");
  strictEqual(verbs.filter((verb) => verb === "open").length, 1, "the warm-up was wrong already");
  deepStrictEqual(phases.map(({ name, iterationCount }) => [name, iterationCount]), [["burst", 0]]);
});

Deno.test("runBlock() takes repeated emissions for waste and not for a lie", async () => {
  const { verdict, phases } = await run({ repeatsEmissions: true });
  strictEqual(verdict, "converged");
  // The first result comes twice as well, and its repetition counts as delivered.
  ok(phases[0]!.metrics["emissions_redundant"]! >= 4);
});

Deno.test("runBlock() throws the driver's message when the driver is missing", async () => {
  await rejects(run({ sin: "has-no-driver" }), {
    name: "DriverUnavailableError",
    message: /Cannot load driver "fake"/,
  });
});

async function timelineOf(fake: FakeOptions): Promise<PhaseTimeline> {
  let phases: readonly PhaseTimeline[] = [];
  await run(fake, { keepsRows: true, onTimeline: (timeline) => phases = timeline });
  strictEqual(phases.length, 1);
  return phases[0]!;
}

Deno.test("runBlock() pictures the last recorded iteration of each phase", async () => {
  const timeline = await timelineOf({});
  deepStrictEqual([timeline.phase, timeline.iteration, timeline.verdict], ["burst", 2, "converged"]);
  deepStrictEqual(timeline.labels, [
    { kind: "write", label: "update" },
    { kind: "batch", label: "batch insert" },
    { kind: "read", label: "read all" },
  ]);
  deepStrictEqual(timeline.operations.label, [0, 0, 0, 0, 1, 2]);
  const [stream] = timeline.streams;
  deepStrictEqual(stream!.changeGaps, [0, 1, 1, 1, 1], "every write and the batch, not the read");
  deepStrictEqual(stream!.shownGaps, [0, 1, 1, 1, 1, 1]);
  const numbers = phaseNumbers(phaseMarks(timeline));
  // The first write is a warm-up.
  deepStrictEqual([numbers.changeCount, numbers.shownCount, numbers.emissionCount], [4, 4, 4]);
  strictEqual(numbers.outdatedMaxUs, 0);
  strictEqual(numbers.requeryCount, undefined, "the fake does not tell");
});

Deno.test("runBlock() measures the same with pictures and without", async () => {
  deepStrictEqual(await run({}, { onTimeline: () => {} }), await run({}));
});

Deno.test("runBlock() pictures the first iteration that went wrong, a warm-up too", async () => {
  const regressed = await timelineOf({ sin: "goes-back-in-time" });
  strictEqual(regressed.iteration, 0);
  deepStrictEqual(regressed.streams[0]!.faults.map(({ verdict }) => verdict), ["regressed"]);
  const phantom = await timelineOf({ sin: "shows-half-a-batch" });
  deepStrictEqual(phantom.streams[0]!.faults.map(({ verdict }) => verdict), ["phantom"]);
  const lost = await timelineOf({ sin: "drops-last-emission" });
  strictEqual(lost.streams[0]!.isLost, true);
  const numbers = phaseNumbers(phaseMarks(lost));
  strictEqual(numbers.shownCount, 0);
  ok(numbers.outdatedShare > 0.5);
});

Deno.test("runBlock() pictures the operations of a phase that ran unwatched", async () => {
  const timeline = await timelineOf({ canWatch: false });
  strictEqual(timeline.unwatched, true);
  deepStrictEqual(timeline.streams, []);
  strictEqual(timeline.operations.label.length, 6);
});

Deno.test("runBlock() asks for re-queries only when a picture is wanted, and outside the operations", async () => {
  const verbs: string[] = [];
  const requery = { startMs: 1, endMs: 2 };
  const fake: FakeOptions = {
    onVerb: (verb) => verbs.push(verb),
    requeries: () => {
      verbs.push("requeries");
      return [requery];
    },
  };
  await run(fake);
  ok(!verbs.includes("requeries"));
  verbs.length = 0;
  const { streams } = await timelineOf(fake);
  deepStrictEqual(verbs.slice(0, 12), [
    ...["open", "batch", "batch", "watch", "requeries"],
    ...["write", "write", "write", "write", "batch", "read", "requeries"],
  ]);
  strictEqual(streams[0]!.requeryGapsUs!.length, 2);
});

Deno.test("runBlock() gives no numbers of a block whose rows are kept, and the same verdict", async () => {
  const { verdict, metrics, phases } = await run({}, { keepsRows: true });
  strictEqual(verdict, "converged");
  deepStrictEqual(metrics, {});
  deepStrictEqual(phases.map(({ metrics, operations }) => [metrics, operations]), [[{}, []]]);
});

Deno.test("runBlock() reads tables that nobody watches, and finds the write that was skipped there", async () => {
  const silent: Phase = {
    ...phase,
    operations: () => phase.operations().slice(0, 5),
    watches: [],
    checks: [],
  };
  const plays: Program = {
    ...program,
    iterations: [{ warmup: false, freshSession: true, phases: [silent] }],
  };
  strictEqual((await run({}, { plays })).verdict, "converged");
  for (const keepsRows of [false, true]) {
    const { verdict, findings } = await run({ sin: "skips-unwatched-writes", canWatch: false }, {
      keepsRows,
      plays,
    });
    strictEqual(verdict, "misread");
    match(
      findings[0]!.detail,
      keepsRows
        ? /^The table "items" at the end has row 0 with "value"/
        : /as many as the truth, and not the same/,
    );
  }
});

Deno.test("runBlock() accuses a database that changes what it has delivered", async () => {
  const { verdict, findings } = await run({ sin: "changes-delivered-rows" }, { keepsRows: true });
  strictEqual(verdict, "phantom");
  ok(findings.some(({ detail }) => /changed after their delivery/.test(detail)));
});

/** Programs that only update; each lap sets another value. */
function updating(value: number): Program {
  const updates: Phase = {
    ...phase,
    operations: () => [{ kind: "write", label: "update", statement: setValue, args: [value, 1] }],
    warmupOperationCount: 0,
  };
  return {
    ...program,
    iterations: [
      { warmup: true, freshSession: false, phases: [updates] },
      { warmup: false, freshSession: false, phases: [updates] },
    ],
  };
}

Deno.test("runBlock() goes on with recorded iterations of further laps until its time is over", async () => {
  const verbs: string[] = [];
  const laps: number[] = [];
  // Asked once before the program and once before each lap.
  let nowMs = -1500;
  const soak = {
    durationMs: 6000,
    nowMs: () => nowMs += 1500,
    lap: (index: number) => {
      laps.push(index);
      return updating(100 + index);
    },
  };
  const told = { plays: updating(50), soak };
  const { verdict, phases, soak: windows } = await run({ onVerb: (verb) => verbs.push(verb) }, told);
  strictEqual(verdict, "converged");
  deepStrictEqual(laps, [1, 2, 3]);
  strictEqual(verbs.filter((verb) => verb === "open").length, 1, "on one session");
  strictEqual(verbs.filter((verb) => verb === "write").length, 2 + 3);
  strictEqual(phases[0]!.iterationCount, 1 + 3);
  deepStrictEqual(windows!.map(({ endMs, lapCount, memoryBytes }) => [endMs, lapCount, memoryBytes]), [
    [1500, 1, 1000],
    [3000, 1, 1000],
    [4500, 1, 1000],
    [6000, 1, 1000],
  ]);
  ok(windows!.every(({ phases }) => phases[0]!.metrics["done_ns"]! > 0));
});

Deno.test("runBlock() judges what later laps show, and gives no windows of a block that was wrong", async () => {
  let nowMs = 0;
  const soak = { durationMs: 60_000, nowMs: () => nowMs += 1000, lap: (index: number) => updating(index) };
  let writes = 0;
  const { verdict, soak: windows } = await run({
    onVerb: (verb) => {
      if (verb === "write" && ++writes === 4) throw new Error("the disk is full");
    },
  }, { plays: updating(50), soak });
  deepStrictEqual([verdict, windows], ["error", undefined]);
});

Deno.test("runBlock() has no windows when it does not go on", async () => {
  strictEqual("soak" in await run({}), false);
});

/** The program at a rate, each write to a row of its own where there are lanes. */
function underWay(given: Partial<Phase>): Program {
  const asked: Phase = { ...phase, ...given };
  return { ...program, iterations: [{ warmup: false, freshSession: true, phases: [asked] }] };
}

const ARRIVALS = { process: "constant", ratePerSecond: 1000, seed: 1 } as const;

Deno.test("runBlock() counts from when operations were due when they arrive by themselves", async () => {
  const { verdict, phases: [burst] } = await run({}, {
    plays: underWay({ arrivals: ARRIVALS, pacing: { turns: 0 } }),
  });
  strictEqual(verdict, "converged");
  deepStrictEqual(burst!.load, { ratePerSecond: 1000, outcome: "sustained" });
  // Spans are those of the plan: they tell nothing of the database.
  deepStrictEqual([burst!.metrics["done_ns"], burst!.metrics["wall_ns"]], [undefined, undefined]);
  ok(burst!.metrics["answered_p50_ns"]! >= 3000);
  ok(burst!.metrics["answered_p50_ns"]! < 1e6);
  ok(Math.abs(burst!.metrics["answered_per_second"]! - 1000) < 50);
});

Deno.test("runBlock() says unsustained, and how much was answered, when the database cannot keep up", async () => {
  // Each reading of the clock takes a microsecond, so that 1000 operations come within one.
  const plays = underWay({ arrivals: { ...ARRIVALS, ratePerSecond: 1e9 }, pacing: { turns: 0 } });
  const many = {
    ...plays,
    iterations: plays.iterations.map((iteration) => ({
      ...iteration,
      phases: iteration.phases.map((one): Phase => ({
        ...one,
        operations: () =>
          Array.from({ length: 100 }, (_, index) => ({
            kind: "write",
            label: "update",
            statement: setValue,
            args: [index + 10, (index % 3) + 1],
          })),
      })),
    })),
  };
  const { verdict, phases: [burst] } = await run({}, { plays: many });
  strictEqual(verdict, "converged");
  strictEqual(burst!.load!.outcome, "unsustained");
  deepStrictEqual(Object.keys(burst!.metrics), ["answered_per_second"]);
  deepStrictEqual(burst!.operations, []);
});

Deno.test("runBlock() judges writes in several lanes and a read beside them", async () => {
  const byKey = select({
    table: "items",
    columns: ["id", "value"],
    where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
    orderBy: [],
  });
  const plays = underWay({
    laneCount: 3,
    warmupOperationCount: 0,
    watches: [1, 2, 3].map((id) => ({ query: byKey, args: [id] })),
    operations: () => [
      ...Array.from({ length: 12 }, (_, index) => ({
        kind: "write" as const,
        label: "update",
        statement: setValue,
        args: [index + 10, (index % 3) + 1],
      })),
      { kind: "read", label: "read", query: byKey, args: [2] },
    ],
  });
  for (const keepsRows of [false, true]) {
    const { verdict, findings } = await run({}, { plays, keepsRows });
    deepStrictEqual([verdict, findings], ["converged", []]);
  }
  strictEqual((await run({ sin: "drops-last-emission" }, { plays })).verdict, "lost");
  strictEqual((await run({ sin: "goes-back-in-time" }, { plays })).verdict, "regressed");
});

const screen = (name: string): Phase => ({ ...phase, name, operations: () => [], warmupOperationCount: 0 });

const reopening: Program = {
  ...program,
  iterations: [
    { warmup: true, freshSession: true, phases: [phase] },
    { warmup: false, freshSession: false, reopens: "closed", phases: [screen("after-close")] },
    { warmup: false, freshSession: false, reopens: "killed", phases: [screen("after-kill")] },
    { warmup: false, freshSession: false, reopens: "closed", phases: [screen("after-close")] },
  ],
};

/** Plays {@link reopening} on SQLite; each process is a player of its own. */
async function reopened(losesByKills: boolean): Promise<{
  readonly result: BlockResult;
  readonly opened: readonly string[];
  readonly ends: readonly string[];
}> {
  const opened: string[] = [];
  const ends: string[] = [];
  const players: ChildPlayer[] = [];
  const adapter: Adapter = {
    ...nodeSqlite,
    open: (context) => {
      opened.push(`${context.database}${context.isKept ? ", kept" : ""}`);
      return nodeSqlite.open(context);
    },
  };
  const start = () => {
    const player = new ChildPlayer({
      runtime: Object.assign(new FakeRuntime(), { pageStartNs: 1e6 * (players.length + 1) }),
      loadAdapter: () => Promise.resolve(adapter),
    });
    players.push(player);
    return player;
  };
  const nothing = () => Promise.resolve(undefined);
  const readings = {
    peakMemoryBytes: nothing,
    memoryBytes: nothing,
    serverCpuNs: nothing,
    allCpuNs: nothing,
  };
  const directory = await Deno.makeTempDir();
  try {
    const result = await runBlock({
      player: start(),
      begin: {
        adapter: adapter.id,
        options: defaultOptions(adapter),
        key: { a: 1, b: 2 },
        keepsRows: false,
        patience: { finalQuietMs: 0, quietMs: 0, deadlineMs: 50 },
      },
      counters: [],
      program: reopening,
      makeDirectory: () => Promise.resolve(directory),
      readings,
      onStep: () => {},
      losesByKills,
      restart: (end) => {
        ends.push(end);
        return Promise.resolve({ player: start(), readings });
      },
    });
    return { result, opened, ends };
  } finally {
    // A kill would have closed them.
    for (const player of players) await player.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("runBlock() opens the directory again in another process after a close and after a kill", async () => {
  const { result, opened, ends } = await reopened(false);
  deepStrictEqual([result.verdict, result.findings], ["converged", []]);
  deepStrictEqual(ends, ["closed", "killed", "closed"]);
  deepStrictEqual(opened, ["new, kept", "existing, kept", "existing, kept", "existing"]);
  for (const name of ["after-close", "after-kill"]) {
    const { metrics, unwatched } = result.phases.find((one) => one.name === name)!;
    // SQLite is a floor: it opens and has nothing to watch.
    deepStrictEqual([unwatched, typeof metrics["reopen_ns"], metrics["done_ns"]], [
      true,
      "number",
      undefined,
    ]);
    // Of the second and the fourth process, and of the third.
    strictEqual(metrics["page_start_ns"], 3e6, name);
  }
});

Deno.test("runBlock() tells how long a page took to its first result when nothing was written before it", async () => {
  const iterations = [
    { warmup: false, freshSession: true, phases: [screen("first")] },
    { warmup: false, freshSession: true, phases: [screen("second")] },
  ];
  const first = async (plays: Program, pageStartNs?: number) => {
    const { phases } = await run({}, { plays, ...(pageStartNs === undefined ? {} : { pageStartNs }) });
    return phases.map(({ metrics }) => [metrics["page_start_ns"], metrics["navigation_ns"]]);
  };
  const empty: Program = { ...program, seeds: [], iterations };
  const [opened, later] = await first(empty, 5e6);
  strictEqual(opened![0], 5e6);
  // The clock moves by 1 us with each reading: one for opening, a few until the first result.
  ok(opened![1]! > 5e6 && opened![1]! < 5.1e6, String(opened![1]));
  deepStrictEqual(later, [undefined, undefined], "the second session finds a page that has started");
  deepStrictEqual(await first({ ...program, iterations }, 5e6), Array(2).fill([undefined, undefined]));
  deepStrictEqual(await first(empty), Array(2).fill([undefined, undefined]), "outside of pages");
});

Deno.test("runBlock() kills nobody who says that a kill may take writes, and tells so", async () => {
  const { result, ends } = await reopened(true);
  deepStrictEqual([result.verdict, ends], ["converged", ["closed", "closed"]]);
  deepStrictEqual(result.warnings.filter(({ kind }) => kind === "not-killed"), [
    { kind: "not-killed", phase: "after-kill" },
  ]);
});
