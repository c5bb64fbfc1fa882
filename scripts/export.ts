/** `deno task export <run> --format <id>`: a stored run in the format of another tool, or in a README. */
import { Command } from "commander";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { printText } from "../lib/cli/print_text.ts";
import { findRun } from "../lib/cli/find_run.ts";
import { END_MARKER, EXPORT_FORMATS, replaceBetweenMarkers, START_MARKER } from "../lib/export/mod.ts";
import { messageOf, UsageError } from "../lib/model/mod.ts";
import { defaultResults } from "../lib/project/project_file.ts";
import { didYouMean } from "../lib/model/nearest.ts";
import { loadRun, replaceFile } from "../lib/record/mod.ts";
import { safeText } from "../lib/report/mod.ts";

interface ExportArguments {
  readonly run: string;
  readonly format: string;
  readonly out: string | undefined;
  readonly update: string | undefined;
  readonly results: string;
}

const HELP = `
Formats:
${EXPORT_FORMATS.map(({ id, title }) => `  ${id.padEnd(32)} ${title}`).join("\n")}

Examples:
  $ deno task export results/<run> --format bmf --out bmf.json
  $ deno task export results/<run> --format markdown-snippet --update README.md

--update writes between the lines ${START_MARKER} and ${END_MARKER}.
Exit codes: 0 fine, 1 the run cannot be read, 2 usage, 3 the disk is full.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseExportArguments(args: readonly string[]): ExportArguments | undefined {
  const command = new Command("export")
    .description("Writes a stored run in the format of another tool.")
    .argument("<run>", "its folder, or the beginning of its id")
    .requiredOption("-f, --format <id>", "one of the formats below")
    .option("-o, --out <file>", "write to a file instead of standard output")
    .option("-u, --update <file>", "replace what stands between the markers in this file")
    .option("--results <folder>", "where runs are looked for", defaultResults())
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  const options = command.opts<Omit<ExportArguments, "run">>();
  const ids = EXPORT_FORMATS.map(({ id }) => id);
  if (!ids.includes(options.format)) {
    throw new UsageError(
      `Cannot export as "${safeText(options.format, 60)}"${didYouMean(options.format, ids)}: formats are ${
        ids.join(", ")
      }`,
    );
  }
  if (options.out !== undefined && options.update !== undefined) {
    throw new UsageError(
      "Cannot combine --out with --update as one replaces a file and the other a part of it",
    );
  }
  if (options.update !== undefined && options.format !== "markdown-snippet") {
    throw new UsageError(
      `Cannot update a file as the format must be markdown-snippet: got ${options.format}`,
    );
  }
  return { ...options, out: options.out, update: options.update, run: command.args[0]! };
}

/** Exports a run; returns the exit code. */
export function exportRun(
  { run, format: id, out, update, results }: ExportArguments,
  print: (text: string) => void,
): number {
  const text = EXPORT_FORMATS.find((format) => format.id === id)!.render(loadRun(findRun(run, results)));
  const file = update ?? out;
  if (file === undefined) {
    print(text);
    return EXIT.fine;
  }
  try {
    replaceFile(
      file,
      update === undefined ? text : replaceBetweenMarkers(Deno.readTextFileSync(file), text.trimEnd()),
    );
  } catch (error) {
    throw new UsageError(
      error instanceof RangeError
        ? `${error.message} in "${file}"`
        : `Cannot write "${file}" as it must be a writable file: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return EXIT.fine;
}

if (import.meta.main) {
  try {
    const parsed = parseExportArguments(Deno.args);
    Deno.exit(parsed === undefined ? EXIT.fine : exportRun(parsed, printText));
  } catch (error) {
    Deno.exit(reportFailure("export", error));
  }
}
