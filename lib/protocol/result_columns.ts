import { append } from "./append.ts";
import { type Query, unqualified } from "../model/statement.ts";

/** Names of the columns of a query's result, in the order in which they are digested. */
export function resultColumns(query: Query): readonly string[] {
  if (query.kind !== "select") return [query.as];
  const names: string[] = [];
  for (let index = 0; index < query.columns.length; index++) {
    append(names, unqualified(query.columns[index]!));
  }
  return names;
}
