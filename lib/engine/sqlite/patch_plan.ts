/**
 * A proof, read from a query's compiled program, that its result follows from the rows of one table with one value in one column,
 * column by column and in the order of the rowids: so that a change of such a row changes one row of the result.
 *
 * Only two programs are taken, instruction by instruction; whatever is not in its place ends the proof.
 *
 * ```
 * SeekRowid constant -> Column, Rowid ... -> ResultRow -> Halt              the row of a key
 *
 * SeekGE constant -> IdxGT constant -> Column, Rowid ... -> ResultRow -> Next -> Halt      rows of an index, in the order of
 *                    ^                                            |                        the rowids behind its one column
 *                    +--------------------------------------------+
 * ```
 *
 * @module
 */

import type { PatchPlan, TableCondition } from "../protocol.ts";
import type { Instruction } from "./explain.ts";
import type { Schema, TableFacts } from "./schema.ts";

/** Make constants, before the loop or behind the program. */
const literals = new Set(["Variable", "Integer", "Int64", "Real", "String8", "Null"]);
/** Do nothing. */
const idle = new Set(["Noop", "Explain"]);

/** What a cursor is opened on, with the names of its columns in the order of its b-tree. */
interface Opened {
  readonly index: string | null;
  readonly columns: readonly (string | null)[];
}

/**
 * How the result can be patched, or null. `conditions` are what was proved of the rows of the program, `names` those of the
 * result's columns.
 */
export function planPatch(
  program: readonly Instruction[],
  names: readonly string[],
  conditions: readonly TableCondition[],
  schema: Schema,
): PatchPlan | null {
  const [condition] = conditions;
  if (conditions.length !== 1 || condition!.any.length !== 1) return null;
  const { table, any: [{ column, equals }] } = condition as {
    table: string;
    any: readonly [TableCondition["any"][number]];
  };
  if (equals?.length !== 1 || !isExact(equals[0]!)) return null;
  const facts = schema.table(table);
  const { rowidColumn: key } = facts;
  if (key === null || !isPlain(facts)) return null;
  if (new Set(names).size !== names.length || names.includes("__proto__")) return null;
  const read = new ProgramReader(program, table, key, schema).read();
  if (read === null || read.filter !== column || read.shown.length !== names.length) return null;
  // Rows of a list are told apart by their keys.
  if (column !== key && !read.shown.includes(key)) return null;
  return { table, column, value: equals[0]!, key, columns: read.shown, names };
}

/** Equal in JavaScript exactly when equal in SQLite, whatever stands in the column. */
function isExact(value: number | string): boolean {
  return typeof value === "number" ? Number.isSafeInteger(value) : isExactText(value);
}

/** What is not valid UTF-8 is read as U+FFFD, and what follows U+0000 is not read. */
export function isExactText(text: string): boolean {
  return !text.includes("\uFFFD") && !text.includes("\0");
}

/** A change of one of its rows changes no other row of it: the changes are told in the order in which they are made. */
function isPlain(facts: TableFacts): boolean {
  return facts.kind === "table" && !facts.isWithoutRowid && !facts.hasGeneratedColumns &&
    !facts.isReferenced && !facts.refersToItself;
}

/** What a program of one of the two kinds does. */
interface Read {
  /** The column that is compared with the constant. */
  readonly filter: string;
  /** The columns of the result. */
  readonly shown: readonly string[];
}

/** Reads a program from its beginning to its end. */
class ProgramReader {
  readonly #program: readonly Instruction[];
  readonly #table: string;
  readonly #key: string;
  readonly #schema: Schema;
  readonly #opened = new Map<number, Opened>();
  #at = 0;

  constructor(program: readonly Instruction[], table: string, key: string, schema: Schema) {
    this.#program = program;
    this.#table = table;
    this.#key = key;
    this.#schema = schema;
  }

