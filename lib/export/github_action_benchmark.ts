import type { Direction, RunRecord, Unit } from "../model/mod.ts";
import { formatQuantity } from "../report/format.ts";
import { exportedValues } from "./exported_values.ts";

/** One entry of github-action-benchmark's custom formats. */
export interface ActionEntry {
  /** Benchmark and metric. */
  readonly name: string;
  /** Of value and range. */
  readonly unit: string;
  /** Median over blocks. */
  readonly value: number;
  /** How far the farther end of the interval is away. */
  readonly range: string;
  /** Interval and number of blocks in words. */
  readonly extra: string;
}

const UNITS: Readonly<Record<Unit, string>> = {
  ns: "ns",
  count: "count",
  "per-second": "1/s",
  bytes: "bytes",
  ratio: "ratio",
};

/**
 * A run for github-action-benchmark, tool `customSmallerIsBetter` for `lower` and `customBiggerIsBetter` for `higher`.
 * Metrics that are better neither way are in none of the two.
 */
export function toActionEntries(
  record: RunRecord,
  direction: Extract<Direction, "lower" | "higher">,
): ActionEntry[] {
  return exportedValues(record).filter(({ metric }) => metric.direction === direction).map(
    ({ benchmark, metric: { id, unit }, estimate: { value, interval: { lower, upper }, sampleCount } }) => ({
      name: `${benchmark}/${id}`,
      unit: UNITS[unit],
      value,
      range: `± ${Number(Math.max(value - lower, upper - value).toPrecision(4))}`,
      extra: `${formatQuantity(lower, unit)} to ${formatQuantity(upper, unit)}, ${sampleCount} ${
        sampleCount === 1 ? "block" : "blocks"
      }`,
    }),
  );
}
