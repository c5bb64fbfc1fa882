import { metricsIn, sweptMetrics } from "../metrics/mod.ts";
import type { Reporter } from "../model/mod.ts";
import { drawConclusions } from "./conclusions.ts";
import { summarizeSoaks } from "./summarize_soak.ts";
import { summarizeSweeps, type SweepSummary } from "./summarize_sweeps.ts";
import {
  type CellSummary,
  type PhaseSummary,
  summarizeRun,
  type ValueSummaries,
  type ValueSummary,
} from "./summarize_run.ts";

/**
 * The stored run, and beside it a `summary` for programs: per section, cell, phase and metric the median over blocks
 * with its interval, all conclusions, the most important first, and the exponents of sweeps. Field names are those of `RunRecord`, of the summary
 * and of {@link drawConclusions}.
 */
export const json: Reporter = {
  id: "json",
  title: "The whole record with a summary, for programs",
  extension: "json",
  render(record) {
    const run = summarizeRun(record);
    const sweeps = summarizeSweeps(run, sweptMetrics(run.metricsVersion));
    const soaks = summarizeSoaks(record, run, metricsIn("soak", run.metricsVersion));
    const summary = {
      conclusions: drawConclusions(record, run),
      sections: run.sections.map(({ key, scale, cells }) => ({
        workload: key,
        scale,
        cells: cells.map(cellObject),
      })),
      ...(sweeps.length === 0 ? {} : { sweeps: sweeps.map(sweepObject) }),
      ...(soaks.length === 0 ? {} : { soaks }),
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

function sweepObject({ phase, cells, ...place }: SweepSummary): object {
  return {
    ...place,
    phase: phase.name,
    cells: cells.map(({ name, cellClass, metrics }) => ({
      name,
      class: cellClass,
      metrics: Object.fromEntries(
        [...metrics].map(([id, { values, fit }]) => [id, {
          values: values.map((value) => value === undefined ? null : valueObject(value)),
          ...(fit.kind === "fitted" ? fit.law : { refused: fit.reason }),
        }]),
      ),
    })),
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
