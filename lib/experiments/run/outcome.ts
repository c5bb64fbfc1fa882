/** From a measured run to `experiments/NNN_slug.outcome.json`, and from there back to the verdict. */
import { join } from "node:path";
import {
  type Experiment,
  JUDGING_VERSION,
  messageOf,
  type Outcome,
  OUTCOME_SCHEMA_VERSION,
  type OutcomeTable,
  type Replication,
  type RunRecord,
  UsageError,
} from "../../model/mod.ts";
import { replaceFile } from "../../record/mod.ts";
import { decide, type Decision } from "../rules/decide.ts";
import type { LoadedExperiment } from "../sources/load_experiments.ts";
import { outcomeDigest, outcomeFileText } from "../sources/preregistration.ts";
import { shapeOutcome } from "../sources/schema.ts";
import type { Judgement } from "./judge.ts";
import { lanesOf } from "./lanes.ts";
import { Readings } from "./readings.ts";
import { placeholdersIn } from "./skeleton.ts";
import { weatherTable } from "./tables.ts";

/** The role of the run that a verdict is computed from. */
const COMPARISON_ROLE = "comparison";
/** Role of a run that asked the same again and decided nothing. */
const REPETITION_ROLE = "repetition";

/**
 * What an experiment file may export beside `experiment`. None of it is part of what is settled, and none of it takes
 * part in the verdict.
 */
export interface ExperimentModule {
  /** Computes tables for the page from the stored run. */
  readonly tables?: (readings: Readings, run: RunRecord) => readonly OutcomeTable[];
  /** Measures something once, while the outcome is recorded, and tells it in tables. */
  readonly diagnose?: () => Promise<readonly OutcomeTable[]>;
}

/** Label of the runs of an experiment. It tells which version of the settled part was run. */
export function runLabel({ id, preregistered }: Pick<LoadedExperiment, "id" | "preregistered">): string {
  return `exp-${id}-${preregistered.slice(0, 8)}`;
}

/**
 * Whether a stored run is one of this experiment as it is settled now.
 * Throws a UsageError that says what differs.
 */
export function requireOwnRun(loaded: LoadedExperiment, run: RunRecord): void {
  const wanted = runLabel(loaded);
  if (run.label === wanted) return;
  if (!run.label.startsWith(`exp-${loaded.id}-`)) {
    throw new UsageError(
      `Cannot judge run "${run.id}" as it must be one of experiment ${loaded.id}: its label is "${run.label}"`,
    );
  }
  throw new UsageError(
    `Cannot judge run "${run.id}" as what is settled must not change after the run: its label is "${run.label}", the ` +
      `experiment now has "${wanted}"; take the change in ${loaded.file} back, or run it again`,
  );
}

/** What must hold before an outcome is written; checked before anything is measured. Throws a UsageError. */
export function requireRecordable(
  { id, file, experiment, preregistered, outcome, outcomeText, outcomeFile }: LoadedExperiment,
  isForced: boolean,
): void {
  const placeholders = placeholdersIn(experiment);
  if (placeholders.length > 0) {
    throw new UsageError(
      `Cannot record experiment ${id} as what is settled must be written before the run: in ${file}, ${
        placeholders.join(", ")
      } still ${placeholders.length === 1 ? "says" : "say"} what the skeleton said`,
    );
  }
  if (outcomeText === undefined || isForced) return;
  const edited = outcome !== undefined && outcome.preregistered !== preregistered
    ? `; besides, ${file} was edited after its run`
    : "";
  throw new UsageError(
    `Cannot record experiment ${id} as nothing recorded is overwritten without --force: ${outcomeFile} exists${edited}`,
  );
}

/** Evidence must come from code that a commit names. Throws a UsageError for a dirty or unknown working tree. */
export function requireCleanTree(id: string, { commit, isDirty }: RunRecord["environment"]): void {
  const state = commit === undefined
    ? "there is no commit"
    : isDirty === false
    ? undefined
    : "it has changes";
  if (state === undefined) return;
  throw new UsageError(
    `Cannot record experiment ${id} as the working tree must be what its commit says: ${state}; commit, and run again`,
  );
}

