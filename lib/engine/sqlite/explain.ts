/**
 * The compiled program of a statement (EXPLAIN), and what it adds to the authorizer's word: the indexes that it walks. A
 * covering index can decide the order of rows without its columns being "read".
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { type SqlParam, type SqlValue, toBindable } from "../values.ts";
import { blankLength } from "./blank.ts";
import { bindingArguments, findPlaceholders } from "./placeholders.ts";
import type { Schema } from "./schema.ts";

/** One instruction of a compiled statement. */
export interface Instruction {
  readonly addr: number;
  readonly opcode: string;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  readonly p4: string | null;
  readonly p5: number;
}

/**
 * The program that SQLite compiles for this statement; null for one that is itself an EXPLAIN. `onCompiled` is called between
 * compiling it without the params and reading it, when SQLite may compile it once more for their values.
 */
export function explain(
  db: DatabaseSync,
  sql: string,
  params: readonly SqlParam[],
  onCompiled: () => void = () => {},
): Instruction[] | null {
  const text = sql.slice(blankLength(sql));
  if (/^EXPLAIN\b/i.test(text)) return null;
  const { names } = findPlaceholders(sql);
  const statement = db.prepare(`EXPLAIN ${text}`);
  if (names.length > 0) statement.setAllowBareNamedParameters(false);
  const bound = bindingArguments(names.length > 0 ? names : null, params.map(toBindable)) as SqlValue[];
  onCompiled();
  return statement.all(...bound) as unknown as Instruction[];
}

/** Tables and indexes whose b-trees the program opens; null when one of them is not known. */
export function openedIndexes(
  program: readonly Instruction[],
  schema: Schema,
): { readonly table: string; readonly index: string | null }[] | null {
  const opened: { table: string; index: string | null }[] = [];
  for (const step of program) {
    if (step.opcode === "VOpen" || step.opcode === "VFilter") continue;
    if (step.opcode !== "OpenRead" && step.opcode !== "ReopenIdx") continue;
    const root = step.p3 === 0 ? schema.root(step.p2) : undefined;
    if (root === undefined) return null;
    opened.push(root);
  }
  return opened;
}
