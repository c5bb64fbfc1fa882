import assert from "node:assert/strict";
import { adapterById } from "../../lib/adapters/mod.ts";
import { TAB_PATIENCE, trySecondTab } from "../../lib/conformance/second_tab.ts";
import { defaultOptions } from "../../lib/model/adapter.ts";
import { chromiumPath } from "../../lib/runner/launchers/chromium.ts";

const ignore = await chromiumPath() === undefined;

async function tried(id: string) {
  const adapter = adapterById(id);
  return await trySecondTab(adapter, defaultOptions(adapter, "chromium"), { ...TAB_PATIENCE, writeCount: 3 });
}

Deno.test({
  name: "trySecondTab() sees every row in the first tab when the database tells its tabs of writes",
  ignore,
  fn: async () => {
    const { shownAfterMs, writeCount, isRead, fault, refused } = await tried("dexie");
    assert.deepEqual([shownAfterMs.length, writeCount, isRead, fault, refused], [
      3,
      3,
      true,
      undefined,
      undefined,
    ]);
  },
});

Deno.test({
  name:
    "trySecondTab() tells that the second tab got no database when the first one keeps its files to itself",
  ignore,
  fn: async () => {
    const { refused, fault } = await tried("sqlite-opfs");
    assert.equal(fault, undefined);
    assert.match(refused!, /access|lock|open/i);
  },
});
