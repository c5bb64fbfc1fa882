import type { RunRecord } from "../model/mod.ts";
import { exportedValues } from "./exported_values.ts";

/** A measure of the Bencher Metric Format. */
export interface BmfMetric {
  /** Median over blocks. */
  readonly value: number;
  /** Lower end of its interval. */
  readonly lower_value: number;
  /** Upper end of its interval. */
  readonly upper_value: number;
}

/** Measures by benchmark and by slug of the measure. */
export type Bmf = Readonly<Record<string, Readonly<Record<string, BmfMetric>>>>;

/**
 * A run in the Bencher Metric Format, https://bencher.dev/docs/reference/bencher-metric-format. Slugs of measures are the
 * ids of metrics with dashes; times stay in nanoseconds.
 */
export function toBmf(record: RunRecord): Bmf {
  const byBenchmark = Map.groupBy(exportedValues(record), ({ benchmark }) => benchmark);
  return Object.fromEntries(
    [...byBenchmark].map(([benchmark, values]) => [
      benchmark,
      Object.fromEntries(values.map(({ metric, estimate: { value, interval } }) => [
        metric.id.replaceAll("_", "-"),
        { value, lower_value: interval.lower, upper_value: interval.upper },
      ])),
    ]),
  );
}
