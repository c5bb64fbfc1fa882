import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { planArrivals, plannedMs, plannedOperations, unrecordedOperations } from "./plan_arrivals.ts";

Deno.test("planArrivals() spaces a constant process equally, and begins anew with the recorded operations", () => {
  const plan = { process: "constant", ratePerSecond: 1000, seed: 1 } as const;
  deepStrictEqual(Array.from(planArrivals(plan, 5, 2)), [1e6, 2e6, 1e6, 2e6, 3e6]);
});

Deno.test("planArrivals() gives exponential gaps when the process is Poisson's", () => {
  const count = 20_000;
  const atNs = planArrivals({ process: "poisson", ratePerSecond: 100, seed: 7 }, count, 0);
  const gapsMs = Array.from(atNs, (at, index) => (at - (atNs[index - 1] ?? 0)) / 1e6);
  const mean = gapsMs.reduce((sum, gap) => sum + gap, 0) / count;
  // Of exponential gaps the mean is the standard deviation, and a share of 1/e is longer than it.
  const deviation = Math.sqrt(gapsMs.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / count);
  const longer = gapsMs.filter((gap) => gap > mean).length / count;
  ok(Math.abs(mean - 10) < 0.2, `${mean}`);
  ok(Math.abs(deviation / mean - 1) < 0.03, `${deviation}`);
  ok(Math.abs(longer - Math.exp(-1)) < 0.01, `${longer}`);
});

Deno.test("planArrivals() is the same for the same seed, and another one for another", () => {
  const plan = { process: "poisson", ratePerSecond: 100 } as const;
  const first = planArrivals({ ...plan, seed: 1 }, 50, 10);
  deepStrictEqual(planArrivals({ ...plan, seed: 1 }, 50, 10), first);
  ok(planArrivals({ ...plan, seed: 2 }, 50, 10).some((at, index) => at !== first[index]));
});

Deno.test("plannedOperations() leaves enough for a 99th percentile unless that takes more than a minute", () => {
  for (const rate of [3, 10, 100, 1000, 100_000]) {
    const count = plannedOperations(rate);
    ok(count - unrecordedOperations(count) >= 100, `${rate}`);
  }
  strictEqual(plannedOperations(1), 60);
  strictEqual(plannedMs(1000), 2500);
});
