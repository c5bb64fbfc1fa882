/** `bench/watchbench.json`: what a project of somebody else's benches when nothing else is typed. */
import { join } from "node:path";
import { z } from "zod";
import { messageOf, UsageError } from "../model/mod.ts";

/** Where a project keeps it, from its root. */
export const PROJECT_FILE = join("bench", "watchbench.json");

const projectSchema = z.strictObject({
  /** Adapters as `--adapter` takes them, paths from the project's root. */
  adapters: z.array(z.string().min(1)).min(1),
  /** Workloads as `--workload` takes them. */
  workloads: z.array(z.string().min(1)).min(1).optional(),
  /** Where runs are kept, from the project's root. */
  results: z.string().min(1).optional(),
  /** Longest time for a comparison, such as `5m`. */
  budget: z.string().min(1).optional(),
  /** Margins as `--fail-on` takes them. */
  failOn: z.array(z.string().min(1)).optional(),
  /** A shell command that makes a fresh checkout ready, such as `npm ci && npm run build`. */
  setup: z.string().min(1).optional(),
});

/** Content of the file. */
export type ProjectFile = z.infer<typeof projectSchema>;

/** Reads the file of a project; `undefined` where there is none. Throws a UsageError with the rule that it breaks. */
export function readProjectFile(root: string): ProjectFile | undefined {
  const path = join(root, PROJECT_FILE);
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`Cannot read ${PROJECT_FILE} as it must be JSON: ${messageOf(error)}`);
  }
  const parsed = projectSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue!.path.length === 0 ? "it" : `"${issue!.path.join(".")}"`;
  throw new UsageError(`Cannot read ${PROJECT_FILE} as ${place} must be sound: ${issue!.message}`);
}

/** Where runs are kept when nothing is typed: as the project in the current folder says, or in `results`. */
export function defaultResults(): string {
  return readProjectFile(".")?.results ?? "results";
}
