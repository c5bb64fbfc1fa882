import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { recordFixture } from "../../testing/record_fixture.ts";
import { watchlite } from "../../adapters/watchlite.ts";
import { RecordFormatError, type RunRecord } from "../../model/mod.ts";
import { noise, type SyntheticBlock, syntheticBlock, TWO_ARMS } from "./_synthetic_run.ts";
import {
  calibrate,
  calibratedFloors,
  calibrationFile,
  loadCalibration,
  parseCalibration,
  recordedFloors,
  storeCalibration,
} from "./calibration.ts";
import { measuredCell } from "./lanes.ts";

const CONTROL = measuredCell({ workload: "keyed-pk@2", scale: "smoke" }, {
  adapter: "watchlite",
  options: { policy: "per-commit" },
});

/** A sealed A/A run with as many pairs; blocks hold what they are told. */
function pairsRun(
  pairCount: number,
  read: (blockIndex: number) => SyntheticBlock,
  key = CONTROL.cell.key,
  blocksPerSide?: number,
): RunRecord {
  const blockCount = pairCount * 2 * (blocksPerSide ?? 1);
  const cell = { ...CONTROL.cell, key };
  return {
    ...recordFixture(),
    id: "2026-11-22T10-00-00-calibrate",
    sha256: "0".repeat(64),
    settings: {
      cells: [cell],
      blockCount,
      ...(blocksPerSide === undefined ? {} : { blocksPerSide }),
      seed: 0,
      timeoutMs: 1000,
    },
    adapters: [{ ...watchlite }],
    results: Array.from(
      { length: blockCount },
      (_, index) => syntheticBlock(key, index, index, read(index)),
    ),
  };
}

/** Both sides alike, up to noise as large as told. */
function alike(size: number): (blockIndex: number) => SyntheticBlock {
  return (index) => {
    const value = 1e6 * (1 + (noise(index % 2 === 0 ? "a" : "bcd", Math.floor(index / 2)) - 1) * size);
    return { metrics: { wall_ns: value, emissions_delivered: 3 }, operation: { latency_p10_ns: value } };
  };
}

const [COST, WALL] = [TWO_ARMS.primary[0]!, TWO_ARMS.guardrails[0]!];

Deno.test("calibrate() makes floors that fall with the number of pairs and grow with the noise", () => {
  const floors = (size: number) =>
    calibrate(pairsRun(20, alike(size)), []).cells[0]!.readings
      .find(({ quantity }) => "metric" in quantity && quantity.metric === "wall_ns")!.floors.map((
        { share },
      ) => share);
  const [six, ten, twenty] = floors(10);
  ok(six! > ten! && ten! > twenty! && twenty! > 0, `${six} ${ten} ${twenty}`);
  ok(floors(20)[1]! > ten!);
});

Deno.test("calibrate() pairs the medians of a round's blocks, so that one slow process in five is no noise", () => {
  const slowOnce = (index: number): SyntheticBlock => ({
    metrics: { wall_ns: 1e6 * (noise("a", index) + (index % 5 === 3 ? 0.5 : 0)) },
  });
  const floor = (blocksPerSide: number | undefined) => {
    const run = pairsRun(12, slowOnce, CONTROL.cell.key, blocksPerSide);
    const [cell] = calibrate(run, []).cells;
    const wall = cell!.readings.find(({ quantity }) => JSON.stringify(quantity).includes("wall_ns"))!;
    return { pairCount: cell!.pairCount, blocksPerSide: cell!.blocksPerSide, share: wall.floors[1]!.share };
  };
  const [single, five] = [floor(undefined), floor(5)];
  deepStrictEqual([single.pairCount, single.blocksPerSide], [12, undefined]);
  deepStrictEqual([five.pairCount, five.blocksPerSide], [12, 5]);
  ok(single.share > 0.05 && five.share < 0.03, `${single.share} ${five.share}`);
});

Deno.test("calibrate() leaves out what has no better end, and takes what experiments read", () => {
  const { readings } = calibrate(pairsRun(10, alike(1)), [TWO_ARMS]).cells[0]!;
  const metrics = readings.flatMap(({ quantity }) => "metric" in quantity ? [quantity.metric] : []);
  ok(
    metrics.includes("wall_ns") && metrics.includes("latency_p10_ns") &&
      !metrics.includes("emissions_delivered"),
  );
  const ratio = { ratio: [{ metric: "wall_ns" }, { metric: "wall_ns" }] } as const;
  const experiment = { ...TWO_ARMS, guardrails: [{ ...WALL, quantity: ratio }] };
  const [own] = calibrate(pairsRun(10, alike(1)), [experiment]).cells;
  ok(own!.readings.some(({ quantity }) => "ratio" in quantity));
});

