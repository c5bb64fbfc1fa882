/** What a statement does to the rows of its table. */
import type { UpsertStatement, WriteStatement } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import type { TableStore } from "./table_store.ts";

/** One row before and after a statement; one of them is absent for an insert or a delete. */
export interface RowChange {
  readonly table: string;
  readonly before?: Row;
  readonly after?: Row;
}

/**
 * Runs a statement once and appends what it changed.
 *
 * Throws a RangeError when a unique value is taken and a TypeError when a column that rejects NULL gets none: the
 * workload asks for something that every database refuses.
 */
export function applyWrite(
  store: TableStore,
  statement: WriteStatement,
  args: Args,
  changes: RowChange[],
): void {
  const change = (before: Row | undefined, after: Row | undefined): void => {
    store.replace(before, after);
    changes.push({
      table: store.table.name,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
  };
  switch (statement.kind) {
    case "insert":
      change(undefined, newRow(store, statement.columns, args));
      return;
    case "upsert": {
      const row = newRow(store, statement.columns, args);
      const conflicts = conflictingRows(store, statement, row);
      const [existing] = conflicts;
      if (statement.mode === "update" && existing !== undefined) {
        const others = statement.columns.filter((column) => column !== statement.conflictColumn);
        change(existing, changedRow(store, existing, others.map((column) => [column, row[column]!])));
        return;
      }
      for (const conflict of conflicts) change(conflict, undefined);
      change(undefined, row);
      return;
    }
    case "update": {
      // Arguments are taken by position: a new key may have the same parameter name as the old one.
      const key = requiredValue(store, statement.keyColumn, args[args.length - 1]);
      for (const row of [...store.equalTo(statement.keyColumn, key)]) {
        let argIndex = 0;
        const values = statement.set.map((assignment): [string, Value] => {
          const { column } = assignment;
          if ("increment" in assignment) return [column, increased(row[column]!, assignment.increment)];
          return [column, requiredValue(store, column, args[argIndex++])];
        });
        change(row, changedRow(store, row, values));
      }
      return;
    }
    case "delete": {
      const key = requiredValue(store, statement.keyColumn, args[0]);
      for (const row of [...store.equalTo(statement.keyColumn, key)]) change(row, undefined);
      return;
    }
  }
}

function newRow({ table, nextKey }: TableStore, columns: readonly string[], args: Args): Row {
  const row: Record<string, Value> = {};
  for (const { name, nullable } of table.columns) {
    const at = columns.indexOf(name);
    const value = at >= 0 ? args[at] : name === table.primaryKey && table.autoKey ? nextKey : null;
    if (value === undefined || (value === null && !nullable)) {
      throw new TypeError(
        `Cannot write to table "${table.name}" as "${name}" rejects NULL: current value is ${value}`,
      );
    }
    row[name] = value;
  }
  return row;
}

function changedRow({ table }: TableStore, row: Row, values: readonly (readonly [string, Value])[]): Row {
  for (const [column, value] of values) {
    const declared = table.columns.find((candidate) => candidate.name === column);
    if (declared === undefined || (value === null && !declared.nullable)) {
      throw new TypeError(
        `Cannot set "${column}" of table "${table.name}" as it must exist and may reject NULL: current value is ${value}`,
      );
    }
  }
  return { ...row, ...Object.fromEntries(values) };
}

/** `replace` gives way on every unique column as SQLite does, `update` looks at its conflict column only. */
function conflictingRows(store: TableStore, { mode, conflictColumn }: UpsertStatement, row: Row): Row[] {
  if (mode === "update") return [...store.equalTo(conflictColumn, row[conflictColumn]!)];
  const { columns, primaryKey } = store.table;
  const uniqueColumns = columns.filter((column) => column.unique || column.name === primaryKey);
  return [...new Set(uniqueColumns.flatMap(({ name }) => [...store.equalTo(name, row[name]!)]))];
}

function increased(value: Value, increment: number): Value {
  if (typeof value === "number") return value + increment;
  if (typeof value === "bigint") return value + BigInt(increment);
  if (value === null) return null;
  throw new TypeError(`Cannot increment a column as its value must be a number: current value is ${value}`);
}

function requiredValue({ table }: TableStore, column: string, value: Value | undefined): Value {
  if (value === undefined) {
    throw new TypeError(
      `Cannot write to table "${table.name}" as every parameter needs an argument: none for "${column}"`,
    );
  }
  return value;
}
