import { ok, strictEqual } from "node:assert/strict";
import type { Calibration } from "./calibration.ts";
import { runFloors } from "./run_floors.ts";

function calibration(spread: number): Calibration {
  const reading = {
    phase: "burst",
    quantity: { metric: "done_ns" },
    spread,
    floors: [{ pairCount: 6, share: 0.5 }],
  };
  const cell = {
    cellKey: "a",
    run: "r",
    sha256: "0".repeat(64),
    pairCount: 6,
    blocksPerSide: 5,
    disturbedRoundCount: 0,
    lopsided: [],
    readings: [reading],
  };
  return { schemaVersion: 1, machineId: "m", cpuModel: "c", deno: "d", recordedAt: "", cells: [cell] };
}

Deno.test("runFloors() is what equal sides stray, narrower with more blocks than a side has, and 3 % at least", () => {
  const place = { cellKey: "a", metric: "done_ns", phase: "burst" };
  const floorOf = runFloors(calibration(0.05));
  ok(Math.abs(floorOf(place, 5)! - Math.expm1(0.098)) < 1e-12);
  ok(Math.abs(floorOf(place, 20)! - Math.expm1(0.049)) < 1e-12);
  strictEqual(runFloors(calibration(0.001))(place, 5), 0.03);
});

Deno.test("runFloors() knows nothing of what was not calibrated", () => {
  for (
    const place of [{ cellKey: "b", metric: "done_ns", phase: "burst" }, { cellKey: "a", metric: "done_ns" }]
  ) {
    strictEqual(runFloors(calibration(0.05))(place, 5), undefined);
  }
  strictEqual(runFloors(undefined)({ cellKey: "a", metric: "done_ns", phase: "burst" }, 5), undefined);
});
