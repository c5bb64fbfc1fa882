/**
 * The registry of experiments: a walk through `experiments/`.
 *
 * In: the root of a repository. Out: experiments with their outcomes, directions, and a fault for everything that could
 * not be read as one. Nothing throws for a bad file: a check must be able to name all of them.
 */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../../model/errors.ts";
import type { Disposition, Experiment, Outcome } from "../../model/experiment.ts";
import { type Fault, faultAt } from "./fault.ts";
import { type JsonPath, repeatedKeys } from "./json_path.ts";
import { isObject, parseJson } from "./json_value.ts";
import { type LoadedLesson, loadLessons } from "./lessons.ts";
import { preregistrationDigest } from "./preregistration.ts";
import { readRegularFile } from "./regular_file.ts";
import { shapeExperiment, shapeOutcome } from "./schema.ts";
import { compareIds } from "./experiment_id.ts";

/** Folder of experiments, relative to the root. */
export const EXPERIMENTS_FOLDER = "experiments";

/** Folder of directions, relative to the root. */
export const DIRECTIONS_FOLDER = "experiments/directions";

/** An experiment with what is stored beside it. */
export interface LoadedExperiment {
  /** From the file's name: `127`. */
  readonly id: string;
  /** From the file's name, in kebab-case: `writer-dispatch`. */
  readonly slug: string;
  /** Path of the module, relative to the root. */
  readonly file: string;
  /** Text of the module. */
  readonly text: string;
  /** What it exports by that name. */
  readonly experiment: Experiment;
  /** Everything that it exports. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** Digest of what is settled, as it is now. */
  readonly preregistered: string;
  /** Path of the outcome, relative to the root, whether or not it is there. */
  readonly outcomeFile: string;
  /** Text of the outcome file; absent when there is none. */
  readonly outcomeText?: string;
  /** Absent when the experiment was not recorded, or what was recorded cannot be read. */
  readonly outcome?: Outcome;
}

/** A line of research as it is stored; its shape is checked with the signal map. */
export interface LoadedDirection {
  /** From the file's name. */
  readonly id: string;
  /** Relative to the root. */
  readonly file: string;
  /** Text of the file. */
  readonly text: string;
  /** Everything in the file. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** All that is known about experiments. */
export interface Research {
  /** By id. */
  readonly experiments: readonly LoadedExperiment[];
  /** By id. */
  readonly directions: readonly LoadedDirection[];
  /** By slug. */
  readonly lessons: readonly LoadedLesson[];
  /** What could not be read. */
  readonly faults: readonly Fault[];
}

/** How the experiment ended as far as the map is concerned, or `undefined` while it is planned. */
export function dispositionOf({ experiment, outcome }: LoadedExperiment): Disposition | undefined {
  if (experiment.learned?.setAside !== undefined) {
    return { outcomeClass: experiment.learned.setAside.outcomeClass };
  }
  if (outcome === undefined) return undefined;
  switch (outcome.outcomeClass) {
    case "accepted":
      return { outcomeClass: outcome.outcomeClass, outcomeReason: outcome.outcomeReason };
    case "rejected":
      return { outcomeClass: outcome.outcomeClass, outcomeReason: outcome.outcomeReason };
    default:
      return { outcomeClass: outcome.outcomeClass };
  }
}

/** Path of the generated page of an experiment, relative to the root. */
export function pageFile({ id, slug }: Pick<LoadedExperiment, "id" | "slug">): string {
  return `${EXPERIMENTS_FOLDER}/${id}-${slug}.md`;
}

/** Path of the generated picture of an experiment's bursts, relative to the root. */
export function pictureFile({ id, slug }: Pick<LoadedExperiment, "id" | "slug">): string {
  return `${EXPERIMENTS_FOLDER}/${id}-${slug}.svg`;
}

/** Loads everything below `experiments/` of a repository. A folder that is not there holds nothing. */
export async function loadExperiments(root: string): Promise<Research> {
  const faults: Fault[] = [];
  const experiments: LoadedExperiment[] = [];
  const names = namesIn(join(root, EXPERIMENTS_FOLDER)).filter((name) =>
    name !== basename(DIRECTIONS_FOLDER)
  );
  for (const name of names) {
    const file = `${EXPERIMENTS_FOLDER}/${name}`;
    const parts = MODULE_NAME.exec(name);
    if (parts !== null) {
      const loaded = await loadExperiment(root, file, parts[1]!, parts[2]!, names, faults);
      if (loaded !== undefined) experiments.push(loaded);
    } else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) {
      faults.push(faultAt(file, "file-name", [], "an experiment's file must be called NNN_slug.ts"));
    } else if (name.endsWith(OUTCOME_ENDING) && !names.includes(name.replace(OUTCOME_ENDING, ".ts"))) {
      faults.push(
        faultAt(file, "outcome-stray", [], "an outcome must lie beside its experiment: there is none"),
      );
    }
  }
  experiments.sort((a, b) => compareIds(a.id, b.id));
  for (const [index, { id, file }] of experiments.entries()) {
    const earlier = experiments.slice(0, index).find((one) => one.id === id);
    if (earlier === undefined) continue;
    faults.push(faultAt(file, "id-duplicate", [], `ids must be unique: ${earlier.file} is ${id}, too`));
  }
  return {
    experiments,
    directions: loadDirections(root, faults),
    lessons: loadLessons(root, faults),
    faults,
  };
}

