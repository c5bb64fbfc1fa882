import { DartRandom, mixSeed } from "../dataset/mod.ts";
import type { BlockEvidenceKind, Cell, CellParameters } from "../model/mod.ts";

/** One block to run. */
export interface PlannedBlock {
  readonly cell: Cell;
  /** What it keeps of the results that it sees. */
  readonly evidence: BlockEvidenceKind;
  /** Counts from 0 within its cell. */
  readonly blockIndex: number;
  /** Counts from 0 in order of execution. */
  readonly position: number;
  /** What stands in the place of the cell's parameters that are `auto`; absent where none is. */
  readonly chosen?: CellParameters;
}

/**
 * The cells in the random order of one round. Every round is shuffled anew, so that no cell always runs after the same
 * neighbour or at the same time of a round, and drift of the machine hits all alike. Pure: the same arguments give the
 * same order.
 */
export function shuffledRound(cells: readonly Cell[], roundIndex: number, seed: number): Cell[] {
  const random = new DartRandom(mixSeed(seed, roundIndex + 1));
  const order = [...cells];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.nextInt(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
