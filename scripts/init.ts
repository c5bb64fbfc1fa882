/** `watchbench init`: files for benching a database of one's own. */
import { Command } from "commander";
import { contractsImport, packagedCommand } from "../lib/cli/command_line.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { initProject, version } from "../lib/project/init_project.ts";

const HELP = `
Asks nothing and overwrites nothing. The adapter that it writes runs at once: it is SQLite in memory, to be replaced by
calls of your library.

Exit codes: 0 fine, 2 a file is there already, 3 the disk did not take the files.`;

/** Writes the files and tells what comes next; returns the exit code. */
export function init(args: readonly string[], print: (text: string) => void): number {
  const command = new Command("init")
    .description("Writes an adapter, what is benched, and a workflow into the current folder.")
    .option("--root <folder>", "the project's root", ".")
    .allowExcessArguments(false)
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return EXIT.fine;
  const { root } = command.opts<{ root: string }>();
  // A project of somebody else's has no tasks of ours.
  const program = packagedCommand() ?? "npx watchbench";
  const model = contractsImport(version());
  for (const path of initProject(root, { program, model })) print(`Wrote ${path}`);
  print(
    [
      "",
      "Next:",
      `  ${program} conformance ./bench/adapter.ts`,
      `  ${program} bench`,
      `  ${program} ab --base main`,
    ].join("\n"),
  );
  return EXIT.fine;
}

if (import.meta.main) {
  try {
    Deno.exit(init(Deno.args, console.log));
  } catch (error) {
    Deno.exit(reportFailure("init", error));
  }
}
