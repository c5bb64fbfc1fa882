/**
 * What the page "Which database?" shows: the databases of one run, what they can do, and what they measured.
 *
 * Every text in it has passed through `safeText`, every number is rounded to five significant digits. The page makes
 * scores of it by itself (`choice_score.ts`), since what counts is up to its reader.
 */
import type { AdapterClass, LiveDelay } from "../../lib/model/mod.ts";
import type { CellStatus } from "../../lib/report/summarize_run.ts";
import type { GapView } from "./view.ts";

/** What a score is made of. */
export type Aspect = "speed" | "freshness" | "main";

/** A metric that scores are made of. */
export interface ChoiceMetric {
  /** As in the registry; all of them are times in nanoseconds, and less is better. */
  readonly id: string;
  /** Which aspect it is a part of. */
  readonly aspect: Aspect;
  /** As in the registry. */
  readonly title: string;
  /** As in the registry. */
  readonly meaning: string;
}

/** One workload of the run: something that an app may do a lot. */
export interface ChoiceQuestion {
  /** Id of the workload, such as `fan-out`. */
  readonly id: string;
  /** The same with its version. */
  readonly key: string;
  /** What an app does that is like it, such as `Many screens`. */
  readonly title: string;
  /** The question that the workload answers. */
  readonly question: string;
  /** Phases in their order; an empty title where there is only one. */
  readonly phases: readonly { readonly name: string; readonly title: string }[];
}

/** A median over blocks with both ends of its interval, nanoseconds. */
export type ChoiceValue = readonly [median: number, lower: number, upper: number];

/** One database in one workload. */
export interface ChoiceCell {
  /** What became of it. */
  readonly status: CellStatus;
  /** Why it has no numbers, or why they are not all there; empty where nothing is to be told. */
  readonly reason: string;
  /** Blocks behind its numbers. */
  readonly blockCount: number;
  /** Values by metric id, one entry per phase of the question; empty without numbers. */
  readonly phases: readonly Readonly<Record<string, ChoiceValue>>[];
}

/** One database with the options that it was opened with. */
export interface ChoiceDatabase {
  /** Name of its cells, such as `watchlite[hold=0]`. */
  readonly name: string;
  /** Id of its adapter. */
  readonly adapter: string;
  /** Its name for people. */
  readonly title: string;
  /** Options that differ from their default, such as `hold=0`; empty for none. */
  readonly options: string;
  /** What it is comparable with; `floor` where it ran without live queries. */
  readonly cellClass: AdapterClass;
  /** Data outlives the process, as it was measured; absent where the record does not say. */
  readonly persists?: boolean;
  /** It takes SQL; absent where the record does not say. */
  readonly sql?: boolean;
  /** Where queries and writes are executed; empty where the record does not say. */
  readonly worksOn: string;
  /** Runtimes that the library declares; empty where the record does not say. */
  readonly runsIn: readonly string[];
  /** How long its live queries wait on purpose. */
  readonly delay?: LiveDelay;
  /** Packages with versions, or what the sessions reported of the database inside. */
  readonly versions: string;
  /** A plain https address, or empty. */
  readonly homepage: string;
  /** What would be unfair to conclude from its numbers. */
  readonly unfair: string;
  /** What it is known to get wrong. */
  readonly gaps: readonly GapView[];
  /** Its place among the adapters of the run's page. */
  readonly index: number;
  /** One entry per question; absent where it was not asked. */
  readonly cells: readonly (ChoiceCell | null)[];
}

/** The run that the page is made from. */
export interface ChoiceRun {
  /** Address of its page. */
  readonly href: string;
  /** What it was called. */
  readonly label: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Blocks per cell that were asked for. */
  readonly blockCount: number;
  /** First characters of the commit; empty where unknown. */
  readonly commit: string;
  /** Machine and runtime in a few words. */
  readonly machine: string;
  /** Cells whose answers were all right, and cells with an answer, right or wrong. */
  readonly checked: { readonly right: number; readonly all: number };
  /** A command that repeats it; empty where there is none. */
  readonly command: string;
}

/** The page. */
export interface ChoiceView {
  /** Which page this is the data of. */
  readonly page: "choice";
  /** Absent where no stored run covers enough; nothing else is there then. */
  readonly run?: ChoiceRun;
  /** What scores are made of. */
  readonly metrics: readonly ChoiceMetric[];
  /** In the order of the plan. */
  readonly questions: readonly ChoiceQuestion[];
  /** In the order of the plan. */
  readonly databases: readonly ChoiceDatabase[];
}
