/**
 * A result that is read piece by piece.
 *
 * It is first written to a TEMP table, whose pages SQLite puts into a file of its own. So the snapshot that it comes from is
 * held as long as SQLite computes, and not as long as somebody looks at the rows, which would keep the write-ahead log from
 * being cleared. And an error of the query is met before the first row is handed out: an iterator of Deno 2.9.6 that meets
 * one ends, in silence, as if there were no more rows. Here the number of rows is known.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { EngineError } from "../errors.ts";
import { type SqlParam, type SqlValue, toBindable } from "../values.ts";
import { blankLength } from "./blank.ts";
import { bindingArguments } from "./placeholders.ts";
import { type ColumnarResult, narrow, readExact, toColumnar } from "./result.ts";
import type { Prepared } from "./statements.ts";

/** A piece ends when it has as many rows, or roughly as many bytes. */
const pieceRows = 1024;
const pieceBytes = 1 << 18;

interface ReturnsArrays {
  setReturnArrays(enabled: boolean): void;
}

/** Reads one result; a connection has one at a time. */
export class Cursor {
  readonly #sql: string;
  readonly #names: readonly string[];
  readonly #rows: Iterator<SqlValue[]>;
  #left: number;

  /** Computes the result of a statement that reads. The connection must be allowed to write TEMP tables. */
  constructor(db: DatabaseSync, prepared: Prepared, params: readonly SqlParam[]) {
    this.#sql = prepared.sql;
    this.#names = prepared.columns;
    const insert = prepareCopy(db, prepared);
    if (insert === null) {
      const rows = readExact(prepared, params);
      this.#left = rows.length;
      this.#rows = rows.values();
      return;
    }
    const bound = bindingArguments(prepared.names, params.map(toBindable)) as SqlValue[];
    this.#left = Number(insert.run(...bound).changes);
    const rows = db.prepare("SELECT * FROM temp.watchlite_rows ORDER BY rowid");
    rows.setReadBigInts(true);
    (rows as unknown as ReturnsArrays).setReturnArrays(true);
    this.#rows = rows.iterate() as unknown as Iterator<SqlValue[]>;
  }

  /** The next rows, none when there are no more. At least one row is read, however large it is. */
  next(): ColumnarResult {
    const rows: SqlValue[][] = [];
    for (let bytes = 0; this.#left > 0 && rows.length < pieceRows && bytes < pieceBytes; this.#left--) {
      const { done, value: row } = this.#rows.next();
      if (done === true) throw this.#cutShort();
      rows.push(row);
      for (let i = 0; i < row.length; i++) bytes += sizeOf(row[i]!);
    }
    return toColumnar(this.#names, narrow(rows));
  }

  #cutShort(): EngineError {
    return new EngineError({
      verb: "iterate",
      code: "SQLITE_IOERR",
      sqliteCode: 10,
      sql: this.#sql,
      reason: `every row must be read back from the temporary file, ${this.#left} are missing`,
    });
  }
}

/** The statement that fills a new TEMP table with the result; null for a result that cannot be copied: EXPLAIN and PRAGMA. */
function prepareCopy(db: DatabaseSync, { sql, columns, names }: Prepared): StatementSync | null {
  // Columns without a type keep every value as it is.
  db.exec(`CREATE TEMP TABLE watchlite_rows(${columns.map((_, i) => `c${i}`).join(", ")})`);
  try {
    const insert = db.prepare(`INSERT INTO temp.watchlite_rows ${sql.slice(blankLength(sql))}`);
    if (names !== null) insert.setAllowBareNamedParameters(false);
    return insert;
  } catch {
    return null;
  }
}

function sizeOf(value: SqlValue): number {
  if (typeof value === "string") return value.length * 2;
  return value instanceof Uint8Array ? value.length : 8;
}
