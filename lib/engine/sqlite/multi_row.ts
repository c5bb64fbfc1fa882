/**
 * Several rows of a batch in one step.
 *
 * `INSERT ... VALUES (?, ?)` run for many rows costs more in going back and forth between JavaScript and SQLite than in the
 * insert itself. The same text with the list of values repeated inserts the same rows in the same order, and one call binds
 * and runs them all.
 *
 * Only a text of the plainest form is repeated: with placeholders as its only values no row can see what an earlier one of
 * the same step has done, which is the one thing that tells one step of many rows from many steps of one.
 *
 * @module
 */

const name = /(?:[A-Za-z_]\w*|"[^"]*"|`[^`]*`|\[[^\]]*\])/.source;
const form = new RegExp(
  String.raw`^(?<head>\s*(?:INSERT(?:\s+OR\s+[A-Z]+)?|REPLACE)\s+INTO\s*${name}(?:\s*\.\s*${name})?\s*` +
    String.raw`(?:\(\s*${name}(?:\s*,\s*${name})*\s*\)\s*)?VALUES\s*)(?<values>\(\s*\?(?:\s*,\s*\?)*\s*\))` +
    // A conflict clause may compute with the old and the new row, but neither take params nor look elsewhere.
    String.raw`(?<tail>\s*|\s+ON\s+CONFLICT\b(?:(?!\bSELECT\b|--|/\*)[^?:@$;'])*)$`,
  "i",
);

/** Beyond this many params in one step the step itself is what takes the time. */
const maxParams = 1024;

/**
 * Rows per step, most first; what is left of a batch goes row by row.
 *
 * A step of many rows may fail half-way, so that SQLite keeps the pages it changes in a statement journal, and writes them
 * out when they are many. Rows that go to the end of a table share their pages, and more of them would save a little more;
 * rows all over the table do not, and 64 of them cost more than they save (experiment 129).
 */
export const rowsPerStep = [16, 4] as const;

/**
 * The statement for `rowCount` rows of `width` params in one step, or null when it must go row by row.
 */
export function multiRowSql(sql: string, width: number, rowCount: number): string | null {
  if (width * rowCount > maxParams) return null;
  const groups = form.exec(sql.replace(/;\s*$/, ""))?.groups;
  if (groups === undefined) return null;
  const { head, values, tail } = groups as Record<"head" | "values" | "tail", string>;
  if (values.split("?").length - 1 !== width) return null;
  return head + Array<string>(rowCount).fill(values).join(", ") + tail;
}
