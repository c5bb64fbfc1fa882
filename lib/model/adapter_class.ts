/**
 * What a row of a table is comparable with: a store that forgets everything has less to do than one that keeps a file,
 * and whoever has a server pays for the way there.
 */
import type { Capabilities } from "./adapter.ts";

/**
 * Every class, in the order in which tables show them. `durable and synced`: data is on the disk when a write is
 * acknowledged. `durable file`: acknowledged writes survive a killed process, and a power cut may take the last ones.
 * `relaxed file`: a killed process may take them. `memory`: data ends with the process. `server`: work is done in another
 * process. `model`: it imitates a system that is not here. `floor`: nothing was watched, since it has no live queries.
 * `unknown`: the record does not say.
 */
export const ADAPTER_CLASSES = [
  "durable and synced",
  "durable file",
  "relaxed file",
  "memory",
  "server",
  "model",
  "floor",
  "unknown",
] as const;

/** See {@link ADAPTER_CLASSES}. */
export type AdapterClass = typeof ADAPTER_CLASSES[number];

/** What decides. */
export type ClassedCapabilities = Pick<Capabilities, "modelOf" | "liveQueries" | "worksOn" | "durability">;

/** The class of a system with these capabilities; the first rule that fits decides: model, floor, server, durability. */
export function adapterClass(capabilities: ClassedCapabilities): AdapterClass {
  const isFloor = capabilities.modelOf === undefined && capabilities.liveQueries === "none";
  return isFloor ? "floor" : storeClass(capabilities);
}

/** The same where live queries do not matter; `unknown` where the record does not say what the system can do. */
export function storeClass(capabilities: ClassedCapabilities | undefined): Exclude<AdapterClass, "floor"> {
  if (capabilities === undefined) return "unknown";
  const { modelOf, worksOn, durability } = capabilities;
  if (modelOf !== undefined) return "model";
  if (worksOn === "server") return "server";
  switch (durability) {
    case "none":
      return "memory";
    case "relaxed":
      return "relaxed file";
    case "wal-normal":
      return "durable file";
    case "full":
      return "durable and synced";
  }
}
