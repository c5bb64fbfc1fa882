/**
 * The child process of one block in Node or Bun: opens the channel and the clock, says where drivers come from, and plays
 * what the parent asks for. Its only argument is the folder of the adapter's drivers; none for adapters without.
 */
import process from "node:process";
import { loadAdapter } from "../lib/adapters/mod.ts";
import { ChildPlayer, DESCRIPTORS, openDescriptors, serve } from "../lib/child/mod.ts";
import { type BunGlobal, bunRuntime, openInput } from "../lib/runtime/bun.ts";
import { nodeRuntime, resolveDriversIn } from "../lib/runtime/node.ts";

const leave = process.exit.bind(process);
const { Bun: bun } = globalThis as { Bun?: BunGlobal };
const channel = openDescriptors(
  () => leave(1),
  bun === undefined ? undefined : openInput(DESCRIPTORS.in),
);
const runtime = bun === undefined ? nodeRuntime() : bunRuntime(bun);
const folder = process.argv[2];
// In Bun they lie beside a copy of this module.
if (folder !== undefined && bun === undefined) resolveDriversIn(folder);
const player = new ChildPlayer({ runtime, loadAdapter });
const isEnded = await serve(channel, { player, sessions: player });

// A driver may leave timers behind; a block is over all the same.
if (isEnded) leave(0);
