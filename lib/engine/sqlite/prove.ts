/**
 * A proof, read from a query's compiled program, that some rows of a table cannot matter to its result.
 *
 * A row leaves no trace when every way from the moment a cursor comes to stand on it leads back to the cursor's next step,
 * through instructions that compute and compare only. So for each cursor on the table all ways are followed until one meets
 * an instruction that has an effect (a result, a sum, a sorter, another cursor). What comparisons with constants have told
 * about the row by then is the condition: whoever does not satisfy it does not come so far. A cursor that comes to an effect
 * without any condition ends the attempt for its table, and so does any instruction that is not listed here.
 *
 * ```
 * seek or step -> Column, Rowid -> Ne constant -> effect      the row satisfies "column = constant"
 *      ^                             |
 *      +------------ Next <----------+                        any other row leaves no trace
 * ```
 *
 * What holds for one program of a query holds for the query, whatever plan a later one follows.
 *
 * @module
 */

import type { RowCondition, TableCondition } from "../protocol.ts";
import type { SqlParam } from "../values.ts";
import type { Instruction } from "./explain.ts";
import { Constants } from "./constants.ts";
import { isKnown, isPure, jumpTargets, writtenBy } from "./instructions.ts";
import type { Schema, TableFacts } from "./schema.ts";

/** What was found for the tables of a query. */
export interface Proof {
  readonly conditions: readonly TableCondition[];
  /** Why a table has no condition, by its name. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** A cursor on a b-tree of a table. */
interface Cursor {
  readonly number: number;
  readonly table: string;
  /** Names of its columns in the order of the b-tree, null for what is not a plain column. */
  readonly columns: readonly (string | null)[];
  /** Columns of its key that compare byte by byte; none for a table with rowids. */
  readonly key: readonly string[];
  readonly isRowidTable: boolean;
  /** Name of the rowid, or null. */
  readonly rowid: string | null;
}

/** What is known of one column of the row. */
interface Known {
  readonly condition: RowCondition;
  /** Better facts first when streams are told apart by them: a param differs from stream to stream. */
  readonly rank: number;
}

/** An instruction that cannot be followed, and why. */
class Unproved extends Error {}

/** More ways than this are not followed. */
const maxSteps = 4000;
const maxAlternatives = 64;

/** Proves conditions for as many tables as possible. */
export function proveConditions(
  program: readonly Instruction[],
  params: readonly SqlParam[],
  schema: Schema,
): Proof {
  const reasons = new Map<string, string>();
  const conditions: TableCondition[] = [];
  const tables = new Map<string, Cursor[]>();
  const roots = new Map<number, number>();
  /** Cursors that are opened on several b-trees. */
  const shared = new Set<number>();
  for (const step of program) {
    if (step.opcode !== "OpenRead" && step.opcode !== "ReopenIdx") continue;
    const cursor = openCursor(step, schema);
    if (cursor === null) continue;
    const root = roots.get(cursor.number) ?? step.p2;
    roots.set(cursor.number, root);
    if (root !== step.p2) shared.add(cursor.number);
    const known = tables.get(cursor.table);
    if (known === undefined) tables.set(cursor.table, [cursor]);
    else if (!known.some(({ number }) => number === cursor.number)) known.push(cursor);
  }
  const strange = program.find((step) => !isKnown(step));
  const constants = new Constants(program, params);
  for (const [table, cursors] of tables) {
    try {
      if (strange !== undefined) throw new Unproved(`the program uses ${strange.opcode}`);
      const facts = schema.table(table);
      if (facts.kind !== "table") throw new Unproved("it is no plain table");
      if (facts.hasGeneratedColumns) throw new Unproved("it has generated columns");
      if (cursors.some(({ number }) => shared.has(number))) {
        throw new Unproved("one cursor walks several indexes");
      }
      const any = new Map<string, RowCondition>();
      for (const cursor of cursors) {
        for (const condition of proveCursor(program, constants, cursors, cursor)) {
          any.set(JSON.stringify(condition), condition);
        }
      }
      if (any.size === 0) throw new Unproved("no row of it is looked at");
      if (any.size > maxAlternatives) throw new Unproved(`it has ${any.size} alternative conditions`);
      conditions.push({ table, any: [...any.values()] });
    } catch (error) {
      if (!(error instanceof Unproved)) throw error;
      reasons.set(table, error.message);
    }
  }
  return { conditions, reasons };
}

/** What is found far along the ways tells streams apart better; rows known by less may leave traces on the way there. */
function proveCursor(...given: readonly [readonly Instruction[], Constants, readonly Cursor[], Cursor]) {
  try {
    return new CursorProof(...given, false).run();
  } catch (error) {
    if (!(error instanceof Unproved)) throw error;
    return new CursorProof(...given, true).run();
  }
}

function openCursor(step: Instruction, schema: Schema): Cursor | null {
  const root = step.p3 === 0 ? schema.root(step.p2) : undefined;
  if (root === undefined) return null;
  const facts = schema.table(root.table);
  const rowid = facts.isWithoutRowid ? null : facts.rowidColumn;
  const base = { number: step.p1, table: root.table, rowid };
  if (root.index === null && !facts.isWithoutRowid) {
    return { ...base, columns: facts.columnNames, key: [], isRowidTable: true };
  }
  const columns = root.index === null
    ? primaryKey(facts, schema, root.table)
    : schema.index(root.index, root.table).columns;
  const names = (columns ?? []).map(({ name }) => name);
  const binary = (columns ?? []).findIndex(({ collation }) => collation !== "BINARY");
  return { ...base, columns: names, key: binary < 0 ? names : names.slice(0, binary), isRowidTable: false };
}

/** A table without rowids is the index of its primary key, with all other columns behind. */
function primaryKey(facts: TableFacts, schema: Schema, table: string) {
  return facts.primaryIndex === null ? null : schema.index(facts.primaryIndex, table).columns;
}

const seeks = new Set(["SeekGE", "SeekGT", "SeekLE", "SeekLT", "Rewind", "Last"]);
const steps = new Set(["Next", "Prev"]);
const lookups = new Set(["SeekRowid", "NotExists", "Found", "NotFound", "NoConflict"]);
const keyChecks = new Set(["IdxGT", "IdxGE", "IdxLT", "IdxLE"]);
const comparisons = new Set(["Eq", "Ne", "Lt", "Le", "Gt", "Ge"]);
/** What is done with the row that a cursor stands on. */
const fetches = new Set(["Column", "Rowid", "IdxRowid"]);

interface Way {
  readonly at: number;
  /** Where the program goes on when a lookup finds no row, or null in a loop. */
  readonly absent: number | null;
  readonly facts: ReadonlyMap<string, Known>;
  /** Registers that hold a column of the row. */
  readonly columns: ReadonlyMap<number, string>;
}

/** The proof for one cursor. */
class CursorProof {
  readonly #program: readonly Instruction[];
  readonly #constants: Constants;
  readonly #siblings: ReadonlyMap<number, Cursor>;
  /** The cursor and those that are only ever moved to its row. */
  readonly #sameRow: ReadonlyMap<number, Cursor>;
  readonly #cursor: Cursor;
  readonly #seek: Instruction | null;
  readonly #steps: readonly Instruction[];
  /** Addresses of the loop's first and last instruction. */
  #first = Infinity;
  #last = -1;
  readonly #found: RowCondition[] = [];
  readonly #written = new Set<number>();
  #exits = false;
  /** Follow a way to the first thing that is known of the row, and no further. */
  readonly #isShallow: boolean;

