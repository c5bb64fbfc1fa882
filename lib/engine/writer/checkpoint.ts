/**
 * Keeps the write-ahead log bounded.
 *
 * After a commit has been answered the log is measured now and then. Above the limit it is to be checkpointed in the next
 * pause of the writer, without waiting for anybody (PASSIVE); a burst without pauses is interrupted for it at four times the
 * limit. Readers that come and go can still keep SQLite from starting the log over; beyond four times the limit the writer
 * waits for the readers of the moment, shortly, and starts it over (RESTART): new readers then read the database file itself,
 * so a steady stream of them cannot starve it.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AccessRecorder } from "../sqlite/access.ts";

/** How long a RESTART waits for readers before it is tried again later. */
const restartWaitMs = 100;

/** Checkpoints of the writer's connection. */
export class Checkpointer {
  readonly #db: DatabaseSync;
  readonly #limitPages: number;
  readonly #busyTimeoutMs: number;
  readonly #recorder: AccessRecorder;
  readonly #measure: StatementSync;
  #changesSinceMeasure = 0;
  #commitsSinceMeasure = 0;
  #isDue = false;

  constructor(db: DatabaseSync, recorder: AccessRecorder, limitPages: number, busyTimeoutMs: number) {
    this.#db = db;
    this.#recorder = recorder;
    this.#limitPages = limitPages;
    this.#busyTimeoutMs = busyTimeoutMs;
    this.#measure = recorder.ignore(() => db.prepare("PRAGMA wal_checkpoint(NOOP)"));
  }

  /** Counts commits; true when the log may have grown so much that it is to be measured. */
  counts(changes: number): boolean {
    this.#commitsSinceMeasure++;
    this.#changesSinceMeasure += changes;
    // A single-row commit writes a handful of pages at most; a batch may write one per row.
    if (this.#commitsSinceMeasure * 8 < this.#limitPages && this.#changesSinceMeasure < this.#limitPages) {
      return false;
    }
    this.#commitsSinceMeasure = 0;
    this.#changesSinceMeasure = 0;
    return true;
  }

  /** Measures the log: what is above the limit is to be checkpointed in the next pause, and far above it at once. */
  measure(): void {
    const log = this.#recorder.ignore(() => this.#measure.get() as { log: number }).log;
    this.#isDue = log >= this.#limitPages;
    if (log >= this.#limitPages * 4) this.checkpoint(log);
  }

  /** True when the next pause should be used for a checkpoint. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** Copies the log back into the file; `log` is its length in pages where the caller knows it. */
  checkpoint(log = 0): void {
    this.#isDue = false;
    this.#recorder.ignore(() => this.#checkpoint(log));
  }

  #checkpoint(log: number): void {
    try {
      const done = this.#run("PASSIVE");
      // A log that is copied back whole is started over by the next write, unless a reader still reads from it.
      if (log > this.#limitPages * 4 || done.log - done.checkpointed > this.#limitPages * 4) {
        this.#db.prepare(`PRAGMA busy_timeout = ${restartWaitMs}`).get();
        try {
          this.#run("RESTART");
        } finally {
          this.#db.prepare(`PRAGMA busy_timeout = ${this.#busyTimeoutMs}`).get();
        }
      }
    } catch {
      // Another process holds the file: the next commit tries again.
    }
  }

  #run(mode: "PASSIVE" | "RESTART"): { readonly log: number; readonly checkpointed: number } {
    return this.#db.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as { log: number; checkpointed: number };
  }
}
