/** What DuckDB is asked to read. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { messageOf } from "../../lib/model/mod.ts";
import { type StoredTableName, type TableName, TABLES } from "./rows.ts";

/** Parquet files as a source. */
export function parquet(paths: readonly string[], byName = false): string {
  return `read_parquet([${paths.join(", ")}], hive_partitioning = false${
    byName ? ", union_by_name = true" : ""
  })`;
}

/** A table without rows. */
export function emptySql(table: TableName): string {
  const columns = Object.entries(TABLES[table]).map(([column, type]) => `NULL::${type} AS "${column}"`);
  return `(SELECT ${columns.join(", ")} WHERE false)`;
}

/**
 * The table `medians` of a partition of a batch whose other tables are there. In the order in which questions ask for it, so
 * that they read little.
 */
export function partitionMediansSql(archive: string, partition: string, name: string): string {
  const source = (table: TableName): string => {
    const path = join(archive, table, partition, `${name}.parquet`);
    return existsSync(path) ? parquet([quoted(path)]) : emptySql(table);
  };
  return `${mediansSql(source)} ORDER BY workload, adapter, metric, phase, operation, scale, started_at`;
}

/** Medians of the numbers in tables. They are grouped first, since what tells cells apart is long. */
export function mediansSql(source: (table: TableName) => string): string {
  return `SELECT r.started_at, r.label, r.machine_id, r.commit, c.workload, c.workload_version, c.adapter, c.options, c.scale,
            c.parameters, v.phase, v.operation, v.metric, v.value, v.block_count, v.cell_key, r.run_id, r.metrics_version
     FROM (SELECT run_id, cell_key, phase, operation, metric, median(value) AS value, count(*) AS block_count
           FROM ${source("values")} GROUP BY ALL) v
     JOIN ${source("runs")} r USING (run_id) JOIN ${source("cells")} c USING (run_id, cell_key)`;
}

/** Writes a table's rows to a file. Returns how many there are. */
export async function writeParquet(
  connection: DuckDBConnection,
  table: StoredTableName,
  select: string,
  file: string,
): Promise<number> {
  // A question about one series finds its rows together: smaller groups let it leave the others out.
  const rowGroups = table === "medians" ? ", ROW_GROUP_SIZE 8192" : "";
  try {
    const reader = await connection.runAndReadAll(
      `COPY (${select}) TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd${rowGroups})`,
    );
    return Number(reader.getRows()[0]![0]);
  } catch (error) {
    throw withDiskCode(error);
  }
}

/** DuckDB tells in words what the system said. */
function withDiskCode(error: unknown): unknown {
  const code = DISK_WORDS.find(([words]) => messageOf(error).includes(words))?.[1];
  return code === undefined ? error : Object.assign(new Error(messageOf(error), { cause: error }), { code });
}

const DISK_WORDS = [
  ["No space left on device", "ENOSPC"],
  ["Disk quota exceeded", "EDQUOT"],
  ["File too large", "EFBIG"],
  ["Read-only file system", "EROFS"],
] as const;

/** A text in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** How many rows a file holds. */
export async function countRows(connection: DuckDBConnection, file: string): Promise<number> {
  const reader = await connection.runAndReadAll(
    `SELECT count(*) AS n FROM read_parquet(${quoted(file)}, hive_partitioning = false)`,
  );
  return Number(reader.getRowObjects()[0]!["n"]);
}

/** SHA-256 of a file in hex. */
export function digestOf(file: string): string {
  return createHash("sha256").update(Deno.readFileSync(file)).digest("hex");
}
