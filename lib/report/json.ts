import type { Reporter } from "../model/mod.ts";
import { drawConclusions } from "./conclusions.ts";
import {
  type CellSummary,
  type PhaseSummary,
  summarizeRun,
  type ValueSummaries,
  type ValueSummary,
} from "./summarize_run.ts";

/**
 * The stored run, and beside it a `summary` for programs: per section, cell, phase and metric the median over blocks
 * with its interval, and all conclusions, the most important first. Field names are those of `RunRecord`, of the summary
 * and of {@link drawConclusions}.
 */
export const json: Reporter = {
  id: "json",
  title: "The whole record with a summary, for programs",
  extension: "json",
  render(record) {
    const run = summarizeRun(record);
    const summary = {
      conclusions: drawConclusions(record, run),
      sections: run.sections.map(({ key, scale, cells }) => ({
        workload: key,
        scale,
        cells: cells.map(cellObject),
      })),
    };
    return JSON.stringify({ ...record, summary }) + "\n";
  },
};

function cellObject({ cell, status, verdict, measuredBlockCount, failures, ...rest }: CellSummary): object {
  return {
    key: cell.key,
    class: rest.cellClass,
    delay: rest.delay,
    knownGaps: rest.knownGaps,
    status,
    verdict,
    measuredBlockCount,
    missingBlockCount: rest.missingBlockCount,
    failedBlockCount: failures.length,
    findingCount: rest.findingCount,
    skipReason: rest.skipReason,
    metrics: valuesObject(rest.metrics),
    phases: rest.phases.map(phaseObject),
  };
}

function phaseObject({ name, unwatched, metrics, operations, counters }: PhaseSummary): object {
  return {
    name,
    unwatched,
    metrics: valuesObject(metrics),
    operations: operations.map(({ label, count, metrics }) => ({
      label,
      count: count.estimate.value,
      metrics: valuesObject(metrics),
    })),
    counters: valuesObject(counters),
  };
}

function valuesObject(values: ValueSummaries): object {
  return Object.fromEntries([...values].map(([id, value]) => [id, valueObject(value)]));
}

function valueObject({ estimate: { value, interval, sampleCount } }: ValueSummary): object {
  return { value, ...interval, blockCount: sampleCount };
}
