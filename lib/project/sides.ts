/** A run that measured two sides of one thing in turns, as the two runs that `compare` knows. */
import type { RunRecord } from "../model/mod.ts";

/** The sides, the one to compare with first. */
export const SIDES = ["base", "head"] as const;

/** One of them. */
export type Side = typeof SIDES[number];

/** Name of the mark that keys of cells carry. */
export const SIDE_MARK = "side";

/** The part of a run that is one side, its cells under the names that both sides share. */
export function sideOf(run: RunRecord, side: Side): RunRecord {
  const mark = new RegExp(`(\\[|,)${SIDE_MARK}=${side}\\]`);
  const plain = (key: string): string => key.replace(mark, (_, before: string) => before === "[" ? "" : "]");
  return {
    ...run,
    id: `${run.id} ${side}`,
    settings: {
      ...run.settings,
      cells: run.settings.cells.filter(({ key }) => mark.test(key))
        .map((cell) => ({ ...cell, key: plain(cell.key) })),
    },
    results: run.results.filter(({ cellKey }) => mark.test(cellKey))
      .map((block) => ({ ...block, cellKey: plain(block.cellKey) })),
  };
}
