/** What metrics are computed from, and the kinds of declaration. */
import type { Fold, Likeness, Metric, Operation, PageBytes, PhaseJudgement, PhaseLog } from "../model/mod.ts";

/** One run of one phase with its judgement: what phase metrics are computed from. */
export interface PhaseEvidence {
  readonly log: PhaseLog;
  readonly judgement: PhaseJudgement;
  readonly operations: readonly Operation[];
  /** Index of the first recorded operation. */
  readonly firstRecorded: number;
  /**
   * The caller waited between operations for a timer or for when the next one was due, so that spans over several of them
   * measure that.
   */
  readonly isTimerPaced: boolean;
}

/** What block metrics are computed from. */
export interface BlockEvidence {
  /** Opening the database and creating its tables, driver loading included. */
  readonly openNs: number;
  /** Writing the seed rows, building them not included. */
  readonly seedNs: number;
  /** The kernel's high-water mark of the block's process; absent where the system keeps none. */
  readonly peakMemoryBytes?: number | undefined;
  /** Memory of all processes of the browser when the phases were over; absent outside of pages. */
  readonly browserMemoryBytes?: number | undefined;
  /** Length of the files of the last database; absent where nobody looked. */
  readonly storedBytes?: number | undefined;
  /** Absent outside of pages. */
  readonly pageBytes?: PageBytes | undefined;
  /** Cost of one idle event-loop turn. */
  readonly turnCostNs: number;
  /** Smallest step of the clock. */
  readonly clockStepNs: number;
}

/** A phase metric with a value for each iteration; `undefined` where there is nothing to measure. */
export interface IterationMetric extends Metric {
  readonly scope: "phase";
  readonly fold: Exclude<Fold, "pooled">;
  /** The value for one run of a phase. */
  compute(evidence: PhaseEvidence): number | undefined;
}

/** A phase metric that is a quantile over the samples of all recorded iterations. */
export interface PooledMetric extends Metric {
  readonly scope: "phase";
  readonly fold: "pooled";
  /** Share of the quantile, 0 to 1. */
  readonly share: number;
  /** The samples of one run of a phase; `undefined` where there is nothing to measure. */
  samples(evidence: PhaseEvidence): ArrayLike<number> | undefined;
}

/** A metric of a phase. */
export type PhaseMetric = IterationMetric | PooledMetric;

/** A quantile over the latencies of one label's recorded operations in one phase. */
export interface OperationMetric extends Metric {
  readonly scope: "operation";
  /** Share of the quantile, 0 to 1. */
  readonly share: number;
}

/** A metric of a whole block. */
export interface BlockMetric extends Metric {
  readonly scope: "block";
  /** The value for one block; `undefined` where it could not be read. */
  compute(evidence: BlockEvidence): number | undefined;
}

/** A metric that is computed no more: runs of before have it. */
export interface RetiredMetric extends Metric {
  readonly retired: string;
}

/** Times and shares of CPU differ after a restart of the same machine. */
export const SAME_BOOT: readonly Likeness[] = ["runtime", "boot"];

/** Sizes, and counts that depend on speed. */
export const SAME_MACHINE: readonly Likeness[] = ["runtime", "machine"];

/** What durations have in common. */
export const TIME = {
  unit: "ns",
  direction: "lower",
  fold: "median",
  fewestSamples: 1,
  comparableWithin: SAME_BOOT,
  deterministic: false,
} as const;

/**
 * How many samples a quantile needs so that one of them may lie beyond it: 100 for the 99th percentile, 10 for the 90th
 * and the 10th. The median is told of a single sample, and so are extremes, which claim nothing about what was not seen.
 */
export function fewestSamplesFor(share: number): number {
  const beyond = Math.min(share, 1 - share);
  return share === 0.5 || beyond === 0 ? 1 : Math.ceil(Number((1 / beyond).toPrecision(12)));
}

/** A quantile of times of a phase, over the samples of all iterations of a block. */
export function pooledTime(
  id: string,
  title: string,
  share: number,
  samples: PooledMetric["samples"],
): Omit<PooledMetric, "meaning" | "shown"> {
  return {
    id,
    scope: "phase",
    title,
    ...TIME,
    fold: "pooled",
    fewestSamples: fewestSamplesFor(share),
    share,
    samples,
  };
}
