import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { decodeJson, encodeJson } from "../protocol/json.ts";
import { newestWorkloads } from "../../workloads/mod.ts";
import { inTempFolder } from "../testing/temp_folder.ts";
import { buildOutsideProgram, dataOf, type ProgramData, programOf } from "./outside_program.ts";

const CONTEXT = { blockIndex: 0, seed: 0 };

for (const { id, program, parameters } of newestWorkloads()) {
  Deno.test(`programOf() makes of ${id} as data what it was`, () => {
    const data = dataOf(program(parameters.smoke, CONTEXT));
    const again = programOf(decodeJson(encodeJson(data)) as ProgramData);
    deepStrictEqual(dataOf(again), data);
    const statements = new Set(
      again.iterations.flatMap(({ phases }) =>
        phases.flatMap(({ watches }) => watches.map(({ query }) => query))
      ),
    );
    strictEqual(statements.size <= data.statements.length, true, "equal statements stay one object");
  });
}

const BROKEN: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
  "throws": ["throw new Error('not today')", /not today/],
  "exports nothing": ["export const nothing = 1", /must export a workload/],
  "never ends loading": [
    "await new Promise(() => setInterval(() => {}, 1000))",
    /longer than 1500 ms/,
  ],
};
for (const [what, [text, message]] of Object.entries(BROKEN)) {
  Deno.test(`buildOutsideProgram() says why when the module ${what}`, () =>
    inTempFolder(async (folder) => {
      const path = join(folder, "workload.ts");
      await Deno.writeTextFile(path, text);
      const url = pathToFileURL(path).href;
      const deadlineMs = what === "never ends loading" ? 1500 : 60_000;
      await rejects(buildOutsideProgram({ url, sizes: {}, context: CONTEXT }, deadlineMs), {
        name: "UsageError",
        message,
      });
    }));
}
