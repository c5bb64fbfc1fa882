/** Registered adapters against the suite, each in a process of its own; for tests, in files that run side by side. */
import assert from "node:assert/strict";
import { ADAPTERS } from "../adapters/mod.ts";
import { defaultOptions } from "../model/adapter.ts";
import { isFault } from "./judge_gaps.ts";
import { spawnConformance } from "./spawn_conformance.ts";

/** Declares a test for every second adapter, beginning with the first or the second one. */
export function tryEverySecond(first: 0 | 1): void {
  for (const adapter of ADAPTERS.filter((_, index) => index % 2 === first)) {
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
}
