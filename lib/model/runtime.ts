/** Where a block can run. */
export const RUNTIME_IDS = ["deno", "node", "bun", "chromium"] as const;

/** One of them. */
export type RuntimeId = typeof RUNTIME_IDS[number];

/** The one that is meant where none is named, in records of before too. */
export const DEFAULT_RUNTIME: RuntimeId = "deno";
