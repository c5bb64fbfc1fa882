/**
 * Compiles what the writer's connection is asked to do, on the schema and beside the triggers of now.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { Verb } from "../errors.ts";
import { ownTriggerPrefix } from "../sqlite/access.ts";
import { blankLength } from "../sqlite/blank.ts";
import { Schema } from "../sqlite/schema.ts";
import { type Prepared, Statements } from "../sqlite/statements.ts";
import { RowTracking } from "./row_tracking.ts";

/** The statements of one connection, and what compiling them has to know. */
export class Compiler {
  readonly statements: Statements;
  readonly schema: Schema;
  readonly tracking: RowTracking;
  readonly #db: DatabaseSync;
  /** Triggers may have come or gone: see `RowTracking.seesReplaced`. */
  #isRecursionDue = false;

  constructor(db: DatabaseSync, statementCacheSize: number) {
    this.#db = db;
    this.statements = new Statements(db, "writer", statementCacheSize);
    this.schema = new Schema(db, this.statements.recorder);
    this.tracking = new RowTracking(db, this.statements.recorder, this.schema);
  }

  /** Compiles a statement, or finds it compiled; `verb` is for errors, which are SQLite's. */
  prepare(verb: Verb, sql: string): Prepared {
    const { recorder } = this.statements;
    if (recorder.stale) this.forgetSchema();
    const isPragma = /^PRAGMA\b/i.test(sql.slice(blankLength(sql)));
    if (this.#isRecursionDue || isPragma) {
      // A pragma shows and sets what the user has set.
      this.#isRecursionDue = isPragma;
      this.own(() => this.tracking.setRecursion(!isPragma));
      recorder.deniesStrangers = this.tracking.seesReplaced;
    }
    const prepared = this.statements.prepare(verb, sql);
    if (this.tracking.seesReplaced && this.own(() => this.tracking.mayPin(prepared))) {
      this.own(() => this.tracking.setRecursion(false));
      recorder.deniesStrangers = false;
      this.#isRecursionDue = true;
    }
    return prepared;
  }

  /** The schema may be another one: what was known of it, and was compiled for it, is made anew. */
  forgetSchema(): void {
    this.forgetStatements();
    this.schema.clear();
  }

  /** Triggers have come or gone, which are a part of what is compiled. */
  forgetStatements(): void {
    this.statements.clear();
    this.suspectTriggers();
  }

  /** Triggers may have come or gone; what is compiled may still be used. */
  suspectTriggers(): void {
    this.#isRecursionDue = true;
  }

  /** True when there are tables, views or triggers of the user's that no other connection has. */
  get hasTemporary(): boolean {
    const sql = "SELECT 1 FROM temp.sqlite_schema WHERE substr(name, 1, ?) <> ? LIMIT 1";
    const found = this.own(() => this.#db.prepare(sql).get(ownTriggerPrefix.length, ownTriggerPrefix));
    return found !== undefined;
  }

  /** True when SQLite enforces foreign keys. */
  get enforcesKeys(): boolean {
    const row = this.own(() => this.#db.prepare("PRAGMA foreign_keys").get()) as { foreign_keys: number };
    return row.foreign_keys === 1;
  }

  /**
   * Runs a statement of the engine's own. Tracking a table makes SQLite compile these anew as well, which must not be taken for
   * another process's change of schema.
   */
  own<T>(run: () => T): T {
    return this.statements.recorder.ignore(run);
  }
}
