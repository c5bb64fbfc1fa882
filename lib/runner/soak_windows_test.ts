import assert from "node:assert/strict";
import type { PhaseReading } from "../metrics/mod.ts";
import { SoakWindows } from "./soak_windows.ts";

const reading = (doneNs: number): PhaseReading => ({
  values: { done_ns: doneNs, wall_ns: 1 },
  samples: { shown_p50_ns: [doneNs, doneNs + 2] },
});

Deno.test("SoakWindows folds the laps of each window, and reads memory when one ends", async () => {
  const windows = new SoakWindows(120_000);
  let asked = 0;
  const memoryBytes = () => Promise.resolve(asked++ === 0 ? 100 : undefined);
  for (
    const [atMs, doneNs] of [[900, 10], [1900, 20], [2500, 60], [3000, 1], [4600, 3], [5000, 9]] as const
  ) {
    windows.add("burst", reading(doneNs));
    await windows.endLap(atMs, memoryBytes);
  }
  assert.deepEqual(windows.ended, [
    {
      endMs: 2500,
      lapCount: 3,
      memoryBytes: 100,
      phases: [{ name: "burst", metrics: { done_ns: 20, shown_p50_ns: 21 } }],
    },
    { endMs: 4600, lapCount: 2, phases: [{ name: "burst", metrics: { done_ns: 2, shown_p50_ns: 3 } }] },
  ]);
  assert.equal(asked, 2);
});

Deno.test("SoakWindows makes no window shorter than a second", async () => {
  const windows = new SoakWindows(15_000);
  for (let atMs = 250; atMs <= 15_000; atMs += 250) {
    await windows.endLap(atMs, () => Promise.resolve(undefined));
  }
  assert.deepEqual(
    windows.ended.map(({ endMs }) => endMs),
    Array.from({ length: 15 }, (_, i) => 1000 * (i + 1)),
  );
});
