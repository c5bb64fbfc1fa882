/**
 * What live queries cost the engine, alone in a process: how an awaited write grows with open live queries of six shapes, beside
 * a synchronous floor that runs the write and the one query that it concerns; and what first results, coming and going,
 * long pipelines and a steady pace cost. Prints one {@link StreamsSample} as JSON. `deno task bench:engine` starts several such
 * processes, as one of them is one sample.
 *
 * Needs `--expose-gc` of V8. Arguments: options to open databases with, as JSON (default `{}`); the largest number of streams (default 10,000).
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { type Database, openDatabase, type OpenOptions } from "../mod.ts";

/** One shape of live query. */
export interface ShapeSample {
  /** What its condition looks like. */
  readonly shape: string;
  /** From the call of an awaited write to what it shows, at the median; one per number of streams. */
  readonly doneNs: readonly (readonly [streamCount: number, ns: number])[];
  /** The synchronous floor: the same write and the one query that it concerns, on a database of 100 lists. */
  readonly floorNs: number;
}

/** What one process measured. */
export interface StreamsSample {
  /** What databases were opened with. */
  readonly options: Pick<OpenOptions, "writer" | "patch">;
  /** In the order in which they ran. */
  readonly shapes: readonly ShapeSample[];
  /** The largest number of streams: what the four values below were measured beside. */
  readonly streamCount: number;
  /** From the first subscription to the last first result. */
  readonly firstResultsNs: number;
  /** Growth of the heap in use, per stream. */
  readonly heapBytesPerStream: number;
  /** A write with a subscribe and an unsubscribe behind it, over a plain one. */
  readonly churnRatio: number;
  /** Writes per second in a pipeline of 400,000 over those in one of 10,000. */
  readonly longPipelineRatio: number;
  /** From the call to what it shows, at the median, at 100 awaited writes a second. */
  readonly pacedShownNs: number;
}

const options = JSON.parse(process.argv[2] ?? "{}") as StreamsSample["options"];
const largest = Number(process.argv[3] ?? 10_000);
const streamCounts = [10, 100, 1000, 10_000].filter((count) => count <= largest);
/** The floor is measured on a database of as many lists. */
const floorCount = 100;
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
/** What is garbage does not count. */
const heapBytes = (): number => {
  (globalThis as { gc?: () => void }).gc!();
  return process.memoryUsage().heapUsed;
};
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function withFile<T>(lists: number, body: (db: Database, path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "watchlite-bench-"));
  const path = join(folder, "a.db");
  try {
    await using db = await openDatabase(path, { externalPollMs: 0, ...options });
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

/** Nanoseconds from the call to when it is shown, at the median. */
async function timeWrites(db: Database, next: (list: number) => Promise<void>, count: number) {
  const doneNs: number[] = [];
  for (let i = 0; i < writeCount; i++) {
    const list = 1 + (i * 7919) % count;
    await turn();
    const shown = next(list);
    const startedMs = performance.now();
    await db.execute(update, [++lastValue, firstId(list)]);
    await shown;
    doneNs.push((performance.now() - startedMs) * 1e6);
  }
  return median(doneNs.slice(writeCount / 4));
}

async function timeFloor(path: string, [, sql, params]: typeof shapes[number], count: number) {
  const floor = new DatabaseSync(path);
  floor.exec("PRAGMA synchronous = NORMAL");
  const write = floor.prepare(update);
  const read = floor.prepare(sql);
  const doneNs: number[] = [];
  for (let i = 0; i < writeCount; i++) {
    const list = 1 + (i * 7919) % count;
    await turn();
    const startedMs = performance.now();
    write.run(++lastValue, firstId(list));
    read.all(...params(list));
    doneNs.push((performance.now() - startedMs) * 1e6);
  }
  floor.close();
  return median(doneNs.slice(writeCount / 4));
}

async function measureShape(shape: typeof shapes[number]): Promise<ShapeSample> {
  const doneNs: (readonly [number, number])[] = [];
  let floorNs = 0;
  for (const count of streamCounts) {
    await withFile(count, async (db, path) => {
      const streams = await open(db, shape, count);
      await timeWrites(db, streams.next, count);
      doneNs.push([count, await timeWrites(db, streams.next, count)]);
      streams.close();
      if (count === floorCount) floorNs = await timeFloor(path, shape, count);
    });
  }
  return { shape: shape[0], doneNs, floorNs };
}

async function measureCrowd(): Promise<
  Pick<StreamsSample, "firstResultsNs" | "heapBytesPerStream" | "churnRatio">
> {
  return await withFile(largest, async (db) => {
    const beforeBytes = heapBytes();
    const startedMs = performance.now();
    const streams = await open(db, shapes[0]!, largest);
    const firstResultsNs = (performance.now() - startedMs) * 1e6;
    const heapBytesPerStream = (heapBytes() - beforeBytes) / largest;
    const plainMs: number[] = [];
    const churnMs: number[] = [];
    let last = () => {};
    for (let i = 0; i < 2 * writeCount; i++) {
      await turn();
      const startedMs = performance.now();
      await db.execute(update, [++lastValue, firstId(1 + i % largest)]);
      if (i % 2 === 1) {
        last();
        last = db.watch(shapes[1]![1], [1 + i % largest]).subscribe(() => {});
      }
      (i % 2 === 0 ? plainMs : churnMs).push(performance.now() - startedMs);
    }
    last();
    streams.close();
    return { firstResultsNs, heapBytesPerStream, churnRatio: median(churnMs) / median(plainMs) };
  });
}

async function measurePace(): Promise<Pick<StreamsSample, "longPipelineRatio" | "pacedShownNs">> {
  return await withFile(100, async (db) => {
    const rate = async (count: number) => {
      const startedMs = performance.now();
      await Promise.all(Array.from({ length: count }, () => db.execute(update, [++lastValue, 1])));
      return count / (performance.now() - startedMs);
    };
    await rate(10_000);
    const short = await rate(10_000);
    const longPipelineRatio = await rate(400_000) / short;

    const streams = await open(db, shapes[1]!, 100);
    const shownNs: number[] = [];
    for (let i = 0; i < 2 * writeCount; i++) {
      const list = 1 + i % 100;
      const shown = streams.next(list);
      const startedMs = performance.now();
      await db.execute(update, [++lastValue, firstId(list)]);
      await shown;
      const tookMs = performance.now() - startedMs;
      shownNs.push(tookMs * 1e6);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 10 - tookMs)));
    }
    streams.close();
    return { longPipelineRatio, pacedShownNs: median(shownNs) };
  });
}

const measuredShapes: ShapeSample[] = [];
for (const shape of shapes) measuredShapes.push(await measureShape(shape));
const sample: StreamsSample = {
  options,
  shapes: measuredShapes,
  streamCount: largest,
  ...await measureCrowd(),
  ...await measurePace(),
};
console.log(JSON.stringify(sample));
