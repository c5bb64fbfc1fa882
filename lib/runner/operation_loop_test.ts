import { deepStrictEqual } from "node:assert/strict";
import { runOperations } from "./operation_loop.ts";

/** Runs three operations of 100, 200 and 300 ns on a clock whose reading costs 1 ns. */
async function latenciesNs(slowdownShare?: number): Promise<number[]> {
  let now = 0;
  const startNs = new Float64Array(3);
  const endNs = new Float64Array(3);
  await runOperations({
    from: 0,
    to: 3,
    perform: (index) => void (now += (index + 1) * 100),
    startNs,
    endNs,
    nowNs: () => now++,
    turnsPerOperation: 1,
    turn: () => Promise.resolve(void (now += 50)),
    slowdownShare,
  });
  return Array.from(endNs, (end, index) => end - startNs[index]!);
}

Deno.test("runOperations() makes each operation longer by the share that it is told, and no turn", async () => {
  const plain = await latenciesNs();
  deepStrictEqual(plain, [101, 201, 301]);
  const slowed = await latenciesNs(0.5);
  // The clock reads themselves take up to 3 ns.
  deepStrictEqual(slowed.map((value, index) => Math.abs(value - plain[index]! * 1.5) <= 3), [
    true,
    true,
    true,
  ]);
});

Deno.test("runOperations() leaves operations as they are without a planted slowdown", async () => {
  deepStrictEqual(await latenciesNs(undefined), [101, 201, 301]);
});
