/**
 * Five million rows, about a gigabyte: what do random reads cost when the data is larger than the caches of a database?
 * Two phases in each round: a thousand rows by key (`point`), then ten ranges of five hundred (`range`).
 *
 * Unfair: the file was written just before, so that the operating system may hold all of it in memory, and the host's
 * free memory decides what is measured. Databases in memory pay while seeding, or fail there.
 *
 * Version 1 is the warm mode of resqlite's A9. Its cold mode sends `PRAGMA shrink_memory` to a connection that the
 * reads do not use, and the published cold numbers equal the warm ones for everybody: it carries no information and is
 * left out. Its cached seed file is not reproduced either, each block seeds anew. It keeps the first round, which reads
 * through empty caches, and its payloads are all equal, so that a wrong row goes unnoticed. Version 2 writes the key
 * into the payload, orders the ranges, has a warm-up round and three recorded ones, not five, and takes one turn of the
 * event loop after each read.
 *
 * The large scale has twice the rows, not ten times: ten gigabytes per cell would fill disks.
 */
import {
  type Operation,
  type OrderTerm,
  type Phase,
  type Program,
  type ProgramContext,
  select,
  type SelectQuery,
  type Table,
  type Workload,
} from "../lib/model/mod.ts";
import { generator, iterations, pacingOf, type Revision } from "./_revision.ts";

type Sizes = {
  readonly rowCount: number;
  readonly payloadLength: number;
  readonly pointReadCount: number;
  readonly rangeReadCount: number;
  readonly rangeRowCount: number;
  readonly warmupIterationCount: number;
  readonly iterationCount: number;
};

interface LargeRevision extends Revision {
  /** Payloads begin with the row's key; otherwise all rows have the same. */
  readonly payloadsDiffer: boolean;
  readonly readRange: SelectQuery;
  readonly warmupIterationCount: number;
  readonly recordedIterationCount: number;
}

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }, { name: "payload", type: "text" }],
  primaryKey: "id",
  indexes: [],
};

const readItem = select({
  table: "items",
  columns: ["payload"],
  where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
  orderBy: [],
});

function rangeQuery(orderBy: readonly OrderTerm[]): SelectQuery {
  return select({
    table: "items",
    columns: ["payload"],
    where: [{ kind: "range", column: "id", from: { param: "from" }, below: { param: "below" } }],
    orderBy,
    limit: { param: "limit" },
  });
}

function program(revision: LargeRevision, sizes: Sizes, context: ProgramContext): Program {
  const equalPayload = "x".repeat(sizes.payloadLength);
  return {
    tables: [items],
    seeds: [{
      table: "items",
      rowCount: sizes.rowCount,
      firstKey: 1,
      row: (index) => ({
        id: index + 1,
        payload: revision.payloadsDiffer ? `${index + 1} `.padEnd(sizes.payloadLength, "x") : equalPayload,
      }),
      batchSize: 5000,
    }],
    iterations: iterations(sizes, (round) => roundPhases(revision, sizes, context, round)),
  };
}

function roundPhases(revision: LargeRevision, sizes: Sizes, context: ProgramContext, round: number): Phase[] {
  const random = generator(revision, (0xB16B00B5 ^ round) >>> 0, context);
  // One generator serves both phases, points first.
  const ids = Array.from({ length: sizes.pointReadCount }, () => random.nextInt(sizes.rowCount) + 1);
  const starts = Array.from(
    { length: sizes.rangeReadCount },
    () => random.nextInt(sizes.rowCount - sizes.rangeRowCount) + 1,
  );
  const unwatched = {
    watches: [],
    warmupOperationCount: 0,
    pacing: pacingOf(revision, context, 0, 0),
    checks: [],
  };
  return [
    {
      ...unwatched,
      name: "point",
      operations: () =>
        ids.map((id): Operation => ({ kind: "read", label: "read row", query: readItem, args: [id] })),
    },
    {
      ...unwatched,
      name: "range",
      operations: () =>
        starts.map((from): Operation => ({
          kind: "read",
          label: "read range",
          query: revision.readRange,
          args: [from, from + sizes.rangeRowCount, sizes.rangeRowCount],
        })),
    },
  ];
}

function workload(revision: LargeRevision, unfair: string): Workload {
  const iterationCounts = {
    warmupIterationCount: revision.warmupIterationCount,
    iterationCount: revision.recordedIterationCount,
  };
  return {
    id: "large-working-set",
    version: revision.version,
    title: "Large working set",
    question: "What do random reads cost when the data is larger than the caches?",
    unfair,
    slow: true,
    withoutLiveQueries: "floor",
    phases: [
      { name: "point", title: "Rows by key" },
      { name: "range", title: "Key ranges" },
    ],
    parameters: {
      smoke: {
        rowCount: 2000,
        payloadLength: 200,
        pointReadCount: 20,
        rangeReadCount: 2,
        rangeRowCount: 50,
        warmupIterationCount: 1,
        iterationCount: 1,
      },
      standard: {
        rowCount: 5_000_000,
        payloadLength: 200,
        pointReadCount: 1000,
        rangeReadCount: 10,
        rangeRowCount: 500,
        ...iterationCounts,
      },
      large: {
        rowCount: 10_000_000,
        payloadLength: 200,
        pointReadCount: 10_000,
        rangeReadCount: 100,
        rangeRowCount: 500,
        ...iterationCounts,
      },
    },
    program: (sizes: Sizes, context) => program(revision, sizes, context),
  };
}

/** All versions, oldest first. */
export const largeWorkingSet: readonly Workload[] = [
  workload(
    {
      version: 1,
      pacings: [{ turns: 0 }],
      variesTraffic: false,
      payloadsDiffer: false,
      readRange: rangeQuery([]),
      warmupIterationCount: 0,
      recordedIterationCount: 5,
    },
    "The file was just written, so that the operating system may hold all of it. All payloads are equal: a wrong row " +
      "goes unnoticed.",
  ),
  workload(
    {
      version: 2,
      pacings: [{ turns: 1 }],
      variesTraffic: true,
      payloadsDiffer: true,
      readRange: rangeQuery([{ column: "id", descending: false }]),
      warmupIterationCount: 1,
      recordedIterationCount: 3,
    },
    "The file was just written, so that the operating system may hold all of it: the host's free memory decides what " +
      "is measured.",
  ),
];
