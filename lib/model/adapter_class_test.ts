import assert from "node:assert/strict";
import type { Capabilities } from "./adapter.ts";
import { type AdapterClass, adapterClass, storeClass } from "./adapter_class.ts";

Deno.test("adapterClass() takes the first of model, floor, server and durability that fits", () => {
  const plain = { liveQueries: "row", worksOn: "caller", durability: "none" } as const;
  const cases: [Partial<Capabilities>, AdapterClass][] = [
    [{}, "memory"],
    [{ worksOn: "worker" }, "memory"],
    [{ durability: "relaxed" }, "relaxed file"],
    [{ durability: "wal-normal" }, "durable file"],
    [{ durability: "full" }, "durable and synced"],
    [{ durability: "full", worksOn: "server" }, "server"],
    [{ durability: "full", worksOn: "server", liveQueries: "none" }, "floor"],
    [{ liveQueries: "none" }, "floor"],
    [{ liveQueries: "none", modelOf: "drift 2.x" }, "model"],
  ];
  for (const [capabilities, expected] of cases) {
    assert.equal(adapterClass({ ...plain, ...capabilities }), expected, JSON.stringify(capabilities));
  }
});

Deno.test("storeClass() does not ask for live queries, and says when nobody knows", () => {
  const floor = { liveQueries: "none", worksOn: "caller", durability: "wal-normal" } as const;
  assert.deepEqual([storeClass(floor), storeClass(undefined)], ["durable file", "unknown"]);
});
