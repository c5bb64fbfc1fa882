/**
 * A live join for libraries whose live queries read one collection, as their users build it: watch the rows, watch the
 * partners that they name, and combine. The two watches share no snapshot: where a library delivers them at different
 * times, a result may show a new row beside an old partner.
 */
import type { Observer, Subscription } from "../../model/adapter.ts";
import type { SelectQuery } from "../../model/statement.ts";
import { unqualified } from "../../model/statement.ts";
import type { Args, Awaitable, Row, Value } from "../../model/value.ts";
import { compileDocumentQuery } from "./document_query.ts";

/** Ends a watch that {@link JoinSources} started. */
export type Stop = () => Awaitable<void>;

/** The two live queries of a join. Both deliver the current documents at first, at once or later. */
export interface JoinSources {
  /** Watches the documents of the first table that fulfil the conditions on it. */
  readonly left: (deliver: (documents: readonly Row[]) => void) => Awaitable<Stop>;
  /** Watches the documents of the joined table with these primary keys. */
  readonly right: (keys: readonly Value[], deliver: (documents: readonly Row[]) => void) => Awaitable<Stop>;
}

/** Watches a query with a join. Delivers when both sides are known, and again whenever one of them changes. */
export async function watchJoin(
  query: SelectQuery,
  callerArgs: Args,
  observer: Observer,
  sources: JoinSources,
): Promise<Subscription> {
  const args = Array.from(callerArgs);
  const { join } = query;
  if (join === undefined) {
    throw new TypeError(`Cannot watch a join as the query must have one: "${query.sql}"`);
  }
  const [leftKey, rightKey] = [unqualified(join.left), unqualified(join.right)];
  const compiled = compileDocumentQuery(query);
  const matches = compiled.matcher(args);
  let left: readonly Row[] = [];
  let wanted = "";
  let partners: Map<Value, Row> | undefined;
  let isClosed = false;
  let stopRight: Awaitable<Stop> | undefined;

  const deliver = () => {
    if (isClosed || partners === undefined) return;
    const known = partners;
    observer.next(compiled.result(left, args, (key) => known.get(key)));
  };
  const stopLeft = await sources.left((documents) => {
    if (isClosed) return;
    // What a library cannot ask exactly, such as a cursor or a bound of a column with NULL, it answers too widely.
    left = documents.filter(matches);
    const keys = Array.from(new Set(left.map((document) => document[leftKey] ?? null))).sort();
    const changed = JSON.stringify(keys);
    if (partners !== undefined && changed === wanted) return deliver();
    wanted = changed;
    partners = undefined;
    const earlier = stopRight;
    stopRight = sources.right(keys, (found) => {
      if (wanted !== changed) return;
      partners = new Map(found.map((document) => [document[rightKey] ?? null, document]));
      deliver();
    });
    void stop(earlier);
  });
  return {
    close: async () => {
      isClosed = true;
      await stopLeft();
      await stop(stopRight);
    },
  };
}

async function stop(watch: Awaitable<Stop> | undefined): Promise<void> {
  await (await watch)?.();
}
