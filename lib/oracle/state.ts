/** What a query may show between two commits. */
import type { Row } from "../model/value.ts";
import { Digester } from "../protocol/digester.ts";
import { resultsEqual, rowsEqual } from "./value_equality.ts";

/**
 * The true result of a query.
 *
 * Where the query leaves the order open, `rows` is one possible result, ordered by primary key among tied rows,
 * and `ties` says what else is right.
 */
export interface State {
  /** In order. */
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

/** Digests of the rows of a state, and of all rows that its last run may be made of. */
export interface StateDigests {
  readonly rows: Float64Array;
  /** Absent unless the limit leaves out some rows of the last run. */
  readonly lastRun?: Float64Array;
}

/** As {@link acceptsRows}, for a result of which only the digests of its rows are known. */
export function acceptsDigests(state: State, truth: StateDigests, shown: ArrayLike<number>): boolean {
  const count = truth.rows.length;
  if (shown.length !== count) return false;
  const starts = state.ties?.starts ?? Array.from(truth.rows, (_, index) => index);
  return starts.every((start, i) => {
    const end = starts[i + 1] ?? count;
    const isLast = i === starts.length - 1;
    const candidates = isLast && truth.lastRun !== undefined
      ? truth.lastRun
      : truth.rows.subarray(start, end);
    return holdsAll(candidates, Array.from({ length: end - start }, (_, k) => shown[start + k]!));
  });
}

function holdsAll(candidates: Float64Array, shown: readonly number[]): boolean {
  if (candidates.length === 1 && shown.length === 1) return candidates[0] === shown[0];
  const left = new Map<number, number>();
  for (const digest of candidates) left.set(digest, (left.get(digest) ?? 0) + 1);
  return shown.every((digest) => {
    const count = left.get(digest) ?? 0;
    left.set(digest, count - 1);
    return count > 0;
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

/** Finds rows that may be equal; whoever finds one compares the rows themselves. */
const finder = new Digester({ a: 1, b: 2 });

/** Whether every row, as often as it occurs, is among the candidates. */
function containsAll(candidates: readonly Row[], rows: readonly Row[], columns: readonly string[]): boolean {
  if (candidates.length === rows.length && resultsEqual(candidates, rows, columns)) return true;
  const unused = new Map<number, Row[]>();
  for (const candidate of candidates) {
    const digest = finder.row(candidate, columns);
    const bucket = unused.get(digest);
    if (bucket === undefined) unused.set(digest, [candidate]);
    else bucket.push(candidate);
  }
  for (const row of rows) {
    const bucket = unused.get(finder.row(row, columns));
    const found = bucket?.findLastIndex((candidate) => rowsEqual(candidate, row, columns)) ?? -1;
    if (found < 0) return false;
    bucket!.splice(found, 1);
  }
  return true;
}
