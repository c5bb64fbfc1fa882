/** From what was typed to the adapters and options that the suite runs. */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  adapterById,
  ADAPTERS,
  isAdapterModule,
  loadAdapter,
  parseOptions,
  splitAdapterSpec,
} from "../../adapters/mod.ts";
import type { Adapter, OptionValues } from "../../model/adapter.ts";
import { defaultOptions } from "../../model/adapter.ts";
import type { ConformanceTarget } from "./spawn_conformance.ts";

/**
 * Every choice of options that is tried unless one is named: all defaults, and each other value of each option with
 * the rest at their defaults.
 */
export function optionVariants(adapter: Adapter): OptionValues[] {
  const defaults = defaultOptions(adapter);
  const others = Object.entries(adapter.options).flatMap(([name, option]) =>
    option.values.filter((value) => value !== option.default).map((value) => ({ ...defaults, [name]: value }))
  );
  return [defaults, ...others];
}

/**
 * Reads `id`, `id:option=value` and paths or URLs of modules, relative to `folder`; nothing means every registered
 * adapter. Throws a UsageError for what cannot be found.
 */
export async function findTargets(specs: readonly string[], folder: string): Promise<ConformanceTarget[]> {
  const targets: ConformanceTarget[] = [];
  for (const spec of specs.length === 0 ? ADAPTERS.map((adapter) => adapter.id) : specs) {
    const { name, optionText } = splitAdapterSpec(spec);
    const found = isAdapterModule(name) ? await findModule(name, folder) : { adapter: adapterById(name) };
    const choices = optionText === ""
      ? optionVariants(found.adapter)
      : [parseOptions(found.adapter, optionText)];
    targets.push(...choices.map((options) => ({ ...found, options })));
  }
  return targets;
}

async function findModule(name: string, folder: string): Promise<Omit<ConformanceTarget, "options">> {
  const moduleUrl = /^[a-z]{2,}:/.test(name) ? name : pathToFileURL(resolve(folder, name)).href;
  const adapter = await loadAdapter(moduleUrl);
  const configPath = moduleUrl.startsWith("file:")
    ? await nearestConfig(fileURLToPath(moduleUrl))
    : undefined;
  return { adapter, moduleUrl, ...(configPath === undefined ? {} : { configPath }) };
}

/** The configuration that Deno would find for a module: the first one on the way up. */
async function nearestConfig(path: string): Promise<string | undefined> {
  for (let folder = dirname(path);; folder = dirname(folder)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const candidate = join(folder, name);
      if (await isFile(candidate)) return candidate;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
