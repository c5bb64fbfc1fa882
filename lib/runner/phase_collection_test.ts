import { deepStrictEqual } from "node:assert/strict";
import { evidenceOf } from "../metrics/_evidence.ts";
import type { Phase, Warning } from "../model/mod.ts";
import { PhaseCollection } from "./phase_collection.ts";

/** The warnings of a block at 100 operations per second whose bench came so late to each, of which `called` were called. */
function warningsOf(lateNs: number, { called = 200, withNumbers = true } = {}): readonly Warning[] {
  const operationCount = 200;
  const dueNs = Float64Array.from({ length: operationCount }, (_, index) => index * 1e7);
  const at = (plusNs: number) => dueNs.map((due, index) => index < called ? due + plusNs : Infinity);
  const { log, judgement, operations } = evidenceOf({
    operationCount,
    log: {
      dueNs,
      startNs: at(lateNs),
      endNs: at(lateNs + 1000),
      waitLateNs: new Float64Array(operationCount).fill(lateNs),
      ...(called < operationCount ? { isCutShort: true } : {}),
    },
  });
  const phase = {
    name: "burst",
    watches: [],
    operations: () => operations,
    warmupOperationCount: 0,
    pacing: { turns: 0 },
    arrivals: { process: "constant", ratePerSecond: 100, seed: 0 },
    checks: [],
  } satisfies Phase;
  const collection = new PhaseCollection();
  collection.add({ warmup: false, isRepetition: false }, {
    log,
    judgement,
    operations,
    phase,
    unwatched: false,
    warnings: [],
  });
  return collection.result({ withNumbers, clockStepNs: 1 }).warnings;
}

Deno.test("PhaseCollection.result() says that the bench could not keep a rate when it came a millisecond late", () => {
  deepStrictEqual(warningsOf(999_000), []);
  deepStrictEqual(warningsOf(1_000_000), [{ kind: "late-generator", phase: "burst", lateMs: 1 }]);
});

Deno.test("PhaseCollection.result() says so when a plan was cut short after few operations", () => {
  deepStrictEqual(warningsOf(5_000_000, { called: 30 }), [{
    kind: "late-generator",
    phase: "burst",
    lateMs: 5,
  }]);
});

Deno.test("PhaseCollection.result() does not say so of a block that keeps rows, which is no measurement", () => {
  deepStrictEqual(warningsOf(5_000_000, { withNumbers: false }), []);
});
