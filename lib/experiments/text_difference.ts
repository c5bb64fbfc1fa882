/** Where a stored text leaves the expected one. */
export interface TextDifference {
  /** Counts from 1, in the stored text. */
  readonly line: number;
  /** Both sides of that line, cut. */
  readonly text: string;
}

/** The first line that differs, or `undefined` when both texts are the same. */
export function firstDifference(stored: string, expected: string): TextDifference | undefined {
  if (stored === expected) return undefined;
  const [left, right] = [stored.split("\n"), expected.split("\n")];
  const differs = left.findIndex((line, index) => line !== right[index]);
  // Equal as far as the stored text goes: it lacks the next line, and its last one is as near as there is.
  const index = differs === -1 ? left.length : differs;
  const text = `it has ${excerpt(left[index])}, expected ${excerpt(right[index])}`;
  return { line: Math.min(index + 1, left.length), text };
}

function excerpt(line: string | undefined): string {
  if (line === undefined) return "no such line";
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 59)}…` : line);
}
