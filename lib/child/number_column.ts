/**
 * A growing column of numbers. Unlike an array it cannot be watched: what is written into an array beyond its end asks
 * prototypes, which adapters can change.
 */
export class NumberColumn {
  #values: Float64Array;
  #length = 0;

  /** Room for `capacity` numbers before it grows for the first time. */
  constructor(capacity = 64) {
    this.#values = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Appends a number. Takes twice the room when it is full. */
  add(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#values.length * 2);
      for (let index = 0; index < this.#length; index++) grown[index] = this.#values[index]!;
      this.#values = grown;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  /** Number `index`; NaN beyond the last. */
  at(index: number): number {
    return index < this.#length ? this.#values[index]! : NaN;
  }

  /** The last number; NaN when there is none. */
  get last(): number {
    return this.#length === 0 ? NaN : this.#values[this.#length - 1]!;
  }

  /** A copy of all numbers. */
  toArray(): Float64Array {
    const copy = new Float64Array(this.#length);
    for (let index = 0; index < this.#length; index++) copy[index] = this.#values[index]!;
    return copy;
  }
}
