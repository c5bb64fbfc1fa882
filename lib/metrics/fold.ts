/** From what was measured to one value per metric and block. */
import type { Metric, MetricValues } from "../model/mod.ts";
import { quantile, sortSamples } from "../stats/mod.ts";
import type { BlockEvidence, BlockMetric, OperationMetric, PhaseEvidence, PhaseMetric } from "./declare.ts";

/** What is kept of one run of a phase until its block is over. */
export interface PhaseReading {
  /** Of the metrics that have a value for each iteration. */
  readonly values: MetricValues;
  /** Of the pooled ones, by metric id. */
  readonly samples: Readonly<Record<string, ArrayLike<number>>>;
  /** Of an iteration that not every block runs; default is `false`. */
  readonly isRepetition?: boolean;
}

/** Reads one run of a phase; keeps neither its log nor its judgement. */
export function readPhase(metrics: readonly PhaseMetric[], evidence: PhaseEvidence): PhaseReading {
  const values: Record<string, number> = {};
  const samples: Record<string, ArrayLike<number>> = {};
  for (const metric of metrics) {
    if (metric.fold === "pooled") {
      const own = metric.samples(evidence);
      if (own !== undefined) samples[metric.id] = own;
    } else {
      const value = metric.compute(evidence);
      if (value !== undefined) values[metric.id] = value;
    }
  }
  return { values, samples };
}

/** One value per metric from all recorded runs of a phase in one block. */
export function foldPhase(metrics: readonly PhaseMetric[], readings: readonly PhaseReading[]): MetricValues {
  return collect(metrics, (metric) => {
    if (metric.fold !== "pooled") {
      // More iterations would find greater extremes, and who is quick has more of them.
      const isExtreme = metric.fold === "max" || metric.fold === "min";
      const counted = isExtreme ? readings.filter(({ isRepetition = false }) => !isRepetition) : readings;
      return foldValues(metric, counted.map(({ values }) => values[metric.id]));
    }
    return quantileOf(
      metric,
      readings.flatMap(({ samples }) => Array.from(samples[metric.id] ?? [])),
      metric.share,
    );
  });
}

/**
 * One value per metric from the latencies of one label, nanoseconds, by recorded iteration. Without those that are below
 * `leastNs`: the clock could not tell them.
 */
export function foldLatencies(
  metrics: readonly OperationMetric[],
  iterations: readonly Float64Array[],
  leastNs: number,
): MetricValues {
  return collect(metrics, (metric) => {
    const value = metric.fold === "pooled"
      ? quantileOf(metric, iterations.flatMap((latenciesNs) => Array.from(latenciesNs)), metric.share)
      : foldValues(metric, iterations.map((latenciesNs) => quantileOf(metric, latenciesNs, metric.share)));
    return value === undefined || value < leastNs ? undefined : value;
  });
}

/** All block metrics that could be read. */
export function blockValues(metrics: readonly BlockMetric[], evidence: BlockEvidence): MetricValues {
  return collect(metrics, (metric) => metric.compute(evidence));
}

function foldValues({ fold }: Metric, all: readonly (number | undefined)[]): number | undefined {
  const values = all.filter((value) => value !== undefined);
  if (values.length === 0) return undefined;
  switch (fold) {
    case "min":
      return Math.min(...values);
    case "max":
      return Math.max(...values);
    case "mean":
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case "median":
      return quantile(sortSamples(values), 0.5);
    case "pooled":
      throw new TypeError(
        "Cannot fold values of a pooled metric as it must have samples: got one value an iteration",
      );
  }
}

/** `undefined` where there are fewer samples than the metric needs. */
function quantileOf(
  { fewestSamples }: Metric,
  samples: ArrayLike<number>,
  share: number,
): number | undefined {
  return samples.length < fewestSamples ? undefined : quantile(sortSamples(samples), share);
}

function collect<M extends Metric>(
  metrics: readonly M[],
  compute: (metric: M) => number | undefined,
): MetricValues {
  const values: Record<string, number> = {};
  for (const metric of metrics) {
    const value = compute(metric);
    if (value !== undefined) values[metric.id] = value;
  }
  return values;
}
