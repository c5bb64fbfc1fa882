import assert from "node:assert/strict";
import { join } from "node:path";
import { makeRepository } from "../lib/experiments/_fixture.ts";
import { parseSignalsArguments, signals } from "./signals.ts";

const NOW = new Date("2026-11-22T12:00:00Z");

async function run(...args: readonly string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await signals(parseSignalsArguments(args, NOW)!, (text) => lines.push(text));
  return { code, text: lines.join("\n") };
}

async function withRepository(test: (root: string, map: string) => Promise<void>): Promise<void> {
  const root = await makeRepository();
  try {
    await test(root, join(root, "experiments/signals.json"));
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

Deno.test("signals() validate accepts a generated map, its index and its records", async () => {
  await withRepository(async (root, map) => {
    const experiments = join(root, "experiments");
    const args = ["--index", join(experiments, "README.md"), "--records", experiments, "--strict"];
    assert.deepEqual(await run("validate", map, ...args), {
      code: 0,
      text: "0 broken rules, 0 pieces of advice.",
    });
  });
});

Deno.test("signals() validate names broken rules with line and path", async () => {
  await withRepository(async (_, map) => {
    Deno.writeTextFileSync(map, Deno.readTextFileSync(map).replace('"active",', '"hot",'));
    const { code, text } = await run("validate", map);
    assert.equal(code, 1);
    assert.match(
      text,
      /^error {3}\S*signals\.json:\d+ direction-status at directions\[1\]\.status: .*"hot"$/m,
    );
    const { ok, faults } = JSON.parse((await run("validate", map, "--json")).text);
    assert.equal(ok, false);
    assert.deepEqual([faults[0].rule, faults[0].severity], ["direction-status", "error"]);
  });
});

Deno.test("signals() validate lets advice pass unless it is strict", async () => {
  await withRepository(async (_, map) => {
    Deno.writeTextFileSync(
      map,
      Deno.readTextFileSync(map).replace('"purpose"', '"owner": "me",\n  "purpose"'),
    );
    const { code, text } = await run("validate", map);
    assert.equal(code, 0);
    assert.match(text, /^advice {2}\S+:3 unknown-key at owner/);
    assert.equal((await run("validate", map, "--strict")).code, 1);
  });
});

Deno.test("signals() validate names the line where a map ceases to be JSON, and keys that readers would lose", async () => {
  await withRepository(async (_, map) => {
    const text = Deno.readTextFileSync(map);
    Deno.writeTextFileSync(map, text.replace('"purpose":', '"schemaVersion": 2,\n  "purpose":'));
    const repeated = await run("validate", map);
    assert.equal(repeated.code, 0);
    assert.match(
      repeated.text,
      /^advice {2}\S+:3 key-repeated at schemaVersion: .*\n0 broken rules, 1 piece of advice\.$/,
    );
    Deno.writeTextFileSync(map, text.replace('"purpose":', '"purpose";'));
    const broken = await run("validate", map);
    assert.equal(broken.code, 1);
    assert.match(
      broken.text,
      /^error {3}\S+:3 json: it must be JSON: .*\n1 broken rule, 0 pieces of advice\.$/,
    );
  });
});

Deno.test("signals() validate uses the experiments that it is given", async () => {
  await withRepository(async (_, map) => {
    const { code, text } = await run("validate", map, "--experiments", "001,002,004");
    assert.equal(code, 1);
    assert.match(text, /entry-unknown at experiments\["003"\]: .*did you mean "001"/);
    assert.match(text, /entry-missing at experiments: .*"004" has none/);
  });
});

Deno.test("signals() validate concludes nothing from a wrong index", async () => {
  await withRepository(async (root, map) => {
    const index = join(root, "index");
    Deno.mkdirSync(index);
    const { code, text } = await run("validate", map, "--index", index);
    assert.equal(code, 1);
    assert.match(text, /^error {3}\S+ index-empty: .*\n1 broken rule, /);
  });
});

Deno.test("signals() generate --check names what is not current and writes nothing", async () => {
  await withRepository(async (root, map) => {
    Deno.writeTextFileSync(map, "{}\n");
    const { code, text } = await run("generate", "--root", root, "--check");
    assert.equal(code, 1);
    assert.equal(text, 'experiments/signals.json is not current: run "deno task signals generate"');
    assert.equal(Deno.readTextFileSync(map), "{}\n");
  });
});

Deno.test("signals() generate writes what is not current, and nothing the second time", async () => {
  await withRepository(async (root, map) => {
    Deno.writeTextFileSync(map, "{}\n");
    assert.deepEqual(await run("generate", "--root", root), {
      code: 0,
      text: "Wrote experiments/signals.json",
    });
    assert.deepEqual(await run("generate", "--root", root), { code: 0, text: "" });
  });
});

Deno.test("signals() generate writes nothing when an experiment cannot be read", async () => {
  await withRepository(async (root, map) => {
    Deno.writeTextFileSync(map, "{}\n");
    Deno.writeTextFileSync(join(root, "experiments/001_memory.ts"), "export const experiment = {};\n");
    const { code, text } = await run("generate", "--root", root);
    assert.equal(code, 1);
    assert.match(text, /^experiments\/001_memory\.ts shape at title: /m);
    assert.equal(Deno.readTextFileSync(map), "{}\n");
  });
});

Deno.test("parseSignalsArguments() refuses what cannot be meant", async () => {
  const usage = (message: RegExp) => ({ name: "UsageError", message });
  assert.throws(() => parseSignalsArguments([], NOW), usage(/a command must be named/));
  assert.throws(
    () => parseSignalsArguments(["validte"], NOW),
    usage(/unknown command 'validte' \(Did you mean validate\?\)/),
  );
  assert.throws(() => parseSignalsArguments(["validate"], NOW), usage(/missing required argument 'path'/));
  assert.throws(
    () => parseSignalsArguments(["validate", "x", "--experiments", "1", "--index", "y"], NOW),
    usage(/Cannot combine --experiments with --index/),
  );
  assert.throws(
    () => parseSignalsArguments(["validate", "x", "--outcomes", "new"], NOW),
    usage(/Allowed choices are final, older/),
  );
  await assert.rejects(run("validate", "no/such/file"), usage(/Cannot read "no\/such\/file"/));
});
