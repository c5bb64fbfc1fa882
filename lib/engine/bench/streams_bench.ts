/**
 * `deno run -A lib/engine/bench/streams_bench.ts [writer] [largest]`: how the cost of an awaited write grows with open live queries
 * of six shapes, beside a synchronous floor that runs the write and the one query that it concerns; and what 10,000 first results,
 * coming and going, long pipelines and a steady pace cost. `writer` as in the options (default `auto`), `largest` the
 * largest number of streams (default 10,000). Medians; one process is one sample: run it more than once.
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { type Database, openDatabase, type OpenOptions } from "../mod.ts";

const writer = (process.argv[2] ?? "auto") as NonNullable<OpenOptions["writer"]>;
const largest = Number(process.argv[3] ?? 10_000);
const streamCounts = [10, 100, 1000, 10_000].filter((count) => count <= largest);
const rowsPerList = 20;
const writeCount = 100;

/** A query per list of twenty rows, and its params. A write changes `v` of the list's first row, and all of them show it. */
const shapes: readonly (readonly [name: string, sql: string, params: (list: number) => number[]])[] = [
  ["key", "SELECT id, v FROM t WHERE id = ?", (list) => [firstId(list)]],
  ["list", "SELECT id, v FROM t WHERE list = ? ORDER BY id", (list) => [list]],
  ["range", "SELECT id, v FROM t WHERE id BETWEEN ? AND ?", (list) => [firstId(list), firstId(list) + 19]],
  ["IN", "SELECT id, v FROM t WHERE list IN (?, ?) ORDER BY id", (list) => [list, -list]],
  [
    "page",
    "SELECT id, v FROM t WHERE id < ? AND id >= ? ORDER BY id DESC LIMIT 20",
    (list) => [firstId(list) + rowsPerList, firstId(list)],
  ],
  ["count", "SELECT COUNT(*) AS c, SUM(v) AS v FROM t WHERE list = ? AND v > 0", (list) => [list]],
];

