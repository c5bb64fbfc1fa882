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
  type Operation,
  type Phase,
  type Program,
  type ProgramContext,
  select,
  type Table,
  update,
  type Workload,
} from "../lib/model/mod.ts";
import { firstValue, generator, iterations, MIXED_PACINGS, pacingOf, type Revision } from "./_revision.ts";

type Sizes = {
  readonly rowCount: number;
  readonly streamCount: number;
  readonly writeCount: number;
  readonly warmupIterationCount: number;
  readonly iterationCount: number;
};

interface KeyedRevision extends Revision {
  readonly iterationCount: number;
  /** Of an iteration, at the standard scale. */
  readonly writeCount: number;
}

const items: Table = {
  name: "items",
  columns: [
    { name: "id", type: "integer" },
    { name: "body", type: "text" },
    { name: "updated_at", type: "integer" },
  ],
  primaryKey: "id",
  indexes: [],
};

const readItem = select({
  table: "items",
  columns: ["id", "body", "updated_at"],
  where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
  orderBy: [],
});

const updateItem = update({
  table: "items",
  set: [{ column: "body", param: "body" }, { column: "updated_at", param: "updated_at" }],
  keyColumn: "id",
});

function program(revision: KeyedRevision, sizes: Sizes, context: ProgramContext): Program {
  const random = generator(revision, 0xBEEF, context);
  const writtenIds = Array.from({ length: sizes.writeCount }, () => random.nextInt(sizes.rowCount) + 1);
  const watchedIdStep = Math.floor(sizes.rowCount / sizes.streamCount);

  const phase = (iterationIndex: number): Phase => ({
    name: "burst",
    watches: Array.from({ length: sizes.streamCount }, (_, stream) => ({
      query: readItem,
      args: [1 + stream * watchedIdStep],
    })),
    operations: () => {
      const first = firstValue(revision, {
        blockIndex: context.blockIndex,
        iterationIndex,
        iterationCount: sizes.warmupIterationCount + sizes.iterationCount,
        writeCount: sizes.writeCount,
      });
      return writtenIds.map((id, write): Operation => ({
        kind: "write",
        label: "update",
        statement: updateItem,
        args: [`body_${first + write}`, first + write, id],
      }));
    },
    warmupOperationCount: 0,
    pacing: pacingOf(revision, context, iterationIndex, sizes.warmupIterationCount),
    // Almost no written row is watched.
    checks: [writtenIds[0]!, writtenIds.at(-1)!].map((id) => ({ query: readItem, args: [id] })),
  });

  return {
    tables: [items],
    seeds: [{
      table: "items",
      rowCount: sizes.rowCount,
      firstKey: 1,
      row: (index) => ({ id: index + 1, body: `seed_body_${index + 1}`, updated_at: 0 }),
      batchSize: sizes.rowCount,
    }],
    iterations: iterations(sizes, (iterationIndex) => [phase(iterationIndex)]),
  };
}

function workload(revision: KeyedRevision, unfair: string): Workload {
  return {
    id: "keyed-pk",
    version: revision.version,
    title: "Keyed-PK subscriptions",
    question: "Does a write wake only the watchers of the row that it changes?",
    unfair,
    slow: false,
    withoutLiveQueries: "floor",
    phases: [{ name: "burst", title: "Single-row updates" }],
    parameters: {
      smoke: { rowCount: 100, streamCount: 5, writeCount: 30, warmupIterationCount: 1, iterationCount: 1 },
      standard: {
        rowCount: 10_000,
        streamCount: 50,
        writeCount: revision.writeCount,
        warmupIterationCount: 1,
        iterationCount: revision.iterationCount,
      },
      large: {
        rowCount: 100_000,
        streamCount: 50,
        writeCount: 2000,
        warmupIterationCount: 1,
        iterationCount: revision.iterationCount,
      },
    },
    program: (sizes: Sizes, context) => program(revision, sizes, context),
  };
}

/** All versions, oldest first. */
export const keyedPk: readonly Workload[] = [
  workload(
    { version: 1, pacings: [{ turns: 0 }], variesTraffic: false, iterationCount: 3, writeCount: 200 },
    "Recorded iterations write what the warm-up wrote, so that no watched row changes and silence is right. " +
      "Without turns, libraries that deliver by timers cannot deliver before the burst ends.",
  ),
  workload(
    { version: 2, pacings: [{ turns: 1 }], variesTraffic: true, iterationCount: 3, writeCount: 200 },
    "Nearly all writes miss every watcher: a map from keys to watchers wins, and little else is tested.",
  ),
  workload(
    { version: 3, pacings: MIXED_PACINGS, variesTraffic: true, iterationCount: 4, writeCount: 100 },
    "Nearly all writes miss every watcher: a map from keys to watchers wins, and little else is tested.",
  ),
];
