/**
 * Repeats of a whole run. The body of such a file is its last repeat; medians, ranges and intervals over all of them stand in
 * a section of their own, under names that are cut when they are long, and with less digits.
 */
import { parseCell } from "./cell_number.ts";
import type { ImportedResults, ImportedValue } from "./imported_results.ts";
import type { ResultTable } from "./markdown_results.ts";

/** What repeats say of one key of the source's history. */
export interface RepeatRow {
  /** The key, or its beginning where `isCut`. */
  readonly name: string;
  /** Whether the name ends in an ellipsis. */
  readonly isCut: boolean;
  /** Median over the repeats. */
  readonly median: number;
  /** Digits after the point that the median was rounded to; absent where it is exact. */
  readonly digits?: number;
  /** Where the repeats lie; absent where the source does not say it. */
  readonly interval?: NonNullable<ImportedValue["interval"]>;
}

const ELLIPSIS = "...";

/** Rows of the section. Rows without a median are left out. */
export function readRepeats(tables: readonly ResultTable[]): RepeatRow[] {
  return tables.flatMap(({ columns, rows }) => {
    const at = (heading: RegExp): number => columns.findIndex((column) => heading.test(column));
    const [median, least, most, confident] = [at(/^Median\b/), at(/^Min\b/), at(/^Max\b/), at(/^95% CI\b/)];
    return rows.flatMap(({ cells }): RepeatRow[] => {
      const name = cells[0]!;
      const text = cells[median] ?? "";
      const value = parseCell(text)?.[0]?.value;
      if (value === undefined || name === "") return [];
      const numbers = (index: number): number[] =>
        (parseCell(cells[index] ?? "") ?? []).map((one) => one.value);
      const [lower, upper] = confident >= 0 ? numbers(confident) : [...numbers(least), ...numbers(most)];
      return [{
        name: name.endsWith(ELLIPSIS) ? name.slice(0, -ELLIPSIS.length) : name,
        isCut: name.endsWith(ELLIPSIS),
        median: value,
        digits: (/\.(\d+)/.exec(text)?.[1] ?? "").length,
        ...(lower === undefined || upper === undefined
          ? {}
          : { interval: { lower, upper, kind: confident >= 0 ? "confidence" as const : "range" as const } }),
      }];
    });
  });
}

/** Values with what repeats say of them, and how many rows could be told apart. */
export interface Repeated {
  /** All of them, in their order. */
  readonly values: ImportedValue[];
  /** How many rows there are, and to how many a value was found. */
  readonly count: NonNullable<ImportedResults["repeats"]>;
}

/**
 * Puts medians and intervals to the values that they are of. A row belongs to the metric whose key it has; a cut one to
 * the metric whose key begins so, is longer than what is shown (else it would not be cut), and has no row of its own.
 * Several rows that are cut to the same text stand in the order of their keys: they are told apart when there are as many
 * as keys, and each interval holds what the last repeat gave.
 */
export function withRepeats(values: readonly ImportedValue[], rows: readonly RepeatRow[]): Repeated {
  const followed = new Map(values.filter(({ isMetric }) => isMetric).map((value) => [value.key, value]));
  const keys = [...followed.keys()].sort(byCodeUnit);
  const whole = new Set(rows.filter(({ isCut }) => !isCut).map(({ name }) => name));
  const rowOf = new Map<string, RepeatRow>();
  for (const [name, own] of Map.groupBy(rows, ({ name, isCut }) => `${name}${isCut ? ELLIPSIS : ""}`)) {
    const { isCut } = own[0]!;
    const meant = isCut
      ? keys.filter((key) => key.startsWith(own[0]!.name) && key.length > name.length && !whole.has(key))
      : keys.filter((key) => key === name);
    const fits = own.length === 1 || own.every((row, index) => holds(row, followed.get(meant[index] ?? "")));
    if (meant.length !== own.length || !fits) continue;
    for (const [index, key] of meant.entries()) rowOf.set(key, own[index]!);
  }
  return {
    values: values.map((value) => {
      const row = value.isMetric ? rowOf.get(value.key) : undefined;
      return row === undefined ? value : repeatedValue(value, row);
    }),
    count: { rowCount: rows.length, takenCount: rowOf.size },
  };
}

/** Whether what the last repeat gave lies where the repeats do, as far as the digits tell. */
function holds({ interval, digits = 0 }: RepeatRow, value: ImportedValue | undefined): boolean {
  if (interval === undefined || value === undefined) return false;
  const step = 10 ** -digits;
  return value.value >= interval.lower - step && value.value <= interval.upper + step;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function repeatedValue(value: ImportedValue, { median, digits, interval }: RepeatRow): ImportedValue {
  // Where the last repeat agrees with the median to all digits that the table shows, its further digits are kept.
  const agrees = digits !== undefined && Number(value.value.toFixed(digits)) === median;
  return {
    ...value,
    ...(agrees ? {} : { value: median }),
    lastRepeat: value.value,
    ...(interval === undefined ? {} : { interval }),
  };
}
