/** Tables and the statements that most workloads run on them, in the words of the workload. */
import {
  type Column,
  type Index,
  insert,
  type InsertStatement,
  type Row,
  type Seed,
  select,
  type SelectQuery,
  type Table,
  update,
  type UpdateStatement,
} from "../lib/model/mod.ts";

/** What a column holds, with what else there is to say of it. */
type ColumnDraft = Column["type"] | Omit<Column, "name">;

/** A table whose first column is its key. Indexes are named with their columns; `-` before one is descending. */
export function table(
  name: string,
  columns: Readonly<Record<string, ColumnDraft>>,
  { autoKey, indexes = {} }: {
    readonly autoKey?: boolean;
    readonly indexes?: Readonly<Record<string, readonly string[]>>;
  } = {},
): Table {
  const named = Object.entries(columns).map(([column, draft]): Column => ({
    name: column,
    ...(typeof draft === "string" ? { type: draft } : draft),
  }));
  return {
    name,
    columns: named,
    primaryKey: named[0]!.name,
    ...(autoKey === undefined ? {} : { autoKey }),
    indexes: Object.entries(indexes).map(([index, terms]): Index => ({
      name: index,
      columns: terms.map((term) =>
        term.startsWith("-") ? { column: term.slice(1), descending: true } : { column: term }
      ),
    })),
  };
}

/** Names of all columns. */
export function columnsOf({ columns }: Table): string[] {
  return columns.map(({ name }) => name);
}

/** The row with a key; all columns unless some are named. */
export function byKey(table: Table, columns: readonly string[] = columnsOf(table)): SelectQuery {
  return byColumn(table, table.primaryKey, columns, []);
}

/** Rows that have a value in a column, ordered by key. */
export function byColumn(
  table: Table,
  column: string,
  columns: readonly string[] = columnsOf(table),
  orderBy: SelectQuery["orderBy"] = keyOrder(table),
): SelectQuery {
  return select({
    table: table.name,
    columns,
    where: [{ kind: "equal", column, operand: { param: column } }],
    orderBy,
  });
}

/** Rows with `from <= column < below`, ordered by that column, which is the key unless it is named. */
export function inRange(
  table: Table,
  columns: readonly string[] = columnsOf(table),
  column: string = table.primaryKey,
): SelectQuery {
  return select({
    table: table.name,
    columns,
    where: [{ kind: "range", column, from: { param: "from" }, below: { param: "below" } }],
    orderBy: [{ column, descending: false }],
  });
}

/** All rows in the order of their keys. */
export function allRows(table: Table, columns: readonly string[] = columnsOf(table)): SelectQuery {
  return select({ table: table.name, columns, where: [], orderBy: keyOrder(table) });
}

/** Smallest key first. */
export function keyOrder({ primaryKey }: Table): SelectQuery["orderBy"] {
  return [{ column: primaryKey, descending: false }];
}

/** Sets columns of the row with a key, which is the last argument. */
export function setByKey(table: Table, ...columns: readonly string[]): UpdateStatement {
  return update({
    table: table.name,
    set: columns.map((column) => ({ column, param: column })),
    keyColumn: table.primaryKey,
  });
}

/** Inserts all columns, or those that are named. */
export function insertInto(table: Table, columns: readonly string[] = columnsOf(table)): InsertStatement {
  return insert({ table: table.name, columns });
}

/** Rows with dense keys from `firstKey` on, 1 if not told; in one batch if not told. */
export function seedOf(
  table: Table,
  rowCount: number,
  row: (index: number) => Row,
  { firstKey = 1, batchSize = rowCount }: { readonly firstKey?: number; readonly batchSize?: number } = {},
): Seed {
  return { table: table.name, rowCount, firstKey, row, batchSize };
}
