import assert from "node:assert/strict";
import { parseSecondTabArguments, tabTargets } from "./second_tab.ts";

Deno.test("tabTargets() takes every adapter of pages with each of its places when none is named", () => {
  const all = tabTargets([]).map(({ adapter, options }) => `${adapter.id} ${JSON.stringify(options)}`);
  assert.equal(new Set(all).size, all.length);
  const of = (id: string, option: string) =>
    tabTargets([]).filter(({ adapter }) => adapter.id === id).map(({ options }) => options[option]);
  assert.deepEqual(of("tinybase", "persister"), ["none", "indexeddb", "opfs"]);
  assert.deepEqual(of("pglite", "storage"), ["idb", "memory", "idb-relaxed", "opfs-ahp"]);
  assert.deepEqual(of("watchlite", "hold"), []);
});

Deno.test("tabTargets() takes defaults of pages for what is not named, and refuses what does not run there", () => {
  const { options } = tabTargets(["pglite:mode=changes"])[0]!;
  assert.deepEqual([options["mode"], options["storage"]], ["changes", "idb"]);
  assert.equal(tabTargets(["pglite:storage=memory"])[0]!.options["storage"], "memory");
  assert.throws(() => tabTargets(["watchlite"]), {
    name: "UsageError",
    message: 'Cannot try "watchlite" in two tabs as it must run in pages: it does not',
  });
});

Deno.test("parseSecondTabArguments() takes adapters and a place for the page", () => {
  assert.deepEqual(parseSecondTabArguments([]), { adapter: [] });
  assert.deepEqual(parseSecondTabArguments(["-a", "dexie", "-a", "rxdb", "--out", "x"]), {
    adapter: ["dexie", "rxdb"],
    out: "x",
  });
});
