/**
 * What a statement reads and writes, told by SQLite's authorizer while the statement is prepared.
 *
 * Tables are correctness, columns are optimisation: whatever is not understood becomes `everything`, and a set of columns
 * becomes null (all of them), never the other way round.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";

/** Columns by table; null stands for all columns of the table, an empty set for its existence only (`COUNT(*)`). */
export type TableColumns = Map<string, Set<string> | null>;

/** The access of one statement. */
export interface Access {
  readonly reads: TableColumns;
  readonly writes: TableColumns;
  /** A row is inserted somewhere; a conflict clause may then replace, that is delete, other rows. */
  inserts: boolean;
  /** Changes the schema, or something whose effect is not known: depends on, or dirties, everything. */
  everything: boolean;
  schemaChange: boolean;
  /** BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE. */
  control: boolean;
  /** A trigger writes: the number of changed rows that SQLite reports does not tell whether anything changed. */
  triggerWrites: boolean;
  /** Why the engine refuses this statement, or null. */
  refusal: string | null;
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
]);

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
    writes: new Map(),
    inserts: false,
    everything: false,
    schemaChange: false,
    control: false,
    triggerWrites: false,
    refusal: null,
  };
}

/** Owns the authorizer of one connection. */
export class AccessRecorder {
  #current: Access | null = null;
  #events = 0;
  /** Set when SQLite compiled a statement anew by itself: what was recorded for it may no longer hold. */
  stale = false;

  constructor(db: DatabaseSync) {
    const authorize = (
      code: number,
      a: string | null,
      b: string | null,
      db: string | null,
      trigger: string | null,
    ) => {
      this.#record(code, a, b, db, trigger);
      return 0;
    };
    (db as unknown as { setAuthorizer(callback: typeof authorize): void }).setAuthorizer(authorize);
  }

  /** Runs `prepare` and returns what it made together with the access that SQLite reported meanwhile. */
  record<T>(prepare: () => T): { readonly made: T; readonly access: Access } {
    const access = emptyAccess();
    this.#current = access;
    this.#events = 0;
    try {
      const made = prepare();
      // VACUUM and the like tell the authorizer nothing, and may still renumber rows.
      if (this.#events === 0) access.everything = true;
      return { made, access };
    } finally {
      this.#current = null;
    }
  }

  /** Runs the engine's own statements without their compilation counting as stale. */
  ignore<T>(run: () => T): T {
    const before = this.#current;
    const stale = this.stale;
    this.#current = emptyAccess();
    try {
      return run();
    } finally {
      this.#current = before;
      this.stale = stale;
    }
  }

  #record(
    code: number,
    a: string | null,
    b: string | null,
    database: string | null,
    trigger: string | null,
  ): void {
    const access = this.#current;
    if (access === null) {
      this.stale = true;
      return;
    }
    this.#events++;
    switch (code) {
      case action.select:
      case action.function:
      case action.recursive:
        return;
      case action.read:
        if (pureFunctions.has(a!)) return;
        if (database !== null && database !== "main") access.everything = true;
        addColumns(access.reads, a!, b === "" || b === null ? [] : [b]);
        return;
      case action.insert:
      case action.delete:
      case action.update:
        if (schemaTables.has(a!)) {
          access.schemaChange = true;
          return;
        }
        if (trigger !== null) access.triggerWrites = true;
        if (code === action.insert) access.inserts = true;
        if (database !== null && database !== "main" && database !== "temp") access.everything = true;
        addColumns(access.writes, a!, code === action.update ? [b!] : null);
        return;
      case action.transaction:
      case action.savepoint:
        access.control = true;
        access.refusal = "use transaction() instead of transaction statements";
        return;
      case action.attach:
      case action.detach:
        access.refusal = "another database cannot be attached as the readers would not see it";
        return;
      case action.pragma:
        if (b !== null && ownedPragmas.has(a!.toLowerCase())) {
          access.refusal = `pragma "${a}" belongs to the engine and cannot be set`;
        }
        access.everything = true;
        return;
      default:
        // CREATE, DROP, ALTER, REINDEX, ANALYZE, virtual tables, and whatever later versions add.
        access.schemaChange = true;
    }
  }
}
