/** Processes that keep CPUs busy beside what is measured, to prove the statistics on a machine that has other work. */

const ENTRY = new URL("busy_process.ts", import.meta.url);

/** Starts `count` of them. Disposing stops them all; they also stop by themselves when this process dies. */
export function startBusyProcesses(count: number): AsyncDisposable {
  const children = Array.from({ length: count }, () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-config", "--no-remote", "--no-npm", ENTRY.pathname],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn());
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all(children.map(({ stdin }) => stdin.close().catch(() => undefined)));
      await Promise.all(children.map(({ status }) => status));
    },
  };
}
