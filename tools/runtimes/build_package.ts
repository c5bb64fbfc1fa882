/**
 * `deno task package:engine <folder>`: the engine as an npm package. Node runs no TypeScript from `node_modules`, so every file
 * becomes one of JavaScript and one of types; nothing is bundled, as threads are started from files of their own.
 */
import { fileURLToPath } from "node:url";
import ts from "typescript";

const engine = fileURLToPath(new URL("../../lib/engine/", import.meta.url));

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
};
const declarations: ts.CompilerOptions = {
  ...options,
  declaration: true,
  isolatedDeclarations: true,
  stripInternal: true,
};

/** The package's description of itself, from the one that is published as TypeScript. */
function manifest(): string {
  const { name, version, license } = JSON.parse(Deno.readTextFileSync(`${engine}jsr.json`));
  const exports = { ".": { types: "./mod.d.ts", default: "./mod.js" } };
  const made = {
    name: name.split("/").at(-1),
    version,
    license,
    type: "module",
    exports,
    engines: { node: ">=24" },
  };
  return JSON.stringify(
    { ...made, description: "A reactive SQLite engine: live queries on node:sqlite" },
    null,
    2,
  );
}

/** Files of the engine without its tests and benchmarks, relative to it. */
function sources(folder = ""): string[] {
  const files: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(engine + folder)) {
    const path = folder + name;
    if (isDirectory) { if (path !== "testing" && path !== "bench") files.push(...sources(`${path}/`)); }
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) files.push(path);
  }
  return files.sort();
}

/** Relative modules have the name that they have in the package. */
function renamed(text: string): string {
  return text.replaceAll(/((?:from|import|URL\()\s*\(?)"(\.{1,2}\/[^"]+)\.ts"/g, '$1"$2.js"');
}

/** TypeScript 6.0.3, when it declares one file by itself, declares methods with well-known names twice: first as properties. */
function declaredOnce(text: string): string {
  return text.replaceAll(/(?:\n *\/\*\*(?:(?!\*\/)[^])*\*\/)?\n *\[Symbol\.\w+\]: \(\) => [^;]+;/g, "");
}

/** Writes the package. Throws an Error when a file cannot be compiled by itself. */
export function buildPackage(folder: string): void {
  for (const path of sources()) {
    const text = Deno.readTextFileSync(engine + path);
    const code = ts.transpileModule(text, {
      compilerOptions: options,
      fileName: path,
      reportDiagnostics: true,
    });
    const types = ts.transpileDeclaration(text, {
      compilerOptions: declarations,
      fileName: path,
      reportDiagnostics: true,
    });
    const faults = [...code.diagnostics ?? [], ...types.diagnostics ?? []];
    if (faults.length > 0) {
      const reasons = faults.map(({ messageText, start }) =>
        `${text.slice(0, start).split("\n").length}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
      );
      throw new Error(`Cannot compile ${path}: ${reasons.join("; ")}`);
    }
    const out = `${folder}/${path.replace(/\.ts$/, "")}`;
    Deno.mkdirSync(out.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(`${out}.js`, renamed(code.outputText));
    Deno.writeTextFileSync(`${out}.d.ts`, renamed(declaredOnce(types.outputText)));
  }
  Deno.writeTextFileSync(`${folder}/package.json`, manifest());
  Deno.copyFileSync(`${engine}README.md`, `${folder}/README.md`);
  Deno.copyFileSync(fileURLToPath(new URL("../../LICENSE", import.meta.url)), `${folder}/LICENSE`);
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) throw new Error("Cannot build the package as a folder must be named: got none");
  Deno.mkdirSync(folder, { recursive: true });
  buildPackage(folder);
  console.log(`npm pack ${folder}`);
}
