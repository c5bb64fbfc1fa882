/** Text that has to fit between the edges of a terminal. */

/** Spaces between two columns of a table. */
export const COLUMN_GAP = 2;

/**
 * Which columns of a table to draw below each other, as lists of column indexes, so that no part is wider than `width`.
 * Each part repeats the first `keyCount` columns, by which its rows are known. A column that does not fit beside the
 * keys gets a part of its own, which is then too wide.
 */
export function fitColumns(widths: readonly number[], keyCount: number, width: number): number[][] {
  const keys = widths.slice(0, keyCount).map((_, index) => index);
  const keyWidth = widths.slice(0, keyCount).reduce((sum, own) => sum + own + COLUMN_GAP, -COLUMN_GAP);
  const parts: number[][] = [];
  let used = Infinity;
  for (let index = keyCount; index < widths.length; index++) {
    const own = widths[index]! + COLUMN_GAP;
    if (used + own > width) {
      parts.push([...keys]);
      used = keyWidth;
    }
    parts.at(-1)!.push(index);
    used += own;
  }
  return parts.length === 0 ? [keys] : parts;
}

/**
 * Breaks text at spaces into lines of at most `width` characters, the lines after the first one indented by `indent`
 * spaces. Spaces at the beginning stay; a longer word stays whole. Without a width the text stays one line.
 */
export function wrapWords(text: string, width: number | undefined, indent = 0): string {
  if (width === undefined) return text;
  const lines: string[] = [];
  let line = "";
  for (const word of text.trimStart().split(" ")) {
    const isFirst = line === "";
    if (!isFirst && line.length + 1 + word.length > width) {
      lines.push(line);
      line = " ".repeat(indent) + word;
    } else {
      line = isFirst ? text.slice(0, text.length - text.trimStart().length) + word : `${line} ${word}`;
    }
  }
  return [...lines, line].join("\n");
}
