import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import type { Block, Cell, PhaseTimeline } from "../model/mod.ts";
import type { PlannedBlock } from "./plan.ts";
import { type PlanRun, type Progress, runPlan, walk } from "./run_plan.ts";
import type { BlockEnding } from "./spawn_block.ts";

function cell(key: string): Cell {
  return { key, workload: "w", workloadVersion: 1, adapter: key, options: {}, scale: "smoke" };
}

const RESULT: Extract<BlockEnding, { kind: "result" }> = {
  kind: "result",
  result: {
    verdict: "converged",
    findings: [],
    findingCount: 0,
    metrics: {},
    phases: [],
    facts: {},
    warnings: [],
  },
};

/** As many blocks of each cell, one cell after the other in each round. */
function plan(keys: readonly string[], blockCount: number): PlannedBlock[] {
  return Array.from({ length: blockCount * keys.length }, (_, position) => ({
    cell: cell(keys[position % keys.length]!),
    evidence: "digests",
    blockIndex: Math.floor(position / keys.length),
    position,
  }));
}

/** Runs a plan of cells that end as told, twice each; collects what was kept and what was said. */
async function run(endings: Record<string, BlockEnding>, changes: Partial<PlanRun> = {}) {
  const blocks: Block[] = [];
  const progress: Progress[] = [];
  const spawned: string[] = [];
  const outcome = await runPlan({
    next: walk(plan(Object.keys(endings), 2)),
    skipReason: () => undefined,
    spawn: ({ cell }) => {
      spawned.push(cell.key);
      return Promise.resolve({ ending: endings[cell.key]!, output: [], outputLineCount: 0 });
    },
    watchHost: () => () => ({ load1m: 0.5 }),
    append: (block) => blocks.push(block),
    signal: new AbortController().signal,
    now: () => new Date(0),
    nowMs: () => 0,
    onProgress: (step) => progress.push(step),
    ...changes,
  });
  return { outcome, blocks, progress, spawned };
}

Deno.test("runPlan() keeps every block in order and goes on after a failure", async () => {
  const { outcome, blocks } = await run({ good: RESULT, bad: { kind: "failed", reason: "crashed" } });
  strictEqual(outcome, "complete");
  deepStrictEqual(blocks.map(({ position }) => position), [0, 1, 2, 3]);
  deepStrictEqual(blocks.map(({ status }) => status).toSorted(), [
    "failed",
    "failed",
    "measured",
    "measured",
  ]);
});

Deno.test("runPlan() keeps one skipped block per cell and does not try it again", async () => {
  const { blocks, spawned } = await run({ good: RESULT, none: { kind: "skip", reason: "no driver" } });
  deepStrictEqual(spawned.toSorted(), ["good", "good", "none"]);
  deepStrictEqual(blocks.filter(({ status }) => status === "skipped").length, 1);
});

Deno.test("runPlan() starts no process for a cell that cannot run", async () => {
  const { blocks, spawned } = await run({ good: RESULT }, { skipReason: () => "needs live queries" });
  deepStrictEqual(spawned, []);
  deepStrictEqual(blocks.map((block) => block.status === "skipped" && block.reason), ["needs live queries"]);
});

Deno.test("runPlan() discards the block that was interrupted and starts no other", async () => {
  const { outcome, blocks, spawned } = await run({ cut: { kind: "interrupted" } });
  deepStrictEqual([outcome, blocks, spawned], ["interrupted", [], ["cut"]]);
});

Deno.test("runPlan() starts nothing when it was interrupted before", async () => {
  const { outcome, spawned } = await run({ good: RESULT }, { signal: AbortSignal.abort() });
  deepStrictEqual([outcome, spawned], ["interrupted", []]);
});

