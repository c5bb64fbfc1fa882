import { strictEqual } from "node:assert/strict";
import { measureClockStep, measureTurnCost } from "./clock.ts";

/** A clock that moves by `moveNs` at each reading and shows whole steps of `stepNs`. */
function coarse(moveNs: number, stepNs: number) {
  let ns = 0;
  return { nowNs: () => Math.floor((ns += moveNs) / stepNs) * stepNs, pass: (more: number) => ns += more };
}

Deno.test("measureClockStep() gives the grain when the clock is coarse, and the cost of a reading when it is fine", () => {
  strictEqual(measureClockStep(coarse(70, 5000).nowNs), 5000);
  strictEqual(measureClockStep(coarse(70, 1).nowNs), 70);
});

Deno.test("measureClockStep() gives 0 when the clock stands", () => {
  strictEqual(measureClockStep(() => 7), 0);
});

for (const [stepNs, expected] of [[1, 3000], [5000, 3000]] as const) {
  Deno.test(`measureTurnCost() finds turns of 3 us when the clock steps by ${stepNs} ns`, async () => {
    const { nowNs, pass } = coarse(0, stepNs);
    const clock = {
      nowNs,
      turn: () => {
        pass(3000);
        return Promise.resolve();
      },
      sleep: () => Promise.resolve(),
    };
    strictEqual(Math.round(await measureTurnCost(clock, stepNs, 500) / 10) * 10, expected);
  });
}
