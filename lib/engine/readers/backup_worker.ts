/**
 * Entry of a thread that copies the database into another file, and ends.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { type ErrorShape, shapeOf } from "../errors.ts";
import type { WorkerStart } from "../protocol.ts";
import { openReader } from "../sqlite/connection.ts";
import { copyDatabase } from "../sqlite/copy.ts";

const { start, target } = workerData as { start: WorkerStart; target: string };

async function copy(): Promise<ErrorShape | null> {
  try {
    const db = openReader(start);
    try {
      await copyDatabase(db, target);
    } finally {
      db.close();
    }
    return null;
  } catch (error) {
    return shapeOf(error, "backup", null);
  }
}

parentPort!.postMessage(await copy());
