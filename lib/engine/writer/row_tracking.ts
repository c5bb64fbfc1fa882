/**
 * Old and new values of changed rows, for tables on which some live query depends by row.
 *
 * A TEMP trigger per operation calls a function of this thread with the tracked columns (about 1 us per row). It lives in
 * this connection only and leaves the file alone. Where triggers do not tell the whole truth, the statement says so
 * (`reportsRows`), and the commit goes out without rows: the caller then falls back to tables and columns.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ChangedRows, TrackedTable } from "../protocol.ts";
import { type AccessRecorder, ownTriggerPrefix } from "../sqlite/access.ts";
import { explain } from "../sqlite/explain.ts";
import type { Prepared } from "../sqlite/statements.ts";
import type { Schema } from "../sqlite/schema.ts";
import type { SqlValue } from "../values.ts";

/** More values than this per table and commit are not worth carrying: the commit counts as coarse. */
const maxValues = 1024;

interface Tracked extends TrackedTable {
  values: SqlValue[];
  overflow: boolean;
}

/** The tracked tables of the writer's connection. */
export class RowTracking {
  readonly #db: DatabaseSync;
  readonly #schema: Schema;
  #slots = new Map<number, Tracked>();
  #nextSlot = 0;
  #byTable = new Map<string, Tracked>();
  #reports = new WeakMap<Prepared, boolean>();
  readonly #schemaVersion: StatementSync;
  #trackedVersion = 0;
  /** All triggers were dropped inside a transaction that may still bring them back. */
  #isDropped = false;

  constructor(db: DatabaseSync, recorder: AccessRecorder, schema: Schema) {
    this.#db = db;
    this.#schema = schema;
    this.#schemaVersion = recorder.ignore(() => db.prepare("PRAGMA main.schema_version"));
    const collect = (slot: bigint, ...values: SqlValue[]) => {
      const tracked = this.#slots.get(Number(slot));
      if (tracked === undefined) return null;
      if (tracked.values.length >= maxValues) tracked.overflow = true;
      else for (const value of values) tracked.values.push(value);
      return null;
    };
    // bigint arguments: an integer that a number cannot hold would otherwise fail the user's statement.
    const options = { varargs: true, useBigIntArguments: true };
    (db.function as (name: string, options: object, fn: unknown) => void)("watchlite_row", options, collect);
  }

  /** True when some table is tracked. */
  get active(): boolean {
    return this.#byTable.size > 0;
  }

  /**
   * True when another connection has changed the schema under the triggers: a statement may then fail in one of them, by a
   * column that is gone. This connection's own changes of schema end the tracking before they begin; one inside a transaction
   * may raise a false alarm after it, which costs a failed statement a second attempt.
   */
  get isStale(): boolean {
    return this.#slots.size > 0 && !this.#isDropped && this.#readVersion() !== this.#trackedVersion;
  }

