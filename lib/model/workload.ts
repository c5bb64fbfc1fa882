/** The contract between the bench and what it asks of a database. */
import type { TransactionStep } from "./adapter.ts";
import type { ArrivalPlan, OpenLoop } from "./load.ts";
import type { Need } from "./need.ts";
import type { Seed, Table } from "./schema.ts";
import type { Query, WriteStatement } from "./statement.ts";
import type { Args } from "./value.ts";

/** Sizes of a workload: `smoke` proves that it works, `standard` is the published size, `large` ten times that. */
export type Scale = "smoke" | "standard" | "large";

/** All scales, small first. */
export const SCALES: readonly Scale[] = ["smoke", "standard", "large"];

/** One awaited act of the caller. `label` groups acts whose latencies belong together. */
export type Operation =
  | {
    readonly kind: "write";
    readonly label: string;
    readonly statement: WriteStatement;
    readonly args: Args;
  }
  | {
    readonly kind: "batch";
    readonly label: string;
    readonly statement: WriteStatement;
    readonly rows: readonly Args[];
  }
  | {
    readonly kind: "read";
    readonly label: string;
    readonly query: Query;
    readonly args: Args;
    /** Rows are asked for as lists of values; only for workloads that need `rawRows`. Absent: as objects. */
    readonly isRaw?: true;
  }
  /** One transaction of several steps, awaited as a whole. Its reads must have one right order. */
  | { readonly kind: "transaction"; readonly label: string; readonly steps: readonly TransactionStep[] }
  /**
   * Goes to another page: closes the live queries that the operation of this kind before it opened, and opens its own.
   * Acknowledged when every call was answered; first results may come later. Those of the last page stay open until the
   * phase is over. Only for workloads that are skipped on databases without live queries.
   */
  | { readonly kind: "navigate"; readonly label: string; readonly watches: readonly BoundQuery[] };

/**
 * What the caller does between two operations: so many real turns of the event loop (macrotasks), or a timer that long.
 * With a timer the total says more about the timer than about the database; only delays are measured then.
 */
export type Pacing = { readonly turns: number } | { readonly pauseMs: number };

/** A query with its arguments: watched during a phase, or read after it. */
export interface BoundQuery {
  /** The query. */
  readonly query: Query;
  /** Its arguments. */
  readonly args: Args;
}

/**
 * A separately timed part of a block.
 *
 * Its life: build the operations, open the watches and wait for their first results, run the operations one after the
 * other, wait until the streams are quiet, read the checks, close the watches, judge. Only the operations are inside
 * the wall; subscribing and settling have numbers of their own.
 */
export interface Phase {
  /** Kebab-case; phases of the same name in several iterations are repetitions of each other. */
  readonly name: string;
  /** Live queries that are open during the phase. */
  readonly watches: readonly BoundQuery[];
  /** Built just before the phase starts, outside its clock. */
  readonly operations: () => readonly Operation[];
  /** The first operations that run without being sampled. The wall starts behind them. */
  readonly warmupOperationCount: number;
  /** What the caller does after each operation, outside its time. */
  readonly pacing: Pacing;
  /** Operations arrive by themselves, and are not paced. Set by the bench, not by workloads. */
  readonly arrivals?: ArrivalPlan;
  /** How many operations may be under way at once; absent for one. Set by the bench, not by workloads. */
  readonly laneCount?: number;
  /** Results that must equal the truth when the phase is over, besides the watched ones. */
  readonly checks: readonly BoundQuery[];
  /**
   * The watches are one screen, which is looked at whenever the event loop has turned: it is counted how often it shows
   * two commits at once. Default is `false`.
   */
  readonly isScreen?: boolean;
}

/** All live queries of a phase in the order in which they are opened: its watches, then those of its pages. */
export function watchedIn(
  { watches }: Pick<Phase, "watches">,
  operations: readonly Operation[],
): readonly BoundQuery[] {
  const pages = operations.filter((operation) => operation.kind === "navigate");
  return pages.length === 0 ? watches : [...watches, ...pages.flatMap((page) => page.watches)];
}

/** How a process ends that another one follows. */
export type ProcessEnd = "closed" | "killed";

