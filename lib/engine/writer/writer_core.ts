/**
 * The writer without its thread: takes one request after the other, gives one reply each.
 *
 * ```
 * request -> Compiler (cached) -> run -> Commits: what it dirties -> WriterReply -> checkpoint, now and then
 * ```
 *
 * Outside a transaction a statement is its own commit and a batch is BEGIN IMMEDIATE ... COMMIT. The caller sees to it that
 * nothing but the requests of a transaction arrives while one is open.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
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
import { readExact, toColumnar } from "../sqlite/result.ts";
import type { Prepared } from "../sqlite/statements.ts";
import { type SqlParam, toBindable } from "../values.ts";
import { BatchRows, type RowsByColumn, runWith } from "./batch_rows.ts";
import { Checkpointer } from "./checkpoint.ts";
import { Commits } from "./commits.ts";
import { Compiler } from "./compiler.ts";
import { ExternalCommits } from "./external_commits.ts";
import { LastChange, type Standing, toNumber } from "./last_change.ts";

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
  readonly #compiler: Compiler;
  readonly #commits: Commits;
  readonly #checkpointer: Checkpointer;
  readonly #external: ExternalCommits;
  readonly #lastChange: LastChange;
  readonly #batchRows: BatchRows;
  readonly #isWithdrawn: (id: number) => boolean;
  /** Number of the request that is served. */
  #id = 0;
  /** How long SQLite has worked for it. */
  readonly #step = { ms: 0 };

  /** `isWithdrawn` is asked by a request's number before it is served, and between its steps. */
  constructor(db: DatabaseSync, start: WorkerStart, isWithdrawn: (id: number) => boolean = () => false) {
    this.#db = db;
    this.#isWithdrawn = isWithdrawn;
    this.#start = start;
    this.#compiler = new Compiler(db, start.statementCacheSize);
    const { schema, statements } = this.#compiler;
    const { recorder } = statements;
    this.#checkpointer = new Checkpointer(db, recorder, start.walLimitPages, start.busyTimeoutMs);
    this.#external = new ExternalCommits(db, recorder);
    this.#commits = new Commits(db, start, this.#compiler, this.#external, this.#step);
    this.#lastChange = new LastChange(db, recorder);
    this.#batchRows = new BatchRows(db, statements, schema, (sql) => {
      this.#refuseWithdrawn("executeBatch", sql);
    });
  }

  /** Serves one request. */
  handle(id: number, op: number, request: Decoder): WriterReply {
    const { counters, commitSeq } = this.#start;
    const startedMs = performance.now();
    this.#step.ms = 0;
    this.#id = id;
    const commits = op === writerOp.commit || !this.isInTransaction;
    // Before the commit can be seen: a reader whose snapshot holds it then knows that it may.
    if (commits) commitSeq[1] = commitSeq[0]! + 1;
    const [outcome, commit] = this.#serve(op, request);
    commitSeq[1] = commitSeq[0]!;
    const tookMs = performance.now() - startedMs;
    if (counters !== null && !unaccounted.has(op)) {
      counters[counterIndex.writer_handle_us]! += tookMs * 1000;
      counters[counterIndex.writer_step_us]! += this.#step.ms * 1000;
      counters[counterIndex.writer_handle_count]!++;
    }
    return [id, outcome, commit, tookMs];
  }

  /** True between BEGIN and the end of the transaction. */
  get isInTransaction(): boolean {
    return this.#commits.depth > 0;
  }

  /** True when a pause of the caller would be put to use. */
  get wantsPause(): boolean {
    return this.#checkpointer.isDue && !this.isInTransaction;
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
    if (this.isInTransaction) return false;
    const changes = this.#commits.takeChanges();
    return changes > 0 && this.#checkpointer.counts(changes);
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
    if (this.isInTransaction || this.#compiler.statements.recorder.settings.size > 0) return false;
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
    return !this.#compiler.hasTemporary && this.#compiler.enforcesKeys === this.#start.foreignKeys;
  }

  /** What another connection needs to know in order to stand in for this one. */
  get standing(): Standing & { readonly tracked: readonly TrackedTable[] } {
    return { ...this.#lastChange.standing, tracked: this.#compiler.tracking.tables };
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
    if (!this.#compiler.statements.recorder.isSchemaNew) return;
    if (this.#compiler.tracking.active) this.#commits.stopTracking(false);
    this.#compiler.forgetSchema();
  }

  /** A commit that may have changed any row. */
  suspectAll(): Commit | null {
    const commit = this.#commits.ofOthers("rows");
    this.#start.commitSeq[1] = this.#start.commitSeq[0]!;
    return commit;
  }

  /** Goes on from where another connection has stood: `last_insert_rowid()` is the one that it has inserted. */
  inherit(standing: Standing): void {
    this.#lastChange.inherit(standing);
  }

  /** Rolls back what is open and closes the file. */
  close(): void {
    this.#commits.undoAll();
    this.#db.close();
  }

  #serve(op: number, request: Decoder): [WriterOutcome, Commit | null] {
    let verb: Verb = "transaction";
    let sql: string | null = null;
    const { depth } = this.#commits;
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
          this.#commits.begin();
          return [done, null];
        case writerOp.commit:
          return [done, this.#commits.commit()];
        case writerOp.rollback:
          return [done, this.#commits.rollBack()];
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
      const { tracking, statements: { recorder } } = this.#compiler;
      tracking.spoilChanges();
      // With this code SQLite has undone the whole statement; after a conflict (OR FAIL) it may have kept a part.
      const isUndone = shape.sqliteCode === sqliteError && shape.sql !== null;
      // What opened a transaction of its own, as several statements do, leaves nothing of it.
      const commit = this.#commits.depth > depth ? this.#commits.rollBack() : null;
      const isDenied = shape.sqliteCode === sqliteAuth && recorder.stale;
      if (commit === null && (isDenied || (isUndone && recorder.ignore(() => tracking.isStale)))) {
        this.#commits.adoptSchema();
        request.rewind().uint();
        return this.#serve(request.byte(), request);
      }
      // Who found the file locked has not begun.
      const isBusy = ((shape.sqliteCode ?? 0) & 0xff) === sqliteBusy;
      const mayHaveChanged = op === writerOp.execute && !isBusy && shape.code !== "ABORTED";
      return [{ ok: false, error: shape }, mayHaveChanged ? this.#commits.noteFailure(sql!) : commit];
    }
  }

  #execute(sql: string, params: SqlParam[]): [WriterOutcome, Commit | null] {
    this.#commits.checkAlive();
    const prepared = this.#prepare("execute", sql);
    if (prepared.access.schemaChange && this.#compiler.tracking.active) {
      this.#commits.stopTracking(this.isInTransaction);
    }
    const outcome = this.#run(prepared, params);
    return [outcome, this.#commits.note(prepared, outcome.changes)];
  }

  #run(prepared: Prepared, params: readonly SqlParam[]): WriterOutcome & { readonly ok: true } {
    const startedMs = performance.now();
    const { recorder } = this.#compiler.statements;
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
      this.#step.ms += performance.now() - startedMs;
    }
  }

  #batch(sql: string, rows: RowsByColumn): [WriterOutcome, Commit | null] {
    this.#commits.checkAlive();
    this.#refuseWithdrawn("executeBatch", sql);
    const prepared = this.#prepare("executeBatch", sql);
    if (prepared.columns.length > 0) {
      throw misuse(
        "executeBatch",
        "the statement must not return rows, use execute() for one that does",
        sql,
      );
    }
    const { tracking, statements: { recorder } } = this.#compiler;
    const startedMs = performance.now();
    let changes = 0;
    let lastRowid: number | bigint = 0;
    try {
      this.#commits.asWhole(() => {
        // Inside, so that a rollback brings the triggers back.
        if (prepared.access.schemaChange && tracking.active) this.#commits.stopTracking(true);
        this.#lastChange.isOwn();
        recorder.beginStep(prepared.access);
        try {
          for (const made of this.#batchRows.run(prepared, rows)) {
            if (writesRows(prepared)) changes += Number(made.changes);
            lastRowid = made.lastInsertRowid;
          }
        } finally {
          recorder.endStep(prepared.access);
        }
      });
    } finally {
      this.#step.ms += performance.now() - startedMs;
    }
    const outcome = { ok: true, changes, lastRowid: toNumber(lastRowid), rows: null } as const;
    return [outcome, this.#commits.note(prepared, changes)];
  }

  /** Runs up to `count` statements, until there is none, in a (nested) transaction that whoever catches an error undoes. */
  #together(
    verb: Verb,
    count: number,
    next: () => readonly [sql: string | null, params: SqlParam[]],
  ): [WriterOutcome, Commit | null] {
    this.#commits.begin();
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
    return [{ ok: true, changes, lastRowid, rows: null, parts }, this.#commits.commit()];
  }

  #refuseWithdrawn(verb: Verb, sql: string | null): void {
    if (this.#isWithdrawn(this.#id)) throw withdrawnError(verb, sql);
  }

  /** The statements of a script, one after the other: where one ends may depend on what those before it have made. */
  *#split(script: string): Generator<string, null> {
    for (let rest = script; blankLength(rest) < rest.length;) {
      let sql: string;
      try {
        sql = this.#compiler.statements.first("exec", rest);
      } catch (error) {
        throw new EngineError(shapeOf(error, "exec", rest));
      }
      rest = rest.slice(sql.length);
      yield sql;
    }
    return null;
  }

  #query(sql: string, params: SqlParam[]): WriterOutcome {
    this.#commits.checkAlive();
    const prepared = this.#prepare("select", sql);
    if (prepared.access.writes.size > 0 || prepared.access.schemaChange) {
      throw misuse("select", "the statement must only read, use execute() for one that writes", sql);
    }
    const startedMs = performance.now();
    const { recorder } = this.#compiler.statements;
    recorder.beginStep(prepared.access);
    try {
      const arrays = readExact(prepared, params);
      return { ok: true, changes: 0, lastRowid: 0, rows: toColumnar(prepared.columns, arrays) };
    } finally {
      recorder.endStep(prepared.access);
      this.#step.ms += performance.now() - startedMs;
    }
  }

  #prepare(verb: Verb, sql: string): Prepared {
    const prepared = this.#compiler.prepare(verb, sql);
    if (prepared.access.asksConnection) this.#lastChange.tell();
    return prepared;
  }

  #endTracking(table: string): WriterOutcome {
    // Inside a transaction a rollback would bring the triggers back.
    if (this.isInTransaction) return done;
    this.#compiler.own(() => this.#compiler.tracking.untrack(table));
    this.#compiler.forgetStatements();
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
    const tracked = this.isInTransaction || this.#start.readOnly
      ? null
      : this.#compiler.own(() => this.#compiler.tracking.track(table, columns, watched, rowColumns));
    this.#compiler.forgetStatements();
    return tracked === null ? done : { ok: true, changes: 0, lastRowid: 0, rows: null, tracked };
  }

  #look(): [WriterOutcome, Commit | null] {
    // Others cannot commit while a transaction is open: what they did before it is found after it.
    const found = this.isInTransaction ? "nothing" : this.#external.look();
    return found === "nothing" ? [done, null] : [{ ...done, changes: 1 }, this.#commits.ofOthers(found)];
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
    this.#compiler.own(() => this.#compiler.tracking.adopt(tracked));
    this.#compiler.forgetStatements();
    this.inherit(standing);
    return done;
  }
}

/**
 * Otherwise SQLite's number of changes is that of the statement before. What SQLite tidies up in tables of its own when the
 * schema changes is no row that the statement has changed.
 */
function writesRows({ access }: Prepared): boolean {
  return !access.schemaChange && (access.writes.size > 0 || access.writesTemp);
}
