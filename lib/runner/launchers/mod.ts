/** Launchers by runtime. */
import type { RuntimeId } from "../../model/runtime.ts";
import { bunLauncher } from "./bun.ts";
import { chromiumLauncher } from "./chromium.ts";
import { denoLauncher } from "./deno.ts";
import { firefoxLauncher } from "./firefox.ts";
import type { Launcher } from "./launcher.ts";
import { nodeLauncher } from "./node.ts";

export type { FoundRuntime, Launch, Launcher, LaunchOrder } from "./launcher.ts";

/** One for each runtime. */
export const LAUNCHERS: Readonly<Record<RuntimeId, Launcher>> = {
  deno: denoLauncher,
  node: nodeLauncher,
  bun: bunLauncher,
  chromium: chromiumLauncher,
  firefox: firefoxLauncher,
};
