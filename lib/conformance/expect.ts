/** Comparisons whose messages fit on one line. */
import type { Row, Value } from "../model/value.ts";

const SHOWN_CHARS = 240;

/** Throws when the rows are not exactly these, in this order. Prototypes and the order of columns do not count. */
export function expectRows(actual: readonly Row[], expected: readonly Row[], what: string): void {
  if (sameRows(actual, expected)) return;
  throw new Error(`${what}: expected ${shown(expected)}, got ${shown(actual)}`);
}

/** Throws unless the condition holds. */
export function expectThat(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** Whether two results have the same rows in the same order. */
export function sameRows(a: readonly Row[], b: readonly Row[]): boolean {
  return a.length === b.length && a.every((row, index) => textOf(row) === textOf(b[index]!));
}

/** Rows as text for a message, cut where it becomes long. */
export function shown(rows: readonly Row[] | undefined): string {
  if (rows === undefined) return "nothing";
  const text = `[${rows.map(textOf).join(", ")}]`;
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}... (${rows.length} rows)`;
}

function textOf(row: Row): string {
  const columns = Object.keys(row).sort().map((column) => [column, plain(row[column])]);
  return JSON.stringify(Object.fromEntries(columns));
}

/** A form that tells apart what JSON would not: undefined from NULL, text from numbers beyond 53 bits. */
function plain(value: Value | undefined): unknown {
  if (value === undefined) return { undefined: true };
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : { bigint: String(value) };
  }
  if (value instanceof Uint8Array) return { bytes: [...value] };
  return Object.is(value, -0) ? 0 : value;
}
