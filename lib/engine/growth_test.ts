/**
 * What the engine keeps must not grow with what it has done. Where everything runs on this thread, its heap has all of it: the
 * cores that write and read are those of the threads.
 */

import assert from "node:assert/strict";
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Database } from "./database.ts";
import type { OpenOptions } from "./options.ts";
import { Emissions, quiet, strict, withDatabase, withMemory } from "./testing/fixtures.ts";

/** Collects all garbage; null where the runtime has another heap, whose size says little. */
function exposeGc(): (() => void) | null {
  if ("Bun" in globalThis) return null;
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

const list = "SELECT id, x FROM t WHERE list = ? ORDER BY id";
const queriesPerLap = 20;
const writesPerLap = 60;

/** Opens live queries, writes to their rows, some of it in vain or undone, and closes them. */
async function lap(db: Database, number: number): Promise<void> {
  const watched = Array.from({ length: queriesPerLap }, (_, i) => new Emissions(db.watch(list, [i])));
  await Promise.all(watched.map((each) => each.atLeast(1)));
  for (let i = 0; i < writesPerLap; i++) {
    const id = (number * 7 + i * 11) % 100;
    if (i % 20 === 0) {
      await db.transaction(async (tx) => {
        await tx.execute("UPDATE t SET x = x + 1 WHERE id = ?", [id]);
        throw new Error("undone");
      }).catch(() => {});
    } else if (i % 20 === 1) await db.execute("INSERT INTO t(id) VALUES (1)").catch(() => {});
    else if (i % 20 === 2) {
      await db.executeBatch("UPDATE t SET x = ? WHERE id = ?", [[number, id], [i, id + 1]]);
    } else await db.execute("UPDATE t SET x = ? WHERE id = ?", [number * 1000 + i, id]);
    if (i % 4 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  await quiet(db);
  for (const each of watched) each[Symbol.dispose]();
}

const places: readonly (readonly [place: string, open: typeof withDatabase, options: OpenOptions])[] = [
  ["on a file", withDatabase, { writer: "caller", callerBudgetMs: 100 }],
  ["in memory", withMemory, { policy: "per-commit", callerBudgetMs: 100 }],
  ["in memory", withMemory, { policy: "cancel-restart", callerBudgetMs: 100 }],
];
const collectGarbage = exposeGc();

for (const [place, open, options] of places) {
  Deno.test({
    name: `a database keeps nothing of commits, results and closed live queries: ${
      JSON.stringify(options)
    } ${place}`,
    ...strict,
    ignore: collectGarbage === null,
    fn: () =>
      open({ externalPollMs: 0, holdMs: 1, ...options }, async (db) => {
        await db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, list INT, x); CREATE INDEX t_list ON t(list)");
        await db.executeBatch(
          "INSERT INTO t VALUES (?, ?, 0)",
          Array.from({ length: 101 }, (_, i) => [i, i % queriesPerLap]),
        );
        let number = 0;
        const heapAfter = async (laps: number) => {
          for (const end = number + laps; number < end; number++) await lap(db, number);
          // What a turn of the event loop lets go of is garbage afterwards.
          await new Promise<void>((resolve) => setImmediate(resolve));
          collectGarbage!();
          return process.memoryUsage().heapUsed;
        };
        // Until then code is compiled, and caches are filled.
        await heapAfter(40);
        const before = await heapAfter(20);
        const laps = 80;
        const bytes = await heapAfter(laps) - before;
        const perLap = bytes / laps / (queriesPerLap + writesPerLap);
        assert.ok(perLap < 40, `${perLap} bytes are kept of each write and live query`);
      }),
  });
}
