/**
 * An offline-first application catches up with its server while one screen shows a live count: how fast are large
 * batches (`bulk`), how fast are small ones that add and change rows (`merge`), and does the count keep up?
 *
 * Unfair: one cheap watcher is all there is, and a database that shows nothing until the burst is over does the least
 * work; read emissions and freshness together. A COUNT(*) is a full scan in SQLite and a stored number elsewhere.
 *
 * Version 1 is resqlite's A7. It drops its table between iterations, for which each iteration here starts on a new
 * database; its one subscription across both phases becomes one for each; and its published times contain the building
 * of parameter lists, ours do not. No merged row meets an existing one, so that nothing is ever replaced. In version 2
 * exactly half of the merged rows change an existing row, by `ON CONFLICT`; one turn of the event loop follows each
 * batch; and a block is one iteration, since the first bulk into an empty table is the one that users wait for.
 */
import { DartRandom } from "../lib/dataset/mod.ts";
import {
  type Args,
  type BoundQuery,
  count,
  insert,
  type Iteration,
  type Operation,
  type Phase,
  type Program,
  type ProgramContext,
  select,
  type Table,
  upsert,
  type UpsertStatement,
  type Workload,
} from "../lib/model/mod.ts";
import { firstValue, generatorSeed, MIXED_PACINGS, pacingOf, type Revision } from "./_revision.ts";

type Sizes = {
  readonly bulkBatchCount: number;
  readonly bulkBatchRowCount: number;
  readonly mergeBatchCount: number;
  readonly mergeBatchRowCount: number;
  readonly iterationCount: number;
};

interface SyncRevision extends Revision {
  /** Every other merged row has the `external_id` of a bulk row; otherwise all are new. */
  readonly mergesCollide: boolean;
  readonly mergeStatement: UpsertStatement;
  readonly iterationCount: number;
  /** Of an iteration, at the standard scale. */
  readonly bulkBatchCount: number;
}

const items: Table = {
  name: "items",
  columns: [
    { name: "id", type: "integer" },
    { name: "external_id", type: "integer", unique: true, nullable: true },
    { name: "payload", type: "text" },
  ],
  primaryKey: "id",
  autoKey: true,
  indexes: [],
};

const COLUMNS = ["external_id", "payload"];

const insertItem = insert({ table: "items", columns: COLUMNS });

function mergeItem(mode: UpsertStatement["mode"]): UpsertStatement {
  return upsert({ mode, table: "items", conflictColumn: "external_id", columns: COLUMNS });
}

const countItems = count({ table: "items", as: "c", where: [] });

const readItems = select({
  table: "items",
  columns: COLUMNS,
  where: [{ kind: "range", column: "external_id", from: { param: "from" }, below: { param: "below" } }],
  orderBy: [{ column: "external_id", descending: false }],
});

function program(revision: SyncRevision, sizes: Sizes, context: ProgramContext): Program {
  return {
    tables: [items],
    seeds: [],
    iterations: Array.from({ length: sizes.iterationCount }, (_, iterationIndex): Iteration => ({
      warmup: false,
      freshSession: iterationIndex > 0,
      phases: [
        bulkPhase(revision, sizes, context, iterationIndex),
        mergePhase(revision, sizes, context, iterationIndex),
      ],
    })),
  };
}

function bulkPhase(
  revision: SyncRevision,
  sizes: Sizes,
  context: ProgramContext,
  iterationIndex: number,
): Phase {
  const size = sizes.bulkBatchRowCount;
  const rowCount = sizes.bulkBatchCount * size;
  return {
    name: "bulk",
    watches: [{ query: countItems, args: [] }],
    operations: () =>
      Array.from({ length: sizes.bulkBatchCount }, (_, batch): Operation => ({
        kind: "batch",
        label: "batch insert",
        statement: insertItem,
        rows: Array.from({ length: size }, (_, i): Args => [batch * size + i, `payload_${batch * size + i}`]),
      })),
    warmupOperationCount: 0,
    pacing: pacingOf(revision, context, iterationIndex, 0),
    checks: [externalIds(0, size), externalIds(rowCount - size, rowCount)],
  };
}

