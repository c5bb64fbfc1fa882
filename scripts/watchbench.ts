/**
 * `deno run -A jsr:@watchbench/watchbench <command> ...`: the tasks of `deno.json` from any folder, as the npm package's
 * program has them. `mod.ts` leads here when it is run.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandTasks, denoArguments, requestOf } from "../lib/cli/command_tasks.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { isDiskFailure } from "../lib/cli/failure.ts";
import { packageCopy, packagesCache } from "../lib/cli/package_copy.ts";
import { messageOf } from "../lib/model/errors.ts";

/** How it is typed where it is not in a clone of the repository. */
const AS_PUBLISHED = "deno run -A jsr:@watchbench/watchbench";

/** Runs a command; resolves to its exit code. */
export async function watchbench(args: readonly string[]): Promise<number> {
  const root = new URL("../", import.meta.url);
  const isPublished = root.protocol !== "file:";
  let folder: string;
  try {
    folder = isPublished ? await packageCopy(root, packagesCache()) : fileURLToPath(root).replace(/\/$/, "");
  } catch (error) {
    console.error(messageOf(error));
    return isDiskFailure(error) ? EXIT.unstored : EXIT.wrong;
  }
  const read = (name: string): string => Deno.readTextFileSync(join(folder, name));
  const { version } = JSON.parse(read("jsr.json")) as { readonly version: string };
  const request = requestOf(args, commandTasks(read("deno.json")), version);
  if ("text" in request) {
    (request.code === EXIT.fine ? console.log : console.error)(request.text);
    return request.code;
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: [...denoArguments(request.task, folder), ...request.args],
    env: isPublished ? { WATCHBENCH_COMMAND: AS_PUBLISHED } : {},
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  // The child gets the terminal's Ctrl-C itself, and says when it has sealed what was measured.
  Deno.addSignalListener("SIGINT", () => {});
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  const { code } = await child.status;
  return code;
}