  read(): Read | null {
    const init = this.#take("Init");
    if (init === null || !this.#isSetup(init.p2)) return null;
    for (let step = this.#take("OpenRead"); step !== null; step = this.#take("OpenRead")) {
      if (!this.#open(step)) return null;
    }
    while (literals.has(this.#next?.opcode ?? "")) this.#at++;
    return this.#next?.opcode === "SeekRowid" ? this.#readRow() : this.#readList();
  }

  /** The part behind the program, which begins it: a transaction and constants. */
  #isSetup(from: number): boolean {
    let transactions = 0;
    for (let at = from; at < this.#program.length; at++) {
      const { opcode, p2 } = this.#program[at]!;
      if (opcode === "Transaction") transactions++;
      else if (opcode === "Goto") return transactions === 1 && p2 === 1 && at === this.#program.length - 1;
      else if (!literals.has(opcode) && !idle.has(opcode)) return false;
    }
    return false;
  }

  #readRow(): Read | null {
    const seek = this.#take("SeekRowid")!;
    const opened = this.#opened.get(seek.p1);
    if (this.#opened.size !== 1 || opened === undefined || opened.index !== null) return null;
    const shown = this.#readColumns();
    return shown !== null && this.#isHalt(seek.p2) ? { filter: this.#key, shown } : null;
  }

  #readList(): Read | null {
    const isNull = this.#take("IsNull");
    this.#take("Affinity");
    const seek = this.#take("SeekGE");
    const loop = this.#next?.addr;
    const end = this.#take("IdxGT");
    if (seek === null || end === null || Number(seek.p4) !== 1 || Number(end.p4) !== 1) return null;
    if (end.p1 !== seek.p1 || end.p3 !== seek.p3) return null;
    const index = this.#opened.get(seek.p1);
    if (index === undefined || index.index === null) return null;
    // Behind its one column an index is in the order of the rowids.
    const facts = this.#schema.index(index.index, this.#table).columns;
    if (facts?.length !== 1 || facts[0]!.collation !== "BINARY") return null;
    const deferred = this.#take("DeferredSeek");
    if (this.#opened.size !== (deferred === null ? 1 : 2)) return null;
    if (deferred !== null) {
      const followed = this.#opened.get(deferred.p3);
      if (deferred.p1 !== seek.p1 || followed === undefined || followed.index !== null) return null;
    }
    const shown = this.#readColumns();
    const next = this.#take("Next");
    if (shown === null || next === null || next.p1 !== seek.p1 || next.p2 !== loop) return null;
    const exits = [seek.p2, end.p2, ...(isNull === null ? [] : [isNull.p2])];
    if (isNull !== null && isNull.p1 !== seek.p3) return null;
    if (exits.some((each) => each !== exits[0])) return null;
    return this.#isHalt(exits[0]!) ? { filter: facts[0]!.name, shown } : null;
  }

  /** Columns of the row, one register each, up to the result. */
  #readColumns(): string[] | null {
    const byRegister = new Map<number, string>();
    for (;;) {
      const step = this.#next;
      if (step === undefined) return null;
      this.#at++;
      const { opcode, p1, p2, p3 } = step;
      if (idle.has(opcode)) continue;
      if (opcode === "RealAffinity") {
        if (!byRegister.has(p1)) return null;
        continue;
      }
      if (opcode === "ResultRow") {
        const shown = Array.from({ length: p2 }, (_, i) => byRegister.get(p1 + i));
        return shown.includes(undefined) || byRegister.size !== p2 ? null : shown as string[];
      }
      const opened = this.#opened.get(p1);
      if (opened === undefined) return null;
      if (opcode === "Rowid" || opcode === "IdxRowid") byRegister.set(p2, this.#key);
      else if (opcode === "Column") {
        const column = opened.columns[p2] ?? null;
        if (column === null || byRegister.has(p3)) return null;
        byRegister.set(p3, column);
      } else return null;
    }
  }

  #open({ p1, p2, p3 }: Instruction): boolean {
    const root = p3 === 0 ? this.#schema.root(p2) : undefined;
    if (root === undefined || root.table !== this.#table || this.#opened.has(p1)) return false;
    const columns = root.index === null
      ? this.#schema.table(this.#table).columnNames
      : (this.#schema.index(root.index, this.#table).columns ?? []).map(({ name }) => name);
    this.#opened.set(p1, { index: root.index, columns });
    return true;
  }

  /** The program ends here, and whoever finds no row goes here as well. */
  #isHalt(target: number): boolean {
    const halt = this.#take("Halt");
    return halt !== null && halt.addr === target && halt.p1 === 0;
  }

  get #next(): Instruction | undefined {
    while (idle.has(this.#program[this.#at]?.opcode ?? "")) this.#at++;
    return this.#program[this.#at];
  }

  #take(opcode: string): Instruction | null {
    const step = this.#next;
    if (step?.opcode !== opcode) return null;
    this.#at++;
    return step;
  }
}
