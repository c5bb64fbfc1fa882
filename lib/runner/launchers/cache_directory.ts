import process from "node:process";

/** Where the bench keeps what it downloads for runtimes other than Deno. Reads the environment. */
export function cacheDirectory(): string {
  const { env } = process;
  return `${env["XDG_CACHE_HOME"] || `${env["HOME"]}/.cache`}/watchbench`;
}
