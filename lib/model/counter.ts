/** A number kept inside a system under test, declared by its adapter. */
export interface Counter {
  /** Snake case, ending in its unit where it has one. */
  readonly name: string;
  /** What is counted. */
  readonly unit: "count" | "us" | "bytes";
  /** Where the counted thing happens. */
  readonly thread: "caller" | "writer" | "reader" | "server";
  /** A sum grows and is reported as a difference over the phase; a gauge is reported as it stands. */
  readonly kind: "sum" | "gauge";
  /** One sentence. */
  readonly meaning: string;
}

/** Values by counter name at one moment. */
export type CounterValues = Readonly<Record<string, number>>;

/**
 * What happened between two snapshots: differences of sums, the later value of gauges.
 * A counter missing from `before` counts from 0; one missing from `after` is left out.
 */
export function counterChange(
  counters: readonly Counter[],
  before: CounterValues,
  after: CounterValues,
): CounterValues {
  const change: Record<string, number> = {};
  for (const { name, kind } of counters) {
    const value = after[name];
    if (value === undefined) continue;
    change[name] = kind === "sum" ? value - (before[name] ?? 0) : value;
  }
  return change;
}
