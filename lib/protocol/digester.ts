/**
 * Digests of results: what the child sends instead of rows, and what the judge makes of the truth.
 *
 * Every block has a key of its own that only the harness's part of the child knows, so that nobody can search for two
 * results with the same digest. A digest has 53 bits: of two different results one in 9e15 pairs would pass for equal.
 *
 * Equal values have equal digests whatever library made them: numbers and bigints by numeric value, byte arrays by
 * content. Which columns a row has counts, their order does not. The order of the rows counts.
 *
 * The code runs between the stamps of a clock, in a realm that it shares with adapters: it allocates nothing per row and
 * calls nothing that an adapter could have replaced after this module was loaded.
 */
import type { Row, Value } from "../model/value.ts";

const { imul, floor, abs } = Math;
const { isSafeInteger } = Number;
const { toStringTag } = Symbol;
const { apply, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const charCodeAt = Function.prototype.call.bind(String.prototype.charCodeAt) as (
  text: string,
  index: number,
) => number;
const typedArrayName = getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype)!, toStringTag)!.get!;
const toBigInt = BigInt;
const { asUintN } = BigInt;
const toNumber = Number;

/** Two words of 32 bits, drawn anew for every block. */
export interface DigestKey {
  /** The first word. */
  readonly a: number;
  /** The second word. */
  readonly b: number;
}

/** A key from the system's random numbers. */
export function randomDigestKey(): DigestKey {
  const [a, b] = crypto.getRandomValues(new Uint32Array(2));
  return { a: a!, b: b! };
}

/** Marks of what has no words of its own. No two kinds share one. */
const MARK = { null: 0x1b873593, missing: 0x2545f491, text: 0x7feb352d, bytes: 0x846ca68b } as const;
const MARK_INTEGER = 0x165667b1;
const MARK_FLOAT = 0x27d4eb2f;
const MARK_WIDE = 0x3c6ef372;
const MARK_OTHER = 0x5bd1e995;

const WORD = 2 ** 32;
const float = new Float64Array(1);
const floatWords = new Int32Array(float.buffer);

/** Digests results under one key. Not reentrant: one result is finished before the next one begins. */
export class Digester {
  readonly #seedA: number;
  readonly #seedB: number;
  readonly #multiplierA: number;
  readonly #multiplierB: number;
  #a = 0;
  #b = 0;
  /** The columns of the last result, and what their names make of the seeds. */
  #columns: readonly string[] = [];
  #columnsA = 0;
  #columnsB = 0;

  /** Multipliers are made odd, so that no bit of a word is lost. */
  constructor({ a, b }: DigestKey) {
    this.#seedA = a | 0;
    this.#seedB = b | 0;
    this.#multiplierA = imul(a, 0x9e3779b1) ^ 0x85ebca6b | 1;
    this.#multiplierB = imul(b, 0xc2b2ae3d) ^ 0x27d4eb2d | 1;
    this.#begin([]);
  }

