/**
 * What a query's compiled program (EXPLAIN) adds to the authorizer's word.
 *
 * - The indexes it walks. A covering index can decide the order of rows without its columns being "read".
 * - A proof, for a few shapes of program, that only rows with a certain value in one column can reach the result.
 *
 * The proof looks at instructions only, never at SQL text. Each cursor on the table may be used by a short list of
 * instructions, its loop must be entered by one seek and left by one comparison with a constant or a parameter, and any
 * instruction not listed here ends the attempt. What holds for one program of a query holds for the query.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { RowCondition } from "../protocol.ts";
import { type SqlParam, type SqlValue, toBindable } from "../values.ts";
import { bindingArguments, findPlaceholders } from "./placeholders.ts";
import type { Schema } from "./schema.ts";
import { blankLength } from "./statements.ts";

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

/** The program that SQLite compiles for this statement; null for one that is itself an EXPLAIN. */
export function explain(db: DatabaseSync, sql: string, params: readonly SqlParam[]): Instruction[] | null {
  const text = sql.slice(blankLength(sql));
  if (/^EXPLAIN\b/i.test(text)) return null;
  const { names } = findPlaceholders(sql);
  const statement = db.prepare(`EXPLAIN ${text}`);
  if (names.length > 0) statement.setAllowBareNamedParameters(false);
  const bound = bindingArguments(names.length > 0 ? names : null, params.map(toBindable)) as SqlValue[];
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

/** Instructions that touch no table cursor, whatever their operands are. */
const harmless = new Set(
  ("Init Halt HaltIfNull Transaction Goto Noop Explain Integer Int64 Real String8 String Null SoftNull Blob Variable Copy " +
    "SCopy Move IntCopy Add Subtract Multiply Divide Remainder Concat Not BitAnd BitOr BitNot ShiftLeft ShiftRight AddImm " +
    "MustBeInt RealAffinity Cast Affinity Eq Ne Lt Le Gt Ge If IfNot IsNull NotNull IsTrue IfPos IfNotZero DecrJumpZero " +
    "OffsetLimit And Or ZeroOrNull CollSeq Function PureFunc AggStep AggStep1 AggFinal AggValue MakeRecord ResultRow " +
    "ReleaseReg SorterOpen SorterInsert SorterSort SorterData SorterNext SorterCompare OpenPseudo").split(
      " ",
    ),
);

/** Instructions that read from a cursor's present row. */
const fetches = new Set(["Column", "Rowid", "IdxRowid", "DeferredSeek", "NullRow", "Close", "Offset"]);

/** Proves a condition on rows, or returns null. */
export function proveCondition(
  program: readonly Instruction[],
  params: readonly SqlParam[],
  schema: Schema,
): RowCondition | null {
  const opens = program.filter((step) => step.opcode === "OpenRead");
  if (opens.length < 1 || opens.length > 2) return null;
  const roots = opens.map((step) => step.p3 === 0 ? schema.root(step.p2) : undefined);
  const table = roots[0]?.table;
  if (table === undefined || roots.some((root) => root?.table !== table)) return null;
  const facts = schema.table(table);
  if (facts.kind !== "table" || facts.isWithoutRowid) return null;
  const tableOpen = opens.find((_, i) => roots[i]!.index === null);
  const indexAt = roots.findIndex((root) => root!.index !== null);
  if (opens.length === 2 && (tableOpen === undefined || indexAt < 0)) return null;
  const driving = indexAt >= 0 ? opens[indexAt]! : tableOpen!;
  const cursors = new Set(opens.map((step) => step.p1));
  // The driving cursor may move by one seek and one step; the table's cursor only follows the index's.
  const moves: Instruction[] = [];
  for (const step of program) {
    if (step.opcode === "OpenRead" || harmless.has(step.opcode)) continue;
    if (sorterUse(step, program)) continue;
    if (!cursors.has(step.p1)) return null;
    if (fetches.has(step.opcode)) continue;
    if (step.p1 !== driving.p1) return null;
    moves.push(step);
  }
  const registers = new Registers(program, params);
  if (indexAt >= 0) {
    const index = schema.index(roots[indexAt]!.index!, table);
    const first = index.columns?.[0];
    if (first === undefined || first.collation !== "BINARY" || facts.hasGeneratedColumns) return null;
    const value = provePrefix(program, moves, registers);
    if (value === null) return null;
    return { table, column: first.name, equals: value, lower: null, upper: null };
  }
  const column = facts.rowidColumn;
  if (column === null) return null;
  const range = proveRowids(program, moves, registers);
  return range === null ? null : { table, column, ...range };
}

/** A read from a sorter's pseudo cursor is a Column of a cursor that holds no table. */
function sorterUse(step: Instruction, program: readonly Instruction[]): boolean {
  if (step.opcode !== "Column" && step.opcode !== "Rowid" && step.opcode !== "Close") return false;
  return program.some((other) =>
    (other.opcode === "OpenPseudo" || other.opcode === "SorterOpen") && other.p1 === step.p1
  );
}

/** `SeekGE cursor end key 1` ... `IdxGT cursor end key 1` ... `Next cursor -> IdxGT`, and its descending twin. */
function provePrefix(
  program: readonly Instruction[],
  moves: readonly Instruction[],
  registers: Registers,
): number | string | null {
  if (moves.length !== 3) return null;
  const [seek, check, next] = moves as [Instruction, Instruction, Instruction];
  const ascending = seek.opcode === "SeekGE" && check.opcode === "IdxGT" && next.opcode === "Next";
  const descending = seek.opcode === "SeekLE" && check.opcode === "IdxLT" && next.opcode === "Prev";
  if (!ascending && !descending) return null;
  // p4 (shown as text) is the number of key columns: with one, the key is the first indexed column alone. With more, the
  // check still compares the first one, and rows with another first column end the loop.
  if (seek.p3 !== check.p3 || seek.p4 !== check.p4) return null;
  if (
    check.addr !== seek.addr + 1 || next.p2 !== check.addr || check.p2 !== next.addr + 1 ||
    seek.p2 !== check.p2
  ) {
    return null;
  }
  if (jumpsInto(program, check.addr, next.addr)) return null;
  return registers.keyValue(seek.p3);
}

/** `SeekRowid`, or `SeekGE`/`SeekGT`/`Rewind` with an upper bound compared first thing in each turn of the loop. */
function proveRowids(
  program: readonly Instruction[],
  moves: readonly Instruction[],
  registers: Registers,
): Pick<RowCondition, "equals" | "lower" | "upper"> | null {
  const [seek, next] = moves;
  if (seek === undefined) return null;
  if (seek.opcode === "SeekRowid" && moves.length === 1) {
    const value = registers.integer(seek.p3);
    if (
      value === null ||
      program.some((step) => fetches.has(step.opcode) && step.addr < seek.addr && step.p1 === seek.p1)
    ) {
      return null;
    }
    if (jumpsInto(program, seek.addr + 1, seek.p2 - 1)) return null;
    return { equals: value, lower: null, upper: null };
  }
  if (next === undefined || moves.length !== 2 || next.opcode !== "Next" || seek.p2 !== next.addr + 1) {
    return null;
  }
  let lower = seek.opcode === "SeekGE" || seek.opcode === "SeekGT" ? registers.integer(seek.p3) : null;
  if (lower === null && seek.opcode !== "Rewind") return null;
  // Rowids are whole numbers, so an open bound is the closed one beside it.
  if (lower !== null && seek.opcode === "SeekGT") lower++;
  let upper: number | null = null;
  const head = next.p2;
  if (head <= seek.addr) return null;
  const rowid = program[head];
  const compare = program[head + 1];
  if (
    rowid?.opcode === "Rowid" && rowid.p1 === seek.p1 && compare !== undefined &&
    (compare.opcode === "Ge" || compare.opcode === "Gt") && compare.p3 === rowid.p2 &&
    compare.p2 === next.addr + 1
  ) {
    upper = registers.integer(compare.p1);
    if (upper !== null && compare.opcode === "Ge") upper--;
  }
  if (lower === null && upper === null) return null;
  if (jumpsInto(program, seek.addr + 1, next.addr)) return null;
  return { equals: null, lower, upper };
}

/** True when an instruction outside of `from..to` jumps inside: the only way in must be to fall through from the seek. */
function jumpsInto(program: readonly Instruction[], from: number, to: number): boolean {
  for (const step of program) {
    const inside = step.addr >= from && step.addr <= to;
    if (inside) continue;
    if (jumps.has(step.opcode) && step.p2 >= from && step.p2 <= to) return true;
  }
  return false;
}

const jumps = new Set(
  ("Init Goto Eq Ne Lt Le Gt Ge If IfNot IsNull NotNull IsTrue IfPos IfNotZero DecrJumpZero MustBeInt SorterSort " +
    "SorterNext SorterCompare Next Prev SeekGE SeekGT SeekLE SeekRowid Rewind").split(" "),
);

/** Values of registers that are written once, from a parameter or a constant. */
class Registers {
  readonly #program: readonly Instruction[];
  readonly #params: readonly SqlParam[];

  constructor(program: readonly Instruction[], params: readonly SqlParam[]) {
    this.#program = program;
    this.#params = params;
  }

  /** A number that a rowid is compared with; null when it is none. */
  integer(register: number): number | null {
    const found = this.#source(register);
    return typeof found?.value === "number" && Number.isSafeInteger(found.value) ? found.value : null;
  }

  /** A key that equals exactly the stored values that are equal to it in JavaScript; null when conversions could blur that. */
  keyValue(register: number): number | string | null {
    const found = this.#source(register);
    if (found === null) return null;
    const { value, affinity } = found;
    if (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
      return affinity !== "B" ? value : null;
    }
    if (typeof value === "string") {
      return affinity === "B" || affinity === "A" || affinity === "" ? value : null;
    }
    return null;
  }

  #source(register: number): { readonly value: SqlParam; readonly affinity: string } | null {
    let value: SqlParam | undefined;
    let affinity = "";
    for (const step of this.#program) {
      if (step.opcode === "Variable" && step.p2 === register) {
        if (value !== undefined) return null;
        value = this.#params[step.p1 - 1];
        if (typeof value === "boolean") value = value ? 1 : 0;
        if (typeof value === "bigint") {
          value = Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
        }
        if (value === undefined) return null;
      } else if (step.opcode === "Integer" && step.p2 === register) {
        if (value !== undefined) return null;
        value = step.p1;
      } else if (step.opcode === "String8" && step.p2 === register) {
        if (value !== undefined) return null;
        value = step.p4 ?? "";
      } else if (step.opcode === "Affinity" && register >= step.p1 && register < step.p1 + step.p2) {
        affinity = step.p4?.[register - step.p1] ?? "?";
      } else if (writesRegister(step, register)) return null;
    }
    return value === undefined ? null : { value, affinity };
  }
}

