/** What the blocks of a cell whose rate is searched say of the rates that they were asked at. */
import type { Block, MeasuredBlock, PhaseRecord } from "../model/mod.ts";
import { blocksWithNumbers } from "./precision.ts";
import { followSearch, type RateSearchState, type RateStep } from "./rate_search.ts";

/** A rate holds while 99 % of what was asked is seen within this time: what people take for at once (Miller, 1968). */
export const LONGEST_SHOWN_NS = 1e8;

/** The value of a cell's parameter that has its rate searched. */
export const SEARCHED_RATE = "auto";

/** Whether the rate of a cell is searched. */
export function isSearched(
  { parameters }: { readonly parameters?: Readonly<Record<string, string>> },
): boolean {
  return parameters?.["rate"] === SEARCHED_RATE;
}

/**
 * Whether a phase kept up, and what was asked of it came to sight, or to its answer where nothing was watched, soon
 * enough; `false` too where there are too few samples to tell.
 */
export function rateHolds({ load, metrics }: Pick<PhaseRecord, "load" | "metrics">): boolean {
  if (load?.outcome !== "sustained") return false;
  return (metrics["shown_p99_ns"] ?? metrics["answered_p99_ns"] ?? Infinity) <= LONGEST_SHOWN_NS;
}

/** The steps that a cell's blocks with numbers make, in order. One that failed did not keep up. */
export function rateSteps(blocks: readonly Block[]): RateStep[] {
  const tried = blocksWithNumbers(
    blocks.filter((block): block is Exclude<Block, { status: "skipped" }> => block.status !== "skipped"),
  );
  return tried.flatMap((block) => {
    const rate = block.chosen?.["rate"];
    if (rate === undefined) return [];
    return [{ ratePerSecond: Number(rate), holds: block.status === "measured" && blockHolds(block) }];
  });
}

/** Where the search of a cell is. */
export function searchOf(blocks: readonly Block[]): RateSearchState {
  return followSearch(rateSteps(blocks));
}

function blockHolds({ verdict, phases }: MeasuredBlock): boolean {
  return verdict === "converged" && phases.length > 0 && phases.every(rateHolds);
}
