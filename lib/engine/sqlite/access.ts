/**
 * What a statement reads and writes, told by SQLite's authorizer while the statement is prepared.
 *
 * Tables are correctness, columns are optimisation: whatever is not understood becomes `everything`, and a set of columns
 * becomes null (all of them), never the other way round.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { misuse, type Verb } from "../errors.ts";

/** Columns by table; null stands for all columns of the table, an empty set for its existence only (`COUNT(*)`). */
export type TableColumns = Map<string, Set<string> | null>;

/** The access of one statement. */
export interface Access {
  readonly reads: TableColumns;
  /** Reads tables that are not of the main schema. */
  readsElsewhere: boolean;
  /** Of the main schema. */
  readonly writes: TableColumns;
  /** Writes to a temporary table, which nobody else can see. */
  writesTemp: boolean;
  /** A row is inserted somewhere; a conflict clause may then replace, that is delete, other rows. */
  inserts: boolean;
  /** Changes the schema, or something whose effect is not known: depends on, or dirties, everything. */
  everything: boolean;
  schemaChange: boolean;
  /** A trigger writes: the number of changed rows that SQLite reports does not tell whether anything changed. */
  triggerWrites: boolean;
  /** Names of the views and triggers that take part. */
  readonly inner: Set<string>;
  /** Asks what the connection itself has done before (`changes()`): another connection has another answer. */
  asksConnection: boolean;
}

const action = {
  delete: 9,
  insert: 18,
  pragma: 19,
  read: 20,
  select: 21,
  transaction: 22,
  update: 23,
  attach: 24,
  detach: 25,
  function: 31,
  savepoint: 32,
  recursive: 33,
} as const;

const schemaTables = new Set(["sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"]);
/** Table-valued functions whose rows depend on their arguments alone. */
const pureFunctions = new Set(["json_each", "json_tree"]);
/** Settings that the engine's promises rest on. */
const ownedPragmas = new Set([
  "journal_mode",
  "locking_mode",
  "synchronous",
  "wal_autocheckpoint",
  "query_only",
  "busy_timeout",
]);
/** Pragmas that take an argument and set nothing. */
const readingPragmas = new Set([
  "table_info",
  "table_xinfo",
  "table_list",
  "index_list",
  "index_info",
  "index_xinfo",
  "foreign_key_list",
  "foreign_key_check",
  "integrity_check",
  "quick_check",
]);
/** Pragmas that write without an argument. */
const writingPragmas = new Set(["optimize", "incremental_vacuum"]);
/** Pragmas whose setting is in the file, and the same for all connections. */
const filePragmas = new Set(["user_version", "application_id"]);
/** Functions that tell of the connection's earlier statements. */
const connectionFunctions = new Set(["changes", "total_changes", "last_insert_rowid"]);
/** What SQLite expects of an authorizer. */
const answer = { allow: 0, deny: 1 } as const;

/** Which pragmas a connection takes: the writer's all but the engine's own, a reader's those that set nothing. */
export type ConnectionRole = "writer" | "reader";

/** Adds columns (or all, for null) of a table. */
export function addColumns(target: TableColumns, table: string, columns: Iterable<string> | null): void {
  const known = target.get(table);
  if (known === null) return;
  if (columns === null) {
    target.set(table, null);
    return;
  }
  if (known === undefined) target.set(table, new Set(columns));
  else for (const column of columns) known.add(column);
}

function emptyAccess(): Access {
  return {
    reads: new Map(),
    readsElsewhere: false,
    writes: new Map(),
    writesTemp: false,
    inserts: false,
    everything: false,
    schemaChange: false,
    triggerWrites: false,
    inner: new Set(),
    asksConnection: false,
  };
}

/** Begins the names of the engine's own triggers, whose work is not the statement's. */
export const ownTriggerPrefix = "watchlite_";

