/**
 * The metrics house: every number of a report is declared here, one file per family, with its unit, direction, fewest
 * samples, meaning, and where it may be compared and is shown. Nothing else lists metrics.
 */
import type { Metric, MetricPlace, MetricScope, MetricValues } from "../model/mod.ts";
import { PREPARATION_METRICS } from "./block.ts";
import * as columns from "./columns.ts";
import type { MetricColumn } from "./columns.ts";
import type { BlockEvidence, BlockMetric, PhaseEvidence, PhaseMetric, RetiredMetric } from "./declare.ts";
import { DONE_METRICS } from "./done.ts";
import * as fold from "./fold.ts";
import type { PhaseReading } from "./fold.ts";
import { DRIFT_METRICS } from "./drift.ts";
import { FOOTPRINT_METRICS } from "./footprint.ts";
import { FRAME_METRICS } from "./frames.ts";
import { FRESHNESS_METRICS } from "./freshness.ts";
import { HIGHEST_RATE, LOAD_METRICS, OVERLOAD_METRICS } from "./load.ts";
import { MEMORY_METRICS, RETIRED_MEMORY_METRICS } from "./memory.ts";
import { OPENING_METRICS } from "./opening.ts";
import { OPERATION_METRICS } from "./operations.ts";
import { PAGE_METRICS } from "./pages.ts";
import { PROCESS_METRICS, RETIRED_PROCESS_METRICS } from "./process.ts";
import { SCREEN_METRICS } from "./screen.ts";
import { SHOWN_METRICS } from "./shown.ts";
import { STREAM_METRICS } from "./streams.ts";
import { THREAD_METRICS } from "./thread.ts";

export type { BlockEvidence, PhaseEvidence } from "./declare.ts";
export type { PhaseReading } from "./fold.ts";
export type { MetricColumn } from "./columns.ts";
export { generatorLateNs } from "./load.ts";
export { loadOutcome } from "./load_outcome.ts";

/** Metrics of a phase that are computed now. */
const PHASE_METRICS: readonly PhaseMetric[] = [
  ...DONE_METRICS,
  ...SHOWN_METRICS,
  ...SCREEN_METRICS,
  ...PAGE_METRICS,
  ...STREAM_METRICS,
  ...FRESHNESS_METRICS,
  ...DRIFT_METRICS,
  ...LOAD_METRICS,
  ...PROCESS_METRICS,
  ...THREAD_METRICS,
  ...FRAME_METRICS,
  ...OPENING_METRICS,
];

const BLOCK_METRICS: readonly BlockMetric[] = [
  ...MEMORY_METRICS,
  ...FOOTPRINT_METRICS,
  ...PREPARATION_METRICS,
];

const RETIRED_METRICS: readonly RetiredMetric[] = [...RETIRED_PROCESS_METRICS, ...RETIRED_MEMORY_METRICS];

/** All metrics, those of runs of before last. */
export const METRICS: readonly Metric[] = [
  ...PHASE_METRICS,
  ...OPERATION_METRICS,
  HIGHEST_RATE,
  ...BLOCK_METRICS,
  ...RETIRED_METRICS,
];

/** Finds a metric of a scope by id; `undefined` for an id of another version of the registry. */
export function metricNamed(id: string, scope?: MetricScope): Metric | undefined {
  return METRICS.find((metric) => metric.id === id && (scope === undefined || metric.scope === scope));
}

/** The metrics that a view shows of runs of a metrics version, in its order. */
export function metricsIn(view: MetricPlace, version: number): Metric[] {
  return columns.metricsIn(METRICS, view, version);
}

/** The metric by which runs of a metrics version rank cells. */
export function leadMetric(version: number): Metric {
  return metricsIn("headline", version)[0]!;
}

/** The metrics whose growth is told where a size was swept, the one that cells are ranked by first. */
export function sweptMetrics(version: number): readonly [lead: Metric, ...others: Metric[]] {
  const lead = leadMetric(version);
  return [lead, ...metricsIn("sweep", version).filter(({ id }) => id !== lead.id)];
}

/** All metrics that reports of runs of a metrics version show in tables, in their order. */
export function metricsInTables(version: number): Metric[] {
  return columns.metricsInTables(METRICS, version);
}

/** The same as columns of a table. */
export function columnsOf(view: MetricPlace, version: number): MetricColumn[] {
  return columns.columnsOf(METRICS, view, version);
}

/** Reads one run of a phase: all that its metrics need when the block is over. */
export function readPhase(evidence: PhaseEvidence): PhaseReading {
  return fold.readPhase(PHASE_METRICS, evidence);
}

/** All phase metrics that have a value, from the recorded runs of a phase in one block. */
export function phaseMetrics(readings: readonly PhaseReading[]): MetricValues {
  return fold.foldPhase(PHASE_METRICS, readings);
}

/** Those of them that are followed while a block goes on for a while. */
export function soakMetrics(readings: readonly PhaseReading[]): MetricValues {
  return fold.foldPhase(PHASE_METRICS.filter(({ shown }) => shown.soak !== undefined), readings);
}

/** Those that have a value of a database that could not keep up: none that a delay is part of. */
export function overloadMetrics(readings: readonly PhaseReading[]): MetricValues {
  return fold.foldPhase(OVERLOAD_METRICS, readings);
}

/** A latency of fewer steps of the clock is not told. */
const LEAST_CLOCK_STEPS = 10;

/**
 * All operation metrics of one label that have a value, from its latencies in nanoseconds by recorded iteration.
 * `clockStepNs` is the smallest step of the clock that took them.
 */
export function operationMetrics(iterations: readonly Float64Array[], clockStepNs: number): MetricValues {
  return fold.foldLatencies(OPERATION_METRICS, iterations, clockStepNs * LEAST_CLOCK_STEPS);
}

/** All block metrics that have a value. */
export function blockMetrics(evidence: BlockEvidence): MetricValues {
  return fold.blockValues(BLOCK_METRICS, evidence);
}
