/**
 * Copies of a database, by SQLite's backup interface.
 *
 * @module
 */

import * as sqlite from "node:sqlite";
import { misuse } from "../errors.ts";

/** Newer than the types that come with the runtimes. */
type Backup = (
  db: sqlite.DatabaseSync,
  path: string,
  options: { readonly rate: number },
) => Promise<number>;

/** Copies all pages in one step: between two steps a commit of another connection would make it begin anew. */
export async function copyDatabase(db: sqlite.DatabaseSync, target: string): Promise<void> {
  const { backup } = sqlite as unknown as { backup?: Backup };
  if (backup === undefined) {
    throw misuse("backup", "the runtime must have backup() in node:sqlite, this one has not");
  }
  await backup(db, target, { rate: 2 ** 31 - 1 });
}
