/** How tables of the workloads become documents in stores that have no columns and assign no keys. */
import type { Table } from "../../model/schema.ts";
import type { UpdateStatement } from "../../model/statement.ts";
import type { Args, Row, Value } from "../../model/value.ts";

/**
 * One table as a collection of documents.
 *
 * Documents are found by the primary key. Only where the database would assign that key and a unique column exists,
 * they are found by the unique column, as somebody who designs documents would do it: upserts name that column, and
 * nobody ever knows the assigned key. The key is still assigned here and kept in the document.
 */
export class DocumentTable {
  readonly table: Table;
  /** The column whose value identifies a document in the store. */
  readonly keyColumn: string;
  #nextKey = 1;

  constructor(table: Table) {
    this.table = table;
    const unique = table.autoKey ? table.columns.find((column) => column.unique) : undefined;
    this.keyColumn = unique?.name ?? table.primaryKey;
  }

  /** Goes on behind the highest key of rows that an earlier session left. */
  continueAfter(highestKey: number): void {
    if (highestKey >= this.#nextKey) this.#nextKey = highestKey + 1;
  }

  /**
   * A whole document from the arguments of an insert or upsert: columns in the table's order, absent ones NULL, and
   * the primary key assigned where the statement leaves that to the database.
   */
  document(columns: readonly string[], args: Args): Record<string, Value> {
    const document: Record<string, Value> = {};
    for (const { name } of this.table.columns) document[name] = null;
    for (const [index, column] of columns.entries()) document[column] = args[index] ?? null;
    const { primaryKey } = this.table;
    const given = document[primaryKey];
    if (given === null && this.table.autoKey) document[primaryKey] = this.#nextKey++;
    else if (typeof given === "number") this.continueAfter(given);
    return document;
  }
}

/** Columns with an index: keys, unique ones and the first of each declared index, for libraries that index one column. */
export function indexedColumns(table: Table): Set<string> {
  return new Set([
    table.primaryKey,
    ...table.columns.filter((column) => column.unique).map((column) => column.name),
    ...table.indexes.map((index) => index.columns[0]!.column),
  ]);
}

/** The columns that an upsert of mode `update` sets on a document that is there already. */
export function updatedColumns(
  columns: readonly string[],
  conflictColumn: string,
  args: Args,
): Record<string, Value> {
  const changes: Record<string, Value> = {};
  for (const [index, column] of columns.entries()) {
    if (column !== conflictColumn) changes[column] = args[index] ?? null;
  }
  return changes;
}

/** The columns that an update changes, with their new values; `current` is read for increments only. */
export function assignedColumns(statement: UpdateStatement, args: Args, current: Row): Record<string, Value> {
  const changes: Record<string, Value> = {};
  let position = 0;
  for (const assignment of statement.set) {
    changes[assignment.column] = "param" in assignment
      ? args[position++] ?? null
      : increased(current[assignment.column] ?? null, assignment.increment);
  }
  return changes;
}

/** The key that an update or delete names: its last argument. */
export function keyArgument(args: Args): Value {
  return args[args.length - 1] ?? null;
}

function increased(value: Value, increment: number): Value {
  return typeof value === "number" ? value + increment : null;
}
