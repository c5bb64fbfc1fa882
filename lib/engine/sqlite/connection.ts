/**
 * Opens connections with the settings that the engine's promises rest on.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { defineFunctions } from "./functions.ts";

/** Settings of a connection. */
export interface ConnectionSettings {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly synchronous: "NORMAL" | "FULL";
  readonly foreignKeys: boolean;
  /** The file is only read. */
  readonly readOnly: boolean;
  /** A file that is not there is made. False for a second writer: one that made a new file would write beside the first. */
  readonly mayCreate: boolean;
  /** Address of the module of the user's functions, which this thread has loaded, or null. */
  readonly functions: string | null;
}

/** The one connection that writes, if any does: WAL, so that readers keep their snapshot while it commits. */
export function openWriter(settings: ConnectionSettings): DatabaseSync {
  // A connection that only reads makes no file, and says in SQLite's words what is wrong.
  if (!settings.mayCreate) open(settings, true).close();
  const db = open(settings, settings.readOnly);
  if (settings.readOnly) return db;
  try {
    const mode = db.prepare("PRAGMA journal_mode = WAL").get() as { journal_mode: string };
    if (mode.journal_mode !== "wal") {
      throw new Error(
        `the file must support write-ahead logging, its journal mode is "${mode.journal_mode}"`,
      );
    }
    db.prepare(`PRAGMA synchronous = ${settings.synchronous}`).all();
    db.prepare("PRAGMA cache_size = -8192").all();
    // The writer checkpoints after it has answered (checkpoint.ts), so that no commit waits for one.
    db.prepare("PRAGMA wal_autocheckpoint = 0").all();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A connection that reads. */
export function openReader(settings: ConnectionSettings): DatabaseSync {
  const db = open(settings, true);
  try {
    db.prepare("PRAGMA cache_size = -8192").all();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A database of this connection alone, in memory. */
export function openMemory(settings: ConnectionSettings): DatabaseSync {
  return open({ ...settings, path: ":memory:" }, false);
}

function open(settings: ConnectionSettings, readOnly: boolean): DatabaseSync {
  const db = new DatabaseSync(settings.path, {
    readOnly,
    timeout: settings.busyTimeoutMs,
    enableForeignKeyConstraints: settings.foreignKeys,
  });
  try {
    defineFunctions(db, settings.functions);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
