/** What a child process is started with: the driver's configuration, and exactly the permissions that are declared. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Adapter, Permissions } from "../model/adapter.ts";

/** A child to be. */
export interface ChildOptions {
  readonly adapter: Pick<Adapter, "id" | "drivers" | "nodeModules" | "permissions">;
  /** The directory that the child may read and write, as an absolute path. */
  readonly directory: string;
  /** The C library that the harness's CPU clock opens; absent where it was not found. */
  readonly libcPath?: string | undefined;
  /**
   * The configuration of an adapter from outside, or of other versions of drivers. Absent for registered adapters: theirs
   * is `drivers/<id>/deno.json`, or none when they declare no drivers.
   */
  readonly configPath?: string | undefined;
  /** Default is `false`. The lock file of `configPath` names everything, and nothing may be added to it. */
  readonly isLocked?: boolean;
  /** Further paths that the child may read, such as the module of an adapter from outside. */
  readonly read?: readonly string[];
  /** Where Deno keeps downloaded packages. Default is {@link denoDirectory}. */
  readonly denoDirectory?: string;
}

const DRIVERS = new URL("../../drivers/", import.meta.url);

/** Flags of `deno run` for a child process, before the entry module. */
export function childFlags(options: ChildOptions): string[] {
  const { adapter, directory, libcPath } = options;
  const { permissions } = adapter;
  const flags = [...configFlags(options), "--quiet", "--no-prompt", "--v8-flags=--expose-gc"];
  const folders = (paths: readonly string[] = []) =>
    paths.map((path) => path === "driver" ? driverFolder(options) : path);
  flags.push(allow("read", [directory, ...options.read ?? [], ...folders(permissions.read)]));
  flags.push(allow("write", [directory, ...folders(permissions.write)]));
  if (permissions.ffi) flags.push("--allow-ffi");
  else if (libcPath !== undefined) flags.push(allow("ffi", [libcPath]));
  for (const name of ["net", "env", "sys", "run"] as const) flags.push(...allowDeclared(name, permissions));
  for (const feature of permissions.unstable ?? []) flags.push(`--unstable-${feature}`);
  return flags;
}

/**
 * Path of the Deno configuration of an adapter's drivers, as `deno run --config` takes it; `undefined` for an adapter
 * that declares none.
 */
export function driverConfigPath(adapter: Pick<Adapter, "id" | "drivers">): string | undefined {
  if (Object.keys(adapter.drivers).length === 0) return undefined;
  return fileURLToPath(new URL(`${adapter.id}/deno.json`, DRIVERS));
}

/** Where Deno keeps what it downloads. Reads the environment. */
export function denoDirectory(): string {
  const { env, platform } = process;
  if (env["DENO_DIR"]) return env["DENO_DIR"];
  if (platform === "darwin") return `${env["HOME"]}/Library/Caches/deno`;
  if (platform === "win32") return `${env["LOCALAPPDATA"]}\\deno`;
  return `${env["XDG_CACHE_HOME"] || `${env["HOME"]}/.cache`}/deno`;
}

function configFlags(options: ChildOptions): string[] {
  const { adapter } = options;
  if (options.configPath !== undefined) {
    return [`--config=${options.configPath}`, ...(options.isLocked ? ["--frozen"] : [])];
  }
  const path = driverConfigPath(adapter);
  // With a lock file Deno downloads every package in it, imported or not: the repository's own stays out of this.
  if (path === undefined) return [`--config=${fileURLToPath(new URL("deno.json", DRIVERS))}`, "--no-remote"];
  const isFromJsr = Object.values(adapter.drivers).some((version) => version.startsWith("jsr:"));
  return [`--config=${path}`, ...(isFromJsr ? [] : ["--frozen", "--no-remote"])];
}

function driverFolder(options: ChildOptions): string {
  const configPath = options.configPath ?? driverConfigPath(options.adapter);
  if (options.adapter.nodeModules && configPath !== undefined) {
    return configPath.replace(/[^/\\]*$/, "node_modules");
  }
  return `${options.denoDirectory ?? denoDirectory()}/npm`;
}

function allowDeclared(name: "net" | "env" | "sys" | "run", permissions: Permissions): string[] {
  const values = permissions[name] ?? [];
  if (values.includes("*")) return [`--allow-${name}`];
  return values.length === 0 ? [] : [allow(name, values)];
}

/** Deno separates values by commas and reads two of them as one that belongs to the value. */
function allow(name: string, values: readonly string[]): string {
  return `--allow-${name}=${values.map((value) => value.replaceAll(",", ",,")).join(",")}`;
}
