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
import { DartRandom } from "../lib/dataset/mod.ts";
import {
  type BoundQuery,
  type Iteration,
  type Operation,
  type Phase,
  type Program,
  type ProgramContext,
  select,
  type UpdateStatement,
  type Workload,
} from "../lib/model/mod.ts";
import {
  firstValue,
  generatorSeed,
  iterations,
  MIXED_PACINGS,
  pacingOf,
  type Revision,
} from "./_revision.ts";
import { updateUnwatchedColumn, updateWatchedColumn, wideSeed, wideTable } from "./_wide_table.ts";

type Sizes = {
  readonly rowCount: number;
  readonly partitionRowCount: number;
  readonly streamCount: number;
  readonly writeCount: number;
  readonly warmupIterationCount: number;
  readonly iterationCount: number;
};

interface OverlapRevision extends Revision {
  /** Writes visit every partition equally often; otherwise ids ascend from 0. */
  readonly spreadsWrites: boolean;
  /** One iteration runs all phases; otherwise all iterations of a phase come before the next phase. */
  readonly alternatesPhases: boolean;
  readonly recordedIterationCount: number;
  /** Of a phase in one iteration, at the standard scale. */
  readonly writeCount: number;
}

const readPartition = partitionOf(["id", "a", "b"]);

/** Also reads the column that the disjoint phases write. */
const checkPartition = partitionOf(["id", "a", "b", "c"]);

function partitionOf(columns: readonly string[]) {
  return select({
    table: wideTable.name,
    columns,
    where: [{ kind: "range", column: "id", from: { param: "from" }, below: { param: "below" } }],
    orderBy: [{ column: "id", descending: false }],
  });
}

const SCENARIOS: readonly {
  readonly name: string;
  readonly title: string;
  readonly isWatched: boolean;
  readonly statement: UpdateStatement;
  /** Tells the phases apart in written values. */
  readonly prefix: string;
}[] = [
  {
    name: "baseline",
    title: "No watchers",
    isWatched: false,
    statement: updateUnwatchedColumn,
    prefix: "b",
  },
  {
    name: "disjoint",
    title: "Writes to an unwatched column",
    isWatched: true,
    statement: updateUnwatchedColumn,
    prefix: "d",
  },
  {
    name: "overlap",
    title: "Writes to a watched column",
    isWatched: true,
    statement: updateWatchedColumn,
    prefix: "z",
  },
];

function program(revision: OverlapRevision, sizes: Sizes, context: ProgramContext): Program {
  const writtenIds = revision.spreadsWrites
    ? spreadIds(sizes, new DartRandom(generatorSeed(revision, 0xA11C, context)))
    : Array.from({ length: sizes.writeCount }, (_, write) => write % sizes.rowCount);
  const partition = (index: number): [from: number, below: number] => [
    index * sizes.partitionRowCount,
    (index + 1) * sizes.partitionRowCount,
  ];
  const watches = Array.from({ length: sizes.streamCount }, (_, stream): BoundQuery => ({
    query: readPartition,
    args: partition(stream),
  }));
  const checks = [writtenIds[0]!, writtenIds.at(-1)!].map((id): BoundQuery => ({
    query: checkPartition,
    args: partition(Math.floor(id / sizes.partitionRowCount)),
  }));

  const phases = (iterationIndex: number) => {
    const first = firstValue(revision, {
      blockIndex: context.blockIndex,
      iterationIndex,
      iterationCount: sizes.warmupIterationCount + sizes.iterationCount,
      writeCount: sizes.writeCount,
    });
    return SCENARIOS.map((scenario): Phase => ({
      name: scenario.name,
      watches: scenario.isWatched ? watches : [],
      operations: () =>
        writtenIds.map((id, write): Operation => ({
          kind: "write",
          label: "update",
          statement: scenario.statement,
          args: [`${scenario.prefix}${first + write}`, id],
        })),
      warmupOperationCount: 0,
      pacing: pacingOf(revision, context, iterationIndex, sizes.warmupIterationCount),
      checks,
    }));
  };

  const alternating = iterations(sizes, phases);
  return {
    tables: [wideTable],
    seeds: [wideSeed(sizes.rowCount)],
    iterations: revision.alternatesPhases ? alternating : groupByPhase(alternating),
  };
}

/** All iterations of the first phase, then all of the second, and so on. */
function groupByPhase(alternating: readonly Iteration[]): Iteration[] {
  return SCENARIOS.flatMap((_, phaseIndex) =>
    alternating.map((iteration): Iteration => ({ ...iteration, phases: [iteration.phases[phaseIndex]!] }))
  );
}

/** Rounds that visit each partition once, in random order, at a random row. */
function spreadIds(sizes: Sizes, random: DartRandom): number[] {
  const ids: number[] = [];
  const order = Array.from({ length: sizes.streamCount }, (_, partition) => partition);
  while (ids.length < sizes.writeCount) {
    for (let last = order.length - 1; last > 0; last--) {
      const other = random.nextInt(last + 1);
      [order[last], order[other]] = [order[other]!, order[last]!];
    }
    for (const partition of order) {
      ids.push(partition * sizes.partitionRowCount + random.nextInt(sizes.partitionRowCount));
    }
  }
  return ids.slice(0, sizes.writeCount);
}

function workload(revision: OverlapRevision, unfair: string): Workload {
  return {
    id: "overlap",
    version: revision.version,
    title: "Writer throughput under many streams",
    question:
      "What do open watchers cost the writer, and does it matter whether they watch the written column?",
    unfair,
    slow: false,
    withoutLiveQueries: "floor",
    phases: SCENARIOS.map(({ name, title }) => ({ name, title })),
    parameters: {
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
        writeCount: revision.writeCount,
        warmupIterationCount: 1,
        iterationCount: revision.recordedIterationCount,
      },
      large: {
        rowCount: 50_000,
        partitionRowCount: 100,
        streamCount: 50,
        writeCount: 5000,
        warmupIterationCount: 1,
        iterationCount: revision.recordedIterationCount,
      },
    },
    program: (sizes: Sizes, context) => program(revision, sizes, context),
  };
}

/** All versions, oldest first. */
export const overlap: readonly Workload[] = [
  workload(
    {
      version: 1,
      pacings: [{ turns: 2 }],
      variesTraffic: false,
      spreadsWrites: false,
      alternatesPhases: false,
      recordedIterationCount: 3,
      writeCount: 500,
    },
    "Recorded overlap iterations change nothing, and 45 of the 50 streams are never concerned: a database that " +
      "compares old and new values skips all of it.",
  ),
  workload(
    {
      version: 2,
      pacings: [{ turns: 1 }],
      variesTraffic: true,
      spreadsWrites: true,
      alternatesPhases: true,
      recordedIterationCount: 2,
      writeCount: 500,
    },
    "Turns of the event loop are inside the time of every phase, so that ratios between phases look smaller for " +
      "fast writers.",
  ),
  workload(
    {
      version: 3,
      pacings: MIXED_PACINGS,
      variesTraffic: true,
      spreadsWrites: true,
      alternatesPhases: true,
      recordedIterationCount: 4,
      writeCount: 125,
    },
    "Turns of the event loop are inside the time of every phase, so that ratios between phases look smaller for " +
      "fast writers.",
  ),
];
