/**
 * Digests results while they are consumed. Where rows are kept, it copies each different result once, as it was at that
 * moment, and remembers the database's own rows to see whether they change afterwards.
 */
import type { Row } from "../model/value.ts";
import type { KeptResult } from "../protocol/player.ts";
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
    const index = this.#unsent.findIndex((kept) => kept.digest === digest);
    return index < 0 ? undefined : this.#unsent.splice(index, 1)[0]!.rows;
  }

  #keep(digest: number, rows: readonly Row[]): void {
    if (this.#known.has(digest)) return;
    this.#known.add(digest);
    this.#unsent.push({ digest, rows: rows.map((row) => ({ ...row })) });
  }
}
