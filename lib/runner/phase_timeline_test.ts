import assert from "node:assert/strict";
import fc from "fast-check";
import {
  fromGaps,
  operationTimes,
  type Phase,
  type PhaseTimeline,
  type Row,
  select,
  type Table,
  update,
} from "../model/mod.ts";
import { digested, expectOf } from "../oracle/hand_made_log.ts";
import { Truth } from "../oracle/mod.ts";
import { checkTimeline } from "../record/schema.ts";
import { phaseMarks } from "../../site/pages/timeline_marks.ts";
import { phaseNumbers } from "../../site/pages/timeline_numbers.ts";
import { phaseTimeline, TIMELINE_LIMITS } from "./phase_timeline.ts";

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }, { name: "value", type: "integer" }],
  primaryKey: "id",
  indexes: [],
};
const setValue = update({ table: "items", set: [{ column: "value", param: "value" }], keyColumn: "id" });
const readOne = select({
  table: "items",
  columns: ["id", "value"],
  where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
  orderBy: [],
});

/** Two rows, each with a live query. Values are few, so that states come back. */
interface History {
  readonly writes: readonly {
    readonly id: number;
    readonly value: number;
    readonly gapUs: number;
    readonly tookUs: number;
  }[];
  readonly warmupCount: number;
  /** Per row, what its stream shows: a value, and how long after the emission before. */
  readonly shown: readonly (readonly { readonly value: number; readonly gapUs: number }[])[];
}

