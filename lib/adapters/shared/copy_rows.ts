import type { Args } from "../../model/value.ts";

/**
 * Argument lists of one's own, for sessions that still read them after their method has returned a promise: by then the
 * caller may have filled its arrays with the next values.
 */
export function copyRows(rows: readonly Args[]): Args[] {
  return rows.map((args) => Array.from(args));
}
