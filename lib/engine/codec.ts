/**
 * The bytes of requests: a growing buffer that the caller fills and a cursor that a worker reads.
 *
 * A batch travels by column, since posting arrays of rows costs more than executing them does (TRANSPORT.md): a column of
 * numbers is one block of float64, a column of strings one joined text plus lengths, anything else is tagged value by value.
 *
 * @module
 */

import { type SqlParam, textRefused } from "./values.ts";

const tag = { null: 0, number: 1, bigint: 2, string: 3, bytes: 4, yes: 5, no: 6 } as const;
const columnKind = { mixed: 0, numbers: 1, strings: 2 } as const;

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Builds one request at a time in a buffer that is reused. */
export class Encoder {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Starts a new request. */
  reset(): this {
    // A huge batch must not pin its buffer for the life of the database.
    if (this.#bytes.length > 1 << 22) this.#adopt(new Uint8Array(4096));
    this.#length = 0;
    return this;
  }

  /** The request so far; valid until the next `reset`. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  uint(value: number): this {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  float(value: number): this {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  text(value: string): this {
    this.#reserve(4 + value.length * 3);
    const { written } = textEncoder.encodeInto(value, this.#bytes.subarray(this.#length + 4));
    this.#view.setUint32(this.#length, written, true);
    this.#length += 4 + written;
    return this;
  }

  bytes(value: Uint8Array): this {
    this.uint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  value(value: SqlParam): this {
    if (typeof value === "number") return this.byte(tag.number).float(value);
    if (typeof value === "string") return this.byte(tag.string).text(value);
    if (value === null) return this.byte(tag.null);
    if (typeof value === "boolean") return this.byte(value ? tag.yes : tag.no);
    if (typeof value === "bigint") {
      this.byte(tag.bigint).#reserve(8);
      this.#view.setBigInt64(this.#length, value, true);
      this.#length += 8;
      return this;
    }
    return this.byte(tag.bytes).bytes(value);
  }

  values(values: readonly SqlParam[]): this {
    this.uint(values.length);
    for (let i = 0; i < values.length; i++) this.value(values[i]!);
    return this;
  }

  /** Rows of equal length, column by column. */
  rows(rows: readonly (readonly SqlParam[])[], width: number): this {
    this.uint(rows.length).uint(width);
    for (let column = 0; column < width; column++) this.#column(rows, column);
    return this;
  }

  #column(rows: readonly (readonly SqlParam[])[], column: number): void {
    const count = rows.length;
    const kind = typeof rows[0]![column];
    let i = 1;
    if (kind === "number" || kind === "string") { while (i < count && typeof rows[i]![column] === kind) i++; }
    if (i < count || (kind !== "number" && kind !== "string")) {
      this.byte(columnKind.mixed);
      for (let row = 0; row < count; row++) this.value(rows[row]![column]!);
    } else if (kind === "number") {
      this.byte(columnKind.numbers).#align().#reserve(count * 8);
      const block = new Float64Array(this.#bytes.buffer, this.#length, count);
      for (let row = 0; row < count; row++) block[row] = rows[row]![column] as number;
      this.#length += count * 8;
    } else {
      this.byte(columnKind.strings).#align().#reserve(count * 4);
      const lengths = new Uint32Array(this.#bytes.buffer, this.#length, count);
      let joined = "";
      for (let row = 0; row < count; row++) {
        const value = rows[row]![column] as string;
        lengths[row] = value.length;
        joined += value;
      }
      this.#length += count * 4;
      this.text(joined);
    }
  }

  #align(): this {
    const aligned = (this.#length + 7) & ~7;
    this.#reserve(aligned - this.#length);
    this.#length = aligned;
    return this;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#adopt(grown);
  }

  #adopt(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** Reads one request. The bytes must start at a multiple of 8 in their buffer, as blocks of float64 are read in place. */
export class Decoder {
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** Points the cursor at the start of a request. */
  open(bytes: Uint8Array<ArrayBuffer>): this {
    if (bytes.buffer !== this.#bytes.buffer) this.#view = new DataView(bytes.buffer);
    this.#bytes = bytes;
    this.#at = 0;
    return this;
  }

  /** Points the cursor at the start of the same request once more. */
  rewind(): this {
    this.#at = 0;
    return this;
  }

  byte(): number {
    return this.#bytes[this.#at++]!;
  }

  uint(): number {
    const value = this.#view.getUint32(this.#bytes.byteOffset + this.#at, true);
    this.#at += 4;
    return value;
  }

  float(): number {
    const value = this.#view.getFloat64(this.#bytes.byteOffset + this.#at, true);
    this.#at += 8;
    return value;
  }

  text(): string {
    const length = this.uint();
    const value = textDecoder.decode(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
    return value;
  }

  bytes(): Uint8Array {
    const length = this.uint();
    const value = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  value(): SqlParam {
    switch (this.byte()) {
      case tag.number:
        return this.float();
      case tag.string:
        return this.text();
      case tag.bigint: {
        const value = this.#view.getBigInt64(this.#bytes.byteOffset + this.#at, true);
        this.#at += 8;
        return value;
      }
      case tag.bytes:
        return this.bytes();
      case tag.yes:
        return true;
      case tag.no:
        return false;
      default:
        return null;
    }
  }

  values(): SqlParam[] {
    const count = this.uint();
    const values: SqlParam[] = new Array(count);
    for (let i = 0; i < count; i++) values[i] = this.value();
    return values;
  }

  /**
   * What `Encoder.rows` wrote: the columns, each with one value per row.
   *
   * @throws {EngineError} when a text holds U+0000; looked for here as one look at a joined text is all but free.
   */
  columns(): { readonly rowCount: number; readonly columns: ArrayLike<SqlParam>[] } {
    const rowCount = this.uint();
    const width = this.uint();
    const columns: ArrayLike<SqlParam>[] = [];
    for (let column = 0; column < width; column++) columns.push(this.#column(rowCount, column));
    return { rowCount, columns };
  }

  #column(rowCount: number, column: number): ArrayLike<SqlParam> {
    const kind = this.byte();
    if (kind === columnKind.mixed) {
      const values = Array.from({ length: rowCount }, () => this.value());
      refuseNul(values, column);
      return values;
    }
    this.#at = (this.#at + 7) & ~7;
    const offset = this.#bytes.byteOffset + this.#at;
    if (kind === columnKind.numbers) {
      this.#at += rowCount * 8;
      return new Float64Array(this.#bytes.buffer, offset, rowCount);
    }
    const lengths = new Uint32Array(this.#bytes.buffer, offset, rowCount);
    this.#at += rowCount * 4;
    const joined = this.text();
    const values: string[] = new Array(rowCount);
    let start = 0;
    for (let row = 0; row < rowCount; row++) values[row] = joined.substring(start, start += lengths[row]!);
    if (joined.includes("\0")) refuseNul(values, column);
    return values;
  }
}

function refuseNul(values: readonly SqlParam[], column: number): void {
  const row = values.findIndex((value) => typeof value === "string" && value.includes("\0"));
  if (row >= 0) throw textRefused("executeBatch", null, column, row + 1);
}