/** The outcome of a judged run. */
export async function buildOutcome(
  loaded: LoadedExperiment,
  module: ExperimentModule,
  run: RunRecord,
  judgement: Judgement,
  now: Date,
): Promise<Outcome> {
  const { id, experiment, preregistered } = loaded;
  const computed = runTables(experiment, module, run, judgement);
  // The machine comes last, behind what was diagnosed.
  const [own, weather] = [computed.slice(0, -1), computed.at(-1)];
  const { winner, ...disposition } = decide(experiment, judgement.results);
  const unsigned = {
    schemaVersion: OUTCOME_SCHEMA_VERSION,
    experiment: id,
    recordedAt: now.toISOString(),
    preregistered,
    judging: JUDGING_VERSION,
    evidence: [{ run: run.id, sha256: run.sha256!, role: COMPARISON_ROLE }],
    results: judgement.results,
    tables: [
      ...own,
      ...await module.diagnose?.() ?? [],
      weather!,
    ],
    ...(winner === undefined ? {} : { winner }),
    ...disposition,
  };
  // As it will be read back: a number that JSON changes must not change the digest.
  const stored = JSON.parse(JSON.stringify(unsigned)) as Omit<Outcome, "sha256">;
  const outcome = { ...stored, sha256: outcomeDigest(stored) } as Outcome;
  const shaped = shapeOutcome(outcome);
  if ("faults" in shaped) {
    const { path, message } = shaped.faults[0]!;
    throw new TypeError(
      `Cannot record experiment ${id} as its outcome must be sound: ${path.join(".")} ${message}`,
    );
  }
  return outcome;
}

/** What is recorded, as a repetition needs it. Throws a UsageError when there is nothing. */
export function requireOutcome({ id, outcome }: LoadedExperiment): Outcome {
  if (outcome !== undefined) return outcome;
  throw new UsageError(
    `Cannot add a repetition to experiment ${id} as there must be an outcome: record it first`,
  );
}

/**
 * The recorded outcome with another run of the same experiment in its evidence, and what the rule says of that run: it
 * bears on claims; what was decided stays. Throws a UsageError when nothing is recorded, and when the run is evidence already.
 */
export function withRepetition(
  loaded: LoadedExperiment,
  run: RunRecord,
  { results }: Pick<Judgement, "results">,
): Outcome {
  const { id } = loaded;
  const outcome = requireOutcome(loaded);
  if (outcome.evidence.some((one) => one.run === run.id)) {
    throw new UsageError(
      `Cannot add a repetition to experiment ${id} as the run must be another one: "${run.id}" is evidence already`,
    );
  }
  const evidence = [...outcome.evidence, { run: run.id, sha256: run.sha256!, role: REPETITION_ROLE }];
  const { machineId, deno, commit } = run.environment;
  const replication: Replication = {
    run: run.id,
    machineId,
    deno,
    ...(commit === undefined ? {} : { commit }),
    judging: JUDGING_VERSION,
    results,
  };
  const replications = [
    ...outcome.replications ?? [],
    JSON.parse(JSON.stringify(replication)) as Replication,
  ];
  const repeated = { ...outcome, evidence, replications };
  return { ...repeated, sha256: outcomeDigest(repeated) };
}

/** The tables of an outcome that follow from its run alone. */
export function runTables(
  experiment: Experiment,
  { tables }: ExperimentModule,
  run: RunRecord,
  { weather, blocksPerSide }: Judgement,
): OutcomeTable[] {
  return [...tables?.(new Readings(experiment, run), run) ?? [], weatherTable(weather, blocksPerSide)];
}

/** Writes an outcome below the root of a repository. Returns its path. */
export function storeOutcome(root: string, { outcomeFile }: LoadedExperiment, outcome: Outcome): string {
  const path = join(root, outcomeFile);
  replaceFile(path, outcomeFileText(outcome));
  return path;
}

/** The decision that results lead to. */
export function decisionOf(experiment: Experiment, { results }: Judgement): Decision {
  return decide(experiment, results);
}

/** The lanes of an experiment, or a UsageError that names the experiment. */
export function requireLanes({ id, experiment }: LoadedExperiment): ReturnType<typeof lanesOf> {
  try {
    return lanesOf(experiment);
  } catch (error) {
    throw new UsageError(`Cannot plan experiment ${id}: ${messageOf(error)}`, { cause: error });
  }
}
