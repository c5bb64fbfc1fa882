import { deepStrictEqual } from "node:assert/strict";
import { LoopDelayWatch } from "./loop_delay.ts";

Deno.test("LoopDelayWatch.stop() counts the time since the last firing when the loop never turned", () => {
  let nowMs = 0;
  const watch = new LoopDelayWatch(() => nowMs * 1e6);
  nowMs = 64;
  deepStrictEqual(watch.stop(), { maxNs: 60e6, framesMissed: 3, lateNs: 60e6 - 1e9 / 60 });
});

Deno.test("LoopDelayWatch.stop() reports nothing when the timer is on time", () => {
  const watch = new LoopDelayWatch(() => 0);
  deepStrictEqual(watch.stop(), { maxNs: 0, framesMissed: 0, lateNs: 0 });
});
