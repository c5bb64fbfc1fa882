import { type Query, unqualified } from "../model/statement.ts";

/** Names of the columns of a query's result, in the order in which they are digested. */
export function resultColumns(query: Query): readonly string[] {
  return query.kind === "count" ? [query.as] : query.columns.map(unqualified);
}
