/** What a query may show between two commits. */
import type { Row } from "../model/value.ts";
import { digestRow } from "./result_digest.ts";
import { resultsEqual, rowsEqual } from "./value_equality.ts";

/**
 * The true result of a query.
 *
 * Where the query leaves the order open, `rows` is one possible result, ordered by primary key among tied rows,
 * and `ties` says what else is right.
 */
export interface State {
  readonly rows: readonly Row[];
  /** Absent when the rows have one right order. */
  readonly ties?: Ties;
}

/** Freedom that a query without total order leaves to the database. */
export interface Ties {
  /** Where each run of tied rows starts, ascending from 0. Rows of one run may come in any order. */
  readonly starts: readonly number[];
  /** All rows that tie with the last run, when the limit leaves out some of them: any of them may be shown. */
  readonly lastRun?: readonly Row[];
}

/** Whether a database that shows `rows` shows this state. */
export function acceptsRows(state: State, rows: readonly Row[], columns: readonly string[]): boolean {
  if (rows.length !== state.rows.length) return false;
  if (state.ties === undefined) return resultsEqual(state.rows, rows, columns);
  const { starts, lastRun } = state.ties;
  return starts.every((start, i) => {
    const end = starts[i + 1] ?? state.rows.length;
    const isLast = i === starts.length - 1;
    const candidates = isLast && lastRun !== undefined ? lastRun : state.rows.slice(start, end);
    return containsAll(candidates, rows.slice(start, end), columns);
  });
}

/** Whether two states accept the same results. */
export function statesEqual(a: State, b: State, columns: readonly string[]): boolean {
  if (a === b) return true;
  if (a.ties === undefined || b.ties === undefined) {
    return a.ties === b.ties && resultsEqual(a.rows, b.rows, columns);
  }
  const startsB = b.ties.starts;
  if (a.ties.starts.length !== startsB.length) return false;
  if (!a.ties.starts.every((start, i) => start === startsB[i])) return false;
  const { lastRun: lastA } = a.ties;
  const { lastRun: lastB } = b.ties;
  if (lastA?.length !== lastB?.length) return false;
  if (lastA !== undefined && !containsAll(lastA, lastB!, columns)) return false;
  return acceptsRows(a, b.rows, columns);
}

/** Whether every row, as often as it occurs, is among the candidates. */
function containsAll(candidates: readonly Row[], rows: readonly Row[], columns: readonly string[]): boolean {
  if (candidates.length === rows.length && resultsEqual(candidates, rows, columns)) return true;
  const unused = new Map<number, Row[]>();
  for (const candidate of candidates) {
    const digest = digestRow(candidate, columns);
    const bucket = unused.get(digest);
    if (bucket === undefined) unused.set(digest, [candidate]);
    else bucket.push(candidate);
  }
  for (const row of rows) {
    const bucket = unused.get(digestRow(row, columns));
    const found = bucket?.findLastIndex((candidate) => rowsEqual(candidate, row, columns)) ?? -1;
    if (found < 0) return false;
    bucket!.splice(found, 1);
  }
  return true;
}