function equalColumns(one: TableColumns, other: TableColumns): boolean {
  if (one.size !== other.size) return false;
  for (const [table, columns] of one) {
    const others = other.get(table);
    if (others === undefined) return false;
    if (columns === null || others === null) {
      if (columns !== others) return false;
    } else if (columns.size !== others.size || !columns.isSubsetOf(others)) return false;
  }
  return true;
}

function equalAccess(one: Access, other: Access): boolean {
  return one.inserts === other.inserts && one.everything === other.everything &&
    one.schemaChange === other.schemaChange && one.triggerWrites === other.triggerWrites &&
    one.readsElsewhere === other.readsElsewhere && one.writesTemp === other.writesTemp &&
    equalColumns(one.reads, other.reads) && equalColumns(one.writes, other.writes);
}

/** Owns the authorizer of one connection. */
export class AccessRecorder {
  readonly #role: ConnectionRole;
  #current: Access | null = null;
  /** The engine's own statements may do what a user's may not. */
  #isOwn = false;
  /** The rule that the statement being prepared breaks, or null. */
  #refusal: string | null = null;
  #events = 0;
  /** What SQLite reported while the statement of now was stepped: it was compiled anew. */
  #recompiled: Access | null = null;
  /** The access of the statement of now, as it was prepared. */
  #stepped: Access | null = null;
  #isDenied = false;
  /** Set while a trigger that another process has made must not run before it was looked at. */
  deniesStrangers = false;
  readonly #schemaVersion: StatementSync;
  #knownVersion: number;
  /** Set when the schema is not the one that statements were prepared for: what was recorded for them may no longer hold. */
  stale = false;
  /** Pragmas that users may have set in this connection, but `foreign_keys`, whose value can be asked at any time. */
  readonly settings: Set<string> = new Set();

  constructor(db: DatabaseSync, role: ConnectionRole) {
    this.#role = role;
    this.#schemaVersion = db.prepare("PRAGMA main.schema_version");
    this.#knownVersion = this.#readVersion();
    const authorize = (
      code: number,
      a: string | null,
      b: string | null,
      db: string | null,
      trigger: string | null,
    ) => {
      this.#record(code, a, b, db, trigger);
      return this.#refusal === null && !this.#isDenied ? answer.allow : answer.deny;
    };
    (db as unknown as { setAuthorizer(callback: typeof authorize): void }).setAuthorizer(authorize);
  }

  /**
   * Runs `prepare` and returns what it made together with the access that SQLite reported meanwhile.
   *
   * What the engine refuses SQLite does not compile either: it sets most pragmas while it compiles them.
   *
   * @throws {EngineError} with code `MISUSE` for a statement that the engine refuses.
   */
  record<T>(verb: Verb, sql: string, prepare: () => T): { readonly made: T; readonly access: Access } {
    const access = emptyAccess();
    this.#current = access;
    this.#events = 0;
    try {
      const made = prepare();
      // VACUUM and the like tell the authorizer nothing, and may still renumber rows.
      if (this.#events === 0) access.everything = true;
      return { made, access };
    } catch (error) {
      throw this.#refusal === null ? error : misuse(verb, this.#refusal, sql);
    } finally {
      this.#current = null;
      this.#refusal = null;
    }
  }

  /** How often SQLite has asked the authorizer since a statement was last recorded: more when it has compiled one since. */
  get events(): number {
    return this.#events;
  }

  /** To be called before a statement is stepped. */
  beginStep(prepared: Access): void {
    this.#stepped = prepared;
    this.#recompiled = null;
    this.#isDenied = false;
  }

