/**
 * Children in a page of Chromium. What is started is a relay (`tools/chromium/relay.ts`): it starts the browser with a
 * fresh profile, opens the page, and carries the lines between the page and the parent's two pipes. So timeouts, floods,
 * crashes and kills are those of a process.
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import process from "node:process";
import { z } from "zod";
import type { PageBytes, PageImports } from "../../model/adapter.ts";
import { DriverUnavailableError } from "../../model/errors.ts";
import { findProgram, once } from "./find_program.ts";
import { folderBytes } from "./folder_bytes.ts";
import type { Launch, Launcher, LaunchOrder } from "./launcher.ts";
import { OUTSIDE } from "./node.ts";
import { ProcessTable } from "../process_table.ts";
import { npmDrivers } from "./npm_drivers.ts";

const TOOLS = fileURLToPath(new URL("../../../tools/chromium/", import.meta.url));
/** All that is allowed: the relay is the bench's own code, and starts a browser. */
const DENO_ARGS = ["run", "--quiet", "--no-prompt", "--allow-all", `--config=${TOOLS}deno.json`];

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

/** See {@link Launcher}. */
export const chromiumLauncher: Launcher = {
  id: "chromium",
  find: findChromium,
  launch: async (order) => {
    const { adapter, adapterUrl, directory, downloads, onStep, options, takesTabs = false } = order;
    const found = await findChromium();
    if ("reason" in found) throw new DriverUnavailableError(found.reason);
    if (adapterUrl !== undefined) throw new DriverUnavailableError(OUTSIDE);
    const folder = await npmDrivers({ adapter, runtime: "chromium", downloads, onStep });
    const bundle = await bundleOnce(order, folder);
    const profile = join(directory, "profile");
    const executable = Deno.execPath();
    const places: Pick<Launch, "playsIn" | "makePlace" | "storedBytes"> = {
      playsIn: "page",
      // Databases of an origin have names, and the profile is new.
      makePlace: (name) => Promise.resolve(name),
      storedBytes: () => storageBytes(profile),
    };
    const imports = options === undefined ? undefined : adapter.pageImports?.(options);
    return {
      ...(imports === undefined || folder === undefined
        ? {}
        : { pageBytes: await knownPageBytes(imports, folder, onStep) }),
      ...places,
      executable,
      args: relayArgs({ executable: found.path, bundle, profile, ...(takesTabs ? { takesTabs } : {}) }),
      ...(takesTabs
        ? { anotherTab: { ...places, executable, args: [...DENO_ARGS, `${TOOLS}tabs.ts`, profile] } }
        : {}),
      tidy: () => endBrowser(profile),
    };
  },
};

/** Where a profile has the databases and files of its origins. */
const STORAGE = ["IndexedDB", "File System", "WebStorage"];

async function storageBytes(profile: string): Promise<number> {
  let bytes = 0;
  for (const name of STORAGE) bytes += await folderBytes(join(profile, "Default", name));
  return bytes;
}

/** Folders of bundles by their path: blocks of one run share them. */
const bundles = new Map<string, Promise<void>>();

/** The folder of an adapter's bundle, made when it is asked for first. */
async function bundleOnce(order: LaunchOrder, nodeModules: string | undefined): Promise<string> {
  const { adapter, sharedDirectory, onStep } = order;
  const folder = join(sharedDirectory, `bundle-${adapter.id}`);
  let made = bundles.get(folder);
  if (made === undefined) {
    onStep("bundle");
    bundles.set(folder, made = makeBundle({ adapter: adapter.id, folder, nodeModules }));
  }
  await made;
  return folder;
}

/** Bundles an adapter, in a process of its own. Throws a DriverUnavailableError with the bundler's first words. */
export async function makeBundle(
  bundle: { adapter: string; file?: string; folder: string; nodeModules?: string | undefined },
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...DENO_ARGS, `${TOOLS}bundle.ts`, JSON.stringify(bundle)],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  const said = new TextDecoder().decode(stderr).trim();
  throw new DriverUnavailableError(
    `Cannot bundle "${bundle.adapter}" for a browser: ${
      said.split("\n").slice(0, 3).join(" ") || "no reason was given"
    }`,
  );
}

/** What a page loads of packages, weighed once for each choice of imports and kept beside the packages. */
async function knownPageBytes(
  imports: PageImports,
  nodeModules: string,
  onStep: (step: string) => void,
): Promise<PageBytes> {
  const text = JSON.stringify({ imports, nodeModules });
  const digest = createHash("sha256").update(JSON.stringify(imports)).digest("hex").slice(0, 12);
  const path = join(nodeModules, `page-bytes-${digest}.json`);
  try {
    return pageBytes.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch {
    // Nobody has weighed it yet, or another version did.
  }
  onStep("weigh packages");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...DENO_ARGS, `${TOOLS}page_bytes.ts`, text],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const said = new TextDecoder().decode(success ? stdout : stderr);
  if (!success) {
    throw new Error(`Cannot weigh what a page loads: ${said.trim().split("\n").slice(0, 3).join(" ")}`);
  }
  const weighed = pageBytes.parse(JSON.parse(said));
  // Another bench may do the same at the same time: whole files only.
  await Deno.writeTextFile(`${path}.${Deno.pid}`, said);
  await Deno.rename(`${path}.${Deno.pid}`, path);
  return weighed;
}

const size = z.int().min(0);
const pageBytes: z.ZodType<PageBytes> = z.strictObject({
  script: size,
  wasm: size,
  gzip: size,
  brotli: size,
});

/** A browser gets this long to be gone when it was told so. */
const GONE_MS = 3000;

/**
 * Ends the browser of a profile, whose relay was killed before it could, and waits until nobody writes there any more. A
 * browser leads a group of its own.
 */
export async function endBrowser(profile: string): Promise<void> {
  const table = new ProcessTable();
  try {
    const groups = new Set<number>();
    for (const { pid, groupId, isZombie } of await table.all()) {
      if (
        !isZombie && pid === groupId && (await table.commandOf(pid)).includes(`--user-data-dir=${profile}`)
      ) groups.add(groupId);
    }
    for (let waitedMs = 0; groups.size > 0 && waitedMs < GONE_MS; waitedMs += 50) {
      const alive = (await table.all()).filter(({ groupId, isZombie }) => !isZombie && groups.has(groupId));
      if (alive.length === 0) return;
      for (const groupId of groups) killGroup(groupId);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    table.close();
  }
}

function killGroup(groupId: number): void {
  try {
    process.kill(-groupId, "SIGKILL");
  } catch {
    // It has gone by itself in the meantime.
  }
}

/** Arguments of Deno for a relay. */
export function relayArgs(
  relay: {
    readonly executable: string;
    readonly bundle: string;
    readonly profile: string;
    readonly takesTabs?: boolean;
  },
): string[] {
  return [...DENO_ARGS, `${TOOLS}relay.ts`, JSON.stringify(relay)];
}

/** Path of Chromium; `undefined` where there is none. */
export async function chromiumPath(): Promise<string | undefined> {
  const found = await findChromium();
  return "path" in found ? found.path : undefined;
}
