import { rejects, strictEqual } from "node:assert/strict";
import { encodeJson } from "../protocol/json.ts";
import type { PhaseOrder } from "../protocol/player.ts";
import { RemotePlayer } from "./remote_player.ts";

const ORDER: PhaseOrder = {
  name: "burst",
  watches: [],
  operations: [],
  warmupOperationCount: 0,
  pacing: { turns: 0 },
  asksRequeries: false,
  notesTurns: false,
};

/** Plays a phase whose messages are read at moments of the parent's clock; resolves when they were taken for true. */
async function played({ startedMs, endedMs, claimedMs, waitedMs }: {
  readonly startedMs: number;
  readonly endedMs: number;
  readonly claimedMs: number;
  /** What tasks of the host will have waited; known two seconds later. */
  readonly waitedMs?: number;
}): Promise<void> {
  let nowMs = 0;
  let foldedMs = 7;
  const player = new RemotePlayer({
    token: "t",
    send: () => {},
    nowMs: () => nowMs,
    waitedMs: () => waitedMs === undefined ? undefined : foldedMs,
    sleep: (delayMs) => {
      if (delayMs >= 2000) foldedMs += waitedMs!;
      return Promise.resolve();
    },
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  const finals = (): Promise<never[]> => {
    resolve();
    return Promise.resolve([]);
  };
  const playing = player.play(ORDER, { started: () => {}, acknowledged: finals });
  const take = (message: unknown): void => player.take(`t ${encodeJson(message)}`);
  nowMs = startedMs;
  take({ kind: "started" });
  nowMs = endedMs;
  take({ kind: "acknowledged", message: { spanNs: claimedMs * 1e6, isCutShort: false } });
  await Promise.race([promise, playing]);
  take({ kind: "answer", answer: null });
  await playing;
}

Deno.test("play() believes operations that took longer than the parent saw, when it read late that they began", async () => {
  await played({ startedMs: 600, endedMs: 850, claimedMs: 840 });
  strictEqual(await played({ startedMs: 10, endedMs: 850, claimedMs: 840 }), undefined);
});

Deno.test("play() fails a child whose operations took longer than since they were asked for, or much less than seen", async () => {
  const lie = { name: "ChildGoneError", message: /clock is not to be trusted/ };
  await rejects(played({ startedMs: 600, endedMs: 850, claimedMs: 1200 }), lie);
  await rejects(played({ startedMs: 10, endedMs: 850, claimedMs: 300 }), lie);
});

Deno.test("play() believes operations shorter than it saw when tasks waited for a CPU as long as that, and not beyond", async () => {
  const span = { startedMs: 10, endedMs: 1010, claimedMs: 500 };
  strictEqual(await played({ ...span, waitedMs: 200 }), undefined);
  await rejects(
    played({ ...span, waitedMs: 190 }),
    /its operations took 500 ms there and 1000 ms on the bench's own/,
  );
});
