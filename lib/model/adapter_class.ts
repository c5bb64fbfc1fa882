import type { Capabilities } from "./adapter.ts";

/** Every class, in the order in which lists show them. */
export const ADAPTER_CLASSES = [
  "durable and synced",
  "durable file",
  "memory",
  "server",
  "model",
  "floor",
] as const;

/**
 * What a row of a table is comparable with. `durable and synced`: live queries over data that is on the disk when a
 * write is acknowledged. `durable file`: over data in a file, of which a power cut may take the last writes. `memory`:
 * over data that ends with the process. `server`: over data in another process. `model`: it imitates a system that is
 * not here. `floor`: it has no live queries.
 */
export type AdapterClass = typeof ADAPTER_CLASSES[number];

/** The class of a system with these capabilities; the first rule that fits decides: model, floor, server, durability. */
export function adapterClass(
  { modelOf, liveQueries, worksOn, durability }: Pick<
    Capabilities,
    "modelOf" | "liveQueries" | "worksOn" | "durability"
  >,
): AdapterClass {
  if (modelOf !== undefined) return "model";
  if (liveQueries === "none") return "floor";
  if (worksOn === "server") return "server";
  switch (durability) {
    case "none":
      return "memory";
    case "relaxed":
    case "wal-normal":
      return "durable file";
    case "full":
      return "durable and synced";
  }
}
