/**
 * What the page of a run carries of its view.
 *
 * Metrics are named only: the script that draws the page knows the registry. The page of a small run carries everything.
 * That of a large one carries what stands at its top and in the heads of its workloads; the rest is in a file beside it,
 * loaded when somebody gets there.
 */
import { METRICS } from "../../metrics/mod.ts";
import { metricView } from "./run_view.ts";
import { leadMetrics } from "./lead_metrics.ts";
import type { CellView, RunView } from "./view.ts";

/** A run as a page carries it. */
export interface RunPageData extends Omit<RunView, "metrics"> {
  /** Ids of metrics with a value, in the order of the registry. */
  readonly metrics: readonly string[];
  /** The script file with everything, relative to the page; absent when this is everything. */
  readonly details?: string;
}

/** The view without what the script knows. */
export function runPageData(view: RunView): RunPageData {
  return { ...view, metrics: view.metrics.map(({ id }) => id) };
}

/** What the top of the page shows of a large run: one metric, one wrong answer of each cell, no distributions. */
export function runPageHead(view: RunView, details: string): RunPageData {
  const { timelines: _, ...rest } = runPageData(view);
  const lead = leadMetrics(view.metrics)[0]?.id;
  return {
    ...rest,
    details,
    adapters: view.adapters.map((adapter) => ({
      ...adapter,
      drivers: "",
      about: "",
      unfair: "",
      homepage: "",
      capabilities: [],
      facts: [],
    })),
    sections: view.sections.map((section) => ({
      ...section,
      cells: section.cells.map((cell) => headOfCell(cell, lead)),
    })),
    blocks: [],
  };
}

/** What the script of the pages must know: the registry, as a statement. */
export function metricsScript(): string {
  const metrics = JSON.stringify(METRICS.map(metricView)).replaceAll("<", "\\u003c");
  return `globalThis.watchbenchMetrics=${metrics};\n`;
}

function headOfCell(cell: CellView, lead: string | undefined): CellView {
  return {
    ...cell,
    findings: cell.findings.slice(0, 1),
    warnings: [],
    metrics: {},
    phases: cell.phases.map(({ name, unwatched, metrics }) => ({
      name,
      unwatched,
      metrics: lead === undefined || metrics[lead] === undefined ? {} : { [lead]: metrics[lead] },
      operations: [],
      counters: {},
    })),
  };
}
