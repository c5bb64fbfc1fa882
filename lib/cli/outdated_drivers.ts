/** Which drivers of adapters have a newer version in their registry. */
import type { Adapter } from "../model/mod.ts";

/** A package that is pinned to a version, and the one that its registry calls newest. */
export interface DriverVersion {
  /** Name of the package. */
  readonly name: string;
  /** The version that adapters declare. */
  readonly pinned: string;
  /** The newest one; absent when the registry is not npm's, or did not tell. */
  readonly newest?: string;
  /** Ids of the adapters that declare it. */
  readonly adapters: readonly string[];
}

/** Asks for the newest version of a package of npm's registry; `undefined` when it does not tell. */
export type NewestVersion = (name: string) => Promise<string | undefined>;

/** Every pinned driver once, in the order of the adapters, with its newest version. Asks for one after the other. */
export async function driverVersions(
  adapters: readonly Pick<Adapter, "id" | "drivers">[],
  newestVersion: NewestVersion,
): Promise<DriverVersion[]> {
  const known = new Map<string, { name: string; pinned: string; adapters: string[]; isOnNpm: boolean }>();
  for (const { id, drivers } of adapters) {
    for (const [alias, version] of Object.entries(drivers)) {
      const { registry, name, pinned } = parseDriver(alias, version);
      const key = `${registry}:${name}@${pinned}`;
      const driver = known.get(key) ?? { name, pinned, adapters: [], isOnNpm: registry === "npm" };
      driver.adapters.push(id);
      known.set(key, driver);
    }
  }
  const versions: DriverVersion[] = [];
  for (const { isOnNpm, ...driver } of known.values()) {
    const newest = isOnNpm ? await newestVersion(driver.name) : undefined;
    versions.push(newest === undefined ? driver : { ...driver, newest });
  }
  return versions;
}

/** Whether a newer version is there. A registry may call an older one newest than the one that is pinned. */
export function isOutdated({ pinned, newest }: DriverVersion): boolean {
  return newest !== undefined && versionOrder.compare(newest, pinned) > 0;
}

const versionOrder = new Intl.Collator("en", { numeric: true });

/** `1.2.3`, or `registry:name@1.2.3` where the package has another name or is not in npm's registry. */
function parseDriver(alias: string, version: string): { registry: string; name: string; pinned: string } {
  const match = /^(\w+):(.+)@([^@]+)$/.exec(version);
  return match === null
    ? { registry: "npm", name: alias, pinned: version }
    : { registry: match[1]!, name: match[2]!, pinned: match[3]! };
}