Deno.test("runPlan() keeps a failed block when the record refuses what the child said, and goes on", async () => {
  const kept: Block[] = [];
  const { outcome, progress } = await run({ a: RESULT }, {
    append: (block) => {
      if (block.status === "measured" && block.blockIndex === 0) throw new TypeError("facts must be texts");
      kept.push(block);
    },
  });
  strictEqual(outcome, "complete");
  deepStrictEqual(kept.map((block) => block.status === "failed" ? block.reason : block.status), [
    "facts must be texts",
    "measured",
  ]);
  deepStrictEqual(
    progress.flatMap((step) => step.kind === "ended" ? [step.result] : []),
    kept,
  );
});

Deno.test("runPlan() passes on what is not the child's fault", async () => {
  const full = new Error("No space left on device");
  await rejects(
    run({ a: RESULT }, {
      append: () => {
        throw full;
      },
    }),
    full,
  );
});

Deno.test("runPlan() takes the length of a block from a clock that does not go back", async () => {
  const ms = [0, 250, 250, 500];
  const dates = [new Date(9_000), new Date(1_000)];
  const { blocks } = await run({ a: RESULT }, {
    nowMs: () => ms.shift()!,
    now: () => dates.shift()!,
  });
  deepStrictEqual(blocks.map(({ elapsedMs }) => elapsedMs), [250, 250]);
});

Deno.test("runPlan() asks for the next block when the one before is kept, those of before included", async () => {
  const { blocks: earlier } = await run({ a: RESULT });
  const asked: number[] = [];
  const { blocks } = await run({ a: RESULT, b: RESULT }, {
    earlier,
    next: (kept) => {
      asked.push(kept.length);
      return kept.length === 4 ? undefined : { ...plan(["b"], 1)[0]!, position: kept.length };
    },
  });
  deepStrictEqual([asked, blocks.length], [[2, 3, 4], 2]);
});

Deno.test("runPlan() takes no number from a block that keeps rows, and keeps its verdicts and findings", async () => {
  const metrics = { wall_ns: 5 };
  const phase = {
    name: "burst",
    iterationCount: 3,
    verdict: "lost",
    unwatched: false,
    metrics,
    operations: [{ label: "update", latency: { count: 1, samplesNs: [5] }, metrics }],
    freshness: { count: 1, samplesNs: [5] },
    counters: { requeries: 1 },
  } as const;
  const finding = { verdict: "lost", phase: "burst", iteration: 1, query: "q", detail: "d" } as const;
  const wrong = { ...RESULT.result, verdict: "lost", findings: [finding], findingCount: 1, metrics } as const;
  const [block] = plan(["a"], 1);
  const { blocks } = await run({ a: { kind: "result", result: { ...wrong, phases: [phase] } } }, {
    next: walk([{ ...block!, evidence: "rows" }]),
  });
  const [kept] = blocks;
  ok(kept?.status === "measured");
  deepStrictEqual([kept.evidence, kept.verdict, kept.findings, kept.metrics], [
    "rows",
    "lost",
    [finding],
    {},
  ]);
  deepStrictEqual(kept.phases, [
    { name: "burst", iterationCount: 3, verdict: "lost", unwatched: false, metrics: {}, operations: [] },
  ]);
});

Deno.test("runPlan() warns of pressure and of chatter on the block that they belong to", async () => {
  const { blocks } = await run({ a: RESULT }, {
    watchHost: () => () => ({ cpuPressureShare: 0.6 }),
    spawn: () => Promise.resolve({ ending: RESULT, output: ["hello"], outputLineCount: 3 }),
  });
  deepStrictEqual(blocks[0]!.warnings, [
    { kind: "chatter", lineCount: 3, last: "hello" },
    { kind: "cpu-pressure", share: 0.6 },
  ]);
});

Deno.test("runPlan() hands on the timeline that a child sent, and none with a block that was not measured", async () => {
  const timeline: PhaseTimeline[] = [];
  const kept: (readonly PhaseTimeline[] | undefined)[] = [];
  await run({ good: { ...RESULT, timeline }, bad: { kind: "failed", reason: "crashed" } }, {
    next: walk(plan(["good", "bad"], 1)),
    append: (block, phases) => kept[block.status === "measured" ? 0 : 1] = phases,
  });
  deepStrictEqual(kept, [timeline, undefined]);
  strictEqual(kept[0], timeline);
});
