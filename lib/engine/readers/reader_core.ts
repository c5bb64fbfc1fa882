/**
 * A reader without its thread: runs queries on snapshots, hashes results, derives dependencies.
 *
 * All re-queries of one request see one snapshot. A result whose hash the caller already knows stays here.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Decoder } from "../codec.ts";
import { counterIndex } from "../counters.ts";
import { misuse, shapeOf, type Verb } from "../errors.ts";
import {
  type Dependencies,
  readerOp,
  type ReaderOutcome,
  requeryFlag,
  type RequeryOutcome,
  snapshotMode,
  type WorkerStart,
} from "../protocol.ts";
import { addColumns, type TableColumns } from "../sqlite/access.ts";
import { type Instruction, openedIndexes } from "../sqlite/explain.ts";
import { planPatch } from "../sqlite/patch_plan.ts";
import { proveConditions } from "../sqlite/prove.ts";
import { Cursor } from "../sqlite/cursor.ts";
import { readArrays, ResultHasher, toColumnar } from "../sqlite/result.ts";
import { Schema } from "../sqlite/schema.ts";
import { type Prepared, Statements } from "../sqlite/statements.ts";
import type { SqlParam, SqlValue } from "../values.ts";

const sqliteError = 1;

const verbs: Readonly<Record<number, Verb>> = {
  [readerOp.select]: "select",
  [readerOp.openCursor]: "iterate",
  [readerOp.fetch]: "iterate",
};

const onSchema: Dependencies = {
  everything: false,
  tables: [],
  conditions: [],
  reason: "it does not compile",
};

/** Runs queries on one read-only connection. */
export class ReaderCore {
  readonly #db: DatabaseSync;
  readonly #start: WorkerStart;
  readonly #statements: Statements;
  readonly #schema: Schema;
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  readonly #schemaVersion: StatementSync;
  readonly #anySchemaRow: StatementSync;
  readonly #hasher: ResultHasher;
  /** What the programs that statements keep read. */
  readonly #tables = new WeakMap<readonly Instruction[], Dependencies["tables"]>();
  #knownSchemaVersion = -1;
  /** A thread that has one serves nothing else. */
  #cursor: Cursor | null = null;
  #seq = 0;
  /** The last commit that is surely in the snapshot that is kept for the next request, or null. */
  #snapshotSeq: number | null = null;

  constructor(db: DatabaseSync, start: WorkerStart) {
    this.#db = db;
    this.#start = start;
    this.#hasher = new ResultHasher(start.hashKey);
    this.#statements = new Statements(db, "reader", start.statementCacheSize);
    const { recorder } = this.#statements;
    this.#schema = new Schema(db, recorder);
    const own = (sql: string) => recorder.ignore(() => db.prepare(sql));
    this.#begin = own("BEGIN");
    this.#end = own("COMMIT");
    this.#schemaVersion = own("PRAGMA schema_version");
    this.#anySchemaRow = own("SELECT 1 FROM sqlite_schema LIMIT 1");
  }

  /** Serves one request. */
  handle(op: number, request: Decoder): ReaderOutcome {
    const { counters, traced } = this.#start;
    const startedMs = performance.now();
    this.#seq = this.#snapshotSeq ?? this.#start.commitSeq[0]!;
    const made = this.#serve(op, request);
    const endedMs = performance.now();
    if (counters !== null) counters[counterIndex.reader_step_us]! += (endedMs - startedMs) * 1000;
    const origin = performance.timeOrigin;
    return {
      seq: this.#seq,
      heldSeq: 0,
      rows: null,
      error: null,
      requeries: null,
      ...made,
      tookMs: endedMs - startedMs,
      startMs: traced ? origin + startedMs : 0,
      endMs: traced ? origin + endedMs : 0,
    };
  }

  /** Closes the file. */
  close(): void {
    this.#db.close();
  }

  /** An error carries the number of the commit it was met at, as a result does: it may well be the last word. */
  #serve(op: number, request: Decoder): Partial<ReaderOutcome> {
    try {
      switch (op) {
        case readerOp.select:
          return this.#select(request);
        case readerOp.openCursor:
          return this.#openCursor(request);
        case readerOp.fetch:
          return { rows: this.#cursor!.next() };
        default:
          return this.#requery(request);
      }
    } catch (error) {
      return { error: shapeOf(error, verbs[op] ?? "watch", null) };
    }
  }

