/**
 * Fifty open detail screens, each watching one row by its key, while rows all over the table are updated: does a
 * database look only at the watchers whose row was written?
 *
 * Unfair: nearly all writes miss, three of 200 hit. A database that maps keys to watchers wins by a wide margin, and
 * nothing else about it is tested. Writes wait for each other; a burst of concurrent writes is another question.
 *
 * Version 1 is resqlite's A11 and repeats its values: after the warm-up no update changes anything, so that its
 * recorded iterations need no emission at all. Its published times contain a quiet window of 200 ms, ours do not.
 * Version 2 writes a new value each time and takes one turn of the event loop after each write; version 3 has four
 * callers that pace themselves differently, one in each recorded iteration.
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
import { byKey, seedOf, setByKey, table } from "./_schema.ts";

const items = table("items", { id: "integer", body: "text", updated_at: "integer" });
const readItem = byKey(items);
const updateItem = setByKey(items, "body", "updated_at");

const MISSES =
  "Nearly all writes miss every watcher: a map from keys to watchers wins, and little else is tested.";

/** All versions, oldest first. */
export const keyedPk = declareWorkload({
  id: "keyed-pk",
  title: "Keyed-PK subscriptions",
  question: "Does a write wake only the watchers of the row that it changes?",
  phases: { burst: "Single-row updates" },
  repeats: true,
  sweeps: {
    streams: { size: "streamCount", least: 1, most: 100_000, meaning: "open rows, of which more are hit" },
    rows: {
      size: "rowCount",
      least: 1,
      most: 10_000_000,
      meaning: "rows in the table, of which fewer are hit",
    },
  },
  openLoop: { phase: "burst", operationCount: "writeCount", parameters: ONE_PASS },
  versions: [
    {
      pacings: AT_ONCE,
      variesTraffic: false,
      iterationCount: 3,
      writeCount: 200,
      unfair:
        "Recorded iterations write what the warm-up wrote, so that no watched row changes and silence is right. " +
        "Without turns, libraries that deliver by timers cannot deliver before the burst ends.",
    },
    { pacings: ONE_TURN, variesTraffic: true, iterationCount: 3, writeCount: 200, unfair: MISSES },
    { pacings: MIXED_PACINGS, variesTraffic: true, iterationCount: 4, writeCount: 100, unfair: MISSES },
    {
      pacings: MIXED_PACINGS,
      variesTraffic: true,
      iterationCount: 4,
      repetitionCount: 2,
      writeCount: 100,
      unfair: MISSES,
    },
  ],
  sizes: ({ iterationCount, writeCount, repetitionCount }) => ({
    smoke: { rowCount: 100, streamCount: 5, writeCount: 30, warmupIterationCount: 1, iterationCount: 1 },
    standard: {
      rowCount: 10_000,
      streamCount: 50,
      writeCount,
      warmupIterationCount: 1,
      iterationCount,
      ...repeating(repetitionCount),
    },
    large: { rowCount: 100_000, streamCount: 50, writeCount: 2000, warmupIterationCount: 1, iterationCount },
  }),
  program(block) {
    const { streamCount, writeCount } = block.sizes;
    const rowCount = Math.max(block.sizes.rowCount, streamCount);
    const random = block.random(0xBEEF);
    const writtenIds = times(writeCount, () => random.nextInt(rowCount) + 1);
    const watchedIdStep = Math.floor(rowCount / streamCount);
    return {
      tables: [items],
      seeds: [
        seedOf(items, rowCount, (index) => ({
          id: index + 1,
          body: `seed_body_${index + 1}`,
          updated_at: 0,
        })),
      ],
      iterations: block.passes(block.sizes, (pass) => [phase(pass, {
        name: "burst",
        watches: times(streamCount, (stream) => bind(readItem, 1 + stream * watchedIdStep)),
        operations: () => {
          const first = pass.firstValue(writeCount);
          return writtenIds.map((id, index) =>
            write("update", updateItem, `body_${first + index}`, first + index, id)
          );
        },
        // Almost no written row is watched.
        checks: [writtenIds[0]!, writtenIds.at(-1)!].map((id) => bind(readItem, id)),
      })]),
    };
  },
});