  constructor(
    program: readonly Instruction[],
    constants: Constants,
    siblings: readonly Cursor[],
    cursor: Cursor,
    isShallow: boolean,
  ) {
    this.#isShallow = isShallow;
    this.#program = program;
    this.#constants = constants;
    this.#siblings = new Map(siblings.map((each) => [each.number, each]));
    this.#cursor = cursor;
    this.#sameRow = new Map(
      siblings.filter((each) => each === cursor || this.#isFollower(each.number)).map((
        each,
      ) => [each.number, each]),
    );
    const own = program.filter((step) => step.p1 === cursor.number);
    const positioned = own.filter((step) => seeks.has(step.opcode));
    this.#seek = positioned.length === 1 ? positioned[0]! : null;
    this.#steps = own.filter((step) => steps.has(step.opcode));
  }

  run(): readonly RowCondition[] {
    const { number } = this.#cursor;
    const landings: Way[] = [];
    const columns = new Map<number, string>();
    for (const step of this.#program) {
      if (step.p1 !== number || !usesCursor(step)) continue;
      if (seeks.has(step.opcode)) {
        landings.push({ at: step.addr + 1, absent: null, facts: this.#lowerFacts(), columns });
      } else if (steps.has(step.opcode)) {
        this.#last = Math.max(this.#last, step.addr);
        landings.push({ at: step.p2, absent: null, facts: this.#lowerFacts(), columns });
      } else if (lookups.has(step.opcode)) {
        if (this.#follows(step)) continue;
        const [at, absent] = step.opcode === "Found" ? [step.p2, step.addr + 1] : [step.addr + 1, step.p2];
        this.#last = Math.max(this.#last, step.opcode === "Found" ? this.#program.length : step.p2 - 1);
        landings.push({ at, absent, facts: this.#lookupFacts(step), columns });
      } else if (!fetches.has(step.opcode) && !keyChecks.has(step.opcode) && !positionless.has(step.opcode)) {
        throw new Unproved(`${step.opcode} reads it`);
      }
    }
    if (this.#seek !== null && this.#steps.length === 0) this.#last = Math.max(this.#last, this.#seek.p2 - 1);
    for (const { at } of landings) this.#first = Math.min(this.#first, at);
    for (const landing of landings) this.#explore(landing);
    this.#checkTraces();
    return this.#found;
  }

  /** A lookup of the row that another cursor on the same table stands on finds no other row. */
  #follows(step: Instruction, leader: number | null = null): boolean {
    if (step.opcode !== "SeekRowid" && step.opcode !== "NotExists") return false;
    const writers = this.#constants.writersOf(step.p3);
    return writers.length > 0 &&
      writers.every((each) =>
        each.opcode === "IdxRowid" && (leader === null ? this.#siblings.has(each.p1) : each.p1 === leader)
      );
  }

  #isFollower(number: number): boolean {
    const leader = this.#cursor.number;
    return this.#program.every((step) => {
      if (step.opcode === "DeferredSeek") return step.p3 !== number || step.p1 === leader;
      if (step.p1 !== number || !usesCursor(step)) return true;
      if (lookups.has(step.opcode)) return this.#follows(step, leader);
      return fetches.has(step.opcode) || positionless.has(step.opcode);
    });
  }

  /** What the seek alone says of every row of the loop, which goes on in the order of the keys. */
  #lowerFacts(): Map<string, Known> {
    const facts = new Map<string, Known>();
    const seek = this.#seek;
    const { isRowidTable, rowid } = this.#cursor;
    if (seek === null || !isRowidTable || rowid === null || !this.#isOrdered()) return facts;
    if (seek.opcode === "Rewind" || seek.opcode === "Last") return facts;
    const bound = this.#constants.number(seek.p3);
    if (bound === null) return facts;
    const whole = Number.isSafeInteger(bound.value);
    // Rowids are whole numbers, so an open bound is the closed one beside it.
    const range = seek.opcode === "SeekGE" || seek.opcode === "SeekGT"
      ? { lower: whole && seek.opcode === "SeekGT" ? bound.value + 1 : bound.value, upper: null }
      : { lower: null, upper: whole && seek.opcode === "SeekLT" ? bound.value - 1 : bound.value };
    addRange(facts, rowid, range, bound.isParam);
    return facts;
  }

  #lookupFacts(step: Instruction): Map<string, Known> {
    const facts = new Map<string, Known>();
    const { rowid, key, isRowidTable } = this.#cursor;
    if (step.opcode === "SeekRowid" || step.opcode === "NotExists") {
      // A text that looks like a number would find the row of that number.
      const keys = this.#constants.keys(step.p3);
      const areNumbers = keys?.every(({ value }) => typeof value === "number") ?? false;
      if (rowid !== null && areNumbers) addEquals(facts, rowid, keys);
    } else if (!isRowidTable && Number(step.p4) > 0 && key.length > 0) {
      addEquals(facts, key[0]!, this.#constants.keys(step.p3));
    }
    return facts;
  }

  /** True when all steps go the way that the seek began. */
  #isOrdered(): boolean {
    const seek = this.#seek!.opcode;
    const step = seek === "SeekGE" || seek === "SeekGT" || seek === "Rewind" ? "Next" : "Prev";
    return this.#steps.every(({ opcode }) => opcode === step);
  }

  #explore(from: Way): void {
    const ways: Way[] = [from];
    const seen = new Set<string>();
    let count = 0;
    for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
      const key = `${way.at}|${way.absent}|${
        [...way.facts.keys()].map((column) => JSON.stringify(way!.facts.get(column)))
      }|${[
        ...way.columns,
      ]}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (++count > maxSteps) this.#arrive(way, "its program is too large");
      else this.#follow(way, ways);
    }
  }

  /** The row has come to something that leaves a trace. */
  #arrive({ facts }: Way, what: string): void {
    let best: Known | null = null;
    for (const known of facts.values()) if (best === null || known.rank > best.rank) best = known;
    if (best === null) {
      throw new Unproved(`${what} without a comparison of one of its columns with a constant`);
    }
    this.#found.push(best.condition);
  }

  #follow(way: Way, ways: Way[]): void {
    const { at, facts, columns } = way;
    // A row that goes the way of a row that is not there leaves no trace.
    if (at === way.absent) return;
    const step = this.#program[at];
    if (this.#isShallow && facts.size > 0) return this.#arrive(way, "");
    if (step === undefined || at < this.#first || at > this.#last) {
      return this.#arrive(way, "its loop is left");
    }
    const go = (to: number, more = facts, registers = columns) =>
      void ways.push({ at: to, absent: way.absent, facts: more, columns: registers });
    const { number } = this.#cursor;
    const { opcode } = step;
    if (usesCursor(step)) {
      if (step.p1 === number && steps.has(opcode)) return;
      if (keyChecks.has(opcode) && step.p1 === number) return this.#checkKey(way, step, go);
      if (fetches.has(opcode)) {
        const cursor = this.#sameRow.get(step.p1);
        if (cursor === undefined) return this.#arrive(way, `${opcode} reads another cursor`);
        const [register, column] = opcode === "Column"
          ? [step.p3, cursor.columns[step.p2] ?? null]
          : [step.p2, cursor.rowid];
        return go(at + 1, facts, this.#write(columns, register, column));
      }
      if (opcode === "DeferredSeek" && step.p1 === number && this.#sameRow.has(step.p3)) return go(at + 1);
      if (opcode === "FinishSeek" && this.#sameRow.has(step.p1)) return go(at + 1);
      if (step.p1 !== number && this.#sameRow.has(step.p1) && lookups.has(opcode)) {
        go(step.p2);
        return go(at + 1);
      }
      const set = this.#constants.set(step.p1);
      if (set !== null && (opcode === "NotFound" || opcode === "Found") && Number(step.p4) === 1) {
        const column = columns.get(step.p3);
        const more = new Map(facts);
        if (column !== undefined) addEquals(more, column, set);
        go(step.p2, opcode === "Found" ? more : facts);
        return go(at + 1, opcode === "Found" ? facts : more);
      }
      return this.#arrive(way, `${opcode} is reached`);
    }
    if (comparisons.has(opcode)) return this.#compare(way, step, go);
    // Sets of constants are made once, whichever row comes first.
    if (opcode === "Once") {
      if (!this.#constants.makesSet(step)) return this.#arrive(way, "a subquery is reached");
      return go(step.p2);
    }
    if (opcode === "BeginSubrtn" || (opcode === "Return" && step.p3 === 1)) return go(at + 1);
    if (!isPure(step)) return this.#arrive(way, `${opcode} is reached`);
    let registers = columns;
    const written = writtenBy(step);
    if (written !== null && opcode !== "Affinity") {
      for (let register = written[0]; register <= written[1]; register++) {
        // The other end of the keys is made behind the seek, in its registers.
        if (isLiteral.has(opcode) && this.#isKeyRegister(register)) continue;
        const copied = opcode === "SCopy" ? columns.get(step.p1) ?? null : null;
        registers = this.#write(registers, register, copied);
      }
    }
    for (const target of jumpTargets(step)) go(target, facts, registers);
  }

  #isKeyRegister(register: number): boolean {
    const seek = this.#seek;
    return seek !== null && register >= seek.p3 && register < seek.p3 + Number(seek.p4 ?? 0);
  }

  #write(
    columns: ReadonlyMap<number, string>,
    register: number,
    column: string | null,
  ): ReadonlyMap<number, string> {
    this.#written.add(register);
    const copy = new Map(columns);
    if (column === null) copy.delete(register);
    else copy.set(register, column);
    return copy;
  }

  /**
   * `SeekGE key` ... `IdxGT key`: between two equal bounds of the first column, open or closed, all rows have that value. The row that ends the
   * loop leaves no trace, as what follows in the order of the keys would end it, too.
   */
  #checkKey(way: Way, step: Instruction, go: (to: number, facts?: ReadonlyMap<string, Known>) => void): void {
    const seek = this.#seek;
    if (seek === null || !this.#isOrdered() || !this.#endsLoop(step)) {
      return this.#arrive(way, `${step.opcode} is not the end of a loop`);
    }
    const ascending = this.#steps.length === 0
      ? seek.opcode === "SeekGE" || seek.opcode === "SeekGT"
      : this.#steps[0]!.opcode === "Next";
    const ends = ascending ? ["IdxGT", "IdxGE"] : ["IdxLT", "IdxLE"];
    if (!ends.includes(step.opcode)) return this.#arrive(way, `${step.opcode} is not the end of a loop`);
    const facts = new Map(way.facts);
    const [column] = this.#cursor.key;
    const bounded = seek.opcode !== "Rewind" && seek.opcode !== "Last" && seek.p3 === step.p3 &&
      Number(seek.p4) > 0 && Number(step.p4) > 0;
    if (column !== undefined && bounded) {
      for (let i = 0; i < Math.min(Number(seek.p4), Number(step.p4), this.#cursor.key.length); i++) {
        const single = this.#constants.key(seek.p3 + i, "");
        const keys = single !== null ? [single] : i === 0 ? this.#constants.keys(seek.p3, seek) : null;
        if (keys === null) break;
        addEquals(facts, this.#cursor.key[i]!, keys);
      }
    }
    go(way.at + 1, facts);
  }

  /** True when the instruction jumps to where the loop ends by itself. */
  #endsLoop(step: Instruction): boolean {
    const seek = this.#seek!;
    const ends = step.p2 === seek.p2 && this.#steps.every((each) => each.addr + 1 === step.p2);
    if (ends) this.#exits = true;
    return ends;
  }

  #compare(way: Way, step: Instruction, go: (to: number, facts?: ReadonlyMap<string, Known>) => void): void {
    const { facts, columns } = way;
    // Jumps when r[p3] op r[p1].
    let column = columns.get(step.p3);
    let register = step.p1;
    let { opcode } = step;
    if (column === undefined) {
      column = columns.get(step.p1);
      register = step.p3;
      opcode = mirrored[opcode] ?? opcode;
    }
    const taken = new Map(facts);
    const passed = new Map(facts);
    const jumpsIfNull = (step.p5 & flag.jumpIfNull) !== 0;
    const affinity = (step.p5 & flag.affinity) === 0 ? "" : String.fromCharCode(step.p5 & flag.affinity);
    const isPlain = (step.p5 & flag.nullEqual) === 0 && (step.p4 ?? "BINARY").startsWith("BINARY");
    let isExit = false;
    if (column !== undefined && isPlain) {
      const equal = this.#constants.key(register, affinity);
      const bound = affinity === "B" ? null : this.#constants.number(register);
      if (opcode === "Eq" && equal !== null && !jumpsIfNull) addEquals(taken, column, [equal]);
      if (opcode === "Ne" && equal !== null && jumpsIfNull) addEquals(passed, column, [equal]);
      if (bound !== null && opcode !== "Eq" && opcode !== "Ne") {
        const isRowid = column === this.#cursor.rowid;
        const above = opcode === "Gt" || opcode === "Ge";
        // One step beside an open bound is for whole numbers only.
        const beside = isRowid && Number.isSafeInteger(bound.value) ? 1 : 0;
        const { value, isParam } = bound;
        if (jumpsIfNull) {
          const range = above
            ? { lower: null, upper: opcode === "Ge" ? value - beside : value }
            : { lower: opcode === "Le" ? value + beside : value, upper: null };
          addRange(passed, column, range, isParam);
        } else {
          const range = above
            ? { lower: opcode === "Gt" ? value + beside : value, upper: null }
            : { lower: null, upper: opcode === "Lt" ? value - beside : value };
          addRange(taken, column, range, isParam);
        }
        const ascending = this.#steps.length > 0 && this.#steps[0]!.opcode === "Next";
        isExit = isRowid && this.#cursor.isRowidTable && this.#seek !== null && this.#isOrdered() &&
          this.#steps.length > 0 && above === ascending && this.#endsLoop(step);
      }
    }
    // A row beyond the bound ends the loop and leaves no trace: those behind it are beyond, too.
    if (!isExit) go(step.p2, taken);
    go(way.at + 1, passed);
  }

  /**
   * What was computed for rows that do not come through must not be seen elsewhere. A register that is written inside the loop
   * only cannot be: without rows it would hold nothing.
   */
  #checkTraces(): void {
    for (const step of this.#program) {
      const inside = step.addr >= this.#first && step.addr <= this.#last;
      if (inside) continue;
      const written = writtenBy(step);
      if (written === null) continue;
      for (let register = written[0]; register <= written[1]; register++) {
        if (this.#written.has(register)) throw new Unproved("a value of its rows outlives its loop");
      }
    }
    if (!this.#exits) return;
    // Behind a loop that was ended early the cursor stands on a row.
    for (const step of this.#program) {
      const inside = step.addr >= this.#first && step.addr <= this.#last;
      if (!inside && fetches.has(step.opcode) && step.p1 === this.#cursor.number && usesCursor(step)) {
        throw new Unproved("its row is read behind its loop");
      }
    }
  }
}

/** Cursor instructions that neither move the cursor nor look at its row. */
const isLiteral = new Set(["Null", "Variable", "Integer", "Int64", "Real", "String8", "Blob"]);
const positionless = new Set([
  "OpenRead",
  "ReopenIdx",
  "DeferredSeek",
  "FinishSeek",
  "NullRow",
  "Close",
  "Explain",
]);
const flag = { affinity: 0x47, jumpIfNull: 0x10, nullEqual: 0x80 } as const;
const mirrored: Readonly<Record<string, string>> = { Lt: "Gt", Le: "Ge", Gt: "Lt", Ge: "Le" };

/** True when p1 of the instruction is a cursor. */
function usesCursor({ opcode }: Instruction): boolean {
  return seeks.has(opcode) || steps.has(opcode) || lookups.has(opcode) || keyChecks.has(opcode) ||
    fetches.has(opcode) || positionless.has(opcode) || otherCursorUses.has(opcode);
}

const otherCursorUses = new Set(
  ("Count Offset SorterOpen SorterInsert SorterSort SorterData SorterNext SorterCompare Sort OpenEphemeral OpenAutoindex " +
    "OpenPseudo OpenDup IdxInsert Insert Delete Sequence SequenceTest RowData NewRowid IfNotOpen IfNoHope SeekHit SeekScan " +
    "SeekEnd IfSizeBetween IfEmpty ResetSorter Clear IfNullRow NullRow IsType").split(" "),
);

function addEquals(
  facts: Map<string, Known>,
  column: string,
  keys: readonly { readonly value: number | string; readonly isParam: boolean }[] | null,
): void {
  if (keys === null || keys.length === 0) return;
  const rank = keys.some(({ isParam }) => isParam) ? 4 : 3;
  const known = facts.get(column);
  if (known !== undefined && known.rank >= rank) return;
  const equals = [...new Set(keys.map(({ value }) => value))];
  facts.set(column, { condition: { column, equals, lower: null, upper: null }, rank });
}

function addRange(
  facts: Map<string, Known>,
  column: string,
  range: { readonly lower: number | null; readonly upper: number | null },
  isParam: boolean,
): void {
  const known = facts.get(column);
  if (known !== undefined && known.condition.equals !== null) return;
  const lower = largest(known?.condition.lower ?? null, range.lower);
  const upper = smallest(known?.condition.upper ?? null, range.upper);
  const rank = (lower !== null && upper !== null ? 2 : 1) + (isParam ? 0.5 : 0);
  facts.set(column, { condition: { column, equals: null, lower, upper }, rank });
}

function largest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? one ?? other : Math.max(one, other);
}

function smallest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? one ?? other : Math.min(one, other);
}
