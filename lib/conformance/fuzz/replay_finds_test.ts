import assert from "node:assert/strict";
import type { Adapter } from "../../model/adapter.ts";
import { insert, select } from "../../model/statement.ts";
import { adapter as saboteur } from "../../testing/saboteurs/saboteur.ts";
import { inTempFolder } from "../../testing/temp_folder.ts";
import type { StoredHunt } from "./finds_file.ts";
import { replayFinds } from "./replay_finds.ts";
import { scenarioText } from "./scenario_text.ts";

const moduleUrl = new URL("../../testing/saboteurs/saboteur.ts", import.meta.url).href;
const PATIENCE = {
  first: { deadlineMs: 60_000, quietMs: 10 },
  shrink: { deadlineMs: 60_000, quietMs: 10 },
  last: { deadlineMs: 60_000, quietMs: 10 },
  shrinkMs: 0,
} as const;

const table = {
  name: "a",
  columns: [{ name: "id", type: "integer" as const }, {
    name: "note",
    type: "text" as const,
    nullable: true,
  }],
  primaryKey: "id",
  indexes: [],
};
const query = select({ table: "a", columns: ["note"], where: [], orderBy: [] });

function huntOf(way: string, isAwaited: boolean): StoredHunt {
  const text = scenarioText("found/saboteur-1-1", {
    tables: [table],
    steps: [
      {
        do: "write",
        statement: insert({ table: "a", columns: ["id", "note"] }),
        args: [1, null],
        ...(isAwaited ? {} : { isAwaited }),
      },
      { do: "watch", query, args: [] },
    ],
  }, ["saboteur: was wrong"]);
  return {
    startedAt: "2026-11-28T10:00:00.000Z",
    options: { way, gone: "1" },
    drivers: {},
    seed: 1,
    durationMs: 1,
    caseCount: 1,
    stepCount: 1,
    leftOutCount: 0,
    isInterrupted: false,
    finds: [{ message: "was wrong", traits: ["watch", "null"], isSteady: true, scenario: text }],
    unsteady: [],
  };
}

async function fate(
  way: string,
  adapter: Adapter,
  isAwaited = true,
): Promise<{ outcome: string; gap?: string | undefined }> {
  let played: StoredHunt | undefined;
  await inTempFolder(async (directory) => {
    const order = { target: { adapter, moduleUrl }, directory, patience: PATIENCE };
    played = await replayFinds(huntOf(way, isAwaited), order);
  });
  const { outcome, gap } = played!.finds[0]!.again!;
  return { outcome, gap };
}

Deno.test("replayFinds() tells what is right again from what is wrong and from what a known gap names", async () => {
  assert.deepEqual(await fate("is-honest", saboteur), { outcome: "right", gap: undefined });
  assert.deepEqual(await fate("shows-null-as-text", saboteur), { outcome: "wrong", gap: undefined });
  const knownGaps = [
    { scenario: "watch/other", reason: "", traits: ["watch", "limit"] },
    { scenario: "watch/null", reason: "", traits: ["watch", "null"] },
  ];
  assert.deepEqual(await fate("shows-null-as-text", { ...saboteur, knownGaps }), {
    outcome: "known-gap",
    gap: "watch/null",
  });
});

Deno.test("replayFinds() leaves open only what is still asked", async () => {
  const capabilities: Adapter["capabilities"] = (options) => ({
    ...saboteur.capabilities(options),
    worksOn: "server",
  });
  const server = { ...saboteur, capabilities };
  assert.deepEqual((await fate("shows-null-as-text", server, false)).outcome, "not-asked");
  assert.deepEqual((await fate("shows-null-as-text", server)).outcome, "wrong");
});
