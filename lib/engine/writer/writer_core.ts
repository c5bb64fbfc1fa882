/**
 * The writer without its thread: takes one request after the other, gives one reply each.
 *
 * ```
 * request -> prepare (cached) -> run -> dirty set of the commit -> WriterReply -> checkpoint, now and then
 * ```
 *
 * Outside a transaction a statement is its own commit and a batch is BEGIN IMMEDIATE ... COMMIT. The caller sees to it that
 * nothing but the requests of a transaction arrives while one is open.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Decoder } from "../codec.ts";
import { counterIndex } from "../counters.ts";
import { EngineError, misuse, shapeOf, type Verb, withdrawnError } from "../errors.ts";
import {
  type Commit,
  type StatementOutcome,
  type TrackedTable,
  type WorkerStart,
  writerOp,
  type WriterOutcome,
  type WriterReply,
} from "../protocol.ts";
import { blankLength } from "../sqlite/blank.ts";
import { ownTriggerPrefix } from "../sqlite/access.ts";
import { readExact, toColumnar } from "../sqlite/result.ts";
import { Schema } from "../sqlite/schema.ts";
import { type Prepared, Statements } from "../sqlite/statements.ts";
import { type SqlParam, toBindable } from "../values.ts";
import { BatchRows, type RowsByColumn, runWith } from "./batch_rows.ts";
import { Checkpointer } from "./checkpoint.ts";
import { DirtySets, nothing } from "./dirty.ts";
import { ExternalCommits } from "./external_commits.ts";
import { LastChange, type Standing, toNumber } from "./last_change.ts";
import { RowTracking } from "./row_tracking.ts";

/** What one open transaction, or savepoint, has changed so far. */
interface Frame {
  readonly dirtyIds: Set<number>;
  reportsRows: boolean;
}

const sqliteError = 1;
const sqliteBusy = 5;
const sqliteAuth = 23;
/** What the engine does for itself is no handling of writes. */
const unaccounted: ReadonlySet<number> = new Set([writerOp.look, writerOp.takeOver, writerOp.handBack]);
const done: WriterOutcome & { readonly ok: true } = { ok: true, changes: 0, lastRowid: 0, rows: null };

/** Executes requests on the one connection that writes. */
export class WriterCore {
  readonly #db: DatabaseSync;
  readonly #start: WorkerStart;
  readonly #statements: Statements;
  readonly #schema: Schema;
  #dirtySets: DirtySets;
  /** Numbers of dirty sets that the caller has already been sent. */
  #told = new Set<number>();
  readonly #tracking: RowTracking;
  readonly #checkpointer: Checkpointer;
  readonly #external: ExternalCommits;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  #frames: Frame[] = [];
  /** A transaction that is still open has changed the schema and ended the tracking of rows. */
  #lostTracking = false;
  /** Another process has changed the schema, and no commit has told so yet. */
  #hasNewSchema = false;
  /** Triggers may have come or gone: see `RowTracking.seesReplaced`. */
  #isRecursionDue = false;
  #changes = 0;
  #stepMs = 0;
  readonly #lastChange: LastChange;
  readonly #batchRows: BatchRows;
  readonly #isWithdrawn: (id: number) => boolean;
  /** Number of the request that is served. */
  #id = 0;

