import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { recordFixture } from "../../testing/record_fixture.ts";
import { nodeSqlite } from "../../adapters/node_sqlite.ts";
import { DartRandom } from "../../dataset/mod.ts";
import { type Block, RecordFormatError, type RunRecord, UsageError } from "../../model/mod.ts";
import { syntheticBlock } from "./_synthetic_run.ts";
import { measuredCell } from "./lanes.ts";
import { planRound } from "./plan_round.ts";
import { powerGroup, type PowerRow, type PowerStudy, slowedCell, studyPower } from "./power.ts";
import { parsePower, parsePowerFile, storePower } from "./power_file.ts";
import { powerPage, powerTargets } from "./power_page.ts";

const CELL = measuredCell({ workload: "keyed-pk@2", scale: "smoke" }, { adapter: "node-sqlite" });

/** Rounds of a cell whose blocks scatter by `spread` and are as much slower as was planted; one in twelve is slow anyway. */
function powerRun(roundCount: number, spread: number, blocksPerSide = 5): RunRecord {
  const group = powerGroup(CELL, blocksPerSide);
  const random = new DartRandom(5);
  const cells = group.map(({ cell }) => cell);
  const slowdowns = new Map(group.map(({ cell, slowdownShare = 0 }) => [cell.key, slowdownShare]));
  return {
    ...recordFixture(),
    id: "2026-11-22T10-00-00-power",
    sha256: "0".repeat(64),
    settings: {
      cells: [...new Map(cells.map((one) => [one.key, one])).values()],
      blockCount: 1,
      blocksPerSide,
      seed: 0,
      timeoutMs: 1,
    },
    adapters: [{ ...nodeSqlite }],
    results: Array.from(
      { length: roundCount },
      (_, round) =>
        planRound([cells], round, 0).map(({ cell, blockIndex, position }) => {
          const burst = random.nextInt(12) === 0 ? 0.3 : 0;
          const scatter = 1 + burst + spread * (random.nextInt(2001) - 1000) / 1000;
          const value = 1e5 * scatter * (1 + slowdowns.get(cell.key)!);
          return syntheticBlock(cell.key, blockIndex, position, {
            operation: { latency_low_ns: value, latency_p50_ns: value, latency_p99_ns: value },
            metrics: { done_ns: 1e6 + value, shown_p50_ns: value },
            host: { load1m: 1 + round },
          });
        }),
    ).flat(),
  };
}

let whole: PowerStudy | undefined;

/** A study with every number of pairs, computed once. */
function wholeStudy(): PowerStudy {
  return whole ??= studyPower(powerRun(36, 0.04), [CELL]);
}

Deno.test("powerGroup() runs two equal sides and one with each planted slowdown, under names of their own", () => {
  const group = powerGroup(CELL, 5);
  const counts = Map.groupBy(group, ({ cell: { key } }) => key);
  deepStrictEqual([...counts].map(([key, own]) => [key, own[0]!.slowdownShare, own.length]), [
    ["keyed-pk@2/node-sqlite[slowed=0%]/smoke", 0, 10],
    ["keyed-pk@2/node-sqlite[slowed=2%]/smoke", 0.02, 5],
    ["keyed-pk@2/node-sqlite[slowed=5%]/smoke", 0.05, 5],
    ["keyed-pk@2/node-sqlite[slowed=10%]/smoke", 0.1, 5],
  ]);
  strictEqual(slowedCell(CELL, 0.05).cell.options, CELL.cell.options);
});

Deno.test("studyPower() raises few alarms, and finds what was planted beyond the floor, though processes are slow", () => {
  const study = wholeStudy();
  deepStrictEqual([study.rounds, study.load1m, study.blocksPerSide], [
    { measured: 36, disturbed: 0 },
    { lowest: 1, highest: 36 },
    5,
  ]);
  const [p10] = study.parts;
  const rate = (plantedShare: number, pairCount: number, design: PowerRow["design"] = "fixed"): number =>
    p10!.rows.find((row) =>
      row.plantedShare === plantedShare && row.pairCount === pairCount && row.design === design
    )!
      .calledShare;
  ok(rate(0, 20) <= 0.01 && rate(0, 20, "sequential") <= 0.01, "false alarms");
  ok(rate(0.05, 20) > 0.9 && rate(0.1, 10) > 0.95, `${rate(0.05, 20)} ${rate(0.1, 10)}`);
  ok(rate(0.02, 20) < 0.2, "2 % is below the floor");
  strictEqual(rate(0.1, 5), 0, "five pairs cannot reach the level");
  ok(Math.abs(p10!.seen.find(({ plantedShare }) => plantedShare === 0.1)!.ratio - 1.1) < 0.03);
  deepStrictEqual(
    powerTargets(study).map((line) => [...line.matchAll(/met|missed/g)].map(([word]) => word)),
    [
      ["met", "met"],
    ],
  );
});