  /**
   * Digest of a result with these columns, looking at every value of every row as a screen would. Rows that are no
   * objects, and results that are no arrays, have digests that no truth has. Where `rowDigests` is given, it gets the
   * digest of each row; it must be as long as the result.
   */
  result(rows: readonly Row[], columns: readonly string[], rowDigests?: Float64Array): number {
    const count = rows.length;
    if (columns !== this.#columns) this.#begin(columns);
    let a = this.#mixA(this.#columnsA, count);
    let b = this.#mixB(this.#columnsB, count);
    for (let index = 0; index < count; index++) {
      this.#row(rows[index]!, columns);
      const high = highWord(this.#a);
      const low = lowWord(this.#b);
      if (rowDigests !== undefined) rowDigests[index] = high * WORD + low;
      a = this.#mixA(this.#mixA(a, high), low);
      b = this.#mixB(this.#mixB(b, high), low);
    }
    return highWord(a) * WORD + lowWord(b);
  }

  /** What {@link result} gives for rows with these digests, in this order. */
  ofRows(rowDigests: ArrayLike<number>, columns: readonly string[]): number {
    const count = rowDigests.length;
    if (columns !== this.#columns) this.#begin(columns);
    let a = this.#mixA(this.#columnsA, count);
    let b = this.#mixB(this.#columnsB, count);
    for (let index = 0; index < count; index++) {
      const high = floor(rowDigests[index]! / WORD);
      const low = rowDigests[index]! % WORD;
      a = this.#mixA(this.#mixA(a, high), low);
      b = this.#mixB(this.#mixB(b, high), low);
    }
    return highWord(a) * WORD + lowWord(b);
  }

  /** Digest of one row, as {@link result} writes it. */
  row(row: Row, columns: readonly string[]): number {
    this.#row(row, columns);
    return highWord(this.#a) * WORD + lowWord(this.#b);
  }

  /** Results of different queries must not meet, although their values may be equal. */
  #begin(columns: readonly string[]): void {
    this.#a = this.#seedA;
    this.#b = this.#seedB;
    for (let index = 0; index < columns.length; index++) this.#value(columns[index]);
    this.#columns = columns;
    this.#columnsA = this.#a;
    this.#columnsB = this.#b;
  }

  #row(row: Row, columns: readonly string[]): void {
    this.#a = this.#seedA;
    this.#b = this.#seedB;
    if (typeof row !== "object" || row === null) return this.#word(MARK_OTHER);
    let keyCount = 0;
    // Columns nobody asked for are wrong, too; what a prototype lends is no column.
    for (const _ in row) keyCount += 1;
    this.#word(keyCount);
    for (let index = 0; index < columns.length; index++) this.#value(row[columns[index]!]);
  }

  #value(value: Value | undefined): void {
    switch (typeof value) {
      case "number":
        return this.#number(value);
      case "string": {
        const { length } = value;
        this.#word(MARK.text ^ length);
        let a = this.#a;
        let b = this.#b;
        const ma = this.#multiplierA;
        const mb = this.#multiplierB;
        let index = 0;
        // Two UTF-16 units make a word: half as many multiplications.
        for (; index + 1 < length; index += 2) {
          const word = charCodeAt(value, index) | charCodeAt(value, index + 1) << 16;
          a = imul(a ^ word, ma);
          a ^= a >>> 15;
          b = imul(b + word | 0, mb);
          b ^= b >>> 13;
        }
        this.#a = a;
        this.#b = b;
        if (index < length) this.#word(charCodeAt(value, index));
        return;
      }
      case "bigint": {
        const near = toNumber(value);
        if (isSafeInteger(near)) return this.#number(near);
        return this.#wide(value);
      }
      case "undefined":
        return this.#word(MARK.missing);
      case "object":
        if (value === null) return this.#word(MARK.null);
        if (apply(typedArrayName, value, []) !== "Uint8Array") return this.#word(MARK_OTHER);
        this.#word(MARK.bytes ^ value.length);
        for (let index = 0; index < value.length; index++) this.#word(value[index]!);
        return;
      default:
        return this.#word(MARK_OTHER);
    }
  }

  #number(value: number): void {
    if ((value | 0) === value) {
      this.#word(MARK_INTEGER);
      return this.#word(value | 0);
    }
    // A number beyond 2^53 is an integer and may equal a bigint.
    if (abs(value) >= 2 ** 53 && abs(value) < 2 ** 63 && floor(value) === value) {
      return this.#wide(toBigInt(value));
    }
    float[0] = value;
    this.#word(MARK_FLOAT);
    this.#word(floatWords[0]!);
    this.#word(floatWords[1]!);
  }

  #wide(value: bigint): void {
    const bits = asUintN(64, value);
    this.#word(MARK_WIDE);
    this.#word(toNumber(bits & 0xffffffffn) | 0);
    this.#word(toNumber(bits >> 32n) | 0);
  }

  #word(word: number): void {
    this.#a = this.#mixA(this.#a, word);
    this.#b = this.#mixB(this.#b, word);
  }

  #mixA(a: number, word: number): number {
    const mixed = imul(a ^ word, this.#multiplierA);
    return mixed ^ mixed >>> 15;
  }

  #mixB(b: number, word: number): number {
    const mixed = imul(b + word | 0, this.#multiplierB);
    return mixed ^ mixed >>> 13;
  }
}

/**
 * One digest for rows in any order: the sum of their digests. Keyed rows make it as hard to forge as each of them.
 * In: digests of rows. Out: a whole number below 2^53.
 */
export function setDigest(rowDigests: ArrayLike<number>): number {
  let high = 0;
  let low = 0;
  for (let index = 0; index < rowDigests.length; index++) {
    const digest = rowDigests[index]!;
    low += digest % WORD;
    high += floor(digest / WORD);
    if (low >= WORD) {
      low -= WORD;
      high += 1;
    }
    high %= 2 ** 21;
  }
  return high * WORD + low;
}

/** The upper 21 bits of a digest. */
function highWord(a: number): number {
  return imul(a ^ a >>> 16, 0x846ca68b) >>> 11;
}

/** The lower 32 bits of a digest. */
function lowWord(b: number): number {
  const word = imul(b ^ b >>> 16, 0x7feb352d);
  return (word ^ word >>> 15) >>> 0;
}
