/** The number that a lesson is pinned to, read from a stored run. */
import { join } from "node:path";
import type { MeasuredBlock } from "../../model/mod.ts";
import { loadRun } from "../../record/mod.ts";
import { median, sortSamples } from "../../stats/mod.ts";
import type { BenchPin } from "../sources/lessons.ts";
import { counterUnits, readQuantity } from "./read_quantity.ts";

/** The median over the blocks of the pinned cell; `undefined` where no block has the number. Throws as `loadRun` does. */
export function readPin(
  { run: name, cell, place, quantity }: BenchPin,
  resultsFolder: string,
): number | undefined {
  const run = loadRun(join(resultsFolder, name));
  const units = counterUnits(run.adapters);
  const values = run.results.flatMap((block) =>
    block.cellKey === cell && block.status === "measured" && block.verdict === "converged"
      ? readQuantity(block as MeasuredBlock, place, quantity, units) ?? []
      : []
  );
  return values.length === 0 ? undefined : median(sortSamples(values));
}
