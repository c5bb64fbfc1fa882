/**
 * Copies of a database in memory: with its one connection, which nobody writes with meanwhile.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { Cancel } from "../cancel.ts";
import { closedError, EngineError, shapeOf } from "../errors.ts";
import { copyDatabase } from "../sqlite/copy.ts";
import type { Writer } from "../writer/writer.ts";
import type { Copies } from "./reads.ts";

/** All copies that are being made. One that has begun is not given up. */
export class MemoryCopies implements Copies {
  readonly #db: DatabaseSync;
  readonly #writer: Writer;
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(db: DatabaseSync, writer: Writer) {
    this.#db = db;
    this.#writer = writer;
  }

  async make(target: string, cancel: Cancel | null): Promise<void> {
    if (this.#closed) throw closedError("backup");
    const copying = this.#writer.exclusively("backup", () => this.#copy(target), cancel);
    this.#running.add(copying);
    try {
      await copying;
    } finally {
      this.#running.delete(copying);
    }
  }

  /** Waits for what has begun: the connection must stay open so long. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
  }

  async #copy(target: string): Promise<void> {
    try {
      await copyDatabase(this.#db, target);
    } catch (error) {
      throw new EngineError(shapeOf(error, "backup", null), { cause: error });
    }
  }
}
