/**
 * A hundred open lists, each watching the hundred rows of its owner, while random rows change: does a database keep up
 * when many watchers share a table and nearly every write belongs to exactly one of them?
 *
 * Unfair: the lists never overlap, so that sharing work between watchers cannot pay off, and no row changes its owner.
 * A system that computes every list anew after each write does 20,000 queries where 200 results change.
 *
 * Version 1 is resqlite's A11b. It repeats its values, so that after the warm-up only row 447, the one that is written
 * twice, changes back and forth; and its first write stores the value that is there already. Its published times contain
 * a quiet window of 200 ms, ours do not. Version 2 writes a new value each time and takes one turn of the event loop
 * after each write; version 3 has four callers that pace themselves differently, one in each recorded iteration.
 */
import {
  AT_ONCE,
  bind,
  declareWorkload,
  MIXED_PACINGS,
  ONE_PASS,
  ONE_TURN,
  phase,
  repeating,
  times,
  write,
} from "./_declare.ts";
import { byColumn, seedOf, setByKey, table } from "./_schema.ts";

const items = table("items", { id: "integer", owner_id: "integer", value: "integer" }, {
  indexes: { items_owner: ["owner_id"] },
});
const readItemsOfOwner = byColumn(items, "owner_id", ["id", "value"]);
const updateItem = setByKey(items, "value");

const NEVER_OVERLAP =
  "Watched lists never overlap and rows never change their owner: sharing work between watchers cannot pay off.";

/** All versions, oldest first. */
export const fanOut = declareWorkload({
  id: "fan-out",
  title: "High-cardinality fan-out",
  question: "Does a database keep up when a hundred watchers share one table?",
  phases: { burst: "Single-row updates" },
  repeats: true,
  sweeps: {
    streams: {
      size: "streamCount",
      least: 1,
      most: 10_000,
      meaning: "open lists, and rows where they are too few",
    },
    rows: { size: "rowCount", least: 1, most: 10_000_000, meaning: "rows in the table" },
    result: { size: "rowsPerOwner", least: 1, most: 10_000, meaning: "rows in each list" },
  },
  openLoop: { phase: "burst", operationCount: "writeCount", parameters: ONE_PASS },
  versions: [
    {
      pacings: AT_ONCE,
      variesTraffic: false,
      iterationCount: 2,
      writeCount: 200,
      unfair:
        "Recorded iterations write what the warm-up wrote: two changes to one row, back and forth, and else none. " +
        "Without turns, libraries that deliver by timers cannot deliver before the burst ends.",
    },
    { pacings: ONE_TURN, variesTraffic: true, iterationCount: 2, writeCount: 200, unfair: NEVER_OVERLAP },
    {
      pacings: MIXED_PACINGS,
      variesTraffic: true,
      iterationCount: 4,
      writeCount: 100,
      unfair: NEVER_OVERLAP,
    },
    {
      pacings: MIXED_PACINGS,
      variesTraffic: true,
      iterationCount: 4,
      repetitionCount: 2,
      writeCount: 100,
      unfair: NEVER_OVERLAP,
    },
  ],
  sizes: ({ iterationCount, writeCount, repetitionCount }) => ({
    smoke: {
      rowCount: 100,
      rowsPerOwner: 20,
      streamCount: 5,
      writeCount: 30,
      warmupIterationCount: 1,
      iterationCount: 1,
    },
    standard: {
      rowCount: 10_000,
      rowsPerOwner: 100,
      streamCount: 100,
      writeCount,
      warmupIterationCount: 1,
      iterationCount,
      ...repeating(repetitionCount),
    },
    large: {
      rowCount: 100_000,
      rowsPerOwner: 100,
      streamCount: 100,
      writeCount: 2000,
      warmupIterationCount: 1,
      iterationCount,
    },
  }),
  program(block) {
    const { rowsPerOwner, streamCount, writeCount } = block.sizes;
    const rowCount = Math.max(block.sizes.rowCount, streamCount * rowsPerOwner);
    const random = block.random(0xCAFEF0);
    const writtenIds = times(writeCount, () => random.nextInt(rowCount) + 1);
    const ownerOf = (id: number) => Math.floor((id - 1) / rowsPerOwner) + 1;
    return {
      tables: [items],
      seeds: [
        seedOf(items, rowCount, (index) => ({ id: index + 1, owner_id: ownerOf(index + 1), value: 0 })),
      ],
      iterations: block.passes(block.sizes, (pass) => [phase(pass, {
        name: "burst",
        watches: times(streamCount, (stream) => bind(readItemsOfOwner, stream + 1)),
        operations: () => {
          const first = pass.firstValue(writeCount);
          return writtenIds.map((id, index) => write("update", updateItem, first + index, id));
        },
        // At the large scale most owners have no watcher.
        checks: [bind(readItemsOfOwner, ownerOf(writtenIds.at(-1)!))],
      })]),
    };
  },
});
