/** Where a stored text leaves the expected one. */
export interface TextDifference {
  /** Counts from 1, in the stored text. */
  readonly line: number;
  /** Both sides of that line, cut to where they differ. */
  readonly text: string;
}

/** Characters of a line that are shown, and how many of them come before the difference. */
const SHOWN_LENGTH = 60;
const SHOWN_BEFORE = 20;

/** The first line that differs, or `undefined` when both texts are the same. */
export function firstDifference(stored: string, expected: string): TextDifference | undefined {
  if (stored === expected) return undefined;
  const [left, right] = [stored.split("\n"), expected.split("\n")];
  const differs = left.findIndex((line, index) => line !== right[index]);
  // Equal as far as the stored text goes: it lacks the next line, and its last one is as near as there is.
  const index = differs === -1 ? left.length : differs;
  const column = firstColumn(left[index] ?? "", right[index] ?? "");
  const text = `it has ${excerpt(left[index], column)}, expected ${excerpt(right[index], column)}`;
  return { line: Math.min(index + 1, left.length), text };
}

function firstColumn(a: string, b: string): number {
  let column = 0;
  while (column < a.length && a[column] === b[column]) column++;
  return column;
}

function excerpt(line: string | undefined, column: number): string {
  if (line === undefined) return "no such line";
  const start = column < SHOWN_LENGTH ? 0 : column - SHOWN_BEFORE;
  const end = start + SHOWN_LENGTH;
  return JSON.stringify(`${start > 0 ? "…" : ""}${line.slice(start, end)}${line.length > end ? "…" : ""}`);
}
