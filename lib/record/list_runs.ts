/** What is stored below a results folder. */
import { join } from "node:path";
import { messageOf, UsageError } from "../model/errors.ts";
import type { RunHeader } from "../model/record.ts";
import { HEADER_FILE, loadHeader } from "./load_run.ts";

/** A stored run, its blocks not read. */
export interface ListedRun {
  /** Path of the run folder. */
  readonly folder: string;
  /** Content of its `record.json`, checked. */
  readonly header: RunHeader;
}

/** Something in a results folder that is no run. */
export interface Stray {
  /** Path of the file or folder. */
  readonly path: string;
  /** Why it is no run. */
  readonly reason: string;
}

/** The content of a results folder. */
export interface RunList {
  /** Newest start first; runs that started in the same moment by name. */
  readonly runs: readonly ListedRun[];
  /** By name. */
  readonly strays: readonly Stray[];
}

/**
 * Lists all runs directly below `root` with their headers. Whatever is no run is listed as a stray and stops nothing.
 * A root that does not exist holds no runs; throws a UsageError when it is not a readable folder.
 */
export function listRuns(root: string): RunList {
  const runs: ListedRun[] = [];
  const strays: Stray[] = [];
  for (const name of namesIn(root)) {
    const path = join(root, name);
    const stray = whyNoRun(path, name);
    if (stray !== undefined) {
      strays.push({ path, reason: stray });
      continue;
    }
    try {
      runs.push({ folder: path, header: loadHeader(path).header });
    } catch (error) {
      strays.push({ path, reason: messageOf(error) });
    }
  }
  runs.sort((a, b) =>
    Date.parse(b.header.startedAt) - Date.parse(a.header.startedAt) || compareText(a.folder, b.folder)
  );
  return { runs, strays };
}

function namesIn(root: string): readonly string[] {
  try {
    return Array.from(Deno.readDirSync(root), ({ name }) => name).sort(compareText);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new UsageError(`Cannot list runs as "${root}" must be a readable folder: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function whyNoRun(path: string, name: string): string | undefined {
  try {
    if (!Deno.statSync(path).isDirectory) return "it is no folder";
    if (name.startsWith(".")) return "it is hidden: a run whose creation was cut short, or something else";
    Deno.lstatSync(join(path, HEADER_FILE));
    return undefined;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? `it has no ${HEADER_FILE}` : messageOf(error);
  }
}

// Not localeCompare: the order must not depend on the reader's language.
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
