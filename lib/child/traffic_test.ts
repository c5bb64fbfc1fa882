import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import type { FineClock } from "../clock/mod.ts";
import type { PhaseOrder, PlayedOperation } from "../protocol/player.ts";
import { Traffic, type TrafficLoop } from "./traffic.ts";

/** A clock that waits and work move, and nothing else. */
class WorkClock implements FineClock {
  now = 0;
  nowNs = (): number => this.now;
  turn = (): Promise<void> => {
    this.now += 1000;
    return Promise.resolve();
  };
  sleep = (ms: number): Promise<void> => this.nap(ms * 1e6);
  nap = (ns: number): Promise<void> => {
    this.now += ns;
    return Promise.resolve();
  };
}

function orderOf(count: number, given: Partial<PhaseOrder>): PhaseOrder {
  return {
    name: "burst",
    watches: [],
    operations: new Array<PlayedOperation>(count),
    warmupOperationCount: 0,
    pacing: { turns: 0 },
    asksRequeries: false,
    ...given,
  } as PhaseOrder;
}

/** Operations that take so long each, and what they left behind. */
function loopOf(clock: WorkClock, count: number, tookNs: number) {
  const startNs = new Float64Array(count).fill(NaN);
  const endNs = new Float64Array(count).fill(NaN);
  const called: number[] = [];
  const loop: TrafficLoop = {
    startNs,
    endNs,
    nowNs: clock.nowNs,
    perform: (index) => {
      called.push(index);
      clock.now += tookNs;
    },
  };
  return { loop, startNs, endNs, called };
}

Deno.test("run() calls operations when they are due, however long the ones before took", async () => {
  const clock = new WorkClock();
  const { loop, startNs } = loopOf(clock, 3, 4e6);
  const traffic = new Traffic(
    clock,
    orderOf(3, { arrivals: { atNs: Float64Array.of(1e6, 2e6, 20e6), latestNs: 1e9 } }),
  );
  strictEqual(await traffic.run(loop, 0, 3), 0);
  deepStrictEqual(Array.from(traffic.dueNs!), [1e6, 2e6, 20e6]);
  // The second waits for the first, and is called in a turn of its own; the third is on time.
  deepStrictEqual(Array.from(startNs, (ns) => Math.round(ns / 1e5) / 10), [1, 5, 20]);
  // The turn of the second is all that was late by itself.
  deepStrictEqual(Array.from(traffic.waitLateNs!), [0, 1000, 0]);
  strictEqual(traffic.isCutShort, false);
});

Deno.test("run() counts arrivals of a second stretch from its own beginning", async () => {
  const clock = new WorkClock();
  const { loop } = loopOf(clock, 2, 0);
  const traffic = new Traffic(
    clock,
    orderOf(2, { arrivals: { atNs: Float64Array.of(1e6, 2e6), latestNs: 1e9 } }),
  );
  await traffic.run(loop, 0, 1);
  clock.now = 5e7;
  strictEqual(await traffic.run(loop, 1, 2), 5e7);
  deepStrictEqual(Array.from(traffic.dueNs!), [1e6, 5.2e7]);
});

Deno.test("run() leaves operations out when one is later than it may be", async () => {
  const clock = new WorkClock();
  const { loop, called, startNs } = loopOf(clock, 10, 3e8);
  const atNs = Float64Array.from({ length: 10 }, (_, index) => index * 1e6);
  const traffic = new Traffic(clock, orderOf(10, { arrivals: { atNs, latestNs: 1e9 } }));
  await traffic.run(loop, 0, 10);
  strictEqual(traffic.isCutShort, true);
  deepStrictEqual(called, [0, 1, 2, 3]);
  ok(Number.isNaN(startNs[4]));
  await traffic.run(loop, 0, 10);
  strictEqual(called.length, 4, "nothing is called after that");
});

Deno.test("run() keeps one operation of each lane under way, in the order of the lane", async () => {
  const begun: number[] = [];
  const open: (() => void)[] = [];
  const loop: TrafficLoop = {
    startNs: new Float64Array(4),
    endNs: new Float64Array(4),
    nowNs: () => 0,
    perform: (index) => {
      begun.push(index);
      return new Promise<void>((resolve) => open[index] = resolve);
    },
  };
  const traffic = new Traffic(new WorkClock(), orderOf(4, { lanes: Float64Array.of(0, 1, 0, 1) }));
  const done = traffic.run(loop, 0, 4);
  deepStrictEqual(begun, [0, 1]);
  open[1]!();
  await new Promise((resolve) => setTimeout(resolve));
  deepStrictEqual(begun, [0, 1, 3]);
  for (const index of [0, 3]) open[index]!();
  await new Promise((resolve) => setTimeout(resolve));
  deepStrictEqual(begun, [0, 1, 3, 2]);
  open[2]!();
  strictEqual(await done, undefined);
});

Deno.test("run() throws what a lane throws when the others are over", async () => {
  const ended: number[] = [];
  const loop: TrafficLoop = {
    startNs: new Float64Array(3),
    endNs: new Float64Array(3),
    nowNs: () => 0,
    perform: async (index) => {
      await Promise.resolve();
      if (index === 0) throw new Error("no");
      ended.push(index);
    },
  };
  const traffic = new Traffic(new WorkClock(), orderOf(3, { lanes: Float64Array.of(0, 1, 1) }));
  await rejects(traffic.run(loop, 0, 3), /^Error: no$/);
  deepStrictEqual(ended, [1, 2]);
});
