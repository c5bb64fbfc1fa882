/** From what was typed to the adapters and options that the suite runs. */
import { adapterById, ADAPTERS, optionNames, parseOptions, splitAdapterSpec } from "../adapters/mod.ts";
import type { Adapter, OptionValues } from "../model/adapter.ts";
import { defaultOptions, runtimesOf } from "../model/adapter.ts";
import { DEFAULT_RUNTIME, type RuntimeId, runtimeTitle } from "../model/runtime.ts";
import { UsageError } from "../model/errors.ts";
import { isModuleName } from "../model/module_name.ts";
import { describeAdapterModule } from "../cli/describe_module.ts";
import type { SessionTarget } from "../cli/session_child.ts";
import { moduleUrl, outsideAccess } from "../runner/outside_module.ts";

/** An adapter, where it was found, and where it is tried. */
export interface ConformanceTarget extends Omit<SessionTarget, "elsewhere"> {
  /** Default is Deno. */
  readonly runtime?: RuntimeId;
}

/**
 * Every choice of options that is tried unless one is named: all defaults, and each other value of each option that exists
 * in the runtime, with the rest at their defaults.
 */
export function optionVariants(adapter: Adapter, runtime: RuntimeId = DEFAULT_RUNTIME): OptionValues[] {
  const defaults = defaultOptions(adapter, runtime);
  const others = Object.entries(adapter.options).flatMap(([name, { values, only = {} }]) =>
    values.filter((value) => value !== defaults[name] && (only[value]?.includes(runtime) ?? true))
      .map((value) => ({ ...defaults, [name]: value }))
  );
  return [defaults, ...others];
}

/**
 * Reads `id`, `id:option=value` and paths or URLs of modules, relative to `folder`; nothing means every registered
 * adapter that runs in the runtime. Throws a UsageError for what cannot be found, or does not run there.
 */
export async function findTargets(
  specs: readonly string[],
  folder: string,
  runtime: RuntimeId = DEFAULT_RUNTIME,
): Promise<ConformanceTarget[]> {
  const targets: ConformanceTarget[] = [];
  for (const spec of specs.length === 0 ? adapterIdsIn(runtime) : specs) {
    const { name, optionText } = splitAdapterSpec(spec);
    const found = isModuleName(name)
      ? await findModule(name, folder, optionText)
      : { adapter: adapterById(name) };
    const { adapter } = found;
    if (!runtimesOf(adapter).includes(runtime)) {
      throw new UsageError(
        `Cannot try "${adapter.id}" in ${runtime} as it runs in ${runtimesOf(adapter).join(", ")} only`,
      );
    }
    const choices = optionText === ""
      ? optionVariants(adapter, runtime)
      : [{ ...defaultOptions(adapter, runtime), ...namedOptions(adapter, optionText) }];
    targets.push(
      ...choices.map((options) => ({
        ...found,
        options,
        ...(runtime === DEFAULT_RUNTIME ? {} : { runtime }),
      })),
    );
  }
  return targets;
}

/** What is tried, and what is not since it does not run there. */
export interface ConformancePlan {
  /** In the order of runtimes, then of what was named. */
  readonly targets: readonly ConformanceTarget[];
  /** Adapters with the reason. */
  readonly absent: readonly {
    readonly adapter: Adapter;
    readonly runtime: RuntimeId;
    readonly reason: string;
  }[];
}

/**
 * {@link findTargets} in several runtimes. What does not run in one of them is absent there with the reason; where it is
 * named and there is one runtime only, that is a UsageError.
 */
export async function planConformance(
  specs: readonly string[],
  folder: string,
  runtimes: readonly RuntimeId[],
): Promise<ConformancePlan> {
  const targets: ConformanceTarget[] = [];
  const absent: { adapter: Adapter; runtime: RuntimeId; reason: string }[] = [];
  for (const runtime of runtimes) {
    for (const spec of specs.length === 0 ? ADAPTERS.map(({ id }) => id) : specs) {
      const { name } = splitAdapterSpec(spec);
      const adapter = isModuleName(name) ? undefined : adapterById(name);
      const mayBeAbsent = specs.length === 0 || runtimes.length > 1;
      if (adapter === undefined || runtimesOf(adapter).includes(runtime) || !mayBeAbsent) {
        targets.push(...await findTargets([spec], folder, runtime));
      } else if (!absent.some((one) => one.adapter === adapter && one.runtime === runtime)) {
        absent.push({ adapter, runtime, reason: absenceReason(adapter) });
      }
    }
  }
  return { targets, absent };
}

function absenceReason({ otherRuntimes, ...adapter }: Adapter): string {
  const why = otherRuntimes === undefined ? "" : `: ${otherRuntimes.replace(/\.$/, "")}`;
  return `It runs in ${runtimesOf(adapter).map(runtimeTitle).join(", ")} only${why}`;
}

/** Ids of the registered adapters that run in a runtime, in the order of the registry. */
export function adapterIdsIn(runtime: RuntimeId): string[] {
  return ADAPTERS.filter((adapter) => runtimesOf(adapter).includes(runtime)).map(({ id }) => id);
}

function namedOptions(adapter: Adapter, optionText: string): OptionValues {
  const options = parseOptions(adapter, optionText);
  return Object.fromEntries(optionNames(optionText).map((name) => [name, options[name]!]));
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
