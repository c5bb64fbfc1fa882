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
import { type Args, count, insert, upsert, type UpsertStatement } from "../lib/model/mod.ts";
import {
  AT_ONCE,
  batch,
  bind,
  type Block,
  declareWorkload,
  MIXED_PACINGS,
  ONE_PASS,
  ONE_TURN,
  type Pass,
  phase,
  repeating,
  times,
  type Version,
} from "./_declare.ts";
import { inRange, table } from "./_schema.ts";

type Sizes = {
  readonly bulkBatchCount: number;
  readonly bulkBatchRowCount: number;
  readonly mergeBatchCount: number;
  readonly mergeBatchRowCount: number;
  readonly iterationCount: number;
  readonly repetitionCount?: number;
};

interface SyncVersion extends Version {
  /** Every other merged row has the `external_id` of a bulk row; otherwise all are new. */
  readonly mergesCollide: boolean;
  readonly mergeStatement: UpsertStatement;
  readonly iterationCount: number;
  /** Of an iteration, at the standard scale. */
  readonly bulkBatchCount: number;
}

type SyncBlock = Block<SyncVersion, Sizes>;

const items = table(
  "items",
  { id: "integer", external_id: { type: "integer", unique: true, nullable: true }, payload: "text" },
  { autoKey: true },
);

const COLUMNS = ["external_id", "payload"];

const insertItem = insert({ table: items.name, columns: COLUMNS });

function mergeItem(mode: UpsertStatement["mode"]): UpsertStatement {
  return upsert({ mode, table: items.name, conflictColumn: "external_id", columns: COLUMNS });
}

const countItems = count({ table: items.name, as: "c", where: [] });

const readItems = inRange(items, COLUMNS, "external_id");

function bulkPhase({ sizes }: SyncBlock, pass: Pass) {
  const size = sizes.bulkBatchRowCount;
  const rowCount = sizes.bulkBatchCount * size;
  return phase(pass, {
    name: "bulk",
    watches: [bind(countItems)],
    operations: () =>
      times(sizes.bulkBatchCount, (index) =>
        batch(
          "batch insert",
          insertItem,
          times(size, (i): Args => [index * size + i, `payload_${index * size + i}`]),
        )),
    checks: [bind(readItems, 0, size), bind(readItems, rowCount - size, rowCount)],
  });
}

function mergePhase(block: SyncBlock, pass: Pass) {
  const { sizes, version } = block;
  const bulkRowCount = sizes.bulkBatchCount * sizes.bulkBatchRowCount;
  const mergedRowCount = sizes.mergeBatchCount * sizes.mergeBatchRowCount;
  const mergedIds = mergedExternalIds(block, bulkRowCount, mergedRowCount);
  const sampleRowCount = Math.floor(bulkRowCount / 10);
  const sampleFrom = Math.max(0, Math.min(mergedIds[0]! - sampleRowCount / 2, bulkRowCount - sampleRowCount));
  return phase(pass, {
    name: "merge",
    watches: [bind(countItems)],
    operations: () => {
      const first = pass.firstValue(mergedRowCount);
      return times(sizes.mergeBatchCount, (index) =>
        batch(
          "batch merge",
          version.mergeStatement,
          times(sizes.mergeBatchRowCount, (i): Args => {
            const row = index * sizes.mergeBatchRowCount + i;
            return [mergedIds[row]!, version.variesTraffic ? `merge_${first + row}` : `merge_${index}_${i}`];
          }),
        ));
    },
    // A tenth of the bulk rows, around the first one that merging changed, and all rows that are new.
    checks: [
      bind(readItems, sampleFrom, sampleFrom + sampleRowCount),
      bind(readItems, bulkRowCount, bulkRowCount + mergedRowCount),
    ],
  });
}

/** In the order of merging. No id comes twice, so that a row's last payload does not depend on the order. */
function mergedExternalIds(block: SyncBlock, bulkRowCount: number, mergedRowCount: number): number[] {
  if (!block.version.mergesCollide) return times(mergedRowCount, (row) => bulkRowCount + row);
  const random = block.random(0xA7);
  const changed = new Set<number>();
  while (changed.size < mergedRowCount / 2) changed.add(random.nextInt(bulkRowCount));
  return Array.from(changed).flatMap((existing, pair) => [existing, bulkRowCount + pair]);
}

const ONE_WATCHER =
  "One cheap watcher is all there is: a database that shows nothing until the burst is over does the least work.";

/** All versions, oldest first. */
export const syncBurst = declareWorkload<SyncVersion, Sizes>({
  id: "sync-burst",
  title: "Sync burst",
  question: "How fast are batches while a count is watched, and does the count keep up?",
  phases: { bulk: "Bulk insert", merge: "Merges" },
  // A device that is told what changed gets a hundred rows at once, not all there are.
  openLoop: {
    phase: "bulk",
    operationCount: "bulkBatchCount",
    parameters: { ...ONE_PASS, bulkBatchRowCount: 100 },
  },
  versions: [
    {
      pacings: AT_ONCE,
      variesTraffic: false,
      mergesCollide: false,
      mergeStatement: mergeItem("replace"),
      iterationCount: 2,
      bulkBatchCount: 100,
      unfair:
        "Merges never meet an existing row: they are plain inserts. A database that shows nothing until the burst is over " +
        "does the least work.",
    },
    {
      pacings: ONE_TURN,
      variesTraffic: true,
      mergesCollide: true,
      mergeStatement: mergeItem("update"),
      iterationCount: 1,
      bulkBatchCount: 100,
      unfair: ONE_WATCHER,
    },
    {
      pacings: MIXED_PACINGS,
      variesTraffic: true,
      mergesCollide: true,
      mergeStatement: mergeItem("update"),
      iterationCount: 4,
      bulkBatchCount: 25,
      unfair: ONE_WATCHER,
    },
    {
      pacings: MIXED_PACINGS,
      variesTraffic: true,
      mergesCollide: true,
      mergeStatement: mergeItem("update"),
      iterationCount: 4,
      repetitionCount: 2,
      bulkBatchCount: 25,
      unfair: ONE_WATCHER,
    },
  ],
  sizes: ({ iterationCount, bulkBatchCount, repetitionCount }) => ({
    smoke: {
      bulkBatchCount: 4,
      bulkBatchRowCount: 50,
      mergeBatchCount: 3,
      mergeBatchRowCount: 10,
      iterationCount: Math.min(iterationCount, 2),
    },
    standard: {
      bulkBatchCount,
      bulkBatchRowCount: 500,
      mergeBatchCount: 10,
      mergeBatchRowCount: 100,
      iterationCount,
      ...repeating(repetitionCount),
    },
    large: {
      bulkBatchCount: 1000,
      bulkBatchRowCount: 500,
      mergeBatchCount: 100,
      mergeBatchRowCount: 100,
      iterationCount,
    },
  }),
  program: (block) => ({
    tables: [items],
    seeds: [],
    iterations: block.passes(
      { warmupIterationCount: 0, ...block.sizes },
      (pass) => [bulkPhase(block, pass), mergePhase(block, pass)],
      { freshSessions: true },
    ),
  }),
});
