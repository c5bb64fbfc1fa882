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

function narrow(rows: SqlValue[][]): SqlValue[][] {
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
  const rows: Row[] = new Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const made: Record<string, SqlValue> = {};
    for (let column = 0; column < names.length; column++) made[names[column]!] = columns[column]![row]!;
    rows[row] = made;
  }
  return rows;
}

const float = new Float64Array(1);
const halves = new Uint32Array(float.buffer);

/** State of the hash in progress. Two numbers in a closure would live on the heap: this is four times as fast. */
let laneA = 0;
let laneB = 0;

function mix(word: number): void {
  const a = Math.imul(laneA ^ word, 0x85ebca6b);
  laneA = (a << 13) | (a >>> 19);
  const b = Math.imul((laneB + word) | 0, 0xc2b2ae35);
  laneB = b ^ (b >>> 15);
}

function mixText(text: string): void {
  const { length } = text;
  let a = laneA ^ length;
  let b = laneB ^ length;
  for (let i = 0; i < length; i++) {
    const word = text.charCodeAt(i);
    a = Math.imul(a ^ word, 0x85ebca6b);
    a = (a << 13) | (a >>> 19);
    b = Math.imul((b + word) | 0, 0xc2b2ae35);
    b ^= b >>> 15;
  }
  laneA = a;
  laneB = b;
  mix(length);
}

/** Four bytes a step; what SQLite gives back begins its own memory, and so at a multiple of four. */
function mixBytes(bytes: Uint8Array): void {
  mix(bytes.length);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  for (let i = 0; i < words.length; i++) mix(words[i]!);
  for (let i = words.length * 4; i < bytes.length; i++) mix(bytes[i]!);
}

/** Hashes names, order, types and values of a result, so that equal hashes mean "show nothing new". */
export function hashResult(names: readonly string[], rows: readonly SqlValue[][]): ResultHash {
  laneA = 0x2545f491 ^ rows.length;
  laneB = 0x1e3779b9 ^ names.length;
  for (let i = 0; i < names.length; i++) mixText(names[i]!);
  for (let r = 0; r < rows.length; r++) {
    const row = rows[r]!;
    for (let c = 0; c < row.length; c++) {
      const value = row[c]!;
      if (typeof value === "number") {
        float[0] = value;
        mix(halves[0]!);
        mix(halves[1]! ^ 1);
      } else if (typeof value === "string") {
        mix(2);
        mixText(value);
      } else if (value === null) mix(3);
      else if (typeof value === "bigint") {
        mix(4);
        mix(Number(BigInt.asIntN(32, value)));
        mix(Number(BigInt.asIntN(32, value >> 32n)));
      } else {
        mix(5);
        mixBytes(value);
      }
    }
  }
  let a = laneA ^ (laneB >>> 16);
  let b = Math.imul(laneB ^ (laneB >>> 15), 0x846ca68b);
  a = Math.imul(a ^ (a >>> 16), 0x7feb352d);
  a ^= a >>> 15;
  b ^= b >>> 16;
  return [a >>> 0, b >>> 0];
}
