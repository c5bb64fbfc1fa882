/** Adapters and workloads that live outside this repository: named by path or package instead of by id. */
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { adapterById } from "../adapters/mod.ts";
import { type Adapter, messageOf, UsageError, type Workload } from "../model/mod.ts";
import { findWorkload } from "../../workloads/mod.ts";

const PACKAGE = /^(npm|jsr|https?|file):/;

/** The URL of a module that a name on the command line means; `undefined` when the name is an id. */
export function outsideModule(name: string): string | undefined {
  if (PACKAGE.test(name)) return name;
  return /^(\.{0,2}\/|[A-Za-z]:\\)/.test(name) ? pathToFileURL(resolve(name)).href : undefined;
}

/**
 * The nearest `deno.json` or `deno.jsonc` at or above a module's folder, whose imports the module may use.
 * `undefined` for packages, and where there is none.
 */
export function outsideConfig(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  for (let folder = dirname(fileURLToPath(url));; folder = dirname(folder)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const path = `${folder}/${name}`;
      if (isFile(path)) return path;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/** A registered adapter by id, or the one that a module exports as `adapter` or as its default. */
export function loadAdapter(reference: string): Promise<Adapter> {
  return load(reference, "adapter", adapterById, (value): value is Adapter => hasMethod(value, "open"));
}

/** A registered workload by `id@version`, or the one that a module exports as `workload` or as its default. */
export function loadWorkload(reference: string): Promise<Workload> {
  return load(reference, "workload", findWorkload, (value): value is Workload => hasMethod(value, "program"));
}

async function load<T>(
  reference: string,
  kind: string,
  registered: (id: string) => T,
  isOne: (value: unknown) => value is T,
): Promise<T> {
  if (outsideModule(reference) === undefined) return registered(reference);
  let exports: Record<string, unknown>;
  try {
    exports = await import(reference);
  } catch (error) {
    throw new UsageError(`Cannot load ${kind} ${reference}: ${messageOf(error)}`, { cause: error });
  }
  const value = exports[kind] ?? exports["default"];
  if (isOne(value)) return value;
  const names = Object.keys(exports).join(", ") || "nothing";
  throw new UsageError(
    `Cannot load ${kind} ${reference} as it must export "${kind}" or a default that is one: it exports ${names}`,
  );
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && name in value &&
    typeof (value as Record<string, unknown>)[name] === "function";
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
