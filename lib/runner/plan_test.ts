import { deepStrictEqual, notDeepStrictEqual, strictEqual } from "node:assert/strict";
import type { Cell } from "../model/mod.ts";
import { planBlocks } from "./plan.ts";

const cells: Cell[] = ["a", "b", "c", "d", "e", "f"].map((key) => ({
  key,
  workload: "w",
  workloadVersion: 1,
  adapter: key,
  options: {},
  scale: "smoke",
}));

function rounds(blockCount: number, seed: number): string[][] {
  const keys = planBlocks(cells, blockCount, seed).map(({ cell }) => cell.key);
  return Array.from(
    { length: blockCount },
    (_, round) => keys.slice(round * cells.length, (round + 1) * cells.length),
  );
}

Deno.test("planBlocks() runs every cell once per round", () => {
  for (const round of rounds(4, 7)) deepStrictEqual(round.toSorted(), cells.map(({ key }) => key));
});

Deno.test("planBlocks() gives no cell the same place in every round", () => {
  const [first, second, third] = rounds(3, 7);
  for (const key of first!) {
    const places = new Set([first, second, third].map((round) => round!.indexOf(key)));
    strictEqual(places.size, 3);
  }
});

Deno.test("planBlocks() counts positions and blocks from 0", () => {
  const planned = planBlocks(cells, 2, 0);
  deepStrictEqual(planned.map(({ position }) => position), [...planned.keys()]);
  deepStrictEqual(planned.map(({ blockIndex }) => blockIndex), [...Array(6).fill(0), ...Array(6).fill(1)]);
});

Deno.test("planBlocks() depends on the seed alone", () => {
  deepStrictEqual(rounds(3, 1), rounds(3, 1));
  notDeepStrictEqual(rounds(3, 1), rounds(3, 2));
});

Deno.test("planBlocks() plans nothing when there are no cells", () => {
  deepStrictEqual(planBlocks([], 3, 0), []);
});
