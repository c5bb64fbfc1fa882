import type { Row } from "../model/mod.ts";

/**
 * Looks at every value of every row, as a screen would, so that a library that decodes lazily pays for what it
 * delivers. Returns a number that depends on the values, which keeps the loop from being optimised away.
 */
export function consumeRows(rows: readonly Row[]): number {
  let seen = 0;
  for (const row of rows) {
    for (const column in row) {
      const value = row[column];
      if (typeof value === "number") seen += value;
      else if (typeof value === "string") seen += value.length;
      else seen += 1;
    }
  }
  return seen;
}
