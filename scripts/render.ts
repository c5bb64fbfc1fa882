/** `deno task render`: load a stored run and print, write or check a report of it. */
import { join } from "node:path";
import { Command } from "commander";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { asTypedHere } from "../lib/cli/command_line.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { printText } from "../lib/cli/print_text.ts";
import { findRun } from "../lib/cli/find_run.ts";
import { standardOutput, type TerminalFacts, terminalStyle } from "../lib/cli/terminal_style.ts";
import { messageOf, UsageError } from "../lib/model/mod.ts";
import { defaultResults } from "../lib/project/project_file.ts";
import { loadRun, replaceFile } from "../lib/record/mod.ts";
import { renderTerminal, reporterById, REPORTERS } from "../lib/report/mod.ts";

interface RenderArguments {
  readonly run: string;
  readonly reporter: string;
  readonly out: string | undefined;
  readonly check: boolean;
  readonly results: string;
  /** Absent when not typed. */
  readonly charts: boolean | undefined;
}

/** Where text goes. */
export interface RenderSink {
  /** Prints text that ends as it should end. */
  print(text: string): void;
  /** What is known of it. */
  readonly facts: TerminalFacts;
}

const HELP = `
Reporters:
${REPORTERS.map(({ id, title }) => `  ${id.padEnd(10)} ${title}`).join("\n")}

Examples:
  $ deno task render results/<run>                                 tables for the terminal
  $ deno task render 2026-11-22T10 --reporter csv --out run.csv    a run below results/ by the beginning of its id
  $ deno task render results/<run> --charts | less                 tables and bars, through a pipe
  $ deno task render results/<run> --check                         is its report.md what the record gives?

Exit codes: 0 fine, 1 the check found a difference or the run cannot be read, 2 usage, 3 the disk is full.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseRenderArguments(args: readonly string[]): RenderArguments | undefined {
  const command = new Command("render")
    .description("Renders a stored run again.")
    .argument("<run>", "its folder, or the beginning of its id")
    .option("-r, --reporter <id>", `one of ${REPORTERS.map(({ id }) => id).join(", ")}`, "terminal")
    .option("-o, --out <file>", "write to a file instead of standard output")
    .option("--check", "compare with the stored report.md, byte for byte, and print nothing", false)
    .option("--charts", "draw bars in the terminal's tables (default: on a terminal)")
    .option("--no-charts", "draw no bars")
    .option("--results <folder>", "where runs are looked for", defaultResults())
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  const options = command.opts<Omit<RenderArguments, "run">>();
  if (options.check && options.out !== undefined) {
    throw new UsageError("Cannot combine --check with --out as a check writes nothing");
  }
  if (
    options.check && command.getOptionValueSource("reporter") === "cli" && options.reporter !== "markdown"
  ) {
    throw new UsageError(
      `Cannot check as the stored report is by the reporter markdown: got --reporter ${options.reporter}`,
    );
  }
  return { ...options, out: options.out, charts: options.charts, run: command.args[0]! };
}

/** Renders a run; returns the exit code. */
export function render(
  { run, reporter: id, out, check, results, charts }: RenderArguments,
  sink: RenderSink,
): number {
  const reporter = reporterById(check ? "markdown" : id);
  const folder = findRun(run, results);
  const record = loadRun(folder);
  const rendered = (): string => {
    const text = reporter.render(record);
    return reporter.id === "markdown" ? asTypedHere(text) : text;
  };
  if (check) return checkReport(join(folder, "report.md"), rendered(), sink);
  if (out === undefined) {
    const isTerminal = reporter.id === "terminal";
    sink.print(
      isTerminal ? renderTerminal(record, terminalStyle(sink.facts, charts)) : rendered(),
    );
  } else {
    try {
      replaceFile(out, rendered());
    } catch (error) {
      throw new UsageError(`Cannot write "${out}" as it must be a writable file: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
  return EXIT.fine;
}

function checkReport(file: string, expected: string, { print }: RenderSink): number {
  let stored: string;
  try {
    stored = Deno.readTextFileSync(file);
  } catch (error) {
    print(`Cannot check ${file} as it must be readable: ${messageOf(error)}`);
    return EXIT.wrong;
  }
  if (stored === expected) return EXIT.fine;
  const [storedLines, expectedLines] = [stored.split("\n"), expected.split("\n")];
  const line = expectedLines.findIndex((text, index) => text !== storedLines[index]);
  // When all expected lines are there, the stored report has more of them.
  print(
    `${file}:${line < 0 ? expectedLines.length : line + 1} is not what the record gives: render it again`,
  );
  return EXIT.wrong;
}

if (import.meta.main) {
  try {
    const parsed = parseRenderArguments(Deno.args);
    const sink: RenderSink = {
      print: (text) => printText(text.endsWith("\n") ? text : `${text}\n`),
      facts: standardOutput(),
    };
    Deno.exit(parsed === undefined ? EXIT.fine : render(parsed, sink));
  } catch (error) {
    Deno.exit(reportFailure("render", error));
  }
}
