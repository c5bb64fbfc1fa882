import assert from "node:assert/strict";
import type { KnownGap } from "../../model/adapter.ts";
import { adapter as saboteur } from "../../testing/saboteurs/saboteur.ts";
import { inTempFolder } from "../../testing/temp_folder.ts";
import type { ConformanceTarget } from "../find_targets.ts";
import { hunt, type HuntOrder, type HuntReport } from "./hunt.ts";

const MODULE = new URL("../../testing/saboteurs/saboteur.ts", import.meta.url).href;

/** Far more than is needed, however busy the machine is: hunts here end by what they find. */
const LONG_MS = 1_800_000;
const PATIENCE = {
  first: { deadlineMs: 60_000, quietMs: 10 },
  shrink: { deadlineMs: 60_000, quietMs: 10 },
  last: { deadlineMs: 60_000, quietMs: 30 },
  shrinkMs: LONG_MS,
} as const;

async function hunted(
  way: string,
  more: Partial<HuntOrder> = {},
  knownGaps: readonly KnownGap[] = [],
): Promise<HuntReport> {
  const target: ConformanceTarget = {
    adapter: { ...saboteur, knownGaps },
    options: { way },
    moduleUrl: MODULE,
  };
  let report: HuntReport | undefined;
  await inTempFolder(async (directory) => {
    report = await hunt({
      target,
      directory,
      seed: 5,
      durationMs: LONG_MS,
      patience: PATIENCE,
      mostFinds: 1,
      ...more,
    });
  });
  return report!;
}

for (const way of ["is-honest", "repeats", "answers-with-thenables"]) {
  Deno.test(`hunt() accuses nobody who ${way}`, async () => {
    const { finds, unsteady, caseCount, isInterrupted, endedBy } = await hunted(way, { durationMs: 3000 });
    assert.deepEqual([finds.map(({ message }) => message), unsteady, isInterrupted], [[], [], false]);
    assert.equal(endedBy, "time");
    assert.ok(caseCount > 0);
  });
}

Deno.test("hunt() cuts out what a known gap names, and plays the rest", async () => {
  const { finds, caseCount, cutCount, stepCount } = await hunted("shows-null-as-text", { durationMs: 3000 }, [
    {
      scenario: "watch/null",
      reason: "shows null as text",
      traits: ["watch", "null"],
    },
  ]);
  assert.deepEqual(finds.map(({ message }) => message), []);
  assert.ok(cutCount > 0 && cutCount <= caseCount && stepCount > caseCount);
});

Deno.test("hunt() finds a wrong read and makes it small", async () => {
  const { finds: [find], endedBy } = await hunted("misreads");
  assert.equal(endedBy, "finds");
  assert.match(find!.message, /^Read of "SELECT .* expected \[.*, got \[\]$/);
  assert.ok(find!.isSteady);
  assert.ok(find!.history.steps.length <= 2);
});

Deno.test("hunt() finds a live query that shows another value, and says what brought it about", async () => {
  const { finds: [find] } = await hunted("shows-null-as-text", { seed: 4 });
  assert.match(find!.message, /^Stream 0 .* equals no committed state: .*""/);
  // A live query, and a row of each table that it may join.
  assert.ok(find!.history.steps.length <= 3);
  assert.ok(find!.traits.includes("watch") && find!.traits.includes("null"));
});

Deno.test("hunt() goes on with a new process when one is gone", async () => {
  const { finds: [find] } = await hunted("leaves-with-a-perfect-result");
  assert.match(find!.message, /^The process exited with code 0/);
  assert.ok(find!.history.steps.some((step) => step.do === "write" || step.do === "batch"));
});

Deno.test("hunt() keeps what it found when it is interrupted", async () => {
  const interrupt = new AbortController();
  const { finds, isInterrupted, endedBy } = await hunted("misreads", {
    mostFinds: 10,
    signal: interrupt.signal,
    onFind: () => interrupt.abort(),
  });
  assert.equal(finds.length, 1);
  assert.deepEqual([isInterrupted, endedBy], [true, "signal"]);
});
