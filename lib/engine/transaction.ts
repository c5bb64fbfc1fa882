/**
 * Interactive transactions: the writer belongs to one callback until it ends.
 *
 * @module
 */

import type { Cancel } from "./cancel.ts";
import { misuse, type Verb } from "./errors.ts";
import { isInside, runInside } from "./inside_transaction.ts";
import { writerOp } from "./protocol.ts";
import { type ColumnarResult, toArrays, toRows } from "./sqlite/result.ts";
import {
  checkScript,
  type Request,
  type SqlParams,
  type Statement,
  toRequest,
  toRequests,
  toRowsInOrder,
} from "./statement.ts";
import type { Row, RowArray, Rows } from "./values.ts";
import { checkBatch, nothingDone, toWriteResult, toWriteResults, type WriteResult } from "./write_result.ts";
import type { Writer } from "./writer/writer.ts";

/** What can be done inside a transaction. Not usable after its callback has ended. */
export interface Transaction {
  /** As `Database.execute`, inside the transaction. */
  execute<T extends object = Row>(
    statement: string | Statement<T>,
    params?: SqlParams,
  ): Promise<WriteResult<T>>;
  /** As `Database.executeBatch`; when it fails, the batch is undone and the transaction stays open. */
  executeBatch(sql: string, rows: readonly SqlParams[]): Promise<WriteResult>;
  /** As `Database.batch`, inside the transaction: when one fails, all of them are undone and the transaction stays open. */
  batch(statements: readonly (string | Statement<object>)[]): Promise<WriteResult[]>;
  /** As `Database.exec`, inside the transaction: when one fails, all of it is undone and the transaction stays open. */
  exec(script: string): Promise<WriteResult>;
  /** Reads on the writer's connection: sees what the transaction has written. */
  select<T extends object = Row>(statement: string | Statement<T>, params?: SqlParams): Promise<Rows<T>>;
  /** The same with each row as a list of its values. */
  selectArrays(statement: string | Statement<object>, params?: SqlParams): Promise<readonly RowArray[]>;
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
  cancel: Cancel | null = null,
): Promise<T> {
  if (typeof body !== "function") {
    throw misuse("transaction", `the body must be a function, got ${typeof body}`);
  }
  await writer.control(writerOp.begin);
  const scope = new TransactionScope(writer, cancel);
  const givenUp = Promise.withResolvers<never>();
  const deafen = cancel?.listen(givenUp.reject);
  // Nobody may be left to hear of it.
  givenUp.promise.catch(() => {});
  try {
    const running = runInside(owner, async () => {
      try {
        return await body(scope);
      } finally {
        await scope.end();
      }
    });
    // A callback that is not waited for goes on, and everything that it asks is refused.
    const value = await Promise.race([running, givenUp.promise]);
    deafen?.();
    await writer.control(writerOp.commit);
    return value;
  } catch (error) {
    deafen?.();
    if (cancel?.error === error) await scope.end();
    // The writer may be gone, and its rollback with it; the first error is the one to tell.
    await writer.control(writerOp.rollback).catch(() => {});
    throw error;
  }
}

class TransactionScope implements Transaction {
  readonly #writer: Writer;
  readonly #cancel: Cancel | null;
  #state: "open" | "nested" | "ended" = "open";
  /** Nested transactions that wait for the one before, and requests that were not awaited. */
  #last: Promise<unknown> = Promise.resolve();
  #nested: Promise<unknown> = Promise.resolve();
  #nestedCount = 0;

  constructor(writer: Writer, cancel: Cancel | null) {
    this.#writer = writer;
    this.#cancel = cancel;
  }

  async execute<T extends object = Row>(
    statement: string | Statement<T>,
    params?: SqlParams,
  ): Promise<WriteResult<T>> {
    const { sql, params: given } = this.#request("execute", statement, params);
    const request = this.#writer.statement(writerOp.execute, "execute", sql, given, this.#cancel);
    return toWriteResult(await this.#keep(request));
  }

  async executeBatch(sql: string, rows: readonly SqlParams[]): Promise<WriteResult> {
    this.#check("executeBatch", sql);
    const given = toRowsInOrder(sql, rows);
    const width = checkBatch(sql, given);
    if (given.length === 0) return toWriteResult(nothingDone);
    return toWriteResult(await this.#keep(this.#writer.batch(sql, given, width, this.#cancel)));
  }

  async batch(statements: readonly (string | Statement<object>)[]): Promise<WriteResult[]> {
    const given = toRequests("batch", statements);
    this.#check("batch", null);
    if (given.length === 0) return [];
    return toWriteResults(await this.#keep(this.#writer.together(given, this.#cancel)));
  }

  async exec(script: string): Promise<WriteResult> {
    checkScript("exec", script);
    this.#check("exec", null);
    return toWriteResult(await this.#keep(this.#writer.script(script, this.#cancel)));
  }

  async select<T extends object = Row>(
    statement: string | Statement<T>,
    params?: SqlParams,
  ): Promise<Rows<T>> {
    return toRows(await this.#select(statement, params)) as Rows as Rows<T>;
  }

  async selectArrays(
    statement: string | Statement<object>,
    params?: SqlParams,
  ): Promise<readonly RowArray[]> {
    return toArrays(await this.#select(statement, params));
  }

  async #select(
    statement: string | Statement<object>,
    params: SqlParams | undefined,
  ): Promise<ColumnarResult> {
    const { sql, params: given } = this.#request("select", statement, params);
    const { rows } = await this.#keep(this.#writer.statement(writerOp.query, "select", sql, given));
    return rows!;
  }

  transaction<T>(body: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.#state === "ended") return Promise.reject(misuse("transaction", "the transaction has ended"));
    if (this.#state === "nested" && isInside(this)) {
      return Promise.reject(misuse("transaction", "the transaction has a nested one open, use that one"));
    }
    this.#state = "nested";
    this.#nestedCount++;
    const run = this.#nested.then(() => runTransaction(this.#writer, this, body, this.#cancel)).finally(
      () => {
        if (--this.#nestedCount === 0 && this.#state === "nested") this.#state = "open";
      },
    );
    this.#nested = run.catch(() => {});
    return run;
  }

  /** Waits for what the body has left running, so that nothing of it lands after the end. */
  async end(): Promise<void> {
    this.#state = "ended";
    await this.#nested;
    await this.#last;
  }

  #request(verb: Verb, statement: string | Statement<object>, params: SqlParams | undefined): Request {
    const request = toRequest(verb, statement, params);
    this.#check(verb, request.sql);
    return request;
  }

  #check(verb: Verb, sql: string | null): void {
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
