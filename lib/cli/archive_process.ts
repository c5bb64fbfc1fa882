/** The archive's own program: it brings DuckDB, which nobody downloads who has no archive. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../model/mod.ts";
import type { ArchivedRun } from "../../site/pages/mod.ts";
import { safeText } from "../report/safe_text.ts";

const TOOLS = fileURLToPath(new URL("../../tools/archive/", import.meta.url));

/** A command of `archive`, to be started; what it says of itself goes to the terminal. */
export function archiveCommand(args: readonly string[], stdout: "inherit" | "piped"): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      ...["read", "write", "env", "ffi", "sys"].map((permission) => `--allow-${permission}`),
      "--config",
      join(TOOLS, "deno.json"),
      join(TOOLS, "archive.ts"),
      ...args,
    ],
    stdin: "null",
    stdout,
    stderr: "inherit",
  });
}

/** Runs of an archive, oldest first. Throws a UsageError when its program ends otherwise than well; it has said why then. */
export async function* readArchivedRuns(archive: string): AsyncGenerator<ArchivedRun> {
  const child = archiveCommand(["runs", archive], "piped").spawn();
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as ArchivedRun;
  }
  const { code } = await child.status;
  if (code === 0) return;
  throw new UsageError(
    `Cannot show archive "${
      safeText(archive, 100)
    }" as it must be readable: its program ended with code ${code}`,
  );
}
