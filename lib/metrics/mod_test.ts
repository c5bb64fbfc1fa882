import assert from "node:assert/strict";
import { METRICS_VERSION } from "../model/mod.ts";
import { evidenceOf } from "./_evidence.ts";
import {
  type BlockEvidence,
  blockMetrics,
  columnsOf,
  METRICS,
  operationMetrics,
  phaseMetrics,
  readPhase,
} from "./mod.ts";

function valuesOf(...iterations: Parameters<typeof evidenceOf>[0][]): Readonly<Record<string, number>> {
  return phaseMetrics(iterations.map((given) => readPhase(evidenceOf(given))));
}

Deno.test("phaseMetrics() counts done until the last change was shown when that is after the last acknowledgement", () => {
  const late = valuesOf({ streams: { lastShownAtNs: 900 } });
  assert.deepEqual([late["done_ns"], late["done_per_operation_ns"], late["wall_ns"]], [800, 200, 350]);
  const prompt = valuesOf({ streams: { lastShownAtNs: 430 } });
  assert.deepEqual([prompt["done_ns"], prompt["wall_ns"]], [350, 350]);
  assert.equal(valuesOf({})["done_ns"], 350, "unwatched: until the last acknowledgement");
});

Deno.test("phaseMetrics() starts spans at the first recorded operation", () => {
  const { done_ns, done_per_operation_ns } = valuesOf({ firstRecorded: 2 });
  assert.deepEqual([done_ns, done_per_operation_ns], [150, 75]);
});

Deno.test("phaseMetrics() counts done of a phase without operations until its screen is complete", () => {
  const stream = { atNs: [], results: [], errors: [] };
  const log = { streams: [stream], subscribeNs: 30, firstResultNs: 10 };
  const opened = valuesOf({ operations: [], log: { ...log, reopenNs: 500 } });
  assert.deepEqual(
    ["done_ns", "reopen_ns", "first_result_ns", "subscribe_ns", "done_per_operation_ns"].map((id) =>
      opened[id]
    ),
    [530, 500, 10, 30, undefined],
  );
  assert.equal(valuesOf({ operations: [], log })["done_ns"], 30, "without opening again");
  const page = { ...log, pageStartNs: 2000 };
  assert.deepEqual(
    [{ ...page, reopenNs: 500 }, { ...page, firstOpenNs: 700 }, page, { ...log, firstOpenNs: 700 }].map((
      log,
    ) => valuesOf({ operations: [], log })["navigation_ns"]),
    [2510, 2710, undefined, undefined],
    "a page's start, opening, and the first result",
  );
  const unwatched = valuesOf({ operations: [], log: { reopenNs: 500 } });
  assert.deepEqual([unwatched["done_ns"], unwatched["reopen_ns"]], [undefined, 500]);
});

Deno.test("phaseMetrics() takes spans of iterations without a timer only, and samples of all", () => {
  const streams = (shown: number) => ({ lastShownAtNs: 1100, shownNs: Float64Array.of(shown) });
  const mixed = valuesOf({ streams: streams(1) }, { streams: streams(3), isTimerPaced: true });
  assert.equal(mixed["done_ns"], 1000);
  assert.equal(mixed["shown_p50_ns"], 2);
  const { done_ns, done_per_operation_ns, wall_ns, writes_per_second } = valuesOf({ isTimerPaced: true });
  assert.deepEqual([done_ns, done_per_operation_ns, wall_ns, writes_per_second], Array(4).fill(undefined));
});

Deno.test("phaseMetrics() looks for extremes in iterations that every block runs, and for medians in all", () => {
  const reading = (lastShownAtNs: number, worst: number) =>
    readPhase(evidenceOf({ streams: { lastShownAtNs, shownNs: Float64Array.of(worst) } }));
  const values = phaseMetrics([
    reading(900, 7),
    ...[1000, 1100].map((at) => ({ ...reading(at, 9), isRepetition: true })),
  ]);
  assert.deepEqual([values["done_ns"], values["stale_max_ns"], values["shown_p50_ns"]], [900, 7, 9]);
});

Deno.test("phaseMetrics() pools what was shown over all iterations before it takes a quantile", () => {
  const shown = (from: number, count: number) => ({
    streams: { shownNs: Float64Array.from({ length: count }, (_, index) => from + index) },
  });
  const values = valuesOf(shown(0, 50), shown(50, 51));
  assert.deepEqual([values["shown_p50_ns"], values["shown_p99_ns"], values["stale_max_ns"]], [50, 99, 100]);
});

