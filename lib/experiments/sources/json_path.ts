/** Places in JSON documents: how they are written, and the line that they are on. */
import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";

/** Keys and indexes from the root down. */
export type JsonPath = readonly (string | number)[];

/** `directions[0].keyPriors`; keys that are no plain words are quoted: `experiments["127"]`. */
export function jsonPathText(path: JsonPath): string {
  return path.map((step, index) => {
    if (typeof step === "number") return `[${step}]`;
    if (!/^[A-Za-z_]\w*$/.test(step)) return `[${JSON.stringify(step)}]`;
    return index === 0 ? step : `.${step}`;
  }).join("");
}

/**
 * The line, counted from 1, on which the value at `path` begins; where the path leaves the document, that of the
 * deepest value on the way. `text` must be JSON that parses. O(text.length).
 */
export function jsonLine(text: string, path: JsonPath): number {
  const root = treeOf(text);
  if (root === undefined) return 1;
  let deepest = root;
  for (let length = 1; length <= path.length; length++) {
    const found = findNodeAtLocation(root, path.slice(0, length));
    if (found === undefined) break;
    deepest = found;
  }
  return lineAt(text, deepest.offset);
}

/** A key that an object has had before: readers keep the last value and say nothing. */
export interface RepeatedKey {
  /** Where the last value stands. */
  readonly path: JsonPath;
  /** Line of the later key, counted from 1. */
  readonly line: number;
}

/** All keys that their object has twice, in the order of the document. `text` must be JSON that parses. */
export function repeatedKeys(text: string): RepeatedKey[] {
  const found: RepeatedKey[] = [];
  const visit = (node: Node, path: JsonPath): void => {
    const seen = new Set<string>();
    for (const [index, child] of (node.children ?? []).entries()) {
      const [key, value] = node.type === "object" ? child.children ?? [] : [undefined, child];
      const step = key === undefined ? index : String(key.value);
      if (key !== undefined && seen.has(String(step))) {
        found.push({ path: [...path, step], line: lineAt(text, key.offset) });
      }
      seen.add(String(step));
      if (value !== undefined) visit(value, [...path, step]);
    }
  };
  const root = treeOf(text);
  if (root !== undefined) visit(root, []);
  return found;
}

/** The line, counted from 1, of an offset in a text. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

let parsed: { readonly text: string; readonly root: Node | undefined } | undefined;

/** A broken map has many faults, all in the same text. */
function treeOf(text: string): Node | undefined {
  if (parsed?.text !== text) parsed = { text, root: parseTree(text) };
  return parsed.root;
}
