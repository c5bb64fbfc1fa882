/** What blocks cost, from stored runs: the time that is shown before anything is measured. */
import type { RunRecord } from "../../model/mod.ts";
import { listRuns, loadRun } from "../../record/mod.ts";

/** Milliseconds that blocks of a cell took, by cell key; cells that were never run are not in it. */
export type BlockCosts = ReadonlyMap<string, number>;

/** How many stored runs are read. */
const COST_RUN_COUNT = 5;

/** Means over the newest runs that have any of these cells. */
export function blockCosts(resultsFolder: string, keys: readonly string[]): BlockCosts {
  const wanted = new Set(keys);
  const records: RunRecord[] = listRuns(resultsFolder).runs
    .filter(({ header: { settings } }) => settings.cells.some(({ key }) => wanted.has(key)))
    .slice(0, COST_RUN_COUNT)
    .map(({ folder }) => loadRun(folder));
  const blocks = records.flatMap(({ results }) => results).filter(({ cellKey }) => wanted.has(cellKey));
  return new Map(
    [...Map.groupBy(blocks, ({ cellKey }) => cellKey)].map(([key, own]) => [
      key,
      own.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / own.length,
    ]),
  );
}
