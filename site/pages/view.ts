/**
 * What the pages of the HTML report show, and `site/viewer` draws: lists as pages carry them, and runs as their
 * pages see the record that they carry.
 *
 * Every text in it has passed through `safeText`, every number is rounded to five significant digits. The viewer knows
 * no metric, no workload and no adapter: their titles, units and directions are part of the data.
 */
import type {
  AdapterClass,
  Direction,
  HistoryStep,
  LiveDelay,
  MetricScope,
  Unit,
} from "../../lib/model/mod.ts";
import type { CellStatus } from "../../lib/report/summarize_run.ts";
import type { RunKind } from "../../lib/report/run_kind.ts";

/** A metric as a page explains and draws it. */
export interface MetricView {
  /** As in the registry. */
  readonly id: string;
  /** As in the registry. */
  readonly scope: MetricScope;
  /** Heading of columns and charts. */
  readonly title: string;
  /** Unit of its values. */
  readonly unit: Unit;
  /** Which way is better. */
  readonly direction: Direction;
  /** One or two sentences. */
  readonly meaning: string;
}

/** A metric of the registry: what runs of every metrics version need to know. */
export interface KnownMetric extends MetricView {
  /** What it meant in runs of metrics version 1. */
  readonly meaningBefore: string;
  /** Place in reports, smallest first. */
  readonly rank: number;
  /** The same in reports of runs of metrics version 1. */
  readonly rankBefore: number;
  /** Its growth is told where a size was swept. */
  readonly isSwept: boolean;
  /** It is followed where a block goes on for a while. */
  readonly isFollowed: boolean;
  /** Runtimes are compared by it. */
  readonly isCompared: boolean;
}

/** Values by metric id, one per measured block that has one, by ascending block index. */
export type BlockValues = Readonly<Record<string, readonly number[]>>;

/**
 * A distribution of times as quantiles; the shares are {@link RunView.shares}. `null` where the record cannot tell: what
 * is stored of many samples has no tail, and a 99th percentile is drawn only where it was recorded as a metric.
 */
export type QuantilesNs = readonly (number | null)[];

/** Operations of one label within a phase of a cell. */
export interface OperationView {
  /** Label of the operations. */
  readonly label: string;
  /** Median number of recorded operations per block. */
  readonly count: number;
  /** Metrics with scope `operation`. */
  readonly metrics: BlockValues;
  /** Latency: the median over blocks of each quantile. */
  readonly quantilesNs: QuantilesNs;
}

/** One phase of a verified cell. */
export interface PhaseView {
  /** Name of the phase. */
  readonly name: string;
  /** It ran without live queries: a floor. */
  readonly unwatched: boolean;
  /** It was asked at a rate that the database did not keep up with. */
  readonly isUnsustained?: true;
  /** Metrics with scope `phase`. */
  readonly metrics: BlockValues;
  /** In the order in which labels appear in the blocks. */
  readonly operations: readonly OperationView[];
  /** From call to sight: the median over blocks of each quantile; absent without live queries, and in older runs. */
  readonly shownNs?: QuantilesNs;
  /** Freshness: the median over blocks of each quantile; absent without live queries. */
  readonly freshnessNs?: QuantilesNs;
  /** Counters of the adapter by name. */
  readonly counters: BlockValues;
}

/** One piece of evidence of a wrong answer; equal findings of several blocks are one. */
export interface FindingView {
  /** What is wrong, such as `phantom`. */
  readonly verdict: string;
  /** In which phase. */
  readonly phase: string;
  /** The watched or read query with its arguments. */
  readonly query: string;
  /** The smallest history that shows it, in a sentence. */
  readonly detail: string;
  /** The same step by step, of the place where it was seen first; absent in runs of before it was kept. */
  readonly history?: readonly HistoryStep[];
  /** Where it was seen, such as `repetition 0, iteration 1`. */
  readonly seen: readonly string[];
}

/** Blocks that failed in the same way. */
export interface FailureView {
  /** Who and in which blocks. */
  readonly lead: string;
  /** Why. */
  readonly reason: string;
  /** The last lines of the child. */
  readonly output: readonly string[];
}

