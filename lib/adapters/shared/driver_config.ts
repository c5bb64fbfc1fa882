/** The Deno configuration that an adapter's child process is started with, from what the adapter declares. */
import type { Adapter } from "../../model/adapter.ts";

/** Where `drivers/<id>/` finds the contracts. */
const MODEL = "../../lib/model/mod.ts";

/** Content of `drivers/<id>/deno.json`. */
export interface DriverConfig {
  /** `false` with a driver from JSR: its lock could only be written where JSR can be reached. */
  readonly lock: { readonly path: string } | false;
  readonly nodeModulesDir?: "auto";
  readonly imports: Readonly<Record<string, string>>;
}

/**
 * Where a declared driver comes from: `["tinybase", "10.0.1"]` is `npm:tinybase@10.0.1`; a version that already is a
 * specifier, such as `npm:rxdb@16.21.1` for an alias or `jsr:@db/sqlite@0.13.0`, stays as it is.
 */
export function driverSpecifier(name: string, version: string): string {
  return /^[a-z]+:/.test(version) ? version : `npm:${name}@${version}`;
}

/**
 * The configuration of an adapter's drivers; `undefined` for an adapter that declares none. `model` is the contracts' module
 * as the configuration names it: a workload from outside imports them, whatever adapter it runs on.
 */
export function driverConfig(
  adapter: Pick<Adapter, "drivers" | "nodeModules">,
  model: string = MODEL,
): DriverConfig | undefined {
  const drivers = Object.entries(adapter.drivers);
  if (drivers.length === 0) return undefined;
  const specifiers = drivers.map(([name, version]) => driverSpecifier(name, version));
  return {
    lock: specifiers.some((specifier) => specifier.startsWith("jsr:")) ? false : { path: "./deno.lock" },
    ...(adapter.nodeModules ? { nodeModulesDir: "auto" as const } : {}),
    imports: {
      ...Object.fromEntries(drivers.map(([name], index) => [name, specifiers[index]!])),
      "watchbench/model": model,
    },
  };
}

/** The text of `drivers/<id>/deno.json`. */
export function driverConfigText(config: DriverConfig): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** The specifiers of a configuration that its lock file fails to name with their exact version. */
export function unlockedDrivers(config: DriverConfig, lockText: string): string[] {
  const lock: { specifiers?: Record<string, string> } = JSON.parse(lockText);
  return Object.values(config.imports).filter((specifier) => {
    if (specifier.startsWith(".")) return false;
    const version = specifier.slice(specifier.lastIndexOf("@") + 1);
    // The resolved version of a package with peer dependencies carries them after an underscore.
    return lock.specifiers?.[specifier]?.split("_")[0] !== version;
  });
}
