/**
 * A live query as a React hook, in twenty lines.
 *
 * @module
 */

// @ts-types="@types/react"
import { useCallback, useSyncExternalStore } from "react";

/** What the hook needs of a query: `LiveQuery` of the engine has it, and so has anything that stands in for one. */
export interface LiveSource<T> {
  readonly current: readonly T[] | undefined;
  readonly error: Error | undefined;
  readonly subscribe: (onRows: () => void, onError: () => void) => () => void;
}

/** Shows what the query shows: undefined before its first result. Throws its error, for the next error boundary. */
export function useLiveQuery<T>(query: LiveSource<T>): readonly T[] | undefined {
  const subscribe = useCallback((changed: () => void) => query.subscribe(changed, changed), [query]);
  const shown = useSyncExternalStore(subscribe, () => query.error ?? query.current);
  if (shown instanceof Error) throw shown;
  return shown;
}
