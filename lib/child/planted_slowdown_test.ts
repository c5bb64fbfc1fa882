import { ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { PlantedSlowdown } from "./planted_slowdown.ts";

/** A machine whose clock costs something to read, and whose steps cost what they cost. */
class FakeMachine {
  now = 0;
  spunNs = 0;
  readonly #readNs: number;
  readonly #stepNs: number;

  constructor(readNs: number, stepNs: number) {
    this.#readNs = readNs;
    this.#stepNs = stepNs;
  }

  readonly nowNs = (): number => this.now += this.#readNs;
  readonly spin = (stepCount: number): void => {
    this.spunNs += stepCount * this.#stepNs;
    this.now += stepCount * this.#stepNs;
  };
}

const shares = fc.constantFrom(0.02, 0.05, 0.1);
const machines = fc.record({
  readNs: fc.double({ min: 0, max: 150, noNaN: true }),
  stepNs: fc.double({ min: 0.5, max: 5, noNaN: true }),
});
/** 1 us to 10 ms. */
const operationsNs = fc.array(fc.double({ min: 1e3, max: 1e7, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

Deno.test("PlantedSlowdown.lengthen() adds the share of the time of all operations together", () => {
  fc.assert(fc.property(shares, machines, operationsNs, (share, { readNs, stepNs }, durationsNs) => {
    const machine = new FakeMachine(readNs, stepNs);
    const slowdown = new PlantedSlowdown(share, machine.nowNs, machine.spin);
    machine.spunNs = 0;
    let ownNs = 0;
    for (const durationNs of durationsNs) {
      const startNs = machine.nowNs();
      machine.now += durationNs;
      slowdown.lengthen(startNs);
      ownNs += durationNs + readNs;
    }
    // What is not there yet is less than one step; the cost of a step is known up to a reading in 20,000 steps.
    const missingNs = share * ownNs - machine.spunNs;
    ok(
      missingNs >= -1e-6 * ownNs && missingNs <= stepNs * 1.1 + share * ownNs * 0.02,
      `missing ${missingNs}`,
    );
  }));
});

Deno.test("PlantedSlowdown.lengthen() makes each operation longer by its own share", () => {
  fc.assert(fc.property(shares, machines, operationsNs, (share, { readNs, stepNs }, durationsNs) => {
    const machine = new FakeMachine(readNs, stepNs);
    const slowdown = new PlantedSlowdown(share, machine.nowNs, machine.spin);
    for (const durationNs of durationsNs) {
      const startNs = machine.nowNs();
      machine.now += durationNs;
      machine.spunNs = 0;
      slowdown.lengthen(startNs);
      const wantedNs = share * (durationNs + readNs);
      ok(
        Math.abs(machine.spunNs - wantedNs) <= 2 * stepNs + wantedNs * 0.02,
        `${machine.spunNs}, not ${wantedNs}`,
      );
    }
  }));
});

Deno.test("PlantedSlowdown.lengthen() reads the clock and works nothing off when the share is 0", () => {
  const machine = new FakeMachine(100, 1);
  const slowdown = new PlantedSlowdown(0, machine.nowNs, machine.spin);
  machine.spunNs = 0;
  const before = machine.now;
  for (let index = 0; index < 10; index++) slowdown.lengthen(0);
  strictEqual(machine.spunNs, 0);
  strictEqual(machine.now - before, 1000);
});

Deno.test("PlantedSlowdown.pause() is as long for every share", () => {
  for (const share of [0, 0.1]) {
    const machine = new FakeMachine(0, 2);
    const slowdown = new PlantedSlowdown(share, machine.nowNs, machine.spin);
    machine.spunNs = 0;
    slowdown.pause();
    strictEqual(machine.spunNs, 20_000);
  }
});

Deno.test("PlantedSlowdown() takes the cost of a step from the usual try, though some are interrupted", () => {
  const machine = new FakeMachine(0, 2);
  let tryCount = 0;
  const slowdown = new PlantedSlowdown(0.1, machine.nowNs, (stepCount) => {
    machine.spin(stepCount);
    if (stepCount > 1000 && ++tryCount % 3 === 0) machine.now += 1e6;
  });
  machine.spunNs = 0;
  machine.now += 1e5;
  slowdown.lengthen(machine.now - 1e5);
  strictEqual(machine.spunNs, 1e4);
});

Deno.test("PlantedSlowdown.lengthen() works with the compiled loop, not at all where nothing is owed", () => {
  // Every reading is 1 us later: the steps cost next to nothing on this clock, so that few of them are owed.
  let now = 0;
  const slowdown = new PlantedSlowdown(0, () => now += 1000);
  const before = now;
  slowdown.lengthen(0);
  strictEqual(now - before, 1000);
});
