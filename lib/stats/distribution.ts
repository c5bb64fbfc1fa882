import type { Distribution } from "../model/mod.ts";
import { quantile, sortSamples } from "./quantile.ts";

/** Up to this many samples are stored as they are. */
export const RAW_SAMPLE_LIMIT = 128;

/** Steps of a sketch; it holds one quantile more. */
export const SKETCH_STEP_COUNT = 64;

/**
 * The stored form of latencies: every sample in execution order while there are at most {@link RAW_SAMPLE_LIMIT},
 * else the quantiles at 0, 1/64, ..., 1. Both are rounded to whole nanoseconds. No samples give an empty list.
 *
 * @throws {RangeError} when a sample is NaN or infinite.
 */
export function summarizeSamples(samplesNs: ArrayLike<number>): Distribution {
  const sorted = sortSamples(samplesNs);
  const count = sorted.length;
  if (count <= RAW_SAMPLE_LIMIT) return { count, samplesNs: Array.from(samplesNs, Math.round) };
  const sketchNs = Array.from(
    { length: SKETCH_STEP_COUNT + 1 },
    (_, step) => Math.round(quantile(sorted, step / SKETCH_STEP_COUNT)),
  );
  return { count, sketchNs };
}

/**
 * The quantile of a stored distribution at share `p`, 0 to 1, in nanoseconds.
 *
 * From raw samples it is exact up to their rounding. From a sketch it is exact at multiples of 1/64 (median and
 * quartiles, minimum, maximum) and interpolated between them: p99 then lies between the quantile 0.984 and the
 * maximum, and one extreme outlier pulls it up. Where the exact p99 matters, take the metric that the block stored.
 *
 * @throws {RangeError} when the distribution is empty, or `p` is outside 0 to 1.
 */
export function distributionQuantile(distribution: Distribution, p: number): number {
  return distributionQuantiles(distribution, [p])[0]!;
}

/** The quantiles at several shares, each as {@link distributionQuantile} gives it; the samples are sorted once. */
export function distributionQuantiles(
  { samplesNs, sketchNs }: Distribution,
  shares: readonly number[],
): number[] {
  // The quantiles of a sketch are at equal steps from minimum to maximum, as samples of the same number would be.
  const sorted = sortSamples(samplesNs ?? sketchNs ?? []);
  return shares.map((share) => quantile(sorted, share));
}
