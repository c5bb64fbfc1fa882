/** Tables in a terminal: fitted to its width, the best values set off. */
import CliTable from "cli-table3";
import pc from "picocolors";
import { BARE_TABLE } from "./bare_table.ts";
import type { BarCharacters } from "./bar_chart.ts";
import { fitColumns, wrapWords } from "./fit_columns.ts";
import type { ReportTable, TableCell } from "./report_table.ts";
import { safeText } from "./safe_text.ts";

/** Stands behind the best value of a column; colour alone would be lost in a file and on some eyes. */
export const BEST_MARK = "*";

/** Longest text of one cell of a table. */
const LONGEST_CELL = 60;

/** How a terminal shows text. */
export interface TerminalStyle {
  /** Colours are seen there. */
  readonly isColored: boolean;
  /** Columns that everything is fitted into; absent where lines may be as long as they come. */
  readonly width?: number;
  /** With what bars are drawn; absent for no charts. */
  readonly bars?: BarCharacters;
}

/** How text is set off, and what it has to fit into. */
export interface Palette extends TerminalStyle {
  readonly strong: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** The palette of a style: colours where they are seen, else the plain text. */
export function paletteOf(style: TerminalStyle): Palette {
  const { bold, green, red, dim } = pc.createColors(style.isColored);
  return { ...style, strong: bold, good: green, bad: red, faint: dim };
}

/** Columns that are too many for the terminal follow below, the leading ones with names of rows repeated. */
export function drawTable(heading: string, { columns, rows, notes }: ReportTable, palette: Palette): string {
  const drawn = rows.map((row) => row.map(cellText));
  const widths = columns.map(({ title }, index) =>
    Math.max(safeText(title).length, ...drawn.map((row) => row[index]!.length))
  );
  const firstNumber = columns.findIndex(({ align }) => align === "right");
  const parts = palette.width === undefined
    ? [columns.map((_, index) => index)]
    : fitColumns(widths, firstNumber < 0 ? columns.length : firstNumber, palette.width);
  return [
    ...(heading === "" ? [] : [palette.strong(wrapWords(safeText(heading), palette.width, 2))]),
    ...parts.flatMap((part, index) => [
      ...(index === 0 ? [] : [""]),
      ...drawGrid(
        part.map((index) => safeText(columns[index]!.title)),
        part.map((index) => columns[index]!.align),
        rows.map((row, rowIndex) =>
          part.map((index) => {
            const text = drawn[rowIndex]![index]!;
            return row[index]!.isBest ? palette.good(text) : text;
          })
        ),
      ),
    ]),
    ...notes.map((note, index) =>
      palette.faint(wrapWords(`(${index + 1}) ${safeText(note)}`, palette.width, 4))
    ),
  ].join("\n");
}

function cellText({ text, isBest, notes }: TableCell): string {
  return `${safeText(text, LONGEST_CELL)}${isBest ? BEST_MARK : ""}${
    notes.map((note) => ` (${note})`).join("")
  }`;
}

export function drawGrid(
  head: readonly string[],
  colAligns: readonly ("left" | "right")[],
  rows: readonly (readonly string[])[],
): string[] {
  const grid = new CliTable({ ...BARE_TABLE, head: [...head], colAligns: [...colAligns] });
  for (const row of rows) grid.push([...row]);
  return grid.toString().split("\n").map((line) => line.trimEnd());
}
