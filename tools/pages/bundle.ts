/**
 * Bundles the child of a block with one adapter for a page: `bundle.ts <order as JSON>`. Writes `child.js`, workers and
 * the files that packages fetch beside themselves into a folder that the relay serves.
 */
import { build, type Plugin } from "esbuild";
import { copyFile, readFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { absentPackages, BROWSER_BUILD, emptyBuiltins, FILE_BESIDE } from "./browser_build.ts";

/** What to bundle. */
export interface BundleOrder {
  /** Id of the adapter. */
  readonly adapter: string;
  /** Its file. Default is that of a registered one, which has the same name in snake_case. */
  readonly file?: string;
  /** Where the bundle goes. */
  readonly folder: string;
  /** The folder that holds the adapter's `node_modules`; absent for adapters without drivers. */
  readonly nodeModules?: string;
}

const LIB = fileURLToPath(new URL("../../lib/", import.meta.url));
const PAGE = fileURLToPath(new URL("page.ts", import.meta.url));

/** Bundles. Throws esbuild's errors. */
export async function bundle(order: BundleOrder): Promise<void> {
  const { adapter, folder, nodeModules, file = `${LIB}adapters/${adapter.replaceAll("-", "_")}.ts` } = order;
  const nodePaths = nodeModules === undefined ? [] : [join(nodeModules, "node_modules")];
  await bundleEntry(
    {
      name: "child",
      contents: [
        `import { play } from ${JSON.stringify(PAGE)};`,
        `import * as module from ${JSON.stringify(file)};`,
        `await play(Object.values(module).find((one) => one?.id === ${JSON.stringify(adapter)}));`,
      ].join("\n"),
      resolveDir: dirname(PAGE),
    },
    folder,
    nodePaths,
  );
}

/**
 * Text, or a file: one that is imported by an entry of one line would be left out where its package says that it has no
 * side effects.
 */
type Entry =
  & { readonly name: string }
  & ({ readonly contents: string; readonly resolveDir: string } | { readonly source: string });

async function bundleEntry(entry: Entry, folder: string, nodePaths: readonly string[]): Promise<void> {
  await build({
    ...BROWSER_BUILD,
    ...("source" in entry
      ? { entryPoints: [entry.source] }
      : { stdin: { contents: entry.contents, resolveDir: entry.resolveDir, loader: "ts" } }),
    outfile: join(folder, `${entry.name}.js`),
    // One file: splitting loses names of CommonJS modules.
    splitting: false,
    nodePaths: [...nodePaths],
    plugins: [emptyBuiltins, absentPackages, filesBeside(folder, nodePaths)],
  });
}

/** Sources by the name that they have beside the bundle. */
const sources = new Map<string, string>([["child.js", PAGE]]);

/** The name of the file; two of one name are told apart by a number. */
function nameOf(source: string): string {
  const own = basename(source).replace(/\.[mc]?[jt]s$/, ".js");
  for (let number = 0;; number++) {
    const name = number === 0 ? own : `${number}-${own}`;
    const holder = sources.get(name);
    if (holder !== undefined && holder !== source) continue;
    sources.set(name, source);
    return name;
  }
}

/** Files that a module looks for beside itself are put beside the bundle; scripts among them are bundled on their own. */
function filesBeside(folder: string, nodePaths: readonly string[]): Plugin {
  const made = new Map<string, Promise<void>>();
  return {
    name: "files-beside",
    setup(build) {
      build.onLoad({ filter: /\.(?:[mc]?js|ts)$/, namespace: "file" }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        if (!text.includes("import.meta.url")) return undefined;
        const found = [...text.matchAll(FILE_BESIDE)];
        let contents = text;
        for (const [whole, , relative] of found) {
          const named = resolve(dirname(path), relative!);
          const source = extname(named) === "" ? `${named}.js` : named;
          const name = nameOf(source);
          // The module itself, as some packages start their own file as a worker.
          if (source === path) continue;
          let copy = made.get(source);
          if (copy === undefined) {
            copy = /\.(wasm|data)$/.test(source) ? copyFile(source, join(folder, name)) : bundleEntry(
              { name: name.slice(0, -3), source },
              folder,
              nodePaths,
            );
            made.set(source, copy);
          }
          try {
            await copy;
          } catch {
            // What a package names in a branch for another runtime need not be there.
            continue;
          }
          contents = contents.replaceAll(whole!, `new URL("./${name}", import.meta.url)`);
        }
        return found.length === 0
          ? undefined
          : { contents, loader: path.endsWith(".ts") ? "ts" : "js", resolveDir: dirname(path) };
      });
    },
  };
}

if (import.meta.main) {
  const order = JSON.parse(Deno.args[0]!) as BundleOrder;
  await Deno.mkdir(order.folder, { recursive: true });
  await bundle(order);
  Deno.exit(0);
}