Deno.test("phaseMetrics() has no 99th percentile when there are fewer than 100 samples in the block", () => {
  const samples = (count: number) => ({
    streams: { shownNs: new Float64Array(count), freshnessNs: new Float64Array(count) },
  });
  for (const id of ["shown_p99_ns", "freshness_p99_ns"]) {
    assert.equal(valuesOf(samples(50), samples(49))[id], undefined, id);
    assert.equal(valuesOf(samples(50), samples(50))[id], 0, id);
  }
  const none = valuesOf(samples(0));
  assert.deepEqual([none["shown_p50_ns"], none["stale_max_ns"]], [undefined, undefined]);
});

Deno.test("phaseMetrics() adds the CPU of server processes where somebody looked", () => {
  const own = { processCpuUntilQuietNs: 5 };
  assert.equal(valuesOf({ log: own })["cpu_until_quiet_ns"], 5);
  assert.equal(valuesOf({ log: { ...own, serverCpuUntilQuietNs: 7 } })["cpu_until_quiet_ns"], 12);
});

Deno.test("operationMetrics() has no quantile that its samples cannot carry", () => {
  const ids = (count: number) => Object.keys(operationMetrics([new Float64Array(count).fill(10)], 1));
  assert.deepEqual(ids(1), ["latency_p50_ns", "latency_max_ns"]);
  assert.deepEqual(ids(10), [
    "latency_p10_ns",
    "latency_low_ns",
    "latency_p50_ns",
    "latency_p90_ns",
    "latency_max_ns",
  ]);
  assert.equal(ids(99).includes("latency_p99_ns"), false);
  assert.ok(ids(100).includes("latency_p99_ns"));
});

Deno.test("operationMetrics() takes the low quantile of the least disturbed iteration, the median of low ones, pools others", () => {
  const [quick, slow] = [10, 30].map((base) => Float64Array.from({ length: 11 }, (_, step) => base + step));
  const values = operationMetrics([slow!, quick!, slow!], 1);
  assert.deepEqual(
    [values["latency_low_ns"], values["latency_p10_ns"], values["latency_p50_ns"], values["latency_max_ns"]],
    [11, 31, 32, 40],
  );
});

Deno.test("operationMetrics() tells no latency below ten steps of the clock", () => {
  const latenciesNs = Float64Array.from({ length: 100 }, (_, index) => index < 60 ? 49_999 : 50_000);
  const values = operationMetrics([latenciesNs], 5000);
  assert.deepEqual([values["latency_p50_ns"], values["latency_p90_ns"], values["latency_max_ns"]], [
    undefined,
    50_000,
    50_000,
  ]);
});

Deno.test("blockMetrics() leaves memory out when the system keeps no high-water mark", () => {
  const evidence: BlockEvidence = { openNs: 1, seedNs: 2, turnCostNs: 3, clockStepNs: 1 };
  assert.equal(blockMetrics(evidence)["peak_memory_bytes"], undefined);
  assert.equal(blockMetrics({ ...evidence, peakMemoryBytes: 4 })["peak_memory_bytes"], 4);
});

Deno.test("METRICS hold each id once, end in their unit, and say nothing of retired ones in new reports", () => {
  const ids = METRICS.map(({ id }) => id);
  assert.deepEqual(ids, [...new Set(ids)]);
  for (const { id, unit, meaning, retired, shown, shownBefore, fewestSamples } of METRICS) {
    const ending =
      { ns: /_ns$/, bytes: /_bytes$/, count: /./, "per-second": /_per_second$/, ratio: /_ratio$/ }[unit];
    assert.match(id, ending);
    assert.match(meaning, /^[A-Z0-9].*[^.]$/, id);
    assert.ok(Number.isInteger(fewestSamples) && fewestSamples >= 1, id);
    if (retired !== undefined) assert.deepEqual([shown, shownBefore !== undefined], [{}, true], id);
  }
});

Deno.test("columnsOf() shows each metrics version its own columns, parts of one thing together", () => {
  assert.deepEqual(columnsOf("headline", METRICS_VERSION).map(({ title }) => title), [
    "done",
    "open again",
    "navigation to first result",
    "done/op",
    "shown p50",
    "shown p99",
    "highest rate",
    "stale",
    "torn turns",
    "first result p50",
    "first result p99",
    "CPU",
    "main busy",
    "beyond frames",
    "updates shown",
    "unneeded",
    "merged",
    "peak memory",
    "per closed",
  ]);
  assert.deepEqual(columnsOf("headline", 1).map(({ title }) => title), [
    "wall",
    "writes/s",
    "p50",
    "p99",
    "updates shown",
    "unneeded",
    "merged",
    "fresh p50",
    "fresh p99",
    "outdated",
    "settle",
  ]);
  assert.deepEqual(
    columnsOf("headline", 1)[4]!.metrics.map(({ id }) => id),
    ["emissions_needed", "emissions_delivered"],
  );
});

