/**
 * What children in pages of all browsers share: their bundles, what these weigh, and browsers that outlive their relay.
 * What is started is a relay (`tools/pages/*_relay.ts`): it starts the browser with a fresh profile, opens the page, and
 * carries the lines between the page and the parent's two pipes. So timeouts, floods, crashes and kills are those of a
 * process.
 */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import process from "node:process";
import { z } from "zod";
import type { PageBytes, PageImports } from "../../model/adapter.ts";
import { DriverUnavailableError } from "../../model/errors.ts";
import { ProcessTable } from "../process_table.ts";
import { folderBytes } from "./folder_bytes.ts";
import type { Launch, LaunchOrder } from "./launcher.ts";
import { OUTSIDE } from "./node.ts";
import { npmDrivers } from "./npm_drivers.ts";
import type { RelayOrder } from "./relay_order.ts";

const TOOLS = fileURLToPath(new URL("../../../tools/pages/", import.meta.url));
/** All that is allowed: the relay is the bench's own code, and starts a browser. */
const DENO_ARGS = ["run", "--quiet", "--no-prompt", "--allow-all", `--config=${TOOLS}deno.json`];

/** A browser whose pages children play in. */
export interface PageBrowser {
  /** Path of the browser. */
  readonly executable: string;
  /** The relay's file in `tools/pages`. */
  readonly relay: string;
  /** The profile's folders that hold databases and files of origins. */
  readonly storage: readonly string[];
  /** The argument that a browser of a profile was started with. */
  profileArgument(profile: string): string;
  /** The file in `tools/pages` that plays in another tab of the same browser; absent where tabs cannot be had. */
  readonly tabs?: string;
}

/** Prepares a child in a page. Throws a DriverUnavailableError with the reason when its driver cannot be had. */
export async function launchPage(order: LaunchOrder, browser: PageBrowser): Promise<Launch> {
  const { adapter, adapterUrl, directory, downloads, onStep, options, takesTabs = false } = order;
  if (adapterUrl !== undefined) throw new DriverUnavailableError(OUTSIDE);
  // Pages of all browsers load the same packages.
  const folder = await npmDrivers({ adapter, runtime: "chromium", downloads, onStep });
  const bundle = await bundleOnce(order, folder);
  const profile = join(directory, "profile");
  const executable = Deno.execPath();
  const places: Pick<Launch, "playsIn" | "makePlace" | "storedBytes"> = {
    playsIn: "page",
    // Databases of an origin have names, and the profile is new.
    makePlace: (name) => Promise.resolve(name),
    storedBytes: async () => {
      let bytes = 0;
      for (const name of browser.storage) bytes += await folderBytes(join(profile, name));
      return bytes;
    },
  };
  const imports = options === undefined ? undefined : adapter.pageImports?.(options);
  const relay = {
    executable: browser.executable,
    bundle,
    profile,
    ...(takesTabs ? { takesTabs } : {}),
  };
  return {
    ...(imports === undefined || folder === undefined
      ? {}
      : { pageBytes: await knownPageBytes(imports, folder, onStep) }),
    ...places,
    executable,
    args: relayArgs(browser.relay, relay),
    ...(takesTabs && browser.tabs !== undefined
      ? { anotherTab: { ...places, executable, args: [...DENO_ARGS, `${TOOLS}${browser.tabs}`, profile] } }
      : {}),
    tidy: () => endBrowser(browser.profileArgument(profile)),
  };
}

/** Arguments of Deno for a relay. */
export function relayArgs(file: string, relay: RelayOrder): string[] {
  return [...DENO_ARGS, `${TOOLS}${file}`, JSON.stringify(relay)];
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
 * Ends the browser that was started with an argument, whose relay was killed before it could, and waits until nobody
 * writes to its profile any more. A browser leads a group of its own.
 */
export async function endBrowser(argument: string): Promise<void> {
  const table = new ProcessTable();
  try {
    const groups = new Set<number>();
    for (const { pid, groupId, isZombie } of await table.all()) {
      if (
        !isZombie && pid === groupId && (await table.commandOf(pid)).includes(argument)
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
