/** Children in Bun, which has no permissions to deny. */
import { join } from "node:path";
import { DriverUnavailableError } from "../../model/errors.ts";
import { findProgram, once } from "./find_program.ts";
import { type Launcher, makeDirectoryIn } from "./launcher.ts";
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
  launch: async ({ adapter, adapterUrl, directory, downloads, checkout, onStep }) => {
    const found = await findBun();
    if ("reason" in found) throw new DriverUnavailableError(found.reason);
    if (adapterUrl !== undefined) throw new DriverUnavailableError(OUTSIDE);
    const folder = await npmDrivers({ adapter, runtime: "bun", downloads, onStep });
    return {
      executable: found.path,
      // By itself it would download what it cannot resolve, in any version.
      args: [
        "--no-install",
        join(checkout, "scripts", "cell_node.ts"),
      ],
      ...(folder === undefined ? {} : { env: { NODE_PATH: join(folder, "node_modules") } }),
      playsIn: "process",
      makePlace: makeDirectoryIn(directory),
    };
  },
};
