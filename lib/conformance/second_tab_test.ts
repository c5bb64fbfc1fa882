import assert from "node:assert/strict";
import type { Observer } from "../model/adapter.ts";
import type { Row } from "../model/value.ts";
import type { RemoteSession } from "../runner/remote_session.ts";
import { observe } from "./second_tab.ts";

interface TwoTabs {
  readonly first: RemoteSession;
  readonly second: RemoteSession;
}

/** Two tabs on one table that holds a row. What the second one writes is told to the first one's live query by `tell`. */
function twoTabs(
  tell: (total: number, observer: Observer) => void,
  sees = (total: number) => total,
): TwoTabs {
  let total = 1;
  let observer: Observer | undefined;
  const rows = (count: number): readonly Row[] => [{ total: count }];
  const first = {
    watch: (_query: unknown, _args: unknown, watching: Observer) => {
      observer = watching;
      watching.next(rows(total));
      return Promise.resolve({ close: () => Promise.resolve() });
    },
    read: () => Promise.resolve(rows(sees(total))),
  };
  const second = {
    write: () => {
      total += 1;
      if (observer !== undefined) tell(total, observer);
      return Promise.resolve();
    },
  };
  return { first, second } as unknown as TwoTabs;
}

const PATIENCE = { writeCount: 3, shownMs: 20 };

Deno.test("observe() tells of every write when the first tab shows them all", async () => {
  const { first, second } = twoTabs((total, observer) => observer.next([{ total }]));
  const { shownAfterMs, ...told } = await observe(first, second, true, PATIENCE);
  // They were shown before they were acknowledged.
  assert.deepEqual(shownAfterMs, [0, 0, 0]);
  assert.deepEqual(told, { writeCount: 3, isRead: true });
});

Deno.test("observe() ends with the first write that is not shown, and reads what is there", async () => {
  const silent = twoTabs(() => {}, () => 1);
  assert.deepEqual(await observe(silent.first, silent.second, true, PATIENCE), {
    writeCount: 1,
    shownAfterMs: [],
    isRead: false,
  });
  const readable = twoTabs((total, observer) => total === 2 && observer.next([{ total }]));
  assert.deepEqual(await observe(readable.first, readable.second, true, PATIENCE), {
    writeCount: 2,
    shownAfterMs: [0],
    isRead: true,
  });
});

Deno.test("observe() writes and reads only when there are no live queries", async () => {
  const { first, second } = twoTabs((total, observer) => observer.next([{ total }]));
  assert.deepEqual(await observe(first, second, false, PATIENCE), {
    writeCount: 3,
    shownAfterMs: [],
    isRead: true,
  });
});

Deno.test("observe() keeps what was seen before the first tab failed", async () => {
  const { first, second } = twoTabs((total, observer) =>
    total < 3 ? observer.next([{ total }]) : observer.error(new Error("the database was closed"))
  );
  assert.deepEqual(await observe(first, second, true, PATIENCE), {
    writeCount: 2,
    shownAfterMs: [0],
    fault: "the database was closed",
  });
});
