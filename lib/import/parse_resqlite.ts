/**
 * Reads resqlite's result markdown, and tables of the same kind in its experiment reports and profile aggregates.
 *
 * In: the text of one file. Out: every number of every table that holds results, with its key, column, unit and line.
 * Columns are known by their heading, never by their position: the third number of a row is the main isolate's median in
 * some tables and a time per query in others. Columns of words name their row. Sections that compare with an earlier run
 * hold numbers that are not this run's; nothing is taken from them. The section about repeats gives medians and
 * intervals to the values that it names (`repeat_stability.ts`). What looks like a result and cannot be read is listed with
 * its line.
 */
import { parseCell, statedUnit } from "./cell_number.ts";
import type { ImportedRemark, ImportedResults, ImportedValue } from "./imported_results.ts";
import { readMarkdownResults, remark, type ResultRow, type ResultTable } from "./markdown_results.ts";
import { readRepeats, withRepeats } from "./repeat_stability.ts";

/** What a file holds besides its name and digest. */
export type ParsedResqlite = Pick<
  ImportedResults,
  "settings" | "values" | "skippedSections" | "notUnderstood" | "repeats"
>;

const REPEAT_SECTION = "Repeat Stability";
/** Title of runs of the whole suite; reports of single experiments have their own. */
const SUITE_TITLE = "resqlite Benchmark Results";

/** Parses a file. Never throws: what it cannot read it lists. */
export function parseResqlite(text: string): ParsedResqlite {
  const { title, settings, tables, sections, refused } = readMarkdownResults(text);
  // "Counters" of one report are not the counters of another.
  const report = title === SUITE_TITLE || title === "" ? [] : [title];
  const skippedSections = sections.filter(({ title }) => isComparison(title));
  const skippedTitles = new Set(skippedSections.map(({ title }) => title));
  const values: ImportedValue[] = [];
  const remarks: ImportedRemark[] = refused.filter(({ line }) =>
    !skippedTitles.has(sectionAt(sections, line))
  );
  const lineOfKey = new Map<string, number>();
  for (const table of tables) {
    if (skippedTitles.has(table.section) || table.section === REPEAT_SECTION) continue;
    const section = [...report, table.section].filter((part) => part !== "").join(": ");
    for (const value of tableValues({ ...table, section }, remarks)) {
      const key = JSON.stringify([value.key, value.column, value.bound]);
      const before = lineOfKey.get(key);
      if (before === undefined) {
        lineOfKey.set(key, value.line!);
        values.push(value);
      } else {
        remarks.push(
          remark(value.line!, value.label, `"${value.key}", ${value.column}, was already on line ${before}`),
        );
      }
    }
  }
  const repeats = readRepeats(tables.filter(({ section }) => section === REPEAT_SECTION));
  const merged = withRepeats(values, repeats);
  return {
    settings,
    values: merged.values,
    skippedSections,
    notUnderstood: remarks.sort((a, b) => a.line - b.line),
    ...(repeats.length === 0 ? {} : { repeats: merged.count }),
  };
}

/** Sections about other runs; their titles begin or end so in all versions of the format. */
function isComparison(title: string): boolean {
  return /^Comparison\b|\bComparison(?: vs\b|$)/.test(title) || /^Repeat\b(?! Stability$)/.test(title);
}

function sectionAt(
  sections: readonly { readonly title: string; readonly line: number }[],
  line: number,
): string {
  return sections.findLast((one) => one.line <= line)?.title ?? "";
}

/** How a table is read. */
interface Reading {
  readonly table: ResultTable;
  /** Indexes of the columns that name a row: the first, and those of words. */
  readonly names: readonly number[];
  readonly isTiming: boolean;
}

function tableValues(
  { columns: headings, ...rest }: ResultTable,
  remarks: ImportedRemark[],
): ImportedValue[] {
  const columns = headings.map((heading, index) => {
    const count = headings.slice(0, index).filter((one) => one === heading).length;
    return count === 0 ? heading : `${heading} (${count + 1})`;
  });
  const table: ResultTable = { ...rest, columns };
  const { rows } = table;
  const names = columns.flatMap((column, index) =>
    index === 0 || (statedUnit(column) === undefined &&
        rows.length > 0 && rows.every(({ cells }) => parseCell(cells[index]!) === undefined))
      ? [index]
      : []
  );
  const reading: Reading = { table, names, isTiming: columns.includes("Wall med (ms)") };
  return rows.flatMap((row) => rowValues(reading, row, remarks));
}

function rowValues(
  { table: { section, subsection, columns }, names, isTiming }: Reading,
  { cells, line }: ResultRow,
  remarks: ImportedRemark[],
): ImportedValue[] {
  if (cells[0] === "") {
    remarks.push(remark(line, cells.join(" | "), "the first cell of a row must name it"));
    return [];
  }
  const label = names.map((index) => cells[index]!).join(" / ");
  // Old tables of this section have one row per number of readers; the source's history knows them by this name.
  const isReaders = section.includes("Concurrent Reads") && /^\d+$/.test(label);
  const place = [section, subsection].filter((part) => part !== "");
  return columns.flatMap((column, index): ImportedValue[] => {
    if (names.includes(index)) return [];
    const numbers = parseCell(cells[index]!);
    if (numbers === undefined) {
      remarks.push(remark(line, cells[index]!, `column "${column}" must hold a number`));
      return [];
    }
    const isMain = column === "Main med (ms)";
    const isReadersWall = isReaders && column === "resqlite wall";
    const key = [...place, isReadersWall ? `resqlite concurrent ${label}x` : label].join(" / ") +
      (isMain ? " [main]" : "");
    const isFollowed = isReadersWall || (label.startsWith("resqlite") &&
      ((isTiming && (isMain || column === "Wall med (ms)")) ||
        (column === "Value" && label.endsWith(" qps"))));
    return numbers.map(({ value, unit, bound }) => ({
      section,
      subsection,
      label,
      column,
      key,
      isMetric: isFollowed && bound === undefined,
      unit: unit ?? columnUnit(section, column, label),
      value,
      ...(bound === undefined ? {} : { bound }),
      line,
    }));
  });
}

/** Early tables of these sections say no unit; later forms of the same tables say milliseconds. */
const EARLY_TABLES = /^(?:Scaling|Concurrent Reads)\b/;
const EARLY_COLUMN = /(?: wall| main|\/query)$/;

/** The unit of a column: what its heading says, for columns of values what the row says. */
export function columnUnit(section: string, column: string, label: string): ImportedValue["unit"] {
  const stated = /\bqps\b/i.test(column) ? "per-second" : statedUnit(column);
  if (stated !== undefined) return stated;
  if (column === "Value") return statedUnit(label) ?? "";
  return EARLY_TABLES.test(section) && EARLY_COLUMN.test(column) ? "ms" : "";
}
