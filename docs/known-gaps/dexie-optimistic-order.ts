/**
 * Dexie 4.4.7 with its cache: a live query shows a write that stands alone before a transaction that began earlier.
 * https://dexie.org/docs/Dexie/Dexie (option `cache`); with `cache: "disabled"` it is right.
 *
 *     deno run --no-config --no-lock --allow-env docs/known-gaps/dexie-optimistic-order.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import "npm:fake-indexeddb@6.2.8/auto";
const { Dexie, liveQuery } = await import("npm:dexie@4.4.7");

for (const cache of ["disabled", "cloned"] as const) {
  const db = new Dexie(`gap-${cache}`, { cache });
  db.version(1).stores({ notes: "id" });
  const notes = db.table("notes");
  await notes.add({ id: 0 });
  const shown: string[] = [];
  const subscription = liveQuery(() => notes.toArray()).subscribe((rows) => {
    shown.push(rows.map(({ id }) => id).join(" "));
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const earlier = db.transaction("rw", notes, async () => {
    await notes.get(1);
    await notes.bulkAdd([{ id: 1 }]);
  });
  await Promise.all([earlier, notes.add({ id: 2 })]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  console.log(`cache ${cache}: shown ${shown.join(", then ")}`);
  console.log(shown.includes("0 2") ? "The gap is there: 2 was shown before 1" : "The gap is closed");
  subscription.unsubscribe();
  db.close();
}
// With the cache, timers of three seconds follow a watched query: nobody has to wait for them here.
Deno.exit();