/** Operations of one label that take what is given and follow each other at once. */
function lasting(takenNs: readonly number[]): Parameters<typeof evidenceOf>[0] {
  const endNs = Float64Array.from(takenNs);
  for (let index = 1; index < endNs.length; index++) endNs[index]! += endNs[index - 1]!;
  const startNs = Float64Array.from(endNs, (end, index) => end - takenNs[index]!);
  return { operationCount: takenNs.length, log: { startNs, endNs } };
}

Deno.test("phaseMetrics() tells how much longer the last quarter of operations takes than the first", () => {
  const quarters = [100, 500, 700, 150].flatMap((ns) => Array<number>(10).fill(ns));
  assert.ok(Math.abs(valuesOf(lasting(quarters))["drift_ratio"]! - 1.5) < 1e-9);
  assert.ok(Math.abs(valuesOf(lasting(Array<number>(40).fill(7)))["drift_ratio"]! - 1) < 1e-9);
});

Deno.test("phaseMetrics() tells no drift when a quarter has few operations", () => {
  assert.equal(valuesOf(lasting(Array<number>(39).fill(7)))["drift_ratio"], undefined);
});

Deno.test("phaseMetrics() counts work behind an operation as drift, but no timer", () => {
  // Each operation takes 10; the pause behind it grows from 90 to 190.
  const startNs = Float64Array.from({ length: 40 }, (_, index) => index * 100);
  for (let index = 30; index < 40; index++) startNs[index] = 3000 + (index - 30) * 200;
  const endNs = startNs.map((start) => start + 10);
  const drift = (isTimerPaced: boolean) =>
    valuesOf({ operationCount: 40, isTimerPaced, log: { startNs, endNs } })["drift_ratio"]!;
  assert.ok(Math.abs(drift(false) - 2) < 1e-9);
  assert.ok(Math.abs(drift(true) - 1) < 1e-9);
});

Deno.test("phaseMetrics() gives the share of turns that were torn where there was a screen", () => {
  const torn = (screen?: { turnCount: number; tornTurnCount: number }) =>
    valuesOf({ streams: screen === undefined ? {} : { screen } })["torn_turns_ratio"];
  assert.equal(torn({ turnCount: 8, tornTurnCount: 2 }), 0.25);
  assert.equal(torn({ turnCount: 8, tornTurnCount: 0 }), 0);
  assert.equal(torn({ turnCount: 0, tornTurnCount: 0 }), undefined);
  assert.equal(torn(), undefined);
});

/** A phase whose last streams are those of pages; each first result comes when it is told to. */
function paged(firstNs: readonly (number | undefined)[], memoryGrowthBytes?: number) {
  const stream = (atNs: number | undefined) => ({
    atNs: atNs === undefined ? [] : [atNs, atNs + 1],
    results: atNs === undefined ? [] : [{ digest: 1 }, { digest: 2 }],
    errors: [],
  });
  const openedNs = firstNs.map((_, index) => 100 * index);
  return {
    log: {
      streams: [stream(1), ...firstNs.map(stream)],
      pages: { openedNs, closedNs: openedNs.slice(1) },
      ...(memoryGrowthBytes === undefined ? {} : { memoryGrowthBytes }),
    },
  };
}

Deno.test("phaseMetrics() counts first results of pages from the call that opened them", () => {
  assert.equal(valuesOf(paged([30, 110, 270]))["first_result_p50_ns"], 30);
  assert.equal(
    valuesOf(paged([30, undefined, 290]))["first_result_p50_ns"],
    60,
    "one was left before it showed any",
  );
  assert.equal(valuesOf({})["first_result_p50_ns"], undefined);
});

Deno.test("phaseMetrics() divides the growth of memory by the live queries that were closed, if there were many", () => {
  const many = Array<number>(2000).fill(0);
  assert.equal(valuesOf(paged(many, 64_000))["closed_subscription_bytes"], 32);
  assert.equal(valuesOf(paged(many, -2000))["closed_subscription_bytes"], -1);
  assert.equal(valuesOf(paged(many))["closed_subscription_bytes"], undefined);
  assert.equal(valuesOf(paged(many.slice(0, 999), 64_000))["closed_subscription_bytes"], undefined);
});
