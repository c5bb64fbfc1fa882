/** How packages are built for a page: what bundles to run and bundles to weigh have in common. */
import type { BuildOptions, Plugin } from "esbuild";
import { isAbsolute } from "node:path";

/** Options of esbuild. */
export const BROWSER_BUILD = {
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "esnext",
  mainFields: ["browser", "module", "main"],
  // "import" and "require" are esbuild's own, by the kind of each import.
  conditions: ["browser", "module", "production"],
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  logLevel: "error",
} as const satisfies BuildOptions;

/** What packages name and pages do not have: nothing of it may be called. */
const BUILTINS =
  /^(node:.*|assert|buffer|child_process|crypto|events|fs|fs\/promises|http|https|module|net|os|path|perf_hooks|process|stream|tls|url|util|vm|worker_threads|zlib)$/;

/** See {@link BUILTINS}. */
export const emptyBuiltins: Plugin = {
  name: "empty-builtins",
  setup(build) {
    build.onResolve({ filter: BUILTINS }, async ({ path, resolveDir, pluginData, kind }) => {
      if (pluginData === "tried") return undefined;
      // A package may carry the built-in's name, such as "buffer" or "events".
      if (!path.startsWith("node:")) {
        const found = await build.resolve(path, { resolveDir, kind, pluginData: "tried" });
        if (found.errors.length === 0 && isAbsolute(found.path)) return found;
      }
      return { path, namespace: "empty" };
    });
    build.onLoad({ filter: /.*/, namespace: "empty" }, ({ path }) => ({
      contents: path === "node:timers"
        ? "export const { setTimeout, clearTimeout } = globalThis; export const setImmediate = (turn) => setTimeout(turn, 0);"
        : "module.exports = {};",
      loader: "js",
    }));
  },
};

/** What is imported in a branch for another runtime need not be there; it throws when it is loaded all the same. */
export const absentPackages: Plugin = {
  name: "absent-packages",
  setup(build) {
    build.onResolve({ filter: /^[@a-z][^:]*$/i }, async ({ path, resolveDir, pluginData, kind }) => {
      if (pluginData === "tried" || kind === "entry-point" || BUILTINS.test(path)) return undefined;
      const found = await build.resolve(path, { resolveDir, kind, pluginData: "tried" });
      if (found.errors.length > 0) return { path, namespace: "absent" };
      // A package may say that browsers get nothing in its place.
      return isAbsolute(found.path) ? found : { path, namespace: "empty" };
    });
    build.onLoad({ filter: /.*/, namespace: "absent" }, ({ path }) => ({
      contents: `throw new Error(${
        JSON.stringify(`Cannot find package "${path}" in the bundle`)
      }); module.exports = {};`,
      loader: "js",
    }));
  },
};

/** `new URL("file", import.meta.url)`, with and without a worker around it. */
export const FILE_BESIDE =
  /new URL\(\s*(["'`])((?:\.{1,2}\/[^"'`\n$]+)|(?:[^"'`\n$:]+\.(?:wasm|data|[mc]?js)))\1\s*,\s*import\.meta\.url\s*\)/g;
