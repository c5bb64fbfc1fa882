/** An adapter that misbehaves when it is opened, as the name of its option says; for tests of pages. */
import type { Adapter } from "../../model/adapter.ts";
import { DriverUnavailableError } from "../../model/errors.ts";

/** See the module. */
export const misbehavingPage: Adapter = {
  id: "misbehaving-page",
  title: "Misbehaving page",
  about: "It misbehaves.",
  unfair: "Always.",
  homepage: "",
  runtimes: ["chromium"],
  drivers: {},
  options: {},
  permissions: {},
  capabilities: () => ({
    liveQueries: "none",
    sql: false,
    joins: false,
    atomicBatch: false,
    interactiveTransaction: false,
    durability: "none",
    worksOn: "caller",
  }),
  counters: [],
  knownGaps: [],
  open: async ({ options }) => {
    switch (options["how"]) {
      case "throws":
        throw new Error("it would not open");
      case "rejects in the background":
        setTimeout(() => void Promise.reject(new Error("nobody caught this")));
        break;
      case "spins":
        for (let turn = 0; turn >= 0;) turn += 1;
        break;
      case "floods":
        flood();
        break;
      case "fills the quota": {
        const root = await storage().getDirectory();
        const file = await (await root.getFileHandle("full", { create: true })).createWritable();
        await file.write({ type: "write", position: Number.MAX_SAFE_INTEGER - 1, data: new Uint8Array(1) });
        await file.close();
        break;
      }
      case "is denied storage":
        await openDatabase();
        break;
      case "forges a message":
        // What an adapter can reach of the channel.
        (globalThis as unknown as { watchbenchSay(text: string): void }).watchbenchSay(
          'lother {"kind":"started"}',
        );
        break;
      case "has no driver":
        throw new DriverUnavailableError("no driver");
    }
    return await new Promise(() => {});
  },
};

function flood(): never {
  while (true) console.log("blah ".repeat(13_000));
}

function openDatabase(): Promise<unknown> {
  const { indexedDB } = globalThis as unknown as { indexedDB: { open(name: string): OpenRequest } };
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("denied");
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
  });
}

interface OpenRequest {
  onsuccess: (event: unknown) => void;
  onerror: () => void;
  readonly error: Error;
}

interface FileHandle {
  createWritable(): Promise<{ write(piece: object): Promise<void>; close(): Promise<void> }>;
}

interface Storage {
  getDirectory(): Promise<{ getFileHandle(name: string, how: { create: boolean }): Promise<FileHandle> }>;
}

function storage(): Storage {
  return (navigator as unknown as { storage: Storage }).storage;
}
