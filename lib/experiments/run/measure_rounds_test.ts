import { deepStrictEqual, rejects } from "node:assert/strict";
import { type Block, type Cell, UsageError } from "../../model/mod.ts";
import type { BlockEnding } from "../../runner/spawn_block.ts";
import { measureRounds, type RoundsRun } from "./measure_rounds.ts";

function cell(key: string): Cell {
  return { key, workload: "w", workloadVersion: 1, adapter: key, options: {}, scale: "smoke" };
}

const RESULT: BlockEnding = {
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

/** Rounds of two cells; each block takes one second of a clock that only blocks move. */
async function run(changes: Partial<RoundsRun>, endings: Record<string, BlockEnding> = {}) {
  const blocks: Block[] = [];
  const asked: number[] = [];
  let nowMs = 0;
  const ending = await measureRounds({
    groups: [[cell("a"), cell("b")]],
    seed: 0,
    budgetMs: Infinity,
    nowMs: () => nowMs,
    isEnough: (roundCount) => asked.push(roundCount) === 3,
    isDone: () => false,
    skipReason: () => undefined,
    spawn: ({ cell: { key } }) => {
      nowMs += 1000;
      return Promise.resolve({ ending: endings[key] ?? RESULT, output: [], outputLineCount: 0 });
    },
    watchHost: () => () => ({}),
    append: (block) => blocks.push(block),
    signal: new AbortController().signal,
    now: () => new Date(0),
    onProgress: () => {},
    ...changes,
  });
  return { ending, blocks, asked };
}

Deno.test("measureRounds() goes on until it is enough, and asks after whole rounds", async () => {
  const { ending, blocks, asked } = await run({});
  deepStrictEqual([ending, blocks.length, asked], ["enough", 6, [1, 2, 3]]);
  deepStrictEqual(blocks.map(({ position }) => position), [0, 1, 2, 3, 4, 5]);
});

Deno.test("measureRounds() begins no round after its budget, and finishes the one that it began", async () => {
  const { ending, blocks } = await run({ budgetMs: 3000, isEnough: () => false });
  deepStrictEqual([ending, blocks.length], ["budget", 4]);
});

Deno.test("measureRounds() stops at once when it is interrupted", async () => {
  const { ending, blocks, asked } = await run({}, { b: { kind: "interrupted" } });
  deepStrictEqual([ending, asked], ["interrupted", []]);
  deepStrictEqual(blocks.every(({ cellKey }) => cellKey === "a"), true);
});

Deno.test("measureRounds() goes on in the middle of a round", async () => {
  const whole = await run({});
  const done = new Set(whole.blocks.slice(0, 3).map(({ position }) => position));
  const { blocks, asked } = await run({ isDone: ({ position }) => done.has(position) });
  deepStrictEqual([blocks, asked], [whole.blocks.slice(3), [1, 2, 3]]);
});

Deno.test("measureRounds() refuses to compare when an arm is skipped", async () => {
  await rejects(
    run({}, { b: { kind: "skip", reason: "no driver here" } }),
    (error) => error instanceof UsageError && /b was skipped: no driver here/.test(error.message),
  );
});

Deno.test("measureRounds() goes on when a block fails: the verdict says what that means", async () => {
  const { ending, blocks } = await run({}, { b: { kind: "failed", reason: "crashed" } });
  deepStrictEqual([ending, blocks.filter(({ status }) => status === "failed").length], ["enough", 3]);
});
