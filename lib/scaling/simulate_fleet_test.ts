import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type FleetModel, simulateFleet } from "./simulate_fleet.ts";

const MODEL: FleetModel = {
  workerCount: 1,
  roundCount: 12,
  roundTimesMs: [1000],
  latencyMs: 10,
  serviceMs: 2,
  requestsPerRound: { before: 2, after: 2 },
  seed: 1,
};

Deno.test("simulateFleet() adds the latency of every request where one worker works", () => {
  const { makespanMs, overheadMs, queueShare } = simulateFleet(MODEL);
  strictEqual(makespanMs, 12 * (1000 + 4 * 10));
  strictEqual(overheadMs, 4 * 10);
  ok(Math.abs(queueShare - 12 * 4 * 2 / makespanMs) < 1e-12);
});

Deno.test("simulateFleet() divides rounds among workers, and the rest of a division is idle", () => {
  const free = { ...MODEL, latencyMs: 0, serviceMs: 0 };
  const three = simulateFleet({ ...free, workerCount: 3 });
  deepStrictEqual([three.makespanMs, three.speedup, three.idleShare], [4000, 3, 0]);
  const five = simulateFleet({ ...free, workerCount: 5 });
  deepStrictEqual([five.makespanMs, five.speedup], [3000, 4]);
  ok(Math.abs(five.idleShare - 0.2) < 1e-12);
});

Deno.test("simulateFleet() stops to scale where the database is busy all the time", () => {
  // 4 requests of 25 ms are a tenth of a second: never more than ten rounds a second.
  const model = { ...MODEL, roundCount: 1000, latencyMs: 25, serviceMs: 25 };
  const { speedup, queueShare } = simulateFleet({ ...model, workerCount: 100 });
  ok(speedup < 10.1, String(speedup));
  ok(queueShare > 0.95, String(queueShare));
});

Deno.test("simulateFleet() gives the same outcome twice, and another one for another seed", () => {
  const model = { ...MODEL, roundTimesMs: [900, 1000, 1500], workerCount: 5, roundCount: 100 };
  deepStrictEqual(simulateFleet(model), simulateFleet(model));
  ok(simulateFleet(model).makespanMs !== simulateFleet({ ...model, seed: 2 }).makespanMs);
});
