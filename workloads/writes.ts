/**
 * What does a write cost: one row inserted, changed or removed and awaited, many rows in one batch, rows of twenty
 * columns? Nothing is watched.
 *
 * Unfair: the tables begin empty and have no index besides their keys, and keys ascend, which trees like best. How many
 * writes a caller has under way at once is a parameter of the run, not of this workload; one after the other is what it
 * asks for by itself.
 *
 * The families are those of resqlite's write suites (single inserts, batches of 100, 1,000 and 10,000, wide batches); the
 * traffic is our own.
 */
import { type Args, count, remove } from "../lib/model/mod.ts";
import { batch, bind, declareWorkload, MIXED_PACINGS, ONE_PASS, phase, times, write } from "./_declare.ts";
import { inRange, insertInto, setByKey, table } from "./_schema.ts";

const PARAMETER_COUNT = 20;

const entries = table("entries", { id: "integer", name: "text", value: "integer" });
const wideEntries = table("wide_entries", {
  id: "integer",
  ...Object.fromEntries(
    times(
      PARAMETER_COUNT - 1,
      (index) => [`c${index}`, index % 2 === 0 ? "integer" as const : "text" as const],
    ),
  ),
});

const insertEntry = insertInto(entries);
const insertWideEntry = insertInto(wideEntries);
const updateEntry = setByKey(entries, "name", "value");
const removeEntry = remove({ table: entries.name, keyColumn: entries.primaryKey });
const countEntries = count({ table: entries.name, as: "c", where: [] });
const readEntries = inRange(entries);
const readWideEntries = inRange(wideEntries);

/** All versions, oldest first. */
export const writes = declareWorkload({
  id: "writes",
  title: "Writes by kind and size",
  question: "What does a write cost, one row at a time and in batches?",
  phases: {
    insert: "Single inserts",
    update: "Single updates by key",
    remove: "Single deletes by key",
    batch: "Batches of inserts",
    wide: "Batches of twenty columns",
  },
  openLoop: { phase: "insert", operationCount: "writeCount", parameters: ONE_PASS },
  versions: [{
    pacings: MIXED_PACINGS,
    variesTraffic: true,
    unfair: "Tables begin empty, have no index besides the key, and keys ascend. Nothing is watched.",
  }],
  sweeps: {
    "batch-rows": {
      size: "batchRowCount",
      least: 1,
      most: 10_000,
      meaning: "rows of each batch, in the phases batch and wide",
    },
  },
  sizes: () => ({
    smoke: { writeCount: 20, batchCount: 2, batchRowCount: 20, warmupIterationCount: 1, iterationCount: 1 },
    standard: {
      writeCount: 100,
      batchCount: 4,
      batchRowCount: 1000,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
    large: {
      writeCount: 1000,
      batchCount: 4,
      batchRowCount: 10_000,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
  }),
  program(block) {
    const { writeCount, batchCount, batchRowCount } = block.sizes;
    const batchedCount = batchCount * batchRowCount;
    const perPass = writeCount + batchedCount;
    return {
      tables: [entries, wideEntries],
      seeds: [],
      iterations: block.passes(block.sizes, (pass) => {
        const random = block.random(0x3717E ^ pass.index);
        // Keys go on from pass to pass; written values are never written again.
        const firstKey = 1 + pass.index * perPass;
        const firstBatchedKey = firstKey + writeCount;
        const ids = times(writeCount, (index) => firstKey + index);
        const order = times(writeCount, () => ids[random.nextInt(writeCount)]!);
        const first = pass.firstValue(2 * writeCount + 2 * batchedCount);
        const checks = [bind(countEntries), bind(readEntries, firstKey, firstKey + writeCount)];
        const rowsOf = (index: number, row: (id: number, serial: number) => Args): Args[] =>
          times(batchRowCount, (offset) => {
            const position = index * batchRowCount + offset;
            return row(firstBatchedKey + position, first + 2 * writeCount + position);
          });
        return [
          phase(pass, {
            name: "insert",
            operations: () =>
              ids.map((id, index) =>
                write("insert", insertEntry, id, `name_${first + index}`, first + index)
              ),
            checks,
          }),
          phase(pass, {
            name: "update",
            operations: () =>
              order.map((id, index) => {
                const serial = first + writeCount + index;
                return write("update", updateEntry, `name_${serial}`, serial, id);
              }),
            checks,
          }),
          phase(pass, {
            name: "remove",
            // Every other row stays, so that removing the wrong one shows.
            operations: () => ids.filter((id) => id % 2 === 0).map((id) => write("remove", removeEntry, id)),
            checks,
          }),
          phase(pass, {
            name: "batch",
            operations: () =>
              times(
                batchCount,
                (index) =>
                  batch(
                    "batch",
                    insertEntry,
                    rowsOf(index, (id, serial) => [id, `name_${serial}`, serial]),
                  ),
              ),
            checks: [bind(countEntries), bind(readEntries, firstBatchedKey, firstBatchedKey + batchRowCount)],
          }),
          phase(pass, {
            name: "wide",
            operations: () =>
              times(
                batchCount,
                (index) =>
                  batch(
                    "batch",
                    insertWideEntry,
                    rowsOf(index, (id, serial) => [
                      id,
                      ...times(
                        PARAMETER_COUNT - 1,
                        (column) => column % 2 === 0 ? serial + column : `value_${serial}_${column}`,
                      ),
                    ]),
                  ),
              ),
            checks: [bind(readWideEntries, firstBatchedKey, firstBatchedKey + batchRowCount)],
          }),
        ];
      }),
    };
  },
});
