/** The parts of a markdown file with results: what is said before the first section, and its tables. */
import type { ImportedRemark, ImportedResults } from "./imported_results.ts";

/** A row with its place. */
export interface ResultRow {
  /** As many as the head has. */
  readonly cells: readonly string[];
  /** Counted from 1. */
  readonly line: number;
}

/** A table under its headings. */
export interface ResultTable {
  /** Heading of the second level; empty before the first one. */
  readonly section: string;
  /** Deeper heading; empty where there is none. */
  readonly subsection: string;
  /** From left to right. */
  readonly columns: readonly string[];
  /** From top to bottom. */
  readonly rows: readonly ResultRow[];
}

/** A file in parts. */
export interface MarkdownResults {
  /** The heading of the first level; empty where there is none. */
  readonly title: string;
  /** `name: value` before the first section. */
  readonly settings: ImportedResults["settings"];
  /** In order. */
  readonly tables: readonly ResultTable[];
  /** Headings of the second level, in order. */
  readonly sections: readonly { readonly title: string; readonly line: number }[];
  /** Lines that look like part of a table and are none. */
  readonly refused: readonly ImportedRemark[];
}

/** A remark about a line. Long lines are cut. */
export function remark(line: number, text: string, reason: string): ImportedRemark {
  return { line, text: text.trim().slice(0, 200), reason };
}

/** Takes a file apart. Never throws. */
export function readMarkdownResults(text: string): MarkdownResults {
  const settings: { name: string; value: string }[] = [];
  const tables: { section: string; subsection: string; columns: string[]; rows: ResultRow[] }[] = [];
  const sections: { title: string; line: number }[] = [];
  const refused: ImportedRemark[] = [];
  let [title, section, subsection] = ["", "", ""];
  let isFenced = false;
  let open: { readonly table: (typeof tables)[number]; readonly line: number } | undefined;

  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const number = index + 1;
    const content = raw.trim();
    const isFence = content.startsWith("```");
    if (isFence) isFenced = !isFenced;
    if (isFenced || isFence) {
      open = undefined;
      continue;
    }
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(content);
    if (heading !== null) {
      open = undefined;
      const [, marks, name] = heading as unknown as [string, string, string];
      if (marks.length === 1) {
        if (title === "") title = name;
        else refused.push(remark(number, raw, `a file has one title: "${title}" came before`));
      } else if (marks.length === 2) {
        [section, subsection] = [name, ""];
        sections.push({ title: name, line: number });
      } else subsection = name;
      continue;
    }
    if (!content.startsWith("|")) {
      open = undefined;
      const setting = section === "" ? /^(?:[-*]\s+)?([A-Za-z][\w ./-]*):\s+(.+)$/.exec(content) : null;
      if (setting !== null) {
        settings.push({ name: setting[1]!, value: setting[2]!.replace(/^`([^`]*)`$/, "$1") });
      }
      continue;
    }
    const cells = splitRow(content);
    if (open === undefined) {
      if (!isSeparator(splitRow(lines[index + 1]?.trim() ?? ""))) {
        refused.push(remark(number, raw, "a row must follow the head of its table"));
        continue;
      }
      open = { table: { section, subsection, columns: cells, rows: [] }, line: number };
      tables.push(open.table);
      continue;
    }
    if (number === open.line + 1) continue;
    const { table } = open;
    if (cells.length === table.columns.length) table.rows.push({ cells, line: number });
    else {
      refused.push(
        remark(
          number,
          raw,
          `a row must have ${table.columns.length} cells as its head has: it has ${cells.length}`,
        ),
      );
    }
  }
  return { title, settings, tables, sections, refused };
}

function splitRow(content: string): string[] {
  if (!content.startsWith("|")) return [];
  return content.replace(/^\|/, "").replace(/(?<!\\)\|$/, "").split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function isSeparator(cells: readonly string[]): boolean {
  return cells.length > 0 && cells.every((cell) => /^:?-{3,}:?$/.test(cell));
}
