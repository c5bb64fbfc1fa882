/** What a stored run holds. `lib/record/schema.ts` checks files against these types. */
import type { Capabilities, KnownGap, LiveDelay, OptionValues, Runtime } from "./adapter.ts";
import type { CellParameters } from "./cell_key.ts";
import type { Counter, CounterValues } from "./counter.ts";
import type { Idioms } from "./idiom.ts";
import type { LoadOutcome } from "./load.ts";
import type { MetricValues } from "./metric.ts";
import type { RuntimeId } from "./runtime.ts";
import type { TimelineReference } from "./timeline.ts";
import type { Finding, Verdict } from "./verdict.ts";
import type { Warning } from "./warning.ts";
import type { Scale, WorkloadParameters } from "./workload.ts";

/** Version of the record format. A change of meaning raises it and adds a migration. */
export const RECORD_SCHEMA_VERSION = 2;

/** One column of the plan: workload x adapter x options x scale x parameters. */
export interface Cell {
  /** See {@link cellKey}. */
  readonly key: string;
  /** Id of the workload. */
  readonly workload: string;
  /** Version of the workload. */
  readonly workloadVersion: number;
  /** Id of the adapter. */
  readonly adapter: string;
  /** Every option of the adapter, those at their default included. */
  readonly options: OptionValues;
  /** Size of the workload. */
  readonly scale: Scale;
  /** What is set beside the scale; absent for nothing. */
  readonly parameters?: CellParameters;
  /** All sizes of the workload; absent where they are those of the scale. */
  readonly sizes?: WorkloadParameters;
  /** The module of an adapter from outside, as it was typed; absent for registered ones. */
  readonly adapterModule?: string;
  /** The same for a workload. */
  readonly workloadModule?: string;
  /** Exact versions of drivers, by name, that stood in for those of its adapter; absent where none did. */
  readonly drivers?: Readonly<Record<string, string>>;
  /**
   * The bench added it as the anchor: a cheap cell that no change of a database under test touches, measured in every
   * round, so that a change of the machine shows. Nobody asked for it, so that it is in no table and no ranking.
   */
  readonly anchor?: true;
}

/**
 * Latencies of the operations of one label.
 *
 * `samplesNs` holds every sample, in execution order, when there are at most 128. Otherwise `sketchNs` holds 65
 * quantiles at equal steps from the minimum to the maximum; both are rounded to whole nanoseconds.
 */
export interface Distribution {
  /** How many samples there were. */
  readonly count: number;
  /** Every sample; absent when there were too many. */
  readonly samplesNs?: readonly number[];
  /** Quantiles; present when the samples are not. */
  readonly sketchNs?: readonly number[];
}

/** Operations of one label within a phase, over all recorded iterations. */
export interface OperationRecord {
  /** What the operations have in common, such as `update`. */
  readonly label: string;
  /** From call to acknowledgement. */
  readonly latency: Distribution;
  /** Values of the metrics with scope `operation`. */
  readonly metrics: MetricValues;
}

/** How a phase went whose operations arrived by themselves. */
export interface PhaseLoad {
  /** Operations per second that were asked. */
  readonly ratePerSecond: number;
  /** Delays of an `unsustained` phase are not among its metrics. */
  readonly outcome: LoadOutcome;
}

/** One phase of a block, its recorded iterations folded. */
export interface PhaseRecord {
  /** Name of the phase in its workload. */
  readonly name: string;
  /** Recorded iterations, warm-ups not counted. */
  readonly iterationCount: number;
  /** The worst over all iterations, warm-ups included. */
  readonly verdict: Verdict;
  /** The phase has watches, but the adapter has no live queries. */
  readonly unwatched: boolean;
  /** Values of the metrics with scope `phase`; empty when the verdict is not `converged`. */
  readonly metrics: MetricValues;
  /** By label, in order of first use; empty when the verdict is not `converged`. */
  readonly operations: readonly OperationRecord[];
  /** What rate was asked, and whether it was kept up with; absent in closed loops. */
  readonly load?: PhaseLoad;
  /** Freshness of every change; absent when the phase ran unwatched or needed no emission. */
  readonly freshness?: Distribution;
  /** From call to sight of every change; absent as `freshness` is, and in runs of metrics version 1. */
  readonly shown?: Distribution;
  /** Mean over iterations; absent when the adapter has none. */
  readonly counters?: CounterValues;
}

