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
  readonly rowsPerOwner: number;
  readonly streamCount: number;
  readonly writeCount: number;
  readonly warmupIterationCount: number;
  readonly iterationCount: number;
};

interface FanOutRevision extends Revision {
  readonly iterationCount: number;
  /** Of an iteration, at the standard scale. */
  readonly writeCount: number;
}

const items: Table = {
  name: "items",
  columns: [
    { name: "id", type: "integer" },
    { name: "owner_id", type: "integer" },
    { name: "value", type: "integer" },
  ],
  primaryKey: "id",
  indexes: [{ name: "items_owner", columns: [{ column: "owner_id" }] }],
};

const readItemsOfOwner = select({
  table: "items",
  columns: ["id", "value"],
  where: [{ kind: "equal", column: "owner_id", operand: { param: "owner_id" } }],
  orderBy: [{ column: "id", descending: false }],
});

const updateItem = update({ table: "items", set: [{ column: "value", param: "value" }], keyColumn: "id" });

function program(revision: FanOutRevision, sizes: Sizes, context: ProgramContext): Program {
  const random = generator(revision, 0xCAFEF0, context);
  const writtenIds = Array.from({ length: sizes.writeCount }, () => random.nextInt(sizes.rowCount) + 1);
  const ownerOf = (id: number) => Math.floor((id - 1) / sizes.rowsPerOwner) + 1;

  const phase = (iterationIndex: number): Phase => ({
    name: "burst",
    watches: Array.from({ length: sizes.streamCount }, (_, stream) => ({
      query: readItemsOfOwner,
      args: [stream + 1],
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
        args: [first + write, id],
      }));
    },
    warmupOperationCount: 0,
    pacing: pacingOf(revision, context, iterationIndex, sizes.warmupIterationCount),
    // At the large scale most owners have no watcher.
    checks: [{ query: readItemsOfOwner, args: [ownerOf(writtenIds.at(-1)!)] }],
  });

  return {
    tables: [items],
    seeds: [{
      table: "items",
      rowCount: sizes.rowCount,
      firstKey: 1,
      row: (index) => ({ id: index + 1, owner_id: ownerOf(index + 1), value: 0 }),
      batchSize: sizes.rowCount,
    }],
    iterations: iterations(sizes, (iterationIndex) => [phase(iterationIndex)]),
  };
}

function workload(revision: FanOutRevision, unfair: string): Workload {
  return {
    id: "fan-out",
    version: revision.version,
    title: "High-cardinality fan-out",
    question: "Does a database keep up when a hundred watchers share one table?",
    unfair,
    slow: false,
    withoutLiveQueries: "floor",
    phases: [{ name: "burst", title: "Single-row updates" }],
    parameters: {
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
        writeCount: revision.writeCount,
        warmupIterationCount: 1,
        iterationCount: revision.iterationCount,
      },
      large: {
        rowCount: 100_000,
        rowsPerOwner: 100,
        streamCount: 100,
        writeCount: 2000,
        warmupIterationCount: 1,
        iterationCount: revision.iterationCount,
      },
    },
    program: (sizes: Sizes, context) => program(revision, sizes, context),
  };
}

/** All versions, oldest first. */
export const fanOut: readonly Workload[] = [
  workload(
    { version: 1, pacings: [{ turns: 0 }], variesTraffic: false, iterationCount: 2, writeCount: 200 },
    "Recorded iterations write what the warm-up wrote: two changes to one row, back and forth, and else none. " +
      "Without turns, libraries that deliver by timers cannot deliver before the burst ends.",
  ),
  workload(
    { version: 2, pacings: [{ turns: 1 }], variesTraffic: true, iterationCount: 2, writeCount: 200 },
    "Watched lists never overlap and rows never change their owner: sharing work between watchers cannot pay off.",
  ),
  workload(
    { version: 3, pacings: MIXED_PACINGS, variesTraffic: true, iterationCount: 4, writeCount: 100 },
    "Watched lists never overlap and rows never change their owner: sharing work between watchers cannot pay off.",
  ),
];
