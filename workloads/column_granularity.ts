/**
 * Ten equal queries watch a thousand rows: are writes to a column that they do not select kept from them?
 *
 * Unfair: the ten queries are the same text with the same rows, so that a database that shares equal queries does a
 * tenth of the work, although no application asked for that here. And the count of emissions cannot tell one that knows
 * which columns were written from one that reads everything again and finds it equal; the time can.
 *
 * Version 1 is resqlite's disjoint-columns suite, one pass on a new database, streams opened anew for each phase. Its
 * published time contains a fixed tail of 50 ms, ours does not. Version 2 takes one turn of the event loop after each
 * write instead of two, and no block writes what another block wrote.
 */
import {
  type Operation,
  type Phase,
  type Program,
  type ProgramContext,
  select,
  type UpdateStatement,
  type Workload,
} from "../lib/model/mod.ts";
import { firstValue, iterations, MIXED_PACINGS, pacingOf, type Revision } from "./_revision.ts";
import { updateUnwatchedColumn, updateWatchedColumn, wideSeed, wideTable } from "./_wide_table.ts";

type Sizes = {
  readonly rowCount: number;
  readonly watchedRowCount: number;
  readonly streamCount: number;
  readonly writeCount: number;
};

/** Reads the written columns as well. */
const checkRows = select({
  table: wideTable.name,
  columns: ["id", "a", "b", "c"],
  where: [{ kind: "range", column: "id", from: { param: "from" }, below: { param: "below" } }],
  orderBy: [{ column: "id", descending: false }],
});

function program(revision: Revision, sizes: Sizes, context: ProgramContext): Program {
  // Mixed pacings need a pass each.
  const passes = { warmupIterationCount: 0, iterationCount: revision.pacings.length };
  const readWatched = select({
    table: wideTable.name,
    columns: ["id", "a", "b"],
    where: [{ kind: "range", column: "id", below: { value: sizes.watchedRowCount } }],
    orderBy: [{ column: "id", descending: false }],
  });

  const phase = (
    name: string,
    statement: UpdateStatement,
    prefix: string,
    iterationIndex: number,
  ): Phase => ({
    name,
    watches: Array.from({ length: sizes.streamCount }, () => ({ query: readWatched, args: [] })),
    operations: () => {
      const first = firstValue(revision, {
        blockIndex: context.blockIndex,
        iterationIndex,
        iterationCount: passes.iterationCount,
        writeCount: sizes.writeCount,
      });
      return Array.from({ length: sizes.writeCount }, (_, write): Operation => ({
        kind: "write",
        label: "update",
        statement,
        args: [`${prefix}${first + write}`, write % sizes.watchedRowCount],
      }));
    },
    warmupOperationCount: 0,
    pacing: pacingOf(revision, context, iterationIndex, 0),
    checks: [{ query: checkRows, args: [0, Math.min(sizes.writeCount, sizes.watchedRowCount)] }],
  });

  return {
    tables: [wideTable],
    seeds: [wideSeed(sizes.rowCount)],
    iterations: iterations(passes, (iterationIndex) => [
      phase("disjoint", updateUnwatchedColumn, "d", iterationIndex),
      phase("overlap", updateWatchedColumn, "z", iterationIndex),
    ]),
  };
}

function workload(revision: Revision, unfair: string): Workload {
  return {
    id: "column-granularity",
    version: revision.version,
    title: "Column granularity",
    question: "Are watchers left alone when a column is written that they do not select?",
    unfair,
    slow: false,
    withoutLiveQueries: "skip",
    phases: [
      { name: "disjoint", title: "Writes to an unwatched column" },
      { name: "overlap", title: "Writes to a watched column" },
    ],
    parameters: {
      smoke: { rowCount: 200, watchedRowCount: 40, streamCount: 10, writeCount: 30 },
      standard: {
        rowCount: 5000,
        watchedRowCount: 1000,
        streamCount: 10,
        writeCount: 500 / revision.pacings.length,
      },
      large: { rowCount: 50_000, watchedRowCount: 1000, streamCount: 10, writeCount: 5000 },
    },
    program: (sizes: Sizes, context) => program(revision, sizes, context),
  };
}

/** All versions, oldest first. */
export const columnGranularity: readonly Workload[] = [
  workload(
    { version: 1, pacings: [{ turns: 2 }], variesTraffic: false },
    "All ten queries are equal: a database that shares equal queries does a tenth of the work.",
  ),
  workload(
    { version: 2, pacings: [{ turns: 1 }], variesTraffic: true },
    "All ten queries are equal: a database that shares equal queries does a tenth of the work.",
  ),
  workload(
    { version: 3, pacings: MIXED_PACINGS, variesTraffic: true },
    "All ten queries are equal: a database that shares equal queries does a tenth of the work.",
  ),
];