/** One pass through the phases. */
export interface Iteration {
  /** A warm-up is judged like any other iteration, but its times are not kept. */
  readonly warmup: boolean;
  /** Starts on a newly opened database with the seed in it, instead of going on with the one before. */
  readonly freshSession: boolean;
  /**
   * Present: a new process opens the directory of the iteration before. `closed`: its session was closed. `killed`: its
   * process was killed, with everything that it had started; a system that says that a kill may take acknowledged writes
   * leaves such iterations out. Only workloads that need durability have it.
   */
  readonly reopens?: ProcessEnd;
  /** In order. */
  readonly phases: readonly Phase[];
  /**
   * Iterations of one repetition, counted from 1, run only where all before them were too short to be timed well; see
   * `ENOUGH_TIMED_MS` of the runner. Absent: always runs. Extremes are those of iterations that always run.
   */
  readonly repetition?: number;
}

/** Everything that one block does: plain data, the same for every adapter. */
export interface Program {
  /** All tables. */
  readonly tables: readonly Table[];
  /** Rows before the first phase, in the order in which they are written. */
  readonly seeds: readonly Seed[];
  /** In order; the first one opens a session in any case. */
  readonly iterations: readonly Iteration[];
}

/** What varies between blocks of the same cell. */
export interface ProgramContext {
  /** Counts from 0. Version 2 workloads put it into written values, so that no block writes what another wrote. */
  readonly blockIndex: number;
  /** Mixed into the traffic's generators by version 2 workloads; 0 gives the published traffic. */
  readonly seed: number;
  /** Takes the place of the workload's own pacings; absent for those. */
  readonly pacing?: Pacing;
}

/** What is asked of every database. */
export interface Workload {
  /** Kebab-case; the file has the same name in snake_case. */
  readonly id: string;
  /** Changes whenever numbers before and after must not be compared. */
  readonly version: number;
  /** Its name for people. */
  readonly title: string;
  /** The question that the numbers answer. */
  readonly question: string;
  /** What is unfair about it, or what its numbers do not tell. */
  readonly unfair: string;
  /** A slow workload runs only when it is named. */
  readonly slow: boolean;
  /**
   * What happens on an adapter without live queries. `floor`: the operations run unwatched, as a floor for the others,
   * and the report says so. `skip`: the cell is skipped, since nothing would be left to ask.
   */
  readonly withoutLiveQueries: "floor" | "skip";
  /** A cell whose adapter lacks one of these is skipped with the reason; absent for none. */
  readonly needs?: readonly Need[];
  /** Phase names in order, each with a title for reports. */
  readonly phases: readonly { readonly name: string; readonly title: string }[];
  /** Sizes by scale, as they appear in the record. */
  readonly parameters: Readonly<Record<Scale, WorkloadParameters>>;
  /**
   * Its recorded iterations may be gone through again and again on one session, with the program of another block each
   * time: nothing is inserted and no session begun. Default is `false`.
   */
  readonly repeats?: boolean;
  /** Sizes that may be swept, by the name that a user gives; absent where none may. */
  readonly sweeps?: Readonly<Record<string, Sweep>>;
  /** How it is asked at a rate; absent where it cannot be. */
  readonly openLoop?: OpenLoop;
  /** Why it cannot be asked at a rate, for the error message: the end of a sentence. Only without `openLoop`. */
  readonly closedLoopReason?: string;
  /** Builds the program of one block. Pure: the same arguments give the same program. */
  program(parameters: WorkloadParameters, context: ProgramContext): Program;
}

/** A size that may take other values than those of the scales; the program copes with all of them. */
export interface Sweep {
  /** Name of the size in the workload's parameters. */
  readonly size: string;
  /** Smallest value, a whole number of at least 1. */
  readonly least: number;
  /** Largest value. */
  readonly most: number;
  /** What there is more of, and what grows with it, in a few words. */
  readonly meaning: string;
}

/** Named sizes of a workload, such as `{ rowCount: 10000, streamCount: 50 }`. */
export type WorkloadParameters = Readonly<Record<string, number>>;

/** How a workload is named on the command line and in records: `keyed-pk@2`. */
export function workloadKey(workload: { readonly id: string; readonly version: number }): string {
  return `${workload.id}@${workload.version}`;
}
