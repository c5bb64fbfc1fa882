/**
 * The experiments that somebody else's signal map speaks of: an index of their outcomes, and their records.
 *
 * An index is either a folder of row fragments (`index/127.json`) or a README with a table per outcome. Records are
 * markdown files named `<id>-<slug>.md`.
 */
import { basename, join } from "node:path";
import { messageOf, UsageError } from "../../model/errors.ts";
import { compareIds, numberOf } from "../sources/experiment_id.ts";
import { type Fault, faultAt } from "../sources/fault.ts";
import { isObject, parseJson } from "../sources/json_value.ts";
import type { IndexStatus } from "./signal_rules/mod.ts";

/** What an index says, with every rule that it breaks itself. */
export interface ExperimentIndex {
  /** Status by experiment id; the last row of an experiment counts. */
  readonly statuses: ReadonlyMap<string, IndexStatus>;
  /** When there are any, nothing should be concluded from the statuses. */
  readonly faults: readonly Fault[];
}

const STATUSES: readonly IndexStatus[] = ["accepted", "in_review", "rejected"];

const HEADINGS: Readonly<Record<string, IndexStatus>> = {
  "accepted": "accepted",
  "in review": "in_review",
  "rejected": "rejected",
};

/** Reads an index from a folder or a README. Throws a UsageError when the path cannot be read. */
export function readIndex(path: string): ExperimentIndex {
  const faults: Fault[] = [];
  const statuses = new Map<string, IndexStatus>();
  try {
    if (Deno.statSync(path).isDirectory) readFragments(path, statuses, faults);
    else readTables(Deno.readTextFileSync(path), statuses);
  } catch (error) {
    throw new UsageError(`Cannot read index as it must be a folder or a README: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (statuses.size === 0 && faults.length === 0) {
    faults.push(faultAt(path, "index-empty", [], "an index must have at least one row"));
  }
  return { statuses, faults };
}

function readFragments(folder: string, statuses: Map<string, IndexStatus>, faults: Fault[]): void {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
    name.endsWith(".json")
  );
  for (const name of names.sort((a, b) => compareIds(a, b))) {
    const file = join(folder, name);
    const text = Deno.readTextFileSync(file);
    const parsed = parseJson(text);
    if ("fault" in parsed) {
      faults.push({ rule: "index-json", file, line: parsed.line, message: parsed.fault });
      continue;
    }
    const isList = Array.isArray(parsed.value);
    const rows: readonly unknown[] = isList ? parsed.value as unknown[] : [parsed.value];
    if (rows.length === 0) {
      faults.push(faultAt(file, "index-row", [], "a fragment must have at least one row"));
    }
    for (const [index, row] of rows.entries()) {
      const path = isList ? [index] : [];
      const status = isObject(row) ? STATUSES.find((one) => one === row["status"]) : undefined;
      if (!isObject(row)) faults.push(faultAt(file, "index-row", path, "a row must be an object", text));
      else if (status === undefined) {
        const message = `the status must be one of ${STATUSES.join(", ")}: it is ${
          JSON.stringify(row["status"])
        }`;
        faults.push(faultAt(file, "index-status", [...path, "status"], message, text));
      } else statuses.set(basename(name, ".json"), status);
    }
  }
}

function readTables(text: string, statuses: Map<string, IndexStatus>): void {
  let status: IndexStatus | undefined;
  for (const line of text.split("\n")) {
    const heading = /^##\s+(.*?)\s*$/.exec(line)?.[1];
    if (heading !== undefined) status = HEADINGS[heading.toLowerCase()];
    const id = /^\|[^|]*?\b(\d{3,}[a-z]?)\b/.exec(line)?.[1];
    if (id !== undefined && status !== undefined) statuses.set(id, status);
  }
}

/**
 * Checks records against the index and the map: every record from the map's coverage on is indexed, and says the same
 * directions as its entry. Throws a UsageError when the folder cannot be read.
 */
export function recordFaults(
  folder: string,
  map: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
): Fault[] {
  const coverage = isObject(map["coverage"]) ? map["coverage"] : {};
  const indexedFrom = numberOr(coverage["experimentEntriesRequiredFrom"]);
  const directedFrom = numberOr(coverage["directionFieldRequiredFrom"]);
  const entries = isObject(map["experiments"]) ? map["experiments"] : {};
  const directions = Array.isArray(map["directions"])
    ? map["directions"].filter(isObject).map(({ id }) => id)
    : [];
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    throw new UsageError(`Cannot read records as they must be in a folder: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return names.flatMap((name) => {
    const id = /^(\d+\w?)-.*\.md$/.exec(name)?.[1];
    if (id === undefined) return [];
    const file = join(folder, name);
    const faults: Fault[] = [];
    if (numberOf(id) >= indexedFrom && !known.has(id)) {
      faults.push(faultAt(file, "record-unlisted", [], `a record must be in the index: "${id}" is not`));
    }
    if (numberOf(id) >= directedFrom) {
      const entry = entries[id];
      const own = isObject(entry) && Array.isArray(entry["directions"]) ? entry["directions"] : undefined;
      faults.push(...directionFaults(file, Deno.readTextFileSync(file), directions, own));
    }
    return faults;
  });
}

function directionFaults(
  file: string,
  text: string,
  declared: readonly unknown[],
  own: readonly unknown[] | undefined,
): Fault[] {
  const lines = text.split("\n");
  const index = lines.findIndex((line) => /^\*\*Direction:?\*\*/.test(line));
  if (index === -1) {
    return [
      faultAt(file, "record-direction", [], "a record must have a line that begins with **Direction:**"),
    ];
  }
  const fault = (rule: string, message: string): Fault => ({ rule, file, line: index + 1, message });
  const ids = [...lines[index]!.matchAll(/`([^`]+)`/g)].map(([, id]) => id!);
  if (ids.length === 0) {
    return [fault("record-direction", "the direction header must hold ids in back-ticks")];
  }
  const faults = ids.filter((id) => !declared.includes(id))
    .map((id) => fault("record-direction-unknown", `a direction must be in the map: "${id}" is not`));
  const isSame = own === undefined ||
    (ids.every((id) => own.includes(id)) && own.every((id) => ids.includes(id as string)));
  if (!isSame) {
    faults.push(
      fault(
        "record-direction-differs",
        `the header must have the directions of the entry, ${own.join(", ")}: it has ${ids.join(", ")}`,
      ),
    );
  }
  return faults;
}

function numberOr(value: unknown): number {
  return typeof value === "number" ? value : Infinity;
}
