import { deepStrictEqual } from "node:assert/strict";
import { type OperationLoop, runOperations } from "./operation_loop.ts";

/** Runs three operations of 100, 200 and 300 ns on a clock whose reading costs 1 ns; tells their latencies and the wall. */
async function run(lengthen?: (now: number, startNs: number) => number, isAsync = false) {
  let now = 0;
  const startNs = new Float64Array(3);
  const endNs = new Float64Array(3);
  const work = (index: number): void => void (now += (index + 1) * 100);
  const loop: OperationLoop = {
    from: 0,
    to: 3,
    perform: (index) => isAsync ? Promise.resolve().then(() => work(index)) : work(index),
    startNs,
    endNs,
    nowNs: () => now++,
    rest: () => Promise.resolve(void (now += 50)),
    ...(lengthen === undefined ? {} : {
      slowdown: {
        lengthen: (startNs: number) => void (now = lengthen(now, startNs)),
        pause: () => void (now += 10_000),
      },
    }),
  };
  await runOperations(loop);
  return { latenciesNs: Array.from(endNs, (end, index) => end - startNs[index]!), wallNs: endNs[2]! };
}

Deno.test("runOperations() stamps around the call and the await, and leaves rests out", async () => {
  deepStrictEqual((await run()).latenciesNs, [101, 201, 301]);
  deepStrictEqual((await run(undefined, true)).latenciesNs, [101, 201, 301]);
});

Deno.test("runOperations() rests between operations, and behind the last one only when more follow", async () => {
  const seen: string[] = [];
  const loop: OperationLoop = {
    from: 0,
    to: 2,
    perform: (index) => void seen.push(`call ${index}`),
    startNs: new Float64Array(2),
    endNs: new Float64Array(2),
    nowNs: () => 0,
    rest: () => Promise.resolve(void seen.push("rest")),
    ended: () => void seen.push("end"),
  };
  // What is read at the last answer would have in it what others do in a rest behind it.
  await runOperations(loop);
  deepStrictEqual(seen.splice(0), ["call 0", "rest", "call 1", "end"]);
  await runOperations({ ...loop, goesOn: true });
  deepStrictEqual(seen, ["call 0", "rest", "call 1", "rest"]);
});

Deno.test("runOperations() awaits an answer that runs when it is awaited, though it is no Promise", async () => {
  let now = 0;
  const endNs = new Float64Array(2);
  const consumed: unknown[] = [];
  await runOperations({
    from: 0,
    to: 2,
    perform: () => ({
      then: (resolve: (rows: string) => void) => {
        now += 100;
        resolve("rows");
      },
    } as unknown as Promise<string>),
    consume: (answer) => consumed.push(answer),
    startNs: new Float64Array(2),
    endNs,
    nowNs: () => now,
  });
  deepStrictEqual([Array.from(endNs), consumed], [[100, 200], ["rows", "rows"]]);
});

for (const isAsync of [false, true]) {
  Deno.test(`runOperations() has a planted slowdown inside the stamps and the wall when answers are ${isAsync ? "awaited" : "at once"}`, async () => {
    const plain = await run(undefined, isAsync);
    const slowed = await run((now, startNs) => now + (now - startNs), isAsync);
    // The reading at the start belongs to the operation, the one at the end comes behind what was added.
    deepStrictEqual(slowed.latenciesNs, [202, 402, 602]);
    deepStrictEqual(
      slowed.wallNs - plain.wallNs,
      101 + 201 + 301 + 2 * 10_000,
      "pauses are between operations",
    );
  });
}
