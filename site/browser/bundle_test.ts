import assert from "node:assert/strict";
import { bundle, bundleFile, BUNDLES } from "../viewer/bundle.ts";

for (const [entry, output] of BUNDLES) {
  Deno.test(`${output} is what its sources give`, async () => {
    const stored = Deno.readTextFileSync(bundleFile(output));
    assert.ok(stored === await bundle(entry), `${output} is out of date: deno task report:viewer`);
  });
}
