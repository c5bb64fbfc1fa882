/** Words for what was shown and what would have been true. */
import type { BoundQuery, Operation } from "../model/workload.ts";
import type { Args, Row, Value } from "../model/value.ts";
import type { State } from "./state.ts";
import { rowsEqual, valuesEqual } from "./value_equality.ts";

const LONGEST_VALUE = 40;
const LONGEST_QUERY = 300;

/** The query and its arguments as one line. */
export function describeQuery({ query, args }: BoundQuery): string {
  const text = args.length === 0 ? query.sql : `${query.sql} with (${describeArgs(args)})`;
  return shorten(text, LONGEST_QUERY);
}

/** Arguments as one line; empty without any. */
export function describeArgs(args: Args): string {
  return shorten(args.map(describeValue).join(", "), LONGEST_QUERY);
}

/** The operation that made a state, or the start of the phase. */
export function describeMoment(operations: readonly Operation[], operation: number): string {
  const made = operations[operation];
  return made === undefined ? "the start of the phase" : `operation ${operation} ("${shorten(made.label)}")`;
}

/**
 * The first difference between what was shown and what is true, in the words "... where the truth has ...".
 * Rows count from 0. `rows` must not be accepted by `state`.
 */
export function describeDifference(state: State, rows: readonly Row[], columns: readonly string[]): string {
  const truth = state.rows;
  // Tied rows may come in another order, so a differing row is only evidence when the truth has no such row.
  const isKnown = (row: Row) =>
    state.ties !== undefined && truth.some((each) => rowsEqual(each, row, columns));
  for (let i = 0; i < Math.min(rows.length, truth.length); i += 1) {
    if (rowsEqual(truth[i]!, rows[i]!, columns) || isKnown(rows[i]!)) continue;
    return describeRow(i, truth[i]!, rows[i]!, columns);
  }
  if (rows.length !== truth.length) {
    const extra = rows[truth.length];
    const missing = truth[rows.length];
    const evidence = extra === undefined
      ? `; missing is ${describeFields(missing!)}`
      : `; extra is ${describeFields(extra)}`;
    return `${countRows(rows)} where the truth has ${countRows(truth)}${evidence}`;
  }
  return "the right rows in a wrong order or number";
}

function describeRow(index: number, truth: Row, row: Row, columns: readonly string[]): string {
  for (const column of columns) {
    const shown = row[column];
    if (valuesEqual(truth[column], shown)) continue;
    if (shown === undefined) {
      return `row ${index} without "${column}" where the truth has ${describeValue(truth[column]!)}`;
    }
    return `row ${index} with "${column}" ${describeValue(shown)} where the truth has ${
      describeValue(truth[column]!)
    }`;
  }
  const extra = Object.keys(row).filter((name) => !columns.includes(name));
  return `row ${index} with ${
    extra.map((name) => `"${shorten(name)}"`).join(", ")
  } where the truth has no such column`;
}

function describeFields(row: Row): string {
  const fields = Object.entries(row).slice(0, 3).map(([name, value]) => `${name} ${describeValue(value)}`);
  return shorten(fields.join(", "), 3 * LONGEST_VALUE);
}

function countRows(rows: readonly Row[]): string {
  return rows.length === 1 ? "1 row" : `${rows.length} rows`;
}

/** A value as text, cut short. */
export function describeValue(value: Value): string {
  if (typeof value === "string") return `"${shorten(value)}"`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return shorten(String(value));
}

function shorten(text: string, longest = LONGEST_VALUE): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 3)}...`;
}

/**
 * What is wrong with a table that was read as a whole. Rows may come in any order. `rows` is absent where only digests
 * were kept.
 */
export function describeTable(
  name: string,
  { rowCount, rows }: { readonly rowCount: number; readonly rows?: readonly Row[] },
  truth: readonly Row[],
  columns: readonly string[],
  when = "at the end",
): string {
  const subject = `The table "${shorten(name)}" ${when}`;
  if (rows !== undefined) {
    return `${subject} has ${describeDifference({ rows: truth, ties: { starts: [0] } }, rows, columns)}`;
  }
  return rowCount === truth.length
    ? `${subject} has ${countRows(truth)}, as many as the truth, and not the same`
    : `${subject} has ${rowCount} rows where the truth has ${countRows(truth)}`;
}
