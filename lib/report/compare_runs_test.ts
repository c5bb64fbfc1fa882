import assert from "node:assert/strict";
import { DartRandom } from "../dataset/mod.ts";
import type { Block, Cell, Environment, MeasuredBlock, MetricValues, RunRecord } from "../model/mod.ts";
import { normalQuantile } from "../stats/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import {
  type CompareOptions,
  compareRuns,
  isCompleteComparison,
  type RunComparison,
} from "./compare_runs.ts";
import { compareMarkdown } from "./compare_markdown.ts";
import { brokenMargins, parseMargins } from "./compare_margins.ts";
import { workloadSentences } from "./compare_sentences.ts";
import { compareText } from "./compare_text.ts";

type Change = (metrics: MetricValues, block: Block) => MetricValues;

/** The fixture's verified tinybase cells, each block twice, with the values of their phases changed. */
function run(change: Change = (metrics) => metrics, environment: Partial<Environment> = {}): RunRecord {
  const record = recordFixture();
  const cells = record.settings.cells.filter(({ adapter }) => adapter === "tinybase");
  return {
    ...record,
    environment: { ...record.environment, ...environment },
    settings: { ...record.settings, cells },
    results: record.results.filter(({ cellKey }) => cells.some(({ key }) => key === cellKey)).flatMap((
      block,
    ) =>
      block.status === "measured"
        ? [0, 3].map((more) => ({
          ...block,
          blockIndex: block.blockIndex + more,
          phases: block.phases.map((phase) => ({ ...phase, metrics: change(phase.metrics, block) })),
        }))
        : []
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
  assert.equal(found["cpu_until_quiet_ns"], "no-difference");
  assert.equal(found["subscribe_ns"], "equal");
  assert.equal(isCompleteComparison(comparison), true);
});

Deno.test("compareRuns() estimates the ratio of second over first with the attained confidence", () => {
  const { cells } = compareRuns(run(), run(scaled({ wall_ns: 2 })), only("wall_ns"));
  const { comparison, phase } = cells[0]!.metrics[0]!;
  assert.equal(phase, "burst");
  assert.ok(Math.abs(comparison!.ratio - 2) < 1e-12);
  assert.ok(comparison!.interval.confidence > 0.95);
  assert.ok(Math.abs(comparison!.interval.upper - 2.08) < 0.05);
});

Deno.test("compareRuns() decides nothing with fewer than four blocks on a side, and says so", () => {
  const first = run();
  const fewer = { ...first, results: first.results.filter(({ blockIndex }) => blockIndex < 3) };
  const second = run(scaled({ done_ns: 100 }));
  const [metric] = compareRuns(fewer, second, only("done_ns")).cells[0]!.metrics;
  assert.equal(metric!.verdict, "undecided");
  assert.match(metric!.forbidden ?? "", /too few repetitions: a run has 3 of at least 4/);
  assert.equal(verdicts(compareRuns(first, second))["done_ns"], "worse");
});

Deno.test("compareRuns() refuses runs whose numbers have different meanings", () => {
  assert.throws(() => compareRuns({ ...run(), metricsVersion: 1 }, run()), {
    name: "UsageError",
    message:
      /^Cannot compare runs as their numbers must have one meaning: .* metrics version 1 and .* version 2/,
  });
});

Deno.test("compareRuns() believes no difference below the floor, which is the calibrated one where there is one", () => {
  const slower = run(scaled({ done_ns: 1.07, shown_p50_ns: 1.07 }));
  assert.equal(verdicts(compareRuns(run(), slower))["done_ns"], "worse");
  const [metric] = compareRuns(run(), slower, { ...only("done_ns"), floorOf: () => 0.1 }).cells[0]!.metrics;
  assert.deepEqual([metric!.verdict, metric!.floor], ["no-difference", { share: 0.1, isCalibrated: true }]);
  assert.equal(verdicts(compareRuns(run(), run(scaled({ done_ns: 1.04 }))))["done_ns"], "no-difference");
});

/** A run with an anchor whose time is `factor` times that of {@link run}'s, and pressure on all blocks. */
function withAnchor(record: RunRecord, factor: number, cpuPressureShare = 0.02): RunRecord {
  const [template] = record.results as [MeasuredBlock];
  const cell: Cell = {
    ...record.settings.cells[0]!,
    key: "keyed-pk@2/node-sqlite/standard",
    adapter: "node-sqlite",
    anchor: true,
  };
  const anchors = [0, 1, 2, 3, 4, 5].map((blockIndex) => ({
    ...template,
    cellKey: cell.key,
    blockIndex,
    phases: [{ ...template.phases[0]!, metrics: { done_ns: factor * (100 + blockIndex) } }],
  }));
  return {
    ...record,
    settings: { ...record.settings, cells: [...record.settings.cells, cell] },
    results: [...record.results, ...anchors].map((block) => ({ ...block, host: { cpuPressureShare } })),
  };
}

Deno.test("compareRuns() claims what shows with and without the anchor, and nothing that the machine did", () => {
  const twice = scaled({ done_ns: 2, shown_p50_ns: 2, writes_per_second: 0.5 });
  const program = compareRuns(withAnchor(run(), 1), withAnchor(run(twice), 1));
  assert.equal(program.anchor!.hasChanged, false);
  assert.equal(verdicts(program)["done_ns"], "worse");

  const machine = compareRuns(withAnchor(run(), 1), withAnchor(run(twice), 2), only("all"));
  assert.equal(machine.anchor!.hasChanged, true);
  const done = machine.cells[0]!.metrics.find(({ metric }) => metric.id === "done_ns")!;
  assert.ok(Math.abs(done.corrected!.ratio - 1) < 1e-9 && Math.abs(done.comparison!.ratio - 2) < 1e-9);
  assert.equal(done.verdict, "undecided");
  const rate = machine.cells[0]!.metrics.find(({ metric }) => metric.id === "writes_per_second")!;
  assert.ok(
    Math.abs(rate.corrected!.ratio - 1) < 1e-9,
    "half as many per second are as many on a machine half as fast",
  );

  // The machine is twice as slow and the program takes as long as before: better, but only if the anchor is right.
  assert.equal(verdicts(compareRuns(withAnchor(run(), 1), withAnchor(run(), 2)))["done_ns"], "undecided");
  assert.equal(compareRuns(run(), run()).anchor, undefined);
});

Deno.test("compareRuns() claims no time where the CPU was held differently, and counts all the same", () => {
  const change = scaled({ done_ns: 2, emissions_needed: 2 });
  const comparison = compareRuns(withAnchor(run(), 1, 0.02), withAnchor(run(change), 1, 0.4), only("all"));
  assert.deepEqual(comparison.pressure?.map((share) => Number(share.toFixed(9))), [0.02, 0.4]);
  assert.equal(verdicts(comparison)["done_ns"], "undecided");
  assert.match(
    comparison.cells[0]!.metrics.find(({ leads }) => leads)!.forbidden ?? "",
    /waited 2 % and 40 %/,
  );
  assert.equal(verdicts(comparison)["emissions_needed"], "changed");
});

Deno.test("compareRuns() compares sizes and counts of two starts of one machine, and no times", () => {
  const comparison = compareRuns(
    run(undefined, { bootId: "a" }),
    run(undefined, { bootId: "b" }),
    only("all"),
  );
  assert.equal(comparison.areTimesComparable, false);
  const found = Object.keys(verdicts(comparison));
  assert.ok(found.includes("emissions_delivered") && !found.includes("done_ns"), found.join(" "));
  const unknown = compareRuns(run(), run(undefined, { bootId: "b", memoryBytes: 2 ** 33 - 4096 }));
  assert.equal(unknown.areTimesComparable, true);
  assert.deepEqual(unknown.differences.map(({ what, first }) => [what, first]), [
    ["memory", "8,589,934,592 B"],
    ["start of the machine", "unknown"],
  ]);
});

/** Runs of lognormal block times, six blocks a cell; `factors` change cells of the second run. */
function randomRun(seed: number, spread: number, factors: readonly number[]): RunRecord {
  const random = new DartRandom(seed);
  const noise = (): number => Math.exp(spread * normalQuantile((random.nextInt(2 ** 30) + 0.5) / 2 ** 30));
  const base = withAnchor(run(), 1);
  const [template] = base.results as [MeasuredBlock];
  const asked = factors.map((_, index): Cell => ({
    ...base.settings.cells[0]!,
    key: `keyed-pk@2/a${index}/standard`,
    adapter: `a${index}`,
  }));
  const cells = [...asked, base.settings.cells.at(-1)!];
  const results = cells.flatMap((cell, index) =>
    [0, 1, 2, 3, 4, 5].map((blockIndex): Block => ({
      ...template,
      cellKey: cell.key,
      blockIndex,
      host: {},
      phases: [{
        ...template.phases[0]!,
        metrics: {
          done_ns: 1e6 * (factors[index] ?? 1) * noise(),
          shown_p50_ns: 1e4 * (factors[index] ?? 1) * noise(),
        },
      }],
    }))
  );
  return { ...base, settings: { ...base.settings, cells }, results };
}

Deno.test("compareRuns() claims next to nothing of equal runs, and finds a cell that became 10 % slower", () => {
  const same = Array(8).fill(1);
  let [falseCount, count, foundCount] = [0, 0, 0];
  const runCount = 150;
  for (let seed = 0; seed < runCount; seed++) {
    const first = randomRun(2 * seed + 1, 0.025, same);
    for (const { metrics } of compareRuns(first, randomRun(2 * seed + 2, 0.025, same)).cells) {
      count += metrics.length;
      falseCount += metrics.filter(({ verdict }) => verdict === "better" || verdict === "worse").length;
    }
    const slower = compareRuns(first, randomRun(2 * seed + 2, 0.025, [1.1, ...same.slice(1)]));
    foundCount += Number(
      verdicts(slower)["done_ns"] === "worse" || verdicts(slower)["shown_p50_ns"] === "worse",
    );
  }
  assert.ok(falseCount / count < 0.002, `${falseCount} of ${count}`);
  assert.ok(foundCount / runCount > 0.9, `${foundCount} of ${runCount}`);
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
    message:
      /^Cannot compare metric "wal_ns" \(did you mean "wall_ns"\?\): metrics are all, done, done\/op, /,
  });
});

