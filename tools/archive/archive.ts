/** `archive add`, `verify` and `history`: sealed runs as Parquet, each of which leads back to its record. */
import { Command, InvalidArgumentError, Option } from "commander";
import { EXIT } from "../../lib/cli/exit_code.ts";
import { reportFailure } from "../../lib/cli/failure.ts";
import { findRun } from "../../lib/cli/find_run.ts";
import { parseCommand } from "../../lib/cli/parse_command.ts";
import { printText } from "../../lib/cli/print_text.ts";
import { UsageError } from "../../lib/model/mod.ts";
import { splitList } from "../../lib/cli/select_cells.ts";
import { historyJson, type HistoryQuestion, historyText } from "./history.ts";
import { archivedRuns } from "./archived_runs.ts";
import { compactArchive } from "./compact.ts";
import { brokenArchive, isFileFailure, openArchive } from "./open_archive.ts";
import { addFolders } from "./store.ts";
import { verifyArchive } from "./verify.ts";

const HELP = `
Examples:
  $ deno task archive add results/* --to archive     every sealed run; those that are there already are left alone
  $ deno task archive verify archive                 that every file is as it was written
  $ deno task archive history archive -w keyed-pk -a watchlite
  $ deno task query archive "SELECT * FROM machines"

Exit codes: 0 fine, 1 a run or something in the archive is not as it was written, 2 usage, 3 the disk did not take the files.`;

/** Reads the arguments and does it; resolves to the exit code. */
export async function archive(args: readonly string[]): Promise<number> {
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
        const { added, known, unsealed } = await addFolders(to, runFolders(names, others));
        others.push(...unsealed);
        await compactArchive(to);
        console.log(
          `Added ${added.length} ${added.length === 1 ? "run" : "runs"} to ${to}; ${known.length} ${
            known.length === 1 ? "was" : "were"
          } there already`,
        );
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
  const list = (flags: string, description: string): Option =>
    new Option(flags, description)
      .argParser((value: string, previous: readonly string[]) => [...previous, ...splitList([value])])
      .default([]);
  command.command("history").description("Tells series of runs, where they changed level, and their gaps.")
    .argument("<archive>", "folder of the archive")
    .addOption(list("-w, --workload <ids>", "workloads, repeatable or comma-separated"))
    .addOption(list("-a, --adapter <ids>", "adapters, repeatable or comma-separated"))
    .addOption(list("-m, --metric <ids>", "metrics, repeatable or comma-separated"))
    .addOption(list("-s, --scale <names>", "scales, repeatable or comma-separated"))
    .option("--machine <id>", "the machine that is meant (default: all)")
    .addOption(
      new Option("--last <n>", "runs, changes and gaps that are shown").argParser(atLeastOne).default(20),
    )
    .option("--json", "print JSON", false)
    .action((folder: string, options: HistoryOptions) => {
      work = async () => {
        const { workload, adapter, metric, scale, machine, last, json } = options;
        const question: HistoryQuestion = {
          workloads: workload,
          adapters: adapter,
          metrics: metric,
          scales: scale,
          machine,
          last,
        };
        const connection = await openArchive(folder);
        try {
          printText(`${await (json ? historyJson : historyText)(connection, question)}\n`);
        } catch (error) {
          throw isFileFailure(error) ? brokenArchive("read", folder, error) : error;
        } finally {
          connection.closeSync();
        }
      };
    });
  command.command("runs").description("Prints runs as the site's history shows them, a line of JSON each.")
    .argument("<archive>", "folder of the archive")
    .action((folder: string) => {
      work = async () => {
        const connection = await openArchive(folder);
        try {
          for await (const run of archivedRuns(connection)) printText(`${JSON.stringify(run)}\n`);
        } catch (error) {
          throw isFileFailure(error) ? brokenArchive("read", folder, error) : error;
        } finally {
          connection.closeSync();
        }
      };
    });
  if (!parseCommand(command, args)) return EXIT.fine;
  await work?.();
  return code;
}

interface HistoryOptions {
  readonly workload: readonly string[];
  readonly adapter: readonly string[];
  readonly metric: readonly string[];
  readonly scale: readonly string[];
  readonly machine?: string;
  readonly last: number;
  readonly json: boolean;
}

function atLeastOne(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("It must be a whole number of at least 1.");
}

/** Folders of runs by their names; names of no run go to `others`. */
function runFolders(names: readonly string[], others: string[]): string[] {
  return names.flatMap((name) => {
    try {
      return [findRun(name, "results")];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      others.push(name);
      return [];
    }
  });
}

if (import.meta.main) {
  try {
    Deno.exit(await archive(Deno.args));
  } catch (error) {
    Deno.exit(reportFailure("archive", error));
  }
}
