/**
 * Registers and temporary tables of a program that hold nothing but params and literals.
 *
 * @module
 */

import type { SqlParam } from "../values.ts";
import type { Instruction } from "./explain.ts";
import { writtenBy } from "./instructions.ts";

/** A constant, and whether it is a param of the query. */
export interface Constant<T> {
  readonly value: T;
  readonly isParam: boolean;
}

/** Constants of one program with the values of its params. */
export class Constants {
  readonly #program: readonly Instruction[];
  readonly #params: readonly SqlParam[];
  /** Keys of temporary tables by cursor, where each is one constant. */
  readonly #sets = new Map<number, Constant<number | string>[]>();
  /** Addresses of `Once` behind which such a table is made. */
  readonly #makers = new Set<number>();
  readonly #writers = new Map<number, Instruction[]>();

  constructor(program: readonly Instruction[], params: readonly SqlParam[]) {
    this.#program = program;
    this.#params = params;
    for (const step of program) {
      const written = writtenBy(step);
      if (written === null) continue;
      for (let register = written[0]; register <= written[1]; register++) {
        const known = this.#writers.get(register);
        if (known === undefined) this.#writers.set(register, [step]);
        else known.push(step);
      }
    }
    for (const step of program) if (step.opcode === "Once") this.#readSet(step);
  }

  /** The instructions that write a register. */
  writersOf(register: number): readonly Instruction[] {
    return this.#writers.get(register) ?? [];
  }

  /** The number in a register; null when it holds anything else. */
  number(register: number): Constant<number> | null {
    const found = this.#single(register);
    return found !== null && typeof found.value === "number" && Number.isFinite(found.value)
      ? { value: found.value, isParam: found.isParam }
      : null;
  }

  /**
   * A value that equals exactly the stored values that are equal to it in JavaScript, when compared with this affinity; null
   * when conversions could blur that.
   */
  key(register: number, affinity: string): Constant<number | string> | null {
    const found = this.#single(register);
    return found === null ? null : comparable(found, found.affinity === "" ? affinity : found.affinity);
  }

  /**
   * All values that a key register can hold: its constant, or those of a set that is gone through. With `seek` the register
   * must not change between its reading from the set and that instruction.
   */
  keys(register: number, seek: Instruction | null = null): readonly Constant<number | string>[] | null {
    const single = this.key(register, "");
    if (single !== null) return [single];
    const writers = this.writersOf(register).filter(({ opcode }) => opcode !== "Affinity");
    const [from] = writers;
    if (writers.length !== 1 || from!.opcode !== "Column" || from!.p2 !== 0) return null;
    const set = this.#sets.get(from!.p1);
    if (set === undefined) return null;
    if (seek !== null) {
      for (let at = from!.addr + 1; at < seek.addr; at++) {
        const { opcode } = this.#program[at]!;
        if (opcode !== "IsNull" && opcode !== "Affinity" && opcode !== "Explain" && opcode !== "Noop") {
          return null;
        }
      }
      const entered = this.#program.some((step) =>
        step.opcode !== "Explain" && step.p2 > from!.addr && step.p2 <= seek.addr && jumps.has(step.opcode)
      );
      if (entered) return null;
    }
    return set;
  }

  /** The keys of a temporary table that holds constants only, or null. */
  set(cursor: number): readonly Constant<number | string>[] | null {
    return this.#sets.get(cursor) ?? null;
  }

  /** True when all that this `Once` does is making a set of constants. */
  makesSet(once: Instruction): boolean {
    return this.#makers.has(once.addr);
  }

  /** The value of a register that one instruction writes. */
  #single(register: number): (Constant<SqlParam> & { readonly affinity: string }) | null {
    let found: Constant<SqlParam> | null = null;
    let affinity = "";
    for (const step of this.writersOf(register)) {
      if (step.opcode === "Affinity") affinity = step.p4?.[register - step.p1] ?? "?";
      else {
        if (found !== null) return null;
        found = this.#source(step);
        if (found === null) return null;
      }
    }
    return found === null ? null : { ...found, affinity };
  }

  #source(step: Instruction): Constant<SqlParam> | null {
    switch (step.opcode) {
      case "Variable": {
        let value = this.#params[step.p1 - 1];
        if (typeof value === "boolean") value = value ? 1 : 0;
        if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) value = Number(value);
        return value === undefined ? null : { value, isParam: true };
      }
      case "Integer":
        return { value: step.p1, isParam: false };
      case "Int64": {
        const value = Number(step.p4);
        return Number.isSafeInteger(value) ? { value, isParam: false } : null;
      }
      case "String8":
        return { value: step.p4 ?? "", isParam: false };
      default:
        return null;
    }
  }

  /** `OpenEphemeral`, then for each value: a constant, `MakeRecord`, `IdxInsert`. */
  #readSet(once: Instruction): void {
    const keys: Constant<number | string>[] = [];
    let cursor: number | null = null;
    let value: { readonly register: number; readonly constant: Constant<SqlParam> } | null = null;
    let record: { readonly register: number; readonly key: Constant<number | string> } | null = null;
    for (let at = once.addr + 1; at < once.p2; at++) {
      const step = this.#program[at]!;
      const source = this.#source(step);
      if (source !== null) value = { register: step.p2, constant: source };
      else if (step.opcode === "OpenEphemeral" && cursor === null && step.p2 === 1) {
        // The collation of the key stands behind the number of its columns; none is BINARY.
        if (!/^k\(1,-?B?\)$/.test(step.p4 ?? "")) return;
        cursor = step.p1;
      } else if (
        step.opcode === "MakeRecord" && value !== null && step.p1 === value.register && step.p2 === 1
      ) {
        const key = comparable(value.constant, step.p4 ?? "");
        if (key === null) return;
        record = { register: step.p3, key };
      } else if (
        step.opcode === "IdxInsert" && step.p1 === cursor && record !== null && step.p2 === record.register
      ) keys.push(record.key);
      else if (step.opcode === "NullRow" ? step.p1 !== cursor : step.opcode !== "Return") return;
    }
    const isOnly = cursor !== null &&
      this.#program.every((step) =>
        !["IdxInsert", "Insert", "OpenEphemeral", "Delete", "OpenDup"].includes(step.opcode) ||
        step.p1 !== cursor ||
        (step.addr > once.addr && step.addr < once.p2)
      );
    if (!isOnly) return;
    this.#sets.set(cursor!, keys);
    this.#makers.add(once.addr);
  }
}

const jumps = new Set(
  ("Init Goto Gosub Eq Ne Lt Le Gt Ge ElseEq If IfNot IsNull NotNull IfPos IfNotZero DecrJumpZero MustBeInt Once Found NotFound " +
    "NoConflict NotExists SeekRowid SeekGE SeekGT SeekLE SeekLT Rewind Last Sort SorterSort Next Prev SorterNext IdxGT IdxGE " +
    "IdxLT IdxLE InitCoroutine Yield SorterCompare RowSetTest Filter IfEmpty").split(" "),
);

/** NULL is equal to nothing, so that a set may do without it. */
function comparable(
  { value, isParam }: Constant<SqlParam>,
  affinity: string,
): Constant<number | string> | null {
  if (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
    return affinity !== "B" ? { value, isParam } : null;
  }
  if (typeof value === "string") {
    return affinity === "B" || affinity === "A" || affinity === "@" || affinity === ""
      ? { value, isParam }
      : null;
  }
  return null;
}
