import type { Table } from "../../model/schema.ts";
import { filterOperands, type Operand, type Query, unqualified } from "../../model/statement.ts";
import type { Args, Value } from "../../model/value.ts";

/** The values of each condition's operands, conditions and operands in the order of the query. */
export function filterValues(query: Query, args: Args): Value[][] {
  let position = 0;
  const valueOf = (operand: Operand) => "param" in operand ? args[position++] ?? null : operand.value;
  return query.where.map((filter) => filterOperands(filter).map(valueOf));
}

/**
 * Whether a range or cursor of the query meets a column that may be NULL. Libraries that compare as JavaScript does, for
 * which null is below 1, then need a second look at what they found.
 */
export function comparesNullable(query: Query, table: Table): boolean {
  return query.where.some((filter) => {
    if (filter.kind === "equal") return false;
    const columns = filter.kind === "before" ? filter.columns : [filter.column];
    return columns.some((column) =>
      table.columns.some(({ name, nullable }) => name === unqualified(column) && nullable)
    );
  });
}
