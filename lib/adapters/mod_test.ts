import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { type Adapter, defaultOptions, type OptionValues, runtimesOf } from "../model/adapter.ts";
import { RUNTIME_IDS } from "../model/runtime.ts";
import { type Idioms, PLAIN_ACTS, WATCH_ACTS } from "../model/idiom.ts";
import { adapterById, ADAPTERS, loadAdapter, parseAdapter, parseOptions, splitAdapterSpec } from "./mod.ts";
import { driverConfig, driverConfigText, unlockedDrivers } from "./shared/driver_config.ts";
import { nodeSqlite } from "./node_sqlite.ts";

const FOLDER = new URL("./", import.meta.url);
const DRIVERS = new URL("../../drivers/", import.meta.url);

const tunable: Adapter = {
  ...nodeSqlite,
  id: "tunable",
  options: {
    mode: { values: ["query", "changes"], default: "query", meaning: "How it watches" },
    storage: { values: ["file", "memory"], default: "file", meaning: "Where it writes" },
  },
};

Deno.test("ADAPTERS registers every file of the folder, under the file's name", async () => {
  const files: string[] = [];
  for await (const entry of Deno.readDir(FOLDER)) {
    if (entry.isFile && !entry.name.endsWith("_test.ts") && entry.name !== "mod.ts") files.push(entry.name);
  }
  const expected = ADAPTERS.map((adapter) => `${adapter.id.replaceAll("-", "_")}.ts`);
  assert.deepEqual(files.sort(), expected.sort());
});

Deno.test("ADAPTERS have unique ids, allowed defaults and exact driver versions", () => {
  assert.equal(new Set(ADAPTERS.map((adapter) => adapter.id)).size, ADAPTERS.length);
  for (const adapter of ADAPTERS) {
    assert.match(adapter.id, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    for (const [name, option] of Object.entries(adapter.options)) {
      assert.ok(option.values.includes(option.default), `${adapter.id}: default of option "${name}"`);
    }
    for (const [name, version] of Object.entries(adapter.drivers)) {
      assert.match(
        version,
        /^(\w+:@?[\w./-]+@)?\d+\.\d+\.\d+[\w.-]*$/,
        `${adapter.id}: version of "${name}"`,
      );
    }
    for (const gap of adapter.knownGaps) {
      assert.match(
        gap.reason,
        /\d+\.\d+/,
        `${adapter.id}: gap "${gap.scenario}" names the version it was seen in`,
      );
    }
  }
});

for (const adapter of ADAPTERS) {
  const config = driverConfig(adapter);
  if (config === undefined) continue;
  Deno.test(`drivers/${adapter.id} equals what the adapter declares, locked to the exact versions`, async () => {
    const folder = new URL(`${adapter.id}/`, DRIVERS);
    assert.equal(await Deno.readTextFile(new URL("deno.json", folder)), driverConfigText(config));
    if (config.lock === false) return;
    assert.deepEqual(unlockedDrivers(config, await Deno.readTextFile(new URL("deno.lock", folder))), []);
  });
}

Deno.test("adapterById() names the nearest id when there is no such adapter", () => {
  assert.equal(adapterById("node-sqlite"), nodeSqlite);
  assert.throws(() => adapterById("node_sqlit", [nodeSqlite]), (error) => {
    assert.ok(error instanceof UsageError);
    assert.equal(
      error.message,
      'Cannot find adapter "node_sqlit" (did you mean "node-sqlite"?): known adapters are node-sqlite',
    );
    return true;
  });
});

Deno.test("splitAdapterSpec() splits off the options and nothing else", () => {
  const cases: [string, string, string][] = [
    ["pglite", "pglite", ""],
    ["pglite:mode=changes", "pglite", "mode=changes"],
    ["pglite:mode=changes,storage=file", "pglite", "mode=changes,storage=file"],
    ["./my_adapter.ts", "./my_adapter.ts", ""],
    ["./my_adapter.ts:mode=a", "./my_adapter.ts", "mode=a"],
    ["npm:my-adapter@1.0.0", "npm:my-adapter@1.0.0", ""],
    ["npm:my-adapter@1.0.0:mode=a", "npm:my-adapter@1.0.0", "mode=a"],
    ["https://example.com/a.ts?x=1", "https://example.com/a.ts?x=1", ""],
  ];
  for (const [spec, name, optionText] of cases) {
    assert.deepEqual(splitAdapterSpec(spec), { name, optionText }, spec);
  }
});

Deno.test("parseAdapter() fills every option, chosen or default", () => {
  assert.deepEqual(parseAdapter("tunable:mode=changes", [tunable]).options, {
    mode: "changes",
    storage: "file",
  });
  assert.deepEqual(parseAdapter("tunable", [tunable]).options, { mode: "query", storage: "file" });
});

Deno.test("parseOptions() lists what is allowed when an option is wrong", () => {
  const cases: [string, string][] = [
    [
      "mod=query",
      'Cannot set option "mod" of adapter "tunable" (did you mean "mode"?): allowed are mode, storage',
    ],
    ["mode=live", 'Cannot set option "mode" of adapter "tunable" to "live": allowed are query, changes'],
    ["mode", 'Cannot set option "mode" of adapter "tunable" to "": allowed are query, changes'],
    [
      "mode=query,mode=changes",
      'Cannot set option "mode" of adapter "tunable" twice: "mode=query,mode=changes"',
    ],
    [
      "__proto__=x",
      'Cannot set option "__proto__" of adapter "tunable": allowed are mode, storage',
    ],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseOptions(tunable, text), { name: "UsageError", message });
  }
  assert.throws(() => parseOptions({ ...nodeSqlite, options: {} }, "mode=x"), {
    message: 'Cannot set option "mode" of adapter "node-sqlite": it has none',
  });
});

