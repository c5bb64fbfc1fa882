/**
 * 32-bit digests that find the states which an emission may show without comparing it to all of them.
 *
 * Equal results have equal digests, and whoever finds equal digests compares the rows themselves. So a collision costs
 * a comparison and can neither acquit nor accuse, and 32 bits are enough.
 */
import type { Row, Value } from "../model/value.ts";

const MULTIPLIER_A = 0x85ebca6b;
const MULTIPLIER_B = 0xc2b2ae35;
const MISSING = 0x2545f491;

const float = new Float64Array(1);
const floatWords = new Int32Array(float.buffer);

/**
 * Digests results of one query.
 *
 * Consecutive results mostly consist of the same row objects, so it remembers the digests of the last result and looks
 * for its rows at the same distance from the start or from the end. That covers one insertion or removal anywhere;
 * a map from row to digest would cost more than digesting a narrow row again.
 */
export class ResultDigester {
  readonly #columns: readonly string[];
  readonly #ordered: boolean;
  #lastRows: readonly Row[] = [];
  #lastDigests = new Int32Array(0);

  /** With `ordered: false` results with the same rows in another order get the same digest. */
  constructor(columns: readonly string[], { ordered }: { ordered: boolean }) {
    this.#columns = columns;
    this.#ordered = ordered;
  }

  /** Columns besides the query's own do not enter the digest. */
  digest(rows: readonly Row[]): number {
    const lastRows = this.#lastRows;
    const lastDigests = this.#lastDigests;
    const shift = lastRows.length - rows.length;
    const digests = new Int32Array(rows.length);
    let digest = rows.length;
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i]!;
      let rowDigest: number;
      if (row === lastRows[i]) rowDigest = lastDigests[i]!;
      else if (shift !== 0 && row === lastRows[i + shift]) rowDigest = lastDigests[i + shift]!;
      else rowDigest = digestRow(row, this.#columns);
      digests[i] = rowDigest;
      digest = this.#ordered ? mix(digest, rowDigest) : (digest + rowDigest) | 0;
    }
    this.#lastRows = rows;
    this.#lastDigests = digests;
    return digest;
  }
}

/** Digest of the given columns of a row. */
export function digestRow(row: Row, columns: readonly string[]): number {
  let digest = columns.length;
  for (let i = 0; i < columns.length; i += 1) {
    digest = mix(digest, digestValue(row[columns[i]!]));
  }
  return digest;
}

function digestValue(value: Value | undefined): number {
  switch (typeof value) {
    case "number":
      return digestNumber(value);
    case "bigint":
      // Equal numbers and bigints must meet; bigints that round to the same number may.
      return digestNumber(Number(value));
    case "string": {
      let digest = value.length ^ MULTIPLIER_A;
      for (let i = 0; i < value.length; i += 1) {
        digest = Math.imul(digest ^ value.charCodeAt(i), MULTIPLIER_B);
      }
      return digest ^ (digest >>> 15);
    }
    case "undefined":
      return MISSING;
    default: {
      if (!(value instanceof Uint8Array)) return 0;
      let digest = value.length ^ MULTIPLIER_B;
      for (let i = 0; i < value.length; i += 1) digest = Math.imul(digest ^ value[i]!, MULTIPLIER_A);
      return digest ^ (digest >>> 15);
    }
  }
}

function digestNumber(value: number): number {
  if ((value | 0) === value) return Math.imul((value | 0) ^ MISSING, MULTIPLIER_A);
  float[0] = value;
  return Math.imul(floatWords[0]! ^ Math.imul(floatWords[1]!, MULTIPLIER_B), MULTIPLIER_A);
}

function mix(digest: number, next: number): number {
  const mixed = Math.imul(digest ^ next ^ (next >>> 16), MULTIPLIER_A);
  return (mixed ^ (mixed >>> 13)) + MULTIPLIER_B | 0;
}
