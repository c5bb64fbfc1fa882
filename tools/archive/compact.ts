/**
 * Many small batches into one: whoever adds a run for each commit has thousands of files after a year, and opening them takes
 * longer than reading them. The new manifest says which ones it replaces, so that a process that is killed at any moment leaves
 * every row there once.
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type Manifest, type NamedManifest, readManifests, removeBatch, writeManifest } from "./manifests.ts";
import { brokenArchive, isFileFailure } from "./open_archive.ts";
import { digestOf, parquet, quoted, writeParquet } from "./parquet_sql.ts";
import { ARCHIVE_SCHEMA_VERSION } from "./rows.ts";
import { lockArchive } from "./store.ts";

/** So many small batches are left as they are. */
const MOST_SMALL_BATCHES = 32;
/** A batch of more runs is not small. */
const SMALL_RUN_COUNT = 1000;

/** Merges small batches where there are many. Returns how many were merged. */
export async function compactArchive(archive: string, most: number = MOST_SMALL_BATCHES): Promise<number> {
  using _lock = lockArchive(archive);
  const small = readManifests(archive).filter(({ runCount, schemaVersion }) =>
    schemaVersion === ARCHIVE_SCHEMA_VERSION && runCount !== undefined && runCount <= SMALL_RUN_COUNT
  );
  if (small.length <= most) return 0;
  const names = small.map(({ name }) => name);
  const name = createHash("sha256").update(JSON.stringify(names)).digest("hex").slice(0, 16);
  let files: Manifest["files"];
  try {
    files = await mergeFiles(archive, small, name);
  } catch (error) {
    throw isFileFailure(error) ? brokenArchive("merge batches of", archive, error) : error;
  }
  const runCount = small.reduce((sum, one) => sum + one.runCount!, 0);
  writeManifest(archive, name, { schemaVersion: ARCHIVE_SCHEMA_VERSION, runCount, replaces: names, files });
  for (const batch of small) removeBatch(archive, batch);
  return small.length;
}

/** One file for each table and partition, written beside those that it is made of. */
async function mergeFiles(
  archive: string,
  batches: readonly NamedManifest[],
  name: string,
): Promise<Manifest["files"]> {
  const byPlace = Map.groupBy(batches.flatMap(({ files }) => files), ({ path }) => dirname(path));
  const merged: Manifest["files"][number][] = [];
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    for (const [place, files] of byPlace) {
      const path = join(place, `${name}.parquet`);
      const draft = join(archive, place, `.${name}.parquet`);
      const order = files[0]!.table === "medians"
        ? "workload, adapter, metric, phase, operation, scale, started_at"
        : "ALL";
      const sources = parquet(files.map((file) => quoted(join(archive, file.path))));
      const select = `SELECT * FROM ${sources} ORDER BY ${order}`;
      const rowCount = await writeParquet(connection, files[0]!.table, select, draft);
      const target = join(archive, path);
      Deno.renameSync(draft, target);
      merged.push({
        table: files[0]!.table,
        path,
        rowCount,
        sha256: digestOf(target),
      });
    }
  } finally {
    connection.closeSync();
  }
  return merged;
}
