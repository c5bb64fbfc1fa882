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
import type { UpdateStatement } from "../lib/model/mod.ts";
import { select } from "../lib/model/mod.ts";
import { bind, declareWorkload, MIXED_PACINGS, ONE_TURN, phase, times, write } from "./_declare.ts";
import { inRange, keyOrder } from "./_schema.ts";
import { updateUnwatchedColumn, updateWatchedColumn, wideSeed, wideTable } from "./_wide_table.ts";

/** Reads the written columns as well. */
const checkRows = inRange(wideTable, ["id", "a", "b", "c"]);

const EQUAL_QUERIES =
  "All ten queries are equal: a database that shares equal queries does a tenth of the work.";

/** All versions, oldest first. */
export const columnGranularity = declareWorkload({
  id: "column-granularity",
  title: "Column granularity",
  question: "Are watchers left alone when a column is written that they do not select?",
  withoutLiveQueries: "skip",
  phases: { disjoint: "Writes to an unwatched column", overlap: "Writes to a watched column" },
  repeats: true,
  openLoop: { phase: "overlap", operationCount: "writeCount", parameters: {} },
  versions: [
    { pacings: [{ turns: 2 }], variesTraffic: false, unfair: EQUAL_QUERIES },
    { pacings: ONE_TURN, variesTraffic: true, unfair: EQUAL_QUERIES },
    { pacings: MIXED_PACINGS, variesTraffic: true, unfair: EQUAL_QUERIES },
  ],
  sizes: ({ pacings }) => ({
    smoke: { rowCount: 200, watchedRowCount: 40, streamCount: 10, writeCount: 30 },
    standard: {
      rowCount: 5000,
      watchedRowCount: 1000,
      streamCount: 10,
      writeCount: 500 / pacings.length,
    },
    large: { rowCount: 50_000, watchedRowCount: 1000, streamCount: 10, writeCount: 5000 },
  }),
  program(block) {
    const { rowCount, watchedRowCount, streamCount, writeCount } = block.sizes;
    const readWatched = select({
      table: wideTable.name,
      columns: ["id", "a", "b"],
      where: [{ kind: "range", column: "id", below: { value: watchedRowCount } }],
      orderBy: keyOrder(wideTable),
    });
    // Mixed pacings need a pass each.
    const counts = { warmupIterationCount: 0, iterationCount: block.version.pacings.length };
    return {
      tables: [wideTable],
      seeds: [wideSeed(rowCount)],
      iterations: block.passes(counts, (pass) => {
        const writes = (name: string, statement: UpdateStatement, prefix: string) =>
          phase(pass, {
            name,
            watches: times(streamCount, () => bind(readWatched)),
            operations: () => {
              const first = pass.firstValue(writeCount);
              return times(
                writeCount,
                (index) => write("update", statement, `${prefix}${first + index}`, index % watchedRowCount),
              );
            },
            checks: [bind(checkRows, 0, Math.min(writeCount, watchedRowCount))],
          });
        return [
          writes("disjoint", updateUnwatchedColumn, "d"),
          writes("overlap", updateWatchedColumn, "z"),
        ];
      }),
    };
  },
});
