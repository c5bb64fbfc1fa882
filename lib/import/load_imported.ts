import { join } from "node:path";
import { messageOf } from "../model/mod.ts";
import { type ImportedResults, importedResultsSchema } from "./imported_results.ts";

/** Where imported results stand within a results folder. */
export const IMPORTED_FOLDER = "imported";

/** Everything that was imported into a results folder. */
export interface ImportedList {
  /** Oldest first. */
  readonly results: readonly ImportedResults[];
  /** Files that cannot be read, and why. */
  readonly strays: readonly { readonly path: string; readonly reason: string }[];
}

/** Loads all imported results below a results folder; none when nothing was imported. */
export function loadImported(resultsFolder: string): ImportedList {
  const folder = join(resultsFolder, IMPORTED_FOLDER);
  const results: ImportedResults[] = [];
  const strays: { path: string; reason: string }[] = [];
  for (const name of namesIn(folder)) {
    if (!name.endsWith(".json")) continue;
    try {
      const checked = importedResultsSchema.safeParse(JSON.parse(Deno.readTextFileSync(join(folder, name))));
      if (checked.success) results.push(checked.data);
      else strays.push({ path: `${IMPORTED_FOLDER}/${name}`, reason: firstIssue(checked.error.issues) });
    } catch (error) {
      strays.push({ path: `${IMPORTED_FOLDER}/${name}`, reason: messageOf(error) });
    }
  }
  results.sort((a, b) => a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0);
  return { results: withoutCopies(results), strays };
}

/** A history holds runs again whose own files say more. */
function withoutCopies(results: readonly ImportedResults[]): ImportedResults[] {
  const keyOf = ({ startedAt, label }: ImportedResults): string =>
    JSON.stringify([startedAt.slice(0, 19), label]);
  const own = new Set(results.filter(({ file }) => file.name.endsWith(".md")).map(keyOf));
  return results.filter((one) => one.file.name.endsWith(".md") || !own.has(keyOf(one)));
}

function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function firstIssue(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  const [issue] = issues;
  return issue === undefined ? "it is no imported result" : `"${issue.path.join(".")}": ${issue.message}`;
}
