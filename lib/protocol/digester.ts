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
const { hasOwn } = Object;

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

/**
 * A value begins with a pair of words, one for each half of the digest: `word ^ mark` and `word + kind`. Marks are
 * multiples of eight and kinds differ modulo eight, so that no two kinds share a pair: `x ^ y` and `x` are congruent
 * modulo eight where `y` is a multiple of it.
 */
const INTEGER = 0x165667b0;
const INTEGER_KIND = 0;
const FLOAT = 0x27d4eb28;
const FLOAT_KIND = 1;
const WIDE = 0x3c6ef370;
const WIDE_KIND = 2;
const TEXT = 0x7feb3528;
const TEXT_KIND = 3;
const BYTES = 0x046ca688;
const BYTES_KIND = 4;
const NULL = 0x1b873590;
const NULL_KIND = 5;
const MISSING = 0x2545f490;
const MISSING_KIND = 6;
const OTHER = 0x5bd1e990;
const OTHER_KIND = 7;

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
   * objects, and results that are no arrays, have digests that no truth has. Columns nobody asked for show in the first
   * and the last row; those of the others are seen where rows are kept. Where `rowDigests` is given, it gets the digest
   * of each row; it must be as long as the result.
   */
  result(rows: readonly Row[], columns: readonly string[], rowDigests?: Float64Array): number {
    const count = rows.length;
    this.#openResult(
      count,
      count === 0 ? 0 : keyCount(rows[0]),
      count === 0 ? 0 : keyCount(rows[count - 1]),
      columns,
    );
    let a = this.#a;
    let b = this.#b;
    const ma = this.#multiplierA;
    const mb = this.#multiplierB;
    for (let index = 0; index < count; index++) {
      this.#row(rows[index]!, columns);
      const high = highWord(this.#a);
      const low = lowWord(this.#b);
      if (rowDigests !== undefined) rowDigests[index] = high * WORD + low;
      a = imul(a ^ high, ma);
      a = imul(a ^ a >>> 15 ^ low, ma);
      a ^= a >>> 15;
      b = imul(b + high | 0, mb);
      b = imul((b ^ b >>> 13) + low | 0, mb);
      b ^= b >>> 13;
    }
    return highWord(a) * WORD + lowWord(b);
  }

  /** What {@link result} gives for rows with these digests, in this order, that have these columns and no others. */
  ofRows(rowDigests: ArrayLike<number>, columns: readonly string[]): number {
    const count = rowDigests.length;
    const keys = count === 0 ? 0 : columns.length;
    this.#openResult(count, keys, keys, columns);
    let a = this.#a;
    let b = this.#b;
    const ma = this.#multiplierA;
    const mb = this.#multiplierB;
    for (let index = 0; index < count; index++) {
      const high = floor(rowDigests[index]! / WORD);
      const low = rowDigests[index]! % WORD;
      a = imul(a ^ high, ma);
      a = imul(a ^ a >>> 15 ^ low, ma);
      a ^= a >>> 15;
      b = imul(b + high | 0, mb);
      b = imul((b ^ b >>> 13) + low | 0, mb);
      b ^= b >>> 13;
    }
    return highWord(a) * WORD + lowWord(b);
  }

  /** Digest of the values of one row, as {@link result} writes it. */
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

  #openResult(count: number, firstKeys: number, lastKeys: number, columns: readonly string[]): void {
    if (columns !== this.#columns) this.#begin(columns);
    this.#a = this.#columnsA;
    this.#b = this.#columnsB;
    this.#word(count);
    this.#word(firstKeys);
    this.#word(lastKeys);
  }

  /** The loop that most of the time is spent in: kinds that most values have are mixed in place. */
  #row(row: Row, columns: readonly string[]): void {
    let a = this.#seedA;
    let b = this.#seedB;
    if (typeof row !== "object" || row === null) {
      this.#a = a;
      this.#b = b;
      return this.#pair(OTHER, OTHER_KIND);
    }
    const ma = this.#multiplierA;
    const mb = this.#multiplierB;
    for (let column = 0; column < columns.length; column++) {
      const value = row[columns[column]!];
      if (typeof value === "number" && (value | 0) === value) {
        a = imul(a ^ value ^ INTEGER, ma);
        a ^= a >>> 15;
        b = imul(b + value + INTEGER_KIND | 0, mb);
        b ^= b >>> 13;
      } else if (typeof value === "string") {
        const { length } = value;
        a = imul(a ^ length ^ TEXT, ma);
        a ^= a >>> 15;
        b = imul(b + length + TEXT_KIND | 0, mb);
        b ^= b >>> 13;
        let index = 0;
        // Two UTF-16 units make a word: half as many multiplications.
        for (; index + 1 < length; index += 2) {
          const word = charCodeAt(value, index) | charCodeAt(value, index + 1) << 16;
          a = imul(a ^ word, ma);
          a ^= a >>> 15;
          b = imul(b + word | 0, mb);
          b ^= b >>> 13;
        }
        if (index < length) {
          const word = charCodeAt(value, index);
          a = imul(a ^ word, ma);
          a ^= a >>> 15;
          b = imul(b + word | 0, mb);
          b ^= b >>> 13;
        }
      } else {
        this.#a = a;
        this.#b = b;
        this.#value(value);
        a = this.#a;
        b = this.#b;
      }
    }
    this.#a = a;
    this.#b = b;
  }

  /** Any value, text and small integers as {@link #row} mixes them. */
  #value(value: Value | undefined): void {
    switch (typeof value) {
      case "number":
        return this.#number(value);
      case "string": {
        const { length } = value;
        this.#pair(TEXT ^ length, TEXT_KIND + length);
        let index = 0;
        for (; index + 1 < length; index += 2) {
          this.#word(charCodeAt(value, index) | charCodeAt(value, index + 1) << 16);
        }
        if (index < length) this.#word(charCodeAt(value, index));
        return;
      }
      case "bigint": {
        const near = toNumber(value);
        if (isSafeInteger(near)) return this.#number(near);
        return this.#wide(value);
      }
      case "undefined":
        return this.#pair(MISSING, MISSING_KIND);
      case "object":
        if (value === null) return this.#pair(NULL, NULL_KIND);
        if (apply(typedArrayName, value, []) !== "Uint8Array") return this.#pair(OTHER, OTHER_KIND);
        this.#pair(BYTES ^ value.length, BYTES_KIND + value.length);
        for (let index = 0; index < value.length; index++) this.#word(value[index]!);
        return;
      default:
        return this.#pair(OTHER, OTHER_KIND);
    }
  }

  #number(value: number): void {
    if ((value | 0) === value) return this.#pair(INTEGER ^ value, INTEGER_KIND + value);
    // A number beyond 2^53 is an integer and may equal a bigint.
    if (abs(value) >= 2 ** 53 && abs(value) < 2 ** 63 && floor(value) === value) {
      return this.#wide(toBigInt(value));
    }
    float[0] = value;
    this.#pair(FLOAT ^ floatWords[0]!, FLOAT_KIND + floatWords[0]!);
    this.#word(floatWords[1]!);
  }

  #wide(value: bigint): void {
    const bits = asUintN(64, value);
    const low = toNumber(bits & 0xffffffffn) | 0;
    this.#pair(WIDE ^ low, WIDE_KIND + low);
    this.#word(toNumber(bits >> 32n) | 0);
  }

  #word(word: number): void {
    this.#pair(word, word);
  }

  #pair(wordA: number, wordB: number): void {
    const a = imul(this.#a ^ wordA, this.#multiplierA);
    this.#a = a ^ a >>> 15;
    const b = imul(this.#b + wordB | 0, this.#multiplierB);
    this.#b = b ^ b >>> 13;
  }
}

/** Columns of a row, those that nobody asked for, too; what a prototype lends is no column. */
function keyCount(row: Row | undefined): number {
  if (typeof row !== "object" || row === null) return -1;
  let count = 0;
  for (const key in row) if (hasOwn(row, key)) count += 1;
  return count;
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
