/** Bun, which speaks Node's interfaces; what differs is here. */
import { nodeLike } from "./node_like.ts";
import type { ChildRuntime } from "./runtime.ts";

/** The part of Bun that is used. */
export interface BunGlobal {
  readonly version: string;
  gc(isSynchronous: boolean): void;
}

/** The runtime of this process. */
export function bunRuntime(bun: BunGlobal): ChildRuntime {
  const collect = bun.gc.bind(bun);
  return {
    ...nodeLike(),
    id: "bun",
    facts: { runtime: `bun ${bun.version}` },
    collectGarbage: () => collect(true),
  };
}
