/**
 * Which code this is. Rounds of one plan are comparable only where all of it is the same: a plan names it, and a worker
 * with other code refuses.
 */
import { createHash } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Cell, messageOf, UsageError } from "../../lib/model/mod.ts";
import { readEnvironment } from "../../lib/record/mod.ts";
import { moduleUrl } from "../../lib/runner/outside_module.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** See {@link codeIdentity}. */
export const codeIdentitySchema = z.strictObject({
  /** Absent outside a repository. */
  commit: z.exactOptional(z.string()),
  /** SHA-256 in hex over names and contents of everything that a block is run by, besides drivers and outside modules. */
  sources: digest,
  /** The same over lock files, by adapter; the bench's own is `watchbench`. */
  locks: z.record(z.string(), digest),
  /** The same over the adapters' code: all of `lib/adapters`, and the folder of each module from outside. */
  adapters: digest,
});

/** See {@link codeIdentity}. */
export type CodeIdentity = z.infer<typeof codeIdentitySchema>;

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What blocks are run by; what stands in `lib` and is of no block, such as reports, is part of it for simplicity. */
const SOURCE_FOLDERS = ["lib", "workloads", "scripts", "tools/fleet", "tools/pages"];

/**
 * The identity of the code that would run these cells. `root` is for tests. Throws a UsageError for a module from outside
 * that cannot be read.
 */
export function codeIdentity(cells: readonly Cell[], root: string = ROOT): CodeIdentity {
  const { commit } = readEnvironment(root);
  const isAdapter = (path: string): boolean => path.startsWith("lib/adapters/");
  const sources = SOURCE_FOLDERS.flatMap((folder) => codeFiles(root, join(root, folder)));
  const modules = [
    ...new Set(cells.flatMap(({ adapterModule, workloadModule }) => [adapterModule, workloadModule])),
  ]
    .filter((module) => module !== undefined).sort();
  const outside = modules.flatMap((module) => {
    const folder = dirname(fileURLToPath(moduleUrl(module)));
    return codeFiles(folder, folder).map((path) => ({ name: `${module} ${path}`, file: join(folder, path) }));
  });
  const locks: Record<string, string> = { watchbench: digestOf(join(root, "deno.lock")) };
  for (const { adapter, adapterModule } of cells) {
    const file = join(root, "drivers", adapter, "deno.lock");
    if (adapterModule === undefined && exists(file)) locks[adapter] = digestOf(file);
  }
  const named = (path: string) => ({ name: path, file: join(root, path) });
  return {
    ...(commit === undefined ? {} : { commit }),
    sources: digestOfFiles(sources.filter((path) => !isAdapter(path)).map(named)),
    locks: Object.fromEntries(Object.entries(locks).sort(([a], [b]) => a < b ? -1 : 1)),
    adapters: digestOfFiles([...sources.filter(isAdapter).map(named), ...outside]),
  };
}

/** In which parts two identities differ, each as a phrase with both values; empty when they are the same. */
export function codeDifferences(planned: CodeIdentity, here: CodeIdentity): string[] {
  const differences: string[] = [];
  const compare = (what: string, a: string | undefined, b: string | undefined): void => {
    if (a === b) return;
    const short = (text: string | undefined): string => text?.slice(0, 12) ?? "none";
    differences.push(`${what} is ${short(a)} in the plan and ${short(b)} here`);
  };
  compare("the commit", planned.commit, here.commit);
  compare("the digest of sources", planned.sources, here.sources);
  compare("the digest of adapters", planned.adapters, here.adapters);
  for (const name of [...new Set([...Object.keys(planned.locks), ...Object.keys(here.locks)])].sort()) {
    compare(`the lock of ${name}`, planned.locks[name], here.locks[name]);
  }
  return differences;
}

/** Paths from `root`, sorted, of all code below `folder`; tests are no part of what runs. */
function codeFiles(root: string, folder: string): string[] {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch (error) {
    throw new UsageError(
      `Cannot tell which code this is as "${folder}" must be readable: ${messageOf(error)}`,
    );
  }
  return entries.flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return name === "node_modules" || name.startsWith(".") ? [] : codeFiles(root, path);
    const isCode = /\.(ts|tsx|js|mjs|json|lock|c|h)$/.test(name) && !/_test\.tsx?$/.test(name);
    return isCode ? [relative(root, path).replaceAll("\\", "/")] : [];
  }).sort();
}

function digestOfFiles(files: readonly { readonly name: string; readonly file: string }[]): string {
  const hash = createHash("sha256");
  for (const { name, file } of files) hash.update(`${name}\n${digestOf(file)}\n`);
  return hash.digest("hex");
}

function digestOf(file: string): string {
  return createHash("sha256").update(Deno.readFileSync(file)).digest("hex");
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
