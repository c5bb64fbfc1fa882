import type { OrderTerm } from "../../model/statement.ts";
import { unqualified } from "../../model/statement.ts";
import type { Row } from "../../model/value.ts";
import { compileOrder } from "./document_query.ts";

/**
 * Finishes the order of rows that a library has sorted by the first term only, and cuts the result.
 *
 * Looks at no more rows than the limit needs: those up to it, and those behind it that tie with the last one.
 */
export function orderTies<R extends Row>(
  rows: readonly R[],
  orderBy: readonly OrderTerm[],
  limit: number | undefined,
): readonly R[] {
  const [first, ...others] = orderBy;
  if (first === undefined || others.length === 0) return limit === undefined ? rows : rows.slice(0, limit);
  const leading = unqualified(first.column);
  let end = Math.min(limit ?? rows.length, rows.length);
  if (end > 0) { while (end < rows.length && rows[end]![leading] === rows[end - 1]![leading]) end += 1; }
  const terms = orderBy.map((term) => ({ ...term, column: unqualified(term.column) }));
  return rows.slice(0, end).sort(compileOrder(terms)).slice(0, limit);
}
