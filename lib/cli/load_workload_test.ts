import { rejects, strictEqual } from "node:assert/strict";
import { loadWorkload } from "./load_workload.ts";

const urlOf = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const SOURCE =
  `{ id: "mine", version: 1, title: "", question: "", unfair: "", phases: [], parameters: {}, program() {} }`;

Deno.test("loadWorkload() imports a workload from outside, as default or by name", async () => {
  strictEqual((await loadWorkload(urlOf(`export default ${SOURCE}`))).id, "mine");
  strictEqual((await loadWorkload(urlOf(`export const workload = ${SOURCE}`))).id, "mine");
  strictEqual((await loadWorkload("keyed-pk@1")).version, 1);
});

Deno.test("loadWorkload() names what is wrong with a module", async () => {
  for (
    const [code, message] of [
      ["export const x = 1", /must export a workload as default or "workload": it exports neither$/],
      [`export default { ...${SOURCE}, phases: undefined, title: 7 }`, /: it lacks title, phases$/],
      ["throw new Error('broken')", /^Cannot import workload module .*broken$/],
    ] as const
  ) await rejects(loadWorkload(urlOf(code)), { name: "UsageError", message });
});