/** How the host was around a block. Shares and loads are absent where the host does not tell. */
export interface HostReading {
  /** Load average over one minute when the block started. */
  readonly load1m?: number;
  /** Share of the block's time in which some task waited for a CPU, 0 to 1. */
  readonly cpuPressureShare?: number;
}

/** What all blocks have. */
export interface BlockBase {
  /** Key of its cell. */
  readonly cellKey: string;
  /** Counts from 0 within its cell. */
  readonly blockIndex: number;
  /** Position in the order of execution, counted from 0 over the whole run. */
  readonly position: number;
  /** What the bench chose where the cell's parameter is `auto`; absent where none is. */
  readonly chosen?: CellParameters;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Wall time of the child process. */
  readonly elapsedMs: number;
  /** How the host was around it. */
  readonly host: HostReading;
  /** What qualifies its numbers. */
  readonly warnings: readonly Warning[];
  /** Name of the machine that ran it, one of `fleet.machines` in the header; absent where one machine ran the record. */
  readonly machine?: string;
}

/**
 * What a block keeps of the results that it sees. `digests`: digests alone, so that keeping them disturbs no number.
 * `rows`: whole rows; such a block is judged in full, makes the timeline and the evidence of findings, and has no
 * numbers.
 */
export type BlockEvidenceKind = "digests" | "rows";

/** A block that ran to its end and was judged; it may still have been wrong. */
export interface MeasuredBlock extends BlockBase {
  /** Tells the blocks apart. */
  readonly status: "measured";
  /** Absent in records of before, whose blocks kept whole rows and had numbers all the same. */
  readonly evidence?: BlockEvidenceKind;
  /** The worst over all phases. */
  readonly verdict: Verdict;
  /** Worst first, at most a handful. */
  readonly findings: readonly Finding[];
  /** How many there were. */
  readonly findingCount: number;
  /** Values of the metrics with scope `block`; empty when the verdict is not `converged`. */
  readonly metrics: MetricValues;
  /** In order of the workload. */
  readonly phases: readonly PhaseRecord[];
  /** Facts that the session reported: versions, settings. */
  readonly facts: Readonly<Record<string, string>>;
  /** Absent when the block was run without one. */
  readonly timeline?: TimelineReference;
  /** What changed while the block went on, window by window; absent unless it was to go on for a while. */
  readonly soak?: readonly SoakWindow[];
}

/** A stretch of a block that goes on for a while. */
export interface SoakWindow {
  /** From the beginning of the first lap, milliseconds. */
  readonly endMs: number;
  /** How often the workload was gone through in this window. */
  readonly lapCount: number;
  /** Resident memory of the block's process at its end; absent where the kernel does not tell. */
  readonly memoryBytes?: number;
  /** Values of the metrics that are followed, by phase, from the runs in this window. */
  readonly phases: readonly { readonly name: string; readonly metrics: MetricValues }[];
}

/** A block whose process crashed, hung, was killed, flooded its output or left early. */
export interface FailedBlock extends BlockBase {
  /** Tells the blocks apart. */
  readonly status: "failed";
  /** What it was to keep; absent in records of before. */
  readonly evidence?: BlockEvidenceKind;
  /** One sentence. */
  readonly reason: string;
  /** The last lines that the child printed. */
  readonly output: readonly string[];
}

/** A cell that cannot run here; one such block stands for all blocks of the cell. */
export interface SkippedBlock extends BlockBase {
  /** Tells the blocks apart. */
  readonly status: "skipped";
  /** One sentence. */
  readonly reason: string;
}

/** One run of one cell in one fresh process. */
export type Block = MeasuredBlock | FailedBlock | SkippedBlock;

