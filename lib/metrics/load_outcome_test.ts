import { strictEqual } from "node:assert/strict";
import { evidenceOf } from "./_evidence.ts";
import { loadOutcome } from "./load_outcome.ts";
import { phaseMetrics, readPhase } from "./mod.ts";

const COUNT = 200;

/** One operation each 10 ms, called `delayMs` after it was due and answered 1 ms later. */
function asked(delayMs: (index: number) => number, shownMs?: (index: number) => number) {
  const due = (index: number) => index * 1e7;
  const columns = (plus: (index: number) => number) =>
    Float64Array.from({ length: COUNT }, (_, index) => due(index) + plus(index) * 1e6);
  return evidenceOf({
    operationCount: COUNT,
    log: {
      dueNs: columns(() => 0),
      startNs: columns(delayMs),
      endNs: columns((index) => delayMs(index) + 1),
      waitLateNs: new Float64Array(COUNT).fill(20_000),
    },
    ...(shownMs === undefined ? {} : {
      streams: {
        dueNs: columns(() => 0),
        shownNs: Float64Array.from({ length: COUNT }, (_, index) => shownMs(index) * 1e6),
      },
    }),
  });
}

Deno.test("loadOutcome() is sustained when delays are long and do not grow", () => {
  strictEqual(loadOutcome(asked(() => 80, () => 95)), "sustained");
  strictEqual(loadOutcome(asked((index) => index % 7 === 0 ? 200 : 1)), "sustained");
});

Deno.test("loadOutcome() is unsustained when a twentieth of what is asked is left undone", () => {
  // Of 10 ms between two operations, 0.4 and 0.6 ms are missing.
  strictEqual(loadOutcome(asked((index) => index * 0.4)), "sustained");
  strictEqual(loadOutcome(asked((index) => index * 0.6)), "unsustained");
});

Deno.test("loadOutcome() is unsustained when answers are prompt and sight falls behind", () => {
  strictEqual(loadOutcome(asked(() => 0, (index) => index * 2)), "unsustained");
});

Deno.test("loadOutcome() is unsustained when operations were left out, and nothing in a closed loop", () => {
  const kept = asked(() => 0);
  strictEqual(loadOutcome({ ...kept, log: { ...kept.log, isCutShort: true } }), "unsustained");
  strictEqual(loadOutcome(evidenceOf({})), undefined);
});

Deno.test("phaseMetrics() count from when operations were due in an open loop, and have no such values in a closed one", () => {
  const values = phaseMetrics([readPhase(asked(() => 5))]);
  strictEqual(values["answered_p50_ns"], 6e6);
  strictEqual(values["answered_p99_ns"], 6e6);
  strictEqual(values["queued_p99_ns"], 5e6);
  strictEqual(values["generator_late_p99_ns"], 20_000);
  // 199 operations after the first, in 1.99 s and the 6 ms of the last.
  strictEqual(Math.round(values["answered_per_second"]!), 100);
  strictEqual(phaseMetrics([readPhase(evidenceOf({ operationCount: 200 }))])["answered_p50_ns"], undefined);
});
