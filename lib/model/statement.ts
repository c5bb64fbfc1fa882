/**
 * Statements are plain data. One logical form serves every system: SQL adapters run the `sql` text as it is,
 * document and collection adapters read the structured fields and use their own API.
 *
 * Constructors fill `params` (the order of the arguments, equal to the order of the `?` in the SQL) and `sql`
 * (SQLite's dialect). {@link toSql} gives the same statement in another dialect.
 */
import type { Value } from "./value.ts";
import { toSql } from "./sql.ts";

/** A value that is known when the statement is written, or a named parameter. */
export type Operand = { readonly param: string } | { readonly value: Value };

/** A condition. All conditions of a query hold together (AND). */
export type Filter =
  /** `column = operand` */
  | { readonly kind: "equal"; readonly column: string; readonly operand: Operand }
  /** `column >= from AND column < below`; either bound may be absent. */
  | { readonly kind: "range"; readonly column: string; readonly from?: Operand; readonly below?: Operand }
  /** `(columns) < (operands)` as SQL row values: the keyset cursor of a descending walk. */
  | { readonly kind: "before"; readonly columns: readonly string[]; readonly operands: readonly Operand[] };

/** One term of an ordering. */
export interface OrderTerm {
  /** Column of the first table, qualified by its alias with a join. */
  readonly column: string;
  /** Largest first. */
  readonly descending: boolean;
}

/** A many-to-one join: each row of `from` meets the one row of `table` whose primary key it names. */
export interface Join {
  /** The joined table. */
  readonly table: string;
  /** Alias of the joined table. */
  readonly as: string;
  /** Column of the first table, qualified by its alias. */
  readonly left: string;
  /** Column of the joined table, qualified by its alias. */
  readonly right: string;
}

/**
 * Rows of one table, perhaps joined, filtered, ordered and limited. Ordered queries are judged in order;
 * every query of the workloads has a total order or returns at most one row.
 */
export interface SelectQuery {
  /** Tells the statements apart. */
  readonly kind: "select";
  /** The table, or the first one of a join. */
  readonly table: string;
  /** Alias of the first table; only present with a join. */
  readonly as?: string;
  /** Columns of the result, qualified (`m.id`) with a join. The row's keys are the names without alias. */
  readonly columns: readonly string[];
  /** Absent for a query of one table. */
  readonly join?: Join;
  /** Conditions that hold together; empty for all rows. */
  readonly where: readonly Filter[];
  /** First term first; empty where at most one row fits. */
  readonly orderBy: readonly OrderTerm[];
  /** The most rows that are returned; absent for all. */
  readonly limit?: Operand;
  /**
   * Rows that are passed over before the first one; only with a limit. Asked only of adapters with SQL, and of those
   * that declare `offsets`.
   */
  readonly offset?: Operand;
  /** Names of the arguments, in the order of the placeholders. */
  readonly params: readonly string[];
  /** SQLite's text with `?` placeholders. */
  readonly sql: string;
}

/** The number of rows that fulfil the conditions: one row with one column named `as`. */
export interface CountQuery {
  /** Tells the statements apart. */
  readonly kind: "count";
  /** The table, or the first one of a join. */
  readonly table: string;
  /** Name of the only column. */
  readonly as: string;
  /** Conditions that hold together; empty for all rows. */
  readonly where: readonly Filter[];
  /** Names of the arguments, in the order of the placeholders. */
  readonly params: readonly string[];
  /** SQLite's text with `?` placeholders. */
  readonly sql: string;
}

/**
 * What a column of the rows that fulfil the conditions adds up to, 0 for none: one row with one column named `as`. Integer
 * columns that are never NULL, whose sum a double holds exactly.
 */
export interface SumQuery {
  /** Tells the statements apart. */
  readonly kind: "sum";
  /** The table. */
  readonly table: string;
  /** What is added up. */
  readonly column: string;
  /** Name of the only column of the result. */
  readonly as: string;
  /** Conditions that hold together; empty for all rows. */
  readonly where: readonly Filter[];
  /** Names of the arguments, in the order of the placeholders. */
  readonly params: readonly string[];
  /** SQLite's text with `?` placeholders. */
  readonly sql: string;
}

