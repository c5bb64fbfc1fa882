/**
 * `deno task signals`: `generate` writes the signal map, the index, the pages and the generated parts of other pages
 * from the experiment files; `validate` checks a signal map that anybody may have written.
 */
import { join } from "node:path";
import { Command, Option } from "commander";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { splitList } from "../lib/cli/select_cells.ts";
import {
  type AssembledMap,
  assembleMap,
  dayOf,
  describeFault,
  type ExperimentIndex,
  type Fault,
  faultAt,
  generatedFiles,
  githubAnnotations,
  isMapInParts,
  loadExperiments,
  markdownFiles,
  type OutcomeVocabulary,
  parseDay,
  readIndex,
  recordFaults,
  validateSignals,
  writeSections,
} from "../lib/experiments/mod.ts";
import { repeatedKeys } from "../lib/experiments/sources/json_path.ts";
import { isObject, parseJson } from "../lib/experiments/sources/json_value.ts";
import { messageOf, UsageError } from "../lib/model/mod.ts";
import { replaceFile, textIfThere } from "../lib/record/mod.ts";

/** What was typed. */
export type SignalsArguments =
  | {
    readonly command: "validate";
    readonly file: string;
    readonly experiments: readonly string[];
    readonly index?: string;
    readonly records?: string;
    readonly outcomes?: OutcomeVocabulary;
    readonly today: string;
    readonly strict: boolean;
    readonly json: boolean;
  }
  | { readonly command: "generate"; readonly root: string; readonly check: boolean };

/** A fault, and whether resqlite's own checker would refuse the map for it. */
interface GradedFault extends Fault {
  readonly severity: "error" | "advice";
}

