/** From what was typed to the adapters and options that the suite runs. */
import { adapterById, ADAPTERS, parseOptions, splitAdapterSpec } from "../adapters/mod.ts";
import type { Adapter, OptionValues } from "../model/adapter.ts";
import { defaultOptions, runtimesOf } from "../model/adapter.ts";
import { DEFAULT_RUNTIME } from "../model/runtime.ts";
import { isModuleName } from "../model/module_name.ts";
import { describeAdapterModule } from "../cli/describe_module.ts";
import type { SessionTarget } from "../cli/session_child.ts";
import { moduleUrl, outsideAccess } from "../runner/outside_module.ts";

/** An adapter, and where it was found. */
export type ConformanceTarget = SessionTarget;

/**
 * Every choice of options that is tried unless one is named: all defaults, and each other value of each option that exists
 * in Deno, with the rest at their defaults.
 */
export function optionVariants(adapter: Adapter): OptionValues[] {
  const defaults = defaultOptions(adapter);
  const others = Object.entries(adapter.options).flatMap(([name, { values, default: own, only = {} }]) =>
    values.filter((value) => value !== own && (only[value]?.includes(DEFAULT_RUNTIME) ?? true))
      .map((value) => ({ ...defaults, [name]: value }))
  );
  return [defaults, ...others];
}

/**
 * Reads `id`, `id:option=value` and paths or URLs of modules, relative to `folder`; nothing means every registered
 * adapter. Throws a UsageError for what cannot be found.
 */
export async function findTargets(specs: readonly string[], folder: string): Promise<ConformanceTarget[]> {
  const targets: ConformanceTarget[] = [];
  for (const spec of specs.length === 0 ? suiteIds() : specs) {
    const { name, optionText } = splitAdapterSpec(spec);
    const found = isModuleName(name)
      ? await findModule(name, folder, optionText)
      : { adapter: adapterById(name) };
    const choices = optionText === ""
      ? optionVariants(found.adapter)
      : [parseOptions(found.adapter, optionText)];
    targets.push(...choices.map((options) => ({ ...found, options })));
  }
  return targets;
}

/** Adapters that live elsewhere cannot be asked: the suite's child is Deno. */
function suiteIds(): string[] {
  return ADAPTERS.filter((adapter) => runtimesOf(adapter).includes(DEFAULT_RUNTIME)).map(({ id }) => id);
}

async function findModule(
  name: string,
  folder: string,
  optionText: string,
): Promise<Omit<ConformanceTarget, "options">> {
  const url = moduleUrl(name, folder);
  const { adapter } = await describeAdapterModule(url, optionText);
  const { configPath } = outsideAccess(url);
  return { adapter, moduleUrl: url, ...(configPath === undefined ? {} : { configPath }) };
}