const firstId = (list: number): number => (list - 1) * rowsPerList + 1;
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const update = "UPDATE t SET v = ? WHERE id = ?";
/** Each write has another value: one that changes nothing is never shown. */
let lastValue = 1;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function withFile<T>(lists: number, body: (db: Database, path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "watchlite-bench-"));
  const path = join(folder, "a.db");
  try {
    await using db = await openDatabase(path, { writer, externalPollMs: 0 });
    await db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, list INT, v INT); CREATE INDEX t_list ON t(list);");
    const rows = Array.from(
      { length: lists * rowsPerList },
      (_, i) => [i + 1, Math.floor(i / rowsPerList) + 1, 1],
    );
    await db.executeBatch("INSERT INTO t VALUES (?, ?, ?)", rows);
    return await body(db, path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Live queries of one shape, one per list, and the means to wait for the next result of one. */
async function open(db: Database, [, sql, params]: typeof shapes[number], count: number) {
  const waiting: ((() => void) | undefined)[] = [];
  let shownCount = 0;
  const all = Promise.withResolvers<void>();
  const ends = Array.from({ length: count }, (_, i) =>
    db.watch(sql, params(i + 1)).subscribe(() => {
      if (++shownCount === count) all.resolve();
      waiting[i + 1]?.();
    }));
  await all.promise;
  return {
    next: (list: number) => new Promise<void>((resolve) => waiting[list] = resolve),
    close: () => ends.forEach((end) => end()),
  };
}

/** Microseconds from the call to when it is shown, and to the answer. */
async function timeWrites(db: Database, next: (list: number) => Promise<void>, count: number) {
  const doneUs: number[] = [];
  for (let i = 0; i < writeCount; i++) {
    const list = 1 + (i * 7919) % count;
    await turn();
    const shown = next(list);
    const startedMs = performance.now();
    await db.execute(update, [++lastValue, firstId(list)]);
    await shown;
    doneUs.push((performance.now() - startedMs) * 1000);
  }
  return median(doneUs.slice(writeCount / 4));
}

async function timeFloor(path: string, [, sql, params]: typeof shapes[number], count: number) {
  const floor = new DatabaseSync(path);
  floor.exec("PRAGMA synchronous = NORMAL");
  const write = floor.prepare(update);
  const read = floor.prepare(sql);
  const doneUs: number[] = [];
  for (let i = 0; i < writeCount; i++) {
    const list = 1 + (i * 7919) % count;
    await turn();
    const startedMs = performance.now();
    write.run(++lastValue, firstId(list));
    read.all(...params(list));
    doneUs.push((performance.now() - startedMs) * 1000);
  }
  floor.close();
  return median(doneUs.slice(writeCount / 4));
}

/** The exponent of a power law through these points, by least squares. */
function exponentOf(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const covered = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covered / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

console.log(
  `writer ${writer}; us from an awaited write to what it shows, with ${streamCounts.join(", ")} streams`,
);
for (const shape of shapes) {
  const points: (readonly [number, number])[] = [];
  let floorUs = 0;
  for (const count of streamCounts) {
    await withFile(count, async (db, path) => {
      const streams = await open(db, shape, count);
      await timeWrites(db, streams.next, count);
      points.push([count, await timeWrites(db, streams.next, count)]);
      streams.close();
      if (count === streamCounts[1]) floorUs = await timeFloor(path, shape, count);
    });
  }
  const us = points.map(([, each]) => each.toFixed(0)).join(" / ");
  const ratio = points[1]![1] / floorUs;
  console.log(
    `${shape[0].padEnd(6)} ${us}   exponent ${exponentOf(points).toFixed(3)}   floor at ${streamCounts[1]}: ${
      floorUs.toFixed(0)
    }, ratio ${ratio.toFixed(2)}`,
  );
}

await withFile(largest, async (db) => {
  const beforeBytes = process.memoryUsage().heapUsed;
  const startedMs = performance.now();
  const streams = await open(db, shapes[0]!, largest);
  const tookMs = performance.now() - startedMs;
  const bytes = (process.memoryUsage().heapUsed - beforeBytes) / largest;
  console.log(
    `first results of ${largest} streams: ${tookMs.toFixed(0)} ms, about ${
      bytes.toFixed(0)
    } bytes of heap each`,
  );

  const plainUs: number[] = [];
  const churnUs: number[] = [];
  let last = () => {};
  for (let i = 0; i < 2 * writeCount; i++) {
    await turn();
    const startedMs = performance.now();
    await db.execute(update, [++lastValue, firstId(1 + i % largest)]);
    if (i % 2 === 1) {
      last();
      last = db.watch(shapes[1]![1], [1 + i % largest]).subscribe(() => {});
    }
    (i % 2 === 0 ? plainUs : churnUs).push((performance.now() - startedMs) * 1000);
  }
  const ratio = median(churnUs) / median(plainUs);
  console.log(
    `a write with a subscribe and an unsubscribe beside ${largest} streams: ${
      ratio.toFixed(2)
    } times a plain one`,
  );
  last();
  streams.close();
});

await withFile(100, async (db) => {
  const rate = async (count: number) => {
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: count }, () => db.execute(update, [++lastValue, 1])));
    return count / (performance.now() - startedMs) * 1000;
  };
  await rate(10_000);
  const short = await rate(10_000);
  const long = await rate(400_000);
  console.log(
    `pipelined writes: ${short.toFixed(0)}/s for 10,000, ${
      (long / short * 100).toFixed(0)
    } % of that for 400,000`,
  );

  const streams = await open(db, shapes[1]!, 100);
  const shownMs: number[] = [];
  for (let i = 0; i < 2 * writeCount; i++) {
    const list = 1 + i % 100;
    const shown = streams.next(list);
    const startedMs = performance.now();
    await db.execute(update, [++lastValue, firstId(list)]);
    await shown;
    shownMs.push(performance.now() - startedMs);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 10 - (performance.now() - startedMs))));
  }
  console.log(`shown at 100 awaited writes a second: ${median(shownMs).toFixed(2)} ms at the median`);
  streams.close();
});