  #select(request: Decoder): Partial<ReaderOutcome> {
    const sql = request.text();
    const params = request.values();
    try {
      const { names, rows } = this.#read(this.#prepare("select", sql), "select", params);
      return { rows: toColumnar(names, rows) };
    } catch (error) {
      return { error: shapeOf(error, "select", sql) };
    }
  }

  #openCursor(request: Decoder): Partial<ReaderOutcome> {
    const sql = request.text();
    const params = request.values();
    try {
      const prepared = this.#prepare("iterate", sql);
      this.#cursor = this.#statements.recorder.ignore(() => new Cursor(this.#db, prepared, params));
      return { rows: this.#cursor.next() };
    } catch (error) {
      return { error: shapeOf(error, "iterate", sql) };
    }
  }

  #requery(request: Decoder): Partial<ReaderOutcome> {
    const requeries: RequeryOutcome[] = [];
    const mode = request.byte();
    const knownSeq = request.float();
    let heldSeq = 0;
    if (mode !== snapshotMode.last) this.#begin.run();
    this.#snapshotSeq = null;
    try {
      if (mode === snapshotMode.shared) {
        // BEGIN alone takes no snapshot.
        this.#anySchemaRow.get();
        const newestSeq = this.#start.commitSeq[1]!;
        if (newestSeq > knownSeq) heldSeq = newestSeq;
      }
      for (let count = request.uint(); count > 0; count--) {
        const flags = request.byte();
        const sql = request.text();
        const params = request.values();
        const known = (flags & requeryFlag.hasHash) !== 0 ? [request.uint(), request.uint()] as const : null;
        requeries.push(this.#requeryOne(sql, params, known, (flags & requeryFlag.wantsDependencies) !== 0));
      }
      // After an error of one query SQLite may have ended the snapshot by itself.
      if (heldSeq > 0 && this.#db.isTransaction) this.#snapshotSeq = this.#seq;
    } finally {
      if (this.#snapshotSeq === null) this.#endSnapshot();
    }
    return { requeries, heldSeq };
  }

  /** After an error SQLite may have ended the snapshot by itself, or say the error of one query (SQLITE_CORRUPT) once more. */
  #endSnapshot(): void {
    if (!this.#db.isTransaction) return;
    try {
      this.#end.run();
    } catch (error) {
      if (this.#db.isTransaction) throw error;
    }
  }

  #requeryOne(
    sql: string,
    params: SqlParam[],
    known: readonly [number, number] | null,
    wantsDependencies: boolean,
  ): RequeryOutcome {
    let dependencies: Dependencies | null = null;
    const startedMs = performance.now();
    const took = () => performance.now() - startedMs;
    try {
      if (wantsDependencies) this.#forgetOldSchema();
      const prepared = this.#prepareStream(sql, () => dependencies = wantsDependencies ? onSchema : null);
      if (wantsDependencies) dependencies = this.#dependencies(prepared, params);
      const { names, rows } = this.#read(prepared, "watch", params);
      const hash = this.#hasher.hash(names, rows);
      const unchanged = known !== null && known[0] === hash[0] && known[1] === hash[1];
      return {
        result: unchanged ? null : toColumnar(names, rows),
        hash,
        error: null,
        dependencies,
        tookMs: took(),
      };
    } catch (error) {
      return { result: null, hash: null, error: shapeOf(error, "watch", sql), dependencies, tookMs: took() };
    }
  }

  /** A text that does not compile is of interest again when the schema is another one. */
  #prepareStream(sql: string, onRefused: () => void): Prepared {
    try {
      return this.#prepare("watch", sql);
    } catch (error) {
      const { code, sqliteCode } = shapeOf(error, "watch", sql);
      if (code === "MISUSE" || sqliteCode === sqliteError) onRefused();
      throw error;
    }
  }

  /**
   * Reads all rows. When the schema has changed since the statement was prepared, SQLite compiles it anew while it steps, but
   * the binding goes on with the old number of columns: then the statement is prepared and read again.
   */
  #read(
    first: Prepared,
    verb: Verb,
    params: readonly SqlParam[],
  ): { readonly names: readonly string[]; readonly rows: SqlValue[][] } {
    const { recorder } = this.#statements;
    let prepared = first;
    for (let attempts = 1;; attempts++) {
      const rows = this.#step(prepared, params);
      if (!recorder.stale || attempts > 3) return { names: prepared.columns, rows };
      prepared = this.#prepare(verb, prepared.sql);
    }
  }

  #step(prepared: Prepared, params: readonly SqlParam[]): SqlValue[][] {
    const { recorder } = this.#statements;
    recorder.beginStep(prepared.access);
    try {
      return readArrays(prepared, params);
    } finally {
      recorder.endStep(prepared.access);
    }
  }

  #prepare(verb: Verb, sql: string): Prepared {
    const { recorder } = this.#statements;
    if (recorder.stale) {
      // SQLite has compiled a statement anew for another schema: names and columns of the others may be old, too.
      this.#statements.clear();
      this.#schema.clear();
    }
    const prepared = this.#statements.prepare(verb, sql);
    const { access } = prepared;
    if (access.writes.size > 0 || access.writesTemp || access.schemaChange) {
      throw misuse(verb, "the statement must only read, use execute() for one that writes", sql);
    }
    if (prepared.columns.length === 0) throw misuse(verb, "the statement must return columns", sql);
    return prepared;
  }

  #forgetOldSchema(): void {
    const { schema_version: version } = this.#schemaVersion.get() as { schema_version: number };
    if (version === this.#knownSchemaVersion) return;
    this.#knownSchemaVersion = version;
    // Compiling uses the connection's own copy of the schema, and only a step finds out that it is old.
    this.#statements.recorder.ignore(() => this.#anySchemaRow.get());
    this.#statements.clear();
    this.#schema.clear();
  }

  #dependencies(prepared: Prepared, params: readonly SqlParam[]): Dependencies {
    const { access } = prepared;
    const known = prepared.program === null ? undefined : this.#tables.get(prepared.program);
    if (known !== undefined) return this.#conditional(known, prepared.program!, params, prepared.columns);
    if (access.everything || access.readsElsewhere) {
      return onEverything("it reads settings, the schema or another database");
    }
    const tables: TableColumns = new Map();
    for (const [table, columns] of access.reads) {
      const { kind } = this.#schema.table(table);
      if (kind === "view") continue;
      if (kind !== "table") return onEverything(`"${table}" is no plain table`);
      addColumns(tables, table, columns);
    }
    const program = this.#statements.program(prepared, params);
    if (program === null) return onEverything("it explains another statement");
    const opened = openedIndexes(program, this.#schema);
    if (opened === null) return onEverything("it reads a table that is not in the file");
    for (const { table, index } of opened) {
      if (index === null) addColumns(tables, table, []);
      else {addColumns(
          tables,
          table,
          this.#schema.index(index, table).columns?.map((column) => column.name) ?? null,
        );}
    }
    const found = [...tables].map(([table, columns]) =>
      [table, columns === null ? null : [...columns]] as const
    );
    this.#tables.set(program, found);
    return this.#conditional(found, program, params, prepared.columns);
  }

  #conditional(
    tables: Dependencies["tables"],
    program: readonly Instruction[],
    params: readonly SqlParam[],
    names: readonly string[],
  ): Dependencies {
    const { conditions, reasons } = proveConditions(program, params, this.#schema);
    const isProved = (table: string) => conditions.some((each) => each.table === table);
    return {
      everything: false,
      tables,
      conditions: conditions.filter(({ table }) => tables.some(([name]) => name === table)),
      reason: tables.filter(([table]) => !isProved(table))
        .map(([table]) => `"${table}": ${reasons.get(table) ?? "no row of it is looked at"}`).join("; "),
      patch: this.#start.patches && tables.length === 1
        ? planPatch(program, names, conditions, this.#schema)
        : null,
    };
  }
}

function onEverything(reason: string): Dependencies {
  return { everything: true, tables: [], conditions: [], reason };
}
