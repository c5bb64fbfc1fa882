import type { Table } from "../../model/schema.ts";
import {
  type Filter,
  filterOperands,
  type Operand,
  type Query,
  type SelectQuery,
  unqualified,
} from "../../model/statement.ts";
import type { Args, Value } from "../../model/value.ts";

/** The values of each condition's operands, conditions and operands in the order of the query. */
export function filterValues(query: Query, args: Args): Value[][] {
  let position = 0;
  const valueOf = (operand: Operand) => "param" in operand ? args[position++] ?? null : operand.value;
  return query.where.map((filter) => filterOperands(filter).map(valueOf));
}

/** A condition with the values of its operands. */
export interface BoundFilter {
  readonly filter: Filter;
  readonly values: readonly Value[];
}

/**
 * The conditions on the first table of a query: all of them unless it joins another one. A cursor ends before its first
 * NULL, behind which nothing compares; where that stands first, it stays.
 */
export function firstTableFilters(query: Query, args: Args): BoundFilter[] {
  const values = filterValues(query, args);
  return query.where.map((filter, index) => ({ filter, values: values[index]! }))
    .filter(({ filter }) => areOnFirstTable(query, filterColumns(filter)))
    .map(comparable);
}

function comparable(bound: BoundFilter): BoundFilter {
  const { filter, values } = bound;
  const end = values.indexOf(null);
  if (filter.kind !== "before" || end <= 0) return bound;
  const { columns, operands } = filter;
  return {
    filter: { ...filter, columns: columns.slice(0, end), operands: operands.slice(0, end) },
    values: values.slice(0, end),
  };
}

/**
 * Whether the conditions and the order of a query look at its first table only, so that a library may order and cut
 * that table before it is joined.
 */
export function decidesByFirstTable(query: SelectQuery): boolean {
  const columns = [...query.where.flatMap(filterColumns), ...query.orderBy.map(({ column }) => column)];
  return areOnFirstTable(query, columns);
}

function areOnFirstTable(query: Query, columns: readonly string[]): boolean {
  if (query.kind !== "select" || query.join === undefined) return true;
  return columns.every((column) => column.startsWith(`${query.as ?? query.table}.`));
}

function filterColumns(filter: Filter): readonly string[] {
  return filter.kind === "before" ? filter.columns : [filter.column];
}

/**
 * Whether a range or cursor of the query meets a column that may be NULL. Libraries that compare as JavaScript does, for
 * which null is below 1, then need a second look at what they found.
 */
export function comparesNullable(query: Query, table: Table): boolean {
  return query.where.some((filter) => {
    if (filter.kind === "equal") return false;
    return filterColumns(filter).some((column) =>
      table.columns.some(({ name, nullable }) => name === unqualified(column) && nullable)
    );
  });
}