/** A query that can be read once or watched. */
export type Query = SelectQuery | CountQuery | SumQuery;

/** Adds one row. `columns` are also the parameter names. */
export interface InsertStatement {
  /** Tells the statements apart. */
  readonly kind: "insert";
  /** The table, or the first one of a join. */
  readonly table: string;
  /** Columns that are written, in the order of the arguments. */
  readonly columns: readonly string[];
  /** Names of the arguments, in the order of the placeholders. */
  readonly params: readonly string[];
  /** SQLite's text with `?` placeholders. */
  readonly sql: string;
}

/**
 * Adds one row, or changes the row that has the same value in `conflictColumn`.
 *
 * `replace` removes the old row first, so that a database-assigned key changes; `update` keeps the old row and
 * sets the other columns. Watched queries of the workloads do not see the difference.
 */
export interface UpsertStatement {
  /** Tells the statements apart. */
  readonly kind: "upsert";
  /** What happens to the row that is there. */
  readonly mode: "replace" | "update";
  /** The table, or the first one of a join. */
  readonly table: string;
  /** A unique column among `columns`. */
  readonly conflictColumn: string;
  /** Columns that are written, in the order of the arguments. */
  readonly columns: readonly string[];
  /** Names of the arguments, in the order of the placeholders. */
  readonly params: readonly string[];
  /** SQLite's text with `?` placeholders. */
  readonly sql: string;
}

/** A new value of a column: a parameter, or the old value plus a constant. */
export type Assignment =
  | { readonly column: string; readonly param: string }
  | { readonly column: string; readonly increment: number };

/** Changes columns of the one row with the given key; changes nothing when there is none. */
export interface UpdateStatement {
  /** Tells the statements apart. */
  readonly kind: "update";
  /** The table, or the first one of a join. */
  readonly table: string;
  /** Assignments in the order of their arguments. */
  readonly set: readonly Assignment[];
  /** The primary key; its value is the last argument. */
  readonly keyColumn: string;
  /** Names of the arguments, in the order of the placeholders. */
  readonly params: readonly string[];
  /** SQLite's text with `?` placeholders. */
  readonly sql: string;
}

/** Removes the one row with the given key; changes nothing when there is none. */
export interface DeleteStatement {
  /** Tells the statements apart. */
  readonly kind: "delete";
  /** The table, or the first one of a join. */
  readonly table: string;
  /** The primary key; its value is the last argument. */
  readonly keyColumn: string;
  /** Names of the arguments, in the order of the placeholders. */
  readonly params: readonly string[];
  /** SQLite's text with `?` placeholders. */
  readonly sql: string;
}

/** A statement that changes data; run alone it is one transaction. */
export type WriteStatement = InsertStatement | UpsertStatement | UpdateStatement | DeleteStatement;

/** Any statement. */
export type Statement = Query | WriteStatement;

/**
 * A query or a change in SQL's own words, for what the structured form cannot say. Only adapters whose capabilities say
 * `sql` are asked, and only by the conformance suite.
 */
export interface SqlStatement {
  /** Tells the statements apart. */
  readonly kind: "sql";
  /** The first of `tables`. */
  readonly table: string;
  /** Every table that it reads or changes, seen through views. */
  readonly tables: readonly string[];
  /** Columns of the result, one that tells its rows apart first; empty for a change. */
  readonly columns: readonly string[];
  /** Names of the arguments, in the order of the placeholders. */
  readonly params: readonly string[];
  /** SQLite's text with `?` placeholders. */
  readonly sql: string;
  /** Postgres's text with `$1` and up. */
  readonly postgres: string;
}

/** A {@link SqlStatement} to be. */
export interface SqlDraft {
  /** See {@link SqlStatement.tables}. */
  readonly tables: readonly string[];
  /** Default is none. */
  readonly columns?: readonly string[];
  /** Default is none. */
  readonly params?: readonly string[];
  /** SQLite's text with `?` placeholders. */
  readonly sqlite: string;
  /** Postgres's text, where numbering the placeholders is not enough. */
  readonly postgres?: string;
}

