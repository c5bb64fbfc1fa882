import { DartRandom, mixSeed } from "../../dataset/mod.ts";
import type { Block, Cell } from "../../model/mod.ts";
import type { PlannedBlock } from "../../runner/mod.ts";

/** Cells that are compared with each other. One that is there twice is compared with itself. */
export type CellGroup = readonly Pick<Cell, "key">[];

/**
 * One round: every cell as often as it is in the groups. Groups come in random order, and so do the cells within a
 * group, which stay next to each other: what is compared runs under the same weather, and neither side always goes
 * first. Pure: the same arguments give the same round.
 */
export function planRound(
  groups: readonly (readonly Cell[])[],
  roundIndex: number,
  seed: number,
): PlannedBlock[] {
  const random = new DartRandom(mixSeed(seed, roundIndex + 1));
  const cells = shuffle(groups, random).flatMap((group) => shuffle(group, random));
  const seen = new Map<string, number>();
  return cells.map((cell, step) => {
    const occurrence = seen.get(cell.key) ?? 0;
    seen.set(cell.key, occurrence + 1);
    return {
      cell,
      evidence: "digests",
      blockIndex: roundIndex * blocksPerRound(groups, cell.key) + occurrence,
      position: roundIndex * cells.length + step,
    };
  });
}

/** How often a cell runs in each round. */
export function blocksPerRound(groups: readonly CellGroup[], cellKey: string): number {
  return groups.flat().filter(({ key }) => key === cellKey).length;
}

/** The round that a block belongs to. */
export function roundOf(groups: readonly CellGroup[], { cellKey, blockIndex }: Block): number {
  return Math.floor(blockIndex / blocksPerRound(groups, cellKey));
}

function shuffle<T>(items: readonly T[], random: DartRandom): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.nextInt(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
