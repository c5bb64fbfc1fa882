/**
 * Statements as a Postgres runs them: its dialect, bulk inserts from arrays, sequences that inserts have passed, integers
 * of 64 bits.
 */
import type { Table } from "../../model/schema.ts";
import { tableNamed } from "../../model/schema.ts";
import { toSql } from "../../model/sql.ts";
import type {
  InsertStatement,
  SqlStatement,
  Statement,
  UpsertStatement,
  WriteStatement,
} from "../../model/statement.ts";
import type { Args, Value } from "../../model/value.ts";
import type { Contents } from "./missing_tables.ts";

/** SQL and its arguments: one array per column. */
export interface BulkInsert {
  readonly sql: string;
  readonly columns: readonly (readonly Value[])[];
}

/** Object identifier of the type `bigint` in Postgres. */
export const INT8 = 20;

/** The value of a `bigint` from its text: a number where that holds it exactly, else a bigint. */
export function integerOf(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** The statements of one session; texts are written once per statement. */
export class PostgresStatements {
  readonly #tables: readonly Table[];
  readonly #sql = new WeakMap<Statement | SqlStatement, string>();
  readonly #bulkSql = new WeakMap<Statement, string>();
  /** Tables whose key sequence is behind the keys that inserts brought along. */
  readonly #staleSequences = new Set<string>();

  /** Nobody knows how far the keys of an existing database went: its sequences are stale. */
  constructor({ tables, database }: Contents) {
    this.#tables = tables;
    if (database === "new") return;
    for (const { name, autoKey } of tables) if (autoKey) this.#staleSequences.add(name);
  }

  /** The text of a statement. */
  sql(statement: Statement | SqlStatement): string {
    let sql = this.#sql.get(statement);
    if (sql === undefined) {
      sql = toSql(statement, "postgres", this.#tables);
      this.#sql.set(statement, sql);
    }
    return sql;
  }

  /** An insert or upsert of many rows as one statement. */
  bulkInsert(statement: InsertStatement | UpsertStatement, rows: readonly Args[]): BulkInsert {
    let sql = this.#bulkSql.get(statement);
    if (sql === undefined) {
      sql = bulkSql(statement, tableNamed(this.#tables, statement.table));
      this.#bulkSql.set(statement, sql);
    }
    const latest = statement.kind === "upsert" ? lastOfEachKey(statement, rows) : rows;
    return {
      sql,
      columns: statement.columns.map((_, index) => latest.map((args) => args[index] ?? null)),
    };
  }

  /**
   * The query to run before a statement that keeps a sequence ahead of the keys that were inserted past it, as after
   * any import into Postgres; mostly `undefined`.
   */
  sequenceRepair(statement: WriteStatement): string | undefined {
    if (statement.kind !== "insert" && statement.kind !== "upsert") return undefined;
    const { name, primaryKey, autoKey } = tableNamed(this.#tables, statement.table);
    if (!autoKey) return undefined;
    if (statement.columns.includes(primaryKey)) {
      this.#staleSequences.add(name);
      return undefined;
    }
    return this.#staleSequences.delete(name)
      ? `SELECT setval(pg_get_serial_sequence('${name}', '${primaryKey}'), max(${primaryKey})) FROM ${name}`
      : undefined;
  }
}

const ARRAY_TYPES = { integer: "bigint", text: "text", real: "double precision", blob: "bytea" } as const;

/** The same insert or upsert with one array per column. */
export function bulkSql(statement: InsertStatement | UpsertStatement, table: Table): string {
  const arrays = statement.columns.map((name, index) => {
    const column = table.columns.find((candidate) => candidate.name === name);
    return `$${index + 1}::${ARRAY_TYPES[column?.type ?? "integer"]}[]`;
  });
  return toSql(statement, "postgres").replace(
    /VALUES \([^)]*\)/,
    `SELECT * FROM unnest(${arrays.join(", ")})`,
  );
}

/**
 * Postgres refuses to upsert a key twice in one statement; the last row is what a sequence of upserts leaves. NULL
 * conflicts with nothing, so that all its rows stay.
 */
function lastOfEachKey(statement: UpsertStatement, rows: readonly Args[]): readonly Args[] {
  const position = statement.columns.indexOf(statement.conflictColumn);
  const latest = new Map(rows.map((args) => [args[position] ?? args, args]));
  return latest.size === rows.length ? rows : [...latest.values()];
}
