import type { Adapter } from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import { DriverUnavailableError } from "../model/errors.ts";
import { isPage } from "../model/runtime.ts";
import { loadDriver } from "./shared/load_driver.ts";
import {
  liveSchema,
  LIVESTORE_GAPS,
  LIVESTORE_IDIOMS,
  LIVESTORE_OBJECTION,
  type LiveStoreLibrary,
  LiveStoreSession,
} from "./shared/livestore_session.ts";

/** LiveStore in a browser: an SQLite in the page's memory, whose events and state two workers keep on OPFS. */
export const livestoreWeb: Adapter = {
  id: "livestore-web",
  title: "LiveStore on OPFS",
  about:
    "Events that materializers turn into rows of an SQLite in the page's memory (WebAssembly), with a graph of reactive " +
    "queries. One event carries any statement and the rows for it; its materializer gives that back as SQL. A worker does the " +
    "same with files in the origin private file system, behind a shared worker, without a sync backend: its documentation's " +
    "persisted adapter. storage=in-memory has neither worker.",
  unfair:
    "Every write is an event that is encoded, logged and kept for sync and rebasing, which nobody needs here, and every " +
    "statement runs twice, in the page and in the worker. Reads and live queries run in the page's memory; the files follow " +
    "after a commit has returned.",
  homepage: "https://livestore.dev/",
  idioms: LIVESTORE_IDIOMS,
  objection: LIVESTORE_OBJECTION,
  runsIn: ["browser"],
  runtimes: ["chromium", "firefox"],
  otherRuntimes: "It is the package for browsers; the one for processes is another adapter here: livestore.",
  // The newest version of the third, which npm takes by itself, is refused by another of the packages' peers.
  drivers: {
    "@livestore/livestore": "0.4.0",
    "@livestore/adapter-web": "0.4.0",
    "@opentelemetry/api": "1.9.0",
  },
  options: {
    storage: {
      values: ["opfs", "in-memory"],
      default: "opfs",
      meaning: "Where events and state are kept; opfs is what its documentation shows",
    },
  },
  pageImports: ({ storage }) => {
    const page = {
      "@livestore/livestore": ["createStorePromise", "makeSchema", "queryDb", "Events", "State", "Schema"],
    };
    return storage === "in-memory"
      ? { page: { ...page, "@livestore/adapter-web": ["makeInMemoryAdapter"] } }
      : {
        page: { ...page, "@livestore/adapter-web": ["makePersistedAdapter"] },
        worker: {
          "@livestore/livestore": ["makeSchema", "Events", "State", "Schema"],
          "@livestore/adapter-web/worker": ["makeWorker"],
          "@livestore/adapter-web/shared-worker": ["makeWorker"],
        },
      };
  },
  permissions: {},
  capabilities: ({ storage }) => ({
    liveQueries: "table",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: false,
    durability: storage === "opfs" ? "relaxed" : "none",
    worksOn: "caller",
  }),
  delay: () => ({ atMostMs: 0, isDefault: true }),
  counters: [],
  knownGaps: [
    ...LIVESTORE_GAPS,
    {
      scenario: "close/keeps-everything",
      reason:
        "Of what was written last, nothing was there after its session was closed (@livestore/adapter-web 0.4.0); " +
        "whether the library or the way it is opened loses it is open",
      when: { storage: "opfs" },
    },
  ],
  async open(context) {
    if (!isPage(context.runtime)) {
      throw new DriverUnavailableError("Its files are a browser's: bench --runtime chromium");
    }
    const [library, web] = await loadDriver("@livestore/adapter-web", loadLibrary);
    const { schema, written } = liveSchema(library, context.tables);
    const isInMemory = context.options["storage"] === "in-memory";
    const store = await library.createStorePromise({
      adapter: isInMemory ? web.makeInMemoryAdapter() : web.makePersistedAdapter({
        storage: { type: "opfs" },
        worker: workerOf(context.tables),
        sharedWorker: ({ name }) =>
          new SharedWorker(new URL("./shared/livestore_shared_worker.ts", import.meta.url), {
            type: "module",
            name,
          }),
      }),
      schema,
      storeId: context.directory,
      logLevel: library.LogLevel?.None,
    });
    // Where it cannot have files, it goes on in memory and says so on the console only.
    if (!isInMemory && store.storageMode !== "persisted") {
      await store.shutdownPromise();
      throw new Error(`Cannot open a store as its files must be on OPFS: it is ${store.storageMode}`);
    }
    return new LiveStoreSession(library, store, written);
  },
};

// What is used of the library, so that the file is checked without it as well.
interface WebAdapters {
  makeInMemoryAdapter(): object;
  makePersistedAdapter(options: {
    readonly storage: { readonly type: "opfs" };
    readonly worker: (options: { readonly name: string }) => Worker;
    readonly sharedWorker: (options: { readonly name: string }) => object;
  }): object;
}

/** Of the page, which Deno's types do not know. */
declare const SharedWorker: new (url: URL, options: { type: "module"; name: string }) => object;

/** Starts the worker that keeps tables; they stand in its address, since a schema cannot be sent. */
function workerOf(tables: readonly Table[]): (options: { readonly name: string }) => Worker {
  return ({ name }) => {
    const address = new URL("./shared/livestore_worker.ts", import.meta.url);
    address.hash = encodeURIComponent(JSON.stringify(tables));
    return new Worker(address, { type: "module", name });
  };
}

function loadLibrary(): Promise<[LiveStoreLibrary, WebAdapters]> {
  return Promise.all([
    // @ts-ignore: resolved by the bundler
    import("@livestore/livestore") as Promise<unknown> as Promise<LiveStoreLibrary>,
    // @ts-ignore: resolved by the bundler
    import("@livestore/adapter-web") as Promise<unknown> as Promise<WebAdapters>,
  ]);
}
