import assert from "node:assert/strict";
import type { Block, MeasuredBlock } from "../model/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { type CellSummary, summarizeRun } from "./summarize_run.ts";

function summaryOf(name: string, change: (block: Block) => Block = (block) => block): CellSummary {
  const record = recordFixture();
  const { sections } = summarizeRun({ ...record, results: record.results.map(change) });
  const found = sections[0]!.cells.find((cell) => cell.name === name);
  assert.ok(found, `no cell ${name}`);
  return found;
}

Deno.test("summarizeRun() has a section for each workload and scale, cells in the order of the plan", () => {
  const { sections } = summarizeRun(recordFixture());
  assert.deepEqual(sections.map(({ key, scale }) => [key, scale]), [
    ["keyed-pk@2", "standard"],
    ["overlap@2", "standard"],
  ]);
  assert.deepEqual(
    sections[0]!.cells.map(({ name, status, verdict, measuredBlockCount }) => [
      name,
      status,
      verdict,
      measuredBlockCount,
    ]),
    [
      ["node-sqlite", "verified", "converged", 3],
      ["tinybase", "verified", "converged", 3],
      ["pglite[storage=file]", "verified", "converged", 3],
      ["liar[note=a|b]", "wrong", "phantom", 3],
      ["crasher", "failed", undefined, 0],
      ["flaky", "verified", "converged", 2],
      ["late", "missing", undefined, 0],
    ],
  );
  assert.equal(sections[1]!.cells[0]!.status, "skipped");
  assert.deepEqual(sections[1]!.phases.map(({ name }) => name), ["baseline", "overlap"]);
});

Deno.test("summarizeRun() gives the median over blocks with the interval that three blocks attain", () => {
  const [burst] = summaryOf("tinybase").phases;
  assert.deepEqual(burst!.metrics.get("wall_ns"), {
    values: [3_000_000, 3_060_000, 3_120_000],
    estimate: {
      value: 3_060_000,
      interval: { lower: 3_000_000, upper: 3_120_000, confidence: 0.75 },
      sampleCount: 3,
    },
  });
  assert.equal(burst!.operations[0]!.count.estimate.value, 1000);
});

Deno.test("summarizeRun() sorts values by block, however blocks were executed", () => {
  const record = recordFixture();
  const { sections } = summarizeRun({ ...record, results: record.results.toReversed() });
  const values = sections[0]!.cells[1]!.phases[0]!.metrics.get("wall_ns")!.values;
  assert.deepEqual(values, [3_000_000, 3_060_000, 3_120_000]);
});

Deno.test("summarizeRun() leaves a metric out where no block has it, and counts the blocks that do", () => {
  const pglite = summaryOf(
    "pglite[storage=file]",
    (block) =>
      block.status === "measured" && block.blockIndex === 2 && block.cellKey.includes("pglite")
        ? {
          ...block,
          phases: block.phases.map(({ metrics: { wall_ns: _, ...metrics }, ...phase }) => ({
            ...phase,
            metrics,
          })),
        }
        : block,
  );
  assert.equal(pglite.phases[0]!.metrics.has("process_cpu_ns"), false);
  assert.equal(pglite.phases[0]!.metrics.get("wall_ns")!.estimate.sampleCount, 2);
  assert.deepEqual(pglite.phases[0]!.counters.get("requeries")!.values, [150, 151, 152]);
});

Deno.test("summarizeRun() takes all numbers from a cell with one wrong block and keeps the evidence", () => {
  const liar = summaryOf("liar[note=a|b]");
  assert.deepEqual([liar.metrics.size, liar.phases], [0, []]);
  assert.deepEqual([liar.findings.length, liar.findings[0]!.blockIndex, liar.findingCount], [1, 1, 12]);
});

Deno.test("summarizeRun() gives a cell the worst verdict of its blocks", () => {
  const verdicts: MeasuredBlock["verdict"][] = ["lost", "converged", "regressed"];
  const { verdict } = summaryOf(
    "tinybase",
    (block) =>
      block.status === "measured" && block.cellKey.includes("tinybase")
        ? { ...block, verdict: verdicts[block.blockIndex]! }
        : block,
  );
  assert.equal(verdict, "regressed");
});

Deno.test("summarizeRun() merges warnings that differ by size only, keeping the worst", () => {
  assert.deepEqual(
    summaryOf("pglite[storage=file]").warnings.map(({ warning, blockIndexes }) => [
      warning.kind,
      "share" in warning ? warning.share : undefined,
      blockIndexes,
    ]),
    [
      ["coarse-caller-cpu", undefined, [0, 1, 2]],
      ["cpu-pressure", 0.4, [0, 1, 2]],
      ["chatter", undefined, [1]],
    ],
  );
});

Deno.test("summarizeRun() is not fooled by names that objects inherit", () => {
  const names = ["__proto__", "constructor", "toString"];
  const cell = summaryOf(
    "tinybase",
    (block) =>
      block.status === "measured"
        ? { ...block, metrics: Object.fromEntries(names.map((name, index) => [name, index])) }
        : block,
  );
  assert.deepEqual([...cell.metrics.keys()], names);
});

Deno.test("summarizeRun() takes no number from blocks that kept rows, and their verdicts all the same", () => {
  const rows = (block: Block): Block =>
    block.status === "measured" && block.blockIndex === 1 ? { ...block, evidence: "rows" } : block;
  const { measuredBlockCount, phases, metrics } = summaryOf("tinybase", rows);
  assert.equal(measuredBlockCount, 2);
  assert.deepEqual(phases[0]!.metrics.get("wall_ns")!.values, [3_000_000, 3_120_000]);
  assert.equal(metrics.get("seed_ns")!.values.length, 2);
  assert.equal(summaryOf("liar[note=a|b]", rows).status, "wrong");
});

Deno.test("summarizeRun() tells how many blocks are missing, by the run's own rule where it has one", () => {
  assert.equal(summaryOf("tinybase").missingBlockCount, 3);
  assert.equal(summaryOf("liar[note=a|b]").missingBlockCount, 0);
  const record = recordFixture();
  const stopping = {
    metrics: ["wall_ns"],
    confidence: 0.75,
    reachShare: 0.1,
    leastBlockCount: 3,
    budgetMs: 1000,
  };
  const { sections } = summarizeRun({ ...record, settings: { ...record.settings, stopping } });
  assert.equal(sections[0]!.cells[1]!.missingBlockCount, 0);
});

Deno.test("summarizeRun() leaves an added anchor out, and nothing else", () => {
  const record = recordFixture();
  const [first, ...others] = record.settings.cells;
  const cells = [...others, { ...first!, anchor: true as const }];
  const { sections } = summarizeRun({ ...record, settings: { ...record.settings, cells } });
  assert.deepEqual(
    sections.flatMap(({ cells }) => cells.map(({ cell }) => cell.key)),
    others.map(({ key }) => key),
  );
});
