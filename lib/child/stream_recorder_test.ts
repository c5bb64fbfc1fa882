import assert from "node:assert/strict";
import { select } from "../model/mod.ts";
import { Digester } from "../protocol/digester.ts";
import { ResultRecorder } from "./result_recorder.ts";
import { StreamRecorder } from "./stream_recorder.ts";

const watch = {
  query: select({ table: "t", columns: ["id"], where: [], orderBy: [{ column: "id", descending: false }] }),
  args: [],
  isTotal: true,
};

function recorderOf(turn?: () => Promise<void>): StreamRecorder {
  let nowNs = 0;
  const results = new ResultRecorder(new Digester({ a: 1, b: 2 }), false);
  return new StreamRecorder({ nowNs: () => nowNs++, results, ...(turn === undefined ? {} : { turn }) });
}

Deno.test("StreamRecorder gives emissions of all streams one turn until the event loop has turned", async () => {
  const turns: (() => void)[] = [];
  const recorder = recorderOf(() => new Promise((resolve) => turns.push(resolve)));
  const [first, second] = [recorder.observer(watch), recorder.observer(watch)];
  const turn = async () => {
    turns.shift()!();
    await Promise.resolve();
    await Promise.resolve();
  };
  first.next([{ id: 1 }]);
  second.next([{ id: 1 }]);
  assert.equal(turns.length, 1, "one turn is asked for, however much is delivered in it");
  await turn();
  second.next([{ id: 2 }]);
  await turn();
  first.next([{ id: 3 }]);
  first.next([{ id: 4 }]);
  assert.deepEqual(recorder.streams().map(({ turns }) => Array.from(turns!)), [[0, 2, 2], [0, 1]]);
});

Deno.test("StreamRecorder notes no turns unless it is told how the event loop turns", () => {
  const recorder = recorderOf();
  recorder.observer(watch).next([{ id: 1 }]);
  assert.equal("turns" in recorder.streams()[0]!, false);
});

Deno.test("StreamRecorder.close() lets go of what was recorded, and what comes afterwards is counted only", () => {
  const recorder = recorderOf();
  const observer = recorder.observer(watch);
  observer.next([]);
  assert.equal(recorder.streams().length, 1);
  recorder.close();
  observer.next([]);
  observer.error(new Error("late"));
  assert.equal(recorder.streams().length, 0);
  assert.equal(recorder.lateCount, 2);
});
