/** What a check is, and what all of them look at. Checks are independent: each can run alone. */
import type { CriterionResult, OutcomeTable } from "../../model/experiment.ts";
import type { Fault } from "../sources/fault.ts";
import type { LoadedExperiment, Research } from "../sources/load_experiments.ts";
import type { BenchPin } from "../sources/lessons.ts";
import type { Vocabulary } from "../rules/validate_experiment.ts";
import { readStoredRuns, type StoredRun } from "./stored_runs.ts";

/** What follows from the stored runs of an experiment. */
export interface Recomputed {
  /** One per criterion and arm. */
  readonly results: readonly CriterionResult[];
  /** Tables that need nothing but the runs. */
  readonly tables: readonly OutcomeTable[];
  /** The results of each replication, in the order of the outcome. */
  readonly replications?: readonly (readonly CriterionResult[])[];
}

/**
 * Judges an experiment again from its stored runs, so that what is recorded can be held against what is computed;
 * `undefined` when its evidence is of a kind that cannot be judged again.
 */
export type Judge = (loaded: LoadedExperiment, resultsFolder: string) => Recomputed | undefined;

/** A run that something was computed from. */
export interface CitedRun {
  /** Name of a folder in `results/`. */
  readonly run: string;
  /** SHA-256 of its sealed header. */
  readonly sha256: string;
}

/** The runs that a study was computed from. Throws an error with the reason when the text is not what the file should hold. */
export type StudyParser = (text: string, file: string) => readonly CitedRun[];

/** What is checked. */
export interface CheckInput {
  /** Root of the repository. */
  readonly root: string;
  /** Day against which candidates age, `YYYY-MM-DD`. */
  readonly today: string;
  /** Everything below `experiments/`. */
  readonly research: Research;
  /** What experiments may name. */
  readonly vocabulary: Vocabulary;
  /** Absent: verdicts are checked against the rule, but not computed again. */
  readonly judge?: Judge;
  /** Candidates that stored runs wake up, one sentence each; absent where nobody can read runs. */
  readonly wakeups?: (
    research: Research,
    resultsFolder: string,
    runs: readonly string[],
  ) => readonly string[];
  /**
   * The number that a lesson is pinned to, as the stored run has it; `undefined` where the run lacks it. Absent where
   * nobody can read runs.
   */
  readonly readPin?: (pin: BenchPin, resultsFolder: string) => number | undefined;
  /** Folders in `results/` that hold studies of machines as JSON instead of a run, each with how they are read. */
  readonly studies?: Readonly<Record<string, StudyParser>>;
}

/** One thing that must hold. */
export interface Check {
  /** Kebab-case. */
  readonly id: string;
  /** What must hold, as a sentence without final period. */
  readonly title: string;
  /** Every place where it does not hold, in a fixed order. */
  run(view: CheckView): readonly Fault[];
  /** What is no fault and should be known, as sentences without final period. */
  notes?(view: CheckView): readonly string[];
}

/** The input, with what several checks need read only once. */
export class CheckView {
  /** What is checked. */
  readonly input: CheckInput;
  #runs: readonly StoredRun[] | undefined;

  /** Reads nothing yet. */
  constructor(input: CheckInput) {
    this.input = input;
  }

  /** Path of the folder of all runs. */
  get resultsFolder(): string {
    return `${this.input.root}/results`;
  }

  /** Everything in `results/`, by name. Loads and renders each run once. */
  get runs(): readonly StoredRun[] {
    this.#runs ??= readStoredRuns(this.resultsFolder, this.input.studies);
    return this.#runs;
  }
}
