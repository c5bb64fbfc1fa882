/**
 * Prepared statements of one connection, kept by SQL text with what the authorizer told about them.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { misuse, type Verb } from "../errors.ts";
import { type Access, AccessRecorder, type ConnectionRole } from "./access.ts";
import { multiRowSql } from "./multi_row.ts";
import { findPlaceholders } from "./placeholders.ts";

/** A prepared statement and what is known about it. */
export interface Prepared {
  readonly sql: string;
  readonly statement: StatementSync;
  readonly access: Access;
  /** Names of its placeholders in the order of their numbers, or null when it has only numbered ones. */
  readonly names: readonly string[] | null;
  /** Names of the result's columns; empty for a statement without a result. */
  readonly columns: readonly string[];
  /** True once a result held an integer that a number cannot hold. */
  wide: boolean;
  /** Set by the writer: the interned dirty set of this statement. */
  dirtyId: number;
  /** The same insert for several rows at once, by its text; made when first asked for. */
  readonly multiRow: Map<string, StatementSync>;
}

interface ReturnsArrays {
  setReturnArrays(enabled: boolean): void;
}

/** A cache of prepared statements, least recently used first out. */
export class Statements {
  readonly #db: DatabaseSync;
  readonly #capacity: number;
  readonly #bySql = new Map<string, Prepared>();
  readonly recorder: AccessRecorder;

  constructor(db: DatabaseSync, role: ConnectionRole, capacity: number) {
    this.#db = db;
    this.#capacity = capacity;
    this.recorder = new AccessRecorder(db, role);
  }

  /** The statement for this SQL, prepared now or earlier. */
  prepare(verb: Verb, sql: string): Prepared {
    const known = this.#bySql.get(sql);
    if (known !== undefined) {
      if (this.#bySql.size > this.#capacity / 2) {
        this.#bySql.delete(sql);
        this.#bySql.set(sql, known);
      }
      return known;
    }
    // An empty statement has no program; asking the binding about it crashes the process (Deno 2.9.6).
    if (isBlank(sql)) throw misuse(verb, "the SQL must hold one statement, it is empty", sql);
    const compile = () => this.recorder.record(verb, sql, () => this.#db.prepare(sql));
    let { made: statement, access } = compile();
    if (!isBlank(sql.slice(statement.sourceSQL.length))) {
      throw misuse(
        verb,
        `the SQL must hold one statement, another one follows "${statement.sourceSQL}"`,
        sql,
      );
    }
    const columns = statement.columns().map((column) => column.name);
    // Some virtual tables, when a connection first meets them, compile writes of their own: the second time tells what is the
    // statement's.
    if (columns.length > 0 && access.writes.size > 0) ({ made: statement, access } = compile());
    // The types that come with Deno 2.9.6 lack this method.
    if (columns.length > 0) (statement as unknown as ReturnsArrays).setReturnArrays(true);
    const { names } = findPlaceholders(sql);
    // `:a` and `$a` are two names: without the prefix they would be one.
    if (names.length > 0) statement.setAllowBareNamedParameters(false);
    const prepared: Prepared = {
      sql,
      statement,
      access,
      names: names.length > 0 ? names : null,
      columns,
      wide: false,
      dirtyId: -1,
      multiRow: new Map(),
    };
    if (this.#bySql.size >= this.#capacity) this.#bySql.delete(this.#bySql.keys().next().value!);
    // A change of schema may change what the same text means, and is rare: not kept.
    if (!access.schemaChange) this.#bySql.set(sql, prepared);
    return prepared;
  }

  /** The statement that inserts `rowCount` rows of `width` params in one step, or null when it must go row by row. */
  multiRow(prepared: Prepared, width: number, rowCount: number): StatementSync | null {
    // A trigger may look at what the rows before have done.
    if (prepared.access.triggerWrites) return null;
    const sql = multiRowSql(prepared.sql, width, rowCount);
    if (sql === null) return null;
    let statement = prepared.multiRow.get(sql);
    if (statement === undefined) {
      statement = this.recorder.ignore(() => this.#db.prepare(sql));
      prepared.multiRow.set(sql, statement);
    }
    return statement;
  }

  /** Forgets everything; what was known about the statements no longer holds. */
  clear(): void {
    this.#bySql.clear();
  }
}

/** True when the text holds no statement: white space, semicolons and comments only. */
export function isBlank(sql: string): boolean {
  let at = 0;
  while (at < sql.length) {
    const char = sql[at]!;
    if (char === ";" || char === " " || char === "\n" || char === "\t" || char === "\r" || char === "\f") {
      at++;
    } else if (sql.startsWith("--", at)) {
      const end = sql.indexOf("\n", at);
      if (end < 0) return true;
      at = end + 1;
    } else if (sql.startsWith("/*", at)) {
      const end = sql.indexOf("*/", at + 2);
      if (end < 0) return true;
      at = end + 2;
    } else return false;
  }
  return true;
}
