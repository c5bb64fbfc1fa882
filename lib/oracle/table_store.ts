/** The rows of one table. Seed rows come into being when somebody looks at them. */
import type { Seed, Table } from "../model/schema.ts";
import type { OrderTerm } from "../model/statement.ts";
import type { Row, Value } from "../model/value.ts";
import { OrderedIndex } from "./ordered_index.ts";
import { keyOf } from "./value_order.ts";

/**
 * Rows by primary key, with indexes on the columns that are asked for.
 *
 * Row objects are never changed, only replaced. A lookup or a range of keys builds only the seed rows that it meets;
 * a scan and the first use of an index build all of them.
 */
export class TableStore {
  readonly table: Table;
  readonly #seeds: readonly Seed[];
  readonly #rows = new Map<Value, Row>();
  readonly #deletedSeedKeys = new Set<Value>();
  readonly #indexes = new Map<string, ColumnIndex>();
  readonly #orderedIndexes = new Map<string, OrderedIndex>();
  #isComplete = false;
  #rowCount = 0;
  /** Bounds of all keys that ever were; they do not shrink. */
  #lowestKey = Infinity;
  #highestKey = 0;
  #hasBigKeys = false;

  constructor(table: Table, seeds: readonly Seed[]) {
    this.table = table;
    this.#seeds = seeds;
    for (const { rowCount, firstKey } of seeds) {
      if (rowCount === 0) continue;
      this.#rowCount += rowCount;
      this.#extendBounds(firstKey);
      this.#extendBounds(firstKey + rowCount - 1);
    }
  }

  /** Rows in the table now. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** The key that an insert without one gets: the largest so far plus one, also after that row was deleted. */
  get nextKey(): number {
    return this.#highestKey + 1;
  }

  /** The bounds of all keys that ever were; `undefined` without any, and where keys are no safe integers. */
  get keySpan(): { readonly lowest: number; readonly highest: number } | undefined {
    if (this.#lowestKey === Infinity || this.#hasBigKeys) return undefined;
    return { lowest: this.#lowestKey, highest: this.#highestKey };
  }

  /** The row with this primary key. */
  get(key: Value): Row | undefined {
    const normal = keyOf(key);
    const row = this.#rows.get(normal);
    if (row !== undefined || this.#isComplete || typeof normal !== "number") return row;
    return this.#seedRow(normal);
  }

  /** Every row, in no particular order. */
  all(): Iterable<Row> {
    if (!this.#isComplete) {
      for (const { firstKey, rowCount } of this.#seeds) {
        for (let key = firstKey; key < firstKey + rowCount; key += 1) this.get(key);
      }
      this.#isComplete = true;
    }
    return this.#rows.values();
  }

  /** Rows with a key in [from, below), and perhaps others: all rows where keys are too sparse to be walked. */
  *between(from: Value | undefined, below: Value | undefined): Iterable<Row> {
    const first = Math.max(typeof from === "number" ? Math.ceil(from) : -Infinity, this.#lowestKey);
    const end = Math.min(typeof below === "number" ? below : Infinity, this.#highestKey + 1);
    if (this.#hasBigKeys || end - first > 2 * this.#rowCount) {
      yield* this.all();
      return;
    }
    for (let key = first; key < end; key += 1) {
      const row = this.get(key);
      if (row !== undefined) yield row;
    }
  }

  /** Rows whose column has this value. NULL equals nothing. */
  *equalTo(column: string, value: Value): Iterable<Row> {
    if (value === null) return;
    if (column === this.table.primaryKey) {
      const row = this.get(value);
      if (row !== undefined) yield row;
      return;
    }
    for (const key of this.#index(column).keys(value)) yield this.get(key)!;
  }

  /** Every row, sorted by these columns and then by key. Tables must not change during the walk. */
  *inOrder(terms: readonly OrderTerm[]): Iterable<Row> {
    const name = JSON.stringify(terms);
    let index = this.#orderedIndexes.get(name);
    if (index === undefined) {
      const { primaryKey } = this.table;
      const keys = Array.from(this.all(), (row) => keyOf(row[primaryKey]!));
      index = new OrderedIndex(primaryKey, terms, keys);
      this.#orderedIndexes.set(name, index);
    }
    for (const key of index.sorted((each) => this.get(each))) yield this.get(key)!;
  }

  /**
   * Puts `after` in the place of `before`; either may be absent.
   * Throws a RangeError when the key or the value of a unique column is taken by another row.
   */
  replace(before: Row | undefined, after: Row | undefined): void {
    if (after !== undefined) this.#rejectDuplicates(before, after);
    if (before !== undefined) this.#remove(before);
    if (after !== undefined) this.#add(after);
    for (const index of this.#orderedIndexes.values()) index.note(before, after);
  }

  #rejectDuplicates(before: Row | undefined, after: Row): void {
    const { columns, name, primaryKey } = this.table;
    for (const { name: column, unique } of columns) {
      if (!unique && column !== primaryKey) continue;
      if (before !== undefined && keyOf(before[column]!) === keyOf(after[column]!)) continue;
      for (const _ of this.equalTo(column, after[column]!)) {
        throw new RangeError(
          `Cannot write to table "${name}" as "${column}" must be unique: ${String(after[column])} is taken`,
        );
      }
    }
  }

  #remove(row: Row): void {
    const key = keyOf(row[this.table.primaryKey]!);
    this.#rows.delete(key);
    if (!this.#isComplete) this.#deletedSeedKeys.add(key);
    this.#rowCount -= 1;
    for (const [column, index] of this.#indexes) index.delete(row[column]!, key);
  }

  #add(row: Row): void {
    const key = keyOf(row[this.table.primaryKey]!);
    this.#rows.set(key, row);
    this.#rowCount += 1;
    if (typeof key === "number") this.#extendBounds(key);
    else this.#hasBigKeys = true;
    for (const [column, index] of this.#indexes) index.add(row[column]!, key);
  }

  #seedRow(key: number): Row | undefined {
    if (this.#deletedSeedKeys.has(key)) return undefined;
    for (const { firstKey, rowCount, row } of this.#seeds) {
      if (key >= firstKey && key < firstKey + rowCount && Number.isInteger(key)) {
        const seeded = row(key - firstKey);
        this.#rows.set(key, seeded);
        return seeded;
      }
    }
    return undefined;
  }

  #index(column: string): ColumnIndex {
    const known = this.#indexes.get(column);
    if (known !== undefined) return known;
    const index = new ColumnIndex();
    for (const row of this.all()) index.add(row[column]!, keyOf(row[this.table.primaryKey]!));
    this.#indexes.set(column, index);
    return index;
  }

  #extendBounds(key: number): void {
    this.#lowestKey = Math.min(this.#lowestKey, key);
    this.#highestKey = Math.max(this.#highestKey, key);
  }
}

/** Primary keys by value of one column. A value with one key, as in unique columns, costs no set. */
class ColumnIndex {
  readonly #keys = new Map<Value, Value | Set<Value>>();

  keys(value: Value): Iterable<Value> {
    const found = this.#keys.get(keyOf(value));
    if (found === undefined) return [];
    return found instanceof Set ? found : [found];
  }

  add(value: Value, key: Value): void {
    const normal = keyOf(value);
    const found = this.#keys.get(normal);
    if (found === undefined) this.#keys.set(normal, key);
    else if (found instanceof Set) found.add(key);
    else this.#keys.set(normal, new Set([found, key]));
  }

  delete(value: Value, key: Value): void {
    const normal = keyOf(value);
    const found = this.#keys.get(normal);
    if (found instanceof Set) found.delete(key);
    else this.#keys.delete(normal);
  }
}
