/**
 * How many writes per second remain when fifty screens are open, and does it matter whether the written column is one
 * that they show? Three phases with the same number of single-row updates: `baseline` without watchers, `disjoint` to a
 * column that nobody watches, `overlap` to one that all watch.
 *
 * Unfair: a database that skips disjoint writes altogether is compared with one that computes results anew and finds
 * them equal; both are right, and only the price differs. Turns of the event loop are part of the time in all phases,
 * which flatters slow writers in ratios: the baseline measures them as well.
 *
 * Version 1 is resqlite's A11c: all iterations of one phase, then all of the next. It writes ids in ascending order, so
 * that 500 writes touch five of the fifty watched partitions, and repeats its values, so that recorded overlap
 * iterations change nothing at all. Of its two timing windows (with and without a fixed drain of 50 ms) we use neither:
 * the wall stops at the last acknowledgement, turns included. Version 2 spreads the writes evenly over all partitions,
 * runs the three phases in each iteration, writes a new value each time, takes one turn after each write, not two, and
 * records two iterations, not three.
 */
import type { DartRandom } from "../lib/dataset/mod.ts";
import type { Iteration, UpdateStatement } from "../lib/model/mod.ts";
import { bind, declareWorkload, MIXED_PACINGS, ONE_PASS, ONE_TURN, phase, times, write } from "./_declare.ts";
import { inRange } from "./_schema.ts";
import { updateUnwatchedColumn, updateWatchedColumn, wideSeed, wideTable } from "./_wide_table.ts";

const readPartition = inRange(wideTable, ["id", "a", "b"]);

/** Also reads the column that the disjoint phases write. */
const checkPartition = inRange(wideTable, ["id", "a", "b", "c"]);

const SCENARIOS: readonly {
  readonly name: string;
  readonly isWatched: boolean;
  readonly statement: UpdateStatement;
  /** Tells the phases apart in written values. */
  readonly prefix: string;
}[] = [
  { name: "baseline", isWatched: false, statement: updateUnwatchedColumn, prefix: "b" },
  { name: "disjoint", isWatched: true, statement: updateUnwatchedColumn, prefix: "d" },
  { name: "overlap", isWatched: true, statement: updateWatchedColumn, prefix: "z" },
];

const TURNS_INSIDE =
  "Turns of the event loop are inside the time of every phase, so that ratios between phases look smaller for " +
  "fast writers.";

/** All versions, oldest first. */
export const overlap = declareWorkload({
  id: "overlap",
  title: "Writer throughput under many streams",
  question:
    "What do open watchers cost the writer, and does it matter whether they watch the written column?",
  phases: {
    baseline: "No watchers",
    disjoint: "Writes to an unwatched column",
    overlap: "Writes to a watched column",
  },
  repeats: true,
  // `spreadsWrites`: writes visit every partition equally often; otherwise ids ascend from 0. `alternatesPhases`: one
  // pass runs all phases; otherwise all passes of a phase come before the next phase.
  openLoop: { phase: "overlap", operationCount: "writeCount", parameters: ONE_PASS },
  versions: [
    {
      pacings: [{ turns: 2 }],
      variesTraffic: false,
      spreadsWrites: false,
      alternatesPhases: false,
      iterationCount: 3,
      writeCount: 500,
      unfair:
        "Recorded overlap iterations change nothing, and 45 of the 50 streams are never concerned: a database that " +
        "compares old and new values skips all of it.",
    },
    {
      pacings: ONE_TURN,
      variesTraffic: true,
      spreadsWrites: true,
      alternatesPhases: true,
      iterationCount: 2,
      writeCount: 500,
      unfair: TURNS_INSIDE,
    },
    {
      pacings: MIXED_PACINGS,
      variesTraffic: true,
      spreadsWrites: true,
      alternatesPhases: true,
      iterationCount: 4,
      writeCount: 125,
      unfair: TURNS_INSIDE,
    },
  ],
  sizes: ({ writeCount, iterationCount }) => ({
    smoke: {
      rowCount: 100,
      partitionRowCount: 20,
      streamCount: 5,
      writeCount: 30,
      warmupIterationCount: 1,
      iterationCount: 1,
    },
    standard: {
      rowCount: 5000,
      partitionRowCount: 100,
      streamCount: 50,
      writeCount,
      warmupIterationCount: 1,
      iterationCount,
    },
    large: {
      rowCount: 50_000,
      partitionRowCount: 100,
      streamCount: 50,
      writeCount: 5000,
      warmupIterationCount: 1,
      iterationCount,
    },
  }),
  program(block) {
    const { sizes, version } = block;
    const { rowCount, partitionRowCount, streamCount, writeCount } = sizes;
    const writtenIds = version.spreadsWrites
      ? spreadIds(sizes, block.random(0xA11C))
      : times(writeCount, (index) => index % rowCount);
    const partition = (index: number): [from: number, below: number] => [
      index * partitionRowCount,
      (index + 1) * partitionRowCount,
    ];
    const watches = times(streamCount, (stream) => bind(readPartition, ...partition(stream)));
    const checks = [writtenIds[0]!, writtenIds.at(-1)!].map((id) =>
      bind(checkPartition, ...partition(Math.floor(id / partitionRowCount)))
    );
    const alternating = block.passes(sizes, (pass) => {
      const first = pass.firstValue(writeCount);
      return SCENARIOS.map(({ name, isWatched, statement, prefix }) =>
        phase(pass, {
          name,
          watches: isWatched ? watches : [],
          operations: () =>
            writtenIds.map((id, index) => write("update", statement, `${prefix}${first + index}`, id)),
          checks,
        })
      );
    });
    return {
      tables: [wideTable],
      seeds: [wideSeed(rowCount)],
      iterations: version.alternatesPhases ? alternating : groupByPhase(alternating),
    };
  },
});

/** All iterations of the first phase, then all of the second, and so on. */
function groupByPhase(alternating: readonly Iteration[]): Iteration[] {
  return SCENARIOS.flatMap((_, phaseIndex) =>
    alternating.map((iteration): Iteration => ({ ...iteration, phases: [iteration.phases[phaseIndex]!] }))
  );
}

/** Rounds that visit each partition once, in random order, at a random row. */
function spreadIds(
  { partitionRowCount, streamCount, writeCount }: {
    readonly partitionRowCount: number;
    readonly streamCount: number;
    readonly writeCount: number;
  },
  random: DartRandom,
): number[] {
  const ids: number[] = [];
  const order = times(streamCount, (partition) => partition);
  while (ids.length < writeCount) {
    for (let last = order.length - 1; last > 0; last--) {
      const other = random.nextInt(last + 1);
      [order[last], order[other]] = [order[other]!, order[last]!];
    }
    for (const partition of order) {
      ids.push(partition * partitionRowCount + random.nextInt(partitionRowCount));
    }
  }
  return ids.slice(0, writeCount);
}
