/** `deno task import resqlite <folder>`: results that others measured, into the results folder. */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { Command } from "commander";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import {
  IMPORTED_FOLDER,
  type ImportedResults,
  readResqliteFile,
  readResqliteJson,
} from "../lib/import/mod.ts";
import { messageOf, UsageError } from "../lib/model/mod.ts";
import { defaultResults } from "../lib/project/project_file.ts";
import { replaceFile } from "../lib/record/mod.ts";
import { safeText } from "../lib/report/mod.ts";

interface ImportArguments {
  readonly folder: string;
  readonly results: string;
}

const HELP = `
Examples:
  $ deno task import resqlite ../resqlite/benchmark/results    then: deno task site
  $ deno task import resqlite ../resqlite/docs/experiments     history.json: all runs with their metrics
  $ deno task import resqlite ../resqlite/docs/benchmarks      devices.json: a run per device

Every file that cannot be read, and every place in a file that was not understood, is printed with its line.
Exit codes: 0 fine, 1 there was no result file, 2 usage, 3 the disk is full.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseImportArguments(args: readonly string[]): ImportArguments | undefined {
  const command = new Command("import")
    .description("Takes over results that others measured; they are shown beside our runs and never as one.")
    .argument("<format>", "resqlite")
    .argument("<folder>", "where its result files are")
    .option("--results <folder>", "results folder to import into", defaultResults())
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  const [format, folder] = command.args as [string, string];
  if (format !== "resqlite") {
    throw new UsageError(`Cannot import "${safeText(format, 60)}" as the format must be resqlite`);
  }
  return { folder, results: command.opts<{ results: string }>().results };
}

/** Imports a folder; returns the exit code. */
export function importFolder({ folder, results }: ImportArguments): number {
  const target = join(results, IMPORTED_FOLDER);
  const entries = entriesIn(folder);
  const names = new Set(entries.map(({ name }) => name));
  let fileCount = 0;
  for (const { name, isFile } of entries) {
    if (!isFile) {
      console.error(`${safeText(name, 120)}: not read, it must be a regular file, no link and no folder`);
      continue;
    }
    const isJson = name.endsWith(".json");
    // The markdown of the same name takes its JSON with it.
    const isBeside = isJson && names.has(name.replace(/\.json$/, ".md"));
    if ((!isJson && !name.endsWith(".md")) || name === "README.md" || isBeside) continue;
    const read = readResults(folder, name, names);
    if (typeof read === "string") {
      console.error(`${safeText(name, 120)}: not read, ${read}`);
      continue;
    }
    const full = read.filter(({ values }) => values.length > 0);
    if (full.length === 0) {
      console.error(`${safeText(name, 120)}: not imported, a result file must hold a number: it holds none`);
      for (const one of read) describeNotUnderstood(name, one);
      continue;
    }
    for (const one of full) store(target, one);
    fileCount++;
    for (const one of full) describe(full.length === 1 ? name : `${name}, ${one.label}`, one);
  }
  if (fileCount === 0) {
    console.error(`Cannot import as a result file must be there: "${folder}" holds none`);
    return EXIT.wrong;
  }
  console.error(`Imported ${fileCount} ${fileCount === 1 ? "file" : "files"} into ${target}`);
  return EXIT.fine;
}

/** The results of a file, or what it must be and is not. */
function readResults(folder: string, name: string, names: ReadonlySet<string>): ImportedResults[] | string {
  const sidecarName = name.replace(/\.md$/, ".json");
  try {
    const bytes = Deno.readFileSync(join(folder, name));
    if (name.endsWith(".json")) {
      return readResqliteJson(name, bytes) ??
        "JSON must be a run's sidecar, history.json, devices.json or the file of a device";
    }
    const sidecar = names.has(sidecarName) ? Deno.readTextFileSync(join(folder, sidecarName)) : undefined;
    const imported = readResqliteFile(name, bytes, sidecar);
    return imported === undefined
      ? "the name must be <date>T<time>-<label>.md, where time and label may be missing, or exp-NNN-<label>.md"
      : [imported];
  } catch (error) {
    return `the file must be readable: ${messageOf(error)}`;
  }
}

function store(target: string, imported: ImportedResults): void {
  try {
    Deno.mkdirSync(target, { recursive: true });
    replaceFile(join(target, storedName(imported)), `${JSON.stringify(imported, null, 1)}\n`);
  } catch (error) {
    throw new UsageError(
      `Cannot write into "${target}" as it must be a writable folder: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function describe(name: string, imported: ImportedResults): void {
  const { values, skippedSections, repeats } = imported;
  const metricCount = values.filter(({ isMetric }) => isMetric).length;
  console.log(
    `${safeText(name, 120)}: ${values.length} numbers, ${metricCount} of them metrics of the source; ` +
      `${skippedSections.length} sections about other runs left out` +
      (repeats === undefined
        ? ""
        : `; ${repeats.takenCount} of ${repeats.rowCount} medians over repeats told apart, other values are the last repeat's`),
  );
  describeNotUnderstood(name, imported);
}

function describeNotUnderstood(name: string, { notUnderstood }: ImportedResults): void {
  for (const { line, text, reason } of notUnderstood) {
    console.log(`${safeText(name, 120)}:${line}: ${safeText(reason)}: ${safeText(text, 120)}`);
  }
}

/** The name of a label may be anything; two labels that look alike as file names differ in their digest. */
function storedName({ file, label, startedAt }: ImportedResults): string {
  const isOne = file.name.endsWith(".md");
  const whole = isOne ? basename(file.name, ".md") : `${basename(file.name, ".json")}-${startedAt}-${label}`;
  const plain = whole.replace(/[^\w.-]+/g, "_").slice(0, 80);
  const digest = createHash("sha256").update(isOne ? file.name : whole).digest("hex").slice(0, 6);
  return `resqlite-${plain === "" ? startedAt.slice(0, 10) : plain}-${digest}.json`;
}

function entriesIn(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    throw new UsageError(`Cannot import "${folder}" as it must be a readable folder: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

if (import.meta.main) {
  try {
    const options = parseImportArguments(Deno.args);
    Deno.exit(options === undefined ? EXIT.fine : importFolder(options));
  } catch (error) {
    Deno.exit(reportFailure("import", error));
  }
}
