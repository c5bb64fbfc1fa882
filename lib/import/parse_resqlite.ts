/**
 * Reads resqlite's result markdown.
 *
 * In: the text of one file. Out: every number of every table that holds results, with its key, column, unit and line.
 * Columns are known by their heading, never by their position: the third number of a row is the main isolate's median in
 * some tables and a time per query in others. Sections that compare with an earlier run or summarize repeats repeat numbers
 * that are not this run's, with names cut short; nothing is taken from them. What looks like a result and cannot be read is
 * listed with its line.
 */
import type { ImportedRemark, ImportedResults, ImportedValue } from "./imported_results.ts";

/** What a file holds besides its name and digest. */
export type ParsedResqlite = Pick<
  ImportedResults,
  "settings" | "values" | "skippedSections" | "notUnderstood"
>;

interface Table {
  readonly columns: readonly string[];
  readonly line: number;
}

/** A number as a cell writes it. */
interface CellNumber {
  readonly value: number;
  readonly unit?: ImportedValue["unit"];
  readonly bound?: ImportedValue["bound"];
}

const FILE_TITLE = "resqlite Benchmark Results";
const NUMBER = String.raw`[-+]?\d[\d,]*(?:\.\d+)?`;
const PLAIN = new RegExp(`^${NUMBER}$`);
const WITH_UNIT = new RegExp(`^(${NUMBER})\\s*(ms|MB|KiB|%)$`);
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})$`);
const MARGIN = new RegExp(`^±\\s*(${NUMBER})$`);
const ABSENT = new Set(["", "-", "–", "—", "n/a", "N/A"]);

/** Parses a file. Never throws: what it cannot read it lists. */
export function parseResqlite(text: string): ParsedResqlite {
  const settings: { name: string; value: string }[] = [];
  const values: ImportedValue[] = [];
  const skippedSections: { title: string; line: number }[] = [];
  const notUnderstood: ImportedRemark[] = [];
  const lineOfKey = new Map<string, number>();
  let section = "";
  let subsection = "";
  let isSkipped = false;
  let isFenced = false;
  let table: Table | undefined;

  const refuse = (line: number, text: string, reason: string): void => {
    notUnderstood.push({ line, text: text.trim().slice(0, 200), reason });
  };
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const number = index + 1;
    const content = raw.trim();
    if (content.startsWith("```")) isFenced = !isFenced;
    if (isFenced || content.startsWith("```")) {
      table = undefined;
      continue;
    }
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(content);
    if (heading !== null) {
      table = undefined;
      const [, marks, title] = heading as unknown as [string, string, string];
      if (marks.length === 1) {
        if (title !== FILE_TITLE) refuse(number, raw, `the title of a file is "${FILE_TITLE}"`);
      } else if (marks.length === 2) {
        [section, subsection] = [title, ""];
        isSkipped = isComparison(title);
        if (isSkipped) skippedSections.push({ title, line: number });
      } else {
        subsection = title;
      }
      continue;
    }
    if (isSkipped) continue;
    if (section === "") {
      const setting = /^(?:[-*]\s+)?([A-Za-z][\w ./-]*):\s+(.+)$/.exec(content);
      if (setting !== null) {
        settings.push({ name: setting[1]!, value: setting[2]!.replace(/^`([^`]*)`$/, "$1") });
      } else if (content.startsWith("|")) refuse(number, raw, "a table belongs to a section");
      continue;
    }
    if (!content.startsWith("|")) {
      table = undefined;
      continue;
    }
    const cells = splitRow(content);
    if (table === undefined) {
      const isHead = isSeparator(splitRow(lines[index + 1]?.trim() ?? ""));
      if (isHead) table = { columns: cells, line: number };
      else refuse(number, raw, "a row must follow the head of its table");
      continue;
    }
    if (number === table.line + 1) continue;
    if (cells.length !== table.columns.length) {
      refuse(
        number,
        raw,
        `a row must have ${table.columns.length} cells as its head has: it has ${cells.length}`,
      );
      continue;
    }
    for (
      const value of rowValues({ section, subsection, columns: table.columns, cells, line: number }, refuse)
    ) {
      const key = JSON.stringify([value.key, value.column, value.bound]);
      const before = lineOfKey.get(key);
      if (before === undefined) {
        lineOfKey.set(key, number);
        values.push(value);
      } else {
        refuse(number, raw, `"${value.key}", ${value.column}, was already on line ${before}`);
      }
    }
  }
  return { settings, values, skippedSections, notUnderstood };
}

/** Sections about other runs or about repeats; their titles begin or end so in all versions of the format. */
function isComparison(title: string): boolean {
  return /^Repeat\b/.test(title) || /^Comparison\b|\bComparison(?: vs\b|$)/.test(title);
}

function splitRow(content: string): string[] {
  if (!content.startsWith("|")) return [];
  return content.replace(/^\|/, "").replace(/(?<!\\)\|$/, "").split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function isSeparator(cells: readonly string[]): boolean {
  return cells.length > 0 && cells.every((cell) => /^:?-{3,}:?$/.test(cell));
}

function rowValues(
  { section, subsection, columns, cells, line }: {
    readonly section: string;
    readonly subsection: string;
    readonly columns: readonly string[];
    readonly cells: readonly string[];
    readonly line: number;
  },
  refuse: (line: number, text: string, reason: string) => void,
): ImportedValue[] {
  const label = cells[0]!;
  if (label === "") {
    refuse(line, cells.join(" | "), "the first cell of a row must name it");
    return [];
  }
  // Old tables of this section have one row per number of readers; the source's history knows them by this name.
  const isReaders = section.includes("Concurrent Reads") && /^\d+$/.test(label);
  const isTiming = columns.includes("Wall med (ms)");
  const place = subsection === "" ? [section] : [section, subsection];
  return columns.flatMap((column, index): ImportedValue[] => {
    if (index === 0) return [];
    const numbers = parseCell(cells[index]!);
    if (numbers === undefined) {
      refuse(line, cells[index]!, `column "${column}" must hold a number`);
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
      unit: unit ?? (isReadersWall ? "ms" : columnUnit(column, label)),
      value,
      ...(bound === undefined ? {} : { bound }),
      line,
    }));
  });
}

/** Numbers of a cell; none where it says that there is none, `undefined` where it cannot be read. */
function parseCell(cell: string): CellNumber[] | undefined {
  const text = cell.replace(/^`(.*)`$|^\*\*(.*)\*\*$/, "$1$2");
  if (ABSENT.has(text)) return [];
  if (PLAIN.test(text)) return [{ value: toNumber(text) }];
  const withUnit = WITH_UNIT.exec(text);
  if (withUnit !== null) {
    const unit = withUnit[2] === "%" ? "percent" : withUnit[2] as "ms" | "MB" | "KiB";
    return [{ value: toNumber(withUnit[1]!), unit }];
  }
  const range = RANGE.exec(text);
  if (range !== null) {
    return [{ value: toNumber(range[1]!), bound: "lower" }, { value: toNumber(range[2]!), bound: "upper" }];
  }
  const margin = MARGIN.exec(text);
  return margin === null ? undefined : [{ value: toNumber(margin[1]!), bound: "margin" }];
}

function toNumber(text: string): number {
  return Number(text.replaceAll(",", ""));
}

function columnUnit(column: string, label: string): ImportedValue["unit"] {
  const stated = /\((ms|MB|KiB)\)/.exec(column)?.[1] as "ms" | "MB" | "KiB" | undefined;
  if (stated !== undefined) return stated;
  if (column.endsWith("%")) return "percent";
  return /\bqps\b/i.test(column) || (column === "Value" && /\bqps$/.test(label)) ? "per-second" : "";
}
