/**
 * `deno task package <folder>`: the command line as an npm package. The sources go in as they are, since Deno runs them;
 * the contracts go in compiled as well, since an adapter in somebody's project imports them from `node_modules`.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** What the commands need at run time. */
const FOLDERS = ["lib", "schemas", "scripts", "site/assets", "site/experiments", "site/pages", "site/writer", "tools/action", "tools/archive", "tools/pages", "workloads"];
const FILES = ["LICENSE", "CHANGELOG.md", "README.md", "action.yml", "deno.json", "deno.lock", "jsr.json", "mod.ts"];
const DRIVER_FILES = ["deno.json", "deno.lock", "package.json", "package-lock.json"];

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
};

/** The package's description of itself. */
function manifest(): string {
  const read = (name: string): string => Deno.readTextFileSync(join(root, name));
  const { version } = JSON.parse(read("jsr.json")) as { version: string };
  return JSON.stringify(
    {
      name: "watchbench",
      version,
      description: "Benchmarks and experiments for reactive databases (live queries)",
      license: "MIT",
      type: "module",
      bin: { watchbench: "bin/watchbench.js" },
      exports: {
        "./model": { types: "./model/mod.d.ts", default: "./model/mod.js" },
        "./package.json": "./package.json",
      },
      engines: { node: ">=20" },
      dependencies: { deno: read(".deno-version").trim() },
    },
    null,
    2,
  ) + "\n";
}

/** Files below a folder of the repository without tests and what only tests read, relative to the root. */
function sources(folder: string): string[] {
  const files: string[] = [];
  for (const { name, isDirectory, isFile } of Deno.readDirSync(join(root, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      if (!["__snapshots__", "fixtures", "node_modules", "testing"].includes(name)) files.push(...sources(path));
    } else if (isFile && !/_test\.tsx?$/.test(name)) files.push(path);
  }
  return files.sort();
}

/** Folders of drivers hold installed packages as well, which every machine installs for itself. */
function driverFiles(): string[] {
  const files = ["drivers/deno.json"];
  for (const { name, isDirectory } of Deno.readDirSync(join(root, "drivers"))) {
    if (!isDirectory) continue;
    for (const { name: file } of Deno.readDirSync(join(root, "drivers", name))) {
      if (DRIVER_FILES.includes(file)) files.push(`drivers/${name}/${file}`);
    }
  }
  return files.sort();
}

/** Relative modules have the name that they have in the package. */
function renamed(text: string): string {
  return text.replaceAll(/((?:from|import)\s*\(?)"(\.{1,2}\/[^"]+)\.ts"/g, '$1"$2.js"');
}

/** Writes the package. Throws an Error when a contract cannot be compiled by itself. */
export function buildPackage(folder: string): void {
  for (const path of [...FILES, ...FOLDERS.flatMap(sources), ...driverFiles()]) {
    Deno.mkdirSync(dirname(join(folder, path)), { recursive: true });
    Deno.copyFileSync(join(root, path), join(folder, path));
  }
  for (const path of sources("lib/model")) {
    if (!path.endsWith(".ts")) continue;
    const text = Deno.readTextFileSync(join(root, path));
    const compiled = [
      [".js", ts.transpileModule(text, { compilerOptions: options, fileName: path, reportDiagnostics: true })],
      [
        ".d.ts",
        ts.transpileDeclaration(text, {
          compilerOptions: { ...options, declaration: true, isolatedDeclarations: true },
          fileName: path,
          reportDiagnostics: true,
        }),
      ],
    ] as const;
    for (const [ending, { outputText, diagnostics = [] }] of compiled) {
      if (diagnostics.length > 0) {
        const reasons = diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
        throw new Error(`Cannot compile ${path}: ${reasons.join("; ")}`);
      }
      const out = join(folder, path.replace(/^lib\//, "").replace(/\.ts$/, ending));
      Deno.mkdirSync(dirname(out), { recursive: true });
      Deno.writeTextFileSync(out, renamed(outputText));
    }
  }
  Deno.mkdirSync(join(folder, "bin"), { recursive: true });
  Deno.copyFileSync(fileURLToPath(new URL("bin.js", import.meta.url)), join(folder, "bin", "watchbench.js"));
  const tasks = Deno.readTextFileSync(join(root, "lib/cli/command_tasks.ts"));
  Deno.writeTextFileSync(
    join(folder, "bin", "command_tasks.js"),
    renamed(ts.transpileModule(tasks, { compilerOptions: options }).outputText),
  );
  Deno.writeTextFileSync(join(folder, "package.json"), manifest());
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) throw new Error("Cannot build the package as a folder must be named: got none");
  Deno.mkdirSync(folder, { recursive: true });
  buildPackage(folder);
  console.log(`npm pack ${folder}`);
}