/** Builds a statement from its text. */
export function sqlStatement(draft: SqlDraft): SqlStatement {
  const { tables, columns = [], params = [], sqlite } = draft;
  let placeholderCount = 0;
  return {
    kind: "sql",
    table: tables[0]!,
    tables,
    columns,
    params,
    sql: sqlite,
    postgres: draft.postgres ?? sqlite.replaceAll("?", () => `$${++placeholderCount}`),
  };
}

/** The tables that a query reads. */
export function tablesOf(query: Query | SqlStatement): readonly string[] {
  if (query.kind === "sql") return query.tables;
  return query.kind === "select" && query.join ? [query.table, query.join.table] : [query.table];
}

/** A statement without what its constructor derives. */
export type Draft<S extends Statement> = Omit<S, "params" | "sql" | "kind">;

/** Builds a select. `params` is derived: filters first, in order, then the limit, then the offset. */
export function select(draft: Draft<SelectQuery>): SelectQuery {
  const statement = {
    kind: "select" as const,
    ...draft,
    params: queryParams(draft.where, draft.limit, draft.offset),
    sql: "",
  };
  return { ...statement, sql: toSql(statement, "sqlite") };
}

/** Builds a count. */
export function count(draft: Draft<CountQuery>): CountQuery {
  const statement = { kind: "count" as const, ...draft, params: queryParams(draft.where), sql: "" };
  return { ...statement, sql: toSql(statement, "sqlite") };
}

/** Builds a sum. */
export function sum(draft: Draft<SumQuery>): SumQuery {
  const statement = { kind: "sum" as const, ...draft, params: queryParams(draft.where), sql: "" };
  return { ...statement, sql: toSql(statement, "sqlite") };
}

/** Builds an insert of the given columns. */
export function insert(draft: Draft<InsertStatement>): InsertStatement {
  const statement = { kind: "insert" as const, ...draft, params: draft.columns, sql: "" };
  return { ...statement, sql: toSql(statement, "sqlite") };
}

/** Builds an upsert of the given columns. */
export function upsert(draft: Draft<UpsertStatement>): UpsertStatement {
  const statement = { kind: "upsert" as const, ...draft, params: draft.columns, sql: "" };
  return { ...statement, sql: toSql(statement, "sqlite") };
}

/** Builds an update by key. `params` are the assigned parameters in order, then the key column's name. */
export function update(draft: Draft<UpdateStatement>): UpdateStatement {
  const assigned = draft.set.flatMap((assignment) => "param" in assignment ? [assignment.param] : []);
  const statement = { kind: "update" as const, ...draft, params: [...assigned, draft.keyColumn], sql: "" };
  return { ...statement, sql: toSql(statement, "sqlite") };
}

/** Builds a delete by key. */
export function remove(draft: Draft<DeleteStatement>): DeleteStatement {
  const statement = { kind: "delete" as const, ...draft, params: [draft.keyColumn], sql: "" };
  return { ...statement, sql: toSql(statement, "sqlite") };
}

/** The column's name without its alias. */
export function unqualified(column: string): string {
  const dot = column.indexOf(".");
  return dot < 0 ? column : column.slice(dot + 1);
}

function queryParams(where: readonly Filter[], limit?: Operand, offset?: Operand): string[] {
  const operands = where.flatMap(filterOperands);
  if (limit !== undefined) operands.push(limit);
  if (offset !== undefined) operands.push(offset);
  return operands.flatMap((operand) => "param" in operand ? [operand.param] : []);
}

/** The operands of a filter in the order in which its SQL names them. */
export function filterOperands(filter: Filter): Operand[] {
  switch (filter.kind) {
    case "equal":
      return [filter.operand];
    case "range":
      return [filter.from, filter.below].filter((operand) => operand !== undefined);
    case "before":
      return [...filter.operands];
  }
}