Deno.test("workloadSentences() has one sentence for each workload: better, worse, mixed, none, cannot tell", () => {
  const of = (change: Change) =>
    workloadSentences(compareRuns(run(), run(change))).map(({ workload, verdict }) => [workload, verdict]);
  const both = (verdict: string) => [["keyed-pk@2, standard", verdict], ["overlap@2, standard", verdict]];
  assert.deepEqual(of(scaled({})), both("no-difference"));
  assert.deepEqual(of(scaled({ done_ns: 1.5 })), both("worse"));
  assert.deepEqual(of(scaled({ shown_p50_ns: 0.5 })), both("better"));
  assert.deepEqual(of(scaled({ done_ns: 1.5, shown_p50_ns: 0.5 })), both("mixed"));
  const { results, ...rest } = run();
  const fewer = { ...rest, results: results.filter(({ blockIndex }) => blockIndex < 2) };
  assert.deepEqual(workloadSentences(compareRuns(fewer, fewer)).map(({ verdict }) => verdict), [
    "cannot-tell",
    "cannot-tell",
  ]);
});

for (
  const [text, message] of [
    ["done", /Cannot read margin "done" as it must be a metric and a share such as done:5%/],
    ["done:5", /such as done:5%/],
    ["done:5%:6%", /such as done:5%/],
    ["done:0%", /must be above 0 % and at most 900 %: got 0 %/],
    ["done:-5%", /must be above 0 %/],
    ["done:5000%", /at most 900 %: got 5000 %/],
    ["doen:5%", /Cannot keep a margin on "doen" \(did you mean "done"\?\)/],
    ["emissions_needed:5%", /must have a better end/],
  ] as const
) {
  Deno.test(`parseMargins() refuses ${text}`, () => {
    assert.throws(() => parseMargins([text]), { name: "UsageError", message });
  });
}

