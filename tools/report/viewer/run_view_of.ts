import type { RunPageData } from "../../../lib/report/html/run_page_data.ts";
import type { MetricView, RunView } from "../../../lib/report/html/view.ts";

/** The view of a run from what its page carries; the registry of metrics stands in front of this script. */
export function runViewOf({ metrics, ...rest }: RunPageData): RunView {
  const { watchbenchMetrics } = globalThis as unknown as { watchbenchMetrics: readonly MetricView[] };
  return { ...rest, metrics: watchbenchMetrics.filter(({ id }) => metrics.includes(id)) };
}
