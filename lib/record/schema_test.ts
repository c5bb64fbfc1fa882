import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import { arbitraryBlocks } from "./_arbitraries.ts";
import { CELLS, exampleBlock, exampleStart } from "./_fixtures.ts";
import { checkBlock, checkHeader, publishedSchemas } from "./schema.ts";

function exampleHeader(): Record<string, unknown> {
  const { root: _root, label: _label, now: _now, ...description } = exampleStart("");
  return {
    schemaVersion: 2,
    metricsVersion: 2,
    id: "2026-11-21T23-55-07-bench",
    label: "bench",
    status: "running",
    startedAt: "2026-11-21T23:55:07.123Z",
    ...description,
  };
}

const DIGEST = "0".repeat(64);
const SEAL = { endedAt: "2026-11-21T23:59:00.000Z", blocks: { sha256: DIGEST, count: 0 }, sha256: DIGEST };

Deno.test("schemas/ is what publishedSchemas() says", () => {
  const folder = join(import.meta.dirname!, "..", "..", "schemas");
  for (const [name, text] of Object.entries(publishedSchemas())) {
    assert.equal(Deno.readTextFileSync(join(folder, name)), text, `run "deno task schemas": ${name}`);
  }
});

Deno.test("publishedSchemas() refuses unknown keys and demands the required ones", () => {
  const { "record.schema.json": record } = publishedSchemas();
  const schema = JSON.parse(record!);
  assert.equal(schema.additionalProperties, false);
  assert.ok(schema.required.includes("settings"));
  assert.ok(!schema.required.includes("endedAt"));
});

Deno.test("checkBlock() takes every block and gives back the same object", () => {
  fc.assert(fc.property(arbitraryBlocks, (blocks) => {
    for (const block of blocks) {
      const checked = checkBlock(block);
      assert.ok("value" in checked, JSON.stringify(checked));
      assert.equal(checked.value, block);
    }
  }));
});

for (
  const [what, change, rule] of [
    ["an unknown key", { speed: 1 }, /speed/],
    ["NaN", { elapsedMs: NaN }, /elapsedMs/],
    ["infinity", { metrics: { wall_ns: Infinity } }, /metrics\.wall_ns/],
    ["null for a number", { metrics: { wall_ns: null } }, /metrics\.wall_ns/],
    ["a broken index", { blockIndex: 1.5 }, /blockIndex/],
    ["a negative position", { position: -1 }, /position/],
    ["an unknown verdict", { verdict: "fine" }, /verdict/],
    ["an unknown status", { status: "lost" }, /status/],
    ["a local time", { startedAt: "2026-11-21T23:55:07+01:00" }, /startedAt/],
    ["a share over 1", { host: { cpuPressureShare: 1.1 } }, /host\.cpuPressureShare/],
    ["an unknown warning", { warnings: [{ kind: "tired" }] }, /warnings\.0\.kind/],
    ["undefined for an optional field", { host: { load1m: undefined } }, /host\.load1m/],
  ] as const
) {
  Deno.test(`checkBlock() names the field when a block has ${what}`, () => {
    const checked = checkBlock({ ...exampleBlock(0), ...change });
    assert.ok("rule" in checked);
    assert.match(checked.rule, rule);
  });
}

Deno.test("checkHeader() takes a running and a sealed header", () => {
  assert.ok("value" in checkHeader(exampleHeader()));
  assert.ok("value" in checkHeader({ ...exampleHeader(), status: "complete", ...SEAL }));
  assert.ok("value" in checkHeader({ ...exampleHeader(), status: "partial", ...SEAL }));
});

for (
  const [what, change, rule] of [
    ["another version", { schemaVersion: 1 }, /"schemaVersion" must be 2: it is 1/],
    ["meanings of tomorrow", { metricsVersion: 3 }, /"metricsVersion" must be at most 2.*: it is 3/],
    [
      "no seal though it is complete",
      { status: "complete" },
      /"blocks" must be present once a run is sealed/,
    ],
    ["no digest though it is partial", { status: "partial", ...SEAL, sha256: undefined }, /sha256/],
    ["a seal though it is running", SEAL, /"blocks" must be absent while it runs/],
    ["an upper-case digest", { status: "complete", ...SEAL, sha256: "A".repeat(64) }, /sha256/],
    ["a hostile label", { label: "../../x" }, /label/],
    [
      "an unknown scale",
      { workloads: [{ ...exampleStart("").workloads[0], parameters: { huge: {} } }] },
      /parameters/,
    ],
    [
      "one cell twice",
      { settings: { ...exampleStart("").settings, cells: [CELLS[0], CELLS[0]] } },
      /"settings.cells" must have different keys: "keyed-pk@2\/fast\/smoke" is there twice/,
    ],
  ] as const
) {
  Deno.test(`checkHeader() states the rule when a header has ${what}`, () => {
    const checked = checkHeader({ ...exampleHeader(), ...change });
    assert.ok("rule" in checked);
    assert.match(checked.rule, rule);
  });
}
