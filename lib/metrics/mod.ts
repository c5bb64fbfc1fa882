/**
 * The registry of metrics: every number that a report shows beside a phase, an operation or a block is declared and
 * computed here and nowhere else.
 */
import type { Metric, MetricScope, MetricValues, Operation, PhaseJudgement, PhaseLog } from "../model/mod.ts";
import { quantile, sortSamples } from "../stats/mod.ts";

/** One run of one phase with its judgement: what phase metrics are computed from. */
export interface PhaseEvidence {
  readonly log: PhaseLog;
  readonly judgement: PhaseJudgement;
  readonly operations: readonly Operation[];
  /** Index of the first recorded operation. */
  readonly firstRecorded: number;
}

/** What block metrics are computed from. */
export interface BlockEvidence {
  /** Opening the database and creating its tables, driver loading included. */
  readonly openNs: number;
  /** Writing the seed rows, building them not included. */
  readonly seedNs: number;
  readonly peakRssBytes: number;
  /** Median cost of one idle event-loop turn. */
  readonly turnCostNs: number;
}

/** A phase metric and how it is computed; `undefined` where there is nothing to measure. */
export interface PhaseMetric extends Metric {
  readonly scope: "phase";
  /** The value for one run of a phase. */
  compute(evidence: PhaseEvidence): number | undefined;
}

/** A metric over the latencies of one label's recorded operations in one phase. */
export interface OperationMetric extends Metric {
  readonly scope: "operation";
  /** The value for latencies in nanoseconds, in execution order, at least one. */
  compute(latenciesNs: Float64Array): number;
}

/** A metric of a whole block. */
export interface BlockMetric extends Metric {
  readonly scope: "block";
  /** The value for one block. */
  compute(evidence: BlockEvidence): number;
}

const TIME = { unit: "ns", direction: "lower", fold: "median", deterministic: false } as const;
const STREAM_COUNT = { scope: "phase", unit: "count", fold: "mean" } as const;

/** Metrics of a phase. */
export const PHASE_METRICS: readonly PhaseMetric[] = [
  {
    id: "wall_ns",
    scope: "phase",
    title: "wall",
    ...TIME,
    meaning:
      "From the first recorded operation to the last acknowledgement, turns between operations included; " +
      "never a quiet window",
    compute: ({ log, firstRecorded }) => wallNs(log, firstRecorded),
  },
  {
    id: "writes_per_second",
    scope: "phase",
    title: "writes/s",
    unit: "per-second",
    direction: "higher",
    fold: "median",
    deterministic: false,
    meaning: "Rows written in recorded operations, divided by wall; a batch counts its rows",
    compute: ({ log, operations, firstRecorded }) => {
      const rowCount = operations.slice(firstRecorded).reduce(
        (sum, operation) => sum + writtenRows(operation),
        0,
      );
      return rowCount === 0 ? undefined : rowCount / (wallNs(log, firstRecorded) / 1e9);
    },
  },
  {
    id: "settle_ns",
    scope: "phase",
    title: "settle",
    ...TIME,
    meaning: "From the last acknowledgement to the last emission; 0 when nothing came later",
    compute: ({ judgement }) => judgement.streams?.settleNs,
  },
  {
    id: "emissions_needed",
    ...STREAM_COUNT,
    title: "needed",
    direction: "context",
    deterministic: true,
    meaning: "Changes of the watched results that the truth contains, over all streams",
    compute: ({ judgement }) => judgement.streams?.emissionsNeeded,
  },
  {
    id: "emissions_delivered",
    ...STREAM_COUNT,
    title: "delivered",
    direction: "target",
    deterministic: false,
    meaning:
      "Emissions after the first result of each stream; fewer than needed is coalescing, more is waste",
    compute: ({ judgement }) => judgement.streams?.emissionsDelivered,
  },
  {
    id: "emissions_redundant",
    ...STREAM_COUNT,
    title: "redundant",
    direction: "lower",
    deterministic: false,
    meaning: "Emissions equal to the one before on the same stream",
    compute: ({ judgement }) => judgement.streams?.emissionsRedundant,
  },
  {
    id: "emissions_coalesced",
    ...STREAM_COUNT,
    title: "coalesced",
    direction: "context",
    deterministic: false,
    meaning: "Changes that were never shown by themselves, since a newer one was",
    compute: ({ judgement }) => judgement.streams?.emissionsCoalesced,
  },
  {
    id: "freshness_p50_ns",
    scope: "phase",
    title: "fresh p50",
    ...TIME,
    meaning:
      "Median time from a commit's acknowledgement to the first emission that shows it or something newer",
    compute: ({ judgement }) => freshness(judgement, 0.5),
  },
  {
    id: "freshness_p99_ns",
    scope: "phase",
    title: "fresh p99",
    ...TIME,
    meaning: "99th percentile of the same",
    compute: ({ judgement }) => freshness(judgement, 0.99),
  },
  {
    id: "freshness_max_ns",
    scope: "phase",
    title: "fresh max",
    ...TIME,
    fold: "max",
    meaning: "Longest of the same",
    compute: ({ judgement }) => freshness(judgement, 1),
  },
  {
    id: "outdated_max_ns",
    scope: "phase",
    title: "outdated",
    ...TIME,
    fold: "max",
    meaning: "Longest time that a stream showed an outdated result without a pause",
    compute: ({ judgement }) => judgement.streams?.outdatedMaxNs,
  },
  {
    id: "caller_cpu_ns",
    scope: "phase",
    title: "caller CPU",
    ...TIME,
    meaning:
      "CPU time of the calling thread from the first recorded operation until the last acknowledgement",
    compute: ({ log }) => log.callerCpuNs,
  },
  {
    id: "process_cpu_ns",
    scope: "phase",
    title: "process CPU",
    ...TIME,
    meaning:
      "CPU time of all threads of the process in the same span; a server's own processes are not in it",
    compute: ({ log }) => log.processCpuNs,
  },
  {
    id: "loop_delay_max_ns",
    scope: "phase",
    title: "loop delay",
    ...TIME,
    fold: "max",
    meaning:
      "Longest lateness of a timer on the calling thread until all was quiet; an idle loop shows 1 to 3 ms",
    compute: ({ log }) => log.loopDelayMaxNs,
  },
  {
    id: "frames_missed",
    scope: "phase",
    title: "frames missed",
    unit: "count",
    direction: "lower",
    fold: "max",
    deterministic: false,
    meaning: "Whole frames of 16.7 ms that such lateness swallowed",
    compute: ({ log }) => log.framesMissed,
  },
  {
    id: "listener_ns",
    scope: "phase",
    title: "listeners",
    ...TIME,
    meaning: "Time spent in listeners, reading every delivered value once",
    compute: ({ log }) => log.streams.length === 0 ? undefined : log.listenerNs,
  },
  {
    id: "subscribe_ns",
    scope: "phase",
    title: "subscribe",
    ...TIME,
    meaning: "From the first watch call until every stream had shown a result",
    compute: ({ log }) => log.streams.length === 0 ? undefined : log.subscribeNs,
  },
];

