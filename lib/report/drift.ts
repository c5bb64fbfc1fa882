import { formatRatio, formatRatioInterval } from "./format.ts";
import type { PhaseSummary } from "./summarize_run.ts";

/** A phase drifts when its operations come to take this much longer, or as much shorter. */
const DRIFT_FACTOR = 1.25;
/** One or two blocks have no interval that says anything. */
const LEAST_BLOCK_COUNT = 3;

/**
 * That the operations of a phase got slower or faster while it ran, as a sentence without final period; `undefined` where
 * its interval does not lie wholly beyond {@link DRIFT_FACTOR}. Its numbers then depend on how long it ran.
 */
export function driftText({ name, metrics }: Pick<PhaseSummary, "name" | "metrics">): string | undefined {
  const estimate = metrics.get("drift_ratio")?.estimate;
  if (estimate === undefined || estimate.sampleCount < LEAST_BLOCK_COUNT) return undefined;
  const { value, interval } = estimate;
  if (interval.lower < DRIFT_FACTOR && interval.upper > 1 / DRIFT_FACTOR) return undefined;
  return `Drift in phase "${name}": operations of its last quarter take ${
    formatRatio(value)
  } as long as those of its ` +
    `first (${formatRatioInterval(interval)}), so that its numbers depend on how long it runs`;
}
