/**
 * Writes `drivers/<adapter>/deno.json` and `deno.lock` from what the registered adapters declare.
 *
 *     deno task drivers [--check] [adapter ...]
 *
 * A lock file is resolved anew when it does not name the declared versions. With `--check` nothing is written.
 * Exit codes: 0 fine, 1 something differs or cannot be resolved, 2 usage.
 */
import { adapterById, ADAPTERS } from "../lib/adapters/mod.ts";
import { driverConfig, driverConfigText, unlockedDrivers } from "../lib/adapters/shared/driver_config.ts";
import { messageOf, UsageError } from "../lib/model/errors.ts";
import type { Adapter } from "../lib/model/adapter.ts";
import { textIfThere } from "../lib/record/mod.ts";

const DRIVERS = new URL("../drivers/", import.meta.url);

async function main(args: readonly string[]): Promise<number> {
  const isCheck = args.includes("--check");
  const ids = args.filter((arg) => arg !== "--check");
  const adapters = ids.length > 0 ? ids.map((id) => adapterById(id)) : ADAPTERS;
  let faultCount = 0;
  for (const adapter of adapters) {
    const fault = isCheck ? await check(adapter) : await write(adapter);
    if (fault === undefined) continue;
    console.error(`${adapter.id}: ${fault}`);
    faultCount += 1;
  }
  if (ids.length === 0) faultCount += await strayFolderCount();
  return faultCount === 0 ? 0 : 1;
}

/** What differs between the files and the declaration, if anything. */
async function check(adapter: Adapter): Promise<string | undefined> {
  const config = driverConfig(adapter);
  if (config === undefined) return undefined;
  const folder = new URL(`${adapter.id}/`, DRIVERS);
  if (textIfThere(new URL("deno.json", folder)) !== driverConfigText(config)) {
    return "deno.json differs from what the adapter declares: run deno task drivers";
  }
  if (config.lock === false) return undefined;
  const lockText = textIfThere(new URL("deno.lock", folder));
  if (lockText === undefined) return "deno.lock is missing: run deno task drivers";
  const unlocked = unlockedDrivers(config, lockText);
  return unlocked.length === 0
    ? undefined
    : `deno.lock does not lock ${unlocked.join(", ")}: run deno task drivers`;
}

async function write(adapter: Adapter): Promise<string | undefined> {
  const config = driverConfig(adapter);
  if (config === undefined || await check(adapter) === undefined) return undefined;
  const folder = new URL(`${adapter.id}/`, DRIVERS);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(new URL("deno.json", folder), driverConfigText(config));
  await removeIfThere(new URL("deno.lock", folder));
  if (config.lock === false) return undefined;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", ...Object.values(config.imports)],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) return `cannot resolve the drivers: ${new TextDecoder().decode(stderr).trim()}`;
  console.log(`${adapter.id}: wrote drivers/${adapter.id}/`);
  return await check(adapter);
}

/** How many folders belong to no adapter. They are named, and removed by hand. */
async function strayFolderCount(): Promise<number> {
  const expected = new Set(ADAPTERS.filter((adapter) => driverConfig(adapter)).map((adapter) => adapter.id));
  let strayCount = 0;
  for await (const entry of Deno.readDir(DRIVERS)) {
    if (!entry.isDirectory || expected.has(entry.name)) continue;
    console.error(`${entry.name}: no registered adapter declares drivers for this folder`);
    strayCount += 1;
  }
  return strayCount;
}

async function removeIfThere(file: URL): Promise<void> {
  try {
    await Deno.remove(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    console.error(messageOf(error));
    Deno.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
