/** All runs of a results folder, one after the other: those that an index knows as they are, the others read. */
import { join } from "node:path";
import { messageOf, UsageError } from "../../lib/model/mod.ts";
import { BLOCKS_FILE, HEADER_FILE, type Stray } from "../../lib/record/mod.ts";
import { RUN_FILE_KINDS, runFiles } from "../pages/mod.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { prepareRuns, type RunOrder, type RunsSite } from "./run_files.ts";
import { runMark, type SiteContent, type SiteEntry } from "./site_index.ts";

/** A run, or something that is none. */
export type StoredRunOrStray =
  | { readonly entry: SiteEntry; readonly content: SiteContent; readonly isKnown: boolean }
  | {
    /** Its path is seen from the results folder; its texts are harmless. */
    readonly stray: Stray;
    /** It is a run that cannot be read, not something else. */
    readonly isDamaged: boolean;
  };

/** How names of run folders begin. */
const RUN_NAME = /^\d{4}-\d\d-\d\dT/;

/**
 * Runs and strays by name. `known` are entries by folder: they are used where nothing has changed since. Rejects with a
 * UsageError when the results folder cannot be read, and with the system's error when a file cannot be written.
 */
export async function* readStoredRuns(
  site: RunsSite,
  known: ReadonlyMap<string, SiteEntry>,
): AsyncGenerator<StoredRunOrStray> {
  for await (const one of prepareRuns(site, findRuns(site, known))) {
    if ("stray" in one) yield { stray: one.stray, isDamaged: false };
    else if ("fault" in one) {
      yield { stray: { path: safeText(one.folder), reason: safeText(one.fault) }, isDamaged: true };
    } else {
      const { entry } = one;
      const isKnown = known.get(entry.folder) === entry;
      yield { entry, content: JSON.parse(entry.json) as SiteContent, isKnown };
    }
  }
}

/** What a name in the results folder turned out to be. */
type Found = { readonly entry: SiteEntry } | { readonly order: RunOrder } | { readonly stray: Stray };

function* findRuns({ results, out }: RunsSite, known: ReadonlyMap<string, SiteEntry>): Generator<Found> {
  const names = new Set<string>();
  for (const name of namesIn(results)) {
    const folder = join(results, name);
    const mark = markOf(folder);
    if (mark === undefined) {
      // What stands beside the runs is nobody's fault; a folder that is named as a run and is none should be seen.
      if (isFolder(folder) && RUN_NAME.test(name)) {
        yield { stray: { path: safeText(name), reason: `it has no ${HEADER_FILE}` } };
      }
      continue;
    }
    const ownName = freeName(name, names);
    const entry = known.get(name);
    const isCurrent = entry !== undefined && entry.mark === mark && entry.name === ownName &&
      (out === undefined || hasFiles(out, entry));
    yield isCurrent ? { entry } : { order: { folder: name, mark, name: ownName } };
  }
}

function markOf(folder: string): string | undefined {
  try {
    return runMark(folder, [HEADER_FILE, BLOCKS_FILE]);
  } catch {
    // A run without blocks is damaged, not something else: loading it gives the reason.
    return isSize(join(folder, HEADER_FILE), undefined) ? "" : undefined;
  }
}

function isSize(file: string, size: number | undefined): boolean {
  try {
    const stat = Deno.statSync(file);
    return stat.isFile && (size === undefined || stat.size === size);
  } catch {
    return false;
  }
}

function hasFiles(out: string, { name, sizes }: SiteEntry): boolean {
  const files = runFiles(name);
  return RUN_FILE_KINDS.every((one) => sizes[one] === 0 || isSize(join(out, files[one]), sizes[one]));
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function namesIn(results: string): string[] {
  try {
    return Array.from(Deno.readDirSync(results), ({ name }) => name).sort();
  } catch (error) {
    throw new UsageError(
      `Cannot read runs as "${results}" must be a readable folder: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** A file name that is also an address, and that no other run has. */
function freeName(runName: string, taken: Set<string>): string {
  const plain = runName.replace(/[^\w.-]/g, "_").slice(0, 120);
  let name = plain;
  for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${plain}-${count}`;
  taken.add(name.toLowerCase());
  return name;
}
