/** One sentence for two sides: what a pull request is about. */
import type { BrokenMargin } from "./compare_margins.ts";
import type { RunComparison } from "./compare_runs.ts";
import { workloadSentences } from "./compare_sentences.ts";

/** What is compared. */
export interface ComparedSides {
  /** What each side is called: a commit, a version. */
  readonly base: string;
  /** See `base`. */
  readonly head: string;
}

/** An interval of fewer blocks is not 95 % sure. */
const FEWEST_BLOCKS = 6;

/** `Verdict: ...` in one line, not escaped. */
export function compareVerdict(
  comparison: RunComparison,
  broken: readonly BrokenMargin[],
  { base, head }: ComparedSides,
): string {
  const sides = `${head} against ${base}`;
  const failed = comparison.cells.filter(({ reason, isSkipped }) => reason !== undefined && !isSkipped);
  if (!comparison.areTimesComparable) {
    const what = comparison.differences.filter(({ forbidsTimes }) => forbidsTimes).map((one) => one.what);
    return `Verdict: none. ${sides}: they were measured under another ${what.join(", ")}`;
  }
  if (comparison.cells.length === 0) {
    return `Verdict: none. ${sides}: they have no database x workload in common`;
  }
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
    blocks < FEWEST_BLOCKS
      ? `${blocks} ${
        blocks === 1 ? "repetition" : "repetitions"
      } a side are too few, ${FEWEST_BLOCKS} make an interval`
      : "intervals are too wide"
  }; more repetitions tell more (--budget)`;
}
