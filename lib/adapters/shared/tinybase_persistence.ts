/** Where a store of TinyBase is kept: a file of SQLite, or what a browser has for its pages. */
import type { DatabaseSync } from "node:sqlite";
import type { OpenContext } from "../../model/adapter.ts";
import { loadDriver } from "./load_driver.ts";
import { SQLITE_PRAGMAS, sqliteFile } from "./sqlite_session.ts";

/**
 * Loads what an existing database holds, and saves the store there from then on, as the option `persister` says. Resolves
 * to what waits for the last save and ends that; to `undefined` where nothing is kept.
 */
export async function keepStore(
  store: object,
  context: OpenContext,
): Promise<(() => Promise<void>) | undefined> {
  const kept = await persisterOf(store, context);
  if (kept === undefined) return undefined;
  const { persister, close } = kept;
  if (context.database === "existing") await persister.load();
  await persister.startAutoSave();
  return async () => {
    // Waits for what is being saved.
    await persister.save();
    await persister.destroy();
    close?.();
  };
}

// What is used of the library, so that the file is checked without it as well.
interface Persister {
  load(): Promise<unknown>;
  startAutoSave(): Promise<unknown>;
  save(): Promise<unknown>;
  destroy(): Promise<unknown>;
}

interface SqliteModule {
  createSqliteNodePersister(
    store: object,
    database: DatabaseSync,
    config: {
      mode: "tabular";
      tables: {
        load?: Record<string, { tableId: string }>;
        save: Record<string, { tableName: string }>;
      };
    },
  ): Persister;
}

interface IndexedDbModule {
  createIndexedDbPersister(store: object, database: string): Persister;
}

interface OpfsModule {
  createOpfsPersister(store: object, handle: object): Persister;
}

interface OriginDirectory {
  getFileHandle(name: string, options: { create: boolean }): Promise<object>;
}

interface Kept {
  readonly persister: Persister;
  /** Closes what the persister does not own. */
  readonly close?: () => void;
}

async function persisterOf(store: object, context: OpenContext): Promise<Kept | undefined> {
  switch (context.options["persister"]) {
    case "sqlite":
      return await inSqlite(store, context);
    case "indexeddb":
      return { persister: await inIndexedDb(store, context) };
    case "opfs":
      return { persister: await inOpfs(store, context) };
    default:
      return undefined;
  }
}

async function inSqlite(store: object, context: OpenContext): Promise<Kept> {
  const { createSqliteNodePersister } = await loadDriver(
    "tinybase",
    // @ts-ignore: resolved by drivers/tinybase/deno.json
    () => import("tinybase/persisters/persister-sqlite-node") as Promise<unknown> as Promise<SqliteModule>,
  );
  const { DatabaseSync } = await loadDriver("node:sqlite", () => import("node:sqlite"));
  const database = new DatabaseSync(sqliteFile(context));
  for (const pragma of SQLITE_PRAGMAS) database.exec(pragma);
  const load = Object.fromEntries(context.tables.map(({ name }) => [name, { tableId: name }]));
  const save = Object.fromEntries(context.tables.map(({ name }) => [name, { tableName: name }]));
  const tables = context.database === "existing" ? { load, save } : { save };
  const persister = createSqliteNodePersister(store, database, { mode: "tabular", tables });
  return { persister, close: () => database.close() };
}

async function inIndexedDb(store: object, { directory }: OpenContext): Promise<Persister> {
  const { createIndexedDbPersister } = await loadDriver(
    "tinybase",
    // @ts-ignore: resolved by the bundler
    () => import("tinybase/persisters/persister-indexed-db") as Promise<unknown> as Promise<IndexedDbModule>,
  );
  return createIndexedDbPersister(store, directory);
}

async function inOpfs(store: object, { directory }: OpenContext): Promise<Persister> {
  const { createOpfsPersister } = await loadDriver(
    "tinybase",
    // @ts-ignore: resolved by the bundler
    () => import("tinybase/persisters/persister-browser") as Promise<unknown> as Promise<OpfsModule>,
  );
  const { storage } = navigator as unknown as { storage: { getDirectory(): Promise<OriginDirectory> } };
  const handle = await (await storage.getDirectory()).getFileHandle(`${directory}.json`, { create: true });
  return createOpfsPersister(store, handle);
}