/** Metrics of the operations of one label within a phase. */
export const OPERATION_METRICS: readonly OperationMetric[] = [
  latencyMetric(
    "latency_p10_ns",
    "p10",
    0.1,
    "10th percentile: the low quantile that comparisons of CPU cost use",
  ),
  {
    ...latencyMetric(
      "latency_low_ns",
      "low",
      0.1,
      "10th percentile of the iteration where it is lowest: what an operation costs while nothing else has the CPU",
    ),
    fold: "min",
  },
  latencyMetric("latency_p50_ns", "p50", 0.5, "Median time from the call to the acknowledgement"),
  latencyMetric("latency_p90_ns", "p90", 0.9, "90th percentile of the same"),
  latencyMetric("latency_p99_ns", "p99", 0.99, "99th percentile of the same"),
  latencyMetric("latency_max_ns", "max", 1, "Longest of the same"),
];

/** Metrics of a block. */
export const BLOCK_METRICS: readonly BlockMetric[] = [
  {
    id: "open_ns",
    scope: "block",
    title: "open",
    ...TIME,
    meaning: "Opening the database and creating its tables, loading the driver included",
    compute: ({ openNs }) => openNs,
  },
  {
    id: "seed_ns",
    scope: "block",
    title: "seed",
    ...TIME,
    meaning: "Writing the seed rows in batches; building them is not included",
    compute: ({ seedNs }) => seedNs,
  },
  {
    id: "peak_rss_bytes",
    scope: "block",
    title: "peak RSS",
    unit: "bytes",
    direction: "lower",
    fold: "max",
    deterministic: false,
    meaning:
      "Largest resident memory before the oracle started, or at the end of a phase if that was larger; " +
      "results kept for the oracle are in it",
    compute: ({ peakRssBytes }) => peakRssBytes,
  },
  {
    id: "turn_cost_ns",
    scope: "block",
    title: "idle turn",
    ...TIME,
    direction: "context",
    meaning: "Median cost of one idle event-loop turn: what every turn between operations adds to the wall",
    compute: ({ turnCostNs }) => turnCostNs,
  },
];

/** All metrics in the order of reports. */
export const METRICS: readonly Metric[] = [...PHASE_METRICS, ...OPERATION_METRICS, ...BLOCK_METRICS];

/** Finds a metric of a scope by id; `undefined` for an id of another version of the registry. */
export function metricNamed(id: string, scope?: MetricScope): Metric | undefined {
  return METRICS.find((metric) => metric.id === id && (scope === undefined || metric.scope === scope));
}

/** All phase metrics of one run of a phase that have a value. */
export function phaseMetrics(evidence: PhaseEvidence): MetricValues {
  return collect(PHASE_METRICS, (metric) => metric.compute(evidence));
}

/** All operation metrics of one label; `latenciesNs` must not be empty. */
export function operationMetrics(latenciesNs: Float64Array): MetricValues {
  return collect(OPERATION_METRICS, (metric) => metric.compute(latenciesNs));
}

/** All block metrics. */
export function blockMetrics(evidence: BlockEvidence): MetricValues {
  return collect(BLOCK_METRICS, (metric) => metric.compute(evidence));
}

/** One value per metric from the values of several iterations, by each metric's own fold. */
export function foldMetrics(iterations: readonly MetricValues[]): MetricValues {
  return collect(METRICS, ({ id, fold }) => {
    const values = iterations.map((iteration) => iteration[id]).filter((value) => value !== undefined);
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
    }
  });
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

function latencyMetric(id: string, title: string, p: number, meaning: string): OperationMetric {
  return {
    id,
    scope: "operation",
    title,
    ...TIME,
    meaning,
    compute: (latenciesNs) => quantile(sortSamples(latenciesNs), p),
  };
}

function wallNs(log: PhaseLog, firstRecorded: number): number {
  return log.endNs[log.endNs.length - 1]! - log.startNs[firstRecorded]!;
}

function writtenRows(operation: Operation): number {
  return operation.kind === "batch" ? operation.rows.length : operation.kind === "write" ? 1 : 0;
}

function freshness(judgement: PhaseJudgement, p: number): number | undefined {
  const samplesNs = judgement.streams?.freshnessNs;
  return samplesNs === undefined || samplesNs.length === 0 ? undefined : quantile(sortSamples(samplesNs), p);
}
