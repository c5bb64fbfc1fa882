import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Block, Cell } from "../../model/mod.ts";
import { planRound, roundOf } from "./plan_round.ts";

function cell(key: string): Cell {
  return { key, workload: "w", workloadVersion: 1, adapter: key, options: {}, scale: "smoke" };
}

const GROUPS = [[cell("a1"), cell("a2"), cell("a3")], [cell("b"), cell("b")], [cell("c")]];

Deno.test("planRound() runs each cell as often as it is there, each block once over all rounds", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 2 ** 31 }), (rounds, seed) => {
      const planned = Array.from({ length: rounds }, (_, round) => planRound(GROUPS, round, seed)).flat();
      deepStrictEqual(planned.map(({ position }) => position), planned.map((_, index) => index));
      const blocks = Map.groupBy(planned, (block) => block.cell.key);
      for (const [key, own] of blocks) {
        const perRound = key === "b" ? 2 : 1;
        deepStrictEqual(
          own.map(({ blockIndex }) => blockIndex),
          Array.from({ length: rounds * perRound }, (_, index) => index),
          key,
        );
      }
    }),
  );
});

Deno.test("planRound() keeps together what is compared, and lets nobody always go first", () => {
  const firsts = new Set<string>();
  for (let round = 0; round < 40; round++) {
    const keys = planRound(GROUPS, round, 0).map((block) => block.cell.key);
    const places = ["a1", "a2", "a3"].map((key) => keys.indexOf(key));
    strictEqual(Math.max(...places) - Math.min(...places), 2);
    firsts.add(keys.find((key) => key.startsWith("a"))!);
  }
  deepStrictEqual([...firsts].toSorted(), ["a1", "a2", "a3"]);
});

Deno.test("planRound() follows its seed", () => {
  const order = (seed: number) =>
    Array.from({ length: 5 }, (_, round) => planRound(GROUPS, round, seed).map((block) => block.cell.key));
  deepStrictEqual(order(1), order(1));
  notDeepStrictEqual(order(1), order(2));
});

Deno.test("roundOf() finds the round of a block that runs twice a round", () => {
  const block = (cellKey: string, blockIndex: number) => ({ cellKey, blockIndex }) as Block;
  deepStrictEqual([0, 1, 2, 3].map((index) => roundOf(GROUPS, block("b", index))), [0, 0, 1, 1]);
  ok([0, 1].every((index) => roundOf(GROUPS, block("c", index)) === index));
});
