import { metricNamed } from "../metrics/mod.ts";
import type { Metric, MetricScope, RunRecord } from "../model/mod.ts";
import { summarizeRun, type ValueSummaries } from "../report/summarize_run.ts";
import type { Estimate } from "../stats/mod.ts";

/** One number of a verified cell, as tools outside know it: a benchmark, a measure, a value. */
export interface ExportedValue {
  /** `keyed-pk@2/tinybase/standard/burst/update`: workload, adapter with options, scale, phase, operation. */
  readonly benchmark: string;
  /** What was measured. */
  readonly metric: Metric;
  /** Median over blocks with its interval. */
  readonly estimate: Estimate;
}

/** Longest name that the formats take. */
const LONGEST_NAME = 1024;

/**
 * All numbers of a run in the order of its plan. Cells that were wrong, failed or skipped have none: tools that draw
 * charts would take any number for a speed.
 */
export function exportedValues(record: RunRecord): ExportedValue[] {
  return summarizeRun(record).sections.flatMap(({ key, scale, cells }) =>
    cells.flatMap(({ name, metrics, phases }) => {
      const place = [key, name, scale];
      return [
        ...valuesOf(place, "block", metrics),
        ...phases.flatMap((phase) => [
          ...valuesOf([...place, phase.name], "phase", phase.metrics),
          ...phase.operations.flatMap(({ label, metrics }) =>
            valuesOf([...place, phase.name, label], "operation", metrics)
          ),
        ]),
      ];
    })
  );
}

function valuesOf(place: readonly string[], scope: MetricScope, values: ValueSummaries): ExportedValue[] {
  const benchmark = place.join("/").slice(0, LONGEST_NAME);
  return [...values].flatMap(([id, { estimate }]) => {
    const metric = metricNamed(id, scope);
    // A metric of another version of the registry has no unit that could be stated.
    return metric === undefined ? [] : [{ benchmark, metric, estimate }];
  });
}
