/** Sweeps as pages draw them. */
import { safeText } from "../../lib/report/safe_text.ts";
import type { RunSummary } from "../../lib/report/summarize_run.ts";
import { summarizeSweeps, type SweptCell } from "../../lib/report/summarize_sweeps.ts";
import { exponentText, sweepTitle } from "../../lib/report/sweep_table.ts";
import { significant } from "./significant.ts";
import type { GrowthView, KnownMetric, SweepView } from "./view.ts";

/** The sweeps of a run. `known` are all metrics there are, `adapterOf` gives the index of a name of cells. */
export function sweepViews(
  summary: RunSummary,
  known: readonly KnownMetric[],
  adapterOf: ReadonlyMap<string, number>,
): SweepView[] {
  const metrics = known.filter(({ isSwept }) => isSwept).toSorted((a, b) => a.rank - b.rank);
  return summarizeSweeps(summary, metrics).map((sweep): SweepView => ({
    title: safeText(sweepTitle(sweep)),
    parameter: safeText(sweep.parameter),
    sizes: sweep.sizes,
    metrics: metrics.flatMap(({ id, title, unit }) => {
      const adapters = sweep.cells.flatMap((cell) => growthView(cell, id, adapterOf));
      return adapters.length === 0 ? [] : [{ id, title, unit, adapters }];
    }),
  }));
}

function growthView(
  { name, cellClass, metrics }: SweptCell,
  id: string,
  adapterOf: ReadonlyMap<string, number>,
): GrowthView[] {
  const metric = metrics.get(id);
  if (metric === undefined) return [];
  const { values, fit } = metric;
  return [{
    name: safeText(name),
    adapter: adapterOf.get(name)!,
    isFloor: cellClass === "floor",
    points: values.map((value) => {
      if (value === undefined) return null;
      const { value: median, interval } = value.estimate;
      return [rounded(median), rounded(interval.lower), rounded(interval.upper)];
    }),
    exponent: fit.kind === "fitted" ? exponentText(fit.law) : fit.reason,
    ...(fit.kind === "fitted" ? { slope: rounded(fit.law.exponent) } : {}),
  }];
}

function rounded(value: number): number {
  return significant(value, 5);
}
