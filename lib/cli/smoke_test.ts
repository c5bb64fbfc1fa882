import assert from "node:assert/strict";
import type { BlockResult, SpawnedBlock } from "../runner/mod.ts";
import { combineCells, selectAdapters, selectWorkloads } from "./select_cells.ts";
import { runSmoke, type SmokeOutcome, summarizeSmoke } from "./smoke.ts";

function ended(ending: SpawnedBlock["ending"], ...output: string[]): SpawnedBlock {
  return { ending, output, outputLineCount: output.length };
}

function judged(verdict: BlockResult["verdict"], detail?: string): SpawnedBlock {
  const findings = detail === undefined ? [] : [{ verdict, phase: "burst", iteration: 0, query: "", detail }];
  return ended({ kind: "result", result: { verdict, findings } as unknown as BlockResult });
}

async function smoke(
  ids: readonly string[],
  endings: Readonly<Record<string, SpawnedBlock>>,
): Promise<{ outcomes: readonly SmokeOutcome[]; isInterrupted: boolean; told: string[] }> {
  const cells = combineCells(
    await selectWorkloads(["keyed-pk"]),
    await selectAdapters(ids, []),
    ["smoke"],
    [{ runtime: "chromium" }],
  );
  const told: string[] = [];
  let nowMs = 0;
  const result = await runSmoke({
    cells,
    lanes: 1,
    nowMs: () => nowMs += 500,
    run: ({ adapter }) => Promise.resolve(endings[adapter.id]!),
    onOutcome: ({ key }) => told.push(key),
  });
  return { ...result, told };
}

Deno.test("runSmoke() tells what was right, wrong and failed, and skips what does not run there without starting it", async () => {
  const { outcomes, told } = await smoke(["dexie", "rxdb", "zero", "lokijs", "watchlite"], {
    dexie: judged("converged"),
    rxdb: judged("lost", "a change is missing"),
    zero: ended({ kind: "failed", reason: "Timed out" }, "a line"),
    lokijs: ended({ kind: "skip", reason: "no driver" }),
  });
  assert.deepEqual(outcomes.map(({ verdict, reason, elapsedMs }) => [verdict, reason, elapsedMs]), [
    ["right", "", 500],
    ["wrong", "lost in burst: a change is missing", 500],
    ["failed", "Timed out; a line", 500],
    ["skipped", "no driver", 500],
    ["skipped", outcomes[4]!.reason, 0],
  ]);
  assert.match(outcomes[4]!.reason, /^Adapter "watchlite" runs in /);
  assert.deepEqual(told, outcomes.map(({ key }) => key));
});

Deno.test("runSmoke() begins nothing more when it was interrupted", async () => {
  const { outcomes, isInterrupted } = await smoke(["dexie", "rxdb", "zero"], {
    dexie: judged("converged"),
    rxdb: ended({ kind: "interrupted" }),
  });
  assert.deepEqual([outcomes.length, isInterrupted], [1, true]);
});

Deno.test("summarizeSmoke() is not fine when something was wrong, or when nothing was right in a runtime", () => {
  const outcome = (runtime: SmokeOutcome["runtime"], verdict: SmokeOutcome["verdict"]): SmokeOutcome => ({
    key: "",
    runtime,
    verdict,
    reason: "",
    elapsedMs: 0,
  });
  assert.deepEqual(summarizeSmoke([outcome("node", "right"), outcome("node", "skipped")], ["node"]), {
    lines: ["Node: 1 right, 0 wrong, 0 failed, 1 skipped"],
    isFine: true,
  });
  assert.deepEqual(
    summarizeSmoke([outcome("node", "right"), outcome("node", "failed")], ["node"]).isFine,
    false,
  );
  assert.deepEqual(summarizeSmoke([outcome("node", "right"), outcome("bun", "skipped")], ["node", "bun"]), {
    lines: [
      "Node: 1 right, 0 wrong, 0 failed, 0 skipped",
      "Bun: 0 right, 0 wrong, 0 failed, 1 skipped; nothing was shown to work",
    ],
    isFine: false,
  });
});