Deno.test("loadAdapter() imports an adapter from outside, as default or by name", async () => {
  const source =
    `{ id: "mine", title: "Mine", about: "", unfair: "", homepage: "", drivers: {}, options: {}, permissions: {}, capabilities() {},
    counters: [], knownGaps: [], async open() {} }`;
  const urlOf = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  assert.equal((await loadAdapter(urlOf(`export default ${source}`))).id, "mine");
  assert.equal((await loadAdapter(urlOf(`export const adapter = ${source}`))).id, "mine");
  assert.equal(await loadAdapter("node-sqlite"), nodeSqlite);
  await assert.rejects(loadAdapter(urlOf("export const x = 1")), {
    name: "UsageError",
    message: /must export an adapter as default or "adapter": it exports neither$/,
  });
  await assert.rejects(loadAdapter(urlOf(`export default { ...${source}, open: 1 }`)), {
    message: /it lacks open$/,
  });
  await assert.rejects(loadAdapter(urlOf("throw new Error('broken')")), { message: /broken$/ });
});

for (const adapter of ADAPTERS) {
  Deno.test(`${adapter.id} says how it is driven, for every act that it can do and for no other`, async () => {
    const idioms: Partial<Idioms> = adapter.idioms ?? {};
    const isLive = adapter.capabilities(defaultOptions(adapter)).liveQueries !== "none";
    const acts = isLive ? [...PLAIN_ACTS, ...WATCH_ACTS] : [...PLAIN_ACTS];
    assert.deepEqual(Object.keys(idioms).sort(), acts.sort());
    for (const [act, { how, link, tried }] of Object.entries(idioms)) {
      assert.match(how, /^[A-Z`].{20,}\.$/s, `${act}: a sentence`);
      const isHere = !link.includes(":");
      if (isHere) {
        assert.ok((await Deno.stat(new URL(`../../${link}`, import.meta.url))).isFile, `${act}: a file`);
      } else assert.equal(new URL(link).protocol, "https:", `${act}: a link`);
      if (tried !== undefined) {
        assert.match(tried, /^[A-Z`].{10,}\.$/s, `${act}: a sentence on what was tried`);
      }
    }
    assert.match(adapter.objection ?? "", /^[A-Z`].{20,}\.$/s, "an objection");
    const home = runtimesOf(adapter).includes("deno") ? "deno" : "browser";
    assert.ok(adapter.runsIn?.includes(home), "it runs where it is measured");
    const isEverywhere = runtimesOf(adapter).length === RUNTIME_IDS.length;
    assert.equal(adapter.otherRuntimes === undefined, isEverywhere, "why it does not run elsewhere");
    assert.equal(new Set(adapter.runsIn).size, adapter.runsIn?.length, "each runtime once");
  });

  Deno.test(`pageImports() of ${adapter.id} names its own packages, for every choice of options in pages`, () => {
    const choices = runtimesOf(adapter).includes("chromium") ? optionChoices(adapter) : [];
    for (const options of choices) {
      const { page, worker = {} } = adapter.pageImports!(options);
      assert.ok(Object.keys({ ...page, ...worker }).length > 0, JSON.stringify(options));
      for (const names of Object.values({ ...page, ...worker })) assert.ok(names.length > 0);
      // A worker may have to name what the package imports of others.
      for (const module of Object.keys(page)) {
        const isOwn = Object.keys(adapter.drivers).some((driver) => `${module}/`.startsWith(`${driver}/`));
        assert.ok(isOwn, module);
      }
    }
  });

  Deno.test(`delay() of ${adapter.id} tells how long live queries wait, for every choice of options`, () => {
    for (const options of optionChoices(adapter)) {
      const isLive = adapter.capabilities(options).liveQueries !== "none";
      const delay = adapter.delay?.(options);
      assert.equal(delay !== undefined, isLive, JSON.stringify(options));
      if (delay !== undefined) assert.ok(Number.isFinite(delay.atMostMs) && delay.atMostMs >= 0);
    }
    const usual = adapter.delay?.(defaultOptions(adapter));
    if (usual === undefined || usual.isDefault) return;
    assert.match(
      usual.reason ?? "",
      /\d+\.\d+/,
      "why the default row is not the library's, and in which version",
    );
  });
}

/** The default options, and each other value of each option beside the defaults. */
function optionChoices(adapter: Adapter): OptionValues[] {
  const usual = defaultOptions(adapter);
  return [
    usual,
    ...Object.entries(adapter.options).flatMap(([name, { values }]) =>
      values.map((value) => ({ ...usual, [name]: value }))
    ),
  ];
}
