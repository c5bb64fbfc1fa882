/** Whether results should be made of the rows that a commit has changed, where that is proved to be the same. */
import type { Arm, Criterion, Experiment, OutcomeTable, Place } from "../lib/model/mod.ts";
import type { Readings } from "../lib/experiments/run/readings.ts";
import { readingTable } from "../lib/experiments/run/tables.ts";

const ARMS: readonly Arm[] = [
  { name: "asked", adapter: "watchlite", options: { patch: "off" } },
  { name: "patched", adapter: "watchlite", options: { patch: "on" } },
];

type Named = Place & { readonly id: string; readonly name: string };

/** Lists of a hundred rows and single rows by key: nothing has to be asked again. */
const PATCHED: readonly Named[] = [
  { id: "fan-out", name: "fan-out", workload: "fan-out@4", scale: "standard", phase: "burst" },
  { id: "keyed-pk", name: "keyed-PK", workload: "keyed-pk@4", scale: "standard", phase: "burst" },
];
/** Ranges, pages and joins: nothing can be patched, and whole rows are told for nothing or not at all. */
const ASKED: readonly Named[] = [
  { id: "overlap", name: "overlapping streams", workload: "overlap@3", scale: "standard", phase: "overlap" },
  {
    id: "feed",
    name: "likes beside a watched page",
    workload: "feed-paging@3",
    scale: "standard",
    phase: "reactive",
  },
  { id: "bulk", name: "bulk insert", workload: "sync-burst@4", scale: "standard", phase: "bulk" },
  { id: "merge", name: "merges", workload: "sync-burst@4", scale: "standard", phase: "merge" },
];
const ALL = [...PATCHED, ...ASKED];

function placeOf({ id: _id, name: _name, ...place }: Named): Place {
  return place;
}

function improves(id: string, title: string, one: Named, metric: string, worthwhile: number): Criterion {
  const bar = { kind: "improve", better: "lower", worthwhile } as const;
  return { id, title, place: placeOf(one), quantity: { metric }, unit: "ns", bar };
}

function keeps(id: string, title: string, one: Named, metric: string, margin: number): Criterion {
  const bar = { kind: "keep", better: "lower", margin } as const;
  return {
    id: `${one.id}-${id}`,
    title: `${title}, ${one.name}`,
    place: placeOf(one),
    quantity: { metric },
    unit: "ns",
    bar,
    missReason: "tradeoff",
  };
}

const [fanOut, keyedPk] = PATCHED as [Named, Named];

export const experiment: Experiment = {
  title: "Patch results with the rows that a commit has changed instead of asking SQLite again",
  date: "2026-11-28",
  directions: ["invalidation-precision"],
  experimentClass: "performance",
  question:
    "Where the changed rows alone tell the new result, should it be made of them instead of being read again?",
  hypothesis:
    "A list of a hundred rows is read, hashed and sent again because one of its rows has changed, and re-queries wait up to " +
    "12 ms for a pause of the writes. Patched, it should be shown at the median in less than a third of the time, and done " +
    "of fan-out should shrink by a quarter, as readers have nothing left to do. The writer pays for it: its triggers " +
    "tell whole rows, and each commit asks whether others have committed. The calling thread shows more results, as " +
    "nothing is held back.",
  wouldChangeOurMind:
    "A calling thread that is busier by more than a tenth, or writes that are slower where nothing can be patched.",
  arms: ARMS,
  control: "asked",
  cells: [
    ...["fan-out@4", "keyed-pk@4", "overlap@3", "feed-paging@3", "sync-burst@4"].map(
      (workload) => ({ workload, scale: "standard" as const }),
    ),
  ],
  primary: [
    improves("fan-out-shown", "Shown at the median, fan-out", fanOut, "shown_p50_ns", 0.5),
    improves("fan-out-done", "Done, fan-out", fanOut, "done_ns", 0.1),
  ],
  guardrails: [
    ...[keyedPk, ...ASKED].map((one) => keeps("done", "Done", one, "done_ns", 0.1)),
    ...[keyedPk, ...ASKED].map((one) => keeps("shown", "Shown at the median", one, "shown_p50_ns", 0.1)),
    ...ALL.map((one) => keeps("busy", "Calling thread busy", one, "main_busy_ns", 0.1)),
    // Two frames at 60 Hz in a whole phase: what the machine itself swallows now and then.
    ...ALL.map((one): Criterion => ({
      id: `${one.id}-frames`,
      title: `Missed frames, ${one.name}`,
      place: placeOf(one),
      quantity: { metric: "frames_missed" },
      unit: "count",
      bar: { kind: "absolute", comparison: "at-most", value: 2 },
      missReason: "tradeoff",
    })),
  ],
  rounds: { least: 10, most: 20, budgetSeconds: 2400 },
  driftCell: { workload: "keyed-pk@4", scale: "standard", adapter: "node-sqlite" },
  withoutEvidence:
    "Planned: it decides the default of the option patch; deno task experiment --id 131, then --id 131 --record --from <run>",
};

const METRICS = ["done_ns", "shown_p50_ns", "shown_p99_ns", "main_busy_ns", "cpu_until_quiet_ns"];

/** What was won and what it was paid with, side by side. */
export function tables(readings: Readings): OutcomeTable[] {
  return ALL.map((one) =>
    readingTable(readings, {
      title: `Asked and patched: ${one.name}`,
      unit: "ns",
      rows: ARMS.flatMap(({ name }) =>
        METRICS.map((metric) => ({
          label: `${name}: ${metric.replace(/_ns$/, "").replaceAll("_", " ")}`,
          arm: name,
          place: placeOf(one),
          quantity: { metric },
        }))
      ),
    })
  );
}
