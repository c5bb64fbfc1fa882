import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  defaultOptions,
  insert,
  type Requery,
  type Row,
  select,
  type Subscription,
  type Table,
} from "../model/mod.ts";
import { watchlite } from "./watchlite.ts";

type TableName = "items" | "notes";

const TABLES = (["items", "notes"] as const).map((name): Table => ({
  name,
  columns: [{ name: "id", type: "integer" }],
  primaryKey: "id",
  indexes: [],
}));

interface Watched {
  readonly subscription: Subscription;
  /** The next result that has not been asked for. */
  readonly next: () => Promise<readonly Row[]>;
}

/** Opens a session, and a function that watches and waits for the next result. */
async function withSession(
  profile: string,
  steps: (session: {
    readonly write: (table: TableName, id: number) => Promise<void>;
    readonly watch: (table: TableName) => Promise<Watched>;
  }) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const options = { ...defaultOptions(watchlite), profile };
    const session = await watchlite.open({ directory, database: "new", tables: TABLES, options });
    await steps({
      write: async (table, id) => await session.write(insert({ table, columns: ["id"] }), [id]),
      watch: async (table) => {
        const query = select({
          table,
          columns: ["id"],
          where: [],
          orderBy: [{ column: "id", descending: false }],
        });
        const results: (readonly Row[])[] = [];
        let wake = (): void => {};
        const next = async (): Promise<readonly Row[]> => {
          while (results.length === 0) await new Promise<void>((resolve) => wake = resolve);
          return results.shift()!;
        };
        const subscription = await session.watch!(query, [], {
          next: (rows) => {
            results.push(rows);
            wake();
          },
          error: (error) => {
            throw error;
          },
        });
        await next();
        return { subscription, next };
      },
    });
    await session.close();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("watchlite tells re-queries of each live query when it is profiled", () =>
  withSession("on", async ({ write, watch }) => {
    const one = await watch("items");
    const same = await watch("items");
    const other = await watch("notes");
    const take = ({ subscription }: Watched): readonly Requery[] => subscription.requeries!();
    for (const watched of [one, same, other]) take(watched);
    assert.deepEqual(take(one), [], "each is told once");

    const beforeMs = performance.now();
    await write("notes", 1);
    await other.next();
    const afterMs = performance.now();
    assert.deepEqual([take(one), take(same)], [[], []]);
    const [requery, ...more] = take(other);
    assert.deepEqual(more, []);
    // Readers have a clock of their own, which is right to a millisecond.
    assert.ok(requery!.startMs >= beforeMs - 1 && requery!.endMs <= afterMs + 1);
    assert.ok(requery!.endMs >= requery!.startMs);

    await write("items", 1);
    await Promise.all([one.next(), same.next()]);
    assert.equal(take(one).length, 1);
    assert.equal(take(same).length, 1, "equal live queries share one and are both told");
    assert.deepEqual(take(other), []);

    // A query that is watched again is another one to the engine.
    await other.subscription.close();
    const again = await watch("notes");
    take(again);
    await write("notes", 2);
    await again.next();
    assert.equal(take(again).length, 1);
    assert.deepEqual(take(one), []);
  }));

Deno.test("watchlite tells no re-queries when it is not profiled", () =>
  withSession("off", async ({ watch }) => {
    const { subscription } = await watch("items");
    assert.equal(subscription.requeries, undefined);
  }));

Deno.test("watchlite keeps nothing of live queries that were closed", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const directory = await Deno.makeTempDir();
  try {
    const options = defaultOptions(watchlite);
    const session = await watchlite.open({ directory, database: "new", tables: TABLES, options });
    const query = select({
      table: "items",
      columns: ["id"],
      where: [],
      orderBy: [{ column: "id", descending: false }],
    });
    /** Bytes of the heap when so many were opened and closed. */
    const heapAfter = async (count: number): Promise<number> => {
      for (let index = 0; index < count; index++) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const subscription = await session.watch!(query, [], {
          next: () => resolve(),
          error: () => resolve(),
        });
        // The last of a hundred is waited for, so that readers keep up.
        if (index % 100 === 99) await promise;
        await subscription.close();
      }
      collectGarbage();
      return Deno.memoryUsage().heapUsed;
    };
    await heapAfter(4000);
    const before = await heapAfter(1000);
    const bytes = await heapAfter(16_000) - before;
    assert.ok(bytes < 16_000 * 20, `${bytes / 16_000} bytes of each live query are kept`);
    await session.close();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
