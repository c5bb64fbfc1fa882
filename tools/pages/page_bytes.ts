/**
 * How much a page has to load of an adapter's packages: `page_bytes.ts <order as JSON>` prints it as JSON. Minified by
 * esbuild, without the adapter's own code; what is loaded only when a branch is taken that nobody names is left out.
 */
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import { readFile } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { NamedImports, PageImports } from "../../lib/model/adapter.ts";
import { absentPackages, BROWSER_BUILD, emptyBuiltins, FILE_BESIDE } from "./browser_build.ts";

/** What is asked. */
export interface PageBytesOrder {
  readonly imports: PageImports;
  /** The folder that holds the packages' `node_modules`. */
  readonly nodeModules: string;
}

/** One file as a server would send it. */
interface Loaded {
  readonly isScript: boolean;
  readonly content: Uint8Array;
}

const ENTRY = "names.js";
const ASSET = /\.(wasm|data)$/;

/** Bytes of everything, of what is no script, and of all when compressed file by file. Throws esbuild's errors. */
export async function pageBytes({ imports: { page, worker }, nodeModules }: PageBytesOrder): Promise<
  { script: number; wasm: number; gzip: number; brotli: number }
> {
  const nodePaths = [join(nodeModules, "node_modules")];
  // By where they come from; undefined while a worker is looked into, which may name itself.
  const files = new Map<string, Loaded | undefined>();
  const names = (imports: NamedImports) => ({
    stdin: {
      contents: importText(imports),
      resolveDir: nodeModules,
      loader: "js" as const,
      sourcefile: ENTRY,
    },
  });
  await load(names(page), "page", nodePaths, files);
  if (worker !== undefined) await load(names(worker), "worker", nodePaths, files);
  const sum = (lengthOf: (file: Loaded) => number) =>
    [...files.values()].reduce((total, file) => file === undefined ? total : total + lengthOf(file), 0);
  return {
    script: sum(({ isScript, content }) => isScript ? content.length : 0),
    wasm: sum(({ isScript, content }) => isScript ? 0 : content.length),
    gzip: sum(({ content }) => gzipSync(content, { level: 9 }).length),
    brotli: sum(({ content }) => brotliCompressSync(content).length),
  };
}

/** A module that uses every name. */
function importText(imports: NamedImports): string {
  const modules = Object.entries(imports);
  return [
    ...modules.map(([module, names], at) =>
      `import { ${names.map((name, index) => `${name} as n${at}_${index}`).join(", ")} } from ${
        JSON.stringify(module)
      };`
    ),
    `globalThis.used = [${
      modules.flatMap(([, names], at) => names.map((_, index) => `n${at}_${index}`)).join(", ")
    }];`,
  ].join("\n");
}

/** Adds what an entry loads: its bundle, and what its modules look for beside themselves, workers with theirs. */
async function load(
  entry: Pick<BuildOptions, "stdin" | "entryPoints">,
  name: string,
  nodePaths: readonly string[],
  files: Map<string, Loaded | undefined>,
): Promise<void> {
  const beside = new Map<string, string[]>();
  const { outputFiles, metafile } = await build({
    ...BROWSER_BUILD,
    ...entry,
    absWorkingDir: "/",
    outdir: "/out",
    write: false,
    // Chunks that are imported by `import()` are apart: a page that needs one loads it then.
    splitting: true,
    minify: true,
    metafile: true,
    nodePaths: [...nodePaths],
    plugins: [emptyBuiltins, absentPackages, notesBeside(beside)],
  });
  const { outputs, inputs } = loadedAtOnce(metafile);
  for (const { path, contents: content } of outputFiles) {
    if (!outputs.has(path.slice(1))) continue;
    files.set(`${name}:${path}`, { isScript: true, content });
  }
  for (const input of inputs) {
    for (const source of beside.get(`/${input}`) ?? []) {
      if (files.has(source)) continue;
      files.set(source, undefined);
      if (ASSET.test(source)) files.set(source, { isScript: false, content: await readFile(source) });
      else await load({ entryPoints: [source] }, source, nodePaths, files);
    }
  }
}

/** The entry, what it imports statically, and the modules inside. */
function loadedAtOnce({ outputs }: Metafile): { outputs: ReadonlySet<string>; inputs: ReadonlySet<string> } {
  const found = new Set<string>();
  const inputs = new Set<string>();
  const add = (path: string): void => {
    const output = outputs[path];
    if (output === undefined || found.has(path)) return;
    found.add(path);
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      if (bytesInOutput > 0) inputs.add(input);
    }
    for (const { path: imported, kind } of output.imports) if (kind === "import-statement") add(imported);
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    // Chunks that are imported by `import()` are entries, too.
    const isDynamic = Object.values(outputs).some(({ imports }) =>
      imports.some((imported) => imported.path === path && imported.kind === "dynamic-import")
    );
    if (entryPoint !== undefined && !isDynamic) add(path);
  }
  return { outputs: found, inputs };
}

function notesBeside(beside: Map<string, string[]>): Plugin {
  return {
    name: "notes-beside",
    setup(build) {
      build.onLoad({ filter: /\.(?:[mc]?js|ts)$/, namespace: "file" }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const sources: string[] = [];
        for (const [, , relative] of text.matchAll(FILE_BESIDE)) {
          const named = resolve(dirname(path), relative!);
          const source = extname(named) === "" ? `${named}.js` : named;
          // What a package names in a branch for another runtime need not be there.
          if (source !== path && await isThere(source)) sources.push(source);
        }
        beside.set(path, sources);
        return undefined;
      });
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  console.log(JSON.stringify(await pageBytes(JSON.parse(Deno.args[0]!) as PageBytesOrder)));
  Deno.exit(0);
}
