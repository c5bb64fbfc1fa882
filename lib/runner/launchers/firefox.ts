/** Children in pages of Firefox. */
import { DriverUnavailableError } from "../../model/errors.ts";
import { findProgram, once } from "./find_program.ts";
import type { Launcher } from "./launcher.ts";
import { launchPage } from "./pages.ts";

/** Finds Firefox: a named one, or one in PATH. */
const findFirefox = once(() =>
  findProgram({
    title: "Firefox",
    variable: "WATCHBENCH_FIREFOX",
    names: ["firefox-esr", "firefox"],
    versionArgs: ["--version"],
    isEnough: () => true,
    advice: "apt-get install firefox-esr, or name one by WATCHBENCH_FIREFOX",
  })
);

/** Its relay in `tools/pages`. */
export const FIREFOX_RELAY = "firefox_relay.ts";

/** The arguments that a browser of a profile was started with. */
export function firefoxProfile(profile: string): string {
  return `--profile ${profile}`;
}

/** See {@link Launcher}. */
export const firefoxLauncher: Launcher = {
  id: "firefox",
  find: findFirefox,
  launch: async (order) => {
    const found = await findFirefox();
    if ("reason" in found) throw new DriverUnavailableError(found.reason);
    return await launchPage(order, {
      executable: found.path,
      relay: FIREFOX_RELAY,
      storage: ["storage/default"],
      profileArgument: firefoxProfile,
    });
  },
};

/** Path of Firefox; `undefined` where there is none. */
export async function firefoxPath(): Promise<string | undefined> {
  const found = await findFirefox();
  return "path" in found ? found.path : undefined;
}
