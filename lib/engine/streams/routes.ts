/**
 * How commits find live queries, for people.
 *
 * @module
 */

import type { Dependencies, RowCondition } from "../protocol.ts";
import type { SqlParam } from "../values.ts";
import type { StreamEntry } from "./entry.ts";

/** How commits find one live query. */
export interface LiveRoute {
  /** The query. */
  readonly sql: string;
  /** Its params. */
  readonly params: readonly SqlParam[];
  /** In words: by which columns of which tables, and why not where it is by table. */
  readonly route: string;
}

/** Says it of one live query. */
export function describeRoute({ sql, params, dependencies }: StreamEntry): LiveRoute {
  return { sql, params, route: dependencies === null ? "not known yet" : describe(dependencies) };
}

function describe({ everything, tables, conditions, reason }: Dependencies): string {
  if (everything) return `every commit: ${reason}`;
  const byRow = conditions.map(({ table, any }) =>
    `"${table}" by ${any.map(describeCondition).join(" or ")}`
  );
  const rest = tables.length === conditions.length
    ? []
    : [`every change where there is no condition: ${reason}`];
  return [...byRow, ...rest].join("; ") || `the schema: ${reason || "it reads no table"}`;
}

function describeCondition({ column, equals, lower, upper }: RowCondition): string {
  if (equals !== null) return equals.length === 1 ? `${column} =` : `${column} in ${equals.length} values`;
  return `${column}${lower === null ? "" : " from"}${upper === null ? "" : " to"}`;
}
