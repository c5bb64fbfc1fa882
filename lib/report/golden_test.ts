/** The reports of the fixture, byte for byte. After a change on purpose: `deno test --update-snapshots lib/report`. */
import { recordFixture } from "../testing/record_fixture.ts";
import { renderTerminal, REPORTERS } from "./mod.ts";

for (const { id, render } of REPORTERS) {
  Deno.test(`render() of reporter "${id}" matches the golden file`, async (t) => {
    const text = render(recordFixture());
    // JSON is one long line: the summary is what this repository makes of the record, so that part is shown.
    await t.assertSnapshot(
      id === "json" ? JSON.stringify(JSON.parse(text).summary.sections[1], null, 1) : text,
    );
  });
}

Deno.test("renderTerminal() with colours matches the golden file", async (t) => {
  await t.assertSnapshot(renderTerminal(recordFixture(), true));
});
