/** An archive as tables and views of DuckDB. */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { messageOf, UsageError } from "../../lib/model/mod.ts";
import { type Manifest, pathsOf, readManifests } from "./manifests.ts";
import { emptySql, mediansSql, parquet } from "./parquet_sql.ts";
import { ARCHIVE_SCHEMA_VERSION, STORED_TABLES, TABLE_NAMES } from "./rows.ts";

/** Opens the archive's tables and views on a connection of its own; nothing may be written through it but exports. */
export async function openArchive(archive: string): Promise<DuckDBConnection> {
  const manifests = readManifests(archive);
  if (manifests.length === 0) {
    throw new UsageError(
      `Cannot query "${archive}" as it must be an archive with runs: archive add results/* --to ${archive}`,
    );
  }
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    // Files of version 1 lack columns that came later.
    const isMixed = manifests.some(({ schemaVersion }) => schemaVersion < ARCHIVE_SCHEMA_VERSION);
    for (const table of TABLE_NAMES) {
      const paths = pathsOf(archive, manifests, table);
      const source = paths.length === 0
        ? emptySql(table)
        : isMixed
        ? `(SELECT * FROM ${emptySql(table)} UNION ALL BY NAME SELECT * FROM ${parquet(paths, isMixed)})`
        : parquet(paths);
      await connection.run(`CREATE VIEW "${table}" AS SELECT * FROM ${source}`);
    }
    await connection.run(METRICS_VIEW);
    await connection.run(`CREATE VIEW medians AS ${await allMediansSql(archive, manifests)}`);
    for (const sql of VIEWS) await connection.run(sql);
    return connection;
  } catch (error) {
    connection.closeSync();
    throw brokenArchive("open", archive, error);
  }
}

/** The error for files that DuckDB cannot read. */
export function brokenArchive(action: string, archive: string, error: unknown): UsageError {
  return new UsageError(
    `Cannot ${action} archive "${archive}" as its files must be as they were written: ${
      messageOf(error)
    }; archive verify names those that are not`,
    { cause: error },
  );
}

/** Whether an error is DuckDB's, and not about what was asked: then a file is at fault. */
export function isFileFailure(error: unknown): boolean {
  return /^(?:IO|Invalid(?: Input)?|Serialization|Internal|Fatal|FATAL|INTERNAL) Error: /.test(
    messageOf(error),
  );
}

/** Stored medians, and those of batches of version 1, which are computed when they are asked for. */
async function allMediansSql(archive: string, manifests: readonly Manifest[]): Promise<string> {
  const stored = pathsOf(archive, manifests, "medians");
  const columns = Object.keys(STORED_TABLES.medians).map((column) => `"${column}"`).join(", ");
  const old = manifests.filter(({ schemaVersion }) => schemaVersion < 2);
  const parts = [
    ...(stored.length === 0 ? [] : [`SELECT ${columns} FROM ${parquet(stored)}`]),
    ...(old.length === 0 ? [] : [
      `SELECT ${columns} FROM (${mediansSql((table) => parquet(pathsOf(archive, old, table)))})`,
    ]),
  ];
  return parts.join(" UNION ALL ");
}

const METRICS_VIEW = `CREATE VIEW metrics AS
     SELECT r.started_at, r.label, r.machine_id, r.commit, c.workload, c.workload_version, c.adapter, c.options, c.scale,
            c.parameters, v.phase, v.operation, v.metric, v.block_index, v.value, v.cell_key, r.run_id, r.metrics_version
     FROM "values" v JOIN runs r USING (run_id) JOIN cells c USING (run_id, cell_key)`;

/** Views that read well. */
const VIEWS: readonly string[] = [
  `CREATE VIEW verdicts AS
     SELECT r.started_at, r.label, r.machine_id, c.workload, c.workload_version, c.adapter, c.options, c.scale,
            CASE WHEN b.status = 'measured' THEN b.verdict ELSE b.status END AS verdict, count(*) AS block_count,
            any_value(b.reason) AS reason, b.cell_key, r.run_id
     FROM blocks b JOIN runs r USING (run_id) JOIN cells c USING (run_id, cell_key) GROUP BY ALL`,
  `CREATE VIEW machines AS
     SELECT machine_id, any_value(cpu_model) AS cpu_model, any_value(core_count) AS core_count, any_value(os) AS os,
            count(*) AS run_count, min(started_at) AS first_run_at, max(started_at) AS last_run_at
     FROM runs GROUP BY machine_id`,
];
