import { match, strictEqual } from "node:assert/strict";
import { remove } from "../model/mod.ts";
import type { PhaseOrder, PlayedPhase } from "../protocol/player.ts";
import { checkAnswer } from "./check_answer.ts";

const ORDER: PhaseOrder = {
  name: "burst",
  watches: [],
  operations: [{
    kind: "write",
    label: "delete",
    statement: remove({ table: "items", keyColumn: "id" }),
    args: [1],
  }],
  warmupOperationCount: 0,
  pacing: { turns: 0 },
  asksRequeries: false,
  notesTurns: false,
};

/** One write that took 10 ms. */
const PLAYED: PlayedPhase = {
  isWatched: false,
  startNs: Float64Array.of(0),
  endNs: Float64Array.of(10e6),
  readDigests: Float64Array.of(NaN),
  readRowDigests: [],
  streams: [],
  pageOpenedNs: new Float64Array(),
  pageClosedNs: new Float64Array(),
  subscribeStartNs: 0,
  subscribeNs: 0,
  callerCpuNs: 60e6,
  callerCpuUntilQuietNs: 60e6,
  processCpuUntilQuietNs: 60e6,
  listenerNs: 0,
  loopDelayMaxNs: 0,
  framesMissed: 0,
  lateNs: 0,
  countersBefore: {},
  countersAfter: {},
  requeries: [],
  isQuiet: true,
  rows: [],
  changedLater: [],
};

Deno.test("checkAnswer() finds a thread that worked longer than the clock ran, from its first reading to its second", () => {
  const longer = /the calling thread must not have worked longer than the phase took: 60000000 ns/;
  match(checkAnswer("finish", PLAYED, ORDER)!, longer);
  match(checkAnswer("finish", { ...PLAYED, readingsSpanNs: 30e6 }, ORDER)!, longer);
  // A page whose storage works on while the browser is asked for CPU time.
  strictEqual(checkAnswer("finish", { ...PLAYED, readingsSpanNs: 80e6 }, ORDER), undefined);
  strictEqual(checkAnswer("finish", { ...PLAYED, callerCpuNs: 10e6 }, ORDER), undefined);
});