/** One cell. */
export interface CellView {
  /** Adapter with its options. */
  readonly name: string;
  /** Index into {@link RunView.adapters}, for the colour. */
  readonly adapter: number;
  /** What became of it. */
  readonly status: CellStatus;
  /** The worst over its blocks. */
  readonly verdict?: string;
  /** Blocks that were measured. */
  readonly measuredBlockCount: number;
  /** All wrong answers, those without evidence included. */
  readonly findingCount: number;
  /** Evidence of wrong answers. */
  readonly findings: readonly FindingView[];
  /** Failed blocks. */
  readonly failures: readonly FailureView[];
  /** Present when it was skipped. */
  readonly skipReason?: string;
  /** What qualifies its numbers, as sentences. */
  readonly warnings: readonly string[];
  /** Metrics with scope `block`. */
  readonly metrics: BlockValues;
  /** Empty unless it is verified. */
  readonly phases: readonly PhaseView[];
}

/** One workload at one scale. */
export interface SectionView {
  /** Id and version, such as `keyed-pk@2`. */
  readonly key: string;
  /** Scale of all cells. */
  readonly scale: string;
  /** Empty when the record does not describe the workload. */
  readonly title: string;
  /** The question it answers. */
  readonly question: string;
  /** What is unfair about it. */
  readonly unfair: string;
  /** Sizes such as `rowCount 10,000`. */
  readonly sizes: readonly string[];
  /** In order of execution. */
  readonly phases: readonly { readonly name: string; readonly title: string }[];
  /** In the order of the plan. */
  readonly cells: readonly CellView[];
}

/** One act of an adapter: how it is done, and where that comes from. */
export interface IdiomView {
  /** Such as `read a page`. */
  readonly act: string;
  /** What is called. */
  readonly how: string;
  /** A plain https address, or empty. */
  readonly link: string;
  /** What to call the source: the address without its scheme, or the path of a file in the repository. */
  readonly source: string;
  /** What else was tried, and why it was not kept; empty where nothing is told. */
  readonly tried: string;
}

/** Something that an adapter is known to get wrong with its options. */
export interface GapView {
  /** Words of the scenario, such as `ordered limit window`. */
  readonly title: string;
  /** Key of the scenario in the conformance suite. */
  readonly scenario: string;
  /** What is wrong, and in which version. */
  readonly reason: string;
}

/** One metric of one adapter over the sizes of a sweep; `null` where there is no value. */
export interface GrowthView {
  /** Adapter with its options. */
  readonly name: string;
  /** Index into {@link RunView.adapters}, for the colour. */
  readonly adapter: number;
  /** It ran without live queries. */
  readonly isFloor: boolean;
  /** By size, the median over blocks and both ends of its interval. */
  readonly points: readonly (readonly [median: number, lower: number, upper: number] | null)[];
  /** The exponent with its interval, or why there is none. */
  readonly exponent: string;
  /** The exponent itself; absent where there is none. */
  readonly slope?: number;
}

/** How the costs of one phase grow with one size. */
export interface SweepView {
  /** What grows with what, and where. */
  readonly title: string;
  /** Name of the parameter. */
  readonly parameter: string;
  /** Its values, ascending. */
  readonly sizes: readonly number[];
  /** In the order of reports, those without a value left out. */
  readonly metrics: readonly {
    readonly id: string;
    readonly title: string;
    readonly unit: Unit;
    readonly adapters: readonly GrowthView[];
  }[];
}

/** One number of one block over time. */
export interface SoakSeriesView {
  /** Adapter with its options, and the block where there are several. */
  readonly name: string;
  /** Index into {@link RunView.adapters}, for the colour. */
  readonly adapter: number;
  /** Ends of windows in milliseconds, and their values. */
  readonly points: readonly (readonly [atMs: number, value: number])[];
  /** The first quarter, the last one, and the slope per minute, as texts. */
  readonly texts: readonly [first: string, last: string, perMinute: string];
}

/** What changed while blocks of one workload went on. */
export interface SoakView {
  /** Workload and scale. */
  readonly title: string;
  /** In the order of reports. */
  readonly metrics: readonly {
    /** Metric and phase. */
    readonly title: string;
    readonly unit: Unit;
    readonly series: readonly SoakSeriesView[];
  }[];
}

