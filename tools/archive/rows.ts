/**
 * From a sealed record to rows of the archive's tables. Nothing is computed anew: a number in the archive is the number
 * in the record, and `sha256` of the run leads back to it.
 */
import type { Block, Distribution, MetricValues, RunRecord } from "../../lib/model/mod.ts";

/**
 * Version of the layout. Version 2 has `medians` and `sketches` as tables, the machine of a block, and keeps the runs of a
 * batch in `runs` alone; version 1 is still read.
 */
export const ARCHIVE_SCHEMA_VERSION = 2;

/** Columns by table, with DuckDB's types. The documentation of the archive is made of this. */
export const TABLES = {
  /** A sealed run. */
  runs: {
    run_id: "VARCHAR",
    sha256: "VARCHAR",
    label: "VARCHAR",
    status: "VARCHAR",
    started_at: "TIMESTAMP",
    ended_at: "TIMESTAMP",
    metrics_version: "INTEGER",
    machine_id: "VARCHAR",
    cpu_model: "VARCHAR",
    core_count: "INTEGER",
    memory_bytes: "BIGINT",
    os: "VARCHAR",
    deno: "VARCHAR",
    sqlite: "VARCHAR",
    commit: "VARCHAR",
    is_dirty: "BOOLEAN",
    is_ci: "BOOLEAN",
  },
  /** A cell that a run was to measure. */
  cells: {
    run_id: "VARCHAR",
    cell_key: "VARCHAR",
    workload: "VARCHAR",
    workload_version: "INTEGER",
    adapter: "VARCHAR",
    options: "VARCHAR",
    scale: "VARCHAR",
    parameters: "VARCHAR",
    drivers: "VARCHAR",
    is_anchor: "BOOLEAN",
  },
  /** A block: one fresh process. */
  blocks: {
    run_id: "VARCHAR",
    cell_key: "VARCHAR",
    block_index: "INTEGER",
    status: "VARCHAR",
    evidence: "VARCHAR",
    verdict: "VARCHAR",
    reason: "VARCHAR",
    finding_count: "INTEGER",
    started_at: "TIMESTAMP",
    elapsed_ms: "DOUBLE",
    load_1m: "DOUBLE",
    cpu_pressure_share: "DOUBLE",
    machine: "VARCHAR",
  },
  /** One number of one block; `phase` and `operation` are empty for what belongs to the whole block or phase. */
  values: {
    run_id: "VARCHAR",
    cell_key: "VARCHAR",
    block_index: "INTEGER",
    phase: "VARCHAR",
    operation: "VARCHAR",
    metric: "VARCHAR",
    value: "DOUBLE",
  },
  /**
   * Samples of one block: of the operations of a label (`latency`), or of the changes of a phase (`shown`, `freshness`). All of
   * them in order where there were at most 128, else 65 quantiles at equal steps from the minimum to the maximum.
   */
  sketches: {
    run_id: "VARCHAR",
    cell_key: "VARCHAR",
    block_index: "INTEGER",
    phase: "VARCHAR",
    operation: "VARCHAR",
    kind: "VARCHAR",
    sample_count: "INTEGER",
    is_sketch: "BOOLEAN",
    samples_ns: "DOUBLE[]",
  },
} as const;

/** What is computed from the tables when runs are added, so that questions over many runs read little. */
export const DERIVED_TABLES = {
  /** The median of one number over the blocks of a cell in a run. */
  medians: {
    started_at: "TIMESTAMP",
    label: "VARCHAR",
    machine_id: "VARCHAR",
    commit: "VARCHAR",
    workload: "VARCHAR",
    workload_version: "INTEGER",
    adapter: "VARCHAR",
    options: "VARCHAR",
    scale: "VARCHAR",
    parameters: "VARCHAR",
    phase: "VARCHAR",
    operation: "VARCHAR",
    metric: "VARCHAR",
    value: "DOUBLE",
    block_count: "BIGINT",
    cell_key: "VARCHAR",
    run_id: "VARCHAR",
    metrics_version: "INTEGER",
  },
} as const;

/** Name of a table. */
export type TableName = keyof typeof TABLES;

/** Names of all tables that rows of a run go into. */
export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** Name of a table whose files an archive holds. */
export type StoredTableName = TableName | keyof typeof DERIVED_TABLES;

/** Columns of all of them. */
export const STORED_TABLES: Readonly<Record<StoredTableName, Readonly<Record<string, string>>>> = {
  ...TABLES,
  ...DERIVED_TABLES,
};

/** Names of all of them. */
export const STORED_TABLE_NAMES = Object.keys(STORED_TABLES) as StoredTableName[];

