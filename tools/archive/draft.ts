/** A batch on its way into an archive: rows as JSON lines in a folder beside it, then Parquet in place, then a manifest. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { DraftFile } from "./draft_chunk.ts";
import { type Manifest, writeManifest } from "./manifests.ts";
import { digestOf, partitionMediansSql, quoted, writeParquet } from "./parquet_sql.ts";
import { ARCHIVE_SCHEMA_VERSION, PACKED_COLUMNS, type StoredTableName, TABLES } from "./rows.ts";

type ManifestFile = Manifest["files"][number];

/** A folder for rows, gone when it is disposed. */
export class Draft implements AsyncDisposable {
  /** Where chunks of rows go. */
  readonly folder: string;
  readonly #archive: string;

  private constructor(archive: string, folder: string) {
    this.#archive = archive;
    this.folder = folder;
  }

  static async create(archive: string): Promise<Draft> {
    Deno.mkdirSync(archive, { recursive: true });
    return new Draft(archive, await Deno.makeTempDir({ dir: archive, prefix: ".draft-" }));
  }

  /**
   * Makes the rows part of the archive, except those of runs whose positions are in `left`. What was written is removed when
   * the rest cannot be.
   */
  async publish(
    runs: readonly { readonly id: string; readonly sha256: string }[],
    files: readonly DraftFile[],
    left: readonly number[],
  ): Promise<void> {
    const name = createHash("sha256").update(JSON.stringify(runs)).digest("hex").slice(0, 16);
    const partitions = [...Map.groupBy(files, ({ partition }) => partition)];
    const placed: ManifestFile[][] = partitions.map(() => []);
    const instance = await DuckDBInstance.create(":memory:");
    let next = 0;
    const work = async (): Promise<void> => {
      const connection = await instance.connect();
      try {
        for (let index = next++; index < partitions.length; index = next++) {
          const [partition, own] = partitions[index]!;
          await this.#place({ connection, name, partition, files: own, left, placed: placed[index]! });
        }
      } catch (error) {
        next = partitions.length;
        throw error;
      } finally {
        connection.closeSync();
      }
    };
    // Reading and writing small files keeps no two cores busy: partitions are written side by side.
    const laneCount = Math.min(partitions.length, Math.max(1, navigator.hardwareConcurrency));
    const lanes = await Promise.allSettled(Array.from({ length: laneCount }, work));
    const failed = lanes.find(({ status }) => status === "rejected");
    try {
      if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
      writeManifest(this.#archive, name, {
        schemaVersion: ARCHIVE_SCHEMA_VERSION,
        runCount: runs.length,
        files: placed.flat(),
      });
    } catch (error) {
      for (const { path } of placed.flat()) Deno.removeSync(join(this.#archive, path));
      throw error;
    }
  }

  /** Writes the files of a partition, and notes each one in `placed` when it is in its place. */
  async #place({ connection, name, partition, files, left, placed }: {
    readonly connection: DuckDBConnection;
    readonly name: string;
    readonly partition: string;
    readonly files: readonly DraftFile[];
    readonly left: readonly number[];
    readonly placed: ManifestFile[];
  }): Promise<void> {
    const place = async (table: StoredTableName, select: string): Promise<void> => {
      const path = join(table, partition, `${name}.parquet`);
      const target = join(this.#archive, path);
      // The same disk as the archive, so that a file is in its place whole or not at all.
      const draft = await Deno.makeTempFile({ dir: this.folder, suffix: ".parquet" });
      const rowCount = await writeParquet(connection, table, select, draft);
      if (rowCount === 0 && table !== "medians") return;
      Deno.mkdirSync(dirname(target), { recursive: true });
      Deno.renameSync(draft, target);
      placed.push({ table, path, rowCount, sha256: digestOf(target) });
    };
    for (const [, own] of Map.groupBy(files, ({ table }) => table)) {
      await place(own[0]!.table, rowsSql(own, left));
    }
    if (placed.length > 0) await place("medians", partitionMediansSql(this.#archive, partition, name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Rows of a table from its files, in their order. */
function rowsSql(files: readonly DraftFile[], left: readonly number[]): string {
  const { table } = files[0]!;
  const packed = PACKED_COLUMNS[table] ?? [];
  const columns = Object.entries(TABLES[table]);
  const types = columns.map(([column, type]) =>
    `${quoted(column)}: '${type}${packed.includes(column) ? "[]" : ""}'`
  );
  const selected = columns.map(([column]) =>
    packed.includes(column) ? `unnest("${column}") AS "${column}"` : `"${column}"`
  );
  // Memory is taken for two of the longest lines at once; a character has three bytes at most here.
  const longest = Math.max(LEAST_LINE_BYTES, ...files.map(({ longestLine }) => 3 * longestLine));
  return `SELECT ${selected.join(", ")}
     FROM read_json([${files.map(({ path }) => quoted(path)).join(", ")}], format = 'newline_delimited',
       columns = {'at': 'BIGINT', ${types.join(", ")}}, maximum_object_size = ${longest})
     ${left.length === 0 ? "" : `WHERE "at" NOT IN (${left.join(", ")})`}`;
}

const LEAST_LINE_BYTES = 1 << 20;
