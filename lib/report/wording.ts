/** Sentences that several reporters print. Not escaped: the reporter does that. */
import { type AdapterClass, type Direction, type FailedBlock, METRICS_VERSION } from "../model/mod.ts";
import { estimateMedian, sortSamples, TARGET_CONFIDENCE } from "../stats/mod.ts";
import { FEWEST_BLOCKS_FOR_BEST } from "./best_value.ts";
import { formatBlocks, formatShare } from "./format.ts";
import type { CellStatus, CellSummary, PhaseSummary, RunSummary } from "./summarize_run.ts";

/** What a class and a phase are called that ran without live queries. */
export const LOWER_BOUND = "lower bound";

const STATUS_WORDS: Readonly<Record<CellStatus, string>> = {
  verified: "correct",
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

/** A class as people call it. */
export function classWord(name: AdapterClass): string {
  return name === "floor" ? LOWER_BOUND : name;
}

/** A verdict as people call it. */
export function verdictWord<T extends string | undefined>(verdict: T): T | "correct" {
  return verdict === "converged" ? "correct" : verdict;
}

/** What became of a cell in a phase, as verdict columns say it. */
export function cellVerdict(cell: CellSummary, phase: PhaseSummary | undefined): string {
  switch (cell.status) {
    case "verified":
      if (phase?.load?.isSustained === false) return "unsustained";
      return phase?.unwatched ? LOWER_BOUND : verdictWord("converged");
    case "wrong":
      return verdictWord(cell.verdict) ?? "wrong";
    case "missing":
      return "not run";
    default:
      return cell.status;
  }
}

/** `1 repetition`, `6 repetitions`. */
export function repetitions(count: number): string {
  return `${count} ${count === 1 ? "repetition" : "repetitions"}`;
}

/** How many came out how, such as `9 databases x workloads: 5 correct, 1 wrong`. */
export function outcomeSentence({ sections }: RunSummary): string {
  const cells = sections.flatMap((section) => section.cells);
  const byStatus = Map.groupBy(cells, ({ status }) => status);
  const parts = (Object.keys(STATUS_WORDS) as CellStatus[])
    .filter((status) => byStatus.has(status))
    .map((status) => `${byStatus.get(status)!.length} ${STATUS_WORDS[status]}`);
  return `${cells.length} ${cells.length === 1 ? "database x workload" : "databases x workloads"}: ${
    parts.join(", ")
  }`;
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
    return `${formatShare(confidenceOf(count))} with ${repetitions(count)}`;
  });
  const before = meaningSentence(summary);
  return [
    ...(before === undefined ? [] : [before]),
    "A value is the median over repetitions, each in one fresh process.",
    `±: how far the farther end of its interval is away. Intervals aim at ${
      formatShare(TARGET_CONFIDENCE)
    } confidence` +
    `${attained.length === 0 ? "" : `; attained here: ${attained.join(", ")}`}.`,
    `${bestMark}: the best of its column among its class, marked only where its interval touches no other, each from at least ` +
    `${FEWEST_BLOCKS_FOR_BEST} repetitions; lower bounds and adapters with failed repetitions take no part.`,
    "Digits end where the interval begins: two, or three where it is narrow enough.",
    "Updates shown: of those that were needed; unneeded showed nothing new, merged were skipped for a newer one. Fewer are " +
    "no win by themselves: read them beside how late they were shown.",
    `${LOWER_BOUND}: ran without live queries, which the others pay for. What gave one wrong answer shows no numbers.`,
  ];
}

/** Failures of a cell, those that look the same taken together: `crasher failed in repetitions 0, 1: ...`. */
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

/**
 * What a cell lacks to be precise, such as `too few repetitions for 95 % (this is 75 %): about 12 more`; `undefined` when
 * nothing.
 */
export function repetitionText(
  { missingBlockCount, measuredBlockCount, isSearched }: Pick<
    CellSummary,
    "missingBlockCount" | "measuredBlockCount" | "isSearched"
  >,
): string | undefined {
  if (missingBlockCount === 0) return undefined;
  const confidence = measuredBlockCount === 0 ? 0 : confidenceOf(measuredBlockCount);
  const what = isSearched ? "searches" : "repetitions";
  const why = confidence >= TARGET_CONFIDENCE
    ? `too few ${what} for a narrow interval`
    : `too few ${what} for ${formatShare(TARGET_CONFIDENCE)} (this is ${
      formatShare(Number(confidence.toFixed(2)))
    })`;
  return `${why}: about ${missingBlockCount} more`;
}

/** What an interval of so many values attains. */
function confidenceOf(count: number): number {
  return estimateMedian(sortSamples(new Float64Array(count))).interval.confidence;
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
