/**
 * Transactions of the writer's connection: what each has changed so far, and the commits that come of them.
 *
 * ```
 * begin -> note, note, ... -> commit or rollBack      a savepoint inside another one
 *          note                                       outside: a commit of its own
 * ```
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { counterIndex } from "../counters.ts";
import { misuse } from "../errors.ts";
import type { Commit, WorkerStart } from "../protocol.ts";
import type { Prepared } from "../sqlite/statements.ts";
import type { Compiler } from "./compiler.ts";
import { DirtySets, nothing } from "./dirty.ts";
import type { ExternalCommits } from "./external_commits.ts";

/** What one open transaction, or savepoint, has changed so far. */
interface Frame {
  readonly dirtyIds: Set<number>;
  reportsRows: boolean;
}

/** Opens, ends and undoes transactions, and seals what they have changed. */
export class Commits {
  readonly #db: DatabaseSync;
  readonly #start: WorkerStart;
  readonly #compiler: Compiler;
  readonly #external: ExternalCommits;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  #dirtySets: DirtySets;
  /** Numbers of dirty sets that the caller has already been sent. */
  #told = new Set<number>();
  #frames: Frame[] = [];
  /** A transaction that is still open has changed the schema and ended the tracking of rows. */
  #lostTracking = false;
  /** Another process has changed the schema, and no commit has told so yet. */
  #hasNewSchema = false;
  #changes = 0;
  readonly #step: { ms: number };

  /** `step` is told how long SQLite has taken to commit. */
  constructor(
    db: DatabaseSync,
    start: WorkerStart,
    compiler: Compiler,
    external: ExternalCommits,
    step: { ms: number },
  ) {
    this.#db = db;
    this.#step = step;
    this.#start = start;
    this.#compiler = compiler;
    this.#external = external;
    this.#dirtySets = new DirtySets(compiler.schema, start.isShared);
    const own = (sql: string) => compiler.own(() => db.prepare(sql));
    this.#begin = own("BEGIN IMMEDIATE");
    this.#commit = own("COMMIT");
    this.#rollback = own("ROLLBACK");
  }

  /** How many transactions are open, one inside the other. */
  get depth(): number {
    return this.#frames.length;
  }

