/**
 * The child process of one block, in Deno: takes the intrinsics, opens the clock, gives up what only the clock needs, and
 * plays what the parent asks for.
 *
 * Started by the bench with the adapter's permissions and nothing more. Loads no npm package but the adapter's driver.
 * Its only argument is the path of the C library; what it plays comes through a channel of its own.
 */
import { loadAdapter } from "../lib/adapters/mod.ts";
import { ChildPlayer, openDescriptors, serve } from "../lib/child/mod.ts";
import { denoRuntime } from "../lib/runtime/deno.ts";

const leave = Deno.exit;
const channel = openDescriptors(() => leave(1));
const runtime = denoRuntime(Deno.args[0]);
giveUpLibc();
const player = new ChildPlayer({ runtime, loadAdapter });
const isEnded = await serve(channel, { player, sessions: player });

/** The C library was for our clock only: whoever may open it can do anything. What an adapter declares it keeps. */
function giveUpLibc(): void {
  const ffi = { name: "ffi" } as const;
  if (Deno.permissions.querySync(ffi).state !== "granted") Deno.permissions.revokeSync(ffi);
}

// A driver may leave timers behind; a block is over all the same.
if (isEnded) leave(0);
