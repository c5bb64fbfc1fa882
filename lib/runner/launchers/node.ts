/** Children in Node, under its permission model as far as it goes. */
import { join } from "node:path";
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
    const { ffi, fsync, run = [], read = [], write = [] } = adapter.permissions;
    const named = (paths: readonly string[]) => paths.filter((path) => path !== "driver");
    const permissionFlags = [
      "--permission",
      ...[
        join(checkout, "lib"),
        join(checkout, "scripts"),
        directory,
        ...(folder === undefined ? [] : [folder]),
        ...named(read),
      ]
        .map((path) => `--allow-fs-read=${path}`),
      ...[directory, ...named(write)].map((path) => `--allow-fs-write=${path}`),
      "--allow-worker",
      ...(ffi ? ["--allow-addons"] : []),
      ...(run.length > 0 ? ["--allow-child-process"] : []),
    ];
    return {
      executable: found.path,
      args: [
        ...(fsync ? [] : permissionFlags),
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

const PACKAGED = "Node takes no types away below node_modules: run it from a checkout of the repository";

/** Adapters from outside have a configuration of Deno. */
export const OUTSIDE = "Adapters from outside run in Deno only, as their packages come from a deno.json";
