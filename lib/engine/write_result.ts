/**
 * What writes give back, and what batches must look like.
 *
 * @module
 */

import { misuse } from "./errors.ts";
import { toRows } from "./sqlite/result.ts";
import { checkTypes, type Row, type Rows, type SqlParam } from "./values.ts";
import type { WriterDone } from "./writer/writer.ts";

/** What a write did. */
export interface WriteResult<T extends object = Row> {
  /** Rows that the statement itself inserted, changed or deleted; not those of triggers and foreign-key actions. */
  readonly changes: number;
  /** Rowid of the last row inserted through the database, as SQLite keeps it. */
  readonly lastRowid: number | bigint;
  /** Rows of a RETURNING clause, otherwise empty. */
  readonly rows: Rows<T>;
}

const noRows: Rows = [];

/** The outcome of a batch without rows. */
export const nothingDone: WriterDone = { ok: true, changes: 0, lastRowid: 0, rows: null };

/** The public form of the writer's outcome. */
export function toWriteResult<T extends object>(outcome: WriterDone): WriteResult<T> {
  const { changes, lastRowid, rows } = outcome;
  return { changes, lastRowid, rows: (rows === null ? noRows : toRows(rows)) as Rows as Rows<T> };
}

/** The public form of what several statements gave. */
export function toWriteResults(outcome: WriterDone): WriteResult[] {
  return (outcome.parts ?? []).map((part) => toWriteResult({ ok: true, ...part }));
}

/**
 * Checks the rows of a batch and returns the number of params in each. Their texts are checked where they are decoded
 * (`Decoder.columns`), joined: one by one that costs more than all the rest of this.
 */
export function checkBatch(sql: string, rows: readonly (readonly SqlParam[])[]): number {
  const width = Array.isArray(rows[0]) ? rows[0].length : 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    checkTypes("executeBatch", sql, row, i + 1);
    if (row.length !== width) {
      throw misuse("executeBatch", `all rows must have ${width} params, row ${i + 1} has ${row.length}`, sql);
    }
  }
  return width;
}