const MODULE_NAME = /^(\d{3,}[a-z]?)_([a-z0-9]+(?:_[a-z0-9]+)*)(?<!_test)\.ts$/;
const OUTCOME_ENDING = ".outcome.json";

async function loadExperiment(
  root: string,
  file: string,
  id: string,
  snakeSlug: string,
  names: readonly string[],
  faults: Fault[],
): Promise<LoadedExperiment | undefined> {
  const text = readText(root, file, faults);
  if (text === undefined) return undefined;
  let exports: Readonly<Record<string, unknown>>;
  try {
    // Modules are cached by address: with the digest in it, an edited file is a new module.
    const address = pathToFileURL(join(Deno.realPathSync(root), file));
    address.search = createHash("sha256").update(text).digest("hex").slice(0, 16);
    exports = await import(address.href) as Record<string, unknown>;
  } catch (error) {
    faults.push(moduleFault(file, error));
    return undefined;
  }
  const exported = exports["experiment"];
  if (exported === undefined) {
    faults.push(faultAt(file, "module", [], 'the module must export "experiment"'));
    return undefined;
  }
  const shaped = shapeExperiment(exported);
  if ("faults" in shaped) {
    faults.push(...schemaFaults(file, shaped.faults));
    return undefined;
  }
  const outcomeFile = file.replace(/\.ts$/, OUTCOME_ENDING);
  const hasOutcome = names.includes(outcomeFile.slice(EXPERIMENTS_FOLDER.length + 1));
  return {
    id,
    slug: snakeSlug.replaceAll("_", "-"),
    file,
    text,
    experiment: shaped.value,
    exports,
    preregistered: preregistrationDigest(shaped.value),
    outcomeFile,
    ...(hasOutcome ? loadOutcome(root, outcomeFile, faults) : {}),
  };
}

function loadOutcome(
  root: string,
  file: string,
  faults: Fault[],
): Pick<LoadedExperiment, "outcome" | "outcomeText"> {
  const outcomeText = readText(root, file, faults);
  // There is something in the outcome's place, so that the experiment is not one without outcome.
  if (outcomeText === undefined) return { outcomeText: "" };
  const value = readJson(file, outcomeText, faults);
  if (value === undefined) return { outcomeText };
  const shaped = shapeOutcome(value);
  if ("faults" in shaped) {
    faults.push(...schemaFaults(file, shaped.faults, outcomeText));
    return { outcomeText };
  }
  return { outcomeText, outcome: shaped.value };
}

function loadDirections(root: string, faults: Fault[]): LoadedDirection[] {
  if (isThereButNoFolder(join(root, DIRECTIONS_FOLDER))) {
    faults.push(faultAt(DIRECTIONS_FOLDER, "file-kind", [], "it must be a folder: it is none"));
    return [];
  }
  return namesIn(join(root, DIRECTIONS_FOLDER)).flatMap((name) => {
    const file = `${DIRECTIONS_FOLDER}/${name}`;
    const id = /^(.+)\.json$/.exec(name)?.[1];
    if (id === undefined) {
      faults.push(faultAt(file, "file-name", [], "a direction's file must be called <id>.json"));
      return [];
    }
    const text = readText(root, file, faults);
    const fields = text === undefined ? undefined : readJson(file, text, faults);
    if (text === undefined || fields === undefined) return [];
    if (!isObject(fields)) {
      faults.push(faultAt(file, "direction-object", [], "a direction must be an object"));
      return [];
    }
    for (const key of ["id", "beliefs"]) {
      if (!Object.hasOwn(fields, key)) continue;
      const message = `"${key}" must not be in a direction's file: it is derived`;
      faults.push(faultAt(file, "derived-key", [key], message, text));
    }
    return [{ id, file, text, fields }];
  });
}

/** Where the engine could not go on reading a module, counted from 1. */
const MODULE_PLACE = /:(\d+):\d+$/m;

function moduleFault(file: string, error: unknown): Fault {
  const message = messageOf(error);
  const line = message.includes(`/${file}`) ? MODULE_PLACE.exec(message)?.[1] : undefined;
  return {
    ...faultAt(
      file,
      "module",
      [],
      `the module must load: ${message.split("\n", 1)[0]!.replace(/ at file:.*$/, "")}`,
    ),
    ...(line === undefined ? {} : { line: Number(line) }),
  };
}

function readText(root: string, file: string, faults: Fault[]): string | undefined {
  const content = readRegularFile(join(root, file));
  if (content !== undefined && "text" in content) return content.text;
  faults.push(faultAt(file, "file-kind", [], content?.fault ?? "it must be there: it was removed meanwhile"));
  return undefined;
}

/** The value of a JSON text. One that would be read otherwise than it looks is a fault as well, but has its value. */
function readJson(file: string, text: string, faults: Fault[]): unknown {
  const parsed = parseJson(text);
  if ("fault" in parsed) {
    faults.push({ rule: "json", file, line: parsed.line, message: parsed.fault });
    return undefined;
  }
  for (const { path, line } of repeatedKeys(text)) {
    const message = `a key must be there once: "${path.at(-1)}" is there twice, and the earlier one is lost`;
    faults.push({ ...faultAt(file, "key-repeated", path, message), line });
  }
  return parsed.value;
}

function schemaFaults(
  file: string,
  faults: readonly { readonly path: JsonPath; readonly message: string }[],
  text?: string,
): Fault[] {
  return faults.map(({ path, message }) => faultAt(file, "shape", path, message, text));
}

function isThereButNoFolder(path: string): boolean {
  try {
    return !Deno.lstatSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
