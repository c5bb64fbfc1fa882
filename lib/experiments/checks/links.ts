/** Relative links of all pages lead somewhere. */
import { dirname, join, relative } from "node:path";
import { type Fault } from "../sources/fault.ts";
import { type MarkdownFile, markdownFiles, proseLines } from "../pages/markdown_files.ts";
import type { Check } from "./check.ts";

/** Links of the repository's own pages. Addresses of the web are not looked at: that is a matter of the network. */
export const links: Check = {
  id: "links",
  title: "Relative links in markdown lead to files and headings that exist",
  run({ input: { root } }) {
    const files = markdownFiles(root);
    const anchors = new Map<string, ReadonlySet<string>>();
    const anchorsOf = (file: string): ReadonlySet<string> => {
      const known = anchors.get(file) ?? headingAnchors(Deno.readTextFileSync(join(root, file)));
      anchors.set(file, known);
      return known;
    };
    return files.flatMap((page) => linkFaults(root, page, anchorsOf));
  },
};

function linkFaults(
  root: string,
  { file, text }: MarkdownFile,
  anchorsOf: (file: string) => ReadonlySet<string>,
): Fault[] {
  return proseLines(text).flatMap((line, index) =>
    targetsIn(line).flatMap((target): Fault[] => {
      const message = linkFault(root, file, target, anchorsOf);
      return message === undefined ? [] : [{ rule: "link-dead", file, line: index + 1, message }];
    })
  );
}

/** Targets of `[text](target "title")`, `![image](target)` and `[label]: target`. */
function targetsIn(line: string): string[] {
  const inline = [
    ...line.matchAll(/\]\(\s*(?:<([^>]*)>|([^()\s]*(?:\([^()\s]*\)[^()\s]*)*))(?:\s+["'(][^)]*)?\)/g),
  ]
    .map(([, bracketed, plain]) => bracketed ?? plain ?? "");
  const reference = /^\s{0,3}\[[^\]^]+\]:\s+<?([^\s>]+)>?/.exec(line)?.[1];
  return reference === undefined ? inline : [...inline, reference];
}

function linkFault(
  root: string,
  file: string,
  target: string,
  anchorsOf: (file: string) => ReadonlySet<string>,
): string | undefined {
  // A scheme, or an address without one.
  if (/^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith("//")) return undefined;
  const [rawPath = "", rawAnchor] = target.split("#", 2);
  let path: string;
  try {
    path = decodeURIComponent(rawPath.split("?", 1)[0]!);
  } catch {
    return `a link must be valid: "${target}" has a broken escape`;
  }
  const full = path === ""
    ? join(root, file)
    : path.startsWith("/")
    ? join(root, path)
    : join(root, dirname(file), path);
  const inside = relative(root, full).replaceAll("\\", "/");
  if (inside.startsWith("..")) return `a link must stay inside the repository: "${target}" leaves it`;
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(full);
  } catch {
    return `a link must lead to a file: "${target}" does not`;
  }
  if (rawAnchor === undefined || rawAnchor === "" || !info.isFile || !inside.endsWith(".md")) {
    return undefined;
  }
  return anchorsOf(inside).has(rawAnchor.toLowerCase())
    ? undefined
    : `a link must lead to a heading that exists: "${target}" does not`;
}

/** Anchors as GitHub makes them: lower case, punctuation dropped, spaces as hyphens, repetitions numbered. */
export function headingAnchors(text: string): Set<string> {
  const anchors = new Set<string>();
  // Headings keep their code: only fences are no headings.
  const prose = proseLines(text);
  for (const [index, line] of text.split("\n").entries()) {
    for (const [, id] of line.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(id!.toLowerCase());
    const heading = prose[index] === "" ? undefined : /^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const base = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
    let anchor = base;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${base}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