Deno.test("studyPower() studies the headline of the phase beside the operation, and sees less of what was planted in done", () => {
  const { parts } = wholeStudy();
  deepStrictEqual(parts.map(({ metric, operation }) => [metric, operation]), [
    ["latency_low_ns", "update"],
    ["latency_p50_ns", "update"],
    ["latency_p99_ns", "update"],
    ["done_ns", undefined],
    ["shown_p50_ns", undefined],
  ]);
  const seen = (metric: string): number =>
    parts.find((part) => part.metric === metric)!.seen.find(({ plantedShare }) => plantedShare === 0.1)!
      .ratio;
  ok(seen("done_ns") < 1.02 && seen("shown_p50_ns") > 1.05, `${seen("done_ns")} ${seen("shown_p50_ns")}`);
  match(powerPage(wholeStudy()), /Phase burst, as a whole\./);
});

Deno.test("powerTargets() says what is missed, and how many pairs are needed", () => {
  const study = wholeStudy();
  const rows = study.parts[0]!.rows;
  const changed = (change: (row: PowerRow) => PowerRow): string =>
    powerTargets({ ...study, parts: [{ ...study.parts[0]!, rows: rows.map(change) }] })[0]!;
  match(
    changed((row) => row.plantedShare === 0.05 && row.pairCount <= 20 ? { ...row, calledShare: 0.8 } : row),
    /found in 80 % \(target at least 90 %, missed: 30 pairs are needed\)/,
  );
  match(
    changed((row) => ({ ...row, calledShare: 0.02 })),
    /false alarms in 2 % \(target at most 1 %, missed\).*missed: no studied number of pairs is enough/,
  );
  const few = studyPower(powerRun(12, 0.06), [CELL]);
  match(powerTargets(few)[0]!, /fewer than 20 rounds count/);
});

Deno.test("studyPower() studies no more pairs than were measured, and gives the same twice", () => {
  const run = powerRun(12, 0.04);
  const study = studyPower(run, [CELL]);
  deepStrictEqual([...new Set(study.parts[0]!.rows.map(({ pairCount }) => pairCount))], [5, 10]);
  deepStrictEqual(studyPower(run, [CELL]), study);
});

Deno.test("studyPower() leaves rounds out in which a block is wrong", () => {
  const run = powerRun(12, 0.04);
  const results = run.results.map((block, index) =>
    index === 30 ? { ...block, verdict: "lost" } as Block : block
  );
  const seen = studyPower({ ...run, results }, [CELL]).parts[0]!.seen.map(({ pairCount }) => pairCount);
  ok(seen.includes(11), `${seen}`);
});

Deno.test("studyPower() refuses a run without equal sides", () => {
  const run = powerRun(6, 0.04);
  const settings = {
    ...run.settings,
    cells: run.settings.cells.filter(({ key }) => !key.includes("slowed=0%")),
  };
  throws(
    () => studyPower({ ...run, settings }, [CELL]),
    /it has no keyed-pk@2\/node-sqlite\[slowed=0%\]\/smoke/,
  );
  throws(() => studyPower(run, []), UsageError);
});

Deno.test("powerPage() shows rates with intervals by number of pairs, and no markup from the record", () => {
  const study = wholeStudy();
  const page = powerPage({ ...study, cpuModel: "<b>fast</b> | [x](y)" });
  match(page, /\\<b\\>fast/);
  match(page, /\| 20 +\| +0(\.\d+)? % \(0 % to 0\.\d+ %\)/);
  match(page, /up to 20, looked at on the way/);
});

Deno.test("storePower() writes what parsePowerFile() accepts, and a page that is not of the study is none", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const study = studyPower(powerRun(7, 0.04), [CELL]);
    const file = storePower(folder, study);
    const text = await Deno.readTextFile(file);
    deepStrictEqual(parsePower(text, "f"), study);
    throws(() => parsePower(text.replace('"fixed"', '"fxed"'), "f"), RecordFormatError);
    throws(() => parsePower("[", "f"), /must be JSON/);
    const pageFile = file.replace(/json$/, "md");
    const page = await Deno.readTextFile(pageFile);
    parsePowerFile(text, file);
    parsePowerFile(page, pageFile);
    throws(
      () => parsePowerFile(page.replace("7 rounds", "8 rounds"), pageFile),
      /what the study beside it says/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("studyPower() says what kept CPUs busy, and storePower() keeps such a study beside the quiet one", async () => {
  const run = powerRun(7, 0.01);
  const study = studyPower({ ...run, settings: { ...run.settings, busyProcesses: 2 } }, [CELL]);
  strictEqual(study.busyProcesses, 2);
  match(powerPage(study), /2 busy processes ran beside it all the time\. The load average was/);
  const folder = await Deno.makeTempDir({ prefix: "watchbench-power-" });
  try {
    const [busy, quiet] = [storePower(folder, study), storePower(folder, studyPower(run, [CELL]))];
    match(busy, /-busy2\.json$/);
    strictEqual(busy.replace("-busy2", ""), quiet);
    deepStrictEqual(parsePowerFile(Deno.readTextFileSync(busy), busy), study);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
