import type { CellParameters } from "./cell_key.ts";

/** Where a block can run. */
export const RUNTIME_IDS = ["deno", "node", "bun", "chromium", "firefox"] as const;

/** One of them. */
export type RuntimeId = typeof RUNTIME_IDS[number];

/** The one that is meant where none is named, in records of before too. */
export const DEFAULT_RUNTIME: RuntimeId = "deno";

const TITLES: Readonly<Record<RuntimeId, string>> = {
  deno: "Deno",
  node: "Node",
  bun: "Bun",
  chromium: "Chromium",
  firefox: "Firefox",
};

/** Its name for people. */
export function runtimeTitle(runtime: RuntimeId): string {
  return TITLES[runtime];
}

/** Whether it is a page of a browser. */
export function isPage(runtime: RuntimeId | undefined): boolean {
  return runtime === "chromium" || runtime === "firefox";
}

/** Where a cell runs. Throws a RangeError for a runtime that this version does not know. */
export function runtimeOf({ parameters }: { readonly parameters?: CellParameters }): RuntimeId {
  const named = parameters?.["runtime"] ?? DEFAULT_RUNTIME;
  const runtime = RUNTIME_IDS.find((id) => id === named);
  if (runtime !== undefined) return runtime;
  throw new RangeError(
    `Cannot run a cell as its runtime must be one of ${RUNTIME_IDS.join(", ")}: it is "${named}"`,
  );
}

/** The same as a parameter of a cell; nothing for the default. */
export function runtimeParameter(runtime: RuntimeId): CellParameters {
  return runtime === DEFAULT_RUNTIME ? {} : { runtime };
}
