/**
 * What the instructions of SQLite's programs do to registers and to the flow, as far as queries use them (vdbe.c, 3.53).
 *
 * @module
 */

import type { Instruction } from "./explain.ts";

const list = (names: string) => new Set(names.split(" "));

/** Write their result to r[p2]. */
const toP2 = list(
  "Integer Int64 Real String8 String Blob Variable Rowid IdxRowid Sequence Count SCopy IntCopy Not BitNot SorterData RowData " +
    "NewRowid ReadCookie OffsetLimit BeginSubrtn ZeroOrNull IsTrue AggValueTo",
);
/** Write their result to r[p3]. */
const toP3 = list(
  "Column Function PureFunc Add Subtract Multiply Divide Remainder Concat And Or BitAnd BitOr ShiftLeft ShiftRight MakeRecord " +
    "AggStep AggStep1 AggInverse AggValue RowSetRead IfNullRow Offset GetSubtype SetSubtype",
);
/** Change r[p1] itself. */
const inP1 = list(
  "AddImm MustBeInt RealAffinity Cast AggFinal DecrJumpZero IfPos IfNotZero RowSetAdd RowSetTest FilterAdd MemMax " +
    "InitCoroutine EndCoroutine Yield Gosub SoftNull ClrSubtype CollSeq Filter",
);
/** Change no register. */
const toNone = list(
  "Init Goto Noop Explain Transaction Halt HaltIfNull ResultRow Eq Ne Lt Le Gt Ge ElseEq If IfNot IsNull NotNull IsType Once " +
    "Jump Compare Permutation Return OpenRead ReopenIdx OpenDup OpenAutoindex OpenEphemeral OpenPseudo SorterOpen Close " +
    "SeekGE SeekGT SeekLE SeekLT SeekRowid NotExists Found NotFound NoConflict Rewind Last Sort SorterSort Next Prev " +
    "SorterNext IdxGT IdxGE IdxLT IdxLE DeferredSeek FinishSeek NullRow IdxInsert SorterInsert Insert Delete ResetSorter " +
    "SorterCompare SequenceTest Clear CursorLock Expire IfEmpty IfNotOpen Trace",
);
/** Compute or compare, and do nothing else. */
const pure = list(
  "Goto Noop Explain Integer Int64 Real String8 String Blob Null SCopy Copy IntCopy Variable Add Subtract Multiply Divide " +
    "Remainder Concat Not BitAnd BitOr BitNot ShiftLeft ShiftRight RealAffinity Cast Affinity Eq Ne Lt Le Gt Ge If IfNot " +
    "IsNull NotNull IsTrue And Or CollSeq Function PureFunc ZeroOrNull MustBeInt",
);
/** Jump to p2, or go on. */
const conditional = list("If IfNot IsNull NotNull MustBeInt Eq Ne Lt Le Gt Ge ElseEq");

/** True when it is known what the instruction writes. */
export function isKnown({ opcode }: Instruction): boolean {
  return toP2.has(opcode) || toP3.has(opcode) || inP1.has(opcode) || toNone.has(opcode) ||
    opcode === "Null" ||
    opcode === "Copy" || opcode === "Move" || opcode === "Affinity";
}

/** True when the instruction computes or compares and leaves nothing but registers. */
export function isPure({ opcode }: Instruction): boolean {
  return pure.has(opcode);
}

/** The first and the last register that a known instruction writes, or null. */
export function writtenBy(step: Instruction): readonly [first: number, last: number] | null {
  const { opcode, p1, p2, p3 } = step;
  if (toP2.has(opcode)) return [p2, p2];
  if (toP3.has(opcode)) return [p3, p3];
  if (opcode === "CollSeq" && p1 === 0) return null;
  if (opcode === "MustBeInt" || opcode === "Cast" || inP1.has(opcode)) return [p1, p1];
  if (opcode === "Null") return [p2, Math.max(p2, p3)];
  if (opcode === "Copy") return [p2, p2 + p3];
  if (opcode === "Move") return [Math.min(p1, p2), Math.max(p1, p2) + p3 - 1];
  if (opcode === "Affinity") return [p1, p1 + p2 - 1];
  return null;
}

/** Where a pure instruction goes on. */
export function jumpTargets({ opcode, addr, p2 }: Instruction): readonly number[] {
  if (opcode === "Goto") return [p2];
  if (opcode === "MustBeInt" && p2 === 0) return [addr + 1];
  return conditional.has(opcode) ? [p2, addr + 1] : [addr + 1];
}
