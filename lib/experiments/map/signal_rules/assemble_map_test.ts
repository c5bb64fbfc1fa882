import assert from "node:assert/strict";
import { join } from "node:path";
import { assembleMap, isMapInParts } from "./assemble_map.ts";

async function withParts(
  parts: Readonly<Record<string, string>>,
  use: (folder: string) => void,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "watchbench-parts-" });
  try {
    Deno.mkdirSync(join(folder, "entries"));
    for (const [name, text] of Object.entries(parts)) Deno.writeTextFileSync(join(folder, name), text);
    use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("assembleMap() puts the entries of a folder into the base", async () => {
  const parts = {
    "base.json": '{"purpose":"x"}',
    "entries/110.json": "{}",
    "entries/008b.json": '{"claims":[]}',
  };
  await withParts(parts, (folder) => {
    const { value, faults } = assembleMap(folder);
    assert.deepEqual(faults, []);
    assert.deepEqual(value, { purpose: "x", experiments: { "008b": { claims: [] }, "110": {} } });
    assert.deepEqual([isMapInParts(folder), isMapInParts(join(folder, "base.json"))], [true, false]);
  });
});

Deno.test("assembleMap() places a fault in the part that it is in", async () => {
  const parts = { "base.json": '{\n"directions": [1]}', "entries/110.json": '{\n\n"claims": 1}' };
  await withParts(parts, (folder) => {
    const map = assembleMap(folder);
    const entry = map.faultAt("a", ["experiments", "110", "claims"], "x");
    assert.deepEqual([entry.file, entry.line, entry.path], [join(folder, "entries/110.json"), 3, "claims"]);
    const base = map.faultAt("a", ["directions", 0], "x");
    assert.deepEqual([base.file, base.line], [join(folder, "base.json"), 2]);
  });
});

Deno.test("assembleMap() names parts that are wrong, and gives no map then", async () => {
  const parts = { "base.json": '{"experiments":{}}', "entries/1.json": "[]", "entries/2.json": "{" };
  await withParts(parts, (folder) => {
    const { value, faults } = assembleMap(folder);
    assert.deepEqual([value, faults.map(({ rule }) => rule)], [undefined, [
      "base-experiments",
      "part-object",
      "json",
    ]]);
  });
  await withParts(
    {},
    (folder) => assert.throws(() => assembleMap(folder), /every part of a map must be there/),
  );
});
