/**
 * A signal map that is kept in parts: a folder with `base.json` and one file per experiment in `entries/`, as branches edit
 * it, so that no two of them touch the same file.
 */
import { join } from "node:path";
import { messageOf, UsageError } from "../../../model/errors.ts";
import { compareIds } from "../../sources/experiment_id.ts";
import { type Fault, faultAt } from "../../sources/fault.ts";
import type { JsonPath } from "../../sources/json_path.ts";
import { isObject, parseJson } from "../../sources/json_value.ts";

/** A part of a map, as it was read. */
interface Part {
  readonly file: string;
  readonly text: string;
}

/** A map put together from its parts. */
export interface AssembledMap {
  /** The whole map; `undefined` when a part of it is wrong. */
  readonly value?: unknown;
  /** Rules that the parts break. */
  readonly faults: readonly Fault[];
  /** All parts, those that are wrong as well. */
  readonly parts: readonly Part[];
  /** A fault of the whole map as a fault of the part that it is in. */
  faultAt(rule: string, path: JsonPath, message: string): Fault;
}

/** Whether a path is a folder, and so a map in parts. */
export function isMapInParts(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Reads the parts of a map below a folder. Throws a UsageError when there is no base, or a part cannot be read. */
export function assembleMap(folder: string): AssembledMap {
  const baseFile = join(folder, "base.json");
  const base = { file: baseFile, text: read(baseFile) };
  const faults: Fault[] = [];
  const objectOf = ({ file, text }: Part, what: string): Readonly<Record<string, unknown>> | undefined => {
    const parsed = parseJson(text);
    if ("fault" in parsed) faults.push({ rule: "json", file, line: parsed.line, message: parsed.fault });
    else if (isObject(parsed.value)) return parsed.value;
    else faults.push(faultAt(file, "part-object", [], `${what} must be an object`));
    return undefined;
  };
  const head = objectOf(base, "the base of a map");
  if (head !== undefined && "experiments" in head) {
    const message = 'experiments belong into entries/: the base must not have "experiments"';
    faults.push(faultAt(baseFile, "base-experiments", ["experiments"], message, base.text));
  }
  const entryFolder = join(folder, "entries");
  const entries = namesIn(entryFolder).filter((name) => name.endsWith(".json")).map((name) => ({
    id: name.slice(0, -".json".length),
    file: join(entryFolder, name),
    text: read(join(entryFolder, name)),
  })).sort((a, b) => compareIds(a.id, b.id));
  const experiments = Object.fromEntries(
    entries.flatMap((entry) => {
      const value = objectOf(entry, "an entry");
      return value === undefined ? [] : [[entry.id, value]];
    }),
  );
  return {
    ...(faults.length === 0 ? { value: { ...head, experiments } } : {}),
    faults,
    parts: [base, ...entries],
    faultAt(rule, path, message) {
      const entry = path[0] === "experiments" ? entries.find(({ id }) => id === path[1]) : undefined;
      return entry === undefined
        ? faultAt(baseFile, rule, path, message, base.text)
        : faultAt(entry.file, rule, path.slice(2), message, entry.text);
    },
  };
}

function read(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    throw new UsageError(`Cannot read "${file}" as every part of a map must be there: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