/** The machine and the software, as far as numbers depend on them. */
export interface Environment {
  /** As the system names it. */
  readonly cpuModel: string;
  /** CPUs that can be used. */
  readonly coreCount: number;
  /** Memory of the machine, exact. */
  readonly memoryBytes: number;
  /**
   * Tells one start of the machine from the next: a digest of what the kernel calls it. Absent where the kernel does not
   * say, and in records of before.
   */
  readonly bootId?: string;
  /** System, architecture and release number. */
  readonly os: string;
  /** Version of the runtime. */
  readonly deno: string;
  /** Version of its JavaScript engine. */
  readonly v8: string;
  /** SQLite inside the runtime. */
  readonly sqlite: string;
  /** Versions of the runtimes besides Deno that blocks ran in; absent where there was none. */
  readonly runtimes?: Readonly<Partial<Record<RuntimeId, string>>>;
  /** Digest of the fields above that make machines comparable; not of anything personal. */
  readonly machineId: string;
  /** Commit of the working tree; absent outside a repository. */
  readonly commit?: string;
  /** The working tree had changes besides stored runs. */
  readonly isDirty?: boolean;
  /** The run was made by a CI service. */
  readonly isCi: boolean;
}

/**
 * When a run without a fixed number of blocks ends: as soon as every cell has intervals that are sure and narrow enough,
 * or when its time is spent. Fixed before the first block.
 */
export interface StoppingRule {
  /** Ids of phase metrics whose intervals are looked at; a phase without the first of them is judged by `wall_ns`. */
  readonly metrics: readonly string[];
  /** Confidence that each interval must attain, 0 to 1. */
  readonly confidence: number;
  /** How far the farther end of an interval may be from the median, as a share of the median. */
  readonly reachShare: number;
  /** Fewest blocks with numbers. */
  readonly leastBlockCount: number;
  /** Time for all blocks together. */
  readonly budgetMs: number;
}

/** What was asked, fully resolved. */
export interface Settings {
  /** In the order in which they were asked for; an added anchor comes last. */
  readonly cells: readonly Cell[];
  /** Blocks with numbers per cell; with a stopping rule, the fewest that it is content with. */
  readonly blockCount: number;
  /** Absent where the number of blocks was fixed. */
  readonly stopping?: StoppingRule;
  /**
   * In a run of rounds: how many blocks each side of a pair has in a round; their median is the side's value. Absent
   * where it is one, and in runs without rounds.
   */
  readonly blocksPerSide?: number;
  /** Processes that kept CPUs busy on purpose beside the measured ones; absent where there were none. */
  readonly busyProcesses?: number;
  /** Seed of the order and of the traffic. */
  readonly seed: number;
  /** Longest time for one block. */
  readonly timeoutMs: number;
}

/** What a reader needs to know of an adapter or a workload without having its code. */
export interface AdapterSummary {
  /** Id of the adapter. */
  readonly id: string;
  /** Its name for people. */
  readonly title: string;
  /** Packages and exact versions. */
  readonly drivers: Readonly<Record<string, string>>;
  /** What it is and how it is configured. */
  readonly about: string;
  /** What would be unfair to conclude. */
  readonly unfair: string;
  /** Where to read more. */
  readonly homepage: string;
  /** What the values under `counters` mean; empty when it has none. */
  readonly counters: readonly Counter[];
  /** How it was driven; absent in older records, and where the adapter does not say. */
  readonly idioms?: Idioms;
  /** What its author could object to; absent as `idioms` is. */
  readonly objection?: string;
  /** Where it runs; absent as `idioms` is. */
  readonly runsIn?: readonly Runtime[];
  /** What it was known to fail; absent in older records. */
  readonly knownGaps?: readonly Omit<KnownGap, "traits" | "isTimed" | "runtimes">[];
}

