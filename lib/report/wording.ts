/** Sentences that several reporters print. Not escaped: the reporter does that. */
import { type Direction, type FailedBlock, METRICS_VERSION } from "../model/mod.ts";
import { estimateMedian, sortSamples, TARGET_CONFIDENCE } from "../stats/mod.ts";
import { FEWEST_BLOCKS_FOR_BEST } from "./best_value.ts";
import { formatBlocks, formatShare } from "./format.ts";
import type { CellStatus, CellSummary, RunSummary } from "./summarize_run.ts";

const STATUS_WORDS: Readonly<Record<CellStatus, string>> = {
  verified: "verified",
  wrong: "wrong",
  failed: "failed",
  skipped: "skipped",
  missing: "not run",
};

const BETTER: Readonly<Record<Direction, string>> = {
  lower: "lower",
  higher: "higher",
  target: "as needed",
  context: "neither",
};

/** How many cells came out how, such as `9 cells: 5 verified, 1 wrong`. */
export function outcomeSentence({ sections }: RunSummary): string {
  const cells = sections.flatMap((section) => section.cells);
  const byStatus = Map.groupBy(cells, ({ status }) => status);
  const parts = (Object.keys(STATUS_WORDS) as CellStatus[])
    .filter((status) => byStatus.has(status))
    .map((status) => `${byStatus.get(status)!.length} ${STATUS_WORDS[status]}`);
  return `${cells.length} ${cells.length === 1 ? "cell" : "cells"}: ${parts.join(", ")}`;
}

/** That the numbers have the meaning of before; `undefined` for those of now. */
export function meaningSentence({ metricsVersion }: Pick<RunSummary, "metricsVersion">): string | undefined {
  if (metricsVersion >= METRICS_VERSION) return undefined;
  return `Numbers have their meaning of before (metrics version ${metricsVersion} of ${METRICS_VERSION}): freshness ` +
    "counts from the acknowledgement, time and CPU end with the last one, and memory may be the bench's own; they " +
    "are never compared with newer ones.";
}

/** What a value, its interval and its marks mean; names the confidence that the blocks at hand attain. */
export function readingSentences(summary: RunSummary, bestMark: string): string[] {
  const counts = [
    ...new Set(summary.sections.flatMap(({ cells }) => cells.filter(isVerified).map(blockCountOf))),
  ].filter((count) => count > 0).sort((a, b) => a - b);
  const attained = counts.map((count) => {
    const { interval } = estimateMedian(sortSamples(new Float64Array(count)));
    return `${formatShare(interval.confidence)} with ${count} ${count === 1 ? "block" : "blocks"}`;
  });
  const before = meaningSentence(summary);
  return [
    ...(before === undefined ? [] : [before]),
    "A value is the median over blocks, each block being one fresh process.",
    `±: how far the farther end of its interval is away. Intervals aim at ${
      formatShare(TARGET_CONFIDENCE)
    } confidence` +
    `${attained.length === 0 ? "" : `; attained here: ${attained.join(", ")}`}.`,
    `${bestMark}: the best of its column among its class, marked only where its interval touches no other, each from at least ` +
    `${FEWEST_BLOCKS_FOR_BEST} blocks; floors and adapters with failed blocks take no part.`,
    "Digits end where the interval begins: two, or three where it is narrow enough.",
    "emissions: delivered of needed (redundant, coalesced). Fewer are no win by themselves: read them beside freshness.",
    "floor: ran without live queries, as a lower bound for the others. A cell that gave one wrong answer shows no numbers.",
  ];
}

/** Failures of a cell, those that look the same taken together: `crasher failed in blocks 0, 1: ...`. */
export function failureSentences(
  { name, failures }: CellSummary,
): { readonly lead: string; readonly reason: string; readonly output: readonly string[] }[] {
  const alike = Map.groupBy(failures, ({ reason, output }: FailedBlock) => JSON.stringify([reason, output]));
  return [...alike.values()].map((group) => {
    const { reason, output } = group[0]!;
    const indexes = group.map(({ blockIndex }) => blockIndex);
    return { lead: `${name} failed in ${formatBlocks(indexes)}`, reason, output };
  });
}

/** What a cell lacks to be precise, such as `too few repetitions: about 12 more blocks`; `undefined` when nothing. */
export function repetitionText(
  { missingBlockCount, isSearched }: Pick<CellSummary, "missingBlockCount" | "isSearched">,
): string | undefined {
  if (missingBlockCount === 0) return undefined;
  const [one, more] = isSearched ? ["search", "searches"] : ["block", "blocks"];
  return `too few repetitions: about ${missingBlockCount} more ${missingBlockCount === 1 ? one : more}`;
}

/** Which way is better, in a word. */
export function betterWord(direction: Direction): string {
  return BETTER[direction];
}

function isVerified({ status }: CellSummary): boolean {
  return status === "verified";
}

function blockCountOf({ measuredBlockCount }: CellSummary): number {
  return measuredBlockCount;
}
