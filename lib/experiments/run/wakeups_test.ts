import assert from "node:assert/strict";
import type { RunRecord, Wakeup } from "../../model/mod.ts";
import { recordFixture } from "../../testing/record_fixture.ts";
import { noise, syntheticRun, TWO_ARMS } from "./_synthetic_run.ts";
import { lanesOf } from "./lanes.ts";
import { wokenBy } from "./wakeups.ts";

const WAKEUP: Wakeup = {
  idea: "Spare the writer its decoding",
  adapter: "watchlite",
  place: { workload: "keyed-pk@2", phase: "burst" },
  quantity: { ratio: [{ counter: "writer_handle_us" }, { metric: "wall_ns" }] },
  unit: "ratio",
  comparison: "above",
  value: 0.15,
};

/** A run in which the writer has a share of the wall in each arm. */
function run(before: number, after: number, rounds = 8): RunRecord {
  const measured = syntheticRun(TWO_ARMS, rounds, (arm, round) => ({
    metrics: { wall_ns: 1e6 },
    counters: { writer_handle_us: 1000 * (arm === "before" ? before : after) * noise(arm, round) },
  }));
  const cells = lanesOf(TWO_ARMS).lanes.map(({ measured: { cell } }) => cell);
  const record = recordFixture();
  return { ...record, id: "newer", ...measured, settings: { ...record.settings, cells } };
}

const woken = (record: RunRecord, wakeup = WAKEUP): string[] =>
  wokenBy(record, { experiment: "127", since: "2026-01-01", wakeup });

Deno.test("wokenBy() names the cells in which the whole interval is beyond the value", () => {
  const [one, ...others] = woken(run(0.2, 0.1));
  assert.deepEqual(others, []);
  assert.match(
    one!,
    /^Experiment 127 left a candidate that newer wakes up: Spare the writer its decoding \(keyed-pk/,
  );
  assert.match(one!, /0\.20\d, above 0\.150\)$/);
  assert.equal(woken(run(0.1, 0.1), { ...WAKEUP, comparison: "below" }).length, 2);
});

Deno.test("wokenBy() sleeps on where too few blocks, other places or other adapters are", () => {
  assert.deepEqual(woken(run(0.2, 0.2, 3)), []);
  assert.deepEqual(woken(run(0.15, 0.15)), []);
  assert.deepEqual(woken(run(0.2, 0.2), { ...WAKEUP, adapter: "node-sqlite" }), []);
  assert.deepEqual(woken(run(0.2, 0.2), { ...WAKEUP, place: { ...WAKEUP.place, phase: "merge" } }), []);
  assert.deepEqual(woken(run(0.2, 0.2), { ...WAKEUP, quantity: { counter: "unknown" } }), []);
});