/** Instructions that write p1..p2 or p2 or p3: any other mention of the register as a target spoils the proof. */
function writesRegister(step: Instruction, register: number): boolean {
  switch (step.opcode) {
    case "Column":
    case "Function":
    case "PureFunc":
    case "MakeRecord":
    case "Add":
    case "Subtract":
    case "Multiply":
    case "Divide":
    case "Remainder":
    case "Concat":
    case "BitAnd":
    case "BitOr":
    case "And":
    case "Or":
    case "ShiftLeft":
    case "ShiftRight":
    case "AggStep":
    case "AggStep1":
    case "AggValue":
      return step.p3 === register;
    case "Null":
      return register >= step.p2 && register <= Math.max(step.p2, step.p3);
    case "Copy":
      return register >= step.p2 && register <= step.p2 + step.p3;
    case "Move":
      return (register >= step.p1 && register < step.p1 + step.p3) ||
        (register >= step.p2 && register < step.p2 + step.p3);
    case "Rowid":
    case "IdxRowid":
    case "Int64":
    case "Real":
    case "String":
    case "Blob":
    case "SCopy":
    case "IntCopy":
    case "Not":
    case "BitNot":
    case "SoftNull":
    case "SorterData":
      return step.p2 === register || (step.opcode === "SoftNull" && step.p1 === register);
    case "AddImm":
    case "MustBeInt":
    case "RealAffinity":
    case "Cast":
    case "ZeroOrNull":
    case "AggFinal":
    case "DecrJumpZero":
    case "IfPos":
    case "IfNotZero":
      return step.p1 === register || ((step.opcode === "ZeroOrNull") && step.p2 === register);
    case "OffsetLimit":
      return step.p2 === register;
    default:
      return false;
  }
}
