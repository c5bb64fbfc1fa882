/**
 * Digests results while they are consumed. Where rows are kept, it copies each different result once, as it was at that
 * moment, and remembers the database's own rows to see whether they change afterwards.
 */
import type { RawRow, Row, Value } from "../model/value.ts";
import type { KeptResult } from "../protocol/player.ts";
import { append } from "../protocol/append.ts";
import type { Digester } from "../protocol/digester.ts";
import type { DigestLists } from "./digest_lists.ts";

const { defineProperty } = Object;

/** Consumes results; see the module. */
export class ResultRecorder {
  readonly #digester: Digester;
  readonly #keepsRows: boolean;
  readonly #known = new Set<number>();
  #unsent: KeptResult[] = [];

  constructor(digester: Digester, keepsRows: boolean) {
    this.#digester = digester;
    this.#keepsRows = keepsRows;
  }

  /** Whether rows are kept. */
  get keepsRows(): boolean {
    return this.#keepsRows;
  }

  /** Digest of a result whose order is right in one way only. */
  consume(rows: readonly Row[], columns: readonly string[]): number {
    const digest = this.#digester.result(rows, columns);
    if (this.#keepsRows) this.#keep(digest, copyRows(rows));
    return digest;
  }

  /** Digest of a result whose order is open; those of its rows become one more of `lists`. */
  consumeOpen(rows: readonly Row[], columns: readonly string[], lists: DigestLists): number {
    const from = lists.open(rows.length >>> 0);
    const digest = this.#digester.result(rows, columns, lists.piece, from);
    if (this.#keepsRows) this.#keep(digest, copyRows(rows));
    return digest;
  }

  /** The same for rows that are lists; what is kept of them has names. Where `lists` is given, the order is open. */
  consumeRaw(rows: readonly RawRow[], columns: readonly string[], lists?: DigestLists): number {
    const from = lists?.open(rows.length >>> 0) ?? 0;
    const digest = this.#digester.result(rows, columns, lists?.piece, from, placesOf(columns.length));
    if (this.#keepsRows) this.#keep(digest, nameValues(rows, columns));
    return digest;
  }

  /** Whether rows are still what they were when they had this digest. */
  isUnchanged(digest: number, rows: readonly Row[], columns: readonly string[]): boolean {
    return this.#digester.result(rows, columns) === digest;
  }

  /** Copies that were not taken yet. */
  takeRows(): readonly KeptResult[] {
    const taken = this.#unsent;
    this.#unsent = [];
    return taken;
  }

  /** The copy of one result, if it was not taken yet. */
  takeRow(digest: number): readonly Row[] | undefined {
    const others: KeptResult[] = [];
    let rows: readonly Row[] | undefined;
    for (let index = 0; index < this.#unsent.length; index++) {
      const kept = this.#unsent[index]!;
      if (rows === undefined && kept.digest === digest) rows = kept.rows;
      else append(others, kept);
    }
    this.#unsent = others;
    return rows;
  }

  #keep(digest: number, copies: readonly Row[]): void {
    if (this.#known.has(digest)) return;
    this.#known.add(digest);
    append(this.#unsent, { digest, rows: copies });
  }
}

const PLACES: (readonly number[])[] = [];

/** Indexes of so many columns, made once for each count. */
export function placesOf(columnCount: number): readonly number[] {
  while (PLACES.length <= columnCount) {
    const places: number[] = [];
    for (let place = 0; place < PLACES.length; place++) append(places, place);
    append(PLACES, places);
  }
  return PLACES[columnCount]!;
}

/** Lists of values as rows with names; what lies beyond the columns gets names that no column has. */
export function nameValues(rows: readonly RawRow[], columns: readonly string[]): Row[] {
  const named: Row[] = [];
  for (let index = 0; index < rows.length; index++) {
    const values = rows[index]!;
    const row: Record<string, Value> = {};
    for (let place = 0; place < values.length; place++) {
      const name = place < columns.length ? columns[place]! : `value ${place + 1}`;
      defineProperty(row, name, {
        configurable: true,
        enumerable: true,
        writable: true,
        value: values[place],
      });
    }
    append(named, row);
  }
  return named;
}

/** Rows as they are now. */
export function copyRows(rows: readonly Row[]): Row[] {
  const copies: Row[] = [];
  for (let index = 0; index < rows.length; index++) append(copies, { ...rows[index]! });
  return copies;
}
