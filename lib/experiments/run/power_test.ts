import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { recordFixture } from "../../testing/record_fixture.ts";
import { nodeSqlite } from "../../adapters/node_sqlite.ts";
import { DartRandom } from "../../dataset/mod.ts";
import { RecordFormatError, type RunRecord } from "../../model/mod.ts";
import { syntheticBlock } from "./_synthetic_run.ts";
import { measuredCell } from "./lanes.ts";
import { planRound } from "./plan_round.ts";
import { parsePower, powerGroup, type PowerRow, slowedCell, storePower, studyPower } from "./power.ts";

const CELL = measuredCell({ workload: "keyed-pk@2", scale: "smoke" }, { adapter: "node-sqlite" });

/** Rounds of a cell whose blocks scatter by `spread` and are as much slower as was planted. */
function powerRun(roundCount: number, spread: number): RunRecord {
  const group = powerGroup(CELL);
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
      seed: 0,
      timeoutMs: 1,
    },
    adapters: [{ ...nodeSqlite }],
    results: Array.from(
      { length: roundCount },
      (_, round) =>
        planRound([cells], round, 0).map(({ cell, blockIndex, position }) => {
          const scatter = 1 + spread * (random.nextInt(2001) - 1000) / 1000;
          const value = 1e5 * scatter * (1 + slowdowns.get(cell.key)!);
          return syntheticBlock(cell.key, blockIndex, position, {
            operation: { latency_p10_ns: value, latency_p50_ns: value, latency_p99_ns: value },
            host: { load1m: 1 + round },
          });
        }),
    ).flat(),
  };
}

Deno.test("powerGroup() runs a cell twice and beside it slowed down under names of its own", () => {
  deepStrictEqual(powerGroup(CELL).map(({ cell: { key }, slowdownShare }) => [key, slowdownShare]), [
    ["keyed-pk@2/node-sqlite/smoke", undefined],
    ["keyed-pk@2/node-sqlite/smoke", undefined],
    ["keyed-pk@2/node-sqlite[slowed=2%]/smoke", 0.02],
    ["keyed-pk@2/node-sqlite[slowed=5%]/smoke", 0.05],
    ["keyed-pk@2/node-sqlite[slowed=10%]/smoke", 0.1],
  ]);
  strictEqual(slowedCell(CELL, 0.05).cell.options, CELL.cell.options);
});

Deno.test("studyPower() raises few alarms, and finds what was planted beyond the floor", () => {
  const study = studyPower(powerRun(40, 0.04), [CELL]);
  deepStrictEqual([study.rounds, study.load1m], [{ measured: 40, disturbed: 0 }, { lowest: 1, highest: 40 }]);
  const [p10] = study.parts;
  const rate = (plantedShare: number, pairCount: number, design: PowerRow["design"] = "fixed"): number =>
    p10!.rows.find((row) =>
      row.plantedShare === plantedShare && row.pairCount === pairCount && row.design === design
    )!
      .calledShare;
  ok(rate(0, 20) <= 0.01 && rate(0, 20, "sequential") <= 0.01, "false alarms");
  ok(rate(0.05, 20) > 0.9 && rate(0.1, 10) > 0.95);
  ok(rate(0.02, 20) < 0.2, "2 % is below the floor");
  strictEqual(rate(0.1, 6), 0, "six pairs cannot reach the level");
  ok(Math.abs(p10!.seen.find(({ plantedShare }) => plantedShare === 0.1)!.ratio - 1.1) < 0.03);
});

Deno.test("studyPower() studies no more pairs than were measured, and gives the same twice", () => {
  const run = powerRun(12, 0.04);
  const study = studyPower(run, [CELL]);
  deepStrictEqual([...new Set(study.parts[0]!.rows.map(({ pairCount }) => pairCount))], [6, 10]);
  deepStrictEqual(studyPower(run, [CELL]), study);
});

Deno.test("storePower() writes what parsePower() reads", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const study = studyPower(powerRun(7, 0.04), [CELL]);
    const text = await Deno.readTextFile(storePower(folder, study));
    deepStrictEqual(parsePower(text, "f"), study);
    throws(() => parsePower(text.replace('"fixed"', '"fxed"'), "f"), RecordFormatError);
    throws(() => parsePower("[", "f"), /must be JSON/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