/** See {@link AdapterSummary}. */
export interface WorkloadSummary {
  /** Id of the workload. */
  readonly id: string;
  /** Its version. */
  readonly version: number;
  /** Its name for people. */
  readonly title: string;
  /** The question that the numbers answer. */
  readonly question: string;
  /** What its numbers do not tell. */
  readonly unfair: string;
  /** In order. */
  readonly phases: readonly { readonly name: string; readonly title: string }[];
  /** Sizes by scale that was run. */
  readonly parameters: Readonly<Partial<Record<Scale, WorkloadParameters>>>;
  /** What there is more of, by the name of each parameter that may be swept; absent where none may, and in older records. */
  readonly sweeps?: Readonly<Record<string, string>>;
}

/** Capabilities of each cell's adapter with that cell's options, by cell key. */
export type CellCapabilities = Readonly<Record<string, Capabilities>>;

/** How long the live queries of each cell wait on purpose, by cell key; cells whose adapter does not say are absent. */
export type CellDelays = Readonly<Record<string, LiveDelay>>;

/** A machine of a fleet, and what became of the rounds that it ran. */
export interface FleetMachine {
  /** Unique in the fleet; nothing personal. */
  readonly name: string;
  /** What it said of itself with its first round. */
  readonly environment: Environment;
  /** SHA-256 in hex of the calibration that it has; absent where it has none. */
  readonly calibration?: string;
  /** Median over its blocks of the anchor's time, nanoseconds; absent where none has numbers. */
  readonly anchorNs?: number;
  /** How many of its rounds arrived. */
  readonly roundCount: number;
  /** Why none of its blocks is in the record, one sentence; absent where they are. */
  readonly aside?: string;
}

/**
 * How far times differ, from machine to machine and from block to block on one machine: standard deviations of their
 * logarithms, so that 0.05 means about 5 %.
 */
export interface MachineSpread {
  /** Between machines; what blocks on one machine make up by chance is taken off. */
  readonly betweenShare: number;
  /** Between blocks of one machine. */
  readonly withinShare: number;
}

/** A record whose rounds were run by several machines. */
export interface Fleet {
  /** Id of the plan that the rounds belong to. */
  readonly plan: string;
  /** Rounds that were planned. */
  readonly roundCount: number;
  /** By name, those that were set aside included. */
  readonly machines: readonly FleetMachine[];
  /** By cell and phase; only where two machines or more have two blocks or more. */
  readonly spread: readonly (MachineSpread & { readonly cellKey: string; readonly phase: string })[];
}

/** `record.json`: everything about a run but its blocks. */
export interface RunHeader {
  /** Version of the format. */
  readonly schemaVersion: number;
  /** Version of the meanings of its numbers, see `METRICS_VERSION`; 1 in all records of format version 1. */
  readonly metricsVersion: number;
  /** Name of the run folder. */
  readonly id: string;
  /** The name that the user gave. */
  readonly label: string;
  /** `running` while the bench writes, and after it was killed; `partial` when it was interrupted; else `complete`. */
  readonly status: "running" | "partial" | "complete";
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** ISO 8601, UTC; absent until sealed. */
  readonly endedAt?: string;
  /** What was asked. */
  readonly settings: Settings;
  /** Where it ran. */
  readonly environment: Environment;
  /** Those of the cells. */
  readonly adapters: readonly AdapterSummary[];
  /** Those of the cells. */
  readonly workloads: readonly WorkloadSummary[];
  /** By cell key. */
  readonly capabilities: CellCapabilities;
  /** By cell key; absent in older records. */
  readonly delays?: CellDelays;
  /** About the whole run. */
  readonly warnings: readonly Warning[];
  /**
   * Absent where `bench` ran everything on one machine. Where it is there, `environment` is that of the machine that the
   * others were held against.
   */
  readonly fleet?: Fleet;
  /** Present once sealed: SHA-256 of `blocks.jsonl` in hex, and how many blocks it holds. */
  readonly blocks?: { readonly sha256: string; readonly count: number };
  /** Present once sealed: SHA-256 in hex of `JSON.stringify` of this header without this field. */
  readonly sha256?: string;
}

/** A loaded run: the header and its blocks in order of execution. */
export interface RunRecord extends RunHeader {
  /** In order of execution. */
  readonly results: readonly Block[];
}
