import assert from "node:assert/strict";
import type { Block, Environment, MetricValues, RunRecord } from "../model/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import {
  type CompareOptions,
  compareRuns,
  isCompleteComparison,
  type RunComparison,
} from "./compare_runs.ts";
import { compareText } from "./compare_text.ts";

type Change = (metrics: MetricValues, block: Block) => MetricValues;

/** The fixture's verified tinybase cells, with the values of their phases changed. */
function run(change: Change = (metrics) => metrics, environment: Partial<Environment> = {}): RunRecord {
  const record = recordFixture();
  const cells = record.settings.cells.filter(({ adapter }) => adapter === "tinybase");
  return {
    ...record,
    environment: { ...record.environment, ...environment },
    settings: { ...record.settings, cells },
    results: record.results.filter(({ cellKey }) => cells.some(({ key }) => key === cellKey)).map((block) =>
      block.status === "measured"
        ? {
          ...block,
          phases: block.phases.map((phase) => ({ ...phase, metrics: change(phase.metrics, block) })),
        }
        : block
    ),
  };
}

function verdicts(comparison: RunComparison, cellIndex = 0): Record<string, string> {
  const { metrics } = comparison.cells[cellIndex]!;
  return Object.fromEntries(metrics.map(({ metric, verdict }) => [metric.id, verdict]));
}

const scaled = (factors: Readonly<Record<string, number>>): Change => (metrics) =>
  Object.fromEntries(Object.entries(metrics).map(([id, value]) => [id, value * (factors[id] ?? 1)]));

const only = (...metrics: string[]): CompareOptions => ({ metrics });

Deno.test("compareRuns() calls a change better or worse by each metric's direction", () => {
  const second = run(scaled({ wall_ns: 2, writes_per_second: 2, caller_cpu_ns: 0.5, emissions_needed: 2 }));
  const comparison = compareRuns(run(), second, only("all"));
  const found = verdicts(comparison);
  assert.equal(found["wall_ns"], "worse");
  assert.equal(found["writes_per_second"], "better");
  assert.equal(found["caller_cpu_ns"], "better");
  assert.equal(found["emissions_needed"], "changed");
  assert.equal(found["cpu_until_quiet_ns"], "undecided");
  assert.equal(found["subscribe_ns"], "equal");
  assert.equal(isCompleteComparison(comparison), true);
});

Deno.test("compareRuns() estimates the ratio of second over first with the attained confidence", () => {
  const { cells } = compareRuns(run(), run(scaled({ wall_ns: 2 })), only("wall_ns"));
  const { comparison, phase } = cells[0]!.metrics[0]!;
  assert.equal(phase, "burst");
  assert.ok(Math.abs(comparison!.ratio - 2) < 1e-12);
  assert.ok(Math.abs(comparison!.interval.confidence - 0.9) < 1e-12);
  assert.ok(Math.abs(comparison!.interval.upper - 2.08) < 1e-12);
});

Deno.test("compareRuns() decides nothing with fewer than three blocks on a side", () => {
  const first = run();
  const fewer = { ...first, results: first.results.filter(({ blockIndex }) => blockIndex < 2) };
  const second = run(scaled({ wall_ns: 100 }));
  assert.equal(verdicts(compareRuns(fewer, second))["wall_ns"], "undecided");
  assert.equal(verdicts(compareRuns(first, second))["wall_ns"], "worse");
});

Deno.test("compareRuns() has no ratio where a value is 0, and sees that all are equal", () => {
  const comparison = compareRuns(run(), run(), only("settle_ns", "frames_missed"));
  assert.deepEqual(verdicts(comparison), { settle_ns: "no-ratio", frames_missed: "equal" });
  assert.ok(comparison.cells[0]!.metrics.every((metric) => metric.comparison === undefined));
});

Deno.test("compareRuns() compares counts of the truth only when the machines differ", () => {
  for (const environment of [{ machineId: "another" }, { deno: "2.10.0" }]) {
    const comparison = compareRuns(run(), run(undefined, environment), only("all"));
    assert.equal(comparison.areTimesComparable, false);
    assert.deepEqual(verdicts(comparison), { emissions_needed: "equal" });
    assert.equal(isCompleteComparison(comparison), false);
  }
});

Deno.test("compareRuns() tells of differences that forbid nothing", () => {
  const { differences, areTimesComparable } = compareRuns(
    run(),
    run(undefined, { deno: "2.9.7", isDirty: false }),
  );
  assert.equal(areTimesComparable, true);
  assert.deepEqual(differences.map(({ what, second, forbidsTimes }) => [what, second, forbidsTimes]), [
    ["Deno", "2.9.7", false],
    ["commit", "0123456789abcdef0123456789abcdef01234567", false],
  ]);
});

Deno.test("compareRuns() refuses cells of another workload version or other sizes", () => {
  const second = run();
  const cells = second.settings.cells.map((cell) =>
    cell.workload === "keyed-pk" ? { ...cell, workloadVersion: 1, key: cell.key.replace("@2", "@1") } : cell
  );
  const workloads = second.workloads.map((workload) => ({
    ...workload,
    ...(workload.id === "overlap" ? { parameters: { standard: { rowCount: 5 } } } : {}),
  }));
  const comparison = compareRuns(run(), { ...second, workloads, settings: { ...second.settings, cells } });
  assert.deepEqual(comparison.cells.map(({ reason }) => reason), [
    "the workload has version 2 in the first run and 1 in the second",
    "its sizes are rowCount 50000 in the first run and rowCount 5 in the second",
  ]);
  assert.equal(isCompleteComparison(comparison), false);
});

Deno.test("compareRuns() compares nothing of cells that are not verified in both runs", () => {
  const comparison = compareRuns(recordFixture(), recordFixture());
  const reasons = new Map(comparison.cells.map(({ name, reason }) => [name, reason]));
  assert.equal(
    reasons.get("liar[note=a|b]"),
    "it must be verified in both runs: it is wrong (phantom) in the first and wrong (phantom) in the second",
  );
  assert.match(reasons.get("crasher") ?? "", /it is failed in the first/);
  assert.equal(isCompleteComparison(comparison), false);
});

Deno.test("compareRuns() names cells that only one run has", () => {
  const first = run();
  const [keyed, overlap] = first.settings.cells;
  const part = (cell: typeof keyed): RunRecord => ({
    ...first,
    settings: { ...first.settings, cells: [cell!] },
  });
  const { cells, onlyFirst, onlySecond } = compareRuns(part(keyed), part(overlap));
  assert.deepEqual([cells, onlyFirst, onlySecond], [[], [keyed!.key], [overlap!.key]]);
});

Deno.test("compareRuns() suggests the nearest metric", () => {
  assert.throws(() => compareRuns(run(), run(), only("wal_ns")), {
    name: "UsageError",
    message: /^Cannot compare metric "wal_ns" \(did you mean "wall_ns"\?\): metrics are all, done_ns, /,
  });
});

Deno.test("compareText() matches the golden file", async (t) => {
  await t.assertSnapshot(compareText(compareRuns(recordFixture(), run(scaled({ wall_ns: 0.5 })))));
  await t.assertSnapshot(compareText(compareRuns(run(), run(undefined, { machineId: "\x1b[2Jother" }))));
});
