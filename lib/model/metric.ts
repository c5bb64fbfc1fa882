/** What a metric is: a number derived from a block, declared once with its unit, direction and meaning. */

/**
 * Version of the meanings of metrics, stored with every run. 1: times counted from the acknowledgement, memory and CPU
 * of the bench's own making among the numbers. 2: from the call of a write to its sight, and until all is quiet. Numbers
 * of different versions are never compared.
 */
export const METRICS_VERSION = 2;

/** How a number is written by reports. Times are always stored in nanoseconds. */
export type Unit = "ns" | "count" | "per-second" | "bytes" | "ratio";

/**
 * Which way is better. `target` has a right value that depends on the workload (emissions: as many as the truth
 * needs), `context` is neither.
 */
export type Direction = "lower" | "higher" | "target" | "context";

/** Where a metric is taken: once per block, per phase, or per phase and operation label. */
export type MetricScope = "block" | "phase" | "operation";

/**
 * How the values of several iterations in one block become one. `pooled`: there is no value per iteration; the samples
 * of all recorded iterations are taken together first.
 */
export type Fold = "median" | "min" | "max" | "mean" | "pooled";

/**
 * What must be the same on both sides before two values may be compared. `runtime`: version of the JavaScript runtime.
 * `machine`: the hardware. `boot`: the machine since it was started, which includes `machine`.
 */
export type Likeness = "runtime" | "machine" | "boot";

/**
 * A place in reports. `headline`: the first table of a phase, by which cells are ranked. `detail`, `cost`: the tables
 * behind it. `sweep`: the table of exponents where a size was swept.
 * `soak`: what is followed over time where a block goes on for a while. `operations`: the table by label of operation. `block`: once per cell. `chart`: bars in a terminal.
 * `snippet`: the one table of a README. `progress`: the line of a block that ends.
 */
export type MetricPlace =
  | "headline"
  | "detail"
  | "cost"
  | "sweep"
  | "soak"
  | "operations"
  | "block"
  | "chart"
  | "snippet"
  | "progress";

/** Where a metric is shown and in which order, smallest first; a view that is not named does not show it. */
export type Placement = Readonly<Partial<Record<MetricPlace, number>>>;

/** A declared metric. */
export interface Metric {
  /** Snake case, ending in its unit: `done_ns`. */
  readonly id: string;
  /** Where it is taken. */
  readonly scope: MetricScope;
  /** Heading of its column. */
  readonly title: string;
  /** Other words by which people may ask for it; absent for none. */
  readonly alsoCalled?: readonly string[];
  /** How it is written. */
  readonly unit: Unit;
  /** Which way is better. */
  readonly direction: Direction;
  /** One sentence without final period. */
  readonly meaning: string;
  /** How the values of several iterations in one block become one. */
  readonly fold: Fold;
  /** With fewer samples there is no value: per iteration, or all together where they are pooled. */
  readonly fewestSamples: number;
  /** What a value of 0 is called, where a number would say less; absent where it is a number. */
  readonly zeroText?: string;
  /** What must be the same where two values are compared; empty where nothing need be. */
  readonly comparableWithin: readonly Likeness[];
  /** The same program gives the same value whatever the machine does, on a deterministic database. */
  readonly deterministic: boolean;
  /** What it is a part of, where several metrics share one column. */
  readonly part?: string;
  /** Where reports show it. Empty for a retired metric. */
  readonly shown: Placement;
  /** The same in reports of runs of metrics version 1; absent where those runs do not have it. */
  readonly shownBefore?: Placement;
  /** What it meant in runs of metrics version 1, where that was something else. */
  readonly meaningBefore?: string;
  /** Why runs of now do not have it any more: one sentence without final period. */
  readonly retired?: string;
}

/** Values by metric id; absent where there is nothing to measure. */
export type MetricValues = Readonly<Record<string, number>>;
