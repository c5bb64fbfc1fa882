/**
 * Options of `openDatabase`, checked and completed once; inside the engine nothing is optional.
 *
 * @module
 */

import { coalescingPolicies, type CoalescingPolicy } from "./streams/policy.ts";

/** Options of `openDatabase`. */
export interface OpenOptions {
  /**
   * Where writes run. `thread`: behind a thread of their own. `caller`: on the calling thread, where a small write is done before
   * a message would have arrived; a turn of the event loop is not held up for longer than `callerBudgetMs` and one statement.
   * `auto`: on the calling thread, and behind a thread what is known to be slow, or large. With the last two, short reads and
   * re-queries are made on the calling thread as well. Default `thread`.
   */
  readonly writer?: "auto" | "thread" | "caller";
  /** How much of each turn of the event loop the engine may take for writes and reads, but with `thread`. Default 2 ms. */
  readonly callerBudgetMs?: number;
  /** Reader threads, 1 to 16. Default: one less than the cores, at least 2 and at most 4. */
  readonly readers?: number;
  /** How re-queries are coalesced with further commits. Default `latest-wins`. */
  readonly policy?: CoalescingPolicy;
  /** `latest-wins` only: a stream outdated for longer than this shows the next result it gets. Default 16 ms. */
  readonly outdatedBoundMs?: number;
  /**
   * `latest-wins` only: while writes keep coming, invalidated streams are asked again at the latest after this time, and as
   * soon as the writer pauses. 0 asks again after every commit. Default 12 ms.
   */
  readonly holdMs?: number;
  /**
   * `database`: all live queries that one commit concerns are read on one snapshot and delivered in one turn, in the order of
   * their subscription, so that no two of them ever show two different commits. `query`: each is delivered as soon as it is
   * there. Default `database`.
   */
  readonly consistency?: "database" | "query";
  /**
   * `on` makes a result of the one before it and the rows that a commit has changed, without asking SQLite, where it is proved
   * that this is the same: the row of a key, or rows of one table with one value in an indexed column, in the order of the
   * key. Only with the consistency `database` and the grain `row`. Such a result is not held back by `holdMs`. Default `off`.
   */
  readonly patch?: "off" | "on";
  /** How finely commits are compared with live queries; coarser ones are for experiments. Default `row`. */
  readonly grain?: "row" | "column" | "table";
  /**
   * While there are live queries, how often to look for commits of other connections and processes, and for the end of
   * troubles with the file. 0 for never: live queries then learn of this database's own commits only. Default 200 ms.
   */
  readonly externalPollMs?: number;
  /**
   * `per-commit` only: so many results, the newest ones, wait for an iteration that is slower than they come. With the other
   * policies it is one. Default 16.
   */
  readonly buffer?: number;
  /**
   * How long `close` waits for reads that run, as SQLite cannot be stopped from outside; for writes it waits `busyTimeoutMs`
   * more. Their threads are left behind after that; they end with their statement, or with the process. Default 2000 ms.
   */
  readonly closeTimeoutMs?: number;
  /** The file is only read, and must be there: what would write is refused with SQLITE_READONLY. Default false. */
  readonly readOnly?: boolean;
  /**
   * Address of a file (`new URL("./functions.ts", import.meta.url)`) that is a module whose default export has functions for SQL
   * by their names, see `SqlFunctions`. Every thread loads it for itself. A live query that calls one is asked again when its tables
   * change, so what it gives should depend on its arguments alone.
   */
  readonly functions?: URL | string;
  /** How long to wait for a lock of another process before SQLITE_BUSY. Default 5000 ms. */
  readonly busyTimeoutMs?: number;
  /** Durability: a power cut may lose the last commits with `NORMAL`, never with `FULL`. Default `NORMAL`. */
  readonly synchronous?: "NORMAL" | "FULL";
  /** Enforces foreign keys. Default true. */
  readonly foreignKeys?: boolean;
  /** Prepared statements kept per connection. Default 128. */
  readonly statementCacheSize?: number;
  /** Above this size the write-ahead log is checkpointed in the next pause; at four times, at once. Default 1000 pages. */
  readonly walLimitPages?: number;
  /** Counts and traces; off by default. */
  readonly profile?: boolean;
  /** Newest events kept by the trace when `profile` is on. Default 65536. */
  readonly traceCapacity?: number;
}

