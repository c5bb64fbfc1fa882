/** Which metrics a view of a report shows, and in which order: read from the declarations, never listed anew. */
import { type Metric, type MetricPlace, METRICS_VERSION } from "../model/mod.ts";

/** A column of a table: one metric, or several that are written as one text. */
export interface MetricColumn {
  /** In the order of their placements; more than one where they share a column. */
  readonly metrics: readonly Metric[];
  /** Heading: the metric's, or the name of what they are part of. */
  readonly title: string;
}

/** The metrics of one view for runs of a metrics version, in order. */
export function metricsIn(metrics: readonly Metric[], view: MetricPlace, version: number): Metric[] {
  return metrics.flatMap((metric) => {
    const order = (version >= METRICS_VERSION ? metric.shown : metric.shownBefore)?.[view];
    return order === undefined ? [] : [{ metric, order }];
  }).sort((a, b) => a.order - b.order).map(({ metric }) => metric);
}

/** Places that are tables, in the order in which reports draw them. */
const TABLES: readonly MetricPlace[] = ["headline", "detail", "cost", "operations", "block"];

/** All metrics that a report of a metrics version shows in a table, each once, in its order. */
export function metricsInTables(metrics: readonly Metric[], version: number): Metric[] {
  return [...new Set(TABLES.flatMap((place) => metricsIn(metrics, place, version)))];
}

/** The columns of one view: metrics that are part of the same thing share one. */
export function columnsOf(metrics: readonly Metric[], view: MetricPlace, version: number): MetricColumn[] {
  const groups = Map.groupBy(metricsIn(metrics, view, version), ({ id, part }) => part ?? id);
  return [...groups.values()].map((group) => ({
    metrics: group,
    title: group[0]!.part ?? group[0]!.title,
  }));
}
