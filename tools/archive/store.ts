/**
 * The archive on disk: Parquet below `<table>/month=.../machine=.../`, and one manifest for each batch that was added. The
 * manifest comes last, so that what a killed process left behind belongs to nobody; queries read what manifests name.
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { z } from "zod";
import { messageOf, RecordFormatError, type RunRecord, UsageError } from "../../lib/model/mod.ts";
import { replaceFile } from "../../lib/record/mod.ts";
import {
  ARCHIVE_SCHEMA_VERSION,
  type ArchiveRows,
  rowsOf,
  TABLE_NAMES,
  type TableName,
  TABLES,
} from "./rows.ts";

const MANIFESTS = "batches";

const manifestSchema = z.strictObject({
  schemaVersion: z.int().min(1),
  runs: z.array(z.strictObject({ id: z.string().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/) })).min(1),
  files: z.array(z.strictObject({
    table: z.enum(TABLE_NAMES as [TableName, ...TableName[]]),
    path: z.string().min(1),
    rowCount: z.int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  })),
});

/** What one addition wrote. */
export type Manifest = z.infer<typeof manifestSchema>;

/** What became of runs that were to be added. */
export interface Addition {
  /** Ids of runs that are new. */
  readonly added: readonly string[];
  /** Ids of runs that were there already, digest for digest. */
  readonly known: readonly string[];
}

/** Something that does not hold. */
export interface ArchiveFault {
  /** Path from the archive's root. */
  readonly path: string;
  /** The rule and what was found. */
  readonly reason: string;
}

/** All manifests, by name. Throws a RecordFormatError with file and rule for one that is not sound. */
export function readManifests(archive: string): Manifest[] {
  const folder = join(archive, MANIFESTS);
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".json"))
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return names.map((name) => parseManifest(Deno.readTextFileSync(join(folder, name)), join(folder, name)));
}

