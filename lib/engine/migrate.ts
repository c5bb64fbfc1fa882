/**
 * Migrations by `user_version`: the number in the file says how many of a list have been run.
 *
 * @module
 */

import type { Cancel } from "./cancel.ts";
import { EngineError, misuse } from "./errors.ts";
import { writerOp } from "./protocol.ts";
import { toRows } from "./sqlite/result.ts";
import { checkScript } from "./statement.ts";
import { runTransaction, type Transaction } from "./transaction.ts";
import { describe } from "./values.ts";
import type { Writer } from "./writer/writer.ts";

/** One step from a version to the next: a script, or a function that is given the transaction it runs in. */
export type Migration = string | ((tx: Transaction) => Promise<unknown>);

/** Versions before and after. */
export interface MigrationResult {
  /** `user_version` before. */
  readonly from: number;
  /** `user_version` after. */
  readonly to: number;
}

/** Runs the migrations that the file has not seen yet. The caller has the writer to itself. */
export async function migrate(
  writer: Writer,
  migrations: readonly Migration[],
  cancel: Cancel | null,
): Promise<MigrationResult> {
  check(migrations);
  const from = await pragma(writer, "user_version");
  refuseNewer(from, migrations.length);
  if (from === migrations.length) return { from, to: from };
  // SQLite ignores this inside a transaction, and a table that is made anew would take its children with it.
  const enforced = await pragma(writer, "foreign_keys") === 1;
  if (enforced) await set(writer, "foreign_keys = OFF");
  try {
    let to = from;
    while (to < migrations.length) {
      to = await runTransaction(writer, writer, (tx) => step(tx, migrations, enforced), cancel);
    }
    return { from, to };
  } finally {
    // A writer that is gone, or closed, has nothing to be set.
    if (enforced) await set(writer, "foreign_keys = ON").catch(() => {});
  }
}

/** Runs one migration and gives the new version. Which one is asked inside: another process may have been faster. */
async function step(tx: Transaction, migrations: readonly Migration[], enforced: boolean): Promise<number> {
  const [row] = await tx.select<{ user_version: number }>("PRAGMA user_version");
  const version = row!.user_version;
  refuseNewer(version, migrations.length);
  const migration = migrations[version];
  if (migration === undefined) return version;
  if (typeof migration === "string") await tx.exec(migration);
  else await migration(tx);
  if (enforced) await refuseOrphans(tx, version + 1);
  await tx.execute(`PRAGMA user_version = ${version + 1}`);
  return version + 1;
}

async function refuseOrphans(tx: Transaction, version: number): Promise<void> {
  const [orphan] = await tx.select<{ table: string; parent: string }>("PRAGMA foreign_key_check");
  if (orphan === undefined) return;
  throw new EngineError({
    verb: "migrate",
    code: "SQLITE_CONSTRAINT_FOREIGNKEY",
    sqliteCode: 787,
    sql: null,
    reason:
      `migration ${version} must leave no row without its parent, "${orphan.table}" has one without "${orphan.parent}"`,
  });
}

function check(migrations: readonly Migration[]): void {
  if (!Array.isArray(migrations)) {
    throw misuse("migrate", `the migrations must be an array, got ${describe(migrations)}`);
  }
  for (const [i, each] of migrations.entries()) {
    if (typeof each === "string") checkScript("migrate", each);
    else if (typeof each !== "function") {
      throw misuse("migrate", `migration ${i + 1} must be a script or a function, got ${describe(each)}`);
    }
  }
}

function refuseNewer(version: number, count: number): void {
  if (version >= 0 && version <= count) return;
  throw misuse(
    "migrate",
    `the file must not be newer than the last of ${count} migrations, its user_version is ${version}`,
  );
}

async function pragma(writer: Writer, name: string): Promise<number> {
  const { rows } = await writer.statement(writerOp.query, "migrate", `PRAGMA ${name}`, []);
  return toRows(rows!)[0]![name] as number;
}

async function set(writer: Writer, setting: string): Promise<void> {
  await writer.statement(writerOp.execute, "migrate", `PRAGMA ${setting}`, []);
}
