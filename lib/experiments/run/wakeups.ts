/** Candidates that sleep until a number changes, held against stored runs that are newer than their experiment. */
import { join } from "node:path";
import type { MeasuredBlock, RunRecord, Wakeup } from "../../model/mod.ts";
import { workloadKey } from "../../model/mod.ts";
import { loadRun } from "../../record/mod.ts";
import { formatQuantity } from "../../report/format.ts";
import { estimateMedian, LEAST_CONFIDENCE, sortSamples } from "../../stats/mod.ts";
import { intervalAnswer } from "../rules/validate_experiment.ts";
import type { LoadedExperiment, Research } from "../sources/load_experiments.ts";
import { counterUnits, readQuantity } from "./read_quantity.ts";

/** A sleeping candidate with the experiment that left it, and since when runs are newer. */
export interface SleepingCandidate {
  /** Id of the experiment. */
  readonly experiment: string;
  /** ISO 8601: runs that began later are looked at. */
  readonly since: string;
  /** What it waits for. */
  readonly wakeup: Wakeup;
}

/** All candidates that experiments left asleep. */
export function sleepingCandidates(experiments: readonly LoadedExperiment[]): SleepingCandidate[] {
  return experiments.flatMap(({ id, experiment, outcome }) =>
    outcome === undefined ? [] : (experiment.learned?.wakeups ?? []).map((wakeup) => ({
      experiment: id,
      since: outcome.recordedAt,
      wakeup,
    }))
  );
}

/** One sentence for each cell of each newer run that wakes a candidate up. `runs` are names of folders that load. */
export function wakeupNotes(
  { experiments }: Research,
  resultsFolder: string,
  runs: readonly string[],
): string[] {
  const candidates = sleepingCandidates(experiments);
  if (candidates.length === 0) return [];
  const earliest = candidates.map(({ since }) => since).sort()[0]!;
  // The names of runs begin with their day: what is older needs no reading.
  return runs.filter((name) => name.slice(0, 10) >= earliest.slice(0, 10)).flatMap((name) => {
    const run = loadRun(join(resultsFolder, name));
    return candidates.filter(({ since }) => run.startedAt > since).flatMap((one) => wokenBy(run, one));
  });
}

/** What a run says of a candidate: a sentence per cell in which its condition holds. */
export function wokenBy(run: RunRecord, { experiment, wakeup }: SleepingCandidate): string[] {
  const { adapter, place, quantity, unit, comparison, value: limit, idea } = wakeup;
  const units = counterUnits(run.adapters);
  return run.settings.cells.flatMap((cell) => {
    const workload = workloadKey({ id: cell.workload, version: cell.workloadVersion });
    const isHere = cell.adapter === adapter && workload === place.workload &&
      cell.scale === (place.scale ?? cell.scale);
    if (!isHere) return [];
    const values = run.results.flatMap((block) =>
      block.cellKey === cell.key && block.status === "measured" && block.verdict === "converged"
        ? readQuantity(block as MeasuredBlock, place, quantity, units) ?? []
        : []
    );
    if (values.length === 0) return [];
    const { value, interval } = estimateMedian(sortSamples(values));
    if (interval.confidence < LEAST_CONFIDENCE || intervalAnswer(comparison, limit, interval) !== "pass") {
      return [];
    }
    return [
      `Experiment ${experiment} left a candidate that ${run.id} wakes up: ${idea} (${cell.key}: ${
        formatQuantity(value, unit)
      }, ${comparison} ${formatQuantity(limit, unit)})`,
    ];
  });
}
