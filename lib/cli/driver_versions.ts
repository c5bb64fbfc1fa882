/** Published versions of an adapter's drivers, other than those that it declares, each choice with a lock of its own. */
import { join } from "node:path";
import { ADAPTERS } from "../adapters/mod.ts";
import { driverConfig, driverConfigText } from "../adapters/shared/driver_config.ts";
import { type Adapter, DEFAULT_RUNTIME, didYouMean, runtimesOf, UsageError } from "../model/mod.ts";
import { downloadFailure, withoutHosts } from "../model/download_failure.ts";
import { safeText } from "../report/mod.ts";

/** Exact versions by name of package. */
export type PackageVersions = Readonly<Record<string, string>>;

/** An adapter whose drivers have the versions that were asked for. */
export interface PinnedAdapter {
  readonly adapter: Adapter;
  /** The versions that stand in for those that are declared, by the adapter's name of the driver. */
  readonly drivers: PackageVersions;
  /** The locked configuration that children in Deno are started with; absent for an adapter that never runs there. */
  readonly configPath?: string;
}

const MODEL = new URL("../model/mod.ts", import.meta.url).href;

/**
 * Reads `tinybase@9.7.1`, or several packages of one adapter: `@powersync/node@1.1.0,better-sqlite3@13.2.0`. Throws a
 * UsageError for what is no package with an exact version, and for a package that is there twice.
 */
export function parseVersions(text: string): PackageVersions {
  const versions: Record<string, string> = {};
  for (const part of text.split(",").map((one) => one.trim())) {
    const match = /^((?:@[\w.-]+\/)?[\w.-]+)@(.+)$/.exec(part);
    if (match === null) {
      throw new UsageError(
        `Cannot read "${safeText(part, 100)}" as it must be a package with a version such as tinybase@9.7.1`,
      );
    }
    const [, name, version] = match as unknown as [string, string, string];
    if (!/^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(version)) {
      throw new UsageError(
        `Cannot take version "${
          safeText(version, 60)
        }" of ${name} as it must be exact, such as 1.2.3: ranges and ` +
          "tags mean something else tomorrow",
      );
    }
    if (Object.hasOwn(versions, name)) {
      throw new UsageError(`Cannot take two versions of one package on one side: "${name}" is there twice`);
    }
    versions[name] = version;
  }
  return versions;
}

/**
 * The one adapter that has all these packages as drivers, or is called after them: whose first driver is one. Throws a UsageError, with what was probably meant, when there is
 * none or more than one.
 */
export function adapterOfPackages(
  names: readonly string[],
  adapters: readonly Adapter[] = ADAPTERS,
): Adapter {
  const fitting = adapters.filter((adapter) =>
    names.every((name) => driverNamed(adapter, name) !== undefined)
  );
  const primary = fitting.filter((adapter) => {
    const [first] = Object.keys(adapter.drivers);
    return names.some((name) => driverNamed(adapter, name) === first);
  });
  for (const some of [fitting, primary]) if (some.length === 1) return some[0]!;
  const what = names.join(" and ");
  if (fitting.length > 1) {
    throw new UsageError(
      `Cannot choose between adapters as several have ${what} as a driver: give --adapter ${
        fitting.map(({ id }) => id).join(" or ")
      }`,
    );
  }
  const known = [...new Set(adapters.flatMap(({ drivers }) => Object.keys(drivers)))].sort();
  const hint = names.map((name) => known.includes(name) ? "" : didYouMean(name, known)).join("");
  throw new UsageError(
    `Cannot compare versions of ${what}${hint} as it must be the driver of an adapter: these are ${
      known.join(", ")
    }`,
  );
}

/**
 * The adapter with other versions of its drivers; what a child in Deno needs for them is written into `folder`, which exists
 * and is empty, and is downloaded with `env` beside the variables at hand. Throws a UsageError for a package that the
 * adapter has not, and for a version that cannot be had.
 */
export async function pinVersions(
  adapter: Adapter,
  versions: PackageVersions,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<PinnedAdapter> {
  const drivers: Record<string, string> = {};
  for (const [name, version] of Object.entries(versions)) {
    const driver = driverNamed(adapter, name);
    if (driver === undefined) {
      const own = Object.keys(adapter.drivers);
      throw new UsageError(
        `Cannot choose a version of ${name} as it must be a driver of adapter "${adapter.id}"${
          didYouMean(name, own)
        }: it has ${own.length === 0 ? "none" : own.join(", ")}`,
      );
    }
    drivers[driver] = withVersion(adapter.drivers[driver]!, version);
  }
  const pinned: Adapter = {
    ...adapter,
    // Asked anew each time, as some adapters look around for their program.
    get permissions() {
      return adapter.permissions;
    },
    drivers: { ...adapter.drivers, ...drivers },
  };
  if (!runtimesOf(adapter).includes(DEFAULT_RUNTIME)) return { adapter: pinned, drivers };
  const config = driverConfig(pinned, MODEL)!;
  const configPath = join(folder, "deno.json");
  await Deno.writeTextFile(configPath, driverConfigText(config));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", ...Object.values(config.imports).filter((specifier) => specifier !== MODEL)],
    cwd: folder,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return { adapter: pinned, drivers, configPath };
  const said = new TextDecoder().decode(stderr).trim();
  const what = Object.entries(versions).map(([name, version]) => `${name}@${version}`).join(", ");
  throw new UsageError(`Cannot get ${what}: ${downloadFailure(said) ?? safeText(withoutHosts(said), 500)}`);
}

/** The name by which an adapter imports a package: its own, or that of an alias. */
function driverNamed({ drivers }: Adapter, name: string): string | undefined {
  if (Object.hasOwn(drivers, name)) return name;
  return Object.keys(drivers).find((driver) => aliasOf(drivers[driver]!)?.package === name);
}

/** `npm:rxdb@16.21.1` and `jsr:@db/sqlite@0.13.0` name registry and package; a bare version does not. */
function aliasOf(declared: string): { readonly registry: string; readonly package: string } | undefined {
  const match = /^([a-z]+):(.+)@[^@]+$/.exec(declared);
  return match === null ? undefined : { registry: match[1]!, package: match[2]! };
}

function withVersion(declared: string, version: string): string {
  const alias = aliasOf(declared);
  return alias === undefined ? version : `${alias.registry}:${alias.package}@${version}`;
}
