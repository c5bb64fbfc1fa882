/** The reports of the fixture, byte for byte. After a change on purpose: `deno test --update-snapshots lib/report`. */
import { olderRecordFixture, recordFixture } from "../testing/record_fixture.ts";
import { renderTerminal, REPORTERS } from "./mod.ts";

for (const { id, render } of REPORTERS) {
  Deno.test(`render() of reporter "${id}" matches the golden file`, async (t) => {
    const text = render(recordFixture());
    await t.assertSnapshot(excerpt(id, text));
  });
}

/** Formats for programs are long: what this repository makes of a record is shown, not the record over again. */
function excerpt(id: string, text: string): string {
  switch (id) {
    case "json":
      return JSON.stringify(JSON.parse(text).summary.sections[1], null, 1);
    case "csv":
      return text.split("\r\n").filter((line) => /^run,|(pglite|liar|crasher|overlap).*,0,\w+,/.test(line))
        .join("\n");
    default:
      return text;
  }
}

Deno.test("renderTerminal() with colours matches the golden file", async (t) => {
  await t.assertSnapshot(renderTerminal(recordFixture(), { isColored: true }));
});

Deno.test("renderTerminal() on 80 columns with charts matches the golden file", async (t) => {
  await t.assertSnapshot(renderTerminal(recordFixture(), { isColored: false, width: 80, bars: "unicode" }));
});

Deno.test("renderTerminal() of a run of before matches the golden file", async (t) => {
  await t.assertSnapshot(renderTerminal(olderRecordFixture(), { isColored: false }));
});
