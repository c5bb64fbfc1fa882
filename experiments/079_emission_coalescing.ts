/** After resqlite's experiment 079, whose planned text and whose branch are public; it never landed there. */
import type { Criterion, Experiment, OutcomeTable, Place } from "../lib/model/mod.ts";
import type { Readings } from "../lib/experiments/run/readings.ts";
import { readingTable } from "../lib/experiments/run/tables.ts";
import { tracePhase, traceTable } from "../lib/experiments/run/trace_phase.ts";

const WORKLOAD = "sync-burst@2";
const POLICIES = ["per-commit", "latest-wins", "cancel-restart"];
const BULK: Place = { workload: WORKLOAD, scale: "standard", phase: "bulk" };
const MERGE: Place = { ...BULK, phase: "merge" };
/** Ten times the rows and the batches: here a re-query takes longer than a batch. */
const LARGE_BULK: Place = { ...BULK, scale: "large" };
const LARGE_MERGE: Place = { ...MERGE, scale: "large" };

/** Two frames at 60 Hz: lag begins beyond. */
const TWO_FRAMES_NS = 33_400_000;
/** Up to here an answer feels immediate. */
const IMMEDIATE_NS = 100_000_000;

function fresh(id: string, title: string, place: Place, limitNs: number): Criterion {
  return {
    id,
    title,
    place,
    quantity: { metric: "freshness_p99_ns" },
    unit: "ns",
    bar: { kind: "absolute", comparison: "at-most", value: limitNs },
    missReason: "tradeoff",
  };
}

function keeps(
  id: string,
  title: string,
  workload: string,
  phase: string,
  metric: string,
  operation?: string,
): Criterion {
  return {
    id,
    title,
    place: { workload, phase, ...(operation === undefined ? {} : { operation }) },
    quantity: { metric },
    unit: "ns",
    bar: { kind: "keep", better: "lower", margin: 0.05 },
  };
}

export const experiment: Experiment = {
  title: "Coalesce emissions of live queries during a write burst",
  date: "2026-11-22",
  directions: ["stream-rerun-dispatch"],
  experimentClass: "performance",
  question:
    "Can a live count under a burst of batches emit fewer than ten times, as drift's does, and still be fresh?",
  hypothesis:
    "A commit that comes while a re-query is under way makes its result old news: with the newest commit winning, and a " +
    "bound on how long a stream may stay outdated, a burst of about a tenth of a second needs fewer than ten emissions. " +
    "Cancelling the re-query at every commit emits as often as the newest commit's re-query ends before the next batch: " +
    "always while the table is small, almost never once counting takes longer than a batch. Then two emissions are " +
    "worse than a hundred, since nothing is shown until the burst is over.",
  wouldChangeOurMind:
    "No policy stays below ten emissions and shows commits within two frames (within 100 ms where the table is large), " +
    "or other workloads slow down.",
  arms: POLICIES.map((policy) => ({ name: policy, adapter: "watchlite", options: { policy } })),
  control: "per-commit",
  cells: [
    { workload: WORKLOAD, scale: "standard" },
    { workload: WORKLOAD, scale: "large" },
    { workload: "fan-out@2", scale: "standard" },
    { workload: "keyed-pk@2", scale: "standard" },
    { workload: "feed-paging@2", scale: "standard" },
    { workload: "chat-sim@2", scale: "standard" },
  ],
  primary: [
    {
      // The original bar is below ten over both phases; nine and two together imply it.
      id: "bulk-emissions",
      title: "Emissions while 100 batches are inserted",
      place: BULK,
      quantity: { metric: "emissions_delivered" },
      unit: "count",
      bar: { kind: "absolute", comparison: "below", value: 9 },
    },
    {
      id: "merge-emissions",
      title: "Emissions while 10 batches are merged",
      place: MERGE,
      quantity: { metric: "emissions_delivered" },
      unit: "count",
      bar: { kind: "absolute", comparison: "below", value: 2 },
    },
  ],
  guardrails: [
    fresh("bulk-freshness", "99 of 100 inserts shown within two frames", BULK, TWO_FRAMES_NS),
    fresh("large-bulk-freshness", "Large: 99 of 100 inserts shown within 100 ms", LARGE_BULK, IMMEDIATE_NS),
    fresh("large-merge-freshness", "Large: 99 of 100 merges shown within 100 ms", LARGE_MERGE, IMMEDIATE_NS),
    keeps("fan-out-wall", "Fan-out wall", "fan-out@2", "burst", "wall_ns"),
    keeps("keyed-pk-wall", "Keyed-PK wall", "keyed-pk@2", "burst", "wall_ns"),
    keeps("feed-wall", "Likes beside a watched page, wall", "feed-paging@2", "reactive", "wall_ns"),
    keeps("chat-insert", "Chat insert, median", "chat-sim@2", "chat", "latency_p50_ns", "insert message"),
  ],
  rounds: { least: 10, most: 30, budgetSeconds: 1500 },
  driftCell: { workload: "keyed-pk@2", scale: "standard", adapter: "node-sqlite" },
  learned: {
    summary:
      "latest-wins emits 3 or 4 times and once in the burst, stays fresh and makes a fan-out a third cheaper; whether it " +
      "slows keyed-PK down by more than 5 % needs about 49 pairs, so that it is in review.",
    reading: [
      "latest-wins clears both bars of emissions and all bars of freshness: 3.5 emissions for 100 batches, 1 for 10 merges, " +
      "99 of 100 commits shown within 26 ms. The fan-out costs 0.68 times what per-commit costs there, likes beside a " +
      "watched page 0.45 times. What undecides it is the wall of keyed-PK: 8 % above the control in 11 pairs, with an " +
      "interval from 1 to 15 %, a noise floor of 9.5 % and a margin of 5 %.",
      "cancel-restart does not starve at the original size, unlike drift's: watchlite reads beside its writer, so that a " +
      "count of a small table is through before the next batch comes, and 97 of 100 batches are shown.",
      "With ten times the rows, counting takes longer than a batch. Then fewer emissions are worse than many: " +
      "cancel-restart, with 172 emissions for 1,000 batches, showed 99 of 100 only after 142 ms, per-commit, with 505, " +
      "after 8 ms, and latest-wins, with 35, after 29 ms. Counting emissions alone would rank cancel-restart above " +
      "per-commit.",
      "This is the second measurement. The first one had one process a side and 11 pairs, said the same of every bar, and " +
      "ended in review for the same reason. Since then the engine steps several rows of a batch at once, so that the burst " +
      "is half as long, and a side of a pair is the median of five processes. The run was ended by hand after the look at " +
      "ten rounds, seven minutes before its time was up.",
      "A second machine measured it again, with 18 pairs, not calibrated " +
      "(results/2026-11-27T12-42-58-exp-079-be048bef). latest-wins clears the same bars there but for the chat insert, " +
      "which is undecided, 3 % above the control with an interval to 8 %; its fan-out costs 0.65 times what per-commit " +
      "costs. Its keyed-PK is 5 % above the control, with an interval from 1 to 10 %: there is a small cost, as large as " +
      "the margin itself, so that more pairs may not decide it either. Of cancel-restart, the fan-out and keyed-PK are " +
      "decided there, both passes, and the chat insert is not; it misses what it misses here.",
      "Numbers of the standard burst had been seen in probes before the bars were settled, and the large cells were added " +
      "because of what the probes showed.",
    ],
    changedBeliefs: [
      "Before: cancelling starves a stream during any burst of batches. Now: only where a re-query takes longer than the " +
      "gap between two commits.",
      "Before: fewer emissions cost freshness. Now: a bound on how long a stream may stay outdated buys both, up to that bound.",
    ],
    nextSignals: [
      "Why keyed-PK, where three of 200 writes concern a stream, should be slower when re-queries are held: the turns of " +
      "the event loop in which the hold looks for a pause are the first suspect. In a warm process a probe saw no cost, " +
      "so that it may be code that has run a few times only; looking for the end of a burst once in a millisecond instead " +
      "of after each write did not help in another one.",
    ],
    claims: [{
      id: "079.1",
      text:
        "Emission counts alone rank policies wrongly: a third of the emissions can show commits eighteen times as late",
      conditions: "watchlite, inserts of sync-burst@2 at large scale, 2 shared cores",
    }, {
      id: "079.2",
      text:
        "latest-wins with a bound of 16 ms needs fewer than ten emissions for a burst of 110 batches and shows 99 of 100 " +
        "commits within two frames",
      conditions: "watchlite, sync-burst@2 at standard scale, 2 shared cores",
    }],
  },
};

