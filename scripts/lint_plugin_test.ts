import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import plugin, { importFault } from "./lint_plugin.ts";

Deno.test("importFault() names the allowed folders when a folder looks upward", () => {
  match(
    importFault("lib/model/value.ts", "../stats/mod.ts")!,
    /lib\/model may import nothing outside itself/,
  );
  match(importFault("workloads/keyed_pk.ts", "../lib/adapters/mod.ts")!, /workloads may import only/);
  match(importFault("lib/adapters/tinybase.ts", "../engine/mod.ts")!, /lib\/adapters may import only/);
  match(importFault("lib/runner/plan.ts", "../adapters/mod.ts")!, /lib\/runner may import only/);
});

Deno.test("importFault() lets the watchlite adapter in by the engine's front door only", () => {
  strictEqual(importFault("lib/adapters/watchlite.ts", "../engine/mod.ts"), undefined);
  match(importFault("lib/adapters/watchlite.ts", "../engine/database.ts")!, /engine\/mod\.ts/);
});

Deno.test("importFault() keeps packages out of what a child process loads", () => {
  match(importFault("lib/oracle/truth.ts", "zod")!, /must not import packages/);
  strictEqual(importFault("lib/record/schema.ts", "zod"), undefined);
  strictEqual(importFault("lib/oracle/truth.ts", "node:buffer"), undefined);
});

Deno.test("importFault() lets adapters ask for their driver, and no more than that", () => {
  match(importFault("lib/adapters/rxdb.ts", "rxdb")!, /by import\(\), inside open: "rxdb"/);
  strictEqual(importFault("lib/adapters/rxdb.ts", "rxdb", false), undefined);
  match(importFault("lib/child/serve.ts", "rxdb", false)!, /must not import packages/);
});

Deno.test("importFault() keeps experiments and examples to what they are told", () => {
  strictEqual(importFault("experiments/200_x.ts", "../lib/experiments/mod.ts"), undefined);
  match(importFault("experiments/200_x.ts", "../lib/adapters/mod.ts")!, /experiments may import only/);
  strictEqual(importFault("examples/naive_watch/adapter.ts", "watchbench/model"), undefined);
  match(importFault("examples/naive_watch/adapter.ts", "../../lib/runner/mod.ts")!, /nothing outside itself/);
});

Deno.test("importFault() leaves tests and scripts alone", () => {
  strictEqual(importFault("lib/model/value_test.ts", "../stats/mod.ts"), undefined);
  strictEqual(importFault("scripts/bench.ts", "../lib/record/mod.ts"), undefined);
});

Deno.test("the plugin tells a driver that is loaded with the adapter from one that is asked for, and from types", () => {
  const source = [
    'import { createStore } from "tinybase";',
    'import type { Store } from "tinybase";',
    'const library = await import("tinybase");',
  ].join("\n");
  const path = new URL("../lib/adapters/planted.ts", import.meta.url).pathname;
  deepStrictEqual(Deno.lint.runPlugin(plugin, path, source).map(({ range }) => source.slice(...range)), [
    '"tinybase"',
  ]);
});

Deno.test("the plugin reports static, dynamic and re-exported imports at their place", () => {
  const source = [
    'import { a } from "../report/mod.ts";',
    'export * from "../record/mod.ts";',
    'export { b } from "../adapters/mod.ts";',
    'const c = await import("../testing/mod.ts");',
    'import { d } from "./value.ts";',
  ].join("\n");
  const path = new URL("../lib/model/planted.ts", import.meta.url).pathname;
  const diagnostics = Deno.lint.runPlugin(plugin, path, source);
  deepStrictEqual(
    diagnostics.map((diagnostic) => diagnostic.id),
    Array(4).fill("watchbench/import-direction"),
  );
});
