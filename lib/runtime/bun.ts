/** Bun, which speaks Node's interfaces; what differs is here. */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { nodeLike } from "./node_like.ts";
import type { ChildRuntime } from "./runtime.ts";

/** The part of Bun that is used. */
export interface BunGlobal {
  readonly version: string;
  gc(isSynchronous: boolean): void;
}

/** What comes in on a descriptor. A socket of one, as in Node, stays silent in Bun and keeps the CPU busy. */
export function openInput(fd: number): Readable {
  return createReadStream("", { fd, autoClose: false });
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
