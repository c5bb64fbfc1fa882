/**
 * Digests results while they are consumed. Where rows are kept, it copies each different result once, as it was at that
 * moment, and remembers the database's own rows to see whether they change afterwards.
 */
import type { Row } from "../model/value.ts";
import type { KeptResult } from "../protocol/player.ts";
import { append } from "../protocol/append.ts";
import type { Digester } from "../protocol/digester.ts";

/** A result that was consumed. */
export interface Consumed {
  readonly digest: number;
  /** Absent for results with one right order. */
  readonly rowDigests: Float64Array | undefined;
}

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
    if (this.#keepsRows) this.#keep(digest, rows);
    return digest;
  }

  /** Digests of a result and of its rows. */
  consumeOpen(rows: readonly Row[], columns: readonly string[]): Consumed {
    const rowDigests = new Float64Array(rows.length);
    const digest = this.#digester.result(rows, columns, rowDigests);
    if (this.#keepsRows) this.#keep(digest, rows);
    return { digest, rowDigests };
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

  #keep(digest: number, rows: readonly Row[]): void {
    if (this.#known.has(digest)) return;
    this.#known.add(digest);
    append(this.#unsent, { digest, rows: copyRows(rows) });
  }
}

/** Rows as they are now. */
export function copyRows(rows: readonly Row[]): Row[] {
  const copies: Row[] = [];
  for (let index = 0; index < rows.length; index++) append(copies, { ...rows[index]! });
  return copies;
}
