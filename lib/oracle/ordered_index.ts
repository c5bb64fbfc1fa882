/** The keys of a table in the order of some columns. */
import type { OrderTerm } from "../model/statement.ts";
import type { Row, Value } from "../model/value.ts";
import { compareValues, keyOf } from "./value_order.ts";

/**
 * Keys sorted by order terms and then by key, so that the first rows of a large table can be found without the others.
 *
 * Writes only note that the order may have changed. The next walk sorts again, which on keys that are nearly in order
 * costs little more than looking at each.
 */
export class OrderedIndex {
  readonly #primaryKey: string;
  readonly #terms: readonly OrderTerm[];
  #keys: Value[];
  #isSorted = false;

  /** `keys` are those of all rows in any order. Terms name columns of the table. */
  constructor(primaryKey: string, terms: readonly OrderTerm[], keys: Iterable<Value>) {
    this.#primaryKey = primaryKey;
    this.#terms = terms;
    this.#keys = [...keys];
  }

  /** Takes notice of a row that came, went, or was replaced. */
  note(before: Row | undefined, after: Row | undefined): void {
    const columns = [this.#primaryKey, ...this.#terms.map(({ column }) => column)];
    if (
      before !== undefined && after !== undefined &&
      columns.every((column) => keyOf(before[column]!) === keyOf(after[column]!))
    ) return;
    this.#isSorted = false;
    if (after !== undefined) this.#keys.push(keyOf(after[this.#primaryKey]!));
  }

  /** The keys in order. `get` finds the current row of a key. */
  sorted(get: (key: Value) => Row | undefined): readonly Value[] {
    if (this.#isSorted) return this.#keys;
    const rows = this.#keys.map(get).filter((row) => row !== undefined).sort((a, b) => this.#compare(a, b));
    // A key that was noted twice stands beside itself now.
    this.#keys = rows.map((row) => keyOf(row[this.#primaryKey]!)).filter((key, i, all) => key !== all[i - 1]);
    this.#isSorted = true;
    return this.#keys;
  }

  #compare(a: Row, b: Row): number {
    for (const { column, descending } of this.#terms) {
      const difference = compareValues(a[column]!, b[column]!);
      if (difference !== 0) return descending ? -difference : difference;
    }
    return compareValues(a[this.#primaryKey]!, b[this.#primaryKey]!);
  }
}
