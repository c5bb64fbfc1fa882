/** Margins that a comparison must keep: what `--fail-on` says, and what breaks it. */
import { type Metric, UsageError } from "../model/mod.ts";
import { LEAST_CONFIDENCE } from "../stats/mod.ts";
import type { MetricComparison, RunComparison } from "./compare_runs.ts";
import { findMetric } from "./find_metric.ts";
import { formatRatio, formatRatioInterval, formatShare } from "./format.ts";
import { safeText } from "./safe_text.ts";
import { shownRatio } from "./compare_sentences.ts";

/** How much worse a metric may become. */
export interface Margin {
  /** Id of the metric. */
  readonly metric: string;
  /** 0.05 is 5 %. */
  readonly share: number;
}

/** A value that became worse than its margin, beyond doubt. */
export interface BrokenMargin extends Margin {
  /** Key of the cell. */
  readonly cellKey: string;
  /** One sentence without final period, not escaped. */
  readonly sentence: string;
}

/** A margin beyond this is a slip of the finger: 10 times as slow. */
const LARGEST_SHARE = 9;

/**
 * Reads `done:5%`, `shown_p99:10%` and `main busy:10 %`: metrics as {@link findMetric} finds them.
 *
 * @throws {UsageError} for what is no margin, for a metric that is unknown, has no better end or is there twice, and for a
 * margin that is not above 0 % and at most 900 %.
 */
export function parseMargins(texts: readonly string[]): Margin[] {
  const margins = texts.map(parseMargin);
  for (const [index, { metric }] of margins.entries()) {
    if (margins.findIndex((other) => other.metric === metric) === index) continue;
    throw new UsageError(`Cannot take two margins for one metric: "${metric}" is there twice`);
  }
  return margins;
}

function parseMargin(text: string): Margin {
  const match = /^([^:]+):\s*(-?\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (match === null) {
    throw new UsageError(
      `Cannot read margin "${safeText(text, 60)}" as it must be a metric and a share such as done:5%`,
    );
  }
  const [, name, percent] = match as unknown as [string, string, string];
  const metric = metricOf(name);
  const share = Number(percent) / 100;
  if (share > 0 && share <= LARGEST_SHARE) return { metric: metric.id, share };
  throw new UsageError(
    `Cannot take margin "${safeText(text, 60)}" as it must be above 0 % and at most ${
      formatShare(LARGEST_SHARE)
    }: got ${percent} %`,
  );
}

function metricOf(name: string): Metric {
  const metric = findMetric(name, "Cannot keep a margin on");
  if (metric.direction === "lower" || metric.direction === "higher") return metric;
  throw new UsageError(`Cannot keep a margin on "${metric.id}" as it must have a better end: it has none`);
}

/**
 * What became worse than its margin: the whole interval lies beyond it, with the correction for the anchor and without.
 * What nothing may be said about breaks no margin.
 *
 * @throws {UsageError} when a margin is about a metric that no cell has in both runs.
 */
export function brokenMargins(comparison: RunComparison, margins: readonly Margin[]): BrokenMargin[] {
  const all = comparison.cells.flatMap(({ cellKey, metrics }) => metrics.map((one) => ({ cellKey, one })));
  return margins.flatMap((margin) => {
    const own = all.filter(({ one }) => one.metric.id === margin.metric);
    if (own.length === 0) {
      throw new UsageError(
        `Cannot keep a margin on "${margin.metric}" as both runs must have it of a database x workload, and it must be comparable: none has`,
      );
    }
    return own.filter(({ one }) => isBroken(one, margin)).map(({ cellKey, one }) => {
      const { ratio, interval } = shownRatio(one)!;
      const place = [cellKey, one.phase, one.operation].filter((part) => part !== undefined).join(" ");
      return {
        ...margin,
        cellKey,
        sentence: `${place} ${one.metric.title} is ${formatRatio(ratio)} (${
          formatRatioInterval(interval)
        }), beyond the margin of ${formatShare(margin.share)}`,
      };
    });
  });
}

function isBroken(
  { metric, comparison, corrected, forbidden }: MetricComparison,
  { share }: Margin,
): boolean {
  if (comparison === undefined || forbidden !== undefined) return false;
  return [comparison, corrected ?? comparison].every(({ interval: { lower, upper, confidence } }) =>
    confidence >= LEAST_CONFIDENCE &&
    (metric.direction === "lower" ? lower > 1 + share : upper < 1 / (1 + share))
  );
}
