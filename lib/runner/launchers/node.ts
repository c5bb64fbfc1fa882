/** Children in Node, under its permission model as far as it goes. */
import { join } from "node:path";
import type { Permissions } from "../../model/adapter.ts";
import { DriverUnavailableError } from "../../model/errors.ts";
import { findProgram, once } from "./find_program.ts";
import { folderBytes } from "./folder_bytes.ts";
import { type Launcher, makeDirectoryIn } from "./launcher.ts";
import { npmDrivers } from "./npm_drivers.ts";

const OLDEST_MAJOR = 24;

/** Finds Node. */
const findNode = once(() =>
  findProgram({
    title: "Node",
    variable: "WATCHBENCH_NODE",
    names: ["node"],
    versionArgs: ["--version"],
    npm: { package: "node@24.21.0", args: ["-p", "process.execPath"] },
    isEnough: (version) => Number(version.split(".")[0]) >= OLDEST_MAJOR,
    advice:
      `put version ${OLDEST_MAJOR} or newer into PATH, name it by WATCHBENCH_NODE, or install npm, which brings it`,
  })
);

/** See {@link Launcher}. */
export const nodeLauncher: Launcher = {
  id: "node",
  find: findNode,
  launch: async ({ adapter, adapterUrl, directory, downloads, checkout, onStep }) => {
    const found = await findNode();
    if ("reason" in found) throw new DriverUnavailableError(found.reason);
    if (adapterUrl !== undefined) throw new DriverUnavailableError(OUTSIDE);
    if (/[\\/]node_modules[\\/]/.test(checkout)) throw new DriverUnavailableError(PACKAGED);
    const folder = await npmDrivers({ adapter, runtime: "node", downloads, onStep, nodePath: found.path });
    const readable = [
      join(checkout, "lib"),
      join(checkout, "scripts"),
      ...(folder === undefined ? [] : [folder]),
    ];
    return {
      executable: found.path,
      args: [
        ...permissionFlags(adapter.permissions, directory, readable),
        "--expose-gc",
        "--disable-warning=ExperimentalWarning",
        "--disable-warning=SecurityWarning",
        // There is no package.json above these modules, by design.
        "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
        join(checkout, "scripts", "cell_node.ts"),
        ...(folder === undefined ? [] : [folder]),
      ],
      playsIn: "process",
      makePlace: makeDirectoryIn(directory),
      storedBytes: folderBytes,
    };
  },
};

/**
 * What a child may do: read and write its own `directory`, read what is `readable`, and what its adapter declares. No flags at
 * all, and so everything, where the driver syncs files: under any permissions Node denies that.
 */
export function permissionFlags(
  { ffi, fsync, run = [], read = [], write = [] }: Permissions,
  directory: string,
  readable: readonly string[],
): string[] {
  if (fsync) return [];
  const named = (paths: readonly string[]) => paths.filter((path) => path !== "driver");
  return [
    "--permission",
    ...[...readable, directory, ...named(read)].map((path) => `--allow-fs-read=${path}`),
    ...[directory, ...named(write)].map((path) => `--allow-fs-write=${path}`),
    "--allow-worker",
    ...(ffi ? ["--allow-addons"] : []),
    ...(run.length > 0 ? ["--allow-child-process"] : []),
  ];
}

const PACKAGED = "Node takes no types away below node_modules: run it from a checkout of the repository";

/** Adapters from outside have a configuration of Deno. */
export const OUTSIDE = "Adapters from outside run in Deno only, as their packages come from a deno.json";
