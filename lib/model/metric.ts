/** What a metric is: a number derived from a block, declared once with its unit, direction and meaning. */

/** How a number is written by reports. Times are always stored in nanoseconds. */
export type Unit = "ns" | "count" | "per-second" | "bytes" | "ratio";

/**
 * Which way is better. `target` has a right value that depends on the workload (emissions: as many as the truth
 * needs), `context` is neither.
 */
export type Direction = "lower" | "higher" | "target" | "context";

/** Where a metric is taken: once per block, per phase, or per phase and operation label. */
export type MetricScope = "block" | "phase" | "operation";

/** A declared metric. */
export interface Metric {
  /** Snake case, ending in its unit: `wall_ns`. */
  readonly id: string;
  /** Where it is taken. */
  readonly scope: MetricScope;
  /** Heading of its column. */
  readonly title: string;
  /** How it is written. */
  readonly unit: Unit;
  /** Which way is better. */
  readonly direction: Direction;
  /** One sentence without final period. */
  readonly meaning: string;
  /** How the values of several iterations in one block become one. */
  readonly fold: "median" | "min" | "max" | "mean";
  /** The same program gives the same value whatever the machine does, on a deterministic database. */
  readonly deterministic: boolean;
}

/** Values by metric id; absent where there is nothing to measure. */
export type MetricValues = Readonly<Record<string, number>>;
