/** Markdown of a repository: where it is, and which parts of it are prose. */
import { join } from "node:path";

/** Folders that hold no pages of ours, or pages that are checked otherwise. */
const SKIPPED = new Set(["node_modules", "results", "drivers"]);

/** A page as it is stored. */
export interface MarkdownFile {
  /** Relative to the root, with `/`. */
  readonly file: string;
  /** The whole text. */
  readonly text: string;
}

/** All markdown below the root, by path; hidden folders, `node_modules`, `results` and `drivers` are left out. */
export function markdownFiles(root: string, folder = ""): MarkdownFile[] {
  const entries = [...Deno.readDirSync(join(root, folder))].sort((a, b) => a.name < b.name ? -1 : 1);
  return entries.flatMap(({ name, isDirectory, isFile }): MarkdownFile[] => {
    const file = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory) return name.startsWith(".") || SKIPPED.has(name) ? [] : markdownFiles(root, file);
    return isFile && name.endsWith(".md") ? [{ file, text: Deno.readTextFileSync(join(root, file)) }] : [];
  });
}

/** The lines of a page with everything in fences and back-ticks blanked out, so that columns and numbers stay. */
export function proseLines(text: string): string[] {
  let fence: string | undefined;
  return text.split("\n").map((line) => {
    const mark = /^\s{0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined && mark !== undefined) {
      fence = mark;
      return "";
    }
    if (fence === undefined) {
      return line.replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, (code) => " ".repeat(code.length));
    }
    if (mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length) fence = undefined;
    return "";
  });
}
