/** Children in pages of Chromium. */
import process from "node:process";
import { DriverUnavailableError } from "../../model/errors.ts";
import { findProgram, once } from "./find_program.ts";
import type { Launcher } from "./launcher.ts";
import { launchPage } from "./pages.ts";

const PLAYWRIGHT_CACHE = `${process.env["HOME"]}/.cache/ms-playwright`;

/** Finds Chromium: a named one, one in PATH, or the newest that playwright has downloaded before. */
const findChromium = once(async () =>
  await findProgram({
    title: "Chromium",
    variable: "WATCHBENCH_CHROMIUM",
    names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    paths: await playwrightBrowsers(),
    versionArgs: ["--version"],
    isEnough: () => true,
    advice: "apt-get install chromium, or name one by WATCHBENCH_CHROMIUM",
  })
);

async function playwrightBrowsers(): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name } of Deno.readDir(PLAYWRIGHT_CACHE)) {
      if (/^chromium-\d+$/.test(name)) found.push(`${PLAYWRIGHT_CACHE}/${name}/chrome-linux/chrome`);
    }
  } catch {
    // Playwright has downloaded nothing.
  }
  return found.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
}

/** Its relay in `tools/pages`. */
export const CHROMIUM_RELAY = "chromium_relay.ts";

/** The argument that a browser of a profile was started with. */
export function chromiumProfile(profile: string): string {
  return `--user-data-dir=${profile}`;
}

/** See {@link Launcher}. */
export const chromiumLauncher: Launcher = {
  id: "chromium",
  find: findChromium,
  launch: async (order) => {
    const found = await findChromium();
    if ("reason" in found) throw new DriverUnavailableError(found.reason);
    return await launchPage(order, {
      executable: found.path,
      relay: CHROMIUM_RELAY,
      storage: ["Default/IndexedDB", "Default/File System", "Default/WebStorage"],
      profileArgument: chromiumProfile,
      tabs: "tabs.ts",
    });
  },
};

/** Path of Chromium; `undefined` where there is none. */
export async function chromiumPath(): Promise<string | undefined> {
  const found = await findChromium();
  return "path" in found ? found.path : undefined;
}
