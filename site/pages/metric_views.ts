import { METRICS, metricsIn, metricsInTables, sweptMetrics } from "../../lib/metrics/mod.ts";
import { type Metric, METRICS_VERSION } from "../../lib/model/mod.ts";
import { comparedTimes } from "../../lib/report/runtime_tables.ts";
import type { KnownMetric } from "./view.ts";

/** The registry as pages show it. */
export const METRIC_VIEWS: readonly KnownMetric[] = METRICS.map(viewOf);

/** The registry as a statement, in front of the script of the pages: a new metric needs no new script. */
export function metricsScript(): string {
  return `globalThis.watchbenchMetrics=${JSON.stringify(METRIC_VIEWS).replaceAll("<", "\\u003c")};\n`;
}

function viewOf(metric: Metric): KnownMetric {
  const { id, scope, title, unit, direction, meaning, meaningBefore } = metric;
  return {
    id,
    scope,
    title,
    unit,
    direction,
    meaning,
    meaningBefore: meaningBefore ?? meaning,
    rank: rankIn(metric, METRICS_VERSION),
    rankBefore: rankIn(metric, 1),
    isSwept: sweptMetrics(METRICS_VERSION).includes(metric),
    isFollowed: metricsIn("soak", METRICS_VERSION).includes(metric),
    isCompared: comparedTimes(METRICS_VERSION).includes(metric),
  };
}

/** Its place among those that tables show; behind them when none does. */
function rankIn(metric: Metric, version: number): number {
  const shown = metricsInTables(version);
  const rank = shown.indexOf(metric);
  return rank < 0 ? shown.length : rank;
}