function parseManifest(text: string, file: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecordFormatError(file, undefined, `it must be JSON: ${messageOf(error)}`);
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === "number" && version > ARCHIVE_SCHEMA_VERSION) {
    throw new RecordFormatError(
      file,
      undefined,
      `its schema version must be at most ${ARCHIVE_SCHEMA_VERSION}: got ${version}, which a newer Watchbench wrote`,
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RecordFormatError(file, undefined, `"${issue!.path.join(".")}" must be sound: ${issue!.message}`);
}

/**
 * Adds sealed runs. A run that is there already is left alone. Throws a UsageError for a run that is not sealed, and for
 * one whose id is there with another digest; nothing is added then.
 */
export async function addRuns(archive: string, runs: Iterable<RunRecord>): Promise<Addition> {
  const digests = new Map(
    readManifests(archive).flatMap(({ runs }) => runs.map(({ id, sha256 }) => [id, sha256])),
  );
  const added: { id: string; sha256: string }[] = [];
  const known: string[] = [];
  await using draft = await Draft.create(archive);
  for (const run of runs) {
    const { id, sha256 } = run;
    if (sha256 === undefined) {
      throw new UsageError(`Cannot archive run "${id}" as it must be sealed: its status is "${run.status}"`);
    }
    const there = digests.get(id);
    if (there === sha256) {
      known.push(id);
      continue;
    }
    if (there !== undefined) {
      throw new UsageError(
        `Cannot archive run "${id}" as its id must be new, or its digest the same: ${
          there.slice(0, 12)
        } is there, ${sha256.slice(0, 12)} was to be added`,
      );
    }
    digests.set(id, sha256);
    added.push({ id, sha256 });
    draft.take(partitionOf(run), rowsOf(run));
  }
  if (added.length > 0) await draft.publish(added);
  return { added: added.map(({ id }) => id), known };
}

function partitionOf({ startedAt, environment: { machineId } }: RunRecord): string {
  return join(`month=${startedAt.slice(0, 7)}`, `machine=${machineId.replaceAll(/[^A-Za-z0-9_-]/g, "_")}`);
}

/** Rows on their way: JSON lines in a folder beside the archive, then Parquet. */
class Draft implements AsyncDisposable {
  readonly #archive: string;
  readonly #folder: string;
  readonly #files = new Map<
    string,
    { readonly table: TableName; readonly partition: string; readonly file: Deno.FsFile }
  >();

  private constructor(archive: string, folder: string) {
    this.#archive = archive;
    this.#folder = folder;
  }

  static async create(archive: string): Promise<Draft> {
    Deno.mkdirSync(archive, { recursive: true });
    return new Draft(archive, await Deno.makeTempDir({ dir: archive, prefix: ".draft-" }));
  }

  take(partition: string, rows: ArchiveRows): void {
    for (const table of TABLE_NAMES) {
      if (rows[table].length === 0) continue;
      const key = `${table} ${partition}`;
      let own = this.#files.get(key);
      if (own === undefined) {
        const file = Deno.openSync(join(this.#folder, `${this.#files.size}.jsonl`), {
          write: true,
          createNew: true,
        });
        this.#files.set(key, own = { table, partition, file });
      }
      const bytes = new TextEncoder().encode(rows[table].map((row) => JSON.stringify(row) + "\n").join(""));
      for (let done = 0; done < bytes.length;) done += own.file.writeSync(bytes.subarray(done));
    }
  }

  async publish(runs: Manifest["runs"]): Promise<void> {
    const name = createHash("sha256").update(JSON.stringify(runs)).digest("hex").slice(0, 16);
    const files: Manifest["files"][number][] = [];
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    try {
      let index = 0;
      for (const { table, partition, file } of this.#files.values()) {
        file.close();
        const source = join(this.#folder, `${index++}.jsonl`);
        const parquet = join(this.#folder, `${index}.parquet`);
        const columns = Object.entries(TABLES[table]).map(([column, type]) => `${column}: '${type}'`).join(
          ", ",
        );
        await connection.run(
          `COPY (SELECT * FROM read_json(${
            quoted(source)
          }, format = 'newline_delimited', columns = {${columns}},
             maximum_object_size = 67108864) ORDER BY ALL) TO ${
            quoted(parquet)
          } (FORMAT parquet, COMPRESSION zstd)`,
        );
        const path = join(table, partition, `${name}.parquet`);
        Deno.mkdirSync(dirname(join(this.#archive, path)), { recursive: true });
        Deno.renameSync(parquet, join(this.#archive, path));
        files.push({
          table,
          path,
          rowCount: await countRows(connection, join(this.#archive, path)),
          sha256: digestOf(join(this.#archive, path)),
        });
      }
    } finally {
      this.#files.clear();
      connection.closeSync();
    }
    Deno.mkdirSync(join(this.#archive, MANIFESTS), { recursive: true });
    const manifest: Manifest = { schemaVersion: ARCHIVE_SCHEMA_VERSION, runs, files };
    replaceFile(join(this.#archive, MANIFESTS, `${name}.json`), JSON.stringify(manifest, null, 1) + "\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { file } of this.#files.values()) file.close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Everything in the archive that is not as its manifests say. */
export async function verifyArchive(archive: string): Promise<ArchiveFault[]> {
  const faults: ArchiveFault[] = [];
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    for (const { runs, files } of readManifests(archive)) {
      for (const { table, path, rowCount, sha256 } of files) {
        const file = join(archive, path);
        try {
          if (digestOf(file) !== sha256) {
            faults.push({ path, reason: "its bytes must be those that were written: the digest differs" });
            continue;
          }
          const found = await countRows(connection, file);
          if (found !== rowCount) {
            faults.push({ path, reason: `it must have ${rowCount} rows: got ${found}` });
          }
          if (table !== "runs") continue;
          const reader = await connection.runAndReadAll(
            `SELECT run_id, sha256 FROM read_parquet(${quoted(file)}, hive_partitioning = false)`,
          );
          const digests = new Map(runs.map((run) => [run.id, run.sha256]));
          for (const row of reader.getRowObjects()) {
            if (digests.get(String(row["run_id"])) === row["sha256"]) continue;
            faults.push({ path, reason: `run "${row["run_id"]}" must have the digest of its manifest` });
          }
        } catch (error) {
          faults.push({ path, reason: `it must be readable: ${messageOf(error)}` });
        }
      }
    }
  } finally {
    connection.closeSync();
  }
  return faults;
}

/** Opens the archive's tables and views on a connection of its own; nothing may be written through it but exports. */
export async function openArchive(archive: string): Promise<DuckDBConnection> {
  const manifests = readManifests(archive);
  if (manifests.length === 0) {
    throw new UsageError(
      `Cannot query "${archive}" as it must be an archive with runs: archive add results/* --to ${archive}`,
    );
  }
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  for (const table of TABLE_NAMES) {
    const paths = manifests.flatMap(({ files }) => files.filter((file) => file.table === table))
      .map(({ path }) => quoted(join(archive, path)));
    const columns = Object.entries(TABLES[table]).map(([column, type]) => `NULL::${type} AS "${column}"`)
      .join(", ");
    const source = paths.length === 0
      ? `(SELECT ${columns} WHERE false)`
      : `read_parquet([${paths.join(", ")}], hive_partitioning = false)`;
    await connection.run(`CREATE VIEW "${table}" AS SELECT * FROM ${source}`);
  }
  for (const sql of VIEWS) await connection.run(sql);
  return connection;
}

/** Views that read well. */
const VIEWS: readonly string[] = [
  `CREATE VIEW metrics AS
     SELECT r.started_at, r.label, r.machine_id, r.commit, c.workload, c.workload_version, c.adapter, c.options, c.scale,
            c.parameters, v.phase, v.operation, v.metric, v.block_index, v.value, v.cell_key, r.run_id, r.metrics_version
     FROM "values" v JOIN runs r USING (run_id) JOIN cells c USING (run_id, cell_key)`,
  `CREATE VIEW medians AS
     SELECT started_at, label, machine_id, commit, workload, workload_version, adapter, options, scale, parameters, phase,
            operation, metric, median(value) AS value, count(*) AS block_count, cell_key, run_id, metrics_version
     FROM metrics GROUP BY ALL`,
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

/** A text in SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function countRows(connection: DuckDBConnection, file: string): Promise<number> {
  const reader = await connection.runAndReadAll(
    `SELECT count(*) AS n FROM read_parquet(${quoted(file)}, hive_partitioning = false)`,
  );
  return Number(reader.getRowObjects()[0]!["n"]);
}

function digestOf(file: string): string {
  return createHash("sha256").update(Deno.readFileSync(file)).digest("hex");
}
