import type { Row } from "./value.ts";

/** What a column may hold. Text and integers cover all workloads. */
export type ColumnType = "integer" | "text" | "real" | "blob";

/** A column of a table. Every column holds one type. */
export interface Column {
  /** Unique within the table. */
  readonly name: string;
  /** What the column holds. */
  readonly type: ColumnType;
  /** Default is `false`: the column rejects NULL. */
  readonly nullable?: boolean;
  /** Default is `false`. A unique column is indexed and may be the conflict target of an upsert. */
  readonly unique?: boolean;
}

/** A secondary index, in column order. */
export interface Index {
  /** Unique within the database. */
  readonly name: string;
  /** First column first; ascending unless told otherwise. */
  readonly columns: readonly { readonly column: string; readonly descending?: boolean }[];
}

/** A table (SQL) or collection (documents) with one integer primary key. */
export interface Table {
  /** Unique within the database. */
  readonly name: string;
  /** Columns in declaration order, the primary key among them. */
  readonly columns: readonly Column[];
  /** Name of the primary key column. */
  readonly primaryKey: string;
  /**
   * Default is `false`: every insert brings its key. When `true`, inserts may omit the key and the database
   * assigns the largest key so far plus one, starting at 1.
   */
  readonly autoKey?: boolean;
  /** Besides those of the primary key and of unique columns. */
  readonly indexes: readonly Index[];
}

/**
 * Rows that a table holds before the first phase.
 *
 * Keys are dense: row `i` (counted from 0) has the primary key `firstKey + i`, so that a truth can be looked up
 * without being built. `row(i)` returns every column, the key included, even where the table assigns keys itself.
 */
export interface Seed {
  /** Name of the table. */
  readonly table: string;
  /** How many rows. */
  readonly rowCount: number;
  /** Key of row 0. */
  readonly firstKey: number;
  /** Row `index`, the same at every call. */
  readonly row: (index: number) => Row;
  /** Rows per batch handed to the session. */
  readonly batchSize: number;
}

/** Finds a declared table. Throws a RangeError that lists the declared names when there is none. */
export function tableNamed(tables: readonly Table[], name: string): Table {
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined) {
    const declared = tables.map((candidate) => `"${candidate.name}"`).join(", ");
    throw new RangeError(`Cannot find table "${name}": declared tables are ${declared}`);
  }
  return table;
}
