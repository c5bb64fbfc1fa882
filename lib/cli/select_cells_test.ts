import { deepStrictEqual, match, rejects, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import type { RuntimeId } from "../model/mod.ts";
import { inTempFolder } from "../testing/temp_folder.ts";
import {
  combineCells,
  CORE_WORKLOADS,
  PLAIN_WORKLOADS,
  selectAdapters,
  selectRuntimes,
  selectScales,
  selectWorkloads,
  skipReason,
  splitAdapterList,
  withAnchor,
} from "./select_cells.ts";

Deno.test("splitAdapterList() keeps options with the adapter before them", () => {
  deepStrictEqual(splitAdapterList(["pglite:mode=changes,storage=memory,tinybase", "./my.ts:a=b"]), [
    "pglite:mode=changes,storage=memory",
    "tinybase",
    "./my.ts:a=b",
  ]);
  deepStrictEqual(splitAdapterList([" a , ,b "]), ["a", "b"]);
});

Deno.test("selectWorkloads() gives the plain ones when none is named, the core ones by their name, and no slow one for all", async () => {
  const ids = async (names: string[]): Promise<string[]> =>
    (await selectWorkloads(names)).map(({ workload }) => workload.id);
  deepStrictEqual(await ids([]), [...PLAIN_WORKLOADS]);
  deepStrictEqual(await ids(["core"]), [...CORE_WORKLOADS]);
  strictEqual(PLAIN_WORKLOADS.every((id) => CORE_WORKLOADS.includes(id)), true);
  const all = (await selectWorkloads(["all"])).map(({ workload }) => workload.id);
  strictEqual(all.includes("large-working-set"), false);
  deepStrictEqual((await selectWorkloads(["large-working-set"])).map(({ workload }) => workload.slow), [
    true,
  ]);
});

Deno.test("selectAdapters() takes the same choice once and different options of one adapter apart", async () => {
  const chosen = await selectAdapters(["tinybase,tinybase:persister=none", "tinybase:persister=sqlite"], []);
  deepStrictEqual(chosen.map(({ options }) => options["persister"]), ["none", "sqlite"]);
  await rejects(selectAdapters(["tinybase:persister=disk"], []), /allowed are none, sqlite, indexeddb/);
});

Deno.test("selectScales() names the scales when it does not know one", () => {
  deepStrictEqual(selectScales([]), ["standard"]);
  throws(() => selectScales(["huge"]), /scales are smoke, standard, large/);
});

Deno.test("selectAdapters() refuses an option that names nothing, as the defaults would run instead", async () => {
  const refusal = { name: "UsageError", message: /must be named where the option is given/ };
  await rejects(selectAdapters([""], ["node-sqlite"]), refusal);
  await rejects(selectWorkloads([" , "]), refusal);
  throws(() => selectScales([","]), refusal);
});

Deno.test("selectAdapters() refuses an adapter from outside that has the id of another one", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "namesake.ts");
    Deno.writeTextFileSync(
      path,
      `export default { id: "node-sqlite", title: "Other", about: "", unfair: "", homepage: "", drivers: {}, options: {},
        permissions: {}, counters: [], knownGaps: [], open() {},
        capabilities() { return { liveQueries: "none", sql: true, joins: true, atomicBatch: true,
          interactiveTransaction: false, durability: "none", worksOn: "caller" }; } }`,
    );
    await rejects(selectAdapters(["node-sqlite", path], []), {
      name: "UsageError",
      message: /two adapters of one name.*"node-sqlite" comes from the registry and from .*namesake\.ts$/,
    });
    strictEqual((await selectAdapters([path, path], [])).length, 1);
  }));

Deno.test("combineCells() names what differs from the defaults in the key", async () => {
  const cells = combineCells(
    await selectWorkloads(["keyed-pk@1"]),
    await selectAdapters(["tinybase:persister=sqlite", "node-sqlite"], []),
    ["smoke"],
  );
  deepStrictEqual(cells.map(({ cell }) => cell.key), [
    "keyed-pk@1/tinybase[persister=sqlite]/smoke",
    "keyed-pk@1/node-sqlite/smoke",
  ]);
});

