import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { BlockOrder } from "./protocol.ts";
import { OUTPUT_LINES_KEPT, spawnBlock, type SpawnedBlock } from "./spawn_block.ts";

const ENTRY = new URL("../testing/children/misbehave.ts", import.meta.url).href;

function spawn(
  behaviour: string,
  changes: { timeoutMs?: number; leaveMs?: number; signal?: AbortSignal } = {},
): Promise<SpawnedBlock> {
  const order: BlockOrder = {
    token: "token-1",
    adapter: "fake",
    options: {},
    workload: behaviour,
    scale: "smoke",
    context: { blockIndex: 0, seed: 0 },
    directory: ".",
    patience: { quietMs: 1, deadlineMs: 1 },
  };
  return spawnBlock({
    executable: Deno.execPath(),
    flags: ["run", "--no-prompt", "--no-check", "--allow-run"],
    entry: ENTRY,
    order,
    timeoutMs: changes.timeoutMs ?? 60_000,
    leaveMs: changes.leaveMs ?? 5000,
    signal: changes.signal ?? new AbortController().signal,
    onStep: () => {},
  });
}

function reasonOf({ ending }: SpawnedBlock): string {
  ok(ending.kind === "failed", `expected a failure, got ${JSON.stringify(ending)}`);
  return ending.reason;
}

Deno.test("spawnBlock() reports the exit code and the last output when the child leaves early", async () => {
  const spawned = await spawn("exits-early");
  match(reasonOf(spawned), /exited with code 7 during start, without a result/);
  deepStrictEqual(spawned.output, ["almost there"]);
});

Deno.test("spawnBlock() keeps the error's text when the child crashes", async () => {
  const spawned = await spawn("crashes");
  match(reasonOf(spawned), /exited with code 1/);
  ok(spawned.output.some((line) => line.includes("segmentation fault, more or less")));
});

for (const behaviour of ["hangs", "spins"]) {
  Deno.test(`spawnBlock() ends a child that ${behaviour} when its time is over`, async () => {
    match(
      reasonOf(await spawn(behaviour, { timeoutMs: 1500 })),
      /Timed out after 1500 ms during (start|burst 1\/3)/,
    );
  });
}

Deno.test("spawnBlock() names the signal when the child was killed", async () => {
  match(reasonOf(await spawn("is-killed")), /was killed by SIGKILL during seed/);
});

for (const behaviour of ["floods", "floods-without-line-ends"]) {
  Deno.test(`spawnBlock() ends a child that ${behaviour} and keeps a bounded tail`, async () => {
    const spawned = await spawn(behaviour);
    match(reasonOf(spawned), /Printed more than 16 MiB/);
    ok(spawned.output.length <= OUTPUT_LINES_KEPT);
    ok(spawned.output.every((line) => line.length < 500));
  });
}

for (const behaviour of ["says-half-a-message", "forges-a-message"]) {
  Deno.test(`spawnBlock() takes no result from a child that ${behaviour}`, async () => {
    match(reasonOf(await spawn(behaviour)), /exited with code 0 during start, without a result/);
  });
}

Deno.test("spawnBlock() tells messages from chatter on both streams", async () => {
  const spawned = await spawn("chatters-and-skips");
  deepStrictEqual(spawned.ending, { kind: "skip", reason: "no driver" });
  deepStrictEqual(spawned.output.toSorted(), ["deprecated", "driver 1.2.3 is starting"]);
  strictEqual(spawned.outputLineCount, 2);
});

Deno.test("spawnBlock() takes a driver that cannot be downloaded for a skip", async () => {
  deepStrictEqual((await spawn("finds-no-driver")).ending, {
    kind: "skip",
    reason: "Cannot download the driver: Could not find npm package 'some-db' matching '9.9.9'; " +
      "its configuration must name a package and a version that the registry has",
  });
});

Deno.test("spawnBlock() takes the same words for a failure once the block is running", async () => {
  match(reasonOf(await spawn("speaks-of-drivers-during-a-phase")), /exited with code 1 during burst 1\/3/);
});

Deno.test("spawnBlock() takes the answer of a child that lingers afterwards", async () => {
  deepStrictEqual((await spawn("lingers-after-its-answer", { leaveMs: 10 })).ending, {
    kind: "skip",
    reason: "no driver",
  });
});

Deno.test("spawnBlock() ends the child when the signal is aborted", async () => {
  const interrupt = new AbortController();
  const spawned = spawn("hangs", { signal: interrupt.signal });
  interrupt.abort();
  deepStrictEqual((await spawned).ending, { kind: "interrupted" });
});