const COUNTS = ["emissions_needed", "emissions_delivered", "emissions_coalesced", "emissions_redundant"];
const TIMES = [
  "wall_ns",
  "freshness_p50_ns",
  "freshness_p99_ns",
  "freshness_max_ns",
  "outdated_max_ns",
  "settle_ns",
];

/** Emissions and freshness side by side: few of the one can be bought with much of the other. */
export function tables(readings: Readings): OutcomeTable[] {
  const rows = (place: Place, metrics: readonly string[]) =>
    POLICIES.flatMap((arm) =>
      metrics.map((metric) => ({
        label: `${arm}: ${metric.replace(/_ns$/, "").replaceAll("_", " ")}`,
        arm,
        place,
        quantity: { metric },
      }))
    );
  const bursts = [[BULK, "100 inserted batches"], [LARGE_BULK, "1,000 inserted batches"], [
    LARGE_MERGE,
    "100 merged batches of a large table",
  ]] as const;
  return bursts.flatMap(([place, name]) => [
    readingTable(readings, {
      title: `Emissions of the count during ${name}`,
      unit: "count",
      rows: rows(place, COUNTS),
    }),
    readingTable(readings, {
      title: `What the watcher saw during ${name}`,
      unit: "ns",
      rows: rows(place, TIMES),
      notes: [
        "Freshness: from a commit's acknowledgement to the first emission that shows it or something newer. " +
        "Outdated: the longest time without a pause in which the count on the screen was wrong.",
      ],
    }),
  ]);
}

/** Each batch of one burst, from its commit to the screen. */
export async function diagnose(): Promise<OutcomeTable[]> {
  const made: OutcomeTable[] = [];
  for (const policy of POLICIES) {
    const events = await tracePhase({
      adapter: "watchlite",
      options: { policy, profile: "on" },
      workload: WORKLOAD,
      scale: "large",
      phase: "merge",
    });
    made.push(traceTable(`One burst of merges with ${policy}, batch by batch`, events, [
      "One run with profile=on, made when the outcome was recorded; time counts from the first acknowledgement.",
    ]));
  }
  return made;
}
