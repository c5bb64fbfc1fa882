import type { MetricView } from "./view.ts";

/** Metrics that the overview of a run can be about, the one that it begins with first. */
export function leadMetrics(metrics: readonly MetricView[]): MetricView[] {
  return metrics.filter(({ scope, direction }) => scope === "phase" && direction !== "context");
}
