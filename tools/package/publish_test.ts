import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { missingFiles } from "./_loaded_files.ts";
import { buildPackage } from "./build.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Files that `deno publish` would send from a folder of the repository, by absolute path. */
async function publishedFiles(folder: string): Promise<string[]> {
  const { success, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--config", "jsr.json", "--dry-run", "--allow-dirty"],
    cwd: join(root, folder),
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stderr) + decoder.decode(stdout);
  ok(success, said);
  const files = [...said.matchAll(/^ +(file:\/\/\S+)/gm)].map(([, url]) => fileURLToPath(url!));
  ok(files.length > 10, said);
  return files;
}

async function inTempFolder(test: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Of every adapter's drivers, the file that says by digest which packages they are. */
function driverLocks(folder: string): string[] {
  const drivers = join(folder, "drivers");
  return [...Deno.readDirSync(drivers)].filter(({ isDirectory }) => isDirectory).flatMap(({ name }) =>
    [...Deno.readDirSync(join(drivers, name))].filter(({ name }) => name === "deno.lock").map(() => name)
  ).sort();
}

// The package's name is in a file of its own: in deno.json it would be in the lock of every adapter's driver.
for (const folder of [".", "lib/engine"]) {
  Deno.test(`deno publish would take ${folder} as it is, without its tests`, async () => {
    const files = await publishedFiles(folder);
    strictEqual(files.find((path) => path.endsWith("_test.ts") || path.includes("/results/")), undefined);
    if (folder !== ".") return;
    await inTempFolder((copy) => {
      for (const file of files) {
        const target = join(copy, relative(root, file));
        Deno.mkdirSync(dirname(target), { recursive: true });
        Deno.copyFileSync(file, target);
      }
      deepStrictEqual(missingFiles(copy), []);
      deepStrictEqual(driverLocks(copy), driverLocks(root));
    });
  });
}

Deno.test("the npm package has all that its commands load", () =>
  inTempFolder((folder) => {
    buildPackage(folder);
    deepStrictEqual(missingFiles(folder), []);
    deepStrictEqual(driverLocks(folder), driverLocks(root));
  }));

Deno.test("missingFiles() tells what a command loads and the package has not, however it is named", () =>
  inTempFolder((folder) => {
    buildPackage(folder);
    for (const path of ["lib/cli/duration.ts", "scripts/cell.ts", "site/writer/run_files_worker.ts"]) {
      Deno.removeSync(join(folder, path));
    }
    const missing = missingFiles(folder);
    for (const path of ["lib/cli/duration.ts", "scripts/cell.ts", "site/writer/run_files_worker.ts"]) {
      ok(missing.some((line) => line.startsWith(`${path}, which `)), missing.join("\n"));
    }
  }));

Deno.test("what is published is built as the repository is", () => {
  const read = (name: string): Record<string, unknown> => JSON.parse(Deno.readTextFileSync(join(root, name)));
  const [own, published] = [read("deno.json"), read("jsr.json")];
  for (const part of ["license", "exports", "compilerOptions"]) {
    deepStrictEqual(published[part], own[part], part);
  }
  deepStrictEqual(published["imports"], own["imports"]);
});
