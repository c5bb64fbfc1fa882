import assert from "node:assert/strict";
import type { Adapter, Observer, Session, Subscription } from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import { count, insert, remove, select, update } from "../model/statement.ts";
import type { Args, Row } from "../model/value.ts";
import { fakeAdapter, type Sin } from "../testing/fake_adapter.ts";
import { loopback } from "../testing/loopback.ts";
import { type History, HistoryFault, type Step } from "./history.ts";
import { replayHistory } from "./replay_history.ts";

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }, { name: "rank", type: "integer" }],
  primaryKey: "id",
  indexes: [],
};
const add = insert({ table: "items", columns: ["id", "rank"] });
const move = update({ table: "items", set: [{ column: "rank", param: "rank" }], keyColumn: "id" });
const drop = remove({ table: "items", keyColumn: "id" });
const all = select({
  table: "items",
  columns: ["id", "rank"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});
const total = count({ table: "items", as: "total", where: [] });
const tied = select({
  table: "items",
  columns: ["id"],
  where: [],
  orderBy: [{ column: "rank", descending: false }],
  limit: { value: 2 },
});

/** Three rows, a change that comes back, a batch, a row that leaves. */
const STEPS: readonly Step[] = [
  { do: "batch", statement: add, rows: [[1, 10], [2, 20]] },
  { do: "watch", query: all, args: [] },
  { do: "watch", query: total, args: [] },
  { do: "watch", query: tied, args: [] },
  { do: "write", statement: add, args: [3, 10] },
  { do: "write", statement: move, args: [20, 1] },
  { do: "write", statement: move, args: [10, 1] },
  { do: "batch", statement: move, rows: [[30, 1], [40, 2], [50, 3]] },
  { do: "settle" },
  { do: "read", query: all, args: [] },
  { do: "close", stream: 1 },
  { do: "write", statement: drop, args: [2] },
];

/** What comes at once has come; what does not come at once is not waited for. */
const PATIENCE = { deadlineMs: 30, quietMs: 0 } as const;

async function faultOf(adapter: Adapter, steps = STEPS, isBatchAtomic = true): Promise<string | undefined> {
  const link = await loopback(adapter);
  const history: History = { tables: [items], steps };
  try {
    const session = await link.open({ directory: "/nowhere", database: "new", tables: history.tables });
    await replayHistory({ session, isBatchAtomic, ...PATIENCE }, history);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof HistoryFault, String(error));
    return error.message;
  } finally {
    link.leave();
  }
}

/** The honest fake with another way to deliver. */
function delivering(change: (base: Session) => Session): Adapter {
  const honest = fakeAdapter();
  return { ...honest, open: async (context) => change(await honest.open(context)) };
}

/** Changes what a listener gets: rows of the emission with its number, and a way to deliver. */
function listening(
  take: (rows: readonly Row[], emission: number, next: (rows: readonly Row[]) => void) => void,
): Adapter {
  return delivering((base) =>
    wrapped(base, {
      watch: (query, args, observer) => {
        let emission = 0;
        return base.watch!(query, args, {
          ...observer,
          next: (rows) => take(rows, emission++, (shown) => observer.next(shown)),
          error: (error) => observer.error(error),
        });
      },
    })
  );
}

function wrapped(base: Session, changes: Partial<Session>): Session {
  return {
    write: (statement, args) => base.write(statement, args),
    batch: (statement, rows) => base.batch(statement, rows),
    read: (query, args) => base.read(query, args),
    watch: (query: Parameters<Session["read"]>[0], args: Args, observer: Observer) =>
      base.watch!(query, args, observer),
    close: () => base.close(),
    ...changes,
  };
}

const LEGAL: readonly (readonly [string, Adapter])[] = [
  ["is right", fakeAdapter()],
  ["shows everything twice", fakeAdapter({ repeatsEmissions: true })],
  [
    "shows the first and the last states only",
    listening((rows, emission, next) => {
      if (emission === 0) next(rows);
      else queueMicrotask(() => queueMicrotask(() => next(rows)));
    }),
  ],
  [
    "answers later",
    delivering((base) =>
      wrapped(base, {
        write: async (statement, args) => {
          const own = Array.from(args);
          await Promise.resolve();
          await base.write(statement, own);
        },
      })
    ),
  ],
];

