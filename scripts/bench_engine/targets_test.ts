import assert from "node:assert/strict";
import type { StreamsSample } from "../../lib/engine/bench/streams_bench.ts";
import type { CellSummary, RunSummary } from "../../lib/report/summarize_run.ts";
import { estimateMedian, sortSamples } from "../../lib/stats/mod.ts";
import { type EngineOptions, engineTargets, type TargetResult, verdictOf } from "./targets.ts";

function sampleOf(change: Partial<StreamsSample> = {}): StreamsSample {
  const counts = [10, 100, 1000, 10_000];
  return {
    options: {},
    shapes: [
      { shape: "key", doneNs: counts.map((count) => [count, 100]), floorNs: 50 },
      { shape: "list", doneNs: counts.map((count) => [count, 10 * Math.sqrt(count)]), floorNs: 20 },
    ],
    streamCount: 10_000,
    firstResultsNs: 5e8,
    heapBytesPerStream: 9000,
    churnRatio: 1.5,
    longPipelineRatio: 0.9,
    pacedShownNs: 8e5,
    ...change,
  };
}

interface MadeCell {
  readonly name: string;
  readonly workload?: string;
  readonly streams?: string;
  readonly cellClass?: CellSummary["cellClass"];
  readonly unwatched?: boolean;
  /** Done by repetition, by phase. */
  readonly done: Readonly<Record<string, readonly number[]>>;
}

/** Of a cell, what targets are made of. */
function cellOf(
  { name, workload = "fan-out", streams, cellClass = "durable file", unwatched = false, done }: MadeCell,
): CellSummary {
  const cell = {
    workload,
    adapter: name.split("[")[0],
    ...(streams === undefined ? {} : { parameters: { streams } }),
  };
  const phases = Object.entries(done).map(([phase, values]) => ({
    name: phase,
    unwatched,
    metrics: new Map(
      ["done_ns", "wall_ns"].map((id) => [id, { values, estimate: estimateMedian(sortSamples(values)) }]),
    ),
  }));
  return { cell, name, cellClass, phases } as unknown as CellSummary;
}

function runOf(...cells: readonly MadeCell[]): RunSummary {
  return { metricsVersion: 1, sections: [{ cells: cells.map(cellOf) }] } as unknown as RunSummary;
}

function one(targets: readonly TargetResult[], title: RegExp): TargetResult {
  const found = targets.filter((target) => title.test(target.title));
  assert.equal(found.length, 1, `${title}: ${targets.map((target) => target.title).join("\n")}`);
  return found[0]!;
}

Deno.test("engineTargets() takes the durable database with the least done, floors and the engine left out", () => {
  const ten = (ns: number) => ({ burst: Array.from({ length: 10 }, (_, index) => ns + index) });
  const targets = engineTargets({}, [], [
    runOf(
      { name: "watchlite", done: ten(100) },
      { name: "watchlite[hold=0]", done: ten(90) },
      { name: "node-sqlite", unwatched: true, done: ten(10) },
      { name: "tinybase", cellClass: "memory", done: ten(50) },
      { name: "pglite", done: ten(4000) },
      { name: "powersync", done: ten(1000) },
    ),
  ]);
  const best = one(targets, /over powersync, the best durable/);
  assert.ok(typeof best.measured !== "string" && Math.abs(best.measured.value - 0.1037) < 0.001);
  assert.deepEqual([verdictOf(best), verdictOf(one(targets, /100 live queries.*over tinybase/))], [
    "met",
    "missed",
  ]);
  assert.equal(
    one(targets, /1,000 live queries.*over tinybase/).measured,
    "no run here has right answers of both",
  );
});

Deno.test("engineTargets() pairs only cells with the same size, and refuses repetitions that do not pair", () => {
  const targets = engineTargets({}, [], [
    runOf({ name: "watchlite", streams: "1000", done: { burst: [1, 1, 1] } }, {
      name: "tinybase",
      streams: "1000",
      cellClass: "memory",
      done: { burst: [8, 8, 8] },
    }, { name: "tanstack-db", streams: "1000", cellClass: "memory", done: { burst: [8, 8] } }),
  ]);
  const found = one(targets, /1,000 live queries.*over tinybase/).measured;
  assert.ok(typeof found !== "string" && Math.abs(found.value - 1 / 8) < 1e-9);
  assert.equal(
    one(targets, /1,000 live queries.*over tanstack-db/).measured,
    "repetitions must pair: 3 and 2 have the value",
  );
  assert.equal(typeof one(targets, /100 live queries.*over tinybase/).measured, "string");
});

Deno.test("engineTargets() reads growth, floors and crowds from the samples of processes", () => {
  const targets = engineTargets({}, [
    ...Array.from({ length: 6 }, () => sampleOf()),
    sampleOf({ options: { patch: "on" }, pacedShownNs: 1e9 }),
  ], []);
  const verdict = (title: RegExp) => verdictOf(one(targets, title));
  assert.equal(verdict(/^key, done: exponent over 10, 100, 1000, 10000/), "met");
  const grown = one(targets, /^list, done: exponent/);
  assert.ok(typeof grown.measured !== "string" && Math.abs(grown.measured.value - 0.5) < 1e-9);
  assert.equal(verdictOf(grown), "missed");
  // 100 ns over 50, and 100 over 20.
  assert.deepEqual([verdict(/^key beside/), verdict(/^list beside/)], ["met", "missed"]);
  assert.deepEqual(
    [
      verdict(/^shown at/),
      verdict(/^first results/),
      verdict(/^heap/),
      verdict(/subscribe/),
      verdict(/pipeline/),
    ],
    ["met", "met", "missed", "met", "met"],
  );
});

Deno.test("engineTargets() finds the engine by its options, in whatever order they were typed", () => {
  const run = runOf(
    { name: "watchlite[patch=on,writer=auto]", done: { burst: [1, 1, 1] } },
    { name: "watchlite", done: { burst: [2, 2, 2] } },
    { name: "tinybase", cellClass: "memory", done: { burst: [2, 2, 2] } },
  );
  const ratio = (options: EngineOptions) => {
    const { measured } = one(engineTargets(options, [], [run]), /100 live queries.*over tinybase/);
    return typeof measured === "string" ? measured : measured.value;
  };
  assert.deepEqual([ratio({ writer: "auto", patch: "on" }), ratio({})], [0.5, 1]);
  assert.equal(ratio({ writer: "auto" }), "no run here has right answers of both");
});

Deno.test("verdictOf() decides by the interval, and says nothing of one sample", () => {
  const target = (lower: number, upper: number, side: "at most" | "at least" = "at most"): TargetResult => ({
    title: "",
    unit: "ratio",
    bar: { side, value: 1 },
    measured: { value: (lower + upper) / 2, interval: { lower, upper, confidence: 0.95 }, sampleCount: 6 },
  });
  assert.deepEqual(
    [
      target(0.8, 1),
      target(0.9, 1.1),
      target(1.01, 1.2),
      target(1, 1.1, "at least"),
      target(0.5, 0.9, "at least"),
    ]
      .map(verdictOf),
    ["met", "open", "missed", "met", "missed"],
  );
  assert.equal(
    verdictOf({ ...target(0.8, 0.8), measured: estimateMedian(sortSamples([0.8])) }),
    "unmeasured",
  );
  assert.equal(verdictOf({ ...target(0, 0), measured: "nobody has measured it" }), "unmeasured");
});