  /** Opens a transaction, or a savepoint in the one that is open. */
  begin(): void {
    if (this.#frames.length === 0) this.#run(this.#begin);
    else {
      this.checkAlive();
      this.#control(`SAVEPOINT watchlite_${this.#frames.length}`);
    }
    this.#frames.push({ dirtyIds: new Set(), reportsRows: true });
  }

  /** Ends the innermost transaction. A commit when it was the outermost one, and has changed something. */
  commit(): Commit | null {
    this.checkAlive();
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
    this.#run(this.#commit);
    this.#step.ms += performance.now() - startedMs;
    this.#frames.pop();
    return this.#seal(this.#dirtySets.union(frame.dirtyIds), frame.reportsRows, frame.dirtyIds.size);
  }

  /** Undoes the innermost transaction, if there is one. A commit when live queries must begin anew all the same. */
  rollBack(): Commit | null {
    const depth = this.#frames.length - 1;
    if (depth < 0) return null;
    const frame = this.#frames.pop()!;
    const { tracking } = this.#compiler;
    tracking.spoilChanges();
    if (this.#db.isTransaction) {
      if (depth > 0) this.#undoTo(`watchlite_${depth}`);
      else this.#run(this.#rollback);
    }
    this.#bringTrackingBack();
    // Rows reported by what was undone stay in the list: a superset of the changed rows is as sound as the set.
    if (depth === 0) tracking.take(null);
    if (frame.dirtyIds.size > 0) this.#forgetIfSchema(this.#dirtySets.union(frame.dirtyIds));
    if (depth > 0 || !this.#lostTracking) return null;
    // Tracking ended with the change of schema that is undone now: let every stream derive its dependencies anew.
    return this.#seal(this.#dirtySets.everything, false, 0);
  }

  /**
   * Runs all of `steps` or nothing of it: in a savepoint of the open transaction, or in a transaction of its own. Who calls
   * notes what was changed.
   */
  asWhole(steps: () => void): void {
    const isInside = this.#frames.length > 0;
    if (isInside) this.#control("SAVEPOINT watchlite_batch");
    else this.#run(this.#begin);
    try {
      steps();
      if (isInside) this.#control("RELEASE watchlite_batch");
      else this.#run(this.#commit);
    } catch (error) {
      const { tracking } = this.#compiler;
      if (this.#db.isTransaction) {
        if (isInside) this.#undoTo("watchlite_batch");
        else this.#run(this.#rollback);
        this.#compiler.own(() => tracking.rolledBack());
        this.#compiler.suspectTriggers();
      }
      if (!isInside) tracking.take(null);
      throw error;
    }
  }

  /** SQLite rolls a whole transaction back by itself on some errors; what follows must not commit on its own. */
  checkAlive(): void {
    if (this.#frames.length > 0 && !this.#db.isTransaction) {
      throw misuse("transaction", "SQLite has rolled the transaction back after an earlier error");
    }
  }

  /** Adds what a statement has changed to the open transaction, or seals it as a commit of its own. */
  note(prepared: Prepared, changes: number): Commit | null {
    const startedMs = this.#start.counters === null ? 0 : performance.now();
    this.#changes += changes;
    const { access } = prepared;
    const { tracking, statements: { recorder } } = this.#compiler;
    // SQLite counts rows changed by the statement itself; without triggers, none changed means that nothing did.
    const clean = changes === 0 && !access.triggerWrites && !access.everything && !access.schemaChange;
    let id = clean ? this.#dirtySets.ofNoRows(prepared) : this.#dirtyId(prepared);
    if ((recorder.stale || this.#hasNewSchema) && !clean) {
      this.#hasNewSchema = false;
      // SQLite compiled the statement anew while it ran, or it had failed before: another process has changed the schema.
      id = this.#dirtySets.everything;
    }
    let commit: Commit | null = null;
    if (id !== nothing) {
      const reportsRows = tracking.active && recorder.ignore(() => tracking.reportsRows(prepared));
      // Triggers of the user's may change a row before its earlier change is told.
      if (!tracking.seesReplaced) tracking.spoilChanges();
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

  /** A statement that fails can have kept some of its changes (INSERT OR FAIL): better one re-query too many. */
  noteFailure(sql: string): Commit | null {
    let id: number;
    try {
      id = this.#dirtyId(this.#compiler.statements.prepare("execute", sql));
    } catch {
      return null;
    }
    const frame = this.#frames.at(-1);
    if (frame === undefined) return this.#seal(id, false, 0);
    frame.dirtyIds.add(id);
    frame.reportsRows = false;
    return null;
  }

  /** What others have committed: some rows, or another schema. */
  ofOthers(found: "rows" | "schema"): Commit | null {
    if (found === "schema" && this.#compiler.tracking.active) this.stopTracking(false);
    return this.#seal(found === "schema" ? this.#dirtySets.everything : this.#dirtySets.allRows, false, 0);
  }

  /** Rows are reported no more, as the schema changes; inside a transaction only until it is undone. */
  stopTracking(inTransaction: boolean): void {
    const { tracking } = this.#compiler;
    this.#compiler.suspectTriggers();
    this.#compiler.own(() => tracking.untrackAll(inTransaction));
    this.#lostTracking = inTransaction;
  }

  /** The schema is another process's by now; with the next commit the streams derive their dependencies anew. */
  adoptSchema(): void {
    this.stopTracking(this.#frames.length > 0);
    this.#compiler.forgetSchema();
    this.#hasNewSchema = true;
  }

  /** How many rows were changed since the last call. Between two commits: begins anew when too many sets are kept. */
  takeChanges(): number {
    const changes = this.#changes;
    this.#changes = 0;
    if (this.#dirtySets.isFull) {
      this.#dirtySets = new DirtySets(this.#compiler.schema, this.#start.isShared);
      this.#told.clear();
      this.#compiler.statements.clear();
    }
    return changes;
  }

  /** Undoes what is open, whoever has opened it. */
  undoAll(): void {
    if (this.#db.isTransaction) this.#run(this.#rollback);
  }

  #dirtyId(prepared: Prepared): number {
    if (prepared.dirtyId < 0) prepared.dirtyId = this.#dirtySets.ofStatement(prepared);
    return prepared.dirtyId;
  }

  #seal(id: number, reportsRows: boolean, changes: number): Commit | null {
    const { tracking } = this.#compiler;
    this.#changes += changes > 0 ? 1 : 0;
    if (id === nothing) {
      if (tracking.active) tracking.take(null);
      return null;
    }
    // A result that a commit of others is missing from must not be patched with one behind it.
    if (reportsRows && tracking.tellsChanges && this.#external.isNews) tracking.spoilChanges();
    const dirtySet = this.#dirtySets.get(id);
    const rows = tracking.active ? tracking.take(reportsRows ? dirtySet.tables : null) : null;
    const { commitSeq, firstDirtyId } = this.#start;
    const seq = ++commitSeq[0]!;
    const dirty = this.#told.has(id) ? null : dirtySet;
    this.#told.add(id);
    this.#lostTracking = false;
    // The caller forgets, with the dependencies, what is reported to it.
    if (dirtySet.schema && tracking.active) this.stopTracking(false);
    this.#forgetIfSchema(id);
    return { seq, dirtyId: firstDirtyId + id, dirty, rows };
  }

  #forgetIfSchema(id: number): void {
    if (this.#dirtySets.get(id).schema) this.#compiler.forgetSchema();
  }

  /** What was rolled back may have dropped the triggers, which are there again; unless they are for another schema by now. */
  #bringTrackingBack(): void {
    const { tracking } = this.#compiler;
    this.#compiler.suspectTriggers();
    this.#compiler.own(() => {
      tracking.rolledBack();
      if (tracking.isStale) this.stopTracking(this.#db.isTransaction);
      else if (tracking.active) this.#lostTracking = false;
    });
  }

  #undoTo(savepoint: string): void {
    this.#control(`ROLLBACK TO ${savepoint}`);
    this.#control(`RELEASE ${savepoint}`);
  }

  #control(sql: string): void {
    this.#run(this.#compiler.own(() => this.#db.prepare(sql)));
  }

  #run(statement: StatementSync): void {
    this.#compiler.own(() => statement.run());
  }
}