/** Rows by table, as JSON takes them; of `values`, a row holds those of one block as lists ({@link PACKED_COLUMNS}). */
export type ArchiveRows = Readonly<Record<TableName, readonly Readonly<Record<string, unknown>>[]>>;

/**
 * Columns of a table that are lists in {@link ArchiveRows}, one entry for each row of the table: a block has some thirty numbers,
 * and saying for each of them whose it is takes most of the time of an import.
 */
export const PACKED_COLUMNS: Partial<Readonly<Record<TableName, readonly string[]>>> = {
  values: ["phase", "operation", "metric", "value"],
};

/** The rows of one run. */
export function rowsOf(run: RunRecord): ArchiveRows {
  const { environment, settings } = run;
  const drivers = new Map(run.adapters.map((adapter) => [adapter.id, JSON.stringify(adapter.drivers)]));
  return {
    runs: [{
      run_id: run.id,
      sha256: run.sha256 ?? null,
      label: run.label,
      status: run.status,
      started_at: run.startedAt,
      ended_at: run.endedAt ?? null,
      metrics_version: run.metricsVersion,
      machine_id: environment.machineId,
      cpu_model: environment.cpuModel,
      core_count: environment.coreCount,
      memory_bytes: environment.memoryBytes,
      os: environment.os,
      deno: environment.deno,
      sqlite: environment.sqlite,
      commit: environment.commit ?? null,
      is_dirty: environment.isDirty ?? null,
      is_ci: environment.isCi,
    }],
    cells: settings.cells.map((cell) => ({
      run_id: run.id,
      cell_key: cell.key,
      workload: cell.workload,
      workload_version: cell.workloadVersion,
      adapter: cell.adapter,
      options: JSON.stringify(cell.options),
      scale: cell.scale,
      parameters: JSON.stringify(cell.parameters ?? {}),
      drivers: drivers.get(cell.adapter) ?? "{}",
      is_anchor: cell.anchor === true,
    })),
    blocks: run.results.map((block) => blockRow(run.id, block)),
    values: run.results.flatMap((block) => valueRows(run.id, block)),
    sketches: run.results.flatMap((block) => sketchRows(run.id, block)),
  };
}

function blockRow(runId: string, block: Block): Readonly<Record<string, unknown>> {
  return {
    run_id: runId,
    cell_key: block.cellKey,
    block_index: block.blockIndex,
    status: block.status,
    evidence: block.status === "skipped" ? null : block.evidence ?? "digests",
    verdict: block.status === "measured" ? block.verdict : null,
    reason: block.status === "measured" ? null : block.reason,
    finding_count: block.status === "measured" ? block.findingCount : null,
    started_at: block.startedAt,
    elapsed_ms: block.elapsedMs,
    load_1m: block.host.load1m ?? null,
    cpu_pressure_share: block.host.cpuPressureShare ?? null,
    machine: block.machine ?? null,
  };
}

/** No row, or one that holds all numbers of the block. */
function valueRows(runId: string, block: Block): Readonly<Record<string, unknown>>[] {
  if (block.status !== "measured") return [];
  const [phases, operations, metrics]: [string[], string[], string[]] = [[], [], []];
  const values: number[] = [];
  const add = (numbers: MetricValues, phase = "", operation = ""): void => {
    for (const [metric, value] of Object.entries(numbers)) {
      phases.push(phase);
      operations.push(operation);
      metrics.push(metric);
      values.push(value);
    }
  };
  add(block.metrics);
  for (const phase of block.phases) {
    add(phase.metrics, phase.name);
    for (const { label, metrics } of phase.operations) add(metrics, phase.name, label);
  }
  if (values.length === 0) return [];
  return [{
    run_id: runId,
    cell_key: block.cellKey,
    block_index: block.blockIndex,
    phase: phases,
    operation: operations,
    metric: metrics,
    value: values,
  }];
}

function sketchRows(runId: string, block: Block): Readonly<Record<string, unknown>>[] {
  if (block.status !== "measured") return [];
  const row = (phase: string, operation: string, kind: string, distribution: Distribution | undefined) => {
    const { count, samplesNs, sketchNs } = distribution ?? { count: 0 };
    const samples = samplesNs ?? sketchNs;
    return samples === undefined || samples.length === 0 ? [] : [{
      run_id: runId,
      cell_key: block.cellKey,
      block_index: block.blockIndex,
      phase,
      operation,
      kind,
      sample_count: count,
      is_sketch: samplesNs === undefined,
      samples_ns: samples,
    }];
  };
  return block.phases.flatMap(({ name, operations, freshness, shown }) => [
    ...operations.flatMap(({ label, latency }) => row(name, label, "latency", latency)),
    ...row(name, "", "freshness", freshness),
    ...row(name, "", "shown", shown),
  ]);
}
