import { ok, strictEqual } from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
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
  name: "startBusyProcesses() keeps CPUs busy until it is disposed, and leaves no process behind",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    const before = childTicks();
    {
      await using _busy = startBusyProcesses(2);
      await delay(300);
    }
    const after = childTicks();
    strictEqual(typeof after, typeof before);
    ok(before === undefined || after! > before);
  },
});
