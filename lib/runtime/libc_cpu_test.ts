import { ok, strictEqual } from "node:assert/strict";
import { openCpuClock } from "./libc_cpu.ts";
import { findLibc } from "./libc.ts";

Deno.test("openCpuClock() is finer than a scheduler tick where there is a C library", {
  ignore: findLibc() === undefined,
}, () => {
  const clock = openCpuClock(findLibc());
  strictEqual(clock.coarseReason, undefined);
  // Work, not time: a tick-grained clock gives the same reading again and again during such a loop.
  const readings = new Set<number>();
  for (let round = 0; round < 100; round++) {
    for (let step = 0, sum = 0; step < 1000; step++) sum += step;
    readings.add(clock.callerNs());
  }
  ok(readings.size > 90, `expected almost every reading to be new, got ${readings.size} of 100`);
});

Deno.test("openCpuClock() never runs backward, and the process has worked at least as much as the caller", () => {
  const clock = openCpuClock(findLibc());
  let before = clock.callerNs();
  for (let round = 0; round < 1000; round++) {
    const now = clock.callerNs();
    ok(now >= before);
    before = now;
  }
  ok(clock.processNs() >= clock.callerNs());
});

for (
  const [path, reason] of [[undefined, /no C library/], ["/no/such/library.so", /no\/such\/library/]] as const
) {
  Deno.test(`openCpuClock() falls back and says why when the library is ${path}`, () => {
    const clock = openCpuClock(path);
    ok(reason.test(clock.coarseReason ?? ""), clock.coarseReason);
    ok(Number.isFinite(clock.callerNs()) && Number.isFinite(clock.processNs()));
  });
}
