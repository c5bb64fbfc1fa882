import { estimateMedian } from "../../lib/stats/interval.ts";
import { sortSamples } from "../../lib/stats/quantile.ts";
import type { ValueSummary } from "../../lib/report/summarize_run.ts";

/** The summary of a metric over blocks; `undefined` when no block has a value. */
export function summaryOf(values: readonly number[] | undefined): ValueSummary | undefined {
  if (values === undefined || values.length === 0) return undefined;
  return { values, estimate: estimateMedian(sortSamples(values)) };
}
