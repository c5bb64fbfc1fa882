/** One sentence for two sides: what a pull request is about. */
import type { BrokenMargin } from "../report/compare_margins.ts";
import type { RunComparison } from "../report/compare_runs.ts";
import { workloadSentences } from "../report/compare_sentences.ts";

/** The sides, and how many blocks an interval takes. */
export interface AbSides {
  /** Commit of each side. */
  readonly base: string;
  /** See `base`. */
  readonly head: string;
  readonly fewestBlocks: number;
}

/** `Verdict: ...` in one line, not escaped: it holds commits and titles of ours only. */
export function abVerdict(
  comparison: RunComparison,
  broken: readonly BrokenMargin[],
  { base, head, fewestBlocks }: AbSides,
): string {
  const sides = `${head.slice(0, 12)} against ${base.slice(0, 12)}`;
  const failed = comparison.cells.filter(({ reason, isSkipped }) => reason !== undefined && !isSkipped);
  if (failed.length > 0) return `Verdict: none. ${sides}: a side failed or gave wrong answers`;
  if (broken.length > 0) {
    return `Verdict: worse than allowed. ${sides} breaks ${broken.length} ${
      broken.length === 1 ? "margin" : "margins"
    }`;
  }
  const verdicts = workloadSentences(comparison).map(({ verdict }) => verdict);
  const all = (...allowed: string[]): boolean =>
    verdicts.length > 0 && verdicts.every((verdict) => allowed.includes(verdict));
  if (verdicts.some((verdict) => verdict === "worse" || verdict === "mixed")) {
    return verdicts.some((verdict) => verdict === "better" || verdict === "mixed")
      ? `Verdict: mixed. ${sides} is better in some things and worse in others`
      : `Verdict: worse, within what is allowed. ${sides}`;
  }
  if (verdicts.includes("better")) return `Verdict: better. ${sides}`;
  if (all("no-difference")) return `Verdict: no difference found. ${sides}`;
  const blocks = Math.min(
    ...comparison.cells.flatMap(({ metrics }) =>
      metrics.map(({ first, second }) => Math.min(first.sampleCount, second.sampleCount))
    ),
  );
  return `Verdict: cannot tell. ${sides}: ${
    blocks < fewestBlocks
      ? `${blocks} blocks a side are too few, ${fewestBlocks} make an interval`
      : "intervals are too wide"
  }; a longer --budget tells more`;
}
