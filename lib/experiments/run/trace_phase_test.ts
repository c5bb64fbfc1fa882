import { deepStrictEqual, ok } from "node:assert/strict";
import type { SessionEvent } from "../../model/mod.ts";
import { PROBED_ADAPTERS } from "./peer_probes.ts";
import { tracePhase, traceTable } from "./trace_phase.ts";

function event(atMs: number, kind: string, commit: number, stream: number | null = 0): SessionEvent {
  return { atMs, kind, stream, commit };
}

Deno.test("traceTable() shows each commit by the first result that holds it", () => {
  const { rows } = traceTable("t", [
    event(10, "commit", 5, null),
    event(10.5, "invalidate", 5),
    event(11, "commit", 6, null),
    event(11.5, "invalidate", 6),
    event(12, "requery-start", 6),
    event(13, "deliver", 6),
    event(14, "commit", 7, null),
  ], []);
  deepStrictEqual(rows, [
    [1, 0, 500_000, 2_000_000, 3_000_000],
    [2, 1_000_000, 1_500_000, 2_000_000, 3_000_000],
    [3, 4_000_000, null, null, null],
  ]);
});

Deno.test("tracePhase() brings back every commit of the phase and nothing from before it", async () => {
  const events = await tracePhase({
    adapter: "watchlite",
    options: { profile: "on", policy: "per-commit" },
    workload: "sync-burst@2",
    scale: "smoke",
    phase: "merge",
  });
  const { rows } = traceTable("t", events, []);
  deepStrictEqual(rows.length, 3);
  ok(rows.every((row) => row.every((value) => typeof value === "number")), JSON.stringify(rows));
});

for (const adapter of PROBED_ADAPTERS) {
  Deno.test(`tracePhase() tells when ${adapter} heard of each commit, and when it showed it`, async () => {
    const events = await tracePhase({
      adapter,
      options: {},
      workload: "sync-burst@2",
      scale: "smoke",
      phase: "bulk",
    });
    const { rows } = traceTable("t", events, []);
    deepStrictEqual(rows.length, 4);
    for (const [batch, acknowledged, invalidated, requery, shown] of rows) {
      ok(typeof acknowledged === "number" && typeof invalidated === "number", `batch ${batch}`);
      ok(typeof shown === "number" && shown >= invalidated, `batch ${batch} shown ${shown}`);
      // LokiJS computes nothing anew.
      if (adapter !== "lokijs") ok(typeof requery === "number" && requery <= shown, `batch ${batch}`);
    }
  });
}
