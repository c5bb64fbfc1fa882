/** Puts what a project needs to bench its own database into its folder: an adapter, what is benched, a workflow. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../model/mod.ts";
import { PROJECT_FILE, type ProjectFile } from "./project_file.ts";

/** Where things go, from the project's root. */
export const ADAPTER_FILE = join("bench", "adapter.ts");
const WORKFLOW_FILE = join(".github", "workflows", "bench.yml");
const CONFIG_FILE = join("bench", "deno.json");
const IGNORE_FILE = join("bench", ".gitignore");

/** How the template has them. A name of a package would be rewritten when it is published. */
const OWN_MODEL = '"../../model/mod.ts"';
const OWN_PROGRAM = "npx watchbench";

const PROJECT: ProjectFile = {
  adapters: ["./bench/adapter.ts"],
  workloads: ["keyed-pk", "fan-out"],
  results: "bench/results",
  budget: "5m",
  failOn: ["done:10%", "shown_p50:10%"],
};

/** How the project has the package. */
export interface InstalledAs {
  /** How the command line is typed, such as `npx watchbench`. */
  readonly program: string;
  /** How its files import the contracts, such as `watchbench/model`. */
  readonly model: string;
}

/**
 * Writes the files and returns their paths from the root. Throws a UsageError, and writes nothing, where one of them is
 * there already.
 */
export function initProject(root: string, { program, model }: InstalledAs): string[] {
  const adapter = template("adapter.ts")
    .replace(OWN_MODEL, JSON.stringify(model))
    .replaceAll(OWN_PROGRAM, program);
  const files: readonly (readonly [path: string, text: string])[] = [
    [ADAPTER_FILE, adapter],
    [PROJECT_FILE, JSON.stringify(PROJECT, null, 2) + "\n"],
    [IGNORE_FILE, "results/\n"],
    // The adapter's imports are looked for in the project's own node_modules.
    [CONFIG_FILE, JSON.stringify({ nodeModulesDir: "manual" }, null, 2) + "\n"],
    [WORKFLOW_FILE, template("workflow.yml").replace("@VERSION", `@${version()}`)],
  ];
  const there = files.map(([path]) => path).filter((path) => exists(join(root, path)));
  if (there.length > 0) {
    throw new UsageError(
      `Cannot begin here as nothing may be overwritten: ${there.join(", ")} is there already`,
    );
  }
  for (const [path, text] of files) {
    Deno.mkdirSync(dirname(join(root, path)), { recursive: true });
    Deno.writeTextFileSync(join(root, path), text, { createNew: true });
  }
  return files.map(([path]) => path);
}

function template(name: string): string {
  return Deno.readTextFileSync(fileURLToPath(new URL(`template/${name}`, import.meta.url)));
}

/** The version of the command line at hand: what the workflow installs, and files import. */
export function version(): string {
  const text = Deno.readTextFileSync(fileURLToPath(new URL("../../jsr.json", import.meta.url)));
  return (JSON.parse(text) as { version: string }).version;
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
