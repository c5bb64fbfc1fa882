import assert from "node:assert/strict";
import { parseSmokeArguments } from "./smoke.ts";

Deno.test("parseSmokeArguments() asks every adapter in every runtime but Deno when nothing is named", () => {
  assert.deepEqual(parseSmokeArguments([]), {
    workload: ["keyed-pk"],
    adapter: ["all"],
    runtime: ["node", "bun", "chromium"],
    lanes: 2,
    timeout: 60,
  });
});

Deno.test("parseSmokeArguments() takes what is named instead", () => {
  const args = [
    "-r",
    "chromium",
    "-a",
    "dexie",
    "-a",
    "rxdb",
    "-w",
    "fan-out",
    "--lanes",
    "1",
    "--timeout",
    "9",
  ];
  assert.deepEqual(parseSmokeArguments(args), {
    workload: ["fan-out"],
    adapter: ["dexie", "rxdb"],
    runtime: ["chromium"],
    lanes: 1,
    timeout: 9,
  });
  for (const text of ["0", "two", "1.5"]) {
    assert.throws(() => parseSmokeArguments(["--lanes", text]), {
      name: "UsageError",
      message: /It must be a whole number from 1/,
    });
  }
});
