/** When two values or rows count as the same, whatever library made them. */
import type { Row, Value } from "../model/value.ts";

/**
 * Whether two values are the same: numbers and bigints by numeric value, byte arrays by content, everything else
 * by identity. A missing column (`undefined`) equals nothing but itself.
 */
export function valuesEqual(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  // Loose equality between number and bigint compares numeric values without rounding either.
  if (typeof a === "bigint") return typeof b === "number" && a == b as unknown;
  if (typeof a === "number") return typeof b === "bigint" && a == b as unknown;
  return a instanceof Uint8Array && b instanceof Uint8Array && bytesEqual(a, b);
}

/** Whether `row` has exactly the given columns, in any order, with the values of `truth`. */
export function rowsEqual(truth: Row, row: Row, columns: readonly string[]): boolean {
  if (truth === row) return true;
  for (const column of columns) {
    if (!valuesEqual(truth[column], row[column])) return false;
  }
  // Columns nobody asked for are wrong, too. `truth` may itself be what a database delivered.
  return Object.keys(row).length === columns.length && Object.keys(truth).length === columns.length;
}

/** Whether two results have equal rows in the same order. */
export function resultsEqual(a: readonly Row[], b: readonly Row[], columns: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) {
    if (!rowsEqual(a[i]!, b[i]!, columns)) return false;
  }
  return true;
}

function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
