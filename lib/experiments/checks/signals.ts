/** Checks of the map as a whole: directions, claims, and everything that is generated. */
import { join } from "node:path";
import { type Fault, faultAt, faultBeside } from "../sources/fault.ts";
import { generatedFiles, looksGenerated } from "../pages/generate.ts";
import { EXPERIMENTS_FOLDER, type Research } from "../sources/load_experiments.ts";
import { readRegularFile } from "../sources/regular_file.ts";
import { signalMap } from "../map/signal_map.ts";
import { firstDifference } from "../sources/text_difference.ts";
import { type SignalFault, validateSignals } from "../map/signal_rules/mod.ts";
import type { Check } from "./check.ts";

/** The sources of the map keep its rules, advice included. */
export const signals: Check = {
  id: "signals",
  title: "Directions and claims keep every rule of the signal map; no candidate is stale",
  run({ input: { research, today } }) {
    const experiments = new Map(research.experiments.map(({ id }) => [id, undefined]));
    return validateSignals(signalMap(research), {
      experiments,
      vocabulary: "final",
      today,
      limitsProse: true,
    })
      .map((fault) => atSource(fault, research));
  },
  notes({ input: { research, wakeups }, resultsFolder, runs }) {
    const names = runs.flatMap(({ name, header }) => header === undefined ? [] : [name]);
    return wakeups?.(research, resultsFolder, names) ?? [];
  },
};

/** Leads from a place in the assembled map to the file where it was written. */
function atSource({ rule, path, message }: SignalFault, research: Research): Fault {
  const [part, key, ...rest] = path;
  if (part === "directions" && typeof key === "number") {
    const direction = research.directions[key];
    if (direction !== undefined) return faultAt(direction.file, rule, rest, message, direction.text);
  }
  const loaded = part === "experiments" ? research.experiments.find(({ id }) => id === key) : undefined;
  if (loaded === undefined) return faultAt(`${EXPERIMENTS_FOLDER}/signals.json`, rule, path, message);
  const { file, text, experiment } = loaded;
  const index = rest[1];
  const named = typeof index !== "number"
    ? undefined
    : rest[0] === "claims"
    ? experiment.learned?.claims[index]?.id
    : rest[0] === "directions"
    ? experiment.directions[index]
    : undefined;
  const fault = faultAt(file, rule, rest, message);
  return named === undefined ? fault : { ...faultBeside(file, rule, text, `"${named}"`, message), ...fault };
}

/** What is generated is current. */
export const generated: Check = {
  id: "generated",
  title: "The signal map, the index and the pages are what their sources say",
  run({ input: { root, research } }) {
    // Every page would look wrong without the experiments that cannot be read.
    const [cause] = research.faults;
    if (cause !== undefined) {
      const message = `what is generated can be compared once its sources can be read: ${cause.file} cannot`;
      return [{ rule: "generated-unknown", file: EXPERIMENTS_FOLDER, message }];
    }
    const expected = generatedFiles(research);
    const stale = [...expected].flatMap(([file, text]) => staleFault(root, file, text));
    const strays = namesIn(join(root, EXPERIMENTS_FOLDER))
      .filter((name) => looksGenerated(name) && !expected.has(`${EXPERIMENTS_FOLDER}/${name}`))
      .map((name): Fault => ({
        rule: "generated-stray",
        file: `${EXPERIMENTS_FOLDER}/${name}`,
        message: "a page must belong to an experiment: none has this id and slug",
      }));
    return [...stale, ...strays];
  },
};

function staleFault(root: string, file: string, expected: string): Fault[] {
  const remedy = '"deno task signals generate" writes it again';
  const stored = readRegularFile(join(root, file));
  if (stored === undefined) {
    return [{ rule: "generated-missing", file, message: `a generated file must be there; ${remedy}` }];
  }
  if ("fault" in stored) return [{ rule: "generated-missing", file, message: stored.fault }];
  const difference = firstDifference(stored.text, expected);
  if (difference === undefined) return [];
  return [{
    rule: "generated-stale",
    file,
    line: difference.line,
    message: `a generated file must be what its sources say: ${difference.text}; ${remedy}`,
  }];
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
