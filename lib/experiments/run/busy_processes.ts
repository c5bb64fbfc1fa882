/** Processes that keep CPUs busy beside what is measured, to prove the statistics on a machine that has other work. */

import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("busy_process.ts", import.meta.url));

/**
 * Starts `count` of them. Disposing stops them all, and rejects when one had ended before: what was measured was not
 * measured beside it. They also stop by themselves when this process dies. `entry` is for tests.
 */
export function startBusyProcesses(count: number, entry: string = ENTRY): AsyncDisposable {
  const children = Array.from({ length: count }, () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-config", "--no-remote", "--no-npm", entry],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn());
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all(children.map(({ stdin }) => stdin.close().catch(() => undefined)));
      const ended = await Promise.all(children.map(({ status }) => status));
      const failed = ended.find(({ success }) => !success);
      if (failed !== undefined) {
        throw new Error(
          `Cannot keep CPUs busy as each process must go on: one ended with code ${failed.code}`,
        );
      }
    },
  };
}
