/** Has a module from outside looked at in a process without permissions, which answers one line and is ended. */
import { ChildProcess } from "../runner/child_process.ts";
import { outsideAccess } from "../runner/outside_module.ts";

/** A module that takes longer than this never ends. */
const DEADLINE_MS = 60_000;
/** Of what the process prints, so much is kept for the reason. */
const SAID_LENGTH = 2000;

/** What is asked. */
export interface ModuleQuestion {
  /** The process's entry; it opens the channel and answers on it. */
  readonly entry: URL;
  /** The module, which the process may read. */
  readonly url: string;
  /** The process's only argument, as JSON. */
  readonly order: unknown;
  /** Default is 60 s. */
  readonly deadlineMs?: number | undefined;
}

/** The first line of the channel, or why there is none. */
export type ModuleAnswer = { readonly line: string } | { readonly line?: undefined; readonly reason: string };

/** Asks; the process and all that it started are gone when this resolves. Never throws for what the module does. */
export async function askModule(question: ModuleQuestion): Promise<ModuleAnswer> {
  const { entry, url, order, deadlineMs = DEADLINE_MS } = question;
  const { configPath, read } = outsideAccess(url);
  let line: string | undefined;
  let said = "";
  const child = new ChildProcess({
    executable: Deno.execPath(),
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      ...(configPath === undefined ? ["--no-config"] : [`--config=${configPath}`]),
      ...read.map((path) => `--allow-read=${path.replaceAll(",", ",,")}`),
      entry.href,
      JSON.stringify(order),
    ],
    onLine: (text) => line ??= text,
    onOutput: (chunk) => said = (said + new TextDecoder().decode(chunk)).slice(-SAID_LENGTH),
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill();
  }, deadlineMs);
  const { code } = await child.exited;
  clearTimeout(timer);
  await child.end();
  if (line !== undefined) return { line };
  return {
    reason: isLate
      ? `it took longer than ${deadlineMs} ms`
      : said.trim() || `the process left with code ${code} and without an answer`,
  };
}
