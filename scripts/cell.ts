/**
 * The child process of one block: looks ids up in the registries, runs the block, prints its result.
 *
 * Started by the bench with the adapter's permissions and nothing more. Loads no npm package but the adapter's driver.
 */
import process from "node:process";
import { loadWorkload } from "../lib/cli/load_workload.ts";
import { loadAdapter } from "../lib/adapters/mod.ts";
import { openClock } from "../lib/clock/mod.ts";
import { DriverUnavailableError, type PhaseTimeline } from "../lib/model/mod.ts";
import { type BlockOrder, type ChildMessage, encodeMessage } from "../lib/runner/protocol.ts";
import { runBlock } from "../lib/runner/run_block.ts";

const order = JSON.parse(Deno.args[0] ?? "null") as BlockOrder;
const encoder = new TextEncoder();

function say(message: ChildMessage): void {
  const bytes = encoder.encode(`${encodeMessage(order.token, message)}\n`);
  for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
}

// The parent holds the other end of this pipe and writes nothing: whatever ends the read, the parent is gone.
void Deno.stdin.read(new Uint8Array(1)).finally(() => Deno.exit(1));

const clock = openClock(order.libcPath);
giveUpLibc();
const workload = await loadWorkload(order.workload);
const adapter = await loadAdapter(order.adapter);
let timeline: readonly PhaseTimeline[] | undefined;
try {
  const result = await runBlock({
    adapter,
    options: order.options,
    program: workload.program(workload.parameters[order.scale], order.context),
    directory: order.directory,
    clock,
    patience: order.patience,
    memory: {
      peakBytes: () => process.resourceUsage().maxRSS * 1024,
      currentBytes: () => Deno.memoryUsage().rss,
    },
    onStep: (step) => say({ kind: "step", step }),
    onTimeline: order.timeline ? (phases) => timeline = phases : undefined,
    slowdownShare: order.slowdownShare,
  });
  const { coarseReason } = clock.cpu;
  say({
    kind: "result",
    result: coarseReason === undefined
      ? result
      : { ...result, warnings: [...result.warnings, { kind: "coarse-caller-cpu", reason: coarseReason }] },
    ...(timeline === undefined ? {} : { timeline }),
  });
} catch (error) {
  if (!(error instanceof DriverUnavailableError)) throw error;
  say({ kind: "skip", reason: error.message });
}
/** The C library was for our clock only: whoever may open it can do anything. What an adapter declares it keeps. */
function giveUpLibc(): void {
  const ffi = { name: "ffi" } as const;
  if (Deno.permissions.querySync(ffi).state !== "granted") Deno.permissions.revokeSync(ffi);
}

// A driver may leave timers behind; the block is over all the same.
Deno.exit(0);
