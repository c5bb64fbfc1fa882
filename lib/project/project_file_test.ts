import { deepStrictEqual, match, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../testing/temp_folder.ts";
import { initProject } from "./init_project.ts";
import { readProjectFile } from "./project_file.ts";

Deno.test("readProjectFile() reads what initProject() wrote, which refuses to write it again", () =>
  inTempFolder((root) => {
    strictEqual(readProjectFile(root), undefined);
    const installedAs = { program: "run bench", model: "bench/types" };
    const written = initProject(root, installedAs);
    deepStrictEqual(readProjectFile(root)!.adapters, ["./bench/adapter.ts"]);
    const workflow = Deno.readTextFileSync(join(root, ".github", "workflows", "bench.yml"));
    match(workflow, /npm install --no-save watchbench@\d+\.\d+\.\d+$/m);
    const adapter = Deno.readTextFileSync(join(root, "bench", "adapter.ts"));
    match(adapter, /^ \* {5}run bench conformance \.\/bench\/adapter\.ts/m);
    match(adapter, /from "bench\/types";$/m);
    for (const path of written) match(Deno.readTextFileSync(join(root, path)), /\n$/);
    throws(() => initProject(root, installedAs), {
      name: "UsageError",
      message: /bench\/adapter\.ts.* is there already/,
    });
    return Promise.resolve();
  }));

Deno.test("readProjectFile() names the member and the rule of a file that is not sound", () =>
  inTempFolder((root) => {
    Deno.mkdirSync(join(root, "bench"));
    const refused = (text: string, message: RegExp): void => {
      Deno.writeTextFileSync(join(root, "bench", "watchbench.json"), text);
      throws(() => readProjectFile(root), { name: "UsageError", message });
    };
    refused("{", /bench\/watchbench\.json as it must be JSON/);
    refused("[]", /as it must be sound/);
    refused('{ "adapters": [] }', /"adapters" must be sound/);
    refused('{ "adapters": ["a"], "adaptors": ["b"] }', /adaptors/);
    return Promise.resolve();
  }));
