/**
 * Every error the engine raises: what was tried, the rule that stopped it, and the state that was found.
 *
 * @module
 */

import { type SqliteCode, sqliteName } from "./sqlite/codes.ts";

/** The verb of the public API (or of a thread's life) that failed. */
export type Verb =
  | "open"
  | "execute"
  | "executeBatch"
  | "batch"
  | "exec"
  | "migrate"
  | "select"
  | "iterate"
  | "transaction"
  | "watch"
  | "backup"
  | "sql"
  | "close";

const actions: Readonly<Record<Verb, string>> = {
  open: "open database",
  execute: "execute",
  executeBatch: "execute batch",
  batch: "execute statements",
  exec: "execute script",
  migrate: "migrate",
  select: "select",
  iterate: "iterate",
  transaction: "run transaction",
  watch: "watch",
  backup: "back up",
  sql: "make statement",
  close: "close database",
};

/**
 * The engine's own codes: `CLOSED` (the database was closed), `WORKER_LOST` (a thread died), `MISUSE` (a call that cannot be
 * served), `NOT_PERMITTED` (the runtime denies a permission), `RUNTIME` (the runtime has failed in another way), `ABORTED` and
 * `TIMEOUT` (the caller has given the call up).
 */
export type EngineCode =
  | "CLOSED"
  | "WORKER_LOST"
  | "MISUSE"
  | "NOT_PERMITTED"
  | "RUNTIME"
  | "ABORTED"
  | "TIMEOUT";

/** What `EngineError.code` can be. */
export type ErrorCode = EngineCode | SqliteCode;

/** The part of an error that crosses a thread boundary. */
export interface ErrorShape {
  /** The verb that failed. */
  readonly verb: Verb;
  /** SQLite's symbolic (extended) result code, or one of the engine's own. */
  readonly code: ErrorCode;
  /** SQLite's (extended) result code, or null. */
  readonly sqliteCode: number | null;
  /** The SQL that was refused, or null. */
  readonly sql: string | null;
  /** Why. */
  readonly reason: string;
}

/**
 * The error of every engine verb.
 *
 * `code` is SQLite's name where SQLite said no (`SQLITE_CONSTRAINT_UNIQUE`), otherwise the engine's own, {@link EngineCode}.
 */
export class EngineError extends Error {
  /** Tells this class from other errors across realms. */
  override readonly name = "EngineError";
  /** The verb that failed. */
  readonly verb: Verb;
  /** SQLite's symbolic (extended) result code, or one of the engine's own codes. */
  readonly code: ErrorCode;
  /** SQLite's (extended) result code, or null when SQLite was not the one to refuse. */
  readonly sqliteCode: number | null;
  /** The SQL that was refused, or null when no statement was involved. */
  readonly sql: string | null;
  /** Why, without the verb and the SQL that `message` also carries. */
  readonly reason: string;

  /** Builds the message from the verb, the SQL and the reason. */
  constructor(shape: ErrorShape, options?: ErrorOptions) {
    const subject = shape.sql === null ? "" : ` "${shorten(shape.sql)}"`;
    const code = shape.sqliteCode === null ? shape.code : `${shape.code}, ${shape.sqliteCode}`;
    super(`Cannot ${actions[shape.verb]}${subject}: ${shape.reason} (${code})`, options);
    this.verb = shape.verb;
    this.code = shape.code;
    this.sqliteCode = shape.sqliteCode;
    this.sql = shape.sql;
    this.reason = shape.reason;
  }
}

function shorten(sql: string): string {
  return sql.length <= 200 ? sql : `${sql.slice(0, 200)}...`;
}

/** An error of the engine itself, for a call that breaks one of its rules. */
export function misuse(verb: Verb, reason: string, sql: string | null = null): EngineError {
  return new EngineError({ verb, code: "MISUSE", sqliteCode: null, sql, reason });
}

/** The error of everything that is asked of, or still pending in, a closed database. */
export function closedError(verb: Verb, sql: string | null = null): EngineError {
  return new EngineError({ verb, code: "CLOSED", sqliteCode: null, sql, reason: "the database is closed" });
}

/** The error of a transaction that the database did not wait for when it was closed. */
export function abandonedError(): EngineError {
  const reason = "the database was closed before the callback had ended, all of it is undone";
  return new EngineError({ verb: "transaction", code: "CLOSED", sqliteCode: null, sql: null, reason });
}

/** The error of a write that the database did not wait for when it was closed. */
export function leftError(verb: Verb, sql: string | null): EngineError {
  const reason = "the database was closed before it had ended: if SQLite was at it, it may have been kept";
  return new EngineError({ verb, code: "CLOSED", sqliteCode: null, sql, reason });
}

/** The error of a request whose thread died before it answered. */
export function workerLost(verb: Verb, sql: string | null, reason: string): EngineError {
  return new EngineError({ verb, code: "WORKER_LOST", sqliteCode: null, sql, reason });
}

/** Turns whatever a thread threw into the shape that crosses to the caller. */
export function shapeOf(error: unknown, verb: Verb, sql: string | null): ErrorShape {
  if (error instanceof EngineError) {
    const { code, sqliteCode, reason } = error;
    return { verb, code, sqliteCode, sql: error.sql ?? sql, reason };
  }
  const fault = error as { errcode?: unknown; message?: unknown; code?: unknown };
  let reason = typeof fault.message === "string" ? fault.message : String(error);
  if (typeof fault.errcode === "number") {
    const failure = functionFailure;
    functionFailure = null;
    if (fault.errcode === errorCode && failure !== null) reason = failure;
    // SQLite's own text, "column index out of range", is about its interface.
    if (fault.errcode === rangeCode) {
      reason = "there must be a placeholder for each param, there are more params";
    }
    // ATTACH does not come as far as this: what is left that needs a second file is VACUUM.
    if (reason.startsWith("too many attached databases - max 0")) {
      reason = "VACUUM needs the permission --allow-all, as otherwise Deno denies SQLite any second file";
    }
    return { verb, code: sqliteName(fault.errcode), sqliteCode: fault.errcode, sql, reason };
  }
  // Opening a file gives SQLite's text only.
  const openCode = openFaults.find(([text]) => reason.startsWith(text))?.[1];
  if (openCode !== undefined) return { verb, code: sqliteName(openCode), sqliteCode: openCode, sql, reason };
  return { verb, code: isDenied(error) ? "NOT_PERMITTED" : "RUNTIME", sqliteCode: null, sql, reason };
}

/** Deno says it with a class, or inside `node:sqlite` with words; Node, which denies nothing unless it is told to, with a code. */
function isDenied(error: unknown): boolean {
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  return name === "NotCapable" || code === "ERR_ACCESS_DENIED" ||
    /^Requires \w+ access to /.test(String(message));
}

/** Why a function of the user's has failed, until SQLite's error for it is looked at. */
let functionFailure: string | null = null;

/** Keeps the reason why a function of the user's has failed: SQLite's error, which comes next in this thread, cannot carry it. */
export function keepFunctionFailure(reason: string): void {
  functionFailure = reason;
}

const errorCode = 1;
const rangeCode = 25;
const openFaults: readonly (readonly [text: string, code: number])[] = [
  ["database is locked", 5],
  ["attempt to write a readonly database", 8],
  ["disk I/O error", 10],
  ["unable to open database file", 14],
  ["file is not a database", 26],
];

/** What a writer answers to a request that was taken back: nothing of it was kept. */
export function withdrawnError(verb: Verb, sql: string | null): EngineError {
  return new EngineError({ verb, code: "ABORTED", sqliteCode: null, sql, reason: "it was taken back" });
}
