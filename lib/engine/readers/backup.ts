/**
 * Copies of a database while it is used: by a thread of their own, on one snapshot.
 *
 * @module
 */

import { Worker } from "node:worker_threads";
import type { Cancel } from "../cancel.ts";
import { closedError, EngineError, type ErrorShape, workerLost } from "../errors.ts";
import type { WorkerStart } from "../protocol.ts";
import type { Copies } from "./reads.ts";

/** All copies that are being made. */
export class Backups implements Copies {
  readonly #start: () => Omit<WorkerStart, "channel">;
  readonly #running = new Map<Worker, (error: EngineError) => void>();
  #closed = false;

  constructor(start: () => Omit<WorkerStart, "channel">) {
    this.#start = start;
  }

  async make(target: string, cancel: Cancel | null): Promise<void> {
    if (this.#closed) throw closedError("backup");
    const workerData = { start: this.#start(), target };
    const worker = new Worker(new URL("./backup_worker.ts", import.meta.url), { workerData });
    try {
      await new Promise<void>((resolve, reject) => {
        this.#running.set(worker, reject);
        worker.on("message", (failure: ErrorShape | null) => {
          if (failure === null) resolve();
          else reject(new EngineError(failure));
        });
        worker.on("error", (error) => reject(workerLost("backup", null, (error as Error).message)));
        worker.on("exit", () => reject(workerLost("backup", null, "the thread has ended")));
        cancel?.listen(reject);
      });
    } finally {
      this.#running.delete(worker);
      await worker.terminate();
    }
  }

  /** Gives up what is being copied. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const reject of this.#running.values()) reject(closedError("backup"));
    await Promise.all([...this.#running.keys()].map((worker) => worker.terminate()));
  }
}
