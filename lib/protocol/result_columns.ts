import { append } from "./append.ts";
import { type Query, unqualified } from "../model/statement.ts";

const known = new WeakMap<Query, readonly string[]>();
const get = Function.prototype.call.bind(WeakMap.prototype.get) as (
  map: typeof known,
  query: Query,
) => readonly string[] | undefined;
const set = Function.prototype.call.bind(WeakMap.prototype.set) as (
  map: typeof known,
  query: Query,
  columns: readonly string[],
) => void;

/**
 * Names of the columns of a query's result, in the order in which they are digested. The same array for the same query,
 * by which a digester knows them again.
 */
export function resultColumns(query: Query): readonly string[] {
  const before = get(known, query);
  if (before !== undefined) return before;
  const names: string[] = [];
  if (query.kind !== "select") append(names, query.as);
  else {for (let index = 0; index < query.columns.length; index++) {
      append(names, unqualified(query.columns[index]!));
    }}
  set(known, query, names);
  return names;
}
