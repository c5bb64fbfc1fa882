import { METRICS } from "../../metrics/mod.ts";
import type { Metric } from "../../model/mod.ts";
import type { MetricView } from "./view.ts";

/** The registry as pages show it. */
export const METRIC_VIEWS: readonly MetricView[] = METRICS.map(
  ({ id, scope, title, unit, direction, meaning }: Metric): MetricView => ({
    id,
    scope,
    title,
    unit,
    direction,
    meaning,
  }),
);

/** The registry as a statement, in front of the script of the pages: a new metric needs no new script. */
export function metricsScript(): string {
  return `globalThis.watchbenchMetrics=${JSON.stringify(METRIC_VIEWS).replaceAll("<", "\\u003c")};\n`;
}
