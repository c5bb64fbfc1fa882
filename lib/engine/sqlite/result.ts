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

/** The same result as lists of values: no names, so that columns of one name are all there. */
export function toArrays({ rowCount, columns }: ColumnarResult): SqlValue[][] {
  const rows: SqlValue[][] = new Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const made: SqlValue[] = new Array(columns.length);
    for (let column = 0; column < columns.length; column++) made[column] = columns[column]![row]!;
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
const tag = { number: 1, text: 2, null: 3, bigint: 4, bytes: 5, integer: 7 } as const;
const blockWords = 1 << 12;

/** Units of a text that are put at once. */
const pieceUnits = 1 << 12;

/**
 * Hashes names, order, types and values of results, so that equal hashes mean "show nothing new".
 *
 * HalfSipHash-1-3 with 64 bits of output (Aumasson and Bernstein, "SipHash: a fast short-input PRF", and its 32-bit variant)
 * over words that say each value's type and length, so that no two results are written as the same words.
 *
 * ```
 * null      3                                   text    8 * length + 2, then two units a word
 * integer   7, value (when it has 32 bits)      bytes   5, length, then four bytes a word
 * number    1, its two halves                   bigint  4, its two halves
 * ```
 */
export class ResultHasher {
  readonly #key: HashKey;
  readonly #words = new Int32Array(blockWords);
  readonly #state = new Int32Array(4);

  constructor(key: HashKey) {
    this.#key = key;
  }

  /** The hash of one result. */
  hash(names: readonly string[], rows: readonly SqlValue[][]): ResultHash {
    const [low, high] = this.#key;
    const state = this.#state;
    const words = this.#words;
    state[0] = low;
    state[1] = high ^ 0xee;
    state[2] = 0x6c796765 ^ low;
    state[3] = 0x74656462 ^ high;
    words[0] = names.length;
    words[1] = rows.length;
    let at = 2;
    for (let i = 0; i < names.length; i++) at = putText(state, words, at, names[i]!);
    for (let r = 0; r < rows.length; r++) {
      const row = rows[r]!;
      for (let c = 0; c < row.length; c++) {
        if (at > blockWords - 3) at = absorb(state, words, at);
        const value = row[c]!;
        if (typeof value === "number") {
          // Not -0, which is another value.
          if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
            words[at++] = tag.integer;
            words[at++] = value;
          } else {
            float[0] = value;
            words[at++] = tag.number;
            words[at++] = halves[0]!;
            words[at++] = halves[1]!;
          }
        } else if (typeof value === "string") at = putText(state, words, at, value);
        else if (value === null) words[at++] = tag.null;
        else if (typeof value === "bigint") {
          words[at++] = tag.bigint;
          words[at++] = Number(BigInt.asIntN(32, value));
          words[at++] = Number(BigInt.asIntN(32, value >> 32n));
        } else at = putBytes(state, words, at, value);
      }
    }
    absorb(state, words, at);
    return finish(state, words);
  }
}

/** Two UTF-16 units a word. A text has fewer than 2^29 units: its length and its type go in one word. */
function putText(state: Int32Array, words: Int32Array, start: number, text: string): number {
  const { length } = text;
  let at = start;
  if (at === blockWords) at = absorb(state, words, at);
  words[at++] = (length << 3) | tag.text;
  for (let from = 0; from < length; from += pieceUnits) {
    const end = Math.min(length, from + pieceUnits);
    if (at + ((end - from + 1) >>> 1) > blockWords) at = absorb(state, words, at);
    let i = from;
    for (; i + 1 < end; i += 2) words[at++] = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
    if (i < end) words[at++] = text.charCodeAt(i);
  }
  return at;
}

/** Four bytes a word; what SQLite gives back begins its own memory, and so at a multiple of four. */
function putBytes(state: Int32Array, words: Int32Array, start: number, bytes: Uint8Array): number {
  let at = absorb(state, words, start);
  words[at++] = tag.bytes;
  words[at++] = bytes.length;
  const wholes = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  for (let i = 0; i < wholes.length; i++) {
    if (at === blockWords) at = absorb(state, words, at);
    words[at++] = wholes[i]!;
  }
  for (let i = wholes.length * 4; i < bytes.length; i++) {
    if (at === blockWords) at = absorb(state, words, at);
    words[at++] = bytes[i]!;
  }
  return at;
}

/** One round per word, in locals: on the heap it takes four times as long. Returns the first free place: 0. */
function absorb(state: Int32Array, words: Int32Array, count: number): number {
  let v0 = state[0]!;
  let v1 = state[1]!;
  let v2 = state[2]!;
  let v3 = state[3]!;
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
  state[0] = v0;
  state[1] = v1;
  state[2] = v2;
  state[3] = v3;
  return 0;
}

/** Three rounds for each half of the output. A round that absorbs a zero is a bare round. */
function finish(state: Int32Array, words: Int32Array): ResultHash {
  words.fill(0, 0, 3);
  state[2]! ^= 0xee;
  absorb(state, words, 3);
  const first = state[1]! ^ state[3]!;
  state[1]! ^= 0xdd;
  absorb(state, words, 3);
  return [first >>> 0, (state[1]! ^ state[3]!) >>> 0];
}