Deno.test("skipReason() skips only where nothing would be left to ask", async () => {
  const adapters = await selectAdapters(["node-sqlite"], []);
  const [granularity] = combineCells(await selectWorkloads(["column-granularity"]), adapters, ["smoke"]);
  match(skipReason(granularity!)!, /needs live queries, which adapter "node-sqlite" does not have/);
  const [burst] = combineCells(await selectWorkloads(["sync-burst"]), adapters, ["smoke"]);
  strictEqual(skipReason(burst!), undefined);
});

Deno.test("withAnchor() adds the anchor behind what was asked for, unless it is among it", async () => {
  const cellsOf = async (workload: string, adapter: string) =>
    combineCells(await selectWorkloads([workload]), await selectAdapters([adapter], []), ["standard"]);
  const others = await cellsOf("fan-out", "tinybase");
  const [other, anchor, ...more] = withAnchor(others).map(({ cell }) => cell);
  deepStrictEqual([other, more], [others[0]!.cell, []]);
  deepStrictEqual([anchor?.adapter, anchor?.workload, anchor?.anchor], ["node-sqlite", "keyed-pk", true]);
  deepStrictEqual(withAnchor(await cellsOf("keyed-pk", "node-sqlite")).map(({ cell }) => cell.anchor), [
    undefined,
  ]);
  // Another version of its workload is another cell.
  deepStrictEqual(withAnchor(await cellsOf("keyed-pk@1", "node-sqlite")).map(({ cell }) => cell.anchor), [
    undefined,
    true,
  ]);
});

Deno.test("selectRuntimes() gives Deno when none is named, and the nearest name for an unknown one", () => {
  deepStrictEqual(selectRuntimes([]), ["deno"]);
  deepStrictEqual(selectRuntimes(["node,bun", "node"]), ["node", "bun"]);
  throws(() => selectRuntimes(["chromum"]), /did you mean "chromium"/);
});

Deno.test("combineCells() names the runtime in the key and takes the defaults that options have there", async () => {
  const cells = combineCells(
    await selectWorkloads(["keyed-pk@2"]),
    await selectAdapters(["rxdb", "rxdb:storage=memory"], []),
    ["smoke"],
    [{}, { runtime: "chromium" }],
  );
  deepStrictEqual(cells.map(({ cell: { key, options } }) => [key, options["storage"]]), [
    ["keyed-pk@2/rxdb/smoke", "memory"],
    ["keyed-pk@2/rxdb/smoke/runtime=chromium", "dexie"],
    ["keyed-pk@2/rxdb[storage=memory]/smoke/runtime=chromium", "memory"],
  ]);
});

Deno.test("combineCells() runs an adapter where it lives when it lives in no other place, and only once", async () => {
  const cells = combineCells(
    await selectWorkloads(["keyed-pk@2"]),
    await selectAdapters(["sqlite-opfs"], []),
    ["smoke"],
    [{}, { runtime: "chromium" }],
  );
  deepStrictEqual(cells.map(({ cell }) => cell.key), ["keyed-pk@2/sqlite-opfs/smoke/runtime=chromium"]);
});

Deno.test("selectAdapters() takes for all those that run in one of the runtimes", async () => {
  const ids = async (...runtimes: RuntimeId[]) =>
    (await selectAdapters(["all"], [], runtimes)).map(({ adapter }) => adapter.id);
  strictEqual((await ids("deno")).includes("sqlite-opfs"), false);
  strictEqual((await ids("chromium")).includes("sqlite-opfs"), true);
  strictEqual((await ids("chromium")).includes("node-sqlite"), false);
});

Deno.test("skipReason() says where an adapter runs, and where a value of an option exists", async () => {
  const reasons = async (spec: string, runtime: string) =>
    combineCells(await selectWorkloads(["keyed-pk"]), await selectAdapters([spec], []), ["smoke"], [{
      runtime,
    }])
      .map(skipReason);
  deepStrictEqual(await reasons("better-sqlite3", "chromium"), [
    'Adapter "better-sqlite3" runs in deno, node, bun only: It is native code',
  ]);
  deepStrictEqual(await reasons("rxdb:storage=denokv", "node"), [
    'Option storage=denokv of adapter "rxdb" is for deno only',
  ]);
  deepStrictEqual(await reasons("rxdb", "chromium"), [undefined]);
});