Deno.test("parseMargins() takes ids with and without their unit, each once", () => {
  assert.deepEqual(parseMargins(["done:5%", "shown_p99_ns:12.5%"]), [
    { metric: "done_ns", share: 0.05 },
    { metric: "shown_p99_ns", share: 0.125 },
  ]);
  assert.throws(() => parseMargins(["done:5%", "done_ns:6%"]), { message: /"done_ns" is there twice/ });
});

Deno.test("brokenMargins() names what is beyond its margin with its whole interval, and nothing that may not be said", () => {
  const slower = run(scaled({ done_ns: 1.2, writes_per_second: 0.5 }));
  const broken = (first: RunRecord, second: RunRecord, ...texts: string[]) =>
    brokenMargins(compareRuns(first, second, only("all")), parseMargins(texts)).length;
  assert.equal(broken(run(), slower, "done:10%"), 3);
  assert.equal(broken(run(), slower, "done:19%"), 0, "the estimate is beyond it, the interval is not");
  assert.equal(broken(run(), slower, "writes_per_second:50%"), 3);
  assert.equal(broken(slower, run(), "done:5%", "writes_per_second:5%"), 0, "what got better breaks nothing");
  assert.equal(broken(withAnchor(run(), 1), withAnchor(slower, 1.2), "done:5%"), 0, "the machine was slower");
  assert.equal(broken(withAnchor(run(), 1), withAnchor(slower, 1, 0.5), "done:5%"), 0, "it was busy");
  assert.throws(() => broken(run(), slower, "peak_rss_bytes:5%"), {
    name: "UsageError",
    message: /Cannot keep a margin on "peak_rss_bytes" as both runs must have it of a database x workload/,
  });
});

Deno.test("compareMarkdown() matches the golden file, margins first", async (t) => {
  const comparison = compareRuns(
    withAnchor(run(), 1),
    withAnchor(run(scaled({ done_ns: 1.5 })), 1),
    only("done_ns"),
  );
  await t.assertSnapshot(compareMarkdown(comparison, brokenMargins(comparison, parseMargins(["done:5%"]))));
  await t.assertSnapshot(compareMarkdown(compareRuns(run(), run(undefined, { machineId: "a|b<c>" }))));
});

Deno.test("compareText() matches the golden file", async (t) => {
  await t.assertSnapshot(compareText(compareRuns(recordFixture(), run(scaled({ done_ns: 0.5 })))));
  await t.assertSnapshot(compareText(compareRuns(run(), run(undefined, { machineId: "\x1b[2Jother" }))));
});
