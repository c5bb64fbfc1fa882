import { join } from "node:path";
import { messageOf, UsageError } from "../model/mod.ts";
import { HEADER_FILE } from "../record/load_run.ts";
import { safeText } from "../report/safe_text.ts";

/** How many runs an error names. */
const NAMED_RUN_COUNT = 8;

/**
 * The folder of a run that was named by its path, or by the beginning of its id where only one run in `root` begins so.
 * Throws a UsageError when there is none or more than one.
 */
export function findRun(name: string, root: string): string {
  if (name !== "" && isRunFolder(name)) return name;
  const ids = runIds(root);
  const matching = ids.includes(name) ? [name] : ids.filter((id) => name !== "" && id.startsWith(name));
  if (matching.length === 1) return join(root, matching[0]!);
  const action = `Cannot find run "${
    safeText(name, 100)
  }" as it must be a run folder or begin the id of one run`;
  const many = matching.length > 1 ? matching : ids;
  const shown = many.slice(0, NAMED_RUN_COUNT).map((id) => safeText(id, 100)).join(", ");
  const list = many.length > NAMED_RUN_COUNT ? `${shown} and ${many.length - NAMED_RUN_COUNT} more` : shown;
  if (matching.length > 1) throw new UsageError(`${action}: ${matching.length} begin so, ${list}`);
  const holds = ids.length === 0 ? "holds no run" : `holds ${list}`;
  throw new UsageError(`${action}: ${safeText(root, 100)} ${holds}`);
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
