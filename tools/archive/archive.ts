/** `archive add` and `archive verify`: sealed runs as Parquet, each of which leads back to its record. */
import { Command } from "commander";
import { EXIT } from "../../lib/cli/exit_code.ts";
import { reportFailure } from "../../lib/cli/failure.ts";
import { findRun } from "../../lib/cli/find_run.ts";
import { parseCommand } from "../../lib/cli/parse_command.ts";
import { type RunRecord, UsageError } from "../../lib/model/mod.ts";
import { loadRun } from "../../lib/record/mod.ts";
import { addRuns, verifyArchive } from "./store.ts";

const HELP = `
Examples:
  $ deno task archive add results/* --to archive     every sealed run; those that are there already are left alone
  $ deno task archive verify archive                 that every file is as it was written
  $ deno task query archive "SELECT * FROM machines"

Exit codes: 0 fine, 1 something in the archive is not as it was written, 2 usage, 3 the disk did not take the files.`;

async function archive(args: readonly string[]): Promise<number> {
  let code: number = EXIT.fine;
  let work: (() => Promise<void>) | undefined;
  const command = new Command("archive")
    .description("Keeps sealed runs as Parquet, by month and machine, for questions over many of them.")
    .addHelpText("after", HELP);
  command.command("add").description("Adds runs, each once.")
    .argument("<runs...>", "folders of runs; what is no run is left out and told")
    .requiredOption("--to <archive>", "folder of the archive")
    .action((names: string[], { to }: { to: string }) => {
      work = async () => {
        const others: string[] = [];
        const { added, known } = await addRuns(to, sealedRuns(names, others));
        console.log(`Added ${added.length} runs to ${to}; ${known.length} were there already`);
        if (others.length > 0) console.error(`Left out, as they must be sealed runs: ${others.join(", ")}`);
        if (added.length + known.length === 0) {
          throw new UsageError("Cannot archive nothing as one run must be named");
        }
      };
    });
  command.command("verify").description("Checks every file against its manifest.")
    .argument("<archive>", "folder of the archive")
    .action((folder: string) => {
      work = async () => {
        const faults = await verifyArchive(folder);
        for (const { path, reason } of faults) console.error(`${path}: ${reason}`);
        console.log(faults.length === 0 ? "Everything is as it was written" : `${faults.length} faults`);
        if (faults.length > 0) code = EXIT.wrong;
      };
    });
  if (!parseCommand(command, args)) return EXIT.fine;
  await work?.();
  return code;
}

/** One after the other, since ten thousand do not fit into memory at once. */
function* sealedRuns(names: readonly string[], others: string[]): Generator<RunRecord> {
  for (const name of names) {
    let folder: string;
    try {
      folder = findRun(name, "results");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      others.push(name);
      continue;
    }
    const run = loadRun(folder);
    if (run.sha256 === undefined) others.push(name);
    else yield run;
  }
}

if (import.meta.main) {
  try {
    Deno.exit(await archive(Deno.args));
  } catch (error) {
    Deno.exit(reportFailure("archive", error));
  }
}
