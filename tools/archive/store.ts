/** Adding runs to an archive: Parquet below `<table>/month=.../machine=.../`, then a manifest. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { messageOf, type RunRecord, UsageError } from "../../lib/model/mod.ts";
import { type Manifest, pathsOf, readManifests, writeManifest } from "./manifests.ts";
import { countRows, digestOf, parquet, partitionMediansSql, quoted } from "./parquet_sql.ts";
import {
  ARCHIVE_SCHEMA_VERSION,
  type ArchiveRows,
  rowsOf,
  type StoredTableName,
  TABLE_NAMES,
  type TableName,
  TABLES,
} from "./rows.ts";

/** What became of runs that were to be added. */
export interface Addition {
  /** Ids of runs that are new. */
  readonly added: readonly string[];
  /** Ids of runs that were there already, digest for digest. */
  readonly known: readonly string[];
}

/**
 * Adds sealed runs. A run that is there already is left alone. Throws a UsageError for a run that is not sealed, and for
 * one whose id is there with another digest; nothing is added then.
 */
export async function addRuns(archive: string, runs: Iterable<RunRecord>): Promise<Addition> {
  using _lock = lockArchive(archive);
  const digests = await knownDigests(archive);
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

/** Lets one process write to an archive. Throws a UsageError when another one does. */
export function lockArchive(archive: string): Disposable {
  let file: Deno.FsFile;
  try {
    Deno.mkdirSync(archive, { recursive: true });
    file = Deno.openSync(join(archive, ".lock"), { write: true, create: true });
  } catch (error) {
    throw new UsageError(
      `Cannot write archive "${archive}" as it must be a writable folder: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  if (!file.tryLockSync(true)) {
    file.close();
    throw new UsageError(`Cannot write archive "${archive}" as only one process may: another one does now`);
  }
  return {
    [Symbol.dispose]: () => {
      file.unlockSync();
      file.close();
    },
  };
}

/** Digests of all runs that are there, by id. */
async function knownDigests(archive: string): Promise<Map<string, string>> {
  const paths = pathsOf(archive, readManifests(archive), "runs");
  if (paths.length === 0) return new Map();
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    const reader = await connection.runAndReadAll(`SELECT run_id, sha256 FROM ${parquet(paths)}`);
    return new Map(reader.getRows().map(([id, digest]) => [String(id), String(digest)]));
  } finally {
    connection.closeSync();
  }
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

  async publish(runs: readonly { readonly id: string; readonly sha256: string }[]): Promise<void> {
    const name = createHash("sha256").update(JSON.stringify(runs)).digest("hex").slice(0, 16);
    const files: Manifest["files"][number][] = [];
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    try {
      const place = async (table: StoredTableName, partition: string, select: string): Promise<void> => {
        const draft = join(this.#folder, `${table}.parquet`);
        await connection.run(`COPY (${select}) TO ${quoted(draft)} (FORMAT parquet, COMPRESSION zstd)`);
        const path = join(table, partition, `${name}.parquet`);
        const target = join(this.#archive, path);
        Deno.mkdirSync(dirname(target), { recursive: true });
        Deno.renameSync(draft, target);
        files.push({ table, path, rowCount: await countRows(connection, target), sha256: digestOf(target) });
      };
      let index = 0;
      for (const { table, partition, file } of this.#files.values()) {
        file.close();
        const columns = Object.entries(TABLES[table]).map(([column, type]) => `${column}: '${type}'`).join(
          ", ",
        );
        await place(
          table,
          partition,
          `SELECT * FROM read_json(${
            quoted(join(this.#folder, `${index++}.jsonl`))
          }, format = 'newline_delimited',
             columns = {${columns}}, maximum_object_size = 67108864) ORDER BY ALL`,
        );
      }
      const partitions = new Set([...this.#files.values()].map(({ partition }) => partition));
      this.#files.clear();
      for (const partition of partitions) {
        await place("medians", partition, partitionMediansSql(this.#archive, partition, name));
      }
    } finally {
      this.#files.clear();
      connection.closeSync();
    }
    writeManifest(this.#archive, name, {
      schemaVersion: ARCHIVE_SCHEMA_VERSION,
      runCount: runs.length,
      files,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { file } of this.#files.values()) file.close();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
