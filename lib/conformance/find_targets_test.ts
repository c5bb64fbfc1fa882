import assert from "node:assert/strict";
import { join } from "node:path";
import { ADAPTERS } from "../adapters/mod.ts";
import { runtimesOf } from "../model/adapter.ts";
import { fakeAdapter } from "../testing/fake_adapter.ts";
import { inTempFolder } from "../testing/temp_folder.ts";
import { findTargets, optionVariants, planConformance } from "./find_targets.ts";
import { addPerson, allPeople } from "./fixtures.ts";
import { isFault } from "./judge_gaps.ts";
import type { Scenario } from "./scenario.ts";
import { spawnConformance } from "./spawn_conformance.ts";

const NODE_SQLITE = new URL("../adapters/node_sqlite.ts", import.meta.url).href;

Deno.test("optionVariants() changes one option at a time", () => {
  const option = (...values: string[]) => ({ values, default: values[0]!, meaning: "" });
  const adapter = { ...fakeAdapter(), options: { a: option("1", "2", "3"), b: option("x", "y") } };
  assert.deepEqual(optionVariants(adapter), [
    { a: "1", b: "x" },
    { a: "2", b: "x" },
    { a: "3", b: "x" },
    { a: "1", b: "y" },
  ]);
});

Deno.test("optionVariants() knows the defaults and values of a runtime", () => {
  const adapter = {
    ...fakeAdapter(),
    options: {
      storage: {
        values: ["file", "memory", "idb"],
        default: "file",
        defaultIn: { chromium: "idb" },
        only: { file: ["deno"], idb: ["chromium"] },
        meaning: "",
      },
    },
  } as const;
  assert.deepEqual(optionVariants(adapter), [{ storage: "file" }, { storage: "memory" }]);
  assert.deepEqual(optionVariants(adapter, "chromium"), [{ storage: "idb" }, { storage: "memory" }]);
});

Deno.test("findTargets() takes adapters and defaults of the runtime", async () => {
  const targets = await findTargets([], "/", "chromium");
  assert.ok(
    targets.every(({ adapter, runtime }) => adapter.runtimes?.includes("chromium") && runtime === "chromium"),
  );
  assert.deepEqual(
    (await findTargets(["pglite:mode=changes"], "/", "chromium")).map(({ options }) => options),
    [
      { mode: "changes", storage: "idb" },
    ],
  );
  await assert.rejects(findTargets(["postgres"], "/", "chromium"), {
    name: "UsageError",
    message: /"postgres" in chromium as it runs in deno only$/,
  });
});

Deno.test("findTargets() takes every registered adapter when none is named", async () => {
  const ids = new Set((await findTargets([], "/")).map(({ adapter }) => adapter.id));
  assert.deepEqual(
    [...ids],
    ADAPTERS.filter((adapter) => runtimesOf(adapter).includes("deno")).map(({ id }) => id),
  );
});

Deno.test("planConformance() takes every adapter into each runtime, or says why it does not run there", async () => {
  const { targets, absent } = await planConformance([], "/", ["deno", "node"]);
  for (const runtime of ["deno", "node"] as const) {
    const tried = new Set(
      targets.filter((target) => (target.runtime ?? "deno") === runtime).map(({ adapter }) => adapter.id),
    );
    const missing = absent.filter((one) => one.runtime === runtime).map(({ adapter }) => adapter.id);
    assert.deepEqual([...tried, ...missing].toSorted(), ADAPTERS.map(({ id }) => id).toSorted());
  }
  assert.match(
    absent.find(({ adapter, runtime }) => adapter.id === "postgres" && runtime === "node")!.reason,
    /^It runs in Deno only: The server's supervisor is started/,
  );
});

Deno.test("planConformance() refuses an adapter that is named for one runtime and does not run there, and not for several", async () => {
  await assert.rejects(planConformance(["postgres"], "/", ["node"]), { name: "UsageError" });
  const { targets, absent } = await planConformance(["postgres", "lokijs"], "/", ["deno", "node"]);
  assert.deepEqual(
    targets.map(({ adapter, runtime }) => [adapter.id, runtime]).filter(([id]) => id === "lokijs"),
    [["lokijs", undefined], ["lokijs", "node"]],
  );
  assert.deepEqual(absent.map(({ adapter, runtime }) => [adapter.id, runtime]), [["postgres", "node"]]);
});

Deno.test("findTargets() takes the named options and no others", async () => {
  const targets = await findTargets(["pglite:mode=changes"], "/");
  assert.deepEqual(targets.map(({ options }) => options), [{ mode: "changes", storage: "file" }]);
});

