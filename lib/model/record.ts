/** What a stored run holds. `lib/record/schema.ts` checks files against these types. */
import type { Capabilities, OptionValues } from "./adapter.ts";
import type { CounterValues } from "./counter.ts";
import type { MetricValues } from "./metric.ts";
import type { Finding, Verdict } from "./verdict.ts";
import type { Warning } from "./warning.ts";
import type { Scale, WorkloadParameters } from "./workload.ts";

/** Version of the record format. A change of meaning raises it and adds a migration. */
export const RECORD_SCHEMA_VERSION = 1;

/** One column of the plan: workload x adapter x options x scale. */
export interface Cell {
  /** `workload@version/adapter[option=value,...]/scale`, options that differ from their default only. */
  readonly key: string;
  readonly workload: string;
  readonly workloadVersion: number;
  readonly adapter: string;
  readonly options: OptionValues;
  readonly scale: Scale;
  /** The module of an adapter from outside, as it was typed; absent for registered ones. */
  readonly adapterModule?: string;
  /** The same for a workload. */
  readonly workloadModule?: string;
}

/**
 * Latencies of the operations of one label.
 *
 * `samplesNs` holds every sample, in execution order, when there are at most 128. Otherwise `sketchNs` holds 65
 * quantiles at equal steps from the minimum to the maximum; both are rounded to whole nanoseconds.
 */
export interface Distribution {
  readonly count: number;
  readonly samplesNs?: readonly number[];
  readonly sketchNs?: readonly number[];
}

/** Operations of one label within a phase, over all recorded iterations. */
export interface OperationRecord {
  readonly label: string;
  readonly latency: Distribution;
  /** Values of the metrics with scope `operation`. */
  readonly metrics: MetricValues;
}

/** One phase of a block, its recorded iterations folded. */
export interface PhaseRecord {
  readonly name: string;
  readonly iterationCount: number;
  readonly verdict: Verdict;
  /** The phase has watches, but the adapter has no live queries. */
  readonly unwatched: boolean;
  /** Values of the metrics with scope `phase`; empty when the verdict is not `converged`. */
  readonly metrics: MetricValues;
  readonly operations: readonly OperationRecord[];
  readonly freshness?: Distribution;
  readonly counters?: CounterValues;
}

/** How the host was around a block. Shares and loads are absent where the host does not tell. */
export interface HostReading {
  /** Load average over one minute when the block started. */
  readonly load1m?: number;
  /** Share of the block's time in which some task waited for a CPU, 0 to 1. */
  readonly cpuPressureShare?: number;
}

interface BlockBase {
  readonly cellKey: string;
  /** Counts from 0 within its cell. */
  readonly blockIndex: number;
  /** Position in the order of execution, counted from 0 over the whole run. */
  readonly position: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Wall time of the child process. */
  readonly elapsedMs: number;
  readonly host: HostReading;
  readonly warnings: readonly Warning[];
}

/** A block that ran to its end and was judged; it may still have been wrong. */
export interface MeasuredBlock extends BlockBase {
  readonly status: "measured";
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly findingCount: number;
  /** Values of the metrics with scope `block`; empty when the verdict is not `converged`. */
  readonly metrics: MetricValues;
  readonly phases: readonly PhaseRecord[];
  /** Facts that the session reported: versions, settings. */
  readonly facts: Readonly<Record<string, string>>;
}

/** A block whose process crashed, hung, was killed, flooded its output or left early. */
export interface FailedBlock extends BlockBase {
  readonly status: "failed";
  readonly reason: string;
  /** The last lines that the child printed. */
  readonly output: readonly string[];
}

/** A cell that cannot run here; one such block stands for all blocks of the cell. */
export interface SkippedBlock extends BlockBase {
  readonly status: "skipped";
  readonly reason: string;
}

/** One run of one cell in one fresh process. */
export type Block = MeasuredBlock | FailedBlock | SkippedBlock;

/** The machine and the software, as far as numbers depend on them. */
export interface Environment {
  readonly cpuModel: string;
  readonly coreCount: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly deno: string;
  readonly v8: string;
  /** SQLite inside the runtime. */
  readonly sqlite: string;
  /** Digest of the fields above that make machines comparable; not of anything personal. */
  readonly machineId: string;
  readonly commit?: string;
  readonly isDirty?: boolean;
  readonly isCi: boolean;
}

/** What was asked, fully resolved. */
export interface Settings {
  readonly cells: readonly Cell[];
  readonly blockCount: number;
  readonly seed: number;
  readonly timeoutMs: number;
}

/** What a reader needs to know of an adapter or a workload without having its code. */
export interface AdapterSummary {
  readonly id: string;
  readonly title: string;
  readonly drivers: Readonly<Record<string, string>>;
  readonly about: string;
  readonly unfair: string;
  readonly homepage: string;
}

/** See {@link AdapterSummary}. */
export interface WorkloadSummary {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly question: string;
  readonly unfair: string;
  readonly phases: readonly { readonly name: string; readonly title: string }[];
  /** Sizes by scale that was run. */
  readonly parameters: Readonly<Partial<Record<Scale, WorkloadParameters>>>;
}

/** Capabilities of each cell's adapter with that cell's options, by cell key. */
export type CellCapabilities = Readonly<Record<string, Capabilities>>;

/** `record.json`: everything about a run but its blocks. */
export interface RunHeader {
  readonly schemaVersion: number;
  /** Name of the run folder. */
  readonly id: string;
  readonly label: string;
  /** `running` while the bench writes, and after it was killed; `partial` when it was interrupted; else `complete`. */
  readonly status: "running" | "partial" | "complete";
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly settings: Settings;
  readonly environment: Environment;
  readonly adapters: readonly AdapterSummary[];
  readonly workloads: readonly WorkloadSummary[];
  readonly capabilities: CellCapabilities;
  readonly warnings: readonly Warning[];
  /** Present once sealed: SHA-256 of `blocks.jsonl` in hex, and how many blocks it holds. */
  readonly blocks?: { readonly sha256: string; readonly count: number };
  /** Present once sealed: SHA-256 in hex of `JSON.stringify` of this header without this field. */
  readonly sha256?: string;
}

/** A loaded run: the header and its blocks in order of execution. */
export interface RunRecord extends RunHeader {
  readonly results: readonly Block[];
}
