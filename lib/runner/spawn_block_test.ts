import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { BlockResult } from "./run_block.ts";
import { OUTPUT_LINES_KEPT } from "./output_tail.ts";
import { type BlockSpawn, spawnBlock, type SpawnedBlock } from "./spawn_block.ts";

const ENTRY = new URL("../testing/children/misbehave.ts", import.meta.url).href;

const begin = {
  adapter: "fake",
  options: {},
  key: { a: 1, b: 2 },
  keepsRows: false,
  patience: { finalQuietMs: 1, quietMs: 1, deadlineMs: 1 },
};
const RESULT: BlockResult = {
  verdict: "converged",
  findings: [],
  findingCount: 0,
  metrics: {},
  phases: [],
  facts: {},
  warnings: [],
};

interface Changes {
  timeoutMs?: number;
  leaveMs?: number;
  signal?: AbortSignal;
  /** Steps that are asked for behind the first one. */
  then?: "open" | "play" | "nothing";
}

function spawn(behaviour: string, changes: Changes = {}): Promise<SpawnedBlock> {
  const run: BlockSpawn["run"] = async ({ player, onStep }) => {
    onStep("load");
    await player.begin(begin);
    if (changes.then === "open") {
      onStep("open");
      await player.open({ directory: ".", database: "new", tables: [] });
      onStep("burst 1/3");
      await player.facts();
    }
    if (changes.then === "play") {
      await player.play({
        name: "burst",
        watches: [],
        operations: [],
        warmupOperationCount: 0,
        pacing: { turns: 0 },
        asksRequeries: false,
        notesTurns: false,
      }, { started: () => {}, acknowledged: () => [] });
    }
    return { kind: "result", result: RESULT };
  };
  return spawnBlock({
    executable: Deno.execPath(),
    args: ["run", "--no-prompt", "--no-check", "--allow-run", "--allow-env", ENTRY, behaviour],
    timeoutMs: changes.timeoutMs ?? 60_000,
    leaveMs: changes.leaveMs ?? 5000,
    signal: changes.signal ?? new AbortController().signal,
    onStep: () => {},
    run,
  });
}

function reasonOf({ ending }: SpawnedBlock): string {
  ok(ending.kind === "failed", `expected a failure, got ${JSON.stringify(ending)}`);
  return ending.reason;
}

Deno.test("spawnBlock() reports the exit code and the last output when the child leaves early", async () => {
  const spawned = await spawn("exits-early");
  match(reasonOf(spawned), /exited with code 7 during load, without a result/);
  deepStrictEqual(spawned.output, ["almost there"]);
});

Deno.test("spawnBlock() keeps the error's text when the child crashes", async () => {
  const spawned = await spawn("crashes");
  match(reasonOf(spawned), /exited with code 1/);
  ok(spawned.output.some((line) => line.includes("segmentation fault, more or less")));
});

for (const behaviour of ["hangs", "spins"]) {
  Deno.test(`spawnBlock() ends a child that ${behaviour} when its time is over`, async () => {
    match(reasonOf(await spawn(behaviour, { timeoutMs: 1500 })), /Timed out after 1500 ms during load/);
  });
}

Deno.test("spawnBlock() names the signal when the child was killed", async () => {
  match(reasonOf(await spawn("is-killed", { then: "open" })), /was killed by SIGKILL during open/);
});

for (const behaviour of ["floods", "floods-without-line-ends"]) {
  Deno.test(`spawnBlock() ends a child that ${behaviour} and keeps a bounded tail`, async () => {
    const spawned = await spawn(behaviour);
    match(reasonOf(spawned), /Printed more than 16 MiB/);
    ok(spawned.output.length <= OUTPUT_LINES_KEPT);
    ok(spawned.output.every((line) => line.length < 500));
  });
}

const LIES: Readonly<Record<string, RegExp>> = {
  "says-half-a-message": /SyntaxError/,
  "forges-a-message": /wrote into the channel that belongs to the bench/,
  "answers-nonsense": /answer to "begin" is wrong: turnCostNs/,
};
for (const [behaviour, reason] of Object.entries(LIES)) {
  Deno.test(`spawnBlock() takes no result from a child that ${behaviour}`, async () => {
    match(reasonOf(await spawn(behaviour)), reason);
  });
}

Deno.test("spawnBlock() fails a child that answers what nobody asked", async () => {
  match(
    reasonOf(await spawn("answers-twice", { then: "open" })),
    /nobody asked for|answer to "open" is wrong/,
  );
});

Deno.test("spawnBlock() fails a child whose clock disagrees with the parent's", async () => {
  match(
    reasonOf(await spawn("turns-the-clock-back", { then: "play" })),
    /clock is not to be trusted: its operations took 0 ms there and \d{3,} ms on the bench's own clock/,
  );
});

Deno.test("spawnBlock() tells messages from chatter on both streams", async () => {
  const spawned = await spawn("chatters-and-skips");
  deepStrictEqual(spawned.ending, { kind: "skip", reason: "no driver" });
  deepStrictEqual(spawned.output.toSorted(), ["deprecated", "driver 1.2.3 is starting"]);
  strictEqual(spawned.outputLineCount, 2);
});

Deno.test("spawnBlock() does not mind dots without a line end", async () => {
  const spawned = await spawn("prints-dots");
  deepStrictEqual(spawned.ending, { kind: "skip", reason: "no driver" });
  deepStrictEqual(spawned.output, ["..."]);
});

Deno.test("spawnBlock() takes a driver that cannot be downloaded for a skip", async () => {
  deepStrictEqual((await spawn("finds-no-driver")).ending, {
    kind: "skip",
    reason: "Cannot download the driver: Could not find npm package 'some-db' matching '9.9.9'; " +
      "its configuration must name a package and a version that the registry has",
  });
});

Deno.test("spawnBlock() takes the same words for a failure once the block is running", async () => {
  match(
    reasonOf(await spawn("speaks-of-drivers-during-a-phase", { then: "open" })),
    /exited with code 1 during burst 1\/3/,
  );
});

Deno.test("spawnBlock() takes the answer of a child that lingers afterwards", async () => {
  deepStrictEqual((await spawn("lingers-after-its-answer", { leaveMs: 10 })).ending, {
    kind: "skip",
    reason: "no driver",
  });
});

Deno.test("spawnBlock() ends and counts what a child leaves behind, and waits for no pipe that it holds", async () => {
  const { ending } = await spawn("leaves-a-process-behind");
  ok(ending.kind === "result", JSON.stringify(ending));
  if (Deno.build.os !== "linux") return;
  deepStrictEqual(ending.result.warnings, [{ kind: "left-behind", names: ["sleep"], count: 1 }]);
});

Deno.test("spawnBlock() ends the child when the signal is aborted", async () => {
  const interrupt = new AbortController();
  const spawned = spawn("hangs", { signal: interrupt.signal });
  interrupt.abort();
  deepStrictEqual((await spawned).ending, { kind: "interrupted" });
});
