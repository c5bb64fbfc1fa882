/** Every system that the bench knows: one import and one line each. */
import type { Adapter, OptionValues } from "../model/adapter.ts";
import { defaultOptions } from "../model/adapter.ts";
import { messageOf, UsageError } from "../model/errors.ts";
import { exportFault, type MemberTypes } from "../model/module_export.ts";
import { isModuleName } from "../model/module_name.ts";
import { didYouMean } from "../model/nearest.ts";
import { betterSqlite3 } from "./better_sqlite3.ts";
import { dbSqlite } from "./db_sqlite.ts";
import { libsql } from "./libsql.ts";
import { blinkdb } from "./blinkdb.ts";
import { dexie } from "./dexie.ts";
import { livestore } from "./livestore.ts";
import { livestoreWeb } from "./livestore_web.ts";
import { lokijs } from "./lokijs.ts";
import { nodeSqlite } from "./node_sqlite.ts";
import { nodeSqlite3Wasm } from "./node_sqlite3_wasm.ts";
import { pglite } from "./pglite.ts";
import { postgres } from "./postgres.ts";
import { powersync } from "./powersync.ts";
import { powersyncWeb } from "./powersync_web.ts";
import { replicache } from "./replicache.ts";
import { rxdb } from "./rxdb.ts";
import { sqliteOpfs } from "./sqlite_opfs.ts";
import { sqliteWasm } from "./sqlite_wasm.ts";
import { sqlocal } from "./sqlocal.ts";
import { signaldb } from "./signaldb.ts";
import { tanstackDb } from "./tanstack_db.ts";
import { tinybase } from "./tinybase.ts";
import { turso } from "./turso.ts";
import { tursoWasm } from "./turso_wasm.ts";
import { triplit } from "./triplit.ts";
import { watchlite } from "./watchlite.ts";
import { zero } from "./zero.ts";
import { watermelondb } from "./watermelondb.ts";

/** All adapters in the order in which lists show them: live and durable, live in memory, floors. */
export const ADAPTERS: readonly Adapter[] = [
  watchlite,
  powersync,
  powersyncWeb,
  sqlocal,
  pglite,
  watermelondb,
  livestore,
  livestoreWeb,
  postgres,
  tinybase,
  tanstackDb,
  rxdb,
  zero,
  dexie,
  blinkdb,
  lokijs,
  triplit,
  replicache,
  signaldb,
  nodeSqlite,
  betterSqlite3,
  libsql,
  turso,
  sqliteWasm,
  sqliteOpfs,
  tursoWasm,
  nodeSqlite3Wasm,
  dbSqlite,
];

/** An adapter with a value for each of its options. */
export interface AdapterChoice {
  readonly adapter: Adapter;
  readonly options: OptionValues;
}

/** Finds a registered adapter. Throws a UsageError with the nearest id when there is none. */
export function adapterById(id: string, adapters: readonly Adapter[] = ADAPTERS): Adapter {
  const adapter = adapters.find((candidate) => candidate.id === id);
  if (adapter === undefined) {
    const ids = adapters.map((candidate) => candidate.id);
    // Who knows a package does not know what its adapter is called here.
    const byPackage = adapters.filter(({ drivers }) => Object.hasOwn(drivers, id)).map((one) => one.id);
    const hint = byPackage.length === 0
      ? didYouMean(id, ids)
      : ` (did you mean "${byPackage.join('" or "')}"?)`;
    throw new UsageError(`Cannot find adapter "${id}"${hint}: known adapters are ${ids.join(", ")}`);
  }
  return adapter;
}

/**
 * Splits `id:option=value,option=value` at the first colon that an option list follows, so that `./my.ts` and
 * `npm:my-adapter@1.0.0` pass whole. `optionText` is empty when there are no options.
 */
export function splitAdapterSpec(spec: string): { readonly name: string; readonly optionText: string } {
  const match = /^(.*?):([^:=,/@]+=[^:/]*)$/s.exec(spec);
  return match === null ? { name: spec, optionText: "" } : { name: match[1]!, optionText: match[2]! };
}

/**
 * Every option of the adapter, from text such as `mode=changes,storage=file`; what the text does not name is at its
 * default. Throws a UsageError that lists what is allowed.
 */
export function parseOptions(adapter: Adapter, optionText: string): OptionValues {
  const chosen: Record<string, string> = { ...defaultOptions(adapter) };
  const names = Object.keys(adapter.options);
  const seen = new Set<string>();
  for (const part of optionText === "" ? [] : optionText.split(",")) {
    const [name, value] = splitOnce(part, "=");
    const option = Object.hasOwn(adapter.options, name) ? adapter.options[name] : undefined;
    if (option === undefined) {
      const allowed = names.length === 0 ? "it has none" : `allowed are ${names.join(", ")}`;
      throw new UsageError(
        `Cannot set option "${name}" of adapter "${adapter.id}"${didYouMean(name, names)}: ${allowed}`,
      );
    }
    if (value === undefined || !option.values.includes(value)) {
      throw new UsageError(
        `Cannot set option "${name}" of adapter "${adapter.id}" to "${value ?? ""}": allowed are ${
          option.values.join(", ")
        }`,
      );
    }
    if (seen.has(name)) {
      throw new UsageError(`Cannot set option "${name}" of adapter "${adapter.id}" twice: "${optionText}"`);
    }
    seen.add(name);
    chosen[name] = value;
  }
  return chosen;
}

/** Names of the options in text such as `mode=changes,storage=file`. */
export function optionNames(optionText: string): string[] {
  return optionText === "" ? [] : optionText.split(",").map((part) => splitOnce(part, "=")[0]);
}

/** Reads `id` or `id:option=value,option=value`. Throws a UsageError that lists what is allowed. */
export function parseAdapter(spec: string, adapters: readonly Adapter[] = ADAPTERS): AdapterChoice {
  const { name, optionText } = splitAdapterSpec(spec);
  const adapter = adapterById(name, adapters);
  return { adapter, options: parseOptions(adapter, optionText) };
}

/**
 * Finds a registered adapter by id, or imports a module that exports one as `default` or `adapter`.
 * Throws a UsageError for an unknown id and for a module that cannot be imported or exports no adapter.
 */
export async function loadAdapter(idOrUrl: string): Promise<Adapter> {
  if (!isModuleName(idOrUrl)) return adapterById(idOrUrl);
  let module: { default?: unknown; adapter?: unknown };
  try {
    module = await import(idOrUrl);
  } catch (error) {
    throw new UsageError(`Cannot import adapter module "${idOrUrl}": ${messageOf(error)}`, { cause: error });
  }
  const adapter = module.default ?? module.adapter;
  const fault = exportFault(adapter, MEMBERS);
  if (fault !== undefined) {
    throw new UsageError(
      `Cannot use "${idOrUrl}" as it must export an adapter as default or "adapter": ${fault}`,
    );
  }
  return adapter as Adapter;
}

/** Members without which nothing works, or no record can be made. */
const MEMBERS: MemberTypes = {
  id: "string",
  title: "string",
  about: "string",
  unfair: "string",
  homepage: "string",
  drivers: "object",
  options: "object",
  permissions: "object",
  capabilities: "function",
  counters: "object",
  knownGaps: "object",
  open: "function",
};

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
