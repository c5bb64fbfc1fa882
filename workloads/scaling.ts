/**
 * Many open lists, of which each write concerns exactly one: what does it cost when there is more of everything? Each of
 * six sizes can be swept while the others stay: open lists, rows in the table, rows in a list, rows in a batch, text
 * columns, characters in a column.
 *
 * The first row of a write belongs to a list that is watched, all others of a batch to lists that are not. So the change
 * that must be shown is the same at every size, and what grows is what a database does besides.
 *
 * Unfair: lists never overlap and rows never change their list, so that sharing work between watchers cannot pay off.
 * Where rows would be too few for the open lists, there are as many as these need: growth with `streams` beyond a tenth of
 * the rows is growth with both.
 */
import type { Args, Row } from "../lib/model/mod.ts";
import { batch, bind, declareWorkload, MIXED_PACINGS, ONE_PASS, phase, times, write } from "./_declare.ts";
import { byColumn, seedOf, setByKey, table } from "./_schema.ts";

/** All versions, oldest first. */
export const scaling = declareWorkload({
  id: "scaling",
  title: "Growth",
  question:
    "What does a write cost when there are more screens, rows, columns or text, or more rows in a batch?",
  phases: { burst: "Writes that concern one list each" },
  openLoop: { phase: "burst", operationCount: "writeCount", parameters: ONE_PASS },
  versions: [{
    pacings: MIXED_PACINGS,
    variesTraffic: true,
    unfair:
      "Watched lists never overlap and rows never change their list: sharing work between watchers cannot pay off.",
  }],
  repeats: true,
  sweeps: {
    streams: { size: "streamCount", least: 1, most: 100_000, meaning: "open lists" },
    rows: { size: "rowCount", least: 1, most: 10_000_000, meaning: "rows in the table" },
    result: { size: "resultRowCount", least: 1, most: 10_000, meaning: "rows in each list" },
    batch: { size: "batchRowCount", least: 1, most: 100_000, meaning: "rows in one write" },
    columns: { size: "columnCount", least: 1, most: 200, meaning: "text columns" },
    payload: { size: "payloadLength", least: 1, most: 1_000_000, meaning: "characters in each text column" },
  },
  sizes: () => ({
    smoke: {
      rowCount: 200,
      streamCount: 5,
      resultRowCount: 4,
      batchRowCount: 1,
      columnCount: 2,
      payloadLength: 20,
      writeCount: 30,
      warmupIterationCount: 1,
      iterationCount: 1,
    },
    standard: {
      rowCount: 10_000,
      streamCount: 100,
      resultRowCount: 10,
      batchRowCount: 1,
      columnCount: 2,
      payloadLength: 20,
      writeCount: 50,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
    large: {
      rowCount: 100_000,
      streamCount: 1000,
      resultRowCount: 10,
      batchRowCount: 1,
      columnCount: 2,
      payloadLength: 20,
      writeCount: 500,
      warmupIterationCount: 1,
      iterationCount: 4,
    },
  }),
  program(block) {
    const { streamCount, resultRowCount, batchRowCount, columnCount, payloadLength, writeCount } =
      block.sizes;
    const watchedRowCount = streamCount * resultRowCount;
    const rowCount = Math.max(block.sizes.rowCount, watchedRowCount + batchRowCount);
    const listOf = (id: number): number => Math.floor((id - 1) / resultRowCount) + 1;
    const columns = times(columnCount, (column) => `text_${column + 1}`);
    const items = table(
      "items",
      {
        id: "integer",
        list_id: "integer",
        value: "integer",
        ...Object.fromEntries(columns.map((column) => [column, "text" as const])),
      },
      { indexes: { items_list: ["list_id"] } },
    );
    const readList = byColumn(items, "list_id", ["id", "value", ...columns]);
    const updateItem = setByKey(items, "value", "text_1");
    const text = (start: string): string => start.padEnd(payloadLength, "x");

    const random = block.random(0x5CA1E);
    // A batch takes a stretch of the rows behind the watched ones.
    const stretchCount = rowCount - watchedRowCount - batchRowCount + 2;
    const writes = times(writeCount, () => ({
      watchedId: random.nextInt(watchedRowCount) + 1,
      othersFrom: watchedRowCount + 1 + random.nextInt(stretchCount),
    }));
    const last = writes.at(-1)!;
    const lastId = batchRowCount === 1 ? last.watchedId : last.othersFrom + batchRowCount - 2;

    return {
      tables: [items],
      seeds: [seedOf(items, rowCount, (index): Row => {
        const row: Record<string, Row[string]> = { id: index + 1, list_id: listOf(index + 1), value: 0 };
        for (const column of columns) row[column] = text(`s${index + 1}`);
        return row;
      }, { batchSize: 10_000 })],
      iterations: block.passes(block.sizes, (pass) => [phase(pass, {
        name: "burst",
        watches: times(streamCount, (stream) => bind(readList, stream + 1)),
        operations: () => {
          const first = pass.firstValue(writeCount * batchRowCount);
          return writes.map(({ watchedId, othersFrom }, index) => {
            const rows = times(batchRowCount, (row): Args => {
              const value = first + index * batchRowCount + row;
              return [value, text(`w${value}`), row === 0 ? watchedId : othersFrom + row - 1];
            });
            return batchRowCount === 1
              ? write("update", updateItem, ...rows[0]!)
              : batch("batch update", updateItem, rows);
          });
        },
        // A batch's other rows are watched by nobody.
        checks: [bind(readList, listOf(lastId))],
      })]),
    };
  },
});