/** One system under test. */
export interface AdapterView {
  /** Adapter with its options, as cells name it. */
  readonly name: string;
  /** Human name. */
  readonly title: string;
  /** Packages with their versions. */
  readonly drivers: string;
  /** How it is configured. */
  readonly about: string;
  /** What is unfair about it. */
  readonly unfair: string;
  /** A plain https address, or empty. */
  readonly homepage: string;
  /** What kind of system it is; a phase that ran unwatched is a floor whatever its adapter is. */
  readonly cellClass: AdapterClass;
  /** Where queries and writes are executed; empty where the record does not say. */
  readonly worksOn: string;
  /** Where the library runs, as it declares; empty where the record does not say. */
  readonly runsIn: readonly string[];
  /** Throttle, debounce or hold of its live queries; absent where the record does not say. */
  readonly delay?: LiveDelay;
  /** What it is known to get wrong. */
  readonly knownGaps: readonly GapView[];
  /** How it was driven, act by act; empty where the record does not say. */
  readonly idioms: readonly IdiomView[];
  /** What its author could object to; empty where the record does not say. */
  readonly objection: string;
  /** Capability and value, in the order of the model. */
  readonly capabilities: readonly (readonly [name: string, value: string])[];
  /** What sessions reported. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** One block on the time axis of the run: how busy the host was. */
export interface BlockView {
  /** Cell and block, such as `keyed-pk@2 tinybase, repetition 1`. */
  readonly title: string;
  /** Index into {@link RunView.adapters}. */
  readonly adapter: number;
  /** From the start of the run, milliseconds. */
  readonly startMs: number;
  /** Wall time of the child, milliseconds. */
  readonly elapsedMs: number;
  /** `measured`, `failed` or `skipped`. */
  readonly status: string;
  /** Share of time in which a task waited for a CPU; absent where unknown. */
  readonly pressure?: number;
  /** Load over one minute; absent where unknown. */
  readonly load?: number;
}

/** One adapter of a ladder of rates: its 99th percentile over the rate. */
export interface LadderCurve {
  /** Adapter with its options. */
  readonly name: string;
  /** Index into {@link RunView.adapters}, for the colour. */
  readonly adapter: number;
  /** A floor: delays are those of answers. */
  readonly unwatched: boolean;
  /** Ascending by rate; rates that the adapter did not keep up with are not here. */
  readonly points: readonly {
    readonly ratePerSecond: number;
    readonly tailNs: number;
    readonly lowerNs: number;
    readonly upperNs: number;
  }[];
  /** Rates that it did not keep up with. */
  readonly unsustained: readonly number[];
  /** Where the curve bends: the highest rate that it keeps. */
  readonly knee?: { readonly ratePerSecond: number; readonly tailNs: number };
  /** The highest rate in words. */
  readonly text: string;
}

/** One workload that was asked at several rates. */
export interface LadderView {
  /** Workload, scale and the question. */
  readonly title: string;
  /** In the order of the plan. */
  readonly curves: readonly LadderCurve[];
  /** As other reports show them. */
  readonly tables: readonly {
    readonly title: string;
    readonly columns: readonly { readonly title: string; readonly isNumber: boolean }[];
    readonly rows: readonly (readonly string[])[];
    readonly notes: readonly string[];
  }[];
}

/** A column of a table that is made of texts. */
export interface TableColumn {
  /** Heading. */
  readonly title: string;
  /** Its fields are numbers. */
  readonly isNumber: boolean;
}

/** A field of such a table. */
export interface TextField {
  /** What it shows. */
  readonly text: string;
  /** What it is sorted by; absent for the text itself, and where there is no number. */
  readonly sort?: number;
}

/** A table as the page shows it. */
export interface TableView {
  /** What the rows have in common. */
  readonly title: string;
  /** From left to right. */
  readonly columns: readonly TableColumn[];
  /** From top to bottom, one field per column. */
  readonly rows: readonly (readonly TextField[])[];
}

/** A block that left a timeline. */
export interface TimelineLink {
  /** Index into {@link RunView.sections}. */
  readonly section: number;
  /** Index into the cells of the section. */
  readonly cell: number;
  /** Index of the block within its cell. */
  readonly block: number;
  /** Position of the block in the run: the key of its data. */
  readonly position: number;
}

/** The id of the element in which a page carries the timelines itself. */
export const TIMELINES_ELEMENT = "timelines";

/** The timelines of a run. */
export interface RunTimelines {
  /** The script file that has them, relative to the page; empty when the page itself has them. */
  readonly file: string;
  /** By section, cell and block. */
  readonly links: readonly TimelineLink[];
}

/** A whole run. */
export interface RunView {
  /** Name of the run folder. */
  readonly id: string;
  /** What the user called it. */
  readonly label: string;
  /** `complete`, `partial` or `running`. */
  readonly status: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** ISO 8601, UTC, or empty. */
  readonly endedAt: string;
  /** Such as `9 cells: 5 verified, 1 wrong`. */
  readonly outcome: string;
  /** Blocks per cell that were asked for. */
  readonly blockCount: number;
  /** Version of the meanings of its numbers. */
  readonly metricsVersion: number;
  /** That its numbers have the meaning of before; empty for those of now. */
  readonly meaning: string;
  /** About the run as a whole. */
  readonly warnings: readonly string[];
  /** The sentences that matter most, the first one before all others. */
  readonly conclusions: readonly string[];
  /** Commands that repeat it. */
  readonly commands: readonly string[];
  /** Machine and software, as rows. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** Whether the commit names the code: `clean`, `dirty` or `unknown`. */
  readonly tree: "clean" | "dirty" | "unknown";
  /** Shares of all quantiles on the page, ascending from 0 to 1. */
  readonly shares: readonly number[];
  /** Metrics with a value in this run, in the order of reports, with the meaning that they had. */
  readonly metrics: readonly MetricView[];
  /** One per distinct cell name, in the order of the plan. */
  readonly adapters: readonly AdapterView[];
  /** Workloads that were asked at several rates; empty where none was. */
  readonly ladders: readonly LadderView[];
  /** In the order of the plan. */
  readonly sections: readonly SectionView[];
  /** One database in several runtimes, a table per phase; empty where every one ran in one. */
  readonly runtimes: readonly TableView[];
  /** Empty where no size was swept. */
  readonly sweeps: readonly SweepView[];
  /** Empty where no block went on for a while. */
  readonly soaks: readonly SoakView[];
  /** In order of execution. */
  readonly blocks: readonly BlockView[];
  /** The highest {@link BlockView.pressure}; absent where no block knows its own. */
  readonly highestPressure?: number;
  /** Of the run and of its cells. */
  readonly warningCount: number;
  /** Absent when no block left one. */
  readonly timelines?: RunTimelines;
}

/** What marks the data of a page of a run: lines of its record, or nothing where the address names the run. */
export const RUN_DATASET = { page: "run" } as const;

/** One run in the list of runs. */
export interface RunLine {
  /** Name of the run folder. */
  readonly id: string;
  /** What the user called it. */
  readonly label: string;
  /** Address of its page, relative to the list. */
  readonly href: string;
  /** `complete`, `partial` or `running`. */
  readonly status: string;
  /** What it was made for. */
  readonly kind: RunKind;
  /** How many databases times workloads it answers for, see `coverOf`. */
  readonly cover: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Without version where only one is there. */
  readonly workloads: readonly string[];
  /** Names of cells. */
  readonly adapters: readonly string[];
  /** Scales of its cells. */
  readonly scales: readonly string[];
  /** Blocks that were measured. */
  readonly blockCount: number;
  /** Cells by what became of them; those that were planned and not run are not here. */
  readonly counts: Readonly<Record<Exclude<CellStatus, "missing">, number>>;
  /** First characters of the machine's id. */
  readonly machine: string;
  /** First characters of the commit, `+` behind them for uncommitted changes. */
  readonly commit: string;
}

/** The list of runs. */
export interface IndexView {
  /** Which page this is the data of. */
  readonly page: "index";
  /** Newest first. */
  readonly runs: readonly RunLine[];
  /** What is no readable run, and why. */
  readonly strays: readonly { readonly path: string; readonly reason: string }[];
}
