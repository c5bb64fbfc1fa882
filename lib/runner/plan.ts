import { DartRandom } from "../dataset/mod.ts";
import type { Cell } from "../model/mod.ts";

/** One block to run. */
export interface PlannedBlock {
  readonly cell: Cell;
  /** Counts from 0 within its cell; equal to the round. */
  readonly blockIndex: number;
  /** Counts from 0 in order of execution. */
  readonly position: number;
}

/**
 * The order of execution: round by round, every cell once per round.
 *
 * The cells are shuffled by the seed, and each round starts further along that order, so that no cell always runs
 * after the same neighbour at the same time of the run, and drift of the machine hits all alike. Pure: the same
 * arguments give the same plan.
 */
export function planBlocks(cells: readonly Cell[], blockCount: number, seed: number): PlannedBlock[] {
  const order = shuffle(cells, seed);
  const stride = Math.max(1, Math.round(order.length / Math.max(1, blockCount)));
  const planned: PlannedBlock[] = [];
  for (let round = 0; round < blockCount; round++) {
    for (let step = 0; step < order.length; step++) {
      const cell = order[(step + round * stride) % order.length]!;
      planned.push({ cell, blockIndex: round, position: planned.length });
    }
  }
  return planned;
}

function shuffle(cells: readonly Cell[], seed: number): Cell[] {
  const random = new DartRandom(seed);
  const order = [...cells];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.nextInt(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
