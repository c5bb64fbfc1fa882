/** The worker of `livestore_web.ts` that keeps events and state on OPFS, as the library's documentation has it. */
import type { Table } from "../../model/schema.ts";
import { liveSchema, type LiveStoreLibrary } from "./livestore_session.ts";

interface WorkerModule {
  makeWorker(options: { readonly schema: object }): void;
}

// @ts-ignore: resolved by the bundler
const library = await import("@livestore/livestore") as unknown as LiveStoreLibrary;
// @ts-ignore: resolved by the bundler
const { makeWorker } = await import("@livestore/adapter-web/worker") as unknown as WorkerModule;

// A schema cannot be sent: the tables that it is made of stand in the worker's address.
const tables = JSON.parse(decodeURIComponent(location.hash.slice(1))) as readonly Table[];
makeWorker({ schema: liveSchema(library, tables).schema });