Deno.test("calibrate() leaves disturbed rounds and wrong blocks out", () => {
  const [cell] = calibrate(
    pairsRun(12, (index) => ({
      ...alike(1)(index),
      host: { load1m: 1, cpuPressureShare: index < 2 ? 0.9 : 0.1 },
      ...(index === 5 ? { verdict: "lost" as const } : {}),
    })),
    [],
  ).cells;
  deepStrictEqual([cell!.pairCount, cell!.disturbedRoundCount, cell!.load1m], [10, 1, 1]);
});

Deno.test("calibrate() finds sides that should be equal and are not", () => {
  const lopsided = calibrate(
    pairsRun(
      20,
      (index) => ({ metrics: { wall_ns: 1e6 * noise("a", index) * (index % 2 === 0 ? 1 : 1.2) } }),
    ),
    [],
  ).cells[0]!.lopsided;
  deepStrictEqual(lopsided, ['burst  {"metric":"wall_ns"}']);
  deepStrictEqual(calibrate(pairsRun(20, alike(1)), []).cells[0]!.lopsided, []);
});

Deno.test("calibratedFloors() finds the control's floors, never below 3 %", () => {
  const calibration = calibrate(pairsRun(20, alike(30)), []);
  const floorOf = calibratedFloors(TWO_ARMS, calibration, 1);
  const wall = calibration.cells[0]!.readings.find(({ quantity }) =>
    JSON.stringify(quantity).includes("wall_ns")
  )!;
  deepStrictEqual(floorOf(WALL, "after", 12), { share: wall.floors[1]!.share, isCalibrated: true });
  strictEqual(floorOf(WALL, "after", 20).share, Math.max(0.03, wall.floors[2]!.share));
  ok(floorOf(WALL, "after", 3).share > wall.floors[0]!.share, "fewer pairs stray farther");
  const quiet = calibratedFloors(TWO_ARMS, calibrate(pairsRun(20, alike(0.1)), []), 1);
  deepStrictEqual(quiet(COST, "after", 20), { share: 0.03, isCalibrated: true });
});

Deno.test("calibratedFloors() says where nothing was calibrated", () => {
  const uncalibrated = { share: 0.03, isCalibrated: false };
  deepStrictEqual(calibratedFloors(TWO_ARMS, undefined, 1)(WALL, "after", 10), uncalibrated);
  const other = calibrate(pairsRun(10, alike(1), "keyed-pk@2/watchlite/smoke"), []);
  deepStrictEqual(calibratedFloors(TWO_ARMS, other, 1)(WALL, "after", 10), uncalibrated);
  const single = calibrate(pairsRun(10, alike(1)), []);
  deepStrictEqual(
    calibratedFloors(TWO_ARMS, single, 5)(WALL, "after", 10),
    uncalibrated,
    "pairs with other sides are not as noisy",
  );
});

Deno.test("recordedFloors() judges by what was recorded, whatever was calibrated since", () => {
  const comparison = { floor: 0.07, isCalibrated: true };
  const floorOf = recordedFloors([{ criterion: "wall", arm: "after", comparison }]);
  deepStrictEqual(floorOf(WALL, "after", 10), { share: 0.07, isCalibrated: true });
  deepStrictEqual(floorOf(COST, "after", 10), { share: 0.03, isCalibrated: false });
});

Deno.test("storeCalibration() replaces the cells that it has and keeps the others", async () => {
  const folder = await Deno.makeTempDir();
  try {
    strictEqual(loadCalibration(folder, "machine"), undefined);
    const first = { ...calibrate(pairsRun(10, alike(1)), []), machineId: "machine" };
    const other = {
      ...calibrate(pairsRun(8, alike(1), "keyed-pk@2/watchlite/smoke"), []),
      machineId: "machine",
    };
    const again = { ...calibrate(pairsRun(6, alike(1)), []), machineId: "machine" };
    for (const one of [first, other, again]) {
      strictEqual(storeCalibration(folder, one), calibrationFile(folder, "machine"));
    }
    deepStrictEqual(
      loadCalibration(folder, "machine")!.cells.map(({ cellKey, pairCount }) => [cellKey, pairCount]),
      [
        ["keyed-pk@2/watchlite/smoke", 8],
        ["keyed-pk@2/watchlite[policy=per-commit]/smoke", 6],
      ],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("parseCalibration() refuses what is no calibration and names the place", () => {
  const text = JSON.stringify(calibrate(pairsRun(6, alike(1)), []));
  strictEqual(parseCalibration(text, "f").cells.length, 1);
  for (
    const [bad, message] of [
      ["{", /must be JSON/],
      [text.replace('"spread"', '"spred"'), /cells\.0\.readings/],
      [text.replace('"schemaVersion":1', '"schemaVersion":2'), /"schemaVersion"/],
    ] as const
  ) {
    throws(
      () => parseCalibration(bad, "f"),
      (error) => error instanceof RecordFormatError && message.test(error.message),
    );
  }
});
