/**
 * Prepared statements of one connection, kept by SQL text with what the authorizer told about them.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type EngineError, misuse, type Verb } from "../errors.ts";
import { type Access, AccessRecorder, type ConnectionRole } from "./access.ts";
import type { SqlParam } from "../values.ts";
import { blankLength } from "./blank.ts";
import { explain, type Instruction } from "./explain.ts";
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
  /** Set by the writer: several rows of a batch may go in one step; null while unknown. */
  sharesSteps: boolean | null;
  /** Its program, when that is the same for all params and was asked for. */
  program: readonly Instruction[] | null;
  /** The same insert for several rows at once, by its text; made when first asked for. */
  readonly multiRow: Map<string, StatementSync>;
}

/** What SQLite says of a statement that it cannot compile. */
const SQLITE_ERROR = 1;

interface ReturnsArrays {
  setReturnArrays(enabled: boolean): void;
}

/** A cache of prepared statements, least recently used first out. */
export class Statements {
  readonly #db: DatabaseSync;
  readonly #capacity: number;
  readonly #role: ConnectionRole;
  readonly #bySql = new Map<string, Prepared>();
  readonly recorder: AccessRecorder;

  constructor(db: DatabaseSync, role: ConnectionRole, capacity: number) {
    this.#db = db;
    this.#capacity = capacity;
    this.#role = role;
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
    // The binding hands over the text up to there, in silence.
    if (sql.includes("\0")) throw nulRefused(verb, sql);
    // An empty statement has no program; asking the binding about it crashes the process (Deno 2.9.6).
    if (blankLength(sql) === sql.length) {
      throw misuse(verb, "the SQL must hold one statement, it is empty", sql);
    }
    const compile = () => this.#compile(verb, sql);
    let { made: statement, access } = compile();
    const rest = sql.slice(statement.sourceSQL.length);
    if (blankLength(rest) < rest.length) {
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
    // A rowid that a number cannot hold would come rounded.
    else if (this.#role === "writer") statement.setReadBigInts(true);
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
      sharesSteps: null,
      program: null,
      multiRow: new Map(),
    };
    if (this.#bySql.size >= this.#capacity) this.#bySql.delete(this.#bySql.keys().next().value!);
    // A change of schema may change what the same text means, and is rare: not kept.
    if (!access.schemaChange) this.#bySql.set(sql, prepared);
    return prepared;
  }

  /** The first statement of a text that is not blank; SQLite says where it ends. */
  first(verb: Verb, script: string): string {
    if (script.includes("\0")) throw nulRefused(verb, script);
    return this.#compile(verb, script).made.sourceSQL;
  }

  /**
   * Compiles for the schema that the file has now. SQLite compiles for the one that the connection read last, and finds out that
   * another connection has changed it when the statement runs, or misses a table by itself. When only a trigger misses one, the
   * error is final, although the trigger may be gone: so the schema is read again before an error is believed.
   */
  #compile(verb: Verb, sql: string): { readonly made: StatementSync; readonly access: Access } {
    const compile = () => this.recorder.record(verb, sql, () => this.#db.prepare(sql));
    try {
      return compile();
    } catch (error) {
      if ((error as { readonly errcode?: unknown }).errcode !== SQLITE_ERROR) throw error;
      this.recorder.ignore(() => this.#db.prepare("SELECT 1 FROM main.sqlite_schema LIMIT 1").get());
      return compile();
    }
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
      statement.setReadBigInts(true);
      prepared.multiRow.set(sql, statement);
    }
    return statement;
  }

  /**
   * The compiled program; null for a statement that is itself an EXPLAIN. It is kept unless SQLite compiles the statement for
   * the values of its params (`LIKE ?`; indexed comparisons after ANALYZE): whether it does depends on the text only, never on
   * the values.
   */
  program(prepared: Prepared, params: readonly SqlParam[]): readonly Instruction[] | null {
    if (prepared.program !== null) return prepared.program;
    const { recorder } = this;
    let compiledEvents = -1;
    const program = recorder.ignore(() =>
      explain(this.#db, prepared.sql, params, () => compiledEvents = recorder.events)
    );
    if (recorder.events === compiledEvents) prepared.program = program;
    return program;
  }

  /** Forgets everything; what was known about the statements no longer holds. */
  clear(): void {
    this.#bySql.clear();
    this.recorder.renew();
  }
}

function nulRefused(verb: Verb, sql: string): EngineError {
  return misuse(verb, "the SQL must not hold the character U+0000", sql);
}
