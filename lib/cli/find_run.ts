import { join } from "node:path";
import { messageOf, namesMeant, UsageError } from "../model/mod.ts";
import { LATEST, readBaselines } from "../record/baselines.ts";
import { HEADER_FILE } from "../record/load_run.ts";
import { safeText } from "../report/safe_text.ts";

/** How many runs an error names. */
const NAMED_RUN_COUNT = 8;
/** Longer names are no slip of a key, and comparing them takes long. */
const LONGEST_TYPED = 200;
const MOMENT_LENGTH = "2026-11-22T10-00-00".length;

/**
 * The folder of a run that was named by its path, by a baseline that was saved in `root`, by the beginning of its id where
 * only one run there begins so, by its label, which stands for the newest run of that label, or by `latest`. Throws a
 * UsageError when there is none or more than one.
 */
export function findRun(name: string, root: string): string {
  if (name !== "" && isRunFolder(name)) return name;
  const ids = runIds(root);
  const baselines = readBaselines(root);
  const saved = baselines.get(name);
  if (saved !== undefined && !ids.includes(name)) return join(root, requireSaved(name, saved, ids));
  const matching = ids.includes(name) ? [name] : ids.filter((id) => name !== "" && id.startsWith(name));
  if (matching.length === 1) return join(root, matching[0]!);
  const labelled = matching.length > 1
    ? undefined
    : ids.find((id) => name === LATEST || labelOf(id) === name);
  if (labelled !== undefined) return join(root, labelled);
  const meant = matching.length > 1 ? undefined : nearestRun(name, ids, [...baselines.keys()]);
  const hint = meant === undefined ? "" : ` (did you mean "${safeText(meant, 100)}"?)`;
  const action = `Cannot find run "${
    safeText(name, 100)
  }"${hint} as it must be a run folder, a baseline, a label, "latest", or begin the id of one run`;
  const many = matching.length > 1 ? matching : ids;
  const shown = many.slice(0, NAMED_RUN_COUNT).map((id) => safeText(id, 100)).join(", ");
  const list = many.length > NAMED_RUN_COUNT ? `${shown} and ${many.length - NAMED_RUN_COUNT} more` : shown;
  if (matching.length > 1) throw new UsageError(`${action}: ${matching.length} begin so, ${list}`);
  const holds = ids.length === 0 ? "holds no run" : `holds ${list}`;
  throw new UsageError(`${action}: ${safeText(root, 100)} ${holds}`);
}

/** The id that a baseline stands for, known to be there. */
function requireSaved(name: string, id: string, ids: readonly string[]): string {
  if (ids.includes(id)) return id;
  throw new UsageError(
    `Cannot find baseline "${name}" as its run must be there: ${
      safeText(id, 100)
    } is gone; bench --save-baseline ${name} ` +
      "measures and saves another",
  );
}

/** A baseline that is near, or a run whose id, its moment or its label is; the newest of equals. */
function nearestRun(name: string, ids: readonly string[], baselines: readonly string[]): string | undefined {
  if (name === "" || name.length > LONGEST_TYPED) return undefined;
  const [baseline] = namesMeant(name, baselines);
  if (baseline !== undefined) return baseline;
  const [meant] = namesMeant(name, ids.flatMap((id) => [id, id.slice(0, MOMENT_LENGTH), labelOf(id)]));
  return ids.find((id) => id === meant || id.slice(0, MOMENT_LENGTH) === meant || labelOf(id) === meant);
}

function labelOf(id: string): string {
  return id.slice(MOMENT_LENGTH + 1);
}

/** Newest first, since ids begin with their moment. */
function runIds(root: string): string[] {
  try {
    return [...Deno.readDirSync(root)]
      .map(({ name }) => name)
      .filter((name) => isRunFolder(join(root, name)))
      .sort()
      .reverse();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new UsageError(
      `Cannot look for runs as "${safeText(root, 100)}" must be a readable folder: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

function isRunFolder(path: string): boolean {
  try {
    return Deno.statSync(join(path, HEADER_FILE)).isFile;
  } catch {
    return false;
  }
}