function mergePhase(
  revision: SyncRevision,
  sizes: Sizes,
  context: ProgramContext,
  iterationIndex: number,
): Phase {
  const bulkRowCount = sizes.bulkBatchCount * sizes.bulkBatchRowCount;
  const mergedRowCount = sizes.mergeBatchCount * sizes.mergeBatchRowCount;
  const mergedIds = mergedExternalIds(revision, bulkRowCount, mergedRowCount, context);
  const sampleRowCount = Math.floor(bulkRowCount / 10);
  const sampleFrom = Math.max(0, Math.min(mergedIds[0]! - sampleRowCount / 2, bulkRowCount - sampleRowCount));
  return {
    name: "merge",
    watches: [{ query: countItems, args: [] }],
    operations: () => {
      const first = firstValue(revision, {
        blockIndex: context.blockIndex,
        iterationIndex,
        iterationCount: sizes.iterationCount,
        writeCount: mergedRowCount,
      });
      return Array.from({ length: sizes.mergeBatchCount }, (_, batch): Operation => ({
        kind: "batch",
        label: "batch merge",
        statement: revision.mergeStatement,
        rows: Array.from({ length: sizes.mergeBatchRowCount }, (_, i): Args => {
          const row = batch * sizes.mergeBatchRowCount + i;
          return [mergedIds[row]!, revision.variesTraffic ? `merge_${first + row}` : `merge_${batch}_${i}`];
        }),
      }));
    },
    warmupOperationCount: 0,
    pacing: pacingOf(revision, context, iterationIndex, 0),
    // A tenth of the bulk rows, around the first one that merging changed, and all rows that are new.
    checks: [
      externalIds(sampleFrom, sampleFrom + sampleRowCount),
      externalIds(bulkRowCount, bulkRowCount + mergedRowCount),
    ],
  };
}

function externalIds(from: number, below: number): BoundQuery {
  return { query: readItems, args: [from, below] };
}

/** In the order of merging. No id comes twice, so that a row's last payload does not depend on the order. */
function mergedExternalIds(
  revision: SyncRevision,
  bulkRowCount: number,
  mergedRowCount: number,
  context: ProgramContext,
): number[] {
  if (!revision.mergesCollide) return Array.from({ length: mergedRowCount }, (_, row) => bulkRowCount + row);
  const random = new DartRandom(generatorSeed(revision, 0xA7, context));
  const changed = new Set<number>();
  while (changed.size < mergedRowCount / 2) changed.add(random.nextInt(bulkRowCount));
  return Array.from(changed).flatMap((existing, pair) => [existing, bulkRowCount + pair]);
}

function workload(revision: SyncRevision, unfair: string): Workload {
  const { iterationCount } = revision;
  return {
    id: "sync-burst",
    version: revision.version,
    title: "Sync burst",
    question: "How fast are batches while a count is watched, and does the count keep up?",
    unfair,
    slow: false,
    withoutLiveQueries: "floor",
    phases: [
      { name: "bulk", title: "Bulk insert" },
      { name: "merge", title: "Merges" },
    ],
    parameters: {
      smoke: {
        bulkBatchCount: 4,
        bulkBatchRowCount: 50,
        mergeBatchCount: 3,
        mergeBatchRowCount: 10,
        iterationCount: Math.min(iterationCount, 2),
      },
      standard: {
        bulkBatchCount: revision.bulkBatchCount,
        bulkBatchRowCount: 500,
        mergeBatchCount: 10,
        mergeBatchRowCount: 100,
        iterationCount,
      },
      large: {
        bulkBatchCount: 1000,
        bulkBatchRowCount: 500,
        mergeBatchCount: 100,
        mergeBatchRowCount: 100,
        iterationCount,
      },
    },
    program: (sizes: Sizes, context) => program(revision, sizes, context),
  };
}

/** All versions, oldest first. */
export const syncBurst: readonly Workload[] = [
  workload(
    {
      version: 1,
      pacings: [{ turns: 0 }],
      variesTraffic: false,
      mergesCollide: false,
      mergeStatement: mergeItem("replace"),
      iterationCount: 2,
      bulkBatchCount: 100,
    },
    "Merges never meet an existing row: they are plain inserts. A database that shows nothing until the burst is over " +
      "does the least work.",
  ),
  workload(
    {
      version: 2,
      pacings: [{ turns: 1 }],
      variesTraffic: true,
      mergesCollide: true,
      mergeStatement: mergeItem("update"),
      iterationCount: 1,
      bulkBatchCount: 100,
    },
    "One cheap watcher is all there is: a database that shows nothing until the burst is over does the least work.",
  ),
  workload(
    {
      version: 3,
      pacings: MIXED_PACINGS,
      variesTraffic: true,
      mergesCollide: true,
      mergeStatement: mergeItem("update"),
      iterationCount: 4,
      bulkBatchCount: 25,
    },
    "One cheap watcher is all there is: a database that shows nothing until the burst is over does the least work.",
  ),
];
