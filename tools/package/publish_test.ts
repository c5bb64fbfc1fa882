import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

// The package's name is in a file of its own: in deno.json it would be in the lock of every adapter's driver.
for (const folder of [".", "lib/engine"]) {
  Deno.test(`deno publish would take ${folder} as it is, without its tests`, async () => {
    const { success, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["publish", "--config", "jsr.json", "--dry-run", "--allow-dirty"],
      cwd: join(root, folder),
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    const said = decoder.decode(stderr) + decoder.decode(stdout);
    ok(success, said);
    const files = [...said.matchAll(/^ +file:\/\/(\S+)/gm)].map(([, path]) => path!);
    ok(files.length > 10, said);
    strictEqual(files.find((path) => path.endsWith("_test.ts") || path.includes("/results/")), undefined);
  });
}

Deno.test("what is published is built as the repository is", () => {
  const read = (name: string): Record<string, unknown> => JSON.parse(Deno.readTextFileSync(join(root, name)));
  const [own, published] = [read("deno.json"), read("jsr.json")];
  for (const part of ["license", "exports", "compilerOptions"]) deepStrictEqual(published[part], own[part], part);
  deepStrictEqual(published["imports"], own["imports"]);
});
