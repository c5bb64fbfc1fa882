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
 *
 *     row     = seeds, then each value: its kind and its length or word, then its further words
 *     result  = seeds, names of the columns, number of rows, then both halves of each row's digest
 */
import type { RawRow, Row, Value } from "../model/value.ts";

const { imul, floor, abs, min } = Math;
const { isSafeInteger } = Number;
const { toStringTag } = Symbol;
const { apply, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const charCodeAt = Function.prototype.call.bind(String.prototype.charCodeAt) as (
  text: string,
  index: number,
) => number;
const slice = Function.prototype.call.bind(String.prototype.slice) as (
  text: string,
  from: number,
  to: number,
) => string;
const encodeInto = TextEncoder.prototype.encodeInto.bind(new TextEncoder());
const typedArray = getPrototypeOf(Uint8Array.prototype)!;
const typedArrayName = getOwnPropertyDescriptor(typedArray, toStringTag)!.get!;
const typedArrayLength = getOwnPropertyDescriptor(typedArray, "length")!.get!;
const toBigInt = BigInt;
const { asUintN } = BigInt;
const toNumber = Number;
const { keys } = Object;

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

/**
 * Further words are pairs of the same word twice. Four UTF-16 units of a text make one where all are below 256, as in most
 * texts, else two, of which the first has this mark and kind: where one group ends and the next begins is never open.
 */
const UNITS = 0x6c622728;
const UNITS_KIND = 1;
const NARROW = 256;

/**
 * Texts of so many units are copied in pieces by the platform's encoder: as long as all is ASCII, a byte is a unit. A piece
 * is whole words.
 */
const LONG_LENGTH = 128;
const PIECE_LENGTH = 16_384;
const piece = new Uint8Array(PIECE_LENGTH);

const WORD = 2 ** 32;
/** One more than the largest upper half. */
const HIGHEST = 2 ** 21;
/** From here on a number is a whole one, and may equal a bigint. */
const WIDEST = 2 ** 53;
const float = new Float64Array(1);
const floatWords = new Int32Array(float.buffer);

/** How many queries a digester knows by their columns. */
const KNOWN_COUNT = 8;
const NO_COLUMNS: readonly string[] = [];
const NAME: readonly string[] = ["name"];

/** Where the values of a row's columns are: names, or indexes in a list. */
export type Places = readonly (string | number)[];

/** Digests results under one key. Not reentrant: one result is finished before the next one begins. */
export class Digester {
  readonly #seedA: number;
  readonly #seedB: number;
  readonly #multiplierA: number;
  readonly #multiplierB: number;
  /** Both halves of what was digested last, or is being digested. */
  #a = 0;
  #b = 0;
  /** Columns of the last queries, what their names make of the seeds, and which of them came last. */
  readonly #known: (readonly string[])[] = [];
  readonly #knownA = new Int32Array(KNOWN_COUNT);
  readonly #knownB = new Int32Array(KNOWN_COUNT);
  #current = 0;
  #oldest = 0;

  /** Multipliers are made odd, so that no bit of a word is lost. */
  constructor({ a, b }: DigestKey) {
    this.#seedA = a | 0;
    this.#seedB = b | 0;
    this.#multiplierA = imul(a, 0x9e3779b1) ^ 0x85ebca6b | 1;
    this.#multiplierB = imul(b, 0xc2b2ae3d) ^ 0x27d4eb2d | 1;
    for (let index = 0; index < KNOWN_COUNT; index++) {
      this.#known[index] = NO_COLUMNS;
      this.#knownA[index] = this.#seedA;
      this.#knownB[index] = this.#seedB;
    }
  }

  /**
   * Digest of a result with these columns, looking at every value of every row as a screen would. Rows that are no
   * objects, and results that are no arrays, have digests that no truth has. Columns nobody asked for show in the first
   * and the last row; those of the others are seen where rows are kept. Where `rowDigests` is given, it gets the digest
   * of each row from index `from` on; it must have room for them. `places` says where the value of each column is in a
   * row, for rows that are lists: they have the digests of rows with names.
   */
  result(
    rows: readonly (Row | RawRow)[],
    columns: readonly string[],
    rowDigests?: Float64Array,
    from = 0,
    places: Places = columns,
  ): number {
    const count = rows.length >>> 0;
    this.#openResult(count, columns);
    if (count > 0) this.#ends(rows[0]!, count === 1 ? undefined : rows[count - 1]!, columns.length);
    let a = this.#a;
    let b = this.#b;
    const ma = this.#multiplierA;
    const mb = this.#multiplierB;
    for (let index = 0; index < count; index++) {
      this.#row(rows[index]!, places);
      const high = highWord(this.#a);
      const low = lowWord(this.#b);
      if (rowDigests !== undefined) rowDigests[from + index] = high * WORD + low;
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
    this.#openResult(count, columns);
    for (let index = 0; index < count; index++) {
      const digest = rowDigests[index]!;
      const high = floor(digest / WORD);
      this.#word(high);
      this.#word(digest - high * WORD | 0);
    }
    return highWord(this.#a) * WORD + lowWord(this.#b);
  }

  /** Digest of the values of one row, as {@link result} writes it. */
  row(row: Row, columns: readonly string[]): number {
    this.#row(row, columns);
    return highWord(this.#a) * WORD + lowWord(this.#b);
  }

  #openResult(count: number, columns: readonly string[]): void {
    if (this.#known[this.#current] !== columns) this.#current = this.#find(columns);
    this.#a = this.#knownA[this.#current]!;
    this.#b = this.#knownB[this.#current]!;
    this.#word(count);
  }

  /** Results of different queries must not meet, although their values may be equal. */
  #find(columns: readonly string[]): number {
    for (let place = 0; place < KNOWN_COUNT; place++) if (this.#known[place] === columns) return place;
    const place = this.#oldest;
    this.#oldest = (place + 1) % KNOWN_COUNT;
    const ma = this.#multiplierA;
    const mb = this.#multiplierB;
    let a = this.#seedA;
    let b = this.#seedB;
    for (let index = 0; index < columns.length; index++) {
      this.#row({ name: columns[index]! }, NAME);
      a = imul(a ^ this.#a, ma);
      a ^= a >>> 15;
      b = imul(b + this.#b | 0, mb);
      b ^= b >>> 13;
    }
    this.#known[place] = columns;
    this.#knownA[place] = a;
    this.#knownB[place] = b;
    return place;
  }

  /** Nothing where both ends of a result have as many columns as were asked for. */
  #ends(first: Row | RawRow, last: Row | RawRow | undefined, columnCount: number): void {
    const firstCount = keyCount(first);
    const lastCount = last === undefined ? firstCount : keyCount(last);
    if (firstCount === columnCount && lastCount === columnCount) return;
    this.#pair(OTHER ^ firstCount, OTHER_KIND + firstCount);
    this.#word(lastCount);
  }

  /** The loop that most of the time is spent in: kinds that most values have are mixed in place. */
  #row(row: Row | RawRow, places: Places): void {
    let a = this.#seedA;
    let b = this.#seedB;
    if (typeof row !== "object" || row === null) {
      this.#a = a;
      this.#b = b;
      return this.#pair(OTHER, OTHER_KIND);
    }
    const ma = this.#multiplierA;
    const mb = this.#multiplierB;
    const { length: columnCount } = places;
    for (let column = 0; column < columnCount; column++) {
      const value = (row as Row)[places[column]!];
      if (typeof value === "string") {
        const { length } = value;
        a = imul(a ^ length ^ TEXT, ma);
        a ^= a >>> 15;
        b = imul(b + length + TEXT_KIND | 0, mb);
        b ^= b >>> 13;
        let index = 0;
        if (length >= LONG_LENGTH && isPlain(value, length)) {
          this.#a = a;
          this.#b = b;
          index = this.#ascii(value, length);
          a = this.#a;
          b = this.#b;
        }
        for (; index + 3 < length; index += 4) {
          const first = charCodeAt(value, index);
          const second = charCodeAt(value, index + 1);
          const third = charCodeAt(value, index + 2);
          const fourth = charCodeAt(value, index + 3);
          let word = first | second << 8 | third << 16 | fourth << 24;
          if ((first | second | third | fourth) >= NARROW) {
            word = first | second << 16;
            a = imul(a ^ word ^ UNITS, ma);
            a ^= a >>> 15;
            b = imul(b + word + UNITS_KIND | 0, mb);
            b ^= b >>> 13;
            word = third | fourth << 16;
          }
          a = imul(a ^ word, ma);
          a ^= a >>> 15;
          b = imul(b + word | 0, mb);
          b ^= b >>> 13;
        }
        if (index < length) {
          // Units that are not there count as zero: the length was told before.
          const first = charCodeAt(value, index);
          const second = index + 1 < length ? charCodeAt(value, index + 1) : 0;
          const third = index + 2 < length ? charCodeAt(value, index + 2) : 0;
          let word = first | second << 8 | third << 16;
          if ((first | second | third) >= NARROW) {
            word = first | second << 16;
            a = imul(a ^ word ^ UNITS, ma);
            a ^= a >>> 15;
            b = imul(b + word + UNITS_KIND | 0, mb);
            b ^= b >>> 13;
            word = third;
          }
          a = imul(a ^ word, ma);
          a ^= a >>> 15;
          b = imul(b + word | 0, mb);
          b ^= b >>> 13;
        }
        continue;
      }
      if (typeof value === "number") {
        const word = value | 0;
        if (word === value) {
          a = imul(a ^ word ^ INTEGER, ma);
          a ^= a >>> 15;
          b = imul(b + word + INTEGER_KIND | 0, mb);
          b ^= b >>> 13;
          continue;
        }
        if (value < WIDEST && value > -WIDEST) {
          float[0] = value;
          const low = floatWords[0]!;
          const high = floatWords[1]!;
          a = imul(a ^ low ^ FLOAT, ma);
          a = imul(a ^ a >>> 15 ^ high, ma);
          a ^= a >>> 15;
          b = imul(b + low + FLOAT_KIND | 0, mb);
          b = imul((b ^ b >>> 13) + high | 0, mb);
          b ^= b >>> 13;
          continue;
        }
      } else if (value === null) {
        a = imul(a ^ NULL, ma);
        a ^= a >>> 15;
        b = imul(b + NULL_KIND | 0, mb);
        b ^= b >>> 13;
        continue;
      }
      this.#a = a;
      this.#b = b;
      this.#rare(value);
      a = this.#a;
      b = this.#b;
    }
    this.#a = a;
    this.#b = b;
  }

  /** Every value that {@link #row} does not mix in place. */
  #rare(value: Value | undefined): void {
    switch (typeof value) {
      case "number":
        return this.#number(value);
      case "bigint": {
        const near = toNumber(value);
        if (isSafeInteger(near)) return this.#number(near);
        return this.#wide(value);
      }
      case "undefined":
        return this.#pair(MISSING, MISSING_KIND);
      case "object":
        if (apply(typedArrayName, value, []) === "Uint8Array") return this.#bytes(value as Uint8Array);
        return this.#pair(OTHER, OTHER_KIND);
      default:
        return this.#pair(OTHER, OTHER_KIND);
    }
  }

  #number(value: number): void {
    const word = value | 0;
    if (word === value) return this.#pair(INTEGER ^ word, INTEGER_KIND + word);
    if (abs(value) >= WIDEST && abs(value) < 2 ** 63 && floor(value) === value) {
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

  /** Mixes words of a text from its beginning as long as they are ASCII, piece by piece; answers how many units it mixed. */
  #ascii(text: string, length: number): number {
    const end = length & ~3;
    let index = 0;
    while (index < end) {
      const size = min(PIECE_LENGTH, end - index);
      const { read, written } = encodeInto(slice(text, index, index + size), piece);
      // Whatever is not ASCII takes more bytes than units, or finds no room.
      if (read !== size || written !== size) break;
      this.#words(piece, size);
      index += size;
    }
    return index;
  }

  /** Four bytes make a word; those that are not there count as zero, as the length was told before. */
  #bytes(bytes: Uint8Array): void {
    const length = apply(typedArrayLength, bytes, []) as number;
    this.#pair(BYTES ^ length, BYTES_KIND + length);
    const whole = length & ~3;
    this.#words(bytes, whole);
    let rest = 0;
    for (let index = whole; index < length; index++) rest |= bytes[index]! << 8 * (index - whole);
    if (whole < length) this.#word(rest);
  }

  /** Mixes the first bytes, whole words of them. */
  #words(bytes: Uint8Array, length: number): void {
    let a = this.#a;
    let b = this.#b;
    const ma = this.#multiplierA;
    const mb = this.#multiplierB;
    for (let index = 0; index < length; index += 4) {
      const word = bytes[index]! | bytes[index + 1]! << 8 | bytes[index + 2]! << 16 | bytes[index + 3]! << 24;
      a = imul(a ^ word, ma);
      a ^= a >>> 15;
      b = imul(b + word | 0, mb);
      b ^= b >>> 13;
    }
    this.#a = a;
    this.#b = b;
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

/** Whether a text may be ASCII as a whole, by its ends and its middle: else the encoder would be asked in vain. */
function isPlain(text: string, length: number): boolean {
  return (charCodeAt(text, 0) | charCodeAt(text, length >>> 1) | charCodeAt(text, length - 1)) < 128;
}

/** Columns of a row, those that nobody asked for, too; what a prototype lends is no column. */
function keyCount(row: Row | RawRow): number {
  // Quicker than a loop over names, most of all for objects that libraries make as dictionaries.
  return typeof row !== "object" || row === null ? -1 : keys(row).length;
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
    const upper = floor(digest / WORD);
    high += upper;
    low += digest - upper * WORD;
    if (low >= WORD) {
      low -= WORD;
      high += 1;
    }
    if (high >= HIGHEST) high -= HIGHEST;
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