/** Options with nothing left open. */
export type Settings = Required<Omit<OpenOptions, "functions">> & {
  /** As text, or null for none. */
  readonly functions: string | null;
};

const defaults: Settings = {
  writer: "thread",
  callerBudgetMs: 2,
  readers: Math.min(4, Math.max(2, navigator.hardwareConcurrency - 1)),
  policy: "latest-wins",
  outdatedBoundMs: 16,
  holdMs: 12,
  consistency: "database",
  patch: "off",
  grain: "row",
  externalPollMs: 200,
  buffer: 16,
  closeTimeoutMs: 2000,
  busyTimeoutMs: 5000,
  readOnly: false,
  functions: null,
  synchronous: "NORMAL",
  foreignKeys: true,
  statementCacheSize: 128,
  walLimitPages: 1000,
  profile: false,
  traceCapacity: 65536,
};

const choices = {
  writer: ["auto", "thread", "caller"],
  policy: coalescingPolicies,
  consistency: ["database", "query"],
  patch: ["off", "on"],
  grain: ["row", "column", "table"],
  synchronous: ["NORMAL", "FULL"],
} as const;

const ranges = {
  callerBudgetMs: [0, 10_000],
  readers: [1, 16],
  outdatedBoundMs: [0, Infinity],
  holdMs: [0, 10_000],
  externalPollMs: [0, 2 ** 31 - 1],
  buffer: [1, 2 ** 24],
  closeTimeoutMs: [0, 2 ** 31 - 1],
  busyTimeoutMs: [0, 2 ** 31 - 1],
  statementCacheSize: [1, 100_000],
  walLimitPages: [1, 2 ** 31 - 1],
  traceCapacity: [0, 2 ** 24],
} as const;

/**
 * Checks and completes the options.
 *
 * @throws {TypeError} when an option is not known or has the wrong type.
 * @throws {RangeError} when a value is not among the allowed ones.
 */
export function resolveOptions(options: OpenOptions): Settings {
  const settings: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(options)) {
    if (!(name in defaults)) {
      const known = Object.keys(defaults).join(", ");
      throw new TypeError(`Cannot open database: options must be among ${known}, got "${name}"`);
    }
    if (value === undefined) continue;
    if (name === "functions") {
      settings[name] = toAddress(value);
      continue;
    }
    const wanted = typeof defaults[name as keyof Settings];
    // deno-lint-ignore valid-typeof -- the wanted type is that of the default
    if (typeof value !== wanted) {
      throw new TypeError(`Cannot open database: option "${name}" must be a ${wanted}, got ${typeof value}`);
    }
    if (name in choices) {
      const allowed = choices[name as keyof typeof choices] as readonly unknown[];
      if (!allowed.includes(value)) {
        throw new RangeError(
          `Cannot open database: option "${name}" must be one of ${allowed.join(", ")}, got "${value}"`,
        );
      }
    }
    if (name in ranges) {
      const [lowest, highest] = ranges[name as keyof typeof ranges];
      const isWhole = name.endsWith("Ms") || Number.isInteger(value);
      if (!isWhole || !((value as number) >= lowest && (value as number) <= highest)) {
        throw new RangeError(
          `Cannot open database: option "${name}" must be between ${lowest} and ${highest}, got ${value}`,
        );
      }
    }
    settings[name] = value;
  }
  return settings as unknown as Settings;
}

/**
 * The same for a database in memory: it has one connection, on the calling thread, and nobody else can write to it.
 *
 * @throws as `resolveOptions`, and for what a database in memory cannot be.
 */
export function resolveMemoryOptions(options: OpenOptions): Settings {
  const { writer, readOnly } = options;
  if (writer !== undefined && writer !== "caller") {
    throw new RangeError(
      `Cannot open database: option "writer" must be "caller" in memory, as threads cannot share it, got "${writer}"`,
    );
  }
  if (readOnly === true) {
    throw new RangeError(
      `Cannot open database: option "readOnly" must be false in memory, where nothing is to be read`,
    );
  }
  return resolveOptions({ ...options, writer: "caller", externalPollMs: 0 });
}

function toAddress(value: unknown): string {
  const url = value instanceof URL ? value : typeof value === "string" ? URL.parse(value) : null;
  if (url?.protocol === "file:") return url.href;
  throw new TypeError(
    `Cannot open database: option "functions" must be the URL of a file, got ${JSON.stringify(value)}`,
  );
}
