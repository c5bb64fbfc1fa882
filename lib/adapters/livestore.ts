import type { Adapter } from "../model/adapter.ts";
import { loadDriver } from "./shared/load_driver.ts";
import {
  liveSchema,
  LIVESTORE_GAPS,
  LIVESTORE_IDIOMS,
  LIVESTORE_OBJECTION,
  type LiveStoreLibrary,
  LiveStoreSession,
} from "./shared/livestore_session.ts";

/** LiveStore: events that are materialized into SQLite, with reactive queries on top. */
export const livestore: Adapter = {
  id: "livestore",
  title: "LiveStore",
  about:
    "Events that materializers turn into rows of an SQLite in memory (WebAssembly), with a graph of reactive queries. One " +
    "event carries any statement and the rows for it; its materializer gives that back as SQL. Node adapter in the " +
    "caller's thread, without a sync backend; with storage=fs, the default of its documentation, events and state are copied into files.",
  unfair:
    "Every write is an event that is encoded, logged and kept for sync and rebasing, which nobody needs here. Reads " +
    "and live queries run in memory whatever the storage; with storage=fs the files follow after a commit has returned.",
  homepage: "https://livestore.dev/",
  idioms: LIVESTORE_IDIOMS,
  objection: LIVESTORE_OBJECTION,
  runsIn: ["deno", "node", "bun", "browser", "react-native"],
  otherRuntimes:
    "The package for browsers is another one, and here another adapter: livestore-web. Node and Bun were not tried.",
  drivers: { "@livestore/livestore": "0.4.0", "@livestore/adapter-node": "0.4.0" },
  nodeModules: true,
  options: {
    storage: {
      values: ["fs", "in-memory"],
      default: "fs",
      meaning: "Where events and state are kept; fs is what its documentation shows",
    },
  },
  permissions: {
    read: ["driver"],
    env: ["*"],
    sys: ["*"],
    ffi: true,
  },
  capabilities: ({ storage }) => ({
    liveQueries: "table",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: false,
    durability: storage === "fs" ? "relaxed" : "none",
    worksOn: "caller",
  }),
  delay: () => ({ atMostMs: 0, isDefault: true }),
  counters: [],
  knownGaps: [
    ...LIVESTORE_GAPS,
    ...["outside/read-sees-another-process", "outside/own-write-shows-another-process-too"].map((
      scenario,
    ) => ({
      scenario,
      reason:
        "@livestore/livestore 0.4.0 works on a copy in memory: what another process writes into its file is never read",
      when: { storage: "fs" },
    })),
    {
      scenario: "close/leaks-nothing",
      reason:
        "@livestore/livestore 0.4.0 leaves files of one session open in the suite, in which stores shut themselves down; " +
        "no plain script shows it",
      when: { storage: "fs" },
      isTimed: true,
    },
  ],
  async open(context) {
    const [library, { makeAdapter }] = await loadDriver("@livestore/livestore", loadLibrary);
    const { schema, written } = liveSchema(library, context.tables);
    const isInMemory = context.options["storage"] === "in-memory";
    const store = await library.createStorePromise({
      adapter: makeAdapter({
        storage: isInMemory ? { type: "in-memory" } : { type: "fs", baseDirectory: context.directory },
      }),
      schema,
      storeId: "bench",
      // Its start and its end are told on the console otherwise.
      logLevel: library.LogLevel?.None,
    });
    return new LiveStoreSession(library, store, written);
  },
};

interface NodeAdapter {
  makeAdapter(options: {
    storage: { readonly type: "in-memory" } | { readonly type: "fs"; readonly baseDirectory: string };
  }): object;
}

function loadLibrary(): Promise<[LiveStoreLibrary, NodeAdapter]> {
  return Promise.all([
    // @ts-ignore: resolved by drivers/livestore/deno.json
    import("@livestore/livestore") as Promise<unknown> as Promise<LiveStoreLibrary>,
    // @ts-ignore: resolved by drivers/livestore/deno.json
    import("@livestore/adapter-node") as Promise<unknown> as Promise<NodeAdapter>,
  ]);
}
