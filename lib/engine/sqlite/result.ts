/**
 * Results: read as arrays, hashed where they are read, sent by column, made into rows where they are used.
 *
 * @module
 */

import type { Row, Rows, SqlParam, SqlValue } from "../values.ts";
import { toBindable } from "../values.ts";
import { bindingArguments } from "./placeholders.ts";
import type { Prepared } from "./statements.ts";

/** A result by column, the form in which it crosses a thread boundary. */
export interface ColumnarResult {
  readonly names: readonly string[];
  readonly rowCount: number;
  /** One entry per column: a block of numbers where all values are numbers, an array otherwise. */
  readonly columns: readonly (Float64Array | SqlValue[])[];
}

/** A hash of 64 bits in two halves. */
export type ResultHash = readonly [number, number];

/** Binds, steps to the end and reads all rows as arrays. */
export function readArrays(prepared: Prepared, params: readonly SqlParam[]): SqlValue[][] {
  const bound = bindingArguments(prepared.names, params.map(toBindable)) as SqlValue[];
  if (prepared.wide) return narrow(prepared.statement.all(...bound) as unknown as SqlValue[][]);
  try {
    return prepared.statement.all(...bound) as unknown as SqlValue[][];
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_OUT_OF_RANGE") throw error;
    return readExact(prepared, params);
  }
}

/** As `readArrays`, and never a second time: for statements that write and return rows. */
export function readExact(prepared: Prepared, params: readonly SqlParam[]): SqlValue[][] {
  prepared.wide = true;
  prepared.statement.setReadBigInts(true);
  const bound = bindingArguments(prepared.names, params.map(toBindable)) as SqlValue[];
  return narrow(prepared.statement.all(...bound) as unknown as SqlValue[][]);
}

/** Makes numbers of the integers that fit into one; changes the rows in place. */
export function narrow(rows: SqlValue[][]): SqlValue[][] {
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) {
      const value = row[i];
      if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) row[i] = Number(value);
    }
  }
  return rows;
}

/** The same result by column. */
export function toColumnar(names: readonly string[], rows: readonly SqlValue[][]): ColumnarResult {
  const rowCount = rows.length;
  const columns: (Float64Array | SqlValue[])[] = [];
  for (let column = 0; column < names.length; column++) {
    let numbers = rowCount > 0;
    for (let row = 0; row < rowCount; row++) {
      if (typeof rows[row]![column] !== "number") {
        numbers = false;
        break;
      }
    }
    const block = numbers ? new Float64Array(rowCount) : new Array<SqlValue>(rowCount);
    for (let row = 0; row < rowCount; row++) block[row] = rows[row]![column] as number;
    columns.push(block);
  }
  return { names, rowCount, columns };
}

/** A blob from this size on is handed over to the other thread; below, copying it costs less. */
const handedOverBytes = 1 << 14;

/** The memory of large blobs, to be moved with the message instead of being copied; the results are empty afterwards. */
export function blobBuffers(results: Iterable<ColumnarResult | null>): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const result of results) {
    for (const column of result?.columns ?? []) {
      if (column instanceof Float64Array) continue;
      for (const value of column) {
        if (value instanceof Uint8Array && value.length >= handedOverBytes) {
          buffers.push(value.buffer as ArrayBuffer);
        }
      }
    }
  }
  return buffers;
}

/** The same result as rows; of two columns with one name the last one wins, as everywhere in JavaScript. */
export function toRows(result: ColumnarResult): Rows {
  const { names, rowCount, columns } = result;
  if (names.includes("__proto__")) return toDefinedRows(result);
  const rows: Row[] = new Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const made: Record<string, SqlValue> = {};
    for (let column = 0; column < names.length; column++) made[names[column]!] = columns[column]![row]!;
    rows[row] = made;
  }
  return rows;
}

/** As `toRows`: where objects inherit a setter of that name, as in Node and Bun, an assignment makes no property. */
function toDefinedRows({ names, rowCount, columns }: ColumnarResult): Rows {
  return Array.from({ length: rowCount }, (_, row) => {
    const made: Record<string, SqlValue> = {};
    for (const [column, name] of names.entries()) {
      const value = columns[column]![row]!;
      Object.defineProperty(made, name, { value, enumerable: true, configurable: true, writable: true });
    }
    return made;
  });
}

