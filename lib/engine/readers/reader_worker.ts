/**
 * Entry of a reader thread: opens the file with its first request, then sleeps on its channel and answers each request.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { RequestReceiver } from "../channel.ts";
import { Decoder } from "../codec.ts";
import { shapeOf } from "../errors.ts";
import { readerOp, type ReaderOutcome, type WorkerStart } from "../protocol.ts";
import { openReader } from "../sqlite/connection.ts";
import { loadFunctions } from "../sqlite/functions.ts";
import { blobBuffers } from "../sqlite/result.ts";
import { ReaderCore } from "./reader_core.ts";

const start = workerData as WorkerStart;
const port = parentPort!;
const receiver = new RequestReceiver(start.channel);
const request = new Decoder();
const state: { core: ReaderCore | null } = { core: null };

let loadFailure: unknown = null;

function handle(op: number): ReaderOutcome {
  try {
    if (loadFailure !== null) throw loadFailure;
    state.core ??= new ReaderCore(openReader(start), start);
  } catch (error) {
    const shape = shapeOf(error, op === readerOp.requery ? "watch" : "select", null);
    return {
      seq: start.commitSeq[0]!,
      heldSeq: 0,
      rows: null,
      error: shape,
      requeries: null,
      tookMs: 0,
      startMs: 0,
      endMs: 0,
    };
  }
  return state.core.handle(op, request);
}

try {
  await loadFunctions(start.functions);
} catch (error) {
  loadFailure = error;
}
port.postMessage([0, null]);
for (;;) {
  request.open(receiver.next());
  const id = request.uint();
  const op = request.byte();
  if (op === readerOp.close) {
    state.core?.close();
    receiver.close();
    port.postMessage([id, null]);
    break;
  }
  const outcome = handle(op);
  const results = outcome.requeries?.map(({ result }) => result) ?? [outcome.rows];
  port.postMessage([id, outcome], blobBuffers(results));
}
