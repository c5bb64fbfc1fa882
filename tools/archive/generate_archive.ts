/**
 * An archive of very many small runs, written by DuckDB as `addRuns` would: a run per half hour, two kinds of machine, one cell
 * and the anchor, three blocks of each; a level that changes now and then. For benchmarks.
 */
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { ARCHIVE_SCHEMA_VERSION, TABLES } from "./rows.ts";
import { type Manifest, writeManifest } from "./manifests.ts";
import { digestOf, partitionMediansSql, writeParquet } from "./parquet_sql.ts";

/** Runs between two changes of level. */
export const LEVEL_LENGTH = 50_000;
const NAME = "generated";
const RUNS_PER_MONTH = 30 * 48;

/** Writes `count` runs; the same call writes the same numbers. */
export async function generateArchive(archive: string, count: number): Promise<void> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const files: Manifest["files"][number][] = [];
  try {
    // A month of half hours has 1,440 runs: years of them would be thousands of files, so that a partition holds more of them.
    const perPartition = Math.max(RUNS_PER_MONTH, Math.ceil(count / 24));
    for (let from = 0; from < count; from += perPartition) {
      const to = Math.min(count, from + perPartition);
      const month = new Date(START_MS + from * STEP_MS).toISOString().slice(0, 7);
      for (const machine of [0, 1]) {
        const partition = join(`month=${month}-${from}`, `machine=${MACHINES[machine]}`);
        const write = async (table: Manifest["files"][number]["table"], select: string): Promise<void> => {
          const path = join(table, partition, `${NAME}.parquet`);
          const file = join(archive, path);
          Deno.mkdirSync(dirname(file), { recursive: true });
          const rowCount = await writeParquet(connection, table, select, file);
          files.push({ table, path, rowCount, sha256: digestOf(file) });
        };
        await connection.run(
          `CREATE OR REPLACE TEMP TABLE ids AS SELECT range AS i FROM range(${from}, ${to}) WHERE range % 5 ${
            machine === 1 ? "=" : "<>"
          } 4`,
        );
        await write("runs", RUNS_SQL);
        await write("cells", CELLS_SQL);
        await write("blocks", BLOCKS_SQL);
        await write("values", VALUES_SQL);
        await write("medians", partitionMediansSql(archive, partition, NAME));
      }
    }
  } finally {
    connection.closeSync();
  }
  writeManifest(archive, NAME, { schemaVersion: ARCHIVE_SCHEMA_VERSION, runCount: count, files });
}

const START_MS = Date.UTC(1970, 0, 1);
const STEP_MS = 1_800_000;
const MACHINES = ["0123456789abcdef", "fedcba9876543210"];

const ID = "'run-' || lpad(i::VARCHAR, 9, '0')";
const STARTED = `epoch_ms((${START_MS} + i * ${STEP_MS})::BIGINT)`;

/** Columns of a table from expressions; what is not named is empty. */
function select(table: keyof typeof TABLES, values: Readonly<Record<string, string>>, from: string): string {
  const columns = Object.entries(TABLES[table]).map(([column, type]) =>
    `(${values[column] ?? "NULL"})::${type} AS "${column}"`
  );
  return `SELECT ${columns.join(", ")} FROM ${from}`;
}

const RUNS_SQL = select("runs", {
  run_id: ID,
  sha256: `sha256(${ID})`,
  label: "'nightly'",
  status: "'complete'",
  started_at: STARTED,
  ended_at: `${STARTED} + INTERVAL 5 MINUTE`,
  metrics_version: "2",
  machine_id: `CASE WHEN i % 5 = 4 THEN '${MACHINES[1]}' ELSE '${MACHINES[0]}' END`,
  cpu_model: "'Generated CPU'",
  core_count: "8",
  memory_bytes: "17179869184",
  os: "'linux x86_64 6.1'",
  deno: "'2.9.6'",
  sqlite: "'3.50.0'",
  commit: `sha1(${ID})`,
  is_dirty: "false",
  is_ci: "true",
}, "ids");

const CELLS =
  "(VALUES ('keyed-pk', 'watchlite', 'keyed-pk/watchlite', false), ('keyed-pk', 'node-sqlite', 'keyed-pk/node-sqlite', true)) c(w, a, k, anchor)";

const CELLS_SQL = select("cells", {
  run_id: ID,
  cell_key: "k",
  workload: "w",
  workload_version: "4",
  adapter: "a",
  options: "'{}'",
  scale: "'standard'",
  parameters: "'{}'",
  drivers: "'{}'",
  is_anchor: "anchor",
}, `ids, ${CELLS}`);

const BLOCKS_SQL = select("blocks", {
  run_id: ID,
  cell_key: "k",
  block_index: "b",
  status: "'measured'",
  evidence: "'digests'",
  verdict: "'converged'",
  finding_count: "0",
  started_at: STARTED,
  elapsed_ms: "400",
  load_1m: "0.5",
  cpu_pressure_share: "0.01",
}, `ids, ${CELLS}, range(3) r(b)`);

/** A level, and noise of about 5 % that follows from the run, the cell, the block and the metric. */
const VALUES_SQL = select(
  "values",
  {
    run_id: ID,
    cell_key: "k",
    block_index: "b",
    phase: "'burst'",
    operation: "''",
    metric: "m",
    value:
      `base * (1 + 0.15 * ((i // ${LEVEL_LENGTH}) % 3)) * (0.91 + 0.18 * (hash(i, k, b, m) % 1000000) / 1000000.0)`,
  },
  `ids, ${CELLS}, range(3) r(b), (VALUES ('done_ns', 2e7), ('shown_p50_ns', 1e5), ('wall_ns', 2e7)) v(m, base)`,
);
