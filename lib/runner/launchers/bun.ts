/** Children in Bun, which has no permissions to deny. */
import { join } from "node:path";
import { DriverUnavailableError } from "../../model/errors.ts";
import { findProgram, once } from "./find_program.ts";
import { folderBytes } from "./folder_bytes.ts";
import { type Launcher, type LaunchOrder, makeDirectoryIn } from "./launcher.ts";
import { OUTSIDE } from "./node.ts";
import { npmDrivers } from "./npm_drivers.ts";

/** Finds Bun. */
const findBun = once(() =>
  findProgram({
    title: "Bun",
    variable: "WATCHBENCH_BUN",
    names: ["bun"],
    versionArgs: ["--version"],
    npm: { package: "bun@1.4.5", args: ["-e", "console.log(process.execPath)"] },
    isEnough: (version) => version.localeCompare("1.3", "en", { numeric: true }) >= 0,
    advice: "put version 1.3 or newer into PATH, name it by WATCHBENCH_BUN, or install npm, which brings it",
  })
);

/** See {@link Launcher}. */
export const bunLauncher: Launcher = {
  id: "bun",
  find: findBun,
  launch: async (order) => {
    const { adapter, adapterUrl, directory, downloads, checkout, onStep } = order;
    const found = await findBun();
    if ("reason" in found) throw new DriverUnavailableError(found.reason);
    if (adapterUrl !== undefined) throw new DriverUnavailableError(OUTSIDE);
    const folder = await npmDrivers({ adapter, runtime: "bun", downloads, onStep });
    return {
      executable: found.path,
      // By itself it would download what it cannot resolve, in any version.
      args: [
        "--no-install",
        join(folder === undefined ? checkout : await layOut(order, folder), "scripts", "cell_node.ts"),
      ],
      playsIn: "process",
      makePlace: makeDirectoryIn(directory),
      storedBytes: folderBytes,
    };
  },
};

/** What a child loads. */
const ROOMS = ["adapters", "child", "clock", "engine", "model", "protocol", "runtime", "stats"];

const layouts = new Map<string, Promise<void>>();

/**
 * A copy of what a child loads beside the `node_modules` of its adapter: Bun has no hook for the names of packages, and finds
 * no parts of packages through NODE_PATH. Blocks of one run share it.
 */
async function layOut({ adapter, checkout, sharedDirectory }: LaunchOrder, folder: string): Promise<string> {
  const place = join(sharedDirectory, `bun-${adapter.id}`);
  let made = layouts.get(place);
  if (made === undefined) {
    layouts.set(
      place,
      made = (async () => {
        for (const room of ROOMS) await copyModules(join(checkout, "lib", room), join(place, "lib", room));
        await copyModules(join(checkout, "scripts"), join(place, "scripts"), /^cell_node\.ts$/);
        await Deno.symlink(join(folder, "node_modules"), join(place, "node_modules"));
      })(),
    );
  }
  await made;
  return place;
}

async function copyModules(from: string, to: string, wanted = /(?<!_test)\.ts$/): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyModules(join(from, name), join(to, name), wanted);
    else if (wanted.test(name)) await Deno.copyFile(join(from, name), join(to, name));
  }
}
