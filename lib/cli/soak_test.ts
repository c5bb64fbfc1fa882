import assert from "node:assert/strict";
import { findWorkload } from "../../workloads/mod.ts";
import { durationOf, durationParameter, requireRepeats } from "./soak.ts";

Deno.test("durationParameter() is read back by durationOf(), and absent without a duration", () => {
  assert.deepEqual(durationParameter(undefined), {});
  for (const durationMs of [15_000, 90_500, 600_000]) {
    assert.equal(durationOf({ parameters: { ...durationParameter(durationMs) } }), durationMs);
  }
  assert.equal(durationOf({}), undefined);
  assert.equal(durationOf({ parameters: { pacing: "4" } }), undefined);
});

Deno.test("durationParameter() refuses times that are too short for a trend, or longer than a day", () => {
  assert.throws(() => durationParameter(14_000), {
    name: "UsageError",
    message: /Cannot go on for 14s as --duration must be from 15 s to 24 h/,
  });
  assert.throws(() => durationParameter(25 * 3_600_000), { name: "UsageError" });
});

Deno.test("requireRepeats() refuses programs that insert rows, and those from outside", () => {
  requireRepeats([{ workload: findWorkload("fan-out") }]);
  assert.throws(() => requireRepeats([{ workload: findWorkload("chat-sim") }]), {
    name: "UsageError",
    message: /Cannot run chat-sim@\d+ for a duration as its program must repeat on one session/,
  });
  assert.throws(() => requireRepeats([{ workload: findWorkload("fan-out"), module: "./mine.ts" }]), {
    message: /from outside/,
  });
});