const HELP = `
Examples:
  $ deno task signals generate                                  after an experiment or a direction was edited
  $ deno task signals generate --check                          write nothing, name what is not current
  $ deno task signals validate signals.json                     a map from anywhere
  $ deno task signals validate experiments/signals              a map in parts: base.json and entries/
  $ deno task signals validate signals.json --experiments 079,127
  $ deno task signals validate signals.json --index experiments/index --records experiments

Exit codes: 0 fine (validate: advice may have been given), 1 a rule is broken or a file is not current, 2 usage.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseSignalsArguments(args: readonly string[], now: Date): SignalsArguments | undefined {
  let parsed: SignalsArguments | undefined;
  const command = new Command("signals")
    .description("Writes the signal map from experiment files, or checks one.")
    .addHelpText("after", HELP);
  command.command("validate")
    .description(
      "Checks a signal map of schemaVersion 2 and names every rule that it breaks, with the place.",
    )
    .argument("<path>", "the map, or a folder with base.json and entries/")
    .addOption(
      new Option("--experiments <ids>", "ids of known experiments, repeatable or comma-separated")
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], "those of the map"),
    )
    .option("--index <path>", "folder of row fragments, or README with a table per outcome")
    .option("--records <folder>", "folder of NNN-slug.md records, checked against the map")
    .addOption(
      new Option("--outcomes <vocabulary>", "which outcomes are allowed (default: as the map has them)")
        .choices(["final", "older"]),
    )
    .addOption(new Option("--today <day>", "day against which candidates age").default(dayOf(now), "today"))
    .option("--strict", "treat advice as faults", false)
    .option("--json", "print the faults as JSON", false)
    .action((file, options) => parsed = { command: "validate", file, ...options });
  command.command("generate")
    .description(
      "Writes experiments/signals.json, the index, one page per experiment, and generated parts of pages.",
    )
    .option("--root <folder>", "repository with experiments/", ".")
    .option("--check", "write nothing, name what is not current", false)
    .action((options) => parsed = { command: "generate", ...options });
  if (!parseCommand(command, args)) return undefined;
  if (parsed?.command === "validate") {
    if (parsed.experiments.length > 0 && parsed.index !== undefined) {
      throw new UsageError(
        "Cannot combine --experiments with --index as both say which experiments are known",
      );
    }
    if (parseDay(parsed.today) === undefined) {
      throw new UsageError(
        `Cannot validate as --today must be a day as YYYY-MM-DD: "${parsed.today}" is none`,
      );
    }
  }
  return parsed;
}

/** Does what was typed; returns the exit code. */
export async function signals(options: SignalsArguments, print: (text: string) => void): Promise<number> {
  return options.command === "validate" ? validate(options, print) : await generate(options, print);
}

function validate(
  options: Extract<SignalsArguments, { command: "validate" }>,
  print: (text: string) => void,
): number {
  const faults = collectFaults(options);
  const failing = faults.filter(({ severity }) => severity === "error" || options.strict);
  if (options.json) print(JSON.stringify({ ok: failing.length === 0, faults }, null, 2));
  else {
    for (const fault of faults) print(`${fault.severity.padEnd(7)} ${describeFault(fault)}`);
    const adviceCount = faults.filter(({ severity }) => severity === "advice").length;
    print(
      `${counted(faults.length - adviceCount, "broken rule")}, ${counted(adviceCount, "piece")} of advice.`,
    );
    if (Deno.env.get("GITHUB_ACTIONS") === "true" && failing.length > 0) {
      print(githubAnnotations([{ check: { id: "signals", title: "" }, faults: failing }]));
    }
  }
  return failing.length === 0 ? EXIT.fine : EXIT.wrong;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function collectFaults(options: Extract<SignalsArguments, { command: "validate" }>): GradedFault[] {
  const { file, index: indexPath, records, outcomes, today } = options;
  const asErrors = (faults: readonly Fault[]): GradedFault[] =>
    faults.map((fault) => ({ ...fault, severity: "error" }));

  const source = readMap(file);
  const ids = splitList(options.experiments);
  const index = indexPath === undefined ? undefined : readIndex(indexPath);
  // Nothing can be concluded from an index that is wrong itself.
  if (index !== undefined && index.faults.length > 0) return asErrors(index.faults);
  if (source.value === undefined) return asErrors(source.faults);

  const experiments = knownExperiments(index, ids);
  const repeated = source.parts.flatMap((part) =>
    repeatedKeys(part.text).map(({ path, line }): GradedFault => ({
      ...faultAt(
        part.file,
        "key-repeated",
        path,
        `a key must be there once: readers keep the last "${path.at(-1)}" and say nothing`,
      ),
      line,
      severity: "advice",
    }))
  );
  const broken = validateSignals(source.value, {
    ...(experiments === undefined ? {} : { experiments }),
    ...(outcomes === undefined ? {} : { vocabulary: outcomes }),
    today,
  }).map(({ severity, rule, path, message }) => ({ ...source.faultAt(rule, path, message), severity }));
  const faults = [...repeated, ...broken];
  if (records === undefined || !isObject(source.value)) return faults;
  const entries = isObject(source.value["experiments"]) ? Object.keys(source.value["experiments"]) : [];
  return [
    ...faults,
    ...asErrors(recordFaults(records, source.value, new Set(experiments?.keys() ?? entries))),
  ];
}

/** A map from one file, or from a folder of parts. */
function readMap(path: string): AssembledMap {
  if (isMapInParts(path)) return assembleMap(path);
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw new UsageError(`Cannot read "${path}" as it must be a readable file: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const parsed = parseJson(text);
  return {
    ...("fault" in parsed
      ? { faults: [{ rule: "json", file: path, line: parsed.line, message: parsed.fault }] }
      : { value: parsed.value, faults: [] }),
    parts: [{ file: path, text }],
    faultAt: (rule, place, message) => faultAt(path, rule, place, message, text),
  };
}

function knownExperiments(index: ExperimentIndex | undefined, ids: readonly string[]) {
  if (index !== undefined) return index.statuses;
  return ids.length === 0 ? undefined : new Map(ids.map((id) => [id, undefined]));
}

async function generate(
  { root, check }: Extract<SignalsArguments, { command: "generate" }>,
  print: (text: string) => void,
): Promise<number> {
  const research = await loadExperiments(root);
  if (research.faults.length > 0) {
    for (const fault of research.faults) print(describeFault(fault));
    return EXIT.wrong;
  }
  let isRight = true;
  const put = (file: string, text: string): void => {
    if (textIfThere(join(root, file)) === text) return;
    if (check) isRight = false;
    else replaceFile(join(root, file), text);
    print(check ? `${file} is not current: run "deno task signals generate"` : `Wrote ${file}`);
  };
  for (const [file, text] of generatedFiles(research)) put(file, text);
  // Sections come second: they may quote what was just written.
  for (const { file, text } of markdownFiles(root)) {
    const page = writeSections(file, text, { root, research });
    for (const fault of page.faults) print(describeFault(fault));
    if (page.faults.length > 0) isRight = false;
    put(file, page.text);
  }
  return isRight ? EXIT.fine : EXIT.wrong;
}

if (import.meta.main) {
  try {
    const options = parseSignalsArguments(Deno.args, new Date());
    Deno.exit(options === undefined ? EXIT.fine : await signals(options, console.log));
  } catch (error) {
    Deno.exit(reportFailure("signals", error));
  }
}
