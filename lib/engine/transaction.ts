/**
 * Interactive transactions: the writer belongs to one callback until it ends.
 *
 * @module
 */

import { misuse, type Verb } from "./errors.ts";
import { isInside, runInside } from "./inside_transaction.ts";
import { writerOp } from "./protocol.ts";
import { toRows } from "./sqlite/result.ts";
import { checkParams, type Rows, type SqlParam } from "./values.ts";
import { checkBatch, nothingDone, toWriteResult, type WriteResult } from "./write_result.ts";
import type { Writer } from "./writer/writer.ts";

/** What can be done inside a transaction. Not usable after its callback has ended. */
export interface Transaction {
  /** As `Database.execute`, inside the transaction. */
  execute(sql: string, params?: readonly SqlParam[]): Promise<WriteResult>;
  /** As `Database.executeBatch`; when it fails, the batch is undone and the transaction stays open. */
  executeBatch(sql: string, rows: readonly (readonly SqlParam[])[]): Promise<WriteResult>;
  /** Reads on the writer's connection: sees what the transaction has written. */
  select(sql: string, params?: readonly SqlParam[]): Promise<Rows>;
  /** A nested transaction (savepoint). The outer one must not be used while it is open; several in a row wait for each other. */
  transaction<T>(body: (tx: Transaction) => Promise<T>): Promise<T>;
}

/**
 * Opens a (nested) transaction, runs `body`, commits; rolls back and rethrows when `body` or the commit fails.
 *
 * Meanwhile `body` has `owner` for itself: the writer, or for a nested transaction the scope around it.
 */
export async function runTransaction<T>(
  writer: Writer,
  owner: object,
  body: (tx: Transaction) => Promise<T>,
): Promise<T> {
  if (typeof body !== "function") {
    throw misuse("transaction", `the body must be a function, got ${typeof body}`);
  }
  await writer.control(writerOp.begin);
  const scope = new TransactionScope(writer);
  try {
    const value = await runInside(owner, async () => {
      try {
        return await body(scope);
      } finally {
        await scope.end();
      }
    });
    await writer.control(writerOp.commit);
    return value;
  } catch (error) {
    // The writer may be gone, and its rollback with it; the first error is the one to tell.
    await writer.control(writerOp.rollback).catch(() => {});
    throw error;
  }
}

class TransactionScope implements Transaction {
  readonly #writer: Writer;
  #state: "open" | "nested" | "ended" = "open";
  /** Nested transactions that wait for the one before, and requests that were not awaited. */
  #last: Promise<unknown> = Promise.resolve();
  #nested: Promise<unknown> = Promise.resolve();
  #nestedCount = 0;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  async execute(sql: string, params: readonly SqlParam[] = []): Promise<WriteResult> {
    this.#check("execute", sql);
    checkParams("execute", sql, params);
    return toWriteResult(await this.#keep(this.#writer.statement(writerOp.execute, "execute", sql, params)));
  }

  async executeBatch(sql: string, rows: readonly (readonly SqlParam[])[]): Promise<WriteResult> {
    this.#check("executeBatch", sql);
    const width = checkBatch(sql, rows);
    if (rows.length === 0) return toWriteResult(nothingDone);
    return toWriteResult(await this.#keep(this.#writer.batch(sql, rows, width)));
  }

  async select(sql: string, params: readonly SqlParam[] = []): Promise<Rows> {
    this.#check("select", sql);
    checkParams("select", sql, params);
    return toRows((await this.#keep(this.#writer.statement(writerOp.query, "select", sql, params))).rows!);
  }

  transaction<T>(body: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.#state === "ended") return Promise.reject(misuse("transaction", "the transaction has ended"));
    if (this.#state === "nested" && isInside(this)) {
      return Promise.reject(misuse("transaction", "the transaction has a nested one open, use that one"));
    }
    this.#state = "nested";
    this.#nestedCount++;
    const run = this.#nested.then(() => runTransaction(this.#writer, this, body)).finally(() => {
      if (--this.#nestedCount === 0 && this.#state === "nested") this.#state = "open";
    });
    this.#nested = run.catch(() => {});
    return run;
  }

  /** Waits for what the body has left running, so that nothing of it lands after the end. */
  async end(): Promise<void> {
    this.#state = "ended";
    await this.#nested;
    await this.#last;
  }

  #check(verb: Verb, sql: string): void {
    if (this.#state === "ended") throw misuse(verb, "the transaction has ended", sql);
    if (this.#state === "nested") {
      throw misuse(verb, "the transaction has a nested one open, use that one", sql);
    }
  }

  #keep<T>(request: Promise<T>): Promise<T> {
    this.#last = request.catch(() => {});
    return request;
  }
}
