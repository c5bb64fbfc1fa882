/**
 * Which writes of a phase must keep their order, so that it stays known what every result may show: those that concern
 * a row, a unique value or a result in common, directly or over others. Writes of different groups may overtake each
 * other, since no watch and no read sees more than one group.
 */
import { type Table, tableNamed } from "../model/schema.ts";
import type { Value } from "../model/value.ts";
import type { Operation } from "../model/workload.ts";
import type { RowChange } from "./apply_write.ts";
import { keyOf } from "./value_order.ts";
import type { View } from "./view.ts";

/** Gathers the writes of one phase. */
export class WriteGroups {
  readonly #tables: readonly Table[];
  readonly #isOrdered: boolean;
  readonly #parents: number[] = [];
  /** The first write that concerned a row or a view. */
  readonly #owners = new Map<string | View, number>();
  /** By operation; -1 for reads. */
  readonly #writes: number[] = [];

  /** With `isOrdered`, as where there are pages or transactions, every write keeps its place. */
  constructor(tables: readonly Table[], isOrdered: boolean) {
    this.#tables = tables;
    this.#isOrdered = isOrdered;
  }

  /** The next operation, with what it changed and all views of the phase. */
  add(operation: Operation, changes: readonly RowChange[], views: Iterable<View>): void {
    if (operation.kind === "read") {
      this.#writes.push(-1);
      return;
    }
    const write = this.#parents.push(this.#parents.length) - 1;
    this.#writes.push(write);
    if (this.#isOrdered) this.#concern(write, "order");
    if (operation.kind === "navigate" || operation.kind === "transaction") return;
    for (const key of this.#keysOf(operation, changes)) this.#concern(write, key);
    for (const view of views) {
      if (changes.some((change) => isConcerned(view, change))) this.#concern(write, view);
    }
  }

  /** The group of each operation, counted from 0; -1 for reads. */
  result(): Int32Array {
    const numbers = new Map<number, number>();
    return Int32Array.from(this.#writes, (write) => {
      if (write < 0) return -1;
      const root = this.#root(write);
      const number = numbers.get(root) ?? numbers.size;
      numbers.set(root, number);
      return number;
    });
  }

  #concern(write: number, what: string | View): void {
    const owner = this.#owners.get(what);
    if (owner === undefined) this.#owners.set(what, write);
    else this.#parents[this.#root(write)] = this.#root(owner);
  }

  #root(write: number): number {
    let root = write;
    while (this.#parents[root] !== root) {
      // Halves the way for whoever asks next.
      root = this.#parents[root] = this.#parents[this.#parents[root]!]!;
    }
    return root;
  }

  /** Rows by key and by unique value: those that changed, and those that were named although nothing changed. */
  *#keysOf(
    operation: Exclude<Operation, { kind: "read" | "navigate" | "transaction" }>,
    changes: readonly RowChange[],
  ): Iterable<string> {
    const { statement } = operation;
    const table = tableNamed(this.#tables, statement.table);
    const unique = [table.primaryKey, ...table.columns.filter((one) => one.unique).map(({ name }) => name)];
    for (const { before, after } of changes) {
      for (const row of [before, after]) {
        if (row === undefined) continue;
        for (const column of unique) yield keyText(table, column, row[column]!);
      }
    }
    for (const args of operation.kind === "batch" ? operation.rows : [operation.args]) {
      if (statement.kind === "update" || statement.kind === "delete") {
        yield keyText(table, statement.keyColumn, args[args.length - 1]!);
        continue;
      }
      for (const column of unique) {
        const at = statement.columns.indexOf(column);
        if (at >= 0) yield keyText(table, column, args[at]!);
      }
    }
  }
}

/** Whether a change may matter to a view: cautiously, as rows behind the end of a limited result count as well. */
function isConcerned({ plan }: View, { table, before, after }: RowChange): boolean {
  if (plan.kind === "select" && plan.join?.table.name === table) return true;
  return plan.table.name === table &&
    [before, after].some((row) => row !== undefined && plan.isCandidate(row));
}

function keyText(table: Table, column: string, value: Value): string {
  const normal = keyOf(value);
  return `${table.name} ${column} ${typeof normal} ${String(normal)}`;
}
