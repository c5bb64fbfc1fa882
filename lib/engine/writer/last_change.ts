/**
 * What SQLite's `changes()` and `last_insert_rowid()` tell. They belong to a connection: where one stands in for another it must
 * tell what that one would.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AccessRecorder } from "../sqlite/access.ts";

/** What a connection tells of its last statement that has changed rows. */
export interface Standing {
  readonly changes: number;
  readonly lastRowid: number | bigint;
}

/** The last change that a connection knows of. */
export class LastChange {
  readonly #db: DatabaseSync;
  readonly #recorder: AccessRecorder;
  readonly #totals: StatementSync;
  /** What the connection that this one stands in for has told; null when it is this one's own. */
  #inherited: Standing | null = null;

  constructor(db: DatabaseSync, recorder: AccessRecorder) {
    this.#db = db;
    this.#recorder = recorder;
    const sql = "SELECT changes() AS changes, last_insert_rowid() AS rowid";
    this.#totals = recorder.ignore(() => db.prepare(sql));
    this.#totals.setReadBigInts(true);
  }

  /** What is to be told: the other connection's word, as long as this one has changed nothing. */
  get standing(): Standing {
    return this.#inherited ?? this.told();
  }

  /** What this connection tells by itself. */
  told(): Standing {
    const totals = this.#recorder.ignore(() => this.#totals.get()) as { changes: bigint; rowid: bigint };
    return { changes: Number(totals.changes), lastRowid: toNumber(totals.rowid) };
  }

  /** A statement of this connection changes rows. */
  isOwn(): void {
    this.#inherited = null;
  }

  /** Goes on from where another connection has stood. */
  inherit(standing: Standing): void {
    this.#inherited = null;
    if (standing.lastRowid !== this.told().lastRowid) this.#insertLike({ ...standing, changes: 1 });
    this.#inherited = standing;
  }

  /** A statement is going to ask: from now on SQLite tells what was inherited. */
  tell(): void {
    if (this.#inherited !== null) this.#insertLike(this.#inherited);
  }

  /** Makes `changes()` and `last_insert_rowid()` tell these. */
  #insertLike({ lastRowid, changes }: Standing): void {
    this.#inherited = null;
    this.#recorder.ignore(() => {
      const db = this.#db;
      db.prepare("CREATE TEMP TABLE IF NOT EXISTS watchlite_standing(id INTEGER PRIMARY KEY)").run();
      db.prepare("DELETE FROM temp.watchlite_standing").run();
      // The last one has the rowid; those before it have others.
      const fill = "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i - 1 FROM n WHERE i > 1) " +
        "INSERT INTO temp.watchlite_standing SELECT CASE i WHEN 1 THEN ?2 WHEN ?2 THEN 1 ELSE i END FROM n";
      db.prepare(fill).run(BigInt(Math.max(1, changes)), BigInt(lastRowid));
      if (changes === 0) db.prepare("DELETE FROM temp.watchlite_standing WHERE 0").run();
    });
  }
}

/** As a number, when one can hold it. */
export function toNumber(value: number | bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
