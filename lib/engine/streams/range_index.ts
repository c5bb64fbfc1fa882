/**
 * Closed ranges of numbers, and which of them meet another one.
 *
 * Sorted by lower end, with the highest upper end of each half kept beside it (an interval tree laid out in arrays; Cormen et
 * al., "Introduction to Algorithms", 14.3). What was added since it was built is looked at one by one, until it is built anew.
 *
 * @module
 */

interface Range<Entry> {
  readonly entry: Entry;
  readonly lower: number;
  readonly upper: number;
}

/** An entry may have several ranges; they go together. */
export class RangeIndex<Entry> {
  readonly #ranges = new Map<Entry, Range<Entry>[]>();
  #sorted: Range<Entry>[] = [];
  /** Highest upper end of the part of `sorted` whose middle is at this place. */
  #highest = new Float64Array(0);
  #added: Range<Entry>[] = [];
  #removed = 0;

  /** Number of entries. */
  get size(): number {
    return this.#ranges.size;
  }

  /** Adds a range of an entry. */
  add(entry: Entry, lower: number, upper: number): void {
    const range = { entry, lower, upper };
    const known = this.#ranges.get(entry);
    if (known === undefined) this.#ranges.set(entry, [range]);
    else known.push(range);
    this.#added.push(range);
  }

  /** Removes all ranges of an entry. */
  remove(entry: Entry): void {
    this.#removed += this.#ranges.get(entry)?.length ?? 0;
    this.#ranges.delete(entry);
  }

  /** Adds the entries to `hits` that have a range with a number of `lower..upper` in it. */
  overlapping(lower: number, upper: number, hits: Set<Entry>): void {
    if (this.#added.length > 64 + this.#sorted.length / 16 || this.#removed > 64 + this.#ranges.size) {
      this.#build();
    }
    for (const range of this.#added) this.#take(range, lower, upper, hits);
    this.#search(0, this.#sorted.length, lower, upper, hits);
  }

  #search(from: number, to: number, lower: number, upper: number, hits: Set<Entry>): void {
    if (from >= to) return;
    const middle = (from + to) >>> 1;
    if (this.#highest[middle]! < lower) return;
    this.#search(from, middle, lower, upper, hits);
    const range = this.#sorted[middle]!;
    if (range.lower > upper) return;
    this.#take(range, lower, upper, hits);
    this.#search(middle + 1, to, lower, upper, hits);
  }

  #take(range: Range<Entry>, lower: number, upper: number, hits: Set<Entry>): void {
    if (range.lower > range.upper || range.lower > upper || range.upper < lower) return;
    if (this.#ranges.get(range.entry)?.includes(range)) hits.add(range.entry);
  }

  #build(): void {
    this.#sorted = [...this.#ranges.values()].flat().sort((one, other) =>
      one.lower < other.lower ? -1 : one.lower > other.lower ? 1 : 0
    );
    this.#added = [];
    this.#removed = 0;
    this.#highest = new Float64Array(this.#sorted.length);
    this.#measure(0, this.#sorted.length);
  }

  #measure(from: number, to: number): number {
    if (from >= to) return -Infinity;
    const middle = (from + to) >>> 1;
    const highest = Math.max(
      this.#sorted[middle]!.upper,
      this.#measure(from, middle),
      this.#measure(middle + 1, to),
    );
    return this.#highest[middle] = highest;
  }
}
