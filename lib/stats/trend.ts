/**
 * Whether a value grows with time. In: values at moments. Out: the slope by Theil and Sen, and Sen's interval for it.
 *
 * Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", Journal of the American Statistical Association 63
 * (1968): of the sorted slopes of all pairs, the interval leaves out as many at either end as Kendall's score would have
 * to be away from its middle. It supposes that values scatter independently around their line: neighbours that are alike
 * make it too narrow.
 */
import type { Interval } from "./interval.ts";
import { normalQuantile } from "./normal.ts";
import { pairSlopes, theilSenSlope } from "./power_law.ts";
import { sortSamples } from "./quantile.ts";

/** A slope with its interval. */
export interface Trend {
  /** Units of `y` per unit of `x`. */
  readonly slope: number;
  /** Where the true slope may be. */
  readonly interval: Interval;
  /** Points that it rests on. */
  readonly pointCount: number;
}

/** With fewer points, Kendall's score is not close to normal. */
export const LEAST_TREND_POINTS = 10;

const CONFIDENCE = 0.95;

/** The trend of points with different `x`; `undefined` for fewer than {@link LEAST_TREND_POINTS}. O(n^2 log n). */
export function estimateTrend(
  points: readonly { readonly x: number; readonly y: number }[],
): Trend | undefined {
  const count = points.length;
  if (count < LEAST_TREND_POINTS) return undefined;
  const slopes = sortSamples(pairSlopes(points));
  const deviation = Math.sqrt(count * (count - 1) * (2 * count + 5) / 18);
  const reach = normalQuantile((1 + CONFIDENCE) / 2) * deviation;
  const rank = Math.max(0, Math.floor((slopes.length - reach) / 2));
  return {
    slope: theilSenSlope(points),
    interval: {
      lower: slopes[rank]!,
      upper: slopes[slopes.length - 1 - rank]!,
      confidence: CONFIDENCE,
    },
    pointCount: count,
  };
}
