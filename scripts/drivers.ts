/**
 * `deno task drivers`: write `drivers/<adapter>/deno.json` and `deno.lock` from what the adapters declare, or tell which
 * of these have a newer version.
 */
import { Command } from "commander";
import { adapterById, ADAPTERS } from "../lib/adapters/mod.ts";
import { driverConfig, driverConfigText, unlockedDrivers } from "../lib/adapters/shared/driver_config.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { driverVersions, isOutdated } from "../lib/cli/outdated_drivers.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import type { Adapter } from "../lib/model/adapter.ts";
import { textIfThere } from "../lib/record/mod.ts";

const DRIVERS = new URL("../drivers/", import.meta.url);

interface DriversArguments {
  readonly ids: readonly string[];
  readonly check: boolean;
  readonly outdated: boolean;
}

const HELP = `
A lock file is resolved anew when it does not name the declared versions.

Examples:
  $ deno task drivers my-db      after its adapter was written or a version was changed
  $ deno task drivers --check    all of them, without writing
  $ deno task drivers --outdated what the registry has newer versions of; npm asks it

After a version was changed: deno task drivers, deno task conformance and a short bench of its adapter.

Exit codes: 0 fine, 1 something differs, is behind or cannot be resolved, 2 usage.`;

export function parseDriversArguments(args: readonly string[]): DriversArguments | undefined {
  const command = new Command("drivers")
    .description("Writes the configuration and the lock file of each adapter's drivers into drivers/.")
    .argument("[adapters...]", "ids of registered adapters (default: all)")
    .option("--check", "write nothing, name what is not current", false)
    .option("--outdated", "write nothing, list drivers with a newer version", false)
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  return { ...command.opts<Omit<DriversArguments, "ids">>(), ids: command.args };
}

async function main({ ids, check: isCheck, outdated: asksVersions }: DriversArguments): Promise<number> {
  const adapters = ids.length > 0 ? ids.map((id) => adapterById(id)) : ADAPTERS;
  if (asksVersions) return await listOutdated(adapters);
  let faultCount = 0;
  for (const adapter of adapters) {
    const fault = isCheck ? await check(adapter) : await write(adapter);
    if (fault === undefined) continue;
    console.error(`${adapter.id}: ${fault}`);
    faultCount += 1;
  }
  if (ids.length === 0) faultCount += await strayFolderCount();
  return faultCount === 0 ? EXIT.fine : EXIT.wrong;
}

async function listOutdated(adapters: readonly Adapter[]): Promise<number> {
  const versions = await driverVersions(adapters, newestVersion);
  for (const { name, pinned, newest, adapters: ids } of versions.filter(isOutdated)) {
    console.log(`${name} ${pinned} -> ${newest} (${ids.join(", ")})`);
  }
  for (const { name, pinned } of versions.filter(({ newest }) => newest === undefined)) {
    console.log(`${name} ${pinned}: npm does not tell its newest version`);
  }
  const outdatedCount = versions.filter(isOutdated).length;
  console.log(`${versions.length} drivers, ${outdatedCount} behind`);
  return outdatedCount === 0 ? EXIT.fine : EXIT.wrong;
}

/** What npm's registry calls the newest version, by the client of npm. */
async function newestVersion(name: string): Promise<string | undefined> {
  const { success, stdout } = await new Deno.Command("npm", {
    args: ["view", name, "dist-tags.latest"],
    stdout: "piped",
    stderr: "null",
  }).output();
  const version = new TextDecoder().decode(stdout).trim();
  return success && version !== "" ? version : undefined;
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
    const parsed = parseDriversArguments(Deno.args);
    Deno.exitCode = parsed === undefined ? EXIT.fine : await main(parsed);
  } catch (error) {
    Deno.exitCode = reportFailure("drivers", error);
  }
}
