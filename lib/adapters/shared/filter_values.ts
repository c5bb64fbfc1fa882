import { filterOperands, type Operand, type Query } from "../../model/statement.ts";
import type { Args, Value } from "../../model/value.ts";

/** The values of each condition's operands, conditions and operands in the order of the query. */
export function filterValues(query: Query, args: Args): Value[][] {
  let position = 0;
  const valueOf = (operand: Operand) => "param" in operand ? args[position++] ?? null : operand.value;
  return query.where.map((filter) => filterOperands(filter).map(valueOf));
}
