/**
 * Results: read as arrays, hashed where they are read, sent by column, made into rows where they are used.
 *
 * @module
 */

import type { Row, Rows, SqlParam, SqlValue } from "../values.ts";
import { toBindable } from "../values.ts";
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
  const bound = params.map(toBindable);
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
  return narrow(prepared.statement.all(...params.map(toBindable)) as unknown as SqlValue[][]);
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

/** Hashes names, order, types and values of a result, so that equal hashes mean "show nothing new". */
export function hashResult(names: readonly string[], rows: readonly SqlValue[][]): ResultHash {
  let a = 0x2545f491 ^ rows.length;
  let b = 0x9e3779b9 ^ names.length;
  const mix = (word: number) => {
    a = Math.imul(a ^ word, 0x85ebca6b);
    a = (a << 13) | (a >>> 19);
    b = Math.imul((b + word) | 0, 0xc2b2ae35);
    b ^= b >>> 15;
  };
  const mixText = (text: string) => {
    mix(text.length);
    let i = 0;
    for (; i + 1 < text.length; i += 2) mix(text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16));
    if (i < text.length) mix(text.charCodeAt(i));
  };
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
        mix(value.length);
        for (let i = 0; i < value.length; i++) mix(value[i]!);
      }
    }
  }
  a ^= b >>> 16;
  a = Math.imul(a ^ (a >>> 16), 0x7feb352d);
  b = Math.imul(b ^ (b >>> 15), 0x846ca68b);
  return [(a ^ (a >>> 15)) >>> 0, (b ^ (b >>> 16)) >>> 0];
}