const emission = fc.record({ value: fc.nat(3), gapUs: fc.integer({ min: 1, max: 60 }) });
const history: fc.Arbitrary<History> = fc.record({
  writes: fc.array(
    fc.record({
      id: fc.integer({ min: 1, max: 2 }),
      value: fc.nat(2),
      gapUs: fc.nat(30),
      tookUs: fc.integer({ min: 1, max: 30 }),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  warmupCount: fc.nat(2),
  shown: fc.tuple(fc.array(emission, { maxLength: 10 }), fc.array(emission, { maxLength: 10 })),
});

function play({ writes, warmupCount, shown }: History) {
  const phase: Phase = {
    name: "burst",
    watches: [1, 2].map((id) => ({ query: readOne, args: [id] })),
    operations: () =>
      writes.map(({ id, value }) => ({
        kind: "write",
        label: "update",
        statement: setValue,
        args: [value, id],
      })),
    warmupOperationCount: Math.min(warmupCount, writes.length - 1),
    pacing: { turns: 0 },
    checks: [],
  };
  const truth = new Truth([items], [{
    table: "items",
    rowCount: 2,
    firstKey: 1,
    batchSize: 2,
    row: (index) => ({ id: index + 1, value: 0 }),
  }]);
  const operations = phase.operations();
  const expected = expectOf(truth, phase, operations);
  const { expectation } = expected;
  // The clock does not begin at 0, and first results come before the first operation.
  let nowNs = 1_000_000_000;
  const startNs: number[] = [];
  const endNs: number[] = [];
  for (const { gapUs, tookUs } of writes) {
    startNs.push(nowNs += gapUs * 1000);
    endNs.push(nowNs += tookUs * 1000);
  }
  const log = digested(expected, {
    startNs: Float64Array.from(startNs),
    endNs: Float64Array.from(endNs),
    reads: new Map(),
    streams: shown.map((emissions, stream) => {
      let atNs = startNs[0]! - 40_000;
      const first: Row[] = [{ id: stream + 1, value: 0 }];
      return [
        { atNs, rows: first },
        ...emissions.map(({ gapUs, value }) => ({
          atNs: atNs += gapUs * 1000,
          rows: [{ id: stream + 1, value }],
        })),
      ];
    }),
    finalReads: [1, 2].map((id) => [{ id, value: writes.findLast((write) => write.id === id)?.value ?? 0 }]),
    subscribeNs: 0,
    callerCpuNs: 0,
    callerCpuUntilQuietNs: 0,
    processCpuUntilQuietNs: 0,
    listenerNs: 0,
    loopDelayMaxNs: 0,
    framesMissed: 0,
    lateNs: 0,
    counters: {},
  });
  const judgement = expectation.judge(log, { phase: "burst", iteration: 0 });
  const evidence = {
    phase,
    operations,
    iteration: 0,
    verdict: judgement.verdict,
    unwatched: false,
    log,
    traces: expectation.trace(log),
    requeries: [undefined, undefined],
  };
  return { evidence, judgement, log, traces: evidence.traces };
}

function sound(timeline: PhaseTimeline): void {
  const stored = JSON.parse(
    JSON.stringify({ schemaVersion: 1, cellKey: "c", blockIndex: 0, phases: [timeline] }),
  );
  assert.deepEqual(checkTimeline(stored), { value: stored });
}

Deno.test("phaseTimeline() says what the metrics say", () => {
  fc.assert(
    fc.property(history, (each) => {
      const { evidence, judgement, log, traces } = play(each);
      const timeline = phaseTimeline(evidence);
      sound(timeline);
      const numbers = phaseNumbers(phaseMarks(timeline));
      const streams = judgement.streams!;
      assert.equal(numbers.changeCount, streams.emissionsNeeded);
      assert.equal(numbers.emissionCount, streams.emissionsDelivered);
      assert.equal(numbers.outdatedMaxUs * 1000, streams.outdatedMaxNs);
      const faultCount = traces.reduce((sum, { faults }) => sum + faults.length, 0);
      assert.equal(numbers.wrongCount, faultCount);
      assert.equal(numbers.lostCount, traces.filter(({ isFinal }) => !isFinal).length);
      // A change that was covered and not coalesced was shown.
      assert.equal(numbers.shownCount, streams.freshnessNs.length - streams.emissionsCoalesced);
      if (faultCount === 0) assert.equal(numbers.repeatedCount, streams.emissionsRedundant);
      const { startUs, endUs } = operationTimes(timeline.operations);
      const zeroNs = log.startNs[0]!;
      assert.deepEqual(startUs.map((us) => us * 1000 + zeroNs), [...log.startNs]);
      assert.deepEqual(endUs.map((us) => us * 1000 + zeroNs), [...log.endNs]);
    }),
    { numRuns: 500 },
  );
});

Deno.test("phaseTimeline() is whole up to the moment where it is cut, and never larger than its limits", () => {
  const limits = fc.record({
    operations: fc.integer({ min: 1, max: 14 }),
    streams: fc.integer({ min: 1, max: 2 }),
    marks: fc.integer({ min: 1, max: 40 }),
    errors: fc.constant(20),
  });
  fc.assert(
    fc.property(history, limits, (each, limit) => {
      const { evidence } = play(each);
      const whole = phaseTimeline(evidence);
      const { cut, ...timeline } = phaseTimeline(evidence, limit);
      sound(cut === undefined ? timeline : { ...timeline, cut });
      if (cut === undefined) return assert.deepEqual(timeline, whole);
      const streamMarks = timeline.streams.map(({ changeGaps, emissionGapsUs, outdatedGapsUs }) =>
        changeGaps.length + emissionGapsUs.length + outdatedGapsUs.length / 2
      );
      assert.ok(timeline.operations.label.length <= limit.operations);
      assert.ok(timeline.streams.length <= limit.streams);
      assert.ok(streamMarks.reduce((a, b) => a + b, 0) <= limit.marks);
      assert.equal(timeline.operations.label.length + cut.operationCount, whole.operations.label.length);
      assert.equal(timeline.streams.length + cut.streamCount, whole.streams.length);
      for (const stream of timeline.streams) {
        const original = whole.streams.find(({ watch }) => watch === stream.watch)!;
        const times: number[] = fromGaps(original.emissionGapsUs).filter((atUs) => atUs < cut.atUs);
        assert.deepEqual(fromGaps(stream.emissionGapsUs), times);
        assert.deepEqual(stream.shownGaps, original.shownGaps.slice(0, times.length));
        assert.ok(fromGaps(stream.outdatedGapsUs).every((us) => us <= cut.atUs));
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("phaseTimeline() keeps the busiest streams and tells how many it left out", () => {
  const { evidence } = play({
    writes: [{ id: 2, value: 1, gapUs: 0, tookUs: 5 }, { id: 2, value: 2, gapUs: 5, tookUs: 5 }],
    warmupCount: 0,
    shown: [[], [{ value: 1, gapUs: 46 }, { value: 2, gapUs: 10 }]],
  });
  const { streams, cut, operations } = phaseTimeline(evidence, { ...TIMELINE_LIMITS, streams: 1 });
  assert.deepEqual(streams.map(({ watch, args }) => [watch, args]), [[1, "2"]]);
  assert.equal(operations.label.length, 2);
  assert.equal(cut?.streamCount, 1);
  assert.equal(cut?.emissionCount, 1, "its first result");
});

Deno.test("phaseTimeline() puts re-queries on the clock of the phase", () => {
  const { evidence, log } = play({
    writes: [{ id: 1, value: 1, gapUs: 0, tookUs: 100 }],
    warmupCount: 0,
    shown: [[{ value: 1, gapUs: 200 }], []],
  });
  const zeroMs = log.startNs[0]! / 1e6;
  const requery = { startMs: zeroMs + 0.11, endMs: zeroMs + 0.15 };
  const { streams } = phaseTimeline({ ...evidence, requeries: [[requery], undefined] });
  assert.deepEqual(streams.map(({ requeryGapsUs }) => requeryGapsUs), [[110, 40], undefined]);
});

Deno.test("phaseTimeline() shortens texts without end", () => {
  const { evidence } = play({
    writes: [{ id: 1, value: 1, gapUs: 0, tookUs: 1 }],
    warmupCount: 0,
    shown: [[{ value: 1, gapUs: 60 }], []],
  });
  const log = {
    ...evidence.log,
    streams: evidence.log.streams.map((stream) => ({
      ...stream,
      errors: Array.from({ length: 50 }, () => ({
        atNs: evidence.log.startNs[0]!,
        message: "x".repeat(10_000),
        emissionsBefore: 1,
      })),
    })),
  };
  const [stream] = phaseTimeline({ ...evidence, log }).streams;
  assert.equal(stream!.errors.length, TIMELINE_LIMITS.errors);
  assert.ok(stream!.errors.every(({ message }) => message.length <= 300));
});
