import assert from "node:assert/strict";
import { cellKey, parameterPath, parameterText } from "./cell_key.ts";

const CELL = {
  workload: "fan-out",
  workloadVersion: 3,
  adapter: "rxdb",
  optionText: "",
  scale: "smoke",
} as const;

Deno.test("cellKey() names options and parameters only where there are any", () => {
  assert.equal(cellKey(CELL), "fan-out@3/rxdb/smoke");
  assert.equal(
    cellKey({ ...CELL, optionText: "storage=file", parameters: { pacing: "4" } }),
    "fan-out@3/rxdb[storage=file]/smoke/pacing=4",
  );
});

Deno.test("cellKey() is the same however parameters are ordered", () => {
  const parameters = { rate: "100", "in-flight": "4" };
  const turned = { "in-flight": "4", rate: "100" };
  assert.equal(cellKey({ ...CELL, parameters }), cellKey({ ...CELL, parameters: turned }));
  assert.equal(parameterPath(parameters), "/in-flight=4/rate=100");
  assert.equal(parameterText(parameters), "in-flight=4 rate=100");
});

Deno.test("parameterText() is empty when nothing is set", () => {
  assert.deepEqual([parameterPath(), parameterText({})], ["", ""]);
});
