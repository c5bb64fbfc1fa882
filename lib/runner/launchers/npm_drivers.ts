/**
 * The drivers of an adapter in a `node_modules` of their own, for runtimes that read one: laid out by npm at the first
 * use, in the user's cache, one folder for each adapter, runtime and choice of versions. One folder for all would be
 * wrong: two adapters may want different versions of one package, and WatermelonDB has another lokijs than LokiJS.
 */
import { createHash } from "node:crypto";
import { delimiter, dirname } from "node:path";
import process from "node:process";
import type { Adapter } from "../../model/adapter.ts";
import { withoutHosts } from "../../model/download_failure.ts";
import { DriverUnavailableError } from "../../model/errors.ts";
import type { RuntimeId } from "../../model/runtime.ts";
import { cacheDirectory } from "./cache_directory.ts";

/** What is to be installed, and how. */
export interface NpmOrder {
  readonly adapter: Pick<Adapter, "id" | "drivers">;
  readonly runtime: RuntimeId;
  /** When `false`, a driver that is not there yet is unavailable. */
  readonly downloads: boolean;
  /** Told before a download begins. */
  readonly onStep: (step: string) => void;
  /** The Node that native packages are built for; absent for npm's own. */
  readonly nodePath?: string;
  /** Default is {@link cacheDirectory}. */
  readonly cache?: string;
}

/**
 * The folder that holds the `node_modules` of an adapter, installed when it was not; `undefined` for an adapter without
 * drivers. Throws a DriverUnavailableError with npm's own reason when that fails.
 */
export async function npmDrivers(order: NpmOrder): Promise<string | undefined> {
  const { adapter, runtime, downloads, onStep, cache = cacheDirectory() } = order;
  const { drivers } = adapter;
  if (Object.keys(drivers).length === 0) return undefined;
  const folder = `${cache}/npm/${runtime}/${adapter.id}-${digestOf(drivers)}`;
  if (await isThere(folder)) return folder;
  if (!downloads) {
    throw new DriverUnavailableError(`not downloaded yet for ${runtime}: its first run downloads it`);
  }
  onStep(`install ${Object.keys(drivers)[0]} for ${runtime}`);
  // Made beside its place and moved there when it is whole: another bench may do the same.
  const draft = `${folder}.${Deno.pid}`;
  await Deno.mkdir(draft, { recursive: true });
  try {
    await Deno.writeTextFile(`${draft}/package.json`, packageText(drivers));
    await runNpm(draft, order);
    await Deno.rename(draft, folder).catch(async (error) => {
      if (!await isThere(folder)) throw error;
    });
  } finally {
    await Deno.remove(draft, { recursive: true }).catch(() => {});
  }
  return folder;
}

/** The manifest with exact versions; an alias such as `npm:rxdb@16.21.1` stays what it is. */
export function packageText(drivers: Adapter["drivers"]): string {
  return `${JSON.stringify({ private: true, dependencies: drivers }, null, 2)}\n`;
}

async function runNpm(folder: string, { adapter, nodePath, runtime }: NpmOrder): Promise<void> {
  const { env } = process;
  const path = nodePath === undefined ? env["PATH"] : `${dirname(nodePath)}${delimiter}${env["PATH"]}`;
  let output;
  try {
    output = await new Deno.Command("npm", {
      args: [
        "install",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
        // Nothing native runs in a page.
        ...(runtime === "chromium" ? ["--ignore-scripts"] : []),
      ],
      cwd: folder,
      env: { PATH: path ?? "" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new DriverUnavailableError(
      `Cannot install the drivers of "${adapter.id}" as npm must be in PATH: there is none`,
      { cause: error },
    );
  }
  if (output.success) return;
  const said = new TextDecoder().decode(output.stderr).split("\n").map((line) =>
    line.replace(/^npm (error|ERR!) ?/, "")
  );
  const reason = said.filter((line) => line.trim() !== "" && !/^(code|errno|A complete log)\b/.test(line))
    .slice(0, 2);
  throw new DriverUnavailableError(
    `Cannot install the drivers of "${adapter.id}": ${
      withoutHosts(reason.join(" ")) || "npm gave no reason"
    }`,
  );
}

function digestOf(drivers: Adapter["drivers"]): string {
  return createHash("sha256").update(JSON.stringify(drivers)).digest("hex").slice(0, 12);
}

async function isThere(folder: string): Promise<boolean> {
  try {
    return (await Deno.stat(`${folder}/node_modules`)).isDirectory;
  } catch {
    return false;
  }
}
