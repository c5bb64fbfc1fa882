/** Every registered adapter against the suite, each in a process of its own. */
import assert from "node:assert/strict";
import { ADAPTERS } from "../adapters/mod.ts";
import { defaultOptions } from "../model/adapter.ts";
import { isFault } from "./judge_gaps.ts";
import { spawnConformance } from "./spawn_conformance.ts";

for (const adapter of ADAPTERS) {
  Deno.test(`adapter ${adapter.id} keeps what every adapter must keep`, async () => {
    const { unavailable, results } = await spawnConformance({ adapter, options: defaultOptions(adapter) });
    if (unavailable !== undefined) {
      // Deno's tests cannot skip themselves while they run: the line in the log is the skip.
      console.warn(`SKIPPED ${adapter.id}: ${unavailable}`);
      return;
    }
    assert.deepEqual(results.filter(isFault), []);
  });
}
