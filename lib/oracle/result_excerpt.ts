/** The few rows and columns of a result in which what was shown differs from what is true. */
import type { Row } from "../model/value.ts";
import type { ResultExcerpt } from "../model/verdict.ts";
import { describeValue } from "./describe_difference.ts";
import type { State } from "./state.ts";
import { rowsEqual, valuesEqual } from "./value_equality.ts";

const MOST_ROWS = 3;
const MOST_COLUMNS = 4;

/** Which rows, by index, and which columns an excerpt is made of. */
export interface ResultFocus {
  readonly indexes: readonly number[];
  readonly columns: readonly string[];
}

/** The first places in which `rows` differ from a state, the first column always among the columns. */
export function focusOn(state: State, rows: readonly Row[], columns: readonly string[]): ResultFocus {
  const truth = state.rows;
  // Tied rows may come in another order: a row that the truth has somewhere tells nothing.
  const isKnown = (row: Row | undefined): boolean =>
    row !== undefined && state.ties !== undefined && truth.some((each) => rowsEqual(each, row, columns));
  const indexes: number[] = [];
  const differing = new Set<string>(columns.slice(0, 1));
  for (let index = 0; index < Math.max(rows.length, truth.length) && indexes.length < MOST_ROWS; index += 1) {
    const [expected, shown] = [truth[index], rows[index]];
    if (expected !== undefined && shown !== undefined && rowsEqual(expected, shown, columns)) continue;
    if (isKnown(shown)) continue;
    indexes.push(index);
    const extra = shown === undefined ? [] : Object.keys(shown).filter((name) => !columns.includes(name));
    for (const column of [...columns, ...extra]) {
      if (!valuesEqual(expected?.[column], shown?.[column])) differing.add(column);
    }
  }
  return { indexes, columns: [...differing].slice(0, MOST_COLUMNS) };
}

/** The rows of the focus as far as the result has them. */
export function excerptOf(rows: readonly Row[], { indexes, columns }: ResultFocus): ResultExcerpt {
  return {
    rowCount: rows.length,
    rows: indexes.filter((index) => index < rows.length).map((index) => {
      const fields = columns.filter((column) => rows[index]![column] !== undefined)
        .map((column) => `${column.slice(0, 40)} ${describeValue(rows[index]![column]!)}`);
      return `${index}: ${fields.join(", ")}`;
    }),
  };
}