/** Secret of the process: who does not know it cannot search for two results with one hash. */
export type HashKey = readonly [number, number];

/** A new secret. */
export function makeHashKey(): HashKey {
  const [low, high] = crypto.getRandomValues(new Int32Array(2));
  return [low!, high!];
}

const float = new Float64Array(1);
const halves = new Int32Array(float.buffer);
const tag = { number: 1, text: 2, null: 3, bigint: 4, bytes: 5 } as const;
const blockWords = 1 << 12;

/**
 * Hashes names, order, types and values of results, so that equal hashes mean "show nothing new".
 *
 * HalfSipHash-1-3 with 64 bits of output (Aumasson and Bernstein, "SipHash: a fast short-input PRF", and its 32-bit variant)
 * over words that say each value's type and length, so that no two results are written as the same words.
 */
export class ResultHasher {
  readonly #key: HashKey;
  readonly #words = new Int32Array(blockWords);
  #count = 0;
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;

  constructor(key: HashKey) {
    this.#key = key;
  }

  /** The hash of one result. */
  hash(names: readonly string[], rows: readonly SqlValue[][]): ResultHash {
    const [low, high] = this.#key;
    this.#v0 = low;
    this.#v1 = high ^ 0xee;
    this.#v2 = 0x6c796765 ^ low;
    this.#v3 = 0x74656462 ^ high;
    this.#count = 0;
    this.#put(names.length);
    this.#put(rows.length);
    for (let i = 0; i < names.length; i++) this.#text(names[i]!);
    for (let r = 0; r < rows.length; r++) {
      const row = rows[r]!;
      for (let c = 0; c < row.length; c++) this.#value(row[c]!);
    }
    return this.#finish();
  }

  #value(value: SqlValue): void {
    if (typeof value === "number") {
      float[0] = value;
      this.#put(tag.number);
      this.#put(halves[0]!);
      this.#put(halves[1]!);
    } else if (typeof value === "string") {
      this.#put(tag.text);
      this.#text(value);
    } else if (value === null) this.#put(tag.null);
    else if (typeof value === "bigint") {
      this.#put(tag.bigint);
      this.#put(Number(BigInt.asIntN(32, value)));
      this.#put(Number(BigInt.asIntN(32, value >> 32n)));
    } else {
      this.#put(tag.bytes);
      this.#bytes(value);
    }
  }

  #put(word: number): void {
    if (this.#count === blockWords) this.#absorb();
    this.#words[this.#count++] = word;
  }

  /** Two UTF-16 units a word. */
  #text(text: string): void {
    const { length } = text;
    this.#put(length);
    const even = length & ~1;
    const words = this.#words;
    for (let i = 0; i < even;) {
      if (this.#count === blockWords) this.#absorb();
      const end = Math.min(even, i + (blockWords - this.#count) * 2);
      let at = this.#count;
      for (; i < end; i += 2) words[at++] = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
      this.#count = at;
    }
    if (even < length) this.#put(text.charCodeAt(even));
  }

  /** Four bytes a word; what SQLite gives back begins its own memory, and so at a multiple of four. */
  #bytes(bytes: Uint8Array): void {
    this.#put(bytes.length);
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    for (let i = 0; i < words.length; i++) this.#put(words[i]!);
    for (let i = words.length * 4; i < bytes.length; i++) this.#put(bytes[i]!);
  }

  /** One round per word, in locals: on the heap it takes four times as long. */
  #absorb(): void {
    const words = this.#words;
    const count = this.#count;
    let v0 = this.#v0;
    let v1 = this.#v1;
    let v2 = this.#v2;
    let v3 = this.#v3;
    for (let i = 0; i < count; i++) {
      const word = words[i]!;
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
    this.#count = 0;
  }

  /** Three rounds for each half of the output. A round that absorbs a zero is a bare round. */
  #finish(): ResultHash {
    this.#absorb();
    this.#v2 ^= 0xee;
    this.#rounds(3);
    const first = this.#v1 ^ this.#v3;
    this.#v1 ^= 0xdd;
    this.#rounds(3);
    return [first >>> 0, (this.#v1 ^ this.#v3) >>> 0];
  }

  #rounds(count: number): void {
    this.#words.fill(0, 0, count);
    this.#count = count;
    this.#absorb();
  }
}