  /** Starts to report these columns of a table, in addition to earlier ones; null when the table cannot be tracked. */
  track(table: string, columns: readonly string[], watch: readonly string[] | null): TrackedTable | null {
    const facts = this.#schema.table(table);
    const isColumn = (name: string) => facts.columnNames.includes(name);
    if (facts.kind !== "table" || facts.hasGeneratedColumns || !columns.every(isColumn)) return null;
    const known = this.#byTable.get(table);
    const wanted = [...new Set([...(known?.columns ?? []), ...columns])];
    const everyUpdate = watch === null || known?.watched === null || !watch.every(isColumn);
    const watched = everyUpdate ? null : [...new Set([...(known?.watched ?? []), ...watch, ...columns])];
    if (known !== undefined) {
      this.#drop(known);
      this.#slots.delete(known.slot);
    }
    const slot = this.#nextSlot++;
    const tracked: Tracked = { slot, table, columns: wanted, watched, values: [], overflow: false };
    const list = (side: "OLD" | "NEW" | null) =>
      wanted.map((column) => side === null ? "NULL" : `${side}.${quote(column)}`).join(", ");
    const sides = { INSERT: [null, "NEW"], UPDATE: ["OLD", "NEW"], DELETE: ["OLD", null] } as const;
    for (const [event, [before, after]] of Object.entries(sides)) {
      const of = event === "UPDATE" && watched !== null ? ` OF ${watched.map(quote).join(", ")}` : "";
      this.#db.prepare(
        `CREATE TEMP TRIGGER ${quote(triggerName(slot, event))} AFTER ${event}${of} ON main.${
          quote(table)
        } BEGIN ` +
          `SELECT watchlite_row(${slot}, ${list(before)}, ${list(after)}); END`,
      ).run();
    }
    this.#slots.set(slot, tracked);
    this.#byTable.set(table, tracked);
    this.#trackedVersion = this.#readVersion();
    this.#isDropped = false;
    this.#reports = new WeakMap();
    return { slot, table, columns: wanted, watched };
  }

  /**
   * Forgets all tables, before a change of schema: a trigger that names a column stands in the way of dropping it.
   * Inside a transaction a rollback may bring triggers back, so their slots stay known until the next time outside of one.
   */
  untrackAll(inTransaction: boolean): void {
    for (const tracked of this.#slots.values()) this.#drop(tracked);
    this.#byTable.clear();
    this.#isDropped = inTransaction;
    if (!inTransaction) this.#slots.clear();
  }

  /** To be called when a transaction, or a part of it, was rolled back: triggers that it had dropped are there again. */
  rolledBack(): void {
    if (!this.#isDropped) return;
    const names = this.#db.prepare("SELECT name FROM temp.sqlite_schema WHERE type = 'trigger'").all();
    const back = new Set(names.map((row) => (row as { name: string }).name));
    for (const tracked of this.#slots.values()) {
      if (back.has(triggerName(tracked.slot, "DELETE"))) this.#byTable.set(tracked.table, tracked);
    }
    this.#isDropped = !this.active;
  }

  /** True when the triggers see every row that this statement changes. */
  reportsRows(prepared: Prepared): boolean {
    let reports = this.#reports.get(prepared);
    if (reports === undefined) {
      reports = this.#judge(prepared);
      this.#reports.set(prepared, reports);
    }
    return reports;
  }

  /** The rows gathered since the last call, where they are complete; a table without any is left out, and counts as unknown. */
  take(complete: boolean): ChangedRows[] | null {
    let rows: ChangedRows[] | null = null;
    for (const tracked of this.#byTable.values()) {
      if (tracked.values.length === 0 && !tracked.overflow) continue;
      if (complete && !tracked.overflow) {
        const values = tracked.values.map((value) =>
          typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value
        );
        (rows ??= []).push({ slot: tracked.slot, values });
      }
      tracked.values = [];
      tracked.overflow = false;
    }
    return rows;
  }

  #readVersion(): number {
    return (this.#schemaVersion.get() as { schema_version: number }).schema_version;
  }

  #judge(prepared: Prepared): boolean {
    const { access } = prepared;
    if (access.everything || access.schemaChange || access.triggerWrites || access.writes.size !== 1) {
      return false;
    }
    const [table, columns] = [...access.writes][0]!;
    const facts = this.#schema.table(table);
    if (facts.kind !== "table" || facts.refersToItself) return false;
    const movesKeys = columns !== null && [...columns].some((column) => facts.keyColumns.has(column));
    if (!access.inserts && !movesKeys) return true;
    // REPLACE deletes rows without firing delete triggers (recursive_triggers is off): refuse programs that delete.
    const program = explain(this.#db, prepared.sql, []);
    return program !== null &&
      !program.some((step) => step.opcode === "Delete" || step.opcode === "IdxDelete");
  }

  #drop({ slot }: Tracked): void {
    for (const event of ["INSERT", "UPDATE", "DELETE"]) {
      this.#db.prepare(`DROP TRIGGER IF EXISTS temp.${quote(triggerName(slot, event))}`).run();
    }
  }
}

function triggerName(slot: number, event: string): string {
  return `${ownTriggerPrefix}${slot}_${event}`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
