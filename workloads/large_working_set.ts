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
import { type OrderTerm, select } from "../lib/model/mod.ts";
import { AT_ONCE, declareWorkload, ONE_PASS, ONE_TURN, phase, read, times } from "./_declare.ts";
import { byKey, keyOrder, seedOf, table } from "./_schema.ts";

const items = table("items", { id: "integer", payload: "text" });

const readItem = byKey(items, ["payload"]);

function rangeQuery(orderBy: readonly OrderTerm[]) {
  return select({
    table: items.name,
    columns: ["payload"],
    where: [{ kind: "range", column: "id", from: { param: "from" }, below: { param: "below" } }],
    orderBy,
    limit: { param: "limit" },
  });
}

/** All versions, oldest first. */
export const largeWorkingSet = declareWorkload({
  id: "large-working-set",
  title: "Large working set",
  question: "What do random reads cost when the data is larger than the caches?",
  slow: true,
  phases: { point: "Rows by key", range: "Key ranges" },
  sweeps: {
    rows: { size: "rowCount", least: 1000, most: 100_000_000, meaning: "rows in the table" },
    payload: { size: "payloadLength", least: 1, most: 100_000, meaning: "characters in each row" },
  },
  openLoop: { phase: "point", operationCount: "pointReadCount", parameters: ONE_PASS },
  versions: [
    {
      pacings: AT_ONCE,
      variesTraffic: false,
      payloadsDiffer: false,
      readRange: rangeQuery([]),
      passCounts: { warmupIterationCount: 0, iterationCount: 5 },
      unfair:
        "The file was just written, so that the operating system may hold all of it. All payloads are equal: a wrong row " +
        "goes unnoticed.",
    },
    {
      pacings: ONE_TURN,
      variesTraffic: true,
      payloadsDiffer: true,
      readRange: rangeQuery(keyOrder(items)),
      passCounts: { warmupIterationCount: 1, iterationCount: 3 },
      unfair:
        "The file was just written, so that the operating system may hold all of it: the host's free memory decides what " +
        "is measured.",
    },
  ],
  sizes: ({ passCounts }) => ({
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
      ...passCounts,
    },
    large: {
      rowCount: 10_000_000,
      payloadLength: 200,
      pointReadCount: 10_000,
      rangeReadCount: 100,
      rangeRowCount: 500,
      ...passCounts,
    },
  }),
  program(block) {
    const { rowCount, payloadLength, pointReadCount, rangeReadCount, rangeRowCount } = block.sizes;
    const { payloadsDiffer, readRange } = block.version;
    const equalPayload = "x".repeat(payloadLength);
    return {
      tables: [items],
      seeds: [
        seedOf(items, rowCount, (index) => ({
          id: index + 1,
          payload: payloadsDiffer ? `${index + 1} `.padEnd(payloadLength, "x") : equalPayload,
        }), { batchSize: 5000 }),
      ],
      iterations: block.passes(block.sizes, (pass) => {
        const random = block.random((0xB16B00B5 ^ pass.index) >>> 0);
        // One generator serves both phases, points first.
        const ids = times(pointReadCount, () => random.nextInt(rowCount) + 1);
        const starts = times(rangeReadCount, () => random.nextInt(rowCount - rangeRowCount) + 1);
        return [
          phase(pass, { name: "point", operations: () => ids.map((id) => read("read row", readItem, id)) }),
          phase(pass, {
            name: "range",
            operations: () =>
              starts.map((from) => read("read range", readRange, from, from + rangeRowCount, rangeRowCount)),
          }),
        ];
      }),
    };
  },
});
