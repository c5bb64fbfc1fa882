/** Which metrics the figures of a run's page are about: one choice for each metrics version. */
import { METRICS_VERSION } from "../../lib/model/mod.ts";

/** Ids of metrics, by what they are drawn as. */
export interface FigureMetrics {
  /** CPU time of the calling thread, and the span that it is held against. */
  readonly cost: { readonly busy: string; readonly span: string };
  /** How late changes were shown: the middle, and how far the bar reaches. */
  readonly delay: { readonly middle: string; readonly tail: string };
}

const NOW: FigureMetrics = {
  cost: { busy: "main_busy_ns", span: "done_ns" },
  delay: { middle: "shown_p50_ns", tail: "stale_max_ns" },
};

const BEFORE: FigureMetrics = {
  cost: { busy: "caller_cpu_ns", span: "wall_ns" },
  delay: { middle: "freshness_p50_ns", tail: "freshness_p99_ns" },
};

/** The metrics of the figures about a run. */
export function figureMetrics({ metricsVersion }: { readonly metricsVersion: number }): FigureMetrics {
  return metricsVersion < METRICS_VERSION ? BEFORE : NOW;
}
