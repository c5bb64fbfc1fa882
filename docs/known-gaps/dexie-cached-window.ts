/**
 * Dexie 4.4.7 with its cache: a live query with a limit keeps a row that an update has moved out of the window.
 * https://dexie.org/docs/Dexie/Dexie (option `cache`); with `cache: "disabled"` it is right.
 *
 *     deno run --no-config --no-lock --allow-env docs/known-gaps/dexie-cached-window.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import "npm:fake-indexeddb@6.2.8/auto";
const { Dexie, liveQuery } = await import("npm:dexie@4.4.7");

for (const cache of ["disabled", "cloned"] as const) {
  const db = new Dexie(`gap-${cache}`, { cache });
  db.version(1).stores({ messages: "id, [room+at]" });
  await db.table("messages").bulkAdd([5, 6, 7, 8].map((id) => ({ id, room: 1, at: id * 10 })));
  const read = () =>
    db.table("messages").where("[room+at]").between([1, Dexie.minKey], [1, Dexie.maxKey]).reverse().limit(3)
      .toArray();
  let shown: number[] = [];
  const subscription = liveQuery(read).subscribe((rows) => {
    shown = rows.map(({ id }) => id);
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await db.table("messages").update(8, { at: 1 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const found = (await read()).map(({ id }) => id);
  console.log(`cache ${cache}: read ${found}, shown ${shown}`);
  subscription.unsubscribe();
  db.close();
}
// With the cache, timers of three seconds follow a watched query: nobody has to wait for them here.
Deno.exit();
