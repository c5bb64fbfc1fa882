import { deepStrictEqual, notDeepStrictEqual, ok } from "node:assert/strict";
import type { Cell } from "../model/mod.ts";
import { shuffledRound } from "./plan.ts";

const cells: Cell[] = Array.from({ length: 30 }, (_, index) => ({
  key: `cell ${index}`,
  workload: "w",
  workloadVersion: 1,
  adapter: `a${index}`,
  options: {},
  scale: "smoke",
}));

function order(roundIndex: number, seed: number): string[] {
  return shuffledRound(cells, roundIndex, seed).map(({ key }) => key);
}

Deno.test("shuffledRound() has every cell once", () => {
  for (const round of [0, 1, 5]) {
    deepStrictEqual(
      order(round, 7).toSorted(),
      cells.map(({ key }) => key).toSorted(),
    );
  }
});

Deno.test("shuffledRound() gives cells other predecessors in other rounds", () => {
  const predecessors = new Map<string, Set<string | undefined>>();
  for (const round of [0, 1, 2, 3, 4, 5]) {
    for (const [index, key] of order(round, 0).entries()) {
      const own = predecessors.get(key) ?? new Set();
      predecessors.set(key, own.add(order(round, 0)[index - 1]));
    }
  }
  // Of six neighbours drawn from 30, all alike are one in 20 million.
  ok(
    [...predecessors.values()].every((own) => own.size >= 3),
    JSON.stringify([...predecessors.values()].map((own) => own.size)),
  );
});

Deno.test("shuffledRound() depends on the seed and the round alone", () => {
  deepStrictEqual(order(3, 1), order(3, 1));
  notDeepStrictEqual(order(3, 1), order(3, 2));
  notDeepStrictEqual(order(3, 1), order(4, 1));
});