Deno.test("findTargets() names the nearest id", async () => {
  await assert.rejects(findTargets(["tinybas"], "/"), {
    name: "UsageError",
    message: /did you mean "tinybase"/,
  });
});

Deno.test("an adapter from outside runs under the configuration nearest to it", async () => {
  await inTempFolder(async (folder) => {
    // The bare name resolves through that configuration and no other.
    const config = join(folder, "deno.json");
    await Deno.writeTextFile(
      config,
      JSON.stringify({ imports: { "my-driver": "./driver.ts" }, lock: false }),
    );
    await Deno.writeTextFile(
      join(folder, "driver.ts"),
      `export { nodeSqlite } from ${JSON.stringify(NODE_SQLITE)};`,
    );
    await Deno.writeTextFile(
      join(folder, "mine.ts"),
      `export default {
        id: "mine", title: "Mine", about: "", unfair: "", homepage: "", drivers: {}, options: {}, permissions: {},
        counters: [],
        knownGaps: [{ scenario: "values/text-with-zero-character", reason: "node:sqlite cuts it" }],
        capabilities: () => ({ liveQueries: "none", sql: true, joins: true, atomicBatch: true,
          interactiveTransaction: true, durability: "wal-normal", worksOn: "caller" }),
        async open(context) { return (await import("my-driver")).nodeSqlite.open(context); },
      };`,
    );
    const [target] = await findTargets(["./mine.ts"], folder);
    assert.equal(target?.configPath, config);
    const { results, unavailable } = await spawnConformance(target);
    assert.equal(unavailable, undefined);
    assert.deepEqual(results.filter(isFault), []);
    assert.ok(results.some(({ key, verdict }) => key === "read/join" && verdict === "passed"));
  });
});

Deno.test("an adapter that leaves a timer behind is told so", async () => {
  await inTempFolder(async (folder) => {
    await Deno.writeTextFile(
      join(folder, "leaky.ts"),
      `import { nodeSqlite } from ${JSON.stringify(NODE_SQLITE)};
      export const adapter = { ...nodeSqlite, id: "leaky", knownGaps: [], async open(context) {
        setInterval(() => {}, 1000);
        return nodeSqlite.open(context);
      } };`,
    );
    const { results } = await spawnConformance((await findTargets(["leaky.ts"], folder))[0]!, {
      leaveMs: 100,
      scenarios: [],
    });
    assert.deepEqual(results.filter(isFault).map(({ key }) => key), ["close/leaks-nothing"]);
  });
});

Deno.test("an adapter that leaves a file open is told so", async () => {
  await inTempFolder(async (folder) => {
    await Deno.writeTextFile(
      join(folder, "leaky.ts"),
      `import { nodeSqlite } from ${JSON.stringify(NODE_SQLITE)};
      export const adapter = { ...nodeSqlite, id: "leaky", knownGaps: [], async open(context) {
        globalThis.kept = await Deno.open(context.directory + "/forgotten", { create: true, write: true });
        return nodeSqlite.open(context);
      } };`,
    );
    const { results } = await spawnConformance((await findTargets(["leaky.ts"], folder))[0]!, {
      scenarios: [],
    });
    const leak = results.find(({ key }) => key === "close/leaks-nothing");
    // Only Linux shows what a process has open.
    if (Deno.build.os === "linux") assert.match(leak?.reason ?? "", /open after close: .*forgotten/);
  });
});

Deno.test("an adapter that ends its process is told after which scenario", async () => {
  await inTempFolder(async (folder) => {
    await Deno.writeTextFile(
      join(folder, "dying.ts"),
      `import { nodeSqlite } from ${JSON.stringify(NODE_SQLITE)};
      export const adapter = { ...nodeSqlite, id: "dying", async open(context) {
        const session = await nodeSqlite.open(context);
        session.read = () => { console.error("farewell"); Deno.exit(7); };
        return session;
      } };`,
    );
    // The first one spoils its session: else its tables would be emptied, which reads.
    const scenarios: Scenario[] = [
      { key: "own/writes", spoils: true, run: ({ session }) => session.write(addPerson, [1, "a", null, 0]) },
      { key: "own/reads", run: async ({ session }) => void await session.read(allPeople, []) },
      { key: "own/is-never-asked", run: () => Promise.resolve() },
    ];
    const { results } = await spawnConformance((await findTargets(["dying.ts"], folder))[0]!, { scenarios });
    assert.deepEqual(results, [
      { key: "own/writes", verdict: "passed", reason: "" },
      {
        key: "run/finishes",
        verdict: "failed",
        reason: "The process exited with code 7 after own/writes: farewell",
      },
    ]);
  });
});
