/** The numbers behind verdicts: what each round of an experiment gave for each criterion. */
import type { Experiment, RunRecord } from "../../lib/model/mod.ts";
import { criteriaOf } from "../../lib/experiments/rules/judged_arms.ts";
import { Readings } from "../../lib/experiments/run/readings.ts";

/** Values by criterion, then arm; one per round that counts, `null` where a block has none. */
export interface ExperimentPoints {
  /** The machine that gave them. */
  readonly machineId: string;
  /** Blocks that each side of a pair has. */
  readonly blocksPerSide: number;
  /** Rounds that count. */
  readonly roundCount: number;
  /** Rounds that were measured and do not count. */
  readonly disturbedCount: number;
  /** By id of the criterion, then name of the arm, the control included. */
  readonly values: Readonly<Record<string, Readonly<Record<string, readonly (number | null)[]>>>>;
}

/** Reads all points. Throws a UsageError for arms that are not registered. */
export function experimentPoints(experiment: Experiment, run: RunRecord): ExperimentPoints {
  const readings = new Readings(experiment, run);
  return {
    machineId: run.environment.machineId,
    blocksPerSide: run.settings.blocksPerSide ?? 1,
    roundCount: readings.rounds.length,
    disturbedCount: readings.weather.length - readings.rounds.length,
    values: Object.fromEntries(
      criteriaOf(experiment).map((criterion) => [
        criterion.id,
        Object.fromEntries(
          experiment.arms.map(({ name }) => [
            name,
            readings.valuesOf(name, criterion).map((value) => value === undefined ? null : value),
          ]),
        ),
      ]),
    ),
  };
}