for (const [what, adapter] of LEGAL) {
  Deno.test(`replayHistory() accuses nobody who ${what}`, async () => {
    assert.equal(await faultOf(adapter), undefined);
  });
}

Deno.test("replayHistory() accuses nobody who orders tied rows otherwise, and whoever orders others so", async () => {
  const reversed = listening((rows, _, next) => next(rows.toReversed()));
  const steps = (ranks: readonly number[]): Step[] => [
    { do: "watch", query: tied, args: [] },
    { do: "batch", statement: add, rows: ranks.map((rank, index) => [index, rank]) },
  ];
  assert.equal(await faultOf(reversed, steps([10, 10, 10])), undefined);
  assert.match(await faultOf(reversed, steps([10, 20, 30])) ?? "nothing", /equals no committed state/);
});

Deno.test("replayHistory() takes a batch for several commits where it is not atomic", async () => {
  assert.match(await faultOf(fakeAdapter({ sin: "shows-half-a-batch" })) ?? "", /equals no committed state/);
  assert.equal(await faultOf(fakeAdapter({ sin: "shows-half-a-batch" }), STEPS, false), undefined);
});

const CAUGHT: readonly (readonly [Sin, RegExp])[] = [
  ["drops-last-emission", /^Stream 0 .* is behind after 5 commits and 1 emissions: expected .* shows /],
  ["shows-half-a-batch", /^Stream 0 .* emission 4 after 5 commits: equals no committed state/],
  ["goes-back-in-time", /^Stream 0 .* emission 3 after 3 commits: goes back in time/],
  ["shows-a-wrong-value", /equals no committed state/],
  ["misreads", /^Read of "SELECT .* after 5 commits: expected .*, got /],
  ["reports-an-error", /reported an error: no such table/],
  ["throws-on-write", /^write "INSERT .* \(3, 10\) failed: disk I\/O error/],
  ["skips-unwatched-writes", /equals no committed state|expected/],
  ["changes-delivered-rows", /the rows of emission \d changed after they were delivered/],
];

for (const [sin, message] of CAUGHT) {
  Deno.test(`replayHistory() catches a database that ${sin}`, async () => {
    const steps: readonly Step[] = sin === "skips-unwatched-writes"
      ? [{ do: "write", statement: add, args: [9, 9] }, ...STEPS]
      : sin === "changes-delivered-rows"
      ? [
        { do: "watch", query: all, args: [] },
        ...[1, 2, 3].map((id): Step => ({
          do: "write",
          statement: add,
          args: [id, id],
        })),
      ]
      : STEPS;
    assert.match(await faultOf(fakeAdapter({ sin }), steps) ?? "nothing", message);
  });
}

Deno.test("replayHistory() catches what is shown after a close", async () => {
  const adapter = delivering((base) =>
    wrapped(base, {
      watch: async (query, args, observer): Promise<Subscription> => {
        await base.watch!(query, args, observer);
        return { close: () => {} };
      },
    })
  );
  assert.match(await faultOf(adapter) ?? "nothing", /Stream 1 .* came after the close/);
});

Deno.test("replayHistory() lets a listener leave in its own emission, and asks nothing more of its stream", async () => {
  const steps: readonly Step[] = [
    { do: "watch", query: all, args: [], leavesAt: 1 },
    { do: "watch", query: total, args: [] },
    { do: "write", statement: add, args: [1, 1] },
    { do: "write", statement: add, args: [2, 1] },
  ];
  assert.equal(await faultOf(fakeAdapter(), steps), undefined);
  // Whoever stays is still asked for everything.
  assert.match(
    await faultOf(fakeAdapter({ sin: "drops-last-emission" }), steps) ?? "nothing",
    /Stream \d .* is behind/,
  );
});

Deno.test("replayHistory() takes any state between what is acknowledged and what is written while writes overlap", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => release = resolve);
  const adapter = delivering((base) =>
    wrapped(base, {
      write: async (statement, args) => {
        const own = Array.from(args);
        await held;
        await base.write(statement, own);
      },
      read: async (query, args) => {
        const rows = await base.read(query, args);
        release();
        return rows;
      },
    })
  );
  const steps: readonly Step[] = [
    { do: "write", statement: add, args: [1, 1], isAwaited: false },
    { do: "read", query: all, args: [] },
    { do: "settle" },
    { do: "read", query: all, args: [] },
  ];
  assert.equal(await faultOf(adapter, steps), undefined);
});
