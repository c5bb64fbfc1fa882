/**
 * Entry of the writer thread: sleeps on its channel, answers each request.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { RequestReceiver } from "../channel.ts";
import { Decoder } from "../codec.ts";
import { shapeOf } from "../errors.ts";
import { type ReadyReply, type WorkerStart, writerOp } from "../protocol.ts";
import { openWriter } from "../sqlite/connection.ts";
import { loadFunctions } from "../sqlite/functions.ts";
import { blobBuffers } from "../sqlite/result.ts";
import { WriterCore } from "./writer_core.ts";

const start = workerData as WorkerStart;
const port = parentPort!;
const receiver = new RequestReceiver(start.channel);

/** A caller that writes on and on sends its next request within this time. */
const pauseMs = 2;

function serve(core: WriterCore): void {
  const request = new Decoder();
  for (;;) {
    request.open(receiver.next());
    const id = request.uint();
    const op = request.byte();
    if (op === writerOp.crash) throw new Error("crash asked for by a test");
    if (op === writerOp.close) {
      core.close();
      receiver.close();
      port.postMessage([id, { ok: true, changes: 0, lastRowid: 0, rows: null }, null]);
      return;
    }
    if (op === writerOp.checkpoint) {
      // The other writer may be at work: this is no part of the order of commits.
      core.checkpoint();
      port.postMessage([id, { ok: true, changes: 0, lastRowid: 0, rows: null }, null, 0]);
      continue;
    }
    const reply = core.handle(id, op, request);
    port.postMessage(reply, blobBuffers([reply[1].ok ? reply[1].rows : null]));
    core.afterReply();
    if (core.wantsPause && !receiver.waitFor(pauseMs)) core.usePause();
  }
}

let core: WriterCore | null = null;
let failure: ReadyReply[1] = null;
try {
  await loadFunctions(start.functions);
  core = new WriterCore(openWriter(start), start, (id) => receiver.isWithdrawn(id));
} catch (error) {
  failure = shapeOf(error, "open", null);
}
port.postMessage([0, failure] satisfies ReadyReply);
if (core === null) receiver.close();
else {
  try {
    serve(core);
  } catch (error) {
    // The connection outlives its thread in this process: unless it is closed, its locks stay.
    core.close();
    throw error;
  }
}
