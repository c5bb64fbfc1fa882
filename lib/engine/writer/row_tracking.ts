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
import type { ChangedRows, ColumnValues, DirtySet, TrackedTable } from "../protocol.ts";
import { type AccessRecorder, ownTriggerPrefix } from "../sqlite/access.ts";
import { explain, type Instruction } from "../sqlite/explain.ts";
import type { Prepared } from "../sqlite/statements.ts";
import type { Schema } from "../sqlite/schema.ts";
import type { SqlValue } from "../values.ts";
import { RowChanges } from "./row_changes.ts";

/** More distinct values than this per column and commit are not worth carrying: their bounds are told instead. */
const maxValues = 4096;

/** Blobs are no keys: which one it is does not matter. */
const someBlob = new Uint8Array(0);

/** The distinct values of one column, gathered row by row. */
class Values {
  readonly #distinct = new Set<SqlValue>();
  #isFull = false;
  #areNumbers = true;
  #lower = Infinity;
  #upper = -Infinity;

  add(given: SqlValue): void {
    if (given === null) return;
    let value = given;
    if (typeof value === "bigint") {
      const number = Number(value);
      if (Number.isSafeInteger(number)) value = number;
    } else if (typeof value === "object") value = someBlob;
    if (!this.#isFull) {
      this.#distinct.add(value);
      if (this.#distinct.size <= maxValues) return;
      this.#isFull = true;
      for (const each of this.#distinct) this.#bound(each);
      this.#distinct.clear();
    } else this.#bound(value);
  }

  take(): ColumnValues {
    const taken = !this.#isFull
      ? [...this.#distinct]
      : this.#areNumbers
      ? { lower: this.#lower, upper: this.#upper }
      : null;
    this.#distinct.clear();
    this.#isFull = false;
    this.#areNumbers = true;
    this.#lower = Infinity;
    this.#upper = -Infinity;
    return taken;
  }

  /** Integers beyond the exact ones may come rounded: one step further out holds them. */
  #bound(value: SqlValue): void {
    if (typeof value !== "number" && typeof value !== "bigint") {
      this.#areNumbers = false;
      return;
    }
    const number = Number(value);
    const margin = typeof value === "bigint" ? 2048 : 0;
    this.#lower = Math.min(this.#lower, number - margin);
    this.#upper = Math.max(this.#upper, number + margin);
  }
}

interface Tracked extends TrackedTable {
  readonly values: readonly Values[];
  /** What the triggers give of each side: the columns, and what whole rows have beside them. */
  readonly given: readonly string[];
  /** Positions of whole rows in what they give: as they were, then as they are. */
  readonly positions: readonly number[];
  readonly changes: RowChanges;
}

/** The tracked tables of the writer's connection. */
export class RowTracking {
  readonly #db: DatabaseSync;
  readonly #schema: Schema;
  #slots = new Map<number, Tracked>();
  #nextSlot = 0;
  #byTable = new Map<string, Tracked>();
  #reports = new WeakMap<Prepared, boolean>();
  readonly #pins = new WeakMap<Prepared, boolean>();
  readonly #schemaVersion: StatementSync;
  #trackedVersion = 0;
  /** All triggers were dropped inside a transaction that may still bring them back. */
  #isDropped = false;
  #seesReplaced = false;
  #usersRecursion = 0;

  constructor(db: DatabaseSync, recorder: AccessRecorder, schema: Schema) {
    this.#db = db;
    this.#schema = schema;
    this.#schemaVersion = recorder.ignore(() => db.prepare("PRAGMA main.schema_version"));
    const collect = (slot: bigint, ...given: SqlValue[]) => {
      const tracked = this.#slots.get(Number(slot));
      if (tracked === undefined) return null;
      const width = tracked.given.length;
      for (const [i, values] of tracked.values.entries()) {
        values.add(given[i]!);
        values.add(given[width + i]!);
      }
      if (tracked.positions.length > 0) tracked.changes.add(given, tracked.positions);
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
  track(
    table: string,
    columns: readonly string[],
    watch: readonly string[] | null,
    rows: readonly string[],
  ): TrackedTable | null {
    const facts = this.#schema.table(table);
    const isColumn = (name: string) => facts.columnNames.includes(name);
    if (facts.kind !== "table" || facts.hasGeneratedColumns || !columns.every(isColumn)) return null;
    const known = this.#byTable.get(table);
    const wanted = [...new Set([...(known?.columns ?? []), ...columns])];
    const everyUpdate = watch === null || known?.watched === null || !watch.every(isColumn);
    const rowColumns = [...new Set([...(known?.rowColumns ?? []), ...rows.filter(isColumn)])];
    const watched = everyUpdate
      ? null
      : [...new Set([...(known?.watched ?? []), ...watch, ...columns, ...rowColumns])];
    const tracked = { slot: this.#nextSlot++, table, columns: wanted, watched, rowColumns };
    this.#report(tracked);
    return tracked;
  }

  /**
   * Reports these tables in these slots, and no others: those of the connection that this one stands in for. What cannot be
   * reported is left out.
   */
  adopt(wanted: readonly TrackedTable[]): void {
    for (const tracked of [...this.#byTable.values()]) {
      const same = wanted.find(({ slot }) => slot === tracked.slot);
      if (same === undefined) this.untrack(tracked.table);
    }
    for (const tracked of wanted) {
      const facts = this.#schema.table(tracked.table);
      const isKnown = this.#slots.has(tracked.slot);
      const fits = facts.kind === "table" &&
        tracked.columns.every((name) => facts.columnNames.includes(name));
      if (fits && !isKnown) this.#report(tracked);
    }
  }

  /** What is reported. */
  get tables(): readonly TrackedTable[] {
    return [...this.#byTable.values()].map(({ slot, table, columns, watched, rowColumns }) => ({
      slot,
      table,
      columns,
      watched,
      rowColumns,
    }));
  }

  #report({ slot, table, columns, watched, rowColumns }: TrackedTable): void {
    const known = this.#byTable.get(table);
    if (known !== undefined) {
      this.#drop(known);
      this.#slots.delete(known.slot);
    }
    const given = [...new Set([...columns, ...rowColumns])];
    const places = rowColumns.map((column) => given.indexOf(column));
    const tracked: Tracked = {
      slot,
      table,
      columns,
      watched,
      rowColumns,
      values: columns.map(() => new Values()),
      given,
      positions: [...places, ...places.map((at) => given.length + at)],
      changes: new RowChanges(),
    };
    const list = (side: "OLD" | "NEW" | null) =>
      given.map((column) => side === null ? "NULL" : `${side}.${quote(column)}`).join(", ");
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

  /**
   * True when the triggers are told of rows that REPLACE deletes. SQLite tells triggers so with `recursive_triggers` only, and
   * that setting changes what the user's own triggers do: it is on while there are none.
   */
  get seesReplaced(): boolean {
    return this.#seesReplaced;
  }

  /**
   * True when SQLite would hold the row that an UPDATE changes while it tells triggers of the rows that REPLACE deletes. Such a
   * statement fails where it would not otherwise (a cascade that comes to that row): it must run without.
   */
  mayPin(prepared: Prepared): boolean {
    if (prepared.access.writes.size === 0) return false;
    let pins = this.#pins.get(prepared);
    if (pins === undefined) {
      pins = explain(this.#db, prepared.sql, [])?.some(({ opcode }) => opcode === "CursorLock") ?? false;
      this.#pins.set(prepared, pins);
    }
    return pins;
  }

  /** Sets `recursive_triggers` as the triggers of now allow, or as the user has it. */
  setRecursion(mayTrack: boolean): void {
    const wanted = mayTrack && this.active && !this.#hasForeignTriggers();
    if (wanted === this.#seesReplaced) return;
    if (wanted) {
      const row = this.#db.prepare("PRAGMA recursive_triggers").get() as { recursive_triggers: number };
      this.#usersRecursion = row.recursive_triggers;
    }
    this.#seesReplaced = wanted;
    this.#db.prepare(`PRAGMA recursive_triggers = ${wanted ? 1 : this.#usersRecursion}`).run();
    this.#reports = new WeakMap();
  }

  #hasForeignTriggers(): boolean {
    const sql = "SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' UNION ALL " +
      "SELECT 1 FROM temp.sqlite_schema WHERE type = 'trigger' AND substr(name, 1, ?) <> ? LIMIT 1";
    return this.#db.prepare(sql).get(ownTriggerPrefix.length, ownTriggerPrefix) !== undefined;
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

  /** What was gathered since the last call, for the tables of a commit; null when it does not tell of every changed row. */
  take(tables: DirtySet["tables"] | null): ChangedRows[] | null {
    const rows: ChangedRows[] = [];
    for (const { slot, table, values, rowColumns, changes: gathered } of this.#byTable.values()) {
      const columns = values.map((each) => each.take());
      const changes = gathered.take();
      const told = rowColumns.length > 0 ? changes : null;
      if (tables?.some(([dirty]) => dirty === table)) rows.push({ slot, columns, changes: told });
    }
    return tables === null ? null : rows;
  }

  /** Not every change of a row since the last `take` was told, in its order, and kept. */
  spoilChanges(): void {
    for (const { changes } of this.#slots.values()) changes.spoil();
  }

  /** True when whole rows are reported of some table. */
  get tellsChanges(): boolean {
    for (const { rowColumns } of this.#byTable.values()) if (rowColumns.length > 0) return true;
    return false;
  }

  /** Reports a table no more. */
  untrack(table: string): void {
    const tracked = this.#byTable.get(table);
    if (tracked === undefined) return;
    this.#drop(tracked);
    this.#byTable.delete(table);
    this.#slots.delete(tracked.slot);
  }

  #readVersion(): number {
    return (this.#schemaVersion.get() as { schema_version: number }).schema_version;
  }

  #judge(prepared: Prepared): boolean {
    const { access } = prepared;
    if (access.everything || access.schemaChange) return false;
    let movesKeys = access.inserts;
    for (const [table, columns] of access.writes) {
      const facts = this.#schema.table(table);
      // What is written to a view is done by triggers, which report for themselves.
      if (facts.kind === "view") continue;
      if (facts.kind !== "table") return false;
      // A trigger of some columns (UPDATE OF) knows the rowid by the name of its column only, not as `rowid` or `oid`.
      if (columns?.has("ROWID") === true) return false;
      movesKeys ||= columns === null || [...columns].some((column) => facts.keyColumns.has(column));
    }
    return this.#seesReplaced || !movesKeys || !mayReplace(explain(this.#db, prepared.sql, []));
  }

  #drop({ slot }: Tracked): void {
    for (const event of ["INSERT", "UPDATE", "DELETE"]) {
      this.#db.prepare(`DROP TRIGGER IF EXISTS temp.${quote(triggerName(slot, event))}`).run();
    }
  }
}

/**
 * True when a part of the program (the statement, or one trigger) may delete a row of a table in order to insert another one:
 * it does both, and the deletion is not that of an UPDATE, which writes the same row again.
 */
function mayReplace(program: readonly Instruction[] | null): boolean {
  if (program === null) return true;
  const isUpdate = 4;
  let tables = new Map<number, number>();
  let deleted = new Set<number>();
  let inserted = new Set<number>();
  for (const { addr, opcode, p1, p2 } of program) {
    // Each trigger's program begins anew.
    if (addr === 0) {
      tables = new Map();
      deleted = new Set();
      inserted = new Set();
    }
    if (opcode === "OpenWrite") tables.set(p1, p2);
    const table = tables.get(p1);
    if (table === undefined) continue;
    if (opcode === "Delete" && (p2 & isUpdate) === 0) deleted.add(table);
    if (opcode === "Insert" || opcode === "IdxInsert") inserted.add(table);
    for (const each of deleted) if (inserted.has(each)) return true;
  }
  return false;
}

function triggerName(slot: number, event: string): string {
  return `${ownTriggerPrefix}${slot}_${event}`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