  /**
   * To be called when the statement was stepped, or failed; sets `stale` when the schema has turned out to be another one.
   *
   * SQLite compiles a statement anew also for the value of a parameter (`LIKE ?`; every indexed comparison after ANALYZE) and
   * for a setting of the connection. For a value the new program has the same access; for another schema it has another one,
   * or the version of the schema tells, as with an index that is gone; for a setting (foreign keys) only the access does.
   */
  endStep(prepared: Access): void {
    const recompiled = this.#recompiled;
    this.#isDenied = false;
    this.#stepped = null;
    if (recompiled === null) return;
    this.#recompiled = null;
    const version = this.ignore(() => this.#readVersion());
    if (version !== this.#knownVersion || !equalAccess(recompiled, prepared)) {
      this.#knownVersion = version;
      this.stale = true;
    }
  }

  /** True when the schema is not the one that statements were prepared for last. */
  get isSchemaNew(): boolean {
    return this.ignore(() => this.#readVersion()) !== this.#knownVersion;
  }

  /** To be called when all that is known about statements is given up: they are prepared for the schema of now. */
  renew(): void {
    this.stale = false;
    this.#knownVersion = this.ignore(() => this.#readVersion());
  }

  /** Runs the engine's own statements: they are nobody's access, and may do what a user's may not. */
  ignore<T>(run: () => T): T {
    const before = this.#current;
    const isOwn = this.#isOwn;
    this.#current = emptyAccess();
    this.#isOwn = true;
    try {
      return run();
    } finally {
      this.#current = before;
      this.#isOwn = isOwn;
    }
  }

  #readVersion(): number {
    return (this.#schemaVersion.get() as { schema_version: number }).schema_version;
  }

  #record(
    code: number,
    a: string | null,
    b: string | null,
    database: string | null,
    trigger: string | null,
  ): void {
    const access = this.#current ?? (this.#recompiled ??= emptyAccess());
    this.#events++;
    if (trigger?.startsWith(ownTriggerPrefix)) return;
    if (trigger !== null) {
      access.inner.add(trigger);
      // Denied, the statement fails and has done nothing; it is prepared and run once more.
      if (access === this.#recompiled && this.deniesStrangers && !this.#stepped?.inner.has(trigger)) {
        this.#isDenied = true;
      }
    }
    switch (code) {
      case action.select:
      case action.recursive:
        return;
      case action.function:
        if (connectionFunctions.has(b!.toLowerCase())) access.asksConnection = true;
        return;
      case action.read:
        if (pureFunctions.has(a!)) return;
        if (database !== null && database !== "main") access.readsElsewhere = true;
        addColumns(access.reads, a!, b === "" || b === null ? [] : [b]);
        return;
      case action.insert:
      case action.delete:
      case action.update:
        if (schemaTables.has(a!)) {
          access.schemaChange = true;
          return;
        }
        if (database === "temp") {
          access.writesTemp = true;
          return;
        }
        if (trigger !== null) access.triggerWrites = true;
        if (code === action.insert) access.inserts = true;
        if (database !== null && database !== "main") access.everything = true;
        addColumns(access.writes, a!, code === action.update ? [b!] : null);
        return;
      case action.transaction:
      case action.savepoint:
        this.#refuse("use transaction() instead of transaction statements");
        return;
      case action.attach:
      case action.detach:
        this.#refuse("another database cannot be attached as the readers would not see it");
        return;
      case action.pragma:
        if (b !== null) this.#judgePragma(a!.toLowerCase());
        else if (this.#role === "reader" && writingPragmas.has(a!.toLowerCase())) {
          this.#refuse(`pragma "${a}" must be run with execute(), as it writes`);
        }
        access.everything = true;
        return;
      default:
        // CREATE, DROP, ALTER, REINDEX, ANALYZE, virtual tables, and whatever later versions add.
        access.schemaChange = true;
    }
  }

  #judgePragma(name: string): void {
    if (this.#isOwn || readingPragmas.has(name)) return;
    if (ownedPragmas.has(name)) this.#refuse(`pragma "${name}" belongs to the engine and cannot be set`);
    else if (this.#role === "reader") {
      this.#refuse(`pragma "${name}" must be set with execute(), as there is more than one reader`);
    } else if (!filePragmas.has(name) && name !== "foreign_keys") this.settings.add(name);
  }

  #refuse(rule: string): void {
    // What SQLite compiles anew was judged when it was prepared.
    if (this.#current !== null && !this.#isOwn) this.#refusal ??= rule;
  }
}
