/** Node, 24 or newer, which takes types away by itself. */
// Bun loads this file, too, and has no such hooks: they are looked up when they are needed.
import module from "node:module";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { nodeLike } from "./node_like.ts";
import type { ChildRuntime } from "./runtime.ts";

/** The runtime of this process. */
export function nodeRuntime(): ChildRuntime {
  const memory = process.memoryUsage.bind(process);
  return {
    ...nodeLike(),
    id: "node",
    facts: { runtime: `node ${process.versions.node}` },
    heapBytes: () => memory().heapUsed,
  };
}

/** Has the packages that adapters import come from `folder`, which holds a `node_modules`. */
export function resolveDriversIn(folder: string): void {
  const parentURL = pathToFileURL(`${folder}/adapter.js`).href;
  module.registerHooks({
    resolve: (specifier, context, nextResolve) =>
      isPackage(specifier) && isAdapter(context.parentURL)
        ? nextResolve(specifier, { ...context, parentURL })
        : nextResolve(specifier, context),
  });
}

const ADAPTERS = new URL("../adapters/", import.meta.url).href;

function isAdapter(url: string | undefined): boolean {
  return url?.startsWith(ADAPTERS) ?? false;
}

/** A name without a path and without a scheme. */
function isPackage(specifier: string): boolean {
  return /^[@a-z][^:]*$/i.test(specifier);
}
