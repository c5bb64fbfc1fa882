/**
 * The page's side of a live query: what the server pushes, in the form of the engine's `LiveQuery`.
 *
 * @module
 */

import type { LiveSource } from "./use_live_query.ts";

/** A live query of the server, by the name that it has there. One connection, open while somebody is subscribed. */
export function remoteQuery<T>(name: string): LiveSource<T> {
  const listeners = new Set<() => void>();
  let events: EventSource | undefined;
  let current: readonly T[] | undefined;
  let error: Error | undefined;
  const open = () => {
    const opened = new EventSource(`/live/${name}`);
    opened.onmessage = ({ data }) => {
      const message = JSON.parse(data) as { rows?: readonly T[]; error?: string };
      current = message.rows;
      error = message.error === undefined ? undefined : new Error(message.error);
      for (const tell of listeners) tell();
    };
    return opened;
  };
  return {
    get current() {
      return current;
    },
    get error() {
      return error;
    },
    subscribe: (onRows) => {
      const tell = () => onRows();
      listeners.add(tell);
      events ??= open();
      return () => {
        listeners.delete(tell);
        if (listeners.size > 0) return;
        events?.close();
        events = undefined;
      };
    },
  };
}