  /** `isWithdrawn` is asked by a request's number before it is served, and between its steps. */
  constructor(db: DatabaseSync, start: WorkerStart, isWithdrawn: (id: number) => boolean = () => false) {
    this.#db = db;
    this.#isWithdrawn = isWithdrawn;
    this.#start = start;
    this.#statements = new Statements(db, "writer", start.statementCacheSize);
    const recorder = this.#statements.recorder;
    this.#schema = new Schema(db, recorder);
    this.#dirtySets = new DirtySets(this.#schema, start.isShared);
    this.#tracking = new RowTracking(db, recorder, this.#schema);
    this.#checkpointer = new Checkpointer(db, recorder, start.walLimitPages, start.busyTimeoutMs);
    this.#external = new ExternalCommits(db, recorder);
    const own = (sql: string) => recorder.ignore(() => db.prepare(sql));
    this.#begin = own("BEGIN IMMEDIATE");
    this.#commit = own("COMMIT");
    this.#rollback = own("ROLLBACK");
    this.#lastChange = new LastChange(db, recorder);
    this.#batchRows = new BatchRows(db, this.#statements, this.#schema, (sql) => {
      this.#refuseWithdrawn("executeBatch", sql);
    });
  }

  /** Serves one request. */
  handle(id: number, op: number, request: Decoder): WriterReply {
    const { counters, commitSeq } = this.#start;
    const startedMs = performance.now();
    this.#stepMs = 0;
    this.#id = id;
    const commits = op === writerOp.commit || this.#frames.length === 0;
    // Before the commit can be seen: a reader whose snapshot holds it then knows that it may.
    if (commits) commitSeq[1] = commitSeq[0]! + 1;
    const [outcome, commit] = this.#serve(op, request);
    commitSeq[1] = commitSeq[0]!;
    const tookMs = performance.now() - startedMs;
    if (counters !== null && !unaccounted.has(op)) {
      counters[counterIndex.writer_handle_us]! += tookMs * 1000;
      counters[counterIndex.writer_step_us]! += this.#stepMs * 1000;
      counters[counterIndex.writer_handle_count]!++;
    }
    return [id, outcome, commit, tookMs];
  }

  /** True between BEGIN and the end of the transaction. */
  get isInTransaction(): boolean {
    return this.#frames.length > 0;
  }

  /** True when a pause of the caller would be put to use. */
  get wantsPause(): boolean {
    return this.#checkpointer.isDue && this.#frames.length === 0;
  }

  /** What waits for a pause. */
  usePause(): void {
    this.#checkpointer.checkpoint();
  }

  /** What need not delay the reply. */
  afterReply(): void {
    if (this.tidies()) this.#checkpointer.measure();
  }

  /** The same without a look at the log; true when it is time for one. */
  tidies(): boolean {
    if (this.#frames.length > 0) return false;
    const isDue = this.#changes > 0 && this.#checkpointer.counts(this.#changes);
    this.#changes = 0;
    if (this.#dirtySets.isFull) {
      this.#dirtySets = new DirtySets(this.#schema, this.#start.isShared);
      this.#told.clear();
      this.#statements.clear();
    }
    return isDue;
  }

  /** Looks at the log, and checkpoints it when it is due, whatever another connection writes meanwhile. */
  checkpoint(): void {
    this.#checkpointer.measure();
    if (this.#checkpointer.isDue) this.#checkpointer.checkpoint();
  }

  /**
   * True when another connection would give these statements the same meaning: they are about tables of the file, ask nothing
   * of what the connection has done before, and meet no setting, temporary table or trigger of the user's.
   */
  areMovable(texts: readonly string[]): boolean {
    if (this.#frames.length > 0 || this.#statements.recorder.settings.size > 0) return false;
    try {
      for (const sql of texts) {
        const { access } = this.#prepare("execute", sql);
        const isPlain = !access.everything && !access.schemaChange && !access.writesTemp &&
          !access.readsElsewhere && !access.asksConnection;
        if (!isPlain) return false;
      }
    } catch {
      // It is refused where it was asked.
      return false;
    }
    return this.#own(() => !this.#hasTemporary() && this.#enforcesKeys() === this.#start.foreignKeys);
  }

  /** What another connection needs to know in order to stand in for this one. */
  get standing(): Standing & { readonly tracked: readonly TrackedTable[] } {
    return { ...this.#lastChange.standing, tracked: this.#tracking.tables };
  }

  /** Looks for commits of others. */
  look(): Commit | null {
    const [, commit] = this.#look();
    this.#start.commitSeq[1] = this.#start.commitSeq[0]!;
    return commit;
  }

  /** Takes what was committed by another connection of this database for known. */
  adoptCommits(): void {
    this.#external.adopt();
    if (!this.#statements.recorder.isSchemaNew) return;
    if (this.#tracking.active) this.#stopTracking(false);
    this.#statements.clear();
    this.#schema.clear();
  }

  /** A commit that may have changed any row. */
  suspectAll(): Commit | null {
    const commit = this.#seal(this.#dirtySets.allRows, false, 0);
    this.#start.commitSeq[1] = this.#start.commitSeq[0]!;
    return commit;
  }

  /** Goes on from where another connection has stood: `last_insert_rowid()` is the one that it has inserted. */
  inherit(standing: Standing): void {
    this.#lastChange.inherit(standing);
  }

  /** Rolls back what is open and closes the file. */
  close(): void {
    if (this.#db.isTransaction) this.#own(() => this.#rollback.run());
    this.#db.close();
  }

  #serve(op: number, request: Decoder): [WriterOutcome, Commit | null] {
    let verb: Verb = "transaction";
    let sql: string | null = null;
    const depth = this.#frames.length;
    try {
      switch (op) {
        case writerOp.execute:
          verb = "execute";
          sql = request.text();
          this.#refuseWithdrawn(verb, sql);
          return this.#execute(sql, request.values());
        case writerOp.batch:
          verb = "executeBatch";
          sql = request.text();
          return this.#batch(sql, request.columns());
        case writerOp.query:
          verb = "select";
          sql = request.text();
          return [this.#query(sql, request.values()), null];
        case writerOp.together:
          verb = "batch";
          return this.#together(verb, request.uint(), () => [request.text(), request.values()]);
        case writerOp.script: {
          verb = "exec";
          const parts = this.#split(request.text());
          return this.#together(verb, Infinity, () => [parts.next().value ?? null, []]);
        }
        case writerOp.begin:
          return [this.#open(), null];
        case writerOp.commit:
          return [done, this.#commitFrame()];
        case writerOp.rollback:
          return [done, this.#rollbackFrame()];
        case writerOp.track: {
          const table = request.text();
          const columns = request.values() as string[];
          const watched = request.values() as (string | null)[];
          return [this.#startTracking(table, columns, watched, request.values() as string[]), null];
        }
        case writerOp.look:
          return this.#look();
        case writerOp.untrack:
          return [this.#endTracking(request.text()), null];
        case writerOp.takeOver:
          return [this.#takeOver(request), null];
        case writerOp.handBack:
          return [{ ...done, ...this.#lastChange.standing }, this.look()];
        default:
          throw misuse(verb, `the operation must be known to the writer, got ${op}`);
      }
    } catch (error) {
      const shape = shapeOf(error, verb, sql);
      this.#tracking.spoilChanges();
      // With this code SQLite has undone the whole statement; after a conflict (OR FAIL) it may have kept a part.
      const isUndone = shape.sqliteCode === sqliteError && shape.sql !== null;
      // What opened a transaction of its own, as several statements do, leaves nothing of it.
      const commit = this.#frames.length > depth ? this.#rollbackFrame() : null;
      const { recorder } = this.#statements;
      const isDenied = shape.sqliteCode === sqliteAuth && recorder.stale;
      if (commit === null && (isDenied || (isUndone && recorder.ignore(() => this.#tracking.isStale)))) {
        this.#adoptSchema();
        request.rewind().uint();
        return this.#serve(request.byte(), request);
      }
      // Who found the file locked has not begun.
      const isBusy = ((shape.sqliteCode ?? 0) & 0xff) === sqliteBusy;
      const mayHaveChanged = op === writerOp.execute && !isBusy && shape.code !== "ABORTED";
      return [{ ok: false, error: shape }, mayHaveChanged ? this.#afterFailure(sql!) : commit];
    }
  }

  /** A statement that fails can have kept some of its changes (INSERT OR FAIL): better one re-query too many. */
  #afterFailure(sql: string): Commit | null {
    let id: number;
    try {
      id = this.#dirtyId(this.#statements.prepare("execute", sql));
    } catch {
      return null;
    }
    const frame = this.#frames.at(-1);
    if (frame === undefined) return this.#seal(id, false, 0);
    frame.dirtyIds.add(id);
    frame.reportsRows = false;
    return null;
  }

  #execute(sql: string, params: SqlParam[]): [WriterOutcome, Commit | null] {
    this.#checkAlive();
    const prepared = this.#prepare("execute", sql);
    if (prepared.access.schemaChange && this.#tracking.active) this.#stopTracking(this.#frames.length > 0);
    const outcome = this.#run(prepared, params);
    return [outcome, this.#note(prepared, outcome.changes)];
  }

  #run(prepared: Prepared, params: readonly SqlParam[]): WriterOutcome & { readonly ok: true } {
    const startedMs = performance.now();
    const { recorder } = this.#statements;
    if (prepared.access.writes.size > 0 || prepared.access.writesTemp) this.#lastChange.isOwn();
    recorder.beginStep(prepared.access);
    try {
      if (prepared.columns.length === 0) {
        const values = params.map(toBindable);
        const { changes, lastInsertRowid } = runWith(prepared.statement, prepared, values);
        // A change of schema leaves the number of the statement before.
        const changed = writesRows(prepared) ? Number(changes) : 0;
        return { ok: true, changes: changed, lastRowid: toNumber(lastInsertRowid), rows: null };
      }
      const rows = readExact(prepared, params);
      const told = this.#lastChange.told();
      const changes = writesRows(prepared) ? told.changes : 0;
      return { ok: true, changes, lastRowid: told.lastRowid, rows: toColumnar(prepared.columns, rows) };
    } finally {
      recorder.endStep(prepared.access);
      this.#stepMs += performance.now() - startedMs;
    }
  }

  #batch(
    sql: string,
    rows: RowsByColumn,
  ): [WriterOutcome, Commit | null] {
    this.#checkAlive();
    this.#refuseWithdrawn("executeBatch", sql);
    const prepared = this.#prepare("executeBatch", sql);
    if (prepared.columns.length > 0) {
      throw misuse(
        "executeBatch",
        "the statement must not return rows, use execute() for one that does",
        sql,
      );
    }
    const inTransaction = this.#frames.length > 0;
    const startedMs = performance.now();
    let changes = 0;
    let lastRowid: number | bigint = 0;
    try {
      if (inTransaction) this.#control("SAVEPOINT watchlite_batch");
      else this.#own(() => this.#begin.run());
      try {
        // Inside, so that a rollback brings the triggers back.
        if (prepared.access.schemaChange && this.#tracking.active) this.#stopTracking(true);
        this.#lastChange.isOwn();
        this.#statements.recorder.beginStep(prepared.access);
        try {
          for (const made of this.#batchRows.run(prepared, rows)) {
            if (writesRows(prepared)) changes += Number(made.changes);
            lastRowid = made.lastInsertRowid;
          }
        } finally {
          this.#statements.recorder.endStep(prepared.access);
        }
        if (inTransaction) this.#control("RELEASE watchlite_batch");
        else this.#own(() => this.#commit.run());
      } catch (error) {
        if (this.#db.isTransaction) {
          if (inTransaction) {
            this.#control("ROLLBACK TO watchlite_batch");
            this.#control("RELEASE watchlite_batch");
          } else this.#own(() => this.#rollback.run());
          this.#own(() => this.#tracking.rolledBack());
          this.#isRecursionDue = true;
        }
        if (!inTransaction) {
          this.#tracking.take(null);
          throw new EngineError({ ...shapeOf(error, "executeBatch", sql) });
        }
        throw error;
      }
    } finally {
      this.#stepMs += performance.now() - startedMs;
    }
    const outcome = { ok: true, changes, lastRowid: toNumber(lastRowid), rows: null } as const;
    return [outcome, this.#note(prepared, changes)];
  }

  /** Runs up to `count` statements, until there is none, in a (nested) transaction that whoever catches an error undoes. */
  #together(
    verb: Verb,
    count: number,
    next: () => readonly [sql: string | null, params: SqlParam[]],
  ): [WriterOutcome, Commit | null] {
    this.#open();
    const parts: StatementOutcome[] = [];
    let changes = 0;
    let lastRowid: number | bigint = 0;
    for (let i = 0; i < count; i++) {
      this.#refuseWithdrawn(verb, null);
      let sql: string | null = null;
      try {
        const [text, params] = next();
        if (text === null) break;
        sql = text;
        const outcome = this.#execute(sql, params)[0] as WriterOutcome & { readonly ok: true };
        changes += outcome.changes;
        ({ lastRowid } = outcome);
        if (verb === "batch") parts.push({ changes: outcome.changes, lastRowid, rows: outcome.rows });
      } catch (error) {
        const shape = shapeOf(error, verb, sql);
        throw new EngineError({ ...shape, reason: `statement ${i + 1}: ${shape.reason}` });
      }
    }
    return [{ ok: true, changes, lastRowid, rows: null, parts }, this.#commitFrame()];
  }

  #refuseWithdrawn(verb: Verb, sql: string | null): void {
    if (this.#isWithdrawn(this.#id)) throw withdrawnError(verb, sql);
  }

  /** The statements of a script, one after the other: where one ends may depend on what those before it have made. */
  *#split(script: string): Generator<string, null> {
    for (let rest = script; blankLength(rest) < rest.length;) {
      let sql: string;
      try {
        sql = this.#statements.first("exec", rest);
      } catch (error) {
        throw new EngineError(shapeOf(error, "exec", rest));
      }
      rest = rest.slice(sql.length);
      yield sql;
    }
    return null;
  }

  #query(sql: string, params: SqlParam[]): WriterOutcome {
    this.#checkAlive();
    const prepared = this.#prepare("select", sql);
    if (prepared.access.writes.size > 0 || prepared.access.schemaChange) {
      throw misuse("select", "the statement must only read, use execute() for one that writes", sql);
    }
    const startedMs = performance.now();
    const { recorder } = this.#statements;
    recorder.beginStep(prepared.access);
    try {
      const arrays = readExact(prepared, params);
      return { ok: true, changes: 0, lastRowid: 0, rows: toColumnar(prepared.columns, arrays) };
    } finally {
      recorder.endStep(prepared.access);
      this.#stepMs += performance.now() - startedMs;
    }
  }

  #open(): WriterOutcome {
    if (this.#frames.length === 0) this.#own(() => this.#begin.run());
    else {
      this.#checkAlive();
      this.#control(`SAVEPOINT watchlite_${this.#frames.length}`);
    }
    this.#frames.push({ dirtyIds: new Set(), reportsRows: true });
    return done;
  }

  #commitFrame(): Commit | null {
    this.#checkAlive();
    const frame = this.#frames.at(-1)!;
    if (this.#frames.length > 1) {
      this.#control(`RELEASE watchlite_${this.#frames.length - 1}`);
      this.#frames.pop();
      const outer = this.#frames.at(-1)!;
      for (const id of frame.dirtyIds) outer.dirtyIds.add(id);
      outer.reportsRows &&= frame.reportsRows;
      return null;
    }
    const startedMs = performance.now();
    this.#own(() => this.#commit.run());
    this.#stepMs += performance.now() - startedMs;
    this.#frames.pop();
    return this.#seal(this.#dirtySets.union(frame.dirtyIds), frame.reportsRows, frame.dirtyIds.size);
  }

  #rollbackFrame(): Commit | null {
    const depth = this.#frames.length - 1;
    if (depth < 0) return null;
    const frame = this.#frames.pop()!;
    this.#tracking.spoilChanges();
    if (this.#db.isTransaction) {
      if (depth > 0) {
        this.#control(`ROLLBACK TO watchlite_${depth}`);
        this.#control(`RELEASE watchlite_${depth}`);
      } else this.#own(() => this.#rollback.run());
    }
    this.#bringTrackingBack();
    // Rows reported by what was undone stay in the list: a superset of the changed rows is as sound as the set.
    if (depth === 0) this.#tracking.take(null);
    if (frame.dirtyIds.size > 0) this.#forgetIfSchema(this.#dirtySets.union(frame.dirtyIds));
    if (depth > 0 || !this.#lostTracking) return null;
    // Tracking ended with the change of schema that is undone now: let every stream derive its dependencies anew.
    return this.#seal(this.#dirtySets.everything, false, 0);
  }

  /** SQLite rolls a whole transaction back by itself on some errors; what follows must not commit on its own. */
  #checkAlive(): void {
    if (this.#frames.length > 0 && !this.#db.isTransaction) {
      throw misuse("transaction", "SQLite has rolled the transaction back after an earlier error");
    }
  }

  #prepare(verb: Verb, sql: string): Prepared {
    const { recorder } = this.#statements;
    if (recorder.stale) {
      this.#statements.clear();
      this.#schema.clear();
      this.#isRecursionDue = true;
    }
    const isPragma = /^PRAGMA\b/i.test(sql.slice(blankLength(sql)));
    if (this.#isRecursionDue || isPragma) {
      // A pragma shows and sets what the user has set.
      this.#isRecursionDue = isPragma;
      this.#own(() => this.#tracking.setRecursion(!isPragma));
      recorder.deniesStrangers = this.#tracking.seesReplaced;
    }
    const prepared = this.#statements.prepare(verb, sql);
    if (prepared.access.asksConnection) this.#lastChange.tell();
    if (this.#tracking.seesReplaced && this.#own(() => this.#tracking.mayPin(prepared))) {
      this.#own(() => this.#tracking.setRecursion(false));
      recorder.deniesStrangers = false;
      this.#isRecursionDue = true;
    }
    return prepared;
  }

  #dirtyId(prepared: Prepared): number {
    if (prepared.dirtyId < 0) prepared.dirtyId = this.#dirtySets.ofStatement(prepared);
    return prepared.dirtyId;
  }

  /** Adds the statement to the open transaction, or seals it as a commit of its own. */
  #note(prepared: Prepared, changes: number): Commit | null {
    const startedMs = this.#start.counters === null ? 0 : performance.now();
    this.#changes += changes;
    const { access } = prepared;
    // SQLite counts rows changed by the statement itself; without triggers, none changed means that nothing did.
    const clean = changes === 0 && !access.triggerWrites && !access.everything && !access.schemaChange;
    let id = clean ? this.#dirtySets.ofNoRows(prepared) : this.#dirtyId(prepared);
    const { recorder } = this.#statements;
    if ((recorder.stale || this.#hasNewSchema) && !clean) {
      this.#hasNewSchema = false;
      // SQLite compiled the statement anew while it ran, or it had failed before: another process has changed the schema.
      const everything = this.#dirtySets.ofStatement({
        ...prepared,
        access: { ...prepared.access, schemaChange: true },
      });
      id = everything;
    }
    let commit: Commit | null = null;
    if (id !== nothing) {
      const reportsRows = this.#tracking.active &&
        recorder.ignore(() => this.#tracking.reportsRows(prepared));
      // Triggers of the user's may change a row before its earlier change is told.
      if (!this.#tracking.seesReplaced) this.#tracking.spoilChanges();
      const frame = this.#frames.at(-1);
      if (frame !== undefined) {
        frame.dirtyIds.add(id);
        frame.reportsRows &&= reportsRows;
        this.#forgetIfSchema(id);
      } else commit = this.#seal(id, reportsRows, changes);
    }
    if (this.#start.counters !== null) {
      this.#start.counters[counterIndex.writer_dirty_us]! += (performance.now() - startedMs) * 1000;
    }
    return commit;
  }

  #seal(id: number, reportsRows: boolean, changes: number): Commit | null {
    this.#changes += changes > 0 ? 1 : 0;
    if (id === nothing) {
      if (this.#tracking.active) this.#tracking.take(null);
      return null;
    }
    // A result that a commit of others is missing from must not be patched with one behind it.
    if (reportsRows && this.#tracking.tellsChanges && this.#external.isNews) this.#tracking.spoilChanges();
    const rows = this.#tracking.active
      ? this.#tracking.take(reportsRows ? this.#dirtySets.get(id).tables : null)
      : null;
    const { commitSeq, firstDirtyId } = this.#start;
    const seq = ++commitSeq[0]!;
    const dirty = this.#told.has(id) ? null : this.#dirtySets.get(id);
    this.#told.add(id);
    this.#lostTracking = false;
    const commit: Commit = { seq, dirtyId: firstDirtyId + id, dirty, rows };
    // The caller forgets, with the dependencies, what is reported to it.
    if (this.#dirtySets.get(id).schema && this.#tracking.active) this.#stopTracking(false);
    this.#forgetIfSchema(id);
    return commit;
  }

  #forgetIfSchema(id: number): void {
    if (!this.#dirtySets.get(id).schema) return;
    this.#isRecursionDue = true;
    this.#statements.clear();
    this.#schema.clear();
  }

  #stopTracking(inTransaction: boolean): void {
    this.#isRecursionDue = true;
    this.#statements.recorder.ignore(() => this.#tracking.untrackAll(inTransaction));
    this.#lostTracking = inTransaction;
  }

  /** What was rolled back may have dropped the triggers, which are there again; unless they are for another schema by now. */
  #bringTrackingBack(): void {
    this.#own(() => {
      this.#tracking.rolledBack();
      this.#isRecursionDue = true;
      if (this.#tracking.isStale) this.#stopTracking(this.#db.isTransaction);
      else if (this.#tracking.active) this.#lostTracking = false;
    });
  }

  /** The schema is another process's by now; with the next commit the streams derive their dependencies anew. */
  #adoptSchema(): void {
    this.#stopTracking(this.#frames.length > 0);
    this.#statements.clear();
    this.#schema.clear();
    this.#hasNewSchema = true;
  }

  #endTracking(table: string): WriterOutcome {
    // Inside a transaction a rollback would bring the triggers back.
    if (this.#frames.length > 0) return done;
    this.#own(() => this.#tracking.untrack(table));
    this.#statements.clear();
    this.#isRecursionDue = true;
    return done;
  }

  /** The caller asks between transactions: TEMP triggers made inside one would be rolled back with it. */
  #startTracking(
    table: string,
    columns: string[],
    watch: readonly (string | null)[],
    rowColumns: readonly string[],
  ): WriterOutcome {
    const watched = watch.includes(null) ? null : watch as string[];
    const tracked = this.#frames.length > 0 || this.#start.readOnly
      ? null
      : this.#statements.recorder.ignore(() => this.#tracking.track(table, columns, watched, rowColumns));
    this.#statements.clear();
    this.#isRecursionDue = true;
    return tracked === null ? done : { ok: true, changes: 0, lastRowid: 0, rows: null, tracked };
  }

  #look(): [WriterOutcome, Commit | null] {
    // Others cannot commit while a transaction is open: what they did before it is found after it.
    const found = this.#frames.length > 0 ? "nothing" : this.#external.look();
    if (found === "nothing") return [done, null];
    if (found === "schema" && this.#tracking.active) this.#stopTracking(false);
    const id = found === "schema" ? this.#dirtySets.everything : this.#dirtySets.allRows;
    return [{ ...done, changes: 1 }, this.#seal(id, false, 0)];
  }

  #takeOver(request: Decoder): WriterOutcome {
    this.adoptCommits();
    const standing = { changes: request.float(), lastRowid: request.value() as number | bigint };
    const tracked: TrackedTable[] = [];
    for (let count = request.uint(); count > 0; count--) {
      const slot = request.uint();
      const table = request.text();
      const columns = request.values() as string[];
      const watch = request.values() as (string | null)[];
      const watched = watch.includes(null) ? null : watch as string[];
      tracked.push({ slot, table, columns, watched, rowColumns: request.values() as string[] });
    }
    this.#own(() => this.#tracking.adopt(tracked));
    this.#statements.clear();
    this.#isRecursionDue = true;
    this.inherit(standing);
    return done;
  }

  #hasTemporary(): boolean {
    const sql = "SELECT 1 FROM temp.sqlite_schema WHERE substr(name, 1, ?) <> ? LIMIT 1";
    return this.#db.prepare(sql).get(ownTriggerPrefix.length, ownTriggerPrefix) !== undefined;
  }

  #enforcesKeys(): boolean {
    return (this.#db.prepare("PRAGMA foreign_keys").get() as { foreign_keys: number }).foreign_keys === 1;
  }

  #control(sql: string): void {
    this.#own(() => this.#db.prepare(sql).run());
  }

  /**
   * Runs a statement of the engine's own. Tracking a table makes SQLite compile these anew as well, which must not be taken for
   * another process's change of schema.
   */
  #own<T>(run: () => T): T {
    return this.#statements.recorder.ignore(run);
  }
}

/**
 * Otherwise SQLite's number of changes is that of the statement before. What SQLite tidies up in tables of its own when the
 * schema changes is no row that the statement has changed.
 */
function writesRows({ access }: Prepared): boolean {
  return !access.schemaChange && (access.writes.size > 0 || access.writesTemp);
}
