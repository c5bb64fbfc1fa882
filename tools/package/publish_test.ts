import { ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

for (const folder of [".", "lib/engine"]) {
  Deno.test(`deno publish would take ${folder} as it is, without its tests`, async () => {
    const { success, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["publish", "--dry-run", "--allow-dirty"],
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
