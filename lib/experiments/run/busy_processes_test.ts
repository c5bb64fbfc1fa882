import { ok, rejects, strictEqual } from "node:assert/strict";
import { startBusyProcesses } from "./busy_processes.ts";

/** CPU time that ended children of this process have taken, in clock ticks; absent where the host does not tell. */
function childTicks(): number | undefined {
  try {
    const fields = Deno.readTextFileSync("/proc/self/stat").split(") ")[1]!.split(" ");
    return Number(fields[13]) + Number(fields[14]);
  } catch {
    return undefined;
  }
}

Deno.test({
  name: "startBusyProcesses() takes CPU time until it is disposed, and leaves no process behind",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    const before = childTicks();
    // Each works through its first burst before it looks whether it may end.
    await startBusyProcesses(2)[Symbol.asyncDispose]();
    const after = childTicks();
    strictEqual(typeof after, typeof before);
    ok(before === undefined || after! > before);
  },
});

Deno.test("startBusyProcesses() rejects in the end when a process could not go on", async () => {
  const busy = startBusyProcesses(1, "no-such-file.ts");
  await rejects(async () => await busy[Symbol.asyncDispose](), /one ended with code 1/);
});
