/** Whether everything in an archive is as it was written. */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { messageOf } from "../../lib/model/mod.ts";
import { readManifests } from "./manifests.ts";
import { countRows, digestOf, quoted } from "./parquet_sql.ts";

/** Something that does not hold. */
export interface ArchiveFault {
  /** Path from the archive's root. */
  readonly path: string;
  /** The rule and what was found. */
  readonly reason: string;
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
          const digests = new Map((runs ?? []).map((run) => [run.id, run.sha256]));
          for (const row of runs === undefined ? [] : reader.getRowObjects()) {
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
