/**
 * Programs that use the engine in a process of their own, for tests.
 *
 * @module
 */

import { modeOptions } from "./fixtures.ts";

/** Runs a program in a process of its own; `openDatabase` (in the mode of the test) and `DatabaseSync` are there. */
export function spawn(program: string, cwd?: string): Deno.ChildProcess {
  const imports = `
    import { openDatabase as open } from ${JSON.stringify(new URL("../mod.ts", import.meta.url).href)};
    const openDatabase = (path, options) => open(path, { ...${JSON.stringify(modeOptions())}, ...options });
    import { DatabaseSync } from "node:sqlite";
  `;
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      `data:application/typescript,${encodeURIComponent(imports + program)}`,
    ],
    ...(cwd === undefined ? {} : { cwd }),
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for the end of a program and gives back what it printed. */
export async function output(child: Deno.ChildProcess): Promise<string> {
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(`the program has failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

/** Reads what a program prints until the word comes. */
export async function untilPrinted(child: Deno.ChildProcess, word: string): Promise<void> {
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes(word)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the child ended without printing "${word}": ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
}

/** Ends a program as a crash of the machine would. */
export async function kill(child: Deno.ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await child.status;
  await child.stdout.cancel();
  await child.stderr.cancel();
}
